import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.engine import open_engine
from search_api.cli import cli
from search_api.settings import Settings
from tests.indexer.documents import abuse, spanish, supply
from tests.search_api.test_screening import USER


def run(home: Path, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=text, env={"EVIDENCE_HOME": str(home)})


def lines(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    engine = open_engine(Settings(home=tmp_path).index)
    engine.add([abuse(), supply(), spanish()])
    engine.close()
    return tmp_path


def test_a_file_is_loaded_searched_and_listed(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The Directorate of Public Calm detained nine farmers in Dunmar.")
    (tmp_path / "empty.txt").write_text("")
    (report,) = lines(run(tmp_path / "home", "load", str(tmp_path), "--json"))
    assert (report["read"], report["unread"]) == (1, 1)
    (hit,) = lines(run(tmp_path / "home", "search", "detaining farmers", "--json"))
    assert hit["source"] == str(note)
    shown = run(tmp_path / "home", "loads", report["id"])
    assert "empty.txt" in shown.output and "0 bytes" in shown.output
    assert "1 read" in run(tmp_path / "home", "loads").output


def test_a_screening_is_told_in_plain_words(home: Path) -> None:
    ask = json.dumps({"reference": "T-1", "parties": [USER]})
    result = run(home, "screen", "-", text=ask)
    assert result.exit_code == 0
    assert "T-1: ADVERSE" in result.output
    assert "not a recommendation" in result.output
    assert "Ilo Brant" not in result.output


def test_applications_may_come_one_a_line(home: Path) -> None:
    ask = "\n".join(json.dumps({"reference": f"T-{i}", "parties": [USER]}) for i in range(3))
    answers = lines(run(home, "screen", "-", "--json", text=ask))
    assert [a["reference"] for a in answers] == ["T-0", "T-1", "T-2"]


def test_a_document_is_shown_by_the_beginning_of_its_id(home: Path) -> None:
    result = run(home, "show", abuse().id[:10])
    assert "SURV.DEVICE_HACK (confirmed) 'infected'" in result.output
    (record,) = lines(run(home, "show", abuse().id, "--json"))
    assert record["id"] == abuse().id


def test_annotate_gives_records_whose_offsets_quote(tmp_path: Path) -> None:
    text = "Police in Cairo arrested three journalists on Monday, Amnesty International said."
    (record,) = lines(run(tmp_path, "annotate", "-", text=json.dumps({"id": "a", "text": text})))
    assert record["id"] == "a" and record["entities"] and record["events"]
    for entity in record["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    for event in record["events"]:
        trigger = event["trigger"]
        assert text[trigger["start"] : trigger["end"]] == trigger["text"]
    (plain,) = lines(run(tmp_path, "annotate", "-", text=text))
    assert plain["entities"] == record["entities"]


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (("load", "nowhere"), None, "there is no nowhere"),
        (("load", ".", "--source-type", "RUMOUR"), None, "use one of"),
        (("load", ".", "--columns", "text"), None, "field=column"),
        (("load", ".", "--published", "last week"), None, "write 2021"),
        (("load", ".", "--country", "Narnia"), None, "ISO 3166"),
        (("load", "https://example.org/x.html"), None, "addresses are not fetched"),
        (("search", "x", "--since", "2021-13"), None, "no date"),
        (("search", "x", "--filter", "colour=red"), None, "no facet 'colour'"),
        (("search", "x", "--filter", "red"), None, "FACET=VALUE"),
        (("show", "0000000000"), None, "no document begins"),
        (("loads", "nine"), None, "no load 'nine'"),
        (("screen", "-"), '{"reference": "x", "parties": []}', "parties"),
        (("screen", "-"), "not json", "Invalid JSON"),
        (("annotate", "-"), '{"id": 1}', "has no text"),
    ],
)
def test_a_mistake_ends_with_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], text: str | None, words: str
) -> None:
    result = run(tmp_path, *arguments, text=text)
    assert result.exit_code == 1
    assert words in result.output and "Traceback" not in result.output


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["loads"], env={"EVIDENCE_PORT": "many"})
    assert result.exit_code == 1 and "EVIDENCE_PORT" in result.output


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").write_text("nothing of the kind " * 100)
    result = run(tmp_path, "search", "x")
    assert result.exit_code == 1 and "cannot be opened as an index" in result.output


def test_control_characters_of_a_document_do_not_reach_the_terminal(tmp_path: Path) -> None:
    engine = open_engine(Settings(home=tmp_path).index)
    engine.add([abuse("\x1b]0;mine\x07 title")])
    engine.close()
    assert "\x1b]" not in run(tmp_path, "search", "infected").output


def test_a_search_in_an_empty_home_says_so(tmp_path: Path) -> None:
    assert "Nothing is loaded" in run(tmp_path, "search", "DNA", "samples").output
