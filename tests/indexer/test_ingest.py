import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from indexer.engine import Engine, Query, open_engine
from indexer.ingest import Progress, ingest, walk
from indexer.ledger import KNOWN, READ, UNREAD, Ledger, LoadReport
from indexer.originals import Originals
from nlp.records import Span

TOWNS = ("Arvel", "Bromsk", "Celdra", "Dunmar", "Estow", "Farrin")
GROUPS = ("journalists", "lawyers", "students", "farmers", "nurses")


@dataclass
class Installation:
    """An index, a ledger and originals in one folder."""

    home: Path
    engine: Engine
    ledger: Ledger
    originals: Originals

    def load(
        self, *paths: Path, columns: Mapping[str, str] | None = None, timeout: float = 300.0
    ) -> LoadReport:
        return ingest(
            paths,
            self.engine,
            self.ledger,
            self.originals,
            columns=columns,
            workers=2,
            timeout=timeout,
        )


def opened(home: Path) -> Installation:
    return Installation(
        home,
        open_engine(f"sqlite:///{home / 'index.sqlite'}"),
        Ledger(f"sqlite:///{home / 'ledger.sqlite'}"),
        Originals(str(home / "originals")),
    )


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = opened(tmp_path / "home")
    yield made
    made.engine.close()
    made.ledger.close()


def sentence(i: int) -> str:
    return (
        f"In {2010 + i % 12} officers of the Directorate of Public Calm detained {i % 90 + 2} "
        f"{GROUPS[i % 5]} in {TOWNS[i % 6]}, witnesses said. The directorate denied it."
    )


def write_corpus(folder: Path, rows: int, files: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "rows.jsonl.gz", "wt") as stream:
        for i in range(rows):
            text = "\n\n".join(sentence(i * 7 + k) for k in range(12))
            stream.write(json.dumps({"body": text, "headline": f"Row {i}", "year": 2015}) + "\n")
    for i in range(files):
        (folder / f"note-{i:03}.txt").write_text(sentence(1000 + i), encoding="utf-8")
    return folder


COLUMNS = {"text": "body", "title": "headline", "published": "year"}


def test_a_folder_is_read_and_a_second_load_finds_all_known(
    installation: Installation, tmp_path: Path
) -> None:
    corpus = write_corpus(tmp_path / "corpus", rows=5, files=3)
    first = installation.load(corpus, columns=COLUMNS)
    assert (first.read, first.known, first.unread) == (8, 0, 0)
    before = installation.engine.coverage()
    second = installation.load(corpus, columns=COLUMNS)
    assert (second.read, second.known, second.unread) == (0, 8, 0)
    assert installation.engine.coverage() == before
    assert [r.id for r in installation.ledger.loads()][:2].count(second.id) == 1


def test_what_was_found_quotes_the_stored_text(installation: Installation, tmp_path: Path) -> None:
    installation.load(write_corpus(tmp_path / "corpus", rows=2, files=1), columns=COLUMNS)
    documents = list(installation.engine.documents())
    assert len(documents) == 3
    for document in documents:
        assert document.mentions and document.events
        assert all(document.quote(m.span) == m.name for m in document.mentions)
        for event in document.events:
            assert event.quote.holds(event.trigger)
    row = next(d for d in documents if d.title == "Row 1")
    assert row.published == "2015" and row.source.endswith("rows.jsonl.gz#2")


