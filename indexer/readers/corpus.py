"""Corpora: one file, many documents, one a line of JSON or a row of CSV, read as a stream.

Memory is bounded by the longest row, whatever the size of the file; a row that cannot be read
is reported with its number, and the rest goes on.
"""

import codecs
import csv
import hashlib
import json
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from indexer.readers.content import MIB, Metadata, well_formed
from indexer.readers.dates import iso
from indexer.readers.errors import (
    ColumnMissing,
    DamagedDocument,
    EmptyDocument,
    TooLarge,
    UnreadableDocument,
    UnsupportedFormat,
)
from indexer.readers.media import CSV, GZIP, JSON_LINES, sniff
from indexer.readers.plain import decode, guess
from nlp.records import Document

# Where each field is looked for when no column is named, the likeliest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content"),
    "title": ("title", "headline"),
    "published": ("published", "date", "year"),
    "url": ("url", "link"),
    "publisher": ("publisher", "outlet", "source"),
    "country": ("country", "iso"),
    "language": ("language", "lang"),
    "licence": ("licence", "license"),
    "source_type": ("source_type",),
}
# `--columns date=...` means the date of publication.
_SAME = {"date": "published", "license": "licence", "lang": "language"}

# The longest row. A book-length report is 10 MiB; a longer row is most likely a lost line break.
MAX_ROW_BYTES = 64 * MIB
# Unpacked, a gzipped corpus may have this many bytes: beyond it, split the file so that a broken
# one costs less.
MAX_UNPACKED = 1024 * 1024 * MIB
# Text shrinks 3 to 10 times, very repetitive text 100 times; gzip's limit, a bomb, is 1,032.
MAX_RATIO = 400
RATIO_FROM = 256 * MIB
# So many rows are looked at before a named column counts as missing.
LOOKED_AT = 20
CHUNK = MIB

