"""Plain text and Markdown: decoded and otherwise left exactly as they are."""

import codecs
import re
from datetime import date

import yaml

from indexer.readers.content import MAX_TEXT, Content, Metadata
from indexer.readers.dates import iso
from indexer.readers.errors import EmptyDocument, TooLarge, UnsupportedFormat
from nlp.records import Page, Span

# Enough to tell binary from text, and to guess an encoding; more only costs time (a guess over
# 256 KiB takes about a quarter of a second).
HEAD = 8 * 1024
GUESS_FROM = 256 * 1024
# A text whose bytes are all but this share valid UTF-8 is UTF-8 with a few broken characters.
MAX_BROKEN = 0.001
# YAML headers are a few lines; a longer block between dashes is text.
MAX_FRONT_MATTER = 16 * 1024

# Letters and signs beyond ASCII that texts in each encoding have; the first wins where two fit
# alike (Hungarian is read with õ for ő, the price of reading Portuguese rightly).
_SIGNS = "“”‘’„‚«»‹›–—…•€§©°\xa0\xad"
_LETTERS = {
    "cp1252": _SIGNS + "àâäáãåæçèéêëíîïñòóôöõøœùúûüýßÀÂÄÁÃÅÆÇÈÉÊËÍÎÏÑÒÓÔÖÕØŒÙÚÛÜÝ·¡¿ºª£",
    "cp1250": _SIGNS + "ąćęłńóśźżáčďéěíňřšťúůýžľĺŕôőűöüäăâîşţđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÖÜÄĂÂÎŞŢĐ",
    "cp1254": _SIGNS + "çğıöşüâîûÇĞİÖŞÜÂÎÛ",
    "cp1257": _SIGNS + "ąčęėįšųūžāēģīķļņõäöüĄČĘĖĮŠŲŪŽĀĒĢĪĶĻŅÕÄÖÜ",
}

_BOMS = (
    # UTF-32 before UTF-16: the mark of the second is the beginning of the first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\s*#[ \t]+(\S[^\r\n]*)")
_BROKEN = "\N{REPLACEMENT CHARACTER}"


def read(data: bytes) -> Content:
    """The text of `data`, decoded and otherwise unchanged, with the pages that form feeds make.

    A YAML header gives metadata and is furniture; a first line `# ...` is the title.

    Raises:
        UnsupportedFormat: the bytes are not text.
        EmptyDocument: there is nothing but white space.
        TooLarge: more than `MAX_TEXT` characters.
    """
    text, warnings = decode(data)
    if not text.strip():
        raise EmptyDocument("The file holds no text, only white space.")
    if len(text) > MAX_TEXT:
        raise TooLarge(
            f"The text has {len(text):,} characters; one document may have {MAX_TEXT:,}. "
            "Split it, or load it as a corpus with one document a line (JSON lines)."
        )
    header = _FRONT_MATTER.match(text, 0, MAX_FRONT_MATTER)
    metadata = _front_matter(header[1]) if header else None
    heading = _HEADING.match(text, header.end() if header and metadata else 0)
    found = Metadata(title=heading[1].rstrip(" #\t") if heading else None)
    return Content(
        text=text,
        metadata=metadata.over(found) if metadata else found,
        pages=_pages(text),
        furniture=(Span(*header.span()),) if header and metadata else (),
        warnings=warnings,
    )


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of `data` and a warning where its encoding had to be guessed.

    In this order: byte order mark, UTF-8, UTF-8 with a few broken bytes, UTF-16 without a mark,
    what charset-normalizer finds likeliest. A byte order mark is no part of the text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return text, _losses(text, encoding.removesuffix("-sig").upper())
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data)
    if "\0" in text[:HEAD]:
        return _guessed(data)
    return text, ()


def is_binary(data: bytes) -> bool:
    """True when `data` begins like no text does: zero bytes or many control characters."""
    if any(data.startswith(mark) for mark, _ in _BOMS):
        return False
    head = data[:HEAD]
    if _wide(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" in head or controls > len(head) * 0.02


def _wide(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: every other byte is zero in Latin text."""
    half = max(len(head) // 2, 1)
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[offset::2].count(0), head[1 - offset :: 2].count(0)
        if zeros > half * 0.7 and others == 0:
            return encoding
    return None


def _guessed(data: bytes) -> tuple[str, tuple[str, ...]]:
    if wide := _wide(data[:HEAD]):
        text = data.decode(wide, errors="replace")
        return text, (f"Read as {wide.upper()}, which its zero bytes suggest.",)
    if is_binary(data):
        raise UnsupportedFormat(
            "The content is binary, not text, whatever its name says. If it is a PDF, Word or "
            "web file it may be damaged; otherwise export it as PDF, DOCX, HTML or text."
        )
    text = data.decode("utf-8", errors="replace")
    if text.count(_BROKEN) <= len(text) * MAX_BROKEN:
        return text, _losses(text, "UTF-8")
    encoding = guess(data)
    text = data.decode(encoding, errors="replace")
    warning = f"The encoding is not stated and not UTF-8; read as {encoding}, which is a guess."
    return text, (warning, *_losses(text, encoding))


def guess(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8, by their first 256 KiB.

    charset-normalizer tells scripts apart well, and the encodings of Latin letters badly: between
    those the accented letters decide.
    """
    from charset_normalizer import from_bytes

    head = data[:GUESS_FROM]
    best = from_bytes(head).best()
    if best is not None and not _is_latin(str(best)):
        return best.encoding
    return max(_LETTERS, key=lambda encoding: _fitting(head, encoding))


def _fitting(head: bytes, encoding: str) -> int:
    """How many characters beyond ASCII are letters that texts in this encoding have."""
    text = head.decode(encoding, "replace")
    return sum(letter in _LETTERS[encoding] for letter in text if letter > "\x7f")


def _is_latin(text: str) -> bool:
    return not any(letter > "\u024f" and letter.isalpha() for letter in text)


def _losses(text: str, encoding: str) -> tuple[str, ...]:
    broken = text.count(_BROKEN)
    if not broken:
        return ()
    return (f"{broken} places that are no valid {encoding} are shown as {_BROKEN}.",)


def _pages(text: str) -> tuple[Page, ...]:
    """Pages between form feeds, which text made from PDF carries; none without any."""
    if "\f" not in text:
        return ()
    pages, start = [], 0
    for number, part in enumerate(text.split("\f"), start=1):
        pages.append(Page(number, Span(start, start + len(part))))
        start += len(part) + 1
    if not pages[-1].span:
        pages.pop()
    return tuple(pages)


def _front_matter(block: str) -> Metadata | None:
    """What a YAML header says; None when the block is something else."""
    try:
        header = yaml.safe_load(block)
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(header, dict):
        return None

    def value(*names: str) -> str | None:
        for name in names:
            given = header.get(name)
            if isinstance(given, date):
                return given.isoformat()[:10]
            if isinstance(given, str | int) and str(given).strip():
                return str(given).strip()
        return None

    published = value("published", "date", "year")
    return Metadata(
        title=value("title"),
        publisher=value("publisher", "outlet", "source"),
        published=iso(published) if published else None,
        url=value("url", "link"),
        source_type=value("source_type"),
        licence=value("licence", "license"),
        country=value("country"),
        language=value("language", "lang"),
    )
