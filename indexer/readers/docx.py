"""Word documents: paragraphs, tables and notes in order, with what the author's program noted."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from indexer.readers.content import MAX_TEXT, MIB, Content, Metadata
from indexer.readers.errors import DamagedDocument, EmptyDocument, TooLarge
from indexer.readers.zips import open_zip

# A Word file of 500 pages has about 3 MiB of XML; pictures make up the rest.
MAX_UNPACKED = 512 * MIB
MAX_PARTS = 10_000
# The XML tree takes about fifteen times its bytes.
MAX_XML = 64 * MIB

_DOCUMENT = "word/document.xml"
# Deleted and moved-away words, pictures for older programs that repeat a text box, field codes.
_SKIPPED = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:instrText"),
    qn("w:pPr"),
    qn("w:rPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "\N{NON-BREAKING HYPHEN}",
}
_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = (qn(f"w:{n}") for n in ("p", "tbl", "tr", "tc", "t"))
# Titles that programs put in, not people.
_NO_TITLES = ("document", "microsoft word", "untitled", "word document", "title", "doc")
# Before this Word wrote no such files; templates carry dates of the 1970s and 1980s.
_EARLIEST_YEAR = 1995


def read(data: bytes) -> Content:
    """The text of a Word document: a blank line between paragraphs, one line for each row of a
    table with tabs between cells, footnotes and endnotes last. Headers and footers are left out.

    The document's `created` date is taken as its date with a warning, since it may be that of
    a template.

    Raises:
        DamagedDocument: the file is cut short or is no Word document.
        EmptyDocument: no words in it.
        TooLarge: it would unpack to more than the caps.
    """
    document = _open(data)
    blocks = [*_blocks(document.element.body), *_notes(document)]
    text = "\n\n".join(blocks)
    if not text.strip():
        raise EmptyDocument(
            "The Word document holds no text. If its pages are pictures, save it as PDF and they "
            "will be recognised."
        )
    if len(text) > MAX_TEXT:
        raise TooLarge(f"The text has {len(text):,} characters; {MAX_TEXT:,} is the most.")
    created = _created(document)
    return Content(
        text=text,
        metadata=Metadata(title=_title(document), published=created),
        warnings=(f"Dated {created} by the file's own creation date.",) if created else (),
    )


def _open(data: bytes) -> Any:
    with open_zip(data, parts=MAX_PARTS, total=MAX_UNPACKED) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".xml") and entry.file_size > MAX_XML:
                raise TooLarge(
                    f"{entry.filename} has {entry.file_size // MIB} MiB; {MAX_XML // MIB} MiB is "
                    "the most. Split the document."
                )
    try:
        return docx.Document(io.BytesIO(data))
    # python-docx raises KeyError, ValueError and lxml's errors alike on broken files.
    except Exception as error:
        raise DamagedDocument(
            "The Word document is damaged. Open it in Word or LibreOffice, let it repair the "
            "file, and save it again."
        ) from error


def _blocks(container: Any) -> Iterator[str]:
    """Paragraphs and tables of a body, cell or content control, in order."""
    for child in container:
        if child.tag == _PARAGRAPH:
            if (text := _text(child)).strip():
                yield text
        elif child.tag == _TABLE:
            if (table := _table(child)).strip():
                yield table
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            yield from _blocks(child)


def _table(table: Any) -> str:
    rows = []
    for row in table.iter(_ROW):
        if next(row.iterancestors(_TABLE)) is table:
            cells = (c for c in row.iter(_CELL) if next(c.iterancestors(_TABLE)) is table)
            rows.append("\t".join(" ".join(" ".join(_blocks(cell)).split()) for cell in cells))
    return "\n".join(row for row in rows if row.strip())


def _text(paragraph: Any) -> str:
    """The words of a paragraph as a reader sees them: insertions in, deletions out."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag in _SKIPPED:
            continue
        if node.tag == _TEXT:
            parts.append(node.text or "")
        elif node.tag in _MARKS:
            parts.append(_MARKS[node.tag])
        else:
            if node.tag == _PARAGRAPH:
                parts.append("\n")
            stack.extend(reversed(node))
    return "".join(parts).strip("\n")


def _notes(document: Any) -> Iterator[str]:
    """Footnotes, then endnotes. Notes 0 and -1 are the lines that separate them from the page."""
    for part in document.part.package.iter_parts():
        if part.partname in ("/word/footnotes.xml", "/word/endnotes.xml"):
            for note in parse_xml(part.blob):
                if note.get(qn("w:type")) in (None, "normal"):
                    yield from _blocks(note)


def _title(document: Any) -> str | None:
    title = " ".join((document.core_properties.title or "").split())
    if title and not title.lower().startswith(_NO_TITLES):
        return title
    for paragraph in document.paragraphs[:20]:
        style = paragraph.style.name if paragraph.style is not None else ""
        if style and style.startswith(("Title", "Heading 1")) and paragraph.text.strip():
            return " ".join(paragraph.text.split())
    return None


def _created(document: Any) -> str | None:
    created = document.core_properties.created
    # python-docx's own template is dated 2013-12-23: not a date of any document made from it.
    if not isinstance(created, datetime) or created.date().isoformat() == "2013-12-23":
        return None
    return created.date().isoformat() if created.year >= _EARLIEST_YEAR else None
