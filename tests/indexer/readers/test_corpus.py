"""Corpora: one document a row."""

import gzip
import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers import corpus
from indexer.readers.corpus import Row, canonical, rows
from indexer.readers.errors import (
    ColumnMissing,
    DamagedDocument,
    EmptyDocument,
    UnsupportedFormat,
)
from indexer.readers.media import CSV, GZIP, HTML, JSON_LINES
from indexer.readers.reading import Metadata
from tests.data.make import HERE, json_lines, table
from tests.data.make import ROWS as NEWS


def read(
    data: bytes, kind: str = JSON_LINES, columns: Mapping[str, str] | None = None
) -> list[Row]:
    return list(rows(io.BytesIO(data), kind, columns, "news"))


def lines(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.mark.parametrize(
    ("name", "kind"), [("news.jsonl", JSON_LINES), ("news.jsonl.gz", GZIP), ("news.csv", CSV)]
)
def test_each_row_is_a_document(name: str, kind: str) -> None:
    documents = [row.document for row in rows(HERE / name, kind, None, name)]
    assert len(documents) == len(NEWS)
    for document, row in zip(documents, NEWS, strict=True):
        assert document is not None
        assert document.text == row["body"]
        assert document.title == row["headline"]
        assert document.published == str(row["year"])
        assert document.url == row["link"]
        assert document.publisher == row["outlet"]
        assert document.country == row["country"]
        assert document.warnings == ()


def test_the_id_is_the_hash_of_the_line() -> None:
    first = json_lines().split(b"\n")[0]
    (document, *_) = (row.document for row in read(json_lines()))
    assert document is not None
    assert document.id == hashlib.sha256(first).hexdigest()
    assert document.source == "news#1"


def test_a_line_has_the_same_id_with_windows_line_ends_and_a_mark() -> None:
    windows = b"\xef\xbb\xbf" + json_lines().replace(b"\n", b"\r\n")
    assert [r.document for r in read(windows)] == [r.document for r in read(json_lines())]


def test_a_csv_row_has_one_id_in_any_order_of_columns() -> None:
    assert canonical({"b": "é", "a": "1"}) == '{"a":"1","b":"é"}'.encode()
    one, other = read(b"a,text\n1,x\n", CSV), read(b'text;a\r\n"x";1\r\n', CSV)
    assert one[0].document is not None and other[0].document is not None
    assert one[0].document.id == other[0].document.id


def test_columns_can_be_named() -> None:
    data = lines({"t": "words", "text": "not this", "when": "3 May 2021", "iso2": "TL"})
    (row,) = read(data, columns={"text": "t", "date": "when", "country": "iso2"})
    assert row.document is not None
    assert (row.document.text, row.document.published) == ("words", "2021-05-03")
    assert row.document.country == "TL"


def test_a_missing_column_names_those_that_exist() -> None:
    with pytest.raises(
        ColumnMissing, match="No column 'body' for the text; the columns are id, full"
    ):
        read(lines({"id": 1, "full": "words"}), columns={"text": "body"})


def test_no_column_for_the_text_says_how_to_name_one() -> None:
    with pytest.raises(ColumnMissing, match="--columns text=NAME"):
        read(b"id,full\n1,words\n", CSV)


def test_an_unknown_field_names_the_fields() -> None:
    with pytest.raises(ColumnMissing, match="no field 'colour'"):
        read(json_lines(), columns={"colour": "x"})


def test_bad_lines_are_reported_by_number_and_the_rest_is_read() -> None:
    data = b'{"text": "a"}\nnot json\n\n[1]\n{"text": ""}\n{"text": 5}\n{"text": "b"}\n'
    found = read(data)
    assert [row.number for row in found] == [1, 2, 4, 5, 6, 7]
    assert [row.document.text for row in found if row.document] == ["a", "b"]
    reasons = [row.reason or "" for row in found if not row.document]
    assert reasons[0].startswith("Not JSON")
    assert "no object" in reasons[1]
    assert reasons[2:] == ["No text in text or body or content."] * 2


def test_a_line_that_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "MAX_ROW_BYTES", 1000)
    monkeypatch.setattr(corpus, "CHUNK", 64)
    found = read(lines({"text": "a"}, {"text": "x" * 5000}, {"text": "b"}))
    assert [row.number for row in found] == [1, 2, 3]
    assert found[1].reason is not None and "longer than" in found[1].reason
    assert found[2].document is not None and found[2].document.text == "b"


def test_a_date_that_could_be_two_is_left_out_with_a_warning() -> None:
    (row,) = read(lines({"text": "a", "date": "03/04/2021"}))
    assert row.document is not None and row.document.published is None
    assert row.document.warnings == (
        "The date '03/04/2021' is not understood; write it YYYY-MM-DD.",
    )


def test_defaults_fill_what_a_row_leaves_open() -> None:
    source = io.BytesIO(lines({"text": "a", "publisher": "The Courier"}))
    defaults = Metadata(publisher="Nobody", licence="CC0-1.0")
    (row,) = rows(source, JSON_LINES, None, "news", defaults=defaults)
    assert row.document is not None
    assert (row.document.publisher, row.document.licence) == ("The Courier", "CC0-1.0")


