"""The samples hang together: what expects something of a file finds it, words and all."""

import csv
import html
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
DOCUMENTS = SAMPLES / "documents"
KNOWLEDGE = ROOT / "nlp" / "knowledge"
FILES = sorted(path.name for path in DOCUMENTS.iterdir())
EVENTS: list[dict[str, Any]] = [
    json.loads(line) for line in (SAMPLES / "events.jsonl").read_text(encoding="utf-8").splitlines()
]
EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (SAMPLES / "applications" / "expected.json").read_text(encoding="utf-8")
)
ASSERTIONS = {"confirmed", "alleged", "denied", "hypothetical", "negated"}


def source_of(name: str) -> Path:
    """The text that a PDF or DOCX was built from; any other file is its own source."""
    built = Path(name).suffix in {".pdf", ".docx"}
    return SAMPLES / "src" / f"{Path(name).stem}.txt" if built else DOCUMENTS / name


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def rows_of(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def words(name: str, row: str | None = None) -> str:
    """The running text of a sample, without markup and footnote marks."""
    path = source_of(name)
    if path.suffix in {".csv", ".jsonl"}:
        return squeezed(next(r["text"] for r in rows_of(path) if r["id"] == row))
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return squeezed(re.sub(r"\[\^\d+\]", "", text))


def codes() -> set[str]:
    taxonomy = yaml.safe_load((KNOWLEDGE / "taxonomy_events.yaml").read_text(encoding="utf-8"))
    return {event["code"] for event in taxonomy["events"]}


def test_the_folder_is_small_and_of_every_format() -> None:
    suffixes = [Path(name).suffix for name in FILES]
    assert len(FILES) >= 30
    assert suffixes.count(".pdf") >= 3
    assert suffixes.count(".html") >= 4
    assert suffixes.count(".docx") >= 3
    assert {".txt", ".md", ".jsonl", ".csv"} <= set(suffixes)
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 1_000_000


@pytest.mark.parametrize("name", FILES)
def test_every_document_says_where_it_comes_from(name: str) -> None:
    path = source_of(name)
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".csv", ".jsonl"}:
        heads = rows_of(path)
    elif path.suffix == ".html":
        meta = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]+)">', text))
        heads = [
            {
                "title": meta["og:title"],
                "publisher": meta["og:site_name"],
                "date": meta["article:published_time"][:10],
                "url": meta["og:url"],
                "source_type": meta["source_type"],
                "licence": "CC0-1.0" if "publicdomain/zero" in meta["dcterms.license"] else "",
                "note": meta["description"],
            }
        ]
    else:
        heads = [yaml.safe_load(text.split("---\n", 2)[1])]
    known = {
        source["code"]
        for source in yaml.safe_load(
            (KNOWLEDGE / "taxonomy_sources.yaml").read_text(encoding="utf-8")
        )["source_types"]
    }
    for head in heads:
        assert head["title"] and head["publisher"]
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(head["date"]))
        assert re.match(r"https://[\w.-]+\.example\.(org|com)/", head["url"])
        assert head["source_type"] in known
        assert head["licence"] == "CC0-1.0"
        assert head["note"].startswith("Sample text, ")
        assert "invented" in head["note"]


def test_every_document_is_in_the_table_and_has_an_event_to_find() -> None:
    table = (SAMPLES / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([^`]+)` \|", table.split("## Applications")[0], re.M)
    assert sorted(listed) == FILES
    assert {event["document"] for event in EVENTS} == set(FILES)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['document']}-{event['type']}")
def test_the_quote_of_every_event_is_in_its_document(event: dict[str, Any]) -> None:
    text = words(event["document"], event.get("row"))
    assert event["quote"] in text
    assert event["trigger"] in event["quote"]
    assert {event["type"], *event.get("types", [])} <= codes()
    assert {event["assertion"], *event.get("assertions", [])} <= ASSERTIONS
    roles = ("perpetrator", "target", "instrument", "supplier", "recipient", "authority", "subject")
    for role in roles:
        assert (event.get(role) or "") in text, role


@pytest.mark.parametrize("name", EXPECTED)
def test_what_an_application_expects_exists(name: str) -> None:
    application = json.loads((SAMPLES / "applications" / name).read_text(encoding="utf-8"))
    expected = EXPECTED[name]
    assert [party["ref"] for party in application["parties"]] == list(expected["parties"])
    known: set[str] = set()
    for table in ("end_users.csv", "vendors.csv"):
        known |= {row["id"] for row in rows_of(KNOWLEDGE / table)}
    for party in expected["parties"].values():
        assert party["entity"] is None or party["entity"] in known
        assert party["band"] in {"strong", "possible", "none"}
        alternatives = [code for group in party.get("event_types_one_of", []) for code in group]
        types = party.get("event_types", []) + party.get("context_event_types", []) + alternatives
        assert set(types) <= codes()
        assert {*party.get("quoted", []), *party.get("context_quoted", [])} <= set(FILES)
    assert {*expected["responses"], *expected["never_adverse"]} <= {*FILES, "*"}


def test_every_application_has_an_expectation() -> None:
    files = {path.name for path in (SAMPLES / "applications").glob("*.json")}
    assert files == {*EXPECTED, "expected.json"}


def build(folder: Path) -> dict[str, Path]:
    """The binary samples, built into a folder, by name."""
    command = [sys.executable, str(SAMPLES / "make.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return {path.name: path for path in folder.iterdir()}


def members(path: Path) -> list[tuple[str, tuple[int, ...], bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(i.filename, i.date_time, archive.read(i)) for i in archive.infolist()]


def test_the_binary_samples_are_made_from_their_sources(tmp_path: Path) -> None:
    first, second = build(tmp_path / "first"), build(tmp_path / "second")
    assert set(first) == {name for name in FILES if source_of(name).parent.name == "src"}
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes()
        if path.suffix == ".pdf":
            assert path.read_bytes() == (DOCUMENTS / name).read_bytes()
        else:  # the packed bytes are for zlib to decide
            assert members(path) == members(DOCUMENTS / name)


def test_the_long_report_has_columns_footnotes_and_broken_words() -> None:
    document = pypdfium2.PdfDocument(DOCUMENTS / "xinjiang-police-technology.pdf")
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert page.startswith("Lantern Rights Observatory Police Technology in Xinjiang")
        assert page.rstrip().endswith(str(number))
    assert any(re.search(r"\w[-\u00ad\u0002\ufffe]\s*tem called", page) for page in pages)
    assert "1 Human Rights Watch, 13 December 2017" in pages[0]