def test_originals_are_kept_and_give_back_the_bytes(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text(sentence(1), encoding="utf-8")
    installation.load(path)
    (document,) = installation.engine.documents()
    assert installation.originals.read(document.original) == path.read_bytes()


def test_the_same_bytes_under_two_names_are_one_document(
    installation: Installation, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / "two").mkdir(exist_ok=True)
        (tmp_path / "two" / name).write_text(sentence(1), encoding="utf-8")
    report = installation.load(tmp_path / "two")
    assert (report.read, report.known) == (1, 1)


def broken_files(folder: Path) -> Path:
    """A file of each kind that a careless or hostile sender may give."""
    folder.mkdir()
    pdf = next(Path(__file__).parents[2].glob("samples/documents/*.pdf")).read_bytes()
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"0" * (600 << 20))
    (folder / "bomb.zip").write_bytes(bomb.getvalue())
    (folder / "cut.pdf").write_bytes(pdf[: len(pdf) // 3])
    (folder / "empty.txt").write_bytes(b"")
    (folder / "machine.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "rows.jsonl").write_text('{"text": "One good row in Arvel."}\n{"text": broken\n')
    (folder / "wrong.txt").write_bytes("La détention à l’été".encode("cp1252"))
    (folder / "zz-good.txt").write_text(sentence(3), encoding="utf-8")
    return folder


def test_no_broken_file_stops_another_and_each_has_a_reason(
    installation: Installation, tmp_path: Path
) -> None:
    report = installation.load(broken_files(tmp_path / "broken"))
    items = installation.ledger.items(report.id, (READ, KNOWN, UNREAD))
    became = {Path(i.source).name: i for i in items}
    assert became["zz-good.txt"].status == READ
    assert became["rows.jsonl#1"].status == READ
    assert became["wrong.txt"].status == READ and "encoding" in str(became["wrong.txt"].reason)
    for name in ("cut.pdf", "empty.txt", "machine.txt", "rows.jsonl#2"):
        assert became[name].status == UNREAD, name
        assert str(became[name].reason).endswith("."), name
    assert became["bomb.zip!bomb.txt"].status == UNREAD
    assert report.finished and report.unread == 5


def test_fifty_megabytes_without_a_line_break_end_in_time(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.ingest.TIMEOUT_PER_MIB", 0.0)
    (tmp_path / "long").mkdir()
    line = "Officers detained nine farmers in Dunmar. " * 1_250_000
    (tmp_path / "long" / "a.txt").write_text(line, encoding="utf-8")
    (tmp_path / "long" / "b.txt").write_text(sentence(2), encoding="utf-8")
    report = installation.load(tmp_path / "long", timeout=15)
    items = {Path(i.source).name: i for i in installation.ledger.items(report.id, (READ, UNREAD))}
    assert items["b.txt"].status == READ
    # Reading seven million words takes minutes; stopped by time, it must say so.
    assert items["a.txt"].status == READ or "longer than 15 s" in str(items["a.txt"].reason)


def test_a_file_that_takes_too_long_is_stopped_and_the_next_is_read(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.ingest.TIMEOUT_PER_MIB", 0.0)
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "a.txt").write_text(" ".join(sentence(i) for i in range(20_000)))
    (tmp_path / "slow" / "b.txt").write_text(sentence(1))
    report = installation.load(tmp_path / "slow", timeout=2)
    items = {Path(i.source).name: i for i in installation.ledger.items(report.id, (READ, UNREAD))}
    assert "longer than" in str(items["a.txt"].reason)
    assert len(items) == 2


def test_missing_paths_and_links_in_a_circle_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "file.txt").write_text("x")
    (tmp_path / "a" / "dead").symlink_to(tmp_path / "nothing")
    found = {p.name: reason for p, reason, _ in walk([tmp_path / "a", tmp_path / "none"])}
    assert found["file.txt"] is None
    assert found["dead"] and found["none"]


def test_progress_ends_at_the_whole(installation: Installation, tmp_path: Path) -> None:
    seen: list[Progress] = []
    corpus = write_corpus(tmp_path / "corpus", rows=3, files=2)
    ingest(
        [corpus],
        installation.engine,
        installation.ledger,
        installation.originals,
        columns=COLUMNS,
        workers=1,
        on_progress=seen.append,
    )
    assert seen[-1].done == seen[-1].total > 0
    assert [p.done for p in seen] == sorted(p.done for p in seen)


CONTENT = (
    "SELECT d.id, d.text, d.found, d.pipeline FROM documents d ORDER BY 1",
    "SELECT d.id, p.start, p.end, p.page, p.language, p.events FROM passages p JOIN documents d "
    "ON d.n = p.document ORDER BY 1, 2",
    "SELECT d.id, p.start, v.field, v.value FROM passage_values pv JOIN facet_values v "
    "ON v.n = pv.value JOIN passages p ON p.n = pv.passage JOIN documents d ON d.n = p.document "
    "ORDER BY 1, 2, 3, 4",
    "SELECT i.entity, i.role, d.id, e.trigger_start, e.kind, e.arguments, e.victims FROM "
    "involvements i JOIN events e ON e.n = i.event JOIN documents d ON d.n = e.document "
    "ORDER BY 1, 2, 3, 4, 5",
    "SELECT m.entity, m.start, m.end, d.id FROM mentions m JOIN documents d ON d.n = m.document "
    "ORDER BY m.entity, d.id, m.start",
    "SELECT id, kind, country, source, body FROM entities ORDER BY 1",
    "SELECT key, entity FROM entity_keys ORDER BY 1, 2",
)


def content(home: Path) -> list[list[tuple[object, ...]]]:
    """All that an index holds, in an order that does not depend on when it was added."""
    db = sqlite3.connect(home / "index.sqlite")
    tables = [db.execute(sql).fetchall() for sql in CONTENT]
    db.close()
    return tables


def start_load(home: Path, corpus: Path) -> subprocess.Popen[bytes]:
    columns = ",".join(f"{field}={column}" for field, column in COLUMNS.items())
    return subprocess.Popen(
        [sys.executable, "-m", "search_api", "load", str(corpus), "--columns", columns],
        env={**os.environ, "EVIDENCE_HOME": str(home), "EVIDENCE_WORKERS": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def documents_in(home: Path) -> int:
    """How many documents an index has that another process writes; 0 before it is there."""
    if not (home / "index.sqlite").exists():
        return 0
    db = sqlite3.connect(home / "index.sqlite", timeout=60)
    try:
        return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # its tables are being made
        return 0
    finally:
        db.close()


def kill_in_the_middle(home: Path, corpus: Path, wait: float) -> bool:
    """Starts a load and kills it `wait` seconds after it has written something; False when it was
    done before that."""
    before = documents_in(home)
    process = start_load(home, corpus)
    while process.poll() is None and documents_in(home) == before:
        time.sleep(0.005)
    time.sleep(wait)
    killed = process.poll() is None
    if killed:
        # The loader alone is killed: its workers must notice and end by themselves.
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return killed


def test_twenty_kills_leave_the_same_index_as_an_unbroken_load(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", rows=40, files=1800)
    assert start_load(tmp_path / "whole", corpus).wait() == 0
    whole = content(tmp_path / "whole")
    chance = random.Random(20)
    killed, homes = 0, 1
    while killed < 20:
        if kill_in_the_middle(tmp_path / f"broken-{homes}", corpus, chance.uniform(0, 0.03)):
            killed += 1
        else:  # a fast machine is done before the twentieth kill: the rest strike a new load
            assert content(tmp_path / f"broken-{homes}") == whole
            homes += 1
    home = tmp_path / f"broken-{homes}"
    assert start_load(home, corpus).wait() == 0
    assert content(home) == whole
    broken, unbroken = opened(home), opened(tmp_path / "whole")
    for query in ("detained lawyers", "directorate", '"public calm" Celdra'):
        totals = {i.engine.search(Query(text=query)).total for i in (broken, unbroken)}
        assert len(totals) == 1 and totals != {0}
    assert broken.engine.coverage() == unbroken.engine.coverage()
    for installed in (broken, unbroken):
        installed.engine.close()
        installed.ledger.close()


def test_a_quote_of_a_pdf_stands_on_its_page(installation: Installation) -> None:
    samples = Path(__file__).parents[2] / "samples" / "documents"
    pdf = samples / "xinjiang-police-technology.pdf"
    installation.load(pdf)
    (document,) = installation.engine.documents()
    assert len(document.pages) >= 3
    (hit, *_) = installation.engine.search(Query(text="platform track movements contacts")).hits
    assert hit.page == document.page_of(Span(hit.start, hit.end)) == 2
