"""The door of the readers."""

import hashlib
import pickle
import subprocess
import sys

import pytest

from indexer.readers import content, reading
from indexer.readers.errors import TooLarge, UnsupportedFormat
from indexer.readers.media import CSV, GZIP, JSON_LINES, PDF, ZIP
from indexer.readers.reading import Metadata, read, shape
from tests.data.make import HERE


def test_the_id_is_the_hash_of_the_bytes() -> None:
    data = (HERE / "notes.md").read_bytes()
    assert read(data, "a.md").id == hashlib.sha256(data).hexdigest()
    assert read(data, "b.md").id == read(data, "a.md").id


def test_a_document_carries_no_annotations() -> None:
    document = read((HERE / "notes.md").read_bytes(), "notes.md")
    assert not (document.mentions or document.events or document.passages or document.pipeline)


def test_defaults_fill_what_the_file_leaves_open() -> None:
    defaults = Metadata(title="Unused", source_type="ngo_report", url="https://x.example")
    document = read((HERE / "notes.md").read_bytes(), "notes.md", defaults=defaults)
    assert document.title == "Notes from Mill Hill"
    assert document.source_type == "ngo_report"
    assert document.url == "https://x.example"


def test_a_file_over_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_DOCUMENT_BYTES", 10)
    with pytest.raises(TooLarge, match="Split it"):
        read(b"x" * 11, "x.txt")


def test_a_corpus_is_no_single_document() -> None:
    with pytest.raises(UnsupportedFormat, match="load it by itself"):
        read((HERE / "news.jsonl").read_bytes(), "news.jsonl")


def test_each_kind_has_a_door() -> None:
    assert [shape(kind) for kind in (PDF, JSON_LINES, CSV, GZIP, ZIP)] == [
        "document",
        "corpus",
        "corpus",
        "corpus",
        "archive",
    ]


def test_errors_come_back_from_worker_processes() -> None:
    error = pickle.loads(pickle.dumps(TooLarge("too many pages")))
    assert isinstance(error, TooLarge) and error.reason == "too many pages"


def test_metadata_keeps_what_it_has() -> None:
    ours, theirs = Metadata(title="a"), Metadata(title="b", country="TL")
    assert ours.over(theirs) == Metadata(title="a", country="TL")
    assert ours.over(None) is ours


def test_half_characters_and_zeros_become_one_sign_each() -> None:
    assert (
        content.well_formed("a\ud800\0b") == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"
    )


def test_reading_text_loads_no_other_library() -> None:
    program = (
        "import sys; from indexer.readers.reading import read; read(b'words', 'x.txt');"
        "print({'trafilatura', 'pypdfium2', 'docx', 'pdfplumber', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
