"""What kind of file some bytes are, by the bytes first and the name second."""

import io
import json
import re
import zipfile

from indexer.readers.errors import EmptyDocument, EncryptedDocument, UnsupportedFormat
from indexer.readers.plain import decode, is_binary

PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON_LINES = "application/x-ndjson"
CSV = "text/csv"
GZIP = "application/gzip"
ZIP = "application/zip"

# How far into a file its kind is looked for. PDF readers accept a header within the first 1,024
# bytes; web pages open with long comments.
HEAD = 64 * 1024
_PDF_HEADER_WITHIN = 1024

_FOREIGN = (
    (b"{\\rtf", "a Rich Text file. Save it as DOCX or PDF"),
    (b"\x89PNG", "a picture. Save it as PDF and its text will be recognised"),
    (b"\xff\xd8\xff", "a picture. Save it as PDF and its text will be recognised"),
    (b"GIF8", "a picture. Save it as PDF and its text will be recognised"),
    (b"II*\x00", "a picture. Save it as PDF and its text will be recognised"),
    (b"MM\x00*", "a picture. Save it as PDF and its text will be recognised"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive. Unpack it, or make it a ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive. Unpack it, or make it a ZIP archive"),
    (b"BZh", "a bzip2 archive. Unpack it, or compress it with gzip"),
    (b"\xfd7zXZ\x00", "an xz archive. Unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive. Unpack it, or compress it with gzip"),
    (b"%!PS", "a PostScript file. Convert it to PDF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (
    ("word/document.xml", DOCX, ""),
    ("xl/workbook.xml", None, "an Excel workbook. Save the sheet as CSV"),
    ("ppt/presentation.xml", None, "a PowerPoint file. Save it as PDF"),
    ("content.xml", None, "an OpenDocument file. Save it as DOCX or PDF"),
    ("META-INF/container.xml", None, "an e-book. Convert it to PDF or HTML"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAG = re.compile(r"<(?:p|div|br|h[1-6]|title|meta|table|span|a)\b[^>]*>", re.I)


def _is_pdf(data: bytes) -> bool:
    """True when the header of a PDF stands at the start, or soon after bytes that are no text: a
    text that speaks of "%PDF-1.4" is none."""
    at = data.find(b"%PDF-", 0, _PDF_HEADER_WITHIN)
    before = data[: max(at, 0)].strip()
    return at >= 0 and (not before or is_binary(before) or b"%%EOF" in data[-_PDF_HEADER_WITHIN:])


def sniff(data: bytes, name: str) -> str:
    """The media type of a file that begins with `data` and is called `name`.

    The first 64 KiB are enough, except for ZIP, where the whole file tells a Word document from
    an archive more surely. The name decides only between kinds of text.

    Raises:
        EmptyDocument: no bytes.
        EncryptedDocument: an Office file locked with a password.
        UnsupportedFormat: a kind that no reader knows, with what it is and what would work.
    """
    if not data:
        raise EmptyDocument("The file is empty: it has 0 bytes.")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zipped(data)
    if data.startswith(b"\x1f\x8b"):
        return GZIP
    if _is_pdf(data):
        return PDF
    if data.startswith(_OLE):
        raise _old_office(data)
    for mark, what in _FOREIGN:
        if data.startswith(mark):
            raise UnsupportedFormat(f"This is {what}.")
    if is_binary(data):
        raise UnsupportedFormat(
            "The content is binary, not text, whatever its name says. If it is a PDF, Word or "
            "web file it may be damaged; otherwise export it as PDF, DOCX, HTML or text."
        )
    return _text(data[:HEAD], name.lower().rpartition("!")[2])


def _text(head: bytes, name: str) -> str:
    text = decode(head)[0].lstrip("\ufeff")
    if name.endswith((".md", ".markdown")):
        return MARKDOWN
    if _HTML.match(text):
        return HTML
    if name.endswith((".html", ".htm", ".xhtml")) and _TAG.search(text):
        return HTML
    if name.endswith((".csv", ".tsv")):
        return CSV
    if name.endswith((".jsonl", ".ndjson")) or _is_json_line(text):
        return JSON_LINES
    if name.endswith(".json"):
        raise UnsupportedFormat(
            "This JSON file is not JSON lines: it must hold one object a line, each a document."
        )
    return TEXT


def _is_json_line(text: str) -> bool:
    """True when the first line is a JSON object, or a long one that goes on past the head."""
    line, newline, _ = text.lstrip().partition("\n")
    if not re.match(r'\{\s*"', line):
        return False
    if not newline and len(text) >= HEAD // 4:
        return True
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        # Only the beginning was given, or the end is lost: names stand uncompressed in the file.
        names = {part for part, _, _ in _OFFICE if part.encode() in data}
    for part, media_type, what in _OFFICE:
        if part in names:
            if media_type is None:
                raise UnsupportedFormat(f"This is {what}.")
            return media_type
    return ZIP


def _old_office(data: bytes) -> EncryptedDocument | UnsupportedFormat:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedDocument(
            "This Office file is locked with a password. Open it, save a copy without the "
            "password, and load that."
        )
    return UnsupportedFormat(
        "This is an old Office file (.doc, .xls, .ppt). Save it as DOCX or PDF."
    )