csv.field_size_limit(MAX_ROW_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a corpus: its number (lines of the file count from 1), and the document it is or
    the reason why it is none."""

    number: int
    document: Document | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row before its columns are read: `bytes` make its id, `value` is None with a `reason`."""

    number: int
    bytes: bytes
    value: dict[str, Any] | None
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def rows(
    path_or_stream: Path | BinaryIO,
    media_type: str,
    columns: Mapping[str, str] | None,
    source: str,
    *,
    defaults: Metadata | None = None,
) -> Iterator[Row]:
    """The documents of a corpus in the order of the file, with a failed `Row` for each bad one.

    Args:
        path_or_stream: The file, or an open binary stream (left open).
        media_type: JSON lines, CSV, or gzip of either (looked into).
        columns: Field to column name, such as `{"text": "body", "date": "year"}`; fields that are
            not named are looked for under the names in `COLUMNS`.
        source: Name of the file; a document's source is this, `#` and its line.
        defaults: What to take where a row says nothing.

    Raises, when the first row is asked for:
        ColumnMissing: a named column, or any for the text, is in none of the first rows.
        EmptyDocument, UnsupportedFormat: the file is empty or no corpus.
    """
    named = named_columns(columns or {})
    with ExitStack() as stack:
        if isinstance(path_or_stream, Path):
            stream: BinaryIO = stack.enter_context(path_or_stream.open("rb"))
        else:
            stream = path_or_stream
        kind, raw = _raw_rows(stream, media_type, source)
        first = list(islice(raw, LOOKED_AT))
        chosen = _choose(named, first)
        for row in chain(first, raw):
            yield _row(row, chosen, source, kind, defaults)


def named_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """`columns` by our names for the fields. Raises `ColumnMissing` on a field we do not have."""
    named = {}
    for field, column in columns.items():
        ours = _SAME.get(field, field)
        if ours not in COLUMNS:
            raise ColumnMissing(
                f"There is no field {field!r} to fill; the fields are {', '.join(COLUMNS)}."
            )
        named[ours] = column
    return named


def _choose(named: Mapping[str, str], first: Iterable[_Raw]) -> dict[str, tuple[str, ...]]:
    """For each field the columns to look in, checked against the first rows."""
    existing = dict.fromkeys(key for row in first if row.value for key in row.value)
    chosen = {
        field: (named[field],) if field in named else names for field, names in COLUMNS.items()
    }
    if not existing:
        return chosen
    held = "the columns are " + ", ".join(existing)
    for field, column in named.items():
        if column not in existing:
            raise ColumnMissing(f"No column {column!r} for the {field}; {held}.")
    if not any(name in existing for name in chosen["text"]):
        raise ColumnMissing(
            f"No column holds the text: looked for {', '.join(chosen['text'])}; {held}. "
            "Name it with --columns text=NAME."
        )
    return chosen


def _row(
    raw: _Raw,
    chosen: Mapping[str, tuple[str, ...]],
    source: str,
    media_type: str,
    defaults: Metadata | None,
) -> Row:
    if raw.value is None:
        return Row(number=raw.number, reason=raw.reason)
    text = next((raw.value[name] for name in chosen["text"] if name in raw.value), None)
    if not isinstance(text, str) or not text.strip():
        named = " or ".join(chosen["text"])
        return Row(number=raw.number, reason=f"No text in {named}.")
    metadata, warnings = _metadata(raw.value, chosen)
    metadata = metadata.over(defaults)
    document = Document(
        id=hashlib.sha256(raw.bytes).hexdigest(),
        source=f"{source}#{raw.number}",
        media_type=media_type,
        text=well_formed(text),
        title=metadata.title,
        publisher=metadata.publisher,
        published=metadata.published,
        url=metadata.url,
        source_type=metadata.source_type,
        licence=metadata.licence,
        country=metadata.country,
        language=metadata.language or "und",
        warnings=(*raw.warnings, *warnings),
    )
    return Row(number=raw.number, document=document)


def _metadata(
    value: Mapping[str, Any], chosen: Mapping[str, tuple[str, ...]]
) -> tuple[Metadata, tuple[str, ...]]:
    found: dict[str, str | None] = {}
    for field, names in chosen.items():
        if field != "text":
            given = (value.get(name) for name in names)
            found[field] = next((text for text in map(_written, given) if text), None)
    date = found["published"]
    found["published"] = iso(date) if date else None
    warnings = (f"The date {date!r} is not understood; write it YYYY-MM-DD.",)
    return Metadata(**found), warnings if date and not found["published"] else ()


def _written(value: object) -> str | None:
    """A cell as text; None for nothing and for what is no single value."""
    if isinstance(value, str):
        return well_formed(value.strip()) or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _raw_rows(stream: BinaryIO, media_type: str, source: str) -> tuple[str, Iterator[_Raw]]:
    """What kind of rows a stream holds, and the rows; a break in the middle is the last of them,
    with its reason."""
    chunks: Iterator[bytes] = iter(lambda: stream.read(CHUNK), b"")
    if media_type == GZIP:
        chunks = _inflated(chunks)
    head = next(chunks, b"")
    if not head:
        raise EmptyDocument("The corpus is empty: it has 0 bytes.")
    inside = media_type
    if media_type == GZIP:
        inside = sniff(head, source.lower().removesuffix(".gz"))
    chunks = chain((head,), chunks)
    if inside == JSON_LINES:
        return inside, _json_rows(chunks, head)
    if inside == CSV:
        return inside, _csv_rows(chunks, head)
    raise UnsupportedFormat(
        f"Inside is {inside}, not a corpus. Unpack it and load the file itself."
        if media_type == GZIP
        else f"{media_type} is no corpus; JSON lines, CSV and gzip of either are."
    )


def _inflated(chunks: Iterable[bytes]) -> Generator[bytes]:
    """Unpacked bytes in pieces of at most `CHUNK`, counted as they come.

    Raises at the end of what can be read: `DamagedDocument` on a cut or broken file, `TooLarge`
    past `MAX_UNPACKED` or `MAX_RATIO`.
    """
    packed = unpacked = 0
    engine = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        packed += len(chunk)
        while chunk:
            if engine.eof:
                chunk = chunk.lstrip(b"\0")  # padding between and after members
                if not chunk:
                    break
                engine = zlib.decompressobj(wbits=31)
            try:
                piece = engine.decompress(chunk, CHUNK)
            except zlib.error as error:
                raise DamagedDocument("The gzip data is damaged here. Fetch it again.") from error
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > packed * MAX_RATIO):
                raise TooLarge(
                    f"The file unpacks to over {unpacked // MIB:,} MiB from {packed // 1024:,} "
                    "KiB; no text does. Reading stopped here."
                )
            if piece:
                yield piece
            chunk = engine.unused_data if engine.eof else engine.unconsumed_tail
    while piece := engine.decompress(b"", CHUNK) if not engine.eof else b"":
        yield piece
    if packed and not engine.eof:
        raise DamagedDocument(
            "The gzip file is cut short here; the rest is missing. Fetch it again."
        )


