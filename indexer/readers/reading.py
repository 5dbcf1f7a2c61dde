"""The door of the readers: what a file is, and the documents in it.

    sniff(data: bytes, name: str) -> str
    shape(media_type: str) -> Literal["document", "corpus", "archive"]
    read(data: bytes, source: str, *, media_type: str | None = None,
         defaults: Metadata | None = None) -> Document
    rows(path_or_stream: Path | BinaryIO, media_type: str, columns: Mapping[str, str] | None,
         source: str, *, defaults: Metadata | None = None) -> Iterator[Row]
    members(data: bytes | Path, name: str) -> Iterator[Member]

All raise `UnreadableDocument` or one of its kinds (`indexer.readers.errors`), whose `reason` is
meant for the researcher. Nothing is written to disk except by Tesseract, and nothing is fetched.
"""

import hashlib
from typing import Literal

from indexer.readers.archive import Member, members
from indexer.readers.content import MAX_DOCUMENT_BYTES, MIB, Content, Metadata, well_formed
from indexer.readers.corpus import Row, rows
from indexer.readers.errors import TooLarge, UnreadableDocument, UnsupportedFormat
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
from nlp.records import Document

__all__ = [
    "Member",
    "Metadata",
    "Row",
    "UnreadableDocument",
    "members",
    "read",
    "rows",
    "shape",
    "sniff",
]


def shape(media_type: str) -> Literal["document", "corpus", "archive"]:
    """Which of `read`, `rows` and `members` takes files of this type."""
    if media_type in (JSON_LINES, CSV, GZIP):
        return "corpus"
    return "archive" if media_type == ZIP else "document"


def read(
    data: bytes,
    source: str,
    *,
    media_type: str | None = None,
    defaults: Metadata | None = None,
) -> Document:
    """The document in the bytes of one file; its id is their SHA-256.

    Args:
        data: The whole file.
        source: Its path or address, kept in the document and used by `sniff`.
        media_type: What it is, when that is known already.
        defaults: What to take where the file says nothing of title, publisher, date and so on.

    Raises:
        UnreadableDocument: or one of its kinds, with a reason that says what would work.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise TooLarge(
            f"The file has {len(data) // MIB:,} MiB; {MAX_DOCUMENT_BYTES // MIB} MiB is the most. "
            "Split it into parts."
        )
    kind = media_type or sniff(data, source)
    content = _content(data, kind)
    metadata = content.metadata.over(defaults).well_formed()
    return Document(
        id=hashlib.sha256(data).hexdigest(),
        source=well_formed(source),
        media_type=kind,
        text=well_formed(content.text),
        pages=content.pages,
        title=metadata.title,
        publisher=metadata.publisher,
        published=metadata.published,
        url=metadata.url,
        source_type=metadata.source_type,
        licence=metadata.licence,
        country=metadata.country,
        language=metadata.language or "und",
        furniture=content.furniture,
        warnings=content.warnings,
    )


def _content(data: bytes, media_type: str) -> Content:
    # Each format's library is loaded when the first file of its kind comes.
    match media_type:
        case t if t == PDF:
            from indexer.readers import pdf

            return pdf.read(data)
        case t if t == HTML:
            from indexer.readers import html

            return html.read(data)
        case t if t == DOCX:
            from indexer.readers import docx

            return docx.read(data)
        case t if t in (TEXT, MARKDOWN):
            from indexer.readers import plain

            return plain.read(data)
    raise UnsupportedFormat(
        f"This is a corpus or an archive, not one document ({media_type}). Inside an archive it is "
        "not read: unpack it and load it by itself."
    )
