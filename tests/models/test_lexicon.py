"""Learning from passages, on a handful written for this test."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import clusters, corpora, lexicon
from models.gazetteer import Phrases
from models.reading import LinearReader
from models.sketch import Piece

KNOWLEDGE = Path(__file__).parents[2] / "nlp" / "knowledge"
VICTIMS = ("students", "farmers", "teachers", "nurses", "drivers", "bakers")


def passage(number: int) -> dict[str, Any]:
    victims = VICTIMS[number % len(VICTIMS)]
    text = f"On that day soldiers tortured {victims} and went home ."
    start = text.index(victims)
    end = start + len(victims)
    return {
        "id": f"p{number}",
        "source": "written",
        "text": text,
        "entities": [
            {"id": "a", "type": "GOVERNMENT", "mention": "NOM", "start": 12, "end": 20},
            {"id": "b", "type": "VICTIM", "mention": "NOM", "start": start, "end": end},
        ],
        "events": [
            {
                "type": "VIO.TORTURE",
                "trigger": {"start": 21, "end": 29},
                "assertion": "confirmed" if number % 2 else "alleged",
                "roles": {"perpetrator": ["a"], "target": ["b"]},
            }
        ],
    }


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    lines = "\n".join(json.dumps(passage(n)) for n in range(60))
    (folder / "train.jsonl").write_text(lines, encoding="utf-8")
    (folder / "classes.tsv").write_text("soldiers\t1\t2\nstudents\t3\t4\n", encoding="utf-8")
    given = ["--data", str(folder), "--knowledge", str(KNOWLEDGE), "--out", str(folder)]
    lexicon.main(given)
    return folder


def test_the_models_read_what_they_were_shown(weights: Path) -> None:
    text = "On that day soldiers tortured teachers and went home ."
    (reading,) = LinearReader(Phrases([]), weights).read([text])
    assert [(text[e.start : e.end], e.type) for e in reading.entities] == [
        ("soldiers", "GOVERNMENT"),
        ("teachers", "VICTIM"),
    ]
    (event,) = reading.events
    assert event.type == "VIO.TORTURE"
    assert [(role, number) for role, number, _ in event.roles] == [
        ("perpetrator", 0),
        ("target", 1),
    ]


def test_the_files_say_what_they_were_learned_from(weights: Path) -> None:
    with np.load(weights / "triggers.npz", allow_pickle=False) as arrays:
        assert "python -m models.lexicon" in arrays["about"].tobytes().decode()


def test_all_passages_of_an_article_are_in_one_fold(tmp_path: Path) -> None:
    path = tmp_path / "passages.jsonl"
    rows = [passage(n) | {"source": "news/7"} for n in range(10)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert len({lexicon.fold_of(p) for p in corpora.read(path)}) == 1


def test_each_gold_trigger_is_given_once_and_to_its_type_first() -> None:
    candidates = [Piece(0, 1, "A"), Piece(0, 2, "B"), Piece(5, 6, "A")]
    assert lexicon.true_types(candidates, [Piece(0, 2, "B")]) == ["none", "B", "none"]
    assert lexicon.true_types(candidates, [Piece(5, 7, "C")]) == ["none", "none", "C"]


def test_numbers_count_as_one_word() -> None:
    assert clusters.normal_form("In2019") == "in0000"


def test_words_that_keep_the_same_company_share_a_class() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.9, 0.1], [0.1, 0.9]] * 4, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chosen = clusters.group(vectors[[0, 4, 8, 12, 1, 5, 9, 13, 2, 3]], 2)
    assert chosen[0] == chosen[8] and chosen[4] == chosen[9] and chosen[0] != chosen[4]