def _lines(chunks: Iterator[bytes]) -> Generator[tuple[bytes | None, UnreadableDocument | None]]:
    """Lines without their end; (None, None) for one that is too long; last, the error if any."""
    held: list[bytes] = []
    length = 0
    try:
        for chunk in chunks:
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                length += end - start
                held.append(chunk[start:end])
                yield (None if length > MAX_ROW_BYTES else b"".join(held)), None
                held, length, start = [], 0, end + 1
            length += len(chunk) - start
            # Past the cap only the length is counted on.
            held = [*held, chunk[start:]] if length <= MAX_ROW_BYTES else []
    except (DamagedDocument, TooLarge) as error:
        yield None, error
        return
    if length:
        yield (None if length > MAX_ROW_BYTES else b"".join(held)), None


def _json_rows(chunks: Iterator[bytes], head: bytes) -> Iterator[_Raw]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnsupportedFormat(
            "JSON lines must be UTF-8, and this file is UTF-16. Save it as UTF-8."
        )
    for number, (line, error) in enumerate(_lines(chunks), start=1):
        if error is not None:
            yield _Raw(number, b"", None, error.reason)
        elif line is None:
            yield _Raw(number, b"", None, _too_long())
        else:
            line = line.removeprefix(codecs.BOM_UTF8).rstrip(b"\r")
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> _Raw:
    warnings: tuple[str, ...] = ()
    text = line.decode("utf-8", "replace")
    if "\N{REPLACEMENT CHARACTER}" in text:
        try:
            text, warnings = decode(line)
        except UnsupportedFormat as error:
            return _Raw(number, line, None, error.reason)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _Raw(number, line, None, f"Not JSON: {error}.")
    if not isinstance(value, dict):
        return _Raw(number, line, None, "The line is JSON, but no object with named columns.")
    return _Raw(number, line, value, None, warnings)


def _csv_rows(chunks: Iterator[bytes], head: bytes) -> Iterator[_Raw]:
    encoding, warnings = _csv_encoding(head)
    broken: list[UnreadableDocument] = []
    reader = csv.reader(
        _csv_lines(chunks, encoding, broken.append), delimiter=_delimiter(head, encoding)
    )
    header: list[str] | None = None
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield _Raw(start, b"", None, f"Not CSV: {error}.")
            continue
        if header is None:
            header = [name.strip() for name in cells]
        elif any(cells):
            yield _csv_row(start, header, cells, warnings)
    for problem in broken:
        yield _Raw(reader.line_num + 1, b"", None, problem.reason)


def _csv_row(number: int, header: list[str], cells: list[str], warnings: tuple[str, ...]) -> _Raw:
    if len(cells) > len(header):
        reason = f"The row has {len(cells)} cells and the header {len(header)}; is a quote missing?"
        return _Raw(number, b"", None, reason)
    value = dict(zip(header, cells, strict=False))
    return _Raw(number, canonical(value), value, None, warnings)


def canonical(row: Mapping[str, Any]) -> bytes:
    """The bytes that stand for a CSV row: JSON, keys sorted, no spaces, UTF-8. The same row in
    another order of columns or with other quotes is the same document."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _csv_encoding(head: bytes) -> tuple[str, tuple[str, ...]]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    try:
        # The head may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        encoding = guess(head)
        return encoding, (f"The encoding is not UTF-8; read as {encoding}, which is a guess.",)
    return "utf-8-sig", ()


def _delimiter(head: bytes, encoding: str) -> str:
    """What separates the cells of the header: comma, semicolon, tab or bar."""
    header = head.decode(encoding, "replace").partition("\n")[0]
    return max(",;\t|", key=header.count)


def _csv_lines(
    chunks: Iterator[bytes], encoding: str, report: Callable[[UnreadableDocument], None]
) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held: list[str] = []
    length = 0
    try:
        for chunk in chunks:
            *lines, rest = decoder.decode(chunk).split("\n")
            for line in lines:
                yield "".join(held) + line + "\n"
                held, length = [], 0
            length += len(rest)
            held.append(rest)
            if length > MAX_ROW_BYTES:
                # csv refuses it for its length; what follows is a line of its own.
                yield "".join(held)
                held, length = [], 0
    except (DamagedDocument, TooLarge) as error:
        report(error)
        return
    if rest := "".join(held) + decoder.decode(b"", final=True):
        yield rest


def _too_long() -> str:
    return (
        f"The line is longer than {MAX_ROW_BYTES // MIB} MiB. Is a line break missing? "
        "Each line must be one document."
    )
