"""What a file is, by its bytes first."""

import io
import zipfile

import pytest

from indexer.readers.errors import EmptyDocument, EncryptedDocument, UnsupportedFormat
from indexer.readers.media import (
    CSV,
    DOCX,
    GZIP,
    HTML,
    JSON_LINES,
    MARKDOWN,
    PDF,
    TEXT,
    ZIP,
    sniff,
)
from tests.data.make import HERE, files

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.pdf", PDF),
        ("visit.docx", DOCX),
        ("article.html", HTML),
        ("article-cp1252.html", HTML),
        ("notes.md", MARKDOWN),
        ("latin.txt", TEXT),
        ("news.jsonl", JSON_LINES),
        ("news.jsonl.gz", GZIP),
        ("news.csv", CSV),
    ],
)
def test_a_file_is_known_by_its_content_and_name(name: str, kind: str) -> None:
    assert sniff((HERE / name).read_bytes(), name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.pdf", PDF),
        ("visit.docx", DOCX),
        ("article.html", HTML),
        ("news.jsonl", JSON_LINES),
        ("news.jsonl.gz", GZIP),
    ],
)
def test_a_wrong_name_does_not_matter(name: str, kind: str) -> None:
    assert sniff((HERE / name).read_bytes(), "something.txt") == kind


def test_the_beginning_of_a_word_document_is_enough() -> None:
    assert sniff((HERE / "visit.docx").read_bytes()[: 30 * 1024], "visit.docx") in (DOCX, ZIP)


def test_the_files_are_those_that_the_program_makes() -> None:
    made = files()
    for name in ("report.pdf", "notes.md", "news.csv", "news.jsonl", "latin.txt", "article.html"):
        assert (HERE / name).read_bytes() == made[name], f"python -m tests.data.make ({name})"


def test_binary_content_named_txt_is_refused() -> None:
    with pytest.raises(UnsupportedFormat, match="binary, not text"):
        sniff((HERE / "binary.txt").read_bytes(), "binary.txt")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{\\rtf1 hello}", "Rich Text"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (OLD_OFFICE, "old Office file"),
    ],
)
def test_a_foreign_format_is_named_with_what_would_work(data: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedFormat, match=reason) as refused:
        sniff(data, "x")
    assert any(word in str(refused.value) for word in ("Save", "Unpack", "Convert"))


def test_an_office_file_with_a_password_says_so() -> None:
    locked = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedDocument, match="password"):
        sniff(locked, "x.docx")


def test_an_excel_workbook_is_not_taken_for_an_archive() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnsupportedFormat, match="CSV"):
        sniff(out.getvalue(), "x.xlsx")


def test_an_empty_file_is_empty() -> None:
    with pytest.raises(EmptyDocument, match="0 bytes"):
        sniff(b"", "x.pdf")


def test_one_json_object_over_many_lines_is_no_corpus() -> None:
    with pytest.raises(UnsupportedFormat, match="one object a line"):
        sniff(b'{\n  "a": 1\n}\n', "x.json")


def test_json_lines_are_known_without_their_name() -> None:
    assert sniff(b'{"text": "a"}\n{"text": "b"}\n', "dump.json") == JSON_LINES


def test_text_in_braces_is_text() -> None:
    assert sniff(b"{not json at all}\n", "x.txt") == TEXT
