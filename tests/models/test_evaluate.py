"""What each figure counts, on passages small enough to count by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from models import evaluate as ev
from models.corpora import Annotated, read

TEXT = "Soldiers of Arvonia beat Mira Tolan. Norvia denied that it sold drones."
SPANS = {
    "soldiers": ("GOVERNMENT", "NOM", 0, 8),
    "arvonia": ("LOCATION", "NAM", 12, 19),
    "mira": ("VICTIM", "NAM", 25, 35),
    "norvia": ("GOVERNMENT", "NAM", 37, 43),
    "drones": ("PRODUCT", "NOM", 64, 70),
}
BEAT = (20, 24)
SOLD = (59, 63)


def record(
    id: str = "p1",
    entities: dict[str, tuple[str, str, int, int]] | None = None,
    events: list[tuple[str, tuple[int, int], str, dict[str, list[str]]]] | None = None,
    source: str = "written",
) -> dict[str, Any]:
    spans = SPANS if entities is None else entities
    return {
        "id": id,
        "source": source,
        "text": TEXT,
        "entities": [
            {"id": name, "type": t, "mention": m, "start": a, "end": b, "text": TEXT[a:b]}
            for name, (t, m, a, b) in spans.items()
        ],
        "events": [
            {
                "type": kind,
                "trigger": {"start": a, "end": b, "text": TEXT[a:b]},
                "assertion": assertion,
                "roles": roles,
            }
            for kind, (a, b), assertion, roles in events or []
        ],
    }


def passages(tmp_path: Path, *records: dict[str, Any]) -> list[Annotated]:
    path = tmp_path / "passages.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    return read(path)


GOLD = record(
    events=[
        ("VIO.TORTURE", BEAT, "confirmed", {"perpetrator": ["soldiers"], "target": ["mira"]}),
        ("TRADE.SUPPLY", SOLD, "denied", {"supplier": ["norvia"], "instrument": ["drones"]}),
    ]
)


@pytest.fixture
def gold(tmp_path: Path) -> Annotated:
    return passages(tmp_path, GOLD)[0]


def test_what_is_the_same_is_all_right(gold: Annotated) -> None:
    assert ev.entities(gold, gold) == ev.Count(5, 0, 0)
    assert ev.event_types(gold, gold) == ev.Count(2, 0, 0)
    assert ev.triggers(gold, gold) == ev.Count(2, 0, 0)
    assert ev.roles(gold, gold) == ev.roles(gold, gold, exact=True) == ev.Count(4, 0, 0)
    assert ev.assertion(gold, gold) == ev.Count(2, 0, 0)


def test_an_entity_needs_the_same_span_and_type(gold: Annotated, tmp_path: Path) -> None:
    spans = SPANS | {"mira": ("PERSON", "NAM", 25, 35), "soldiers": ("GOVERNMENT", "NOM", 0, 19)}
    other = passages(tmp_path, record(entities=spans))[0]
    assert ev.entities(gold, other) == ev.Count(3, 2, 2)
    assert ev.entities(gold, other, type="VICTIM") == ev.Count(0, 0, 1)


def test_a_wrong_form_does_not_spoil_a_name(gold: Annotated, tmp_path: Path) -> None:
    other = passages(tmp_path, record(entities=SPANS | {"mira": ("VICTIM", "NOM", 25, 35)}))[0]
    assert ev.entities(gold, other, form="NAM") == ev.Count(3, 0, 0)


def test_triggers_match_by_overlap_and_type_and_one_to_one(gold: Annotated, tmp_path: Path) -> None:
    twice = record(
        events=[
            ("VIO.TORTURE", (20, 22), "confirmed", {}),
            ("VIO.TORTURE", (20, 24), "alleged", {}),
            ("VIO.KILLING", SOLD, "denied", {}),
        ]
    )
    other = passages(tmp_path, twice)[0]
    assert ev.matched(gold, other) == [(0, 1)]
    assert ev.triggers(gold, other) == ev.Count(1, 2, 1)
    assert ev.assertion(gold, other) == ev.Count(0, 1)
    assert ev.assertion_side(gold, other) == ev.Count(1, 0)


def test_a_filler_needs_a_matched_event_the_role_and_an_overlapping_span(
    gold: Annotated, tmp_path: Path
) -> None:
    spans = SPANS | {"soldiers": ("GOVERNMENT", "NOM", 0, 19)}
    del spans["arvonia"]
    roles = {"perpetrator": ["soldiers"], "place": ["mira"]}
    events = [
        ("VIO.TORTURE", BEAT, "confirmed", roles),
        ("TRADE.RESTRICTION", SOLD, "denied", {"instrument": ["drones"]}),
    ]
    other = passages(tmp_path, record(entities=spans, events=events))[0]
    assert ev.roles(gold, other) == ev.Count(1, 2, 3)
    assert ev.roles(gold, other, exact=True) == ev.Count(0, 3, 4)


@pytest.mark.parametrize(
    ("kind", "assertion", "roles", "expected"),
    [
        ("VIO.TORTURE", "confirmed", {"perpetrator": ["soldiers"]}, True),
        ("VIO.TORTURE", "alleged", {"perpetrator": ["soldiers"]}, True),
        ("VIO.TORTURE", "denied", {"perpetrator": ["soldiers"]}, False),
        ("VIO.TORTURE", "confirmed", {"target": ["mira"]}, False),
        ("TRADE.SUPPLY", "confirmed", {"perpetrator": ["soldiers"]}, False),
    ],
)
def test_an_adverse_passage_has_an_abuse_told_as_done_and_its_perpetrator(
    tmp_path: Path, kind: str, assertion: str, roles: dict[str, list[str]], expected: bool
) -> None:
    passage = passages(tmp_path, record(events=[(kind, BEAT, assertion, roles)]))[0]
    assert ev.is_adverse(passage) is expected


def test_falsely_adverse_is_counted_among_passages_without_adverse_acts(
    gold: Annotated, tmp_path: Path
) -> None:
    quiet = passages(tmp_path, record())[0]
    assert ev.falsely_adverse(quiet, gold) == ev.Count(1, 0)
    assert ev.falsely_adverse(quiet, quiet) == ev.Count(0, 1)
    assert ev.falsely_adverse(gold, gold) == ev.Count()
    assert ev.adverse(quiet, gold) == ev.Count(0, 1)


def test_intervals_hold_the_value_and_are_the_same_each_time() -> None:
    counts = [ev.Count(3, 1, 2), ev.Count(0, 2, 1), ev.Count(5, 0, 0)] * 10
    figure = ev.figure("f1", counts)
    assert figure == ev.figure("f1", counts)
    assert figure.low < figure.value < figure.high
    assert (figure.tp, figure.fp, figure.fn) == (80, 30, 30)
    assert figure.value == pytest.approx(160 / 220)


def test_no_passages_give_zero() -> None:
    assert ev.figure("f1", []).value == 0
    assert ev.figure("rate", []).high == 0


def test_missing_predictions_are_named(tmp_path: Path) -> None:
    gold = passages(tmp_path, record("a"), record("b"), record("c"))
    with pytest.raises(ev.MissingPredictions, match="no prediction for a, c"):
        ev.evaluate(gold, passages(tmp_path, record("b")))


def test_figures_are_given_for_all_and_by_source(tmp_path: Path) -> None:
    gold = passages(tmp_path, record("a", source="news/1"), record("b", source="reports/2"))
    figures = ev.evaluate(gold, gold)
    assert list(figures) == ["all", "news", "reports"]
    assert figures["all"]["entities"].tp == 10
    assert figures["news"]["entities"].tp == 5


def test_the_command_prints_a_table_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(GOLD) + "\n", encoding="utf-8")
    out = tmp_path / "figures.json"
    assert ev.main([str(path), str(path), "--json", str(out)]) == 0
    assert "names (NAM)" in capsys.readouterr().out
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["figures"]["all"]["roles"]["value"] == 1.0
    assert written["assertion"] == {"confirmed": {"confirmed": 1}, "denied": {"denied": 1}}


def test_the_command_says_which_line_is_malformed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a"}\n', encoding="utf-8")
    assert ev.main([str(path), str(path)]) == 1
    assert "line 1" in capsys.readouterr().err