def test_half_a_character_is_made_storable() -> None:
    (row,) = read(b'{"text": "a\\ud800b"}\n')
    assert row.document is not None and row.document.text == "a\N{REPLACEMENT CHARACTER}b"


def test_csv_with_a_quoted_line_break_keeps_its_line_numbers() -> None:
    found = read(table(), CSV)
    assert [row.number for row in found] == [2, 3, 5]


def test_csv_of_another_encoding_is_read_with_a_warning() -> None:
    (row,) = read("text;lieu\nÉté à la mer;Fort-Neuf\n".encode("cp1252"), CSV)
    assert row.document is not None and row.document.text == "Été à la mer"
    assert row.document.warnings and "guess" in row.document.warnings[0]


def test_csv_in_utf16_is_read() -> None:
    (row,) = read("text\tid\nчто\t1\n".encode("utf-16"), CSV)
    assert row.document is not None and row.document.text == "что"


def test_a_csv_row_with_too_many_cells_is_reported() -> None:
    bad, good = read(b"text,id\na,1,2\nb,2\n", CSV)
    assert bad.reason is not None and "3 cells" in bad.reason
    assert good.document is not None


@pytest.mark.parametrize("kind", [JSON_LINES, CSV])
def test_a_gzip_file_that_is_cut_short_gives_what_came_before(kind: str) -> None:
    many = [
        {"text": hashlib.sha256(bytes([n % 256])).hexdigest() * 40, "n": str(n)}
        for n in range(3000)
    ]
    if kind == CSV:
        data = b"text,n\n" + b"".join(f"{r['text']},{r['n']}\n".encode() for r in many)
    else:
        data = lines(*many)
    packed = gzip.compress(data)
    source = "x.csv.gz" if kind == CSV else "x.jsonl.gz"
    *good, last = rows(io.BytesIO(packed[: len(packed) // 2]), GZIP, None, source)
    assert len(good) > 100 and all(row.document for row in good[:-1])
    assert last.reason is not None and "cut short" in last.reason


def test_damaged_gzip_is_reported_where_it_breaks() -> None:
    packed = bytearray(gzip.compress(lines(*({"text": str(n) * 9} for n in range(20_000)))))
    packed[len(packed) // 2 : len(packed) // 2 + 8] = b"\xff" * 8
    *_, last = rows(io.BytesIO(bytes(packed)), GZIP, None, "x.jsonl.gz")
    assert last.reason is not None and "damaged" in last.reason


def test_a_gzip_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "RATIO_FROM", 4 << 20)
    bomb = gzip.compress(b'{"text": "a"}\n' + b" " * (32 << 20))
    first, last = rows(io.BytesIO(bomb), GZIP, None, "x.jsonl.gz")
    assert first.document is not None
    assert last.reason is not None and "Reading stopped" in last.reason


def test_two_gzip_files_in_one_are_read_as_one() -> None:
    packed = gzip.compress(lines({"text": "a"})) + gzip.compress(lines({"text": "b"}))
    assert [
        r.document.text for r in rows(io.BytesIO(packed), GZIP, None, "x.jsonl.gz") if r.document
    ] == [
        "a",
        "b",
    ]


def test_gzip_of_something_else_is_refused() -> None:
    with pytest.raises(UnsupportedFormat, match="Inside is application/pdf"):
        list(rows(io.BytesIO(gzip.compress(b"%PDF-1.7")), GZIP, None, "x.pdf.gz"))


def test_other_media_are_no_corpus() -> None:
    with pytest.raises(UnsupportedFormat, match="no corpus"):
        read(b"<html>", HTML)


def test_an_empty_corpus_is_empty() -> None:
    with pytest.raises(EmptyDocument):
        read(b"")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    line = json.dumps({"text": "word " * 200}).encode() + b"\n"
    with path.open("wb") as out:
        for _ in range(30_000):
            out.write(line)
    tracemalloc.start()
    assert sum(1 for row in rows(path, JSON_LINES, None, "big") if row.document) == 30_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 28 << 20
    assert most < 12 << 20


values = st.one_of(st.none(), st.integers(), st.booleans(), st.text(), st.lists(st.integers()))


@given(
    st.lists(st.dictionaries(st.sampled_from(["text", "title", "date", "x"]), values), min_size=1)
)
def test_a_row_gives_its_text_as_written_or_a_reason(corpus_rows: list[dict[str, object]]) -> None:
    try:
        found = read(lines(*corpus_rows))
    except ColumnMissing:
        assert not any("text" in row for row in corpus_rows[: corpus.LOOKED_AT])
        return
    for row, value in zip(found, corpus_rows, strict=True):
        text = value.get("text")
        if isinstance(text, str) and text.strip():
            assert row.document is not None
            assert row.document.text == text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        else:
            assert row.reason


@given(st.binary())
def test_no_bytes_crash_the_rows(data: bytes) -> None:
    for kind in (JSON_LINES, CSV, GZIP):
        try:
            found: Iterator[Row] = rows(io.BytesIO(data), kind, None, "x.jsonl")
            assert all(row.document or row.reason for row in found)
        except (ColumnMissing, EmptyDocument, UnsupportedFormat, DamagedDocument):
            pass
