"""PDF: the text of every page in reading order, where each word stands, and the page's picture.

PDFium is not safe in threads, so every call here holds one lock; what it opens is closed again
before the lock is given up.
"""

import io
import re
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

import pypdfium2
import pypdfium2.raw as pdfium_c

from indexer.readers import furniture, ocr
from indexer.readers.content import MAX_TEXT, Content, Metadata
from indexer.readers.dates import iso
from indexer.readers.errors import (
    DamagedDocument,
    EmptyDocument,
    EncryptedDocument,
    TooLarge,
)
from indexer.readers.lines import UNREADABLE, Box, PageText, Placed, page_text
from nlp.records import Page, Span

# The longest report met has 3,200 pages; longer files are bound volumes.
MAX_PAGES = 5_000
# At 2-10 seconds a page this is about half an hour; longer scans are split, or recognised before.
MAX_OCR_PAGES = 300
# A picture of a page has at most this many pixels (A3 at 300 dots an inch is 17 million): posters
# and plans are drawn smaller.
MAX_PIXELS = 25_000_000
# A page with fewer letters and a picture over most of it is a scan with a stamp on it.
FEW_LETTERS = 100
MOST = 0.5
# On a page without letters so many strokes may be words drawn as shapes.
MANY_STROKES = 50
# A font without a table of characters gives signs that mean nothing; below this share of
# readable ones the picture of the page is better evidence.
READABLE = 0.6
# Between pages: a form feed, as in text made from PDF elsewhere.
BETWEEN = "\f"
# A creation date is taken for the date of a report when its first page names one at most this
# many days from it.
NEAR_DAYS = 62

_LOCK = threading.RLock()
_PROGRAM_TITLE = re.compile(
    r"microsoft\s+(word|powerpoint|excel)\b|untitled|^\W*$|^(document|doc|title|slide|print|layout)\s*\d*$"
    r"|\.(docx?|pdf|indd|qxd|rtf|odt|xlsx?|tex|dvi|pages|wpd|pptx?)\W*$|^\d[\d\W]*$|^[\w.-]*\d{4,}[\w.-]*$",
    re.I,
)
_WRITTEN_DATE = (
    r"(?:\d{1,2}(?:st|nd|rd|th|º)? (?:de )?[^\W\d]{3,12},? (?:del? )?\d{4}"
    r"|[^\W\d]{3,12} \d{1,2},? \d{4})"
)
_FULL_DATE = re.compile(rf"\b{_WRITTEN_DATE}\b", re.I)
# "27 December 2019", "Geneva, 3 March 2020", "DE 26 DE JUNIO DE 2012"
_DATE_LINE = re.compile(
    rf"^(?:[^\n\d,.]{{2,30}}, |de |of |dated |date: )?({_WRITTEN_DATE})\.?[ \t]*$", re.I | re.M
)

# A page's own text is all of it, or it is a picture, or its letters mean nothing.
Kind = Literal["text", "picture", "garbled"]
_KINDS: dict[Kind, str] = {
    "picture": "a picture",
    "garbled": "set in a font whose letters cannot be told",
}
_SIGN = re.compile(r"\S")
_LETTER = re.compile(r"[^\W_]")
_MEANINGLESS = re.compile(f"[{UNREADABLE}\ue000-\uf8ff]")

Status = Literal["text", "ocr", "unread"]


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """Where words stand on a page of `width` by `height` points, one box for each line they are
    on, as the page is shown (turned and cropped)."""

    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """One page as read: its text, its lines as (offset, length, text, share of the height), its
    footnote marks, and a warning if any."""

    text: str
    status: Status
    lines: tuple[tuple[int, str, float], ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    largest: str = ""
    warning: str | None = None


def read(data: bytes) -> Content:
    """The text of a PDF: pages joined by form feeds, a page's lines as set, blank lines between
    paragraphs where the page leaves space.

    Pages without usable text are recognised from their picture when Tesseract is installed.
    Running heads, page numbers and footnote marks are furniture: stored, and marked.

    Raises:
        EncryptedDocument, DamagedDocument, EmptyDocument, TooLarge: with what would work.
    """
    with _LOCK, _opened(data) as document:
        count = len(document)
        if count > MAX_PAGES:
            raise TooLarge(f"The PDF has {count:,} pages; {MAX_PAGES:,} is the most. Split it.")
        pages = list(_pages(document, count))
        information = _information(document)
    _check(pages)
    content = _join(pages)
    cut = () if b"%%EOF" in data[-2048:] else ("The PDF has no end mark; it may be cut short.",)
    title = _title(information.get("Title", ""), pages)
    published, doubt = _published(information.get("CreationDate", ""), pages)
    return Content(
        text=content.text,
        metadata=Metadata(title=title, published=published),
        pages=content.pages,
        furniture=content.furniture,
        warnings=(*cut, *_warnings(pages), *doubt),
    )


def boxes(data: bytes, page_number: int, start: int, end: int) -> PageBoxes:
    """Where the characters `start` to `end` of a page's text stand on it, a box for each line.

    Args:
        data: The PDF.
        page_number: The page, from 1.
        start: First character, counted from the start of the page (its `Page.span`).
        end: Character after the last.

    Raises:
        IndexError: no such page.
        UnreadableDocument: as `read`.

    A recognised page is recognised again for this, which takes seconds.
    """
    with _LOCK, _opened(data) as document, _loaded(document, page_number) as (page, textpage):
        placed = Placed(page, textpage)
        width, height = placed.width, placed.height
        text = page_text(placed)
        lines = tuple(_line_boxes(text, placed, start, end))
        kind = _kind(page, text.text)
        if kind == "text" or not ocr.program():
            return PageBoxes(width, height, lines)
        png, scale = _png(page, ocr.DPI / 72)
    found = _recognised(png)
    if not _says_more(found.text, text.text, kind):
        return PageBoxes(width, height, lines)
    return PageBoxes(width, height, tuple(_word_boxes(found, scale, width, height, start, end)))


def page_image(data: bytes, page_number: int, scale: float = 2.0) -> bytes:
    """The picture of a page as PNG, `scale` pixels a point (fewer for very large pages).

    Raises:
        IndexError: no such page.
        UnreadableDocument: as `read`.
    """
    with _LOCK, _opened(data) as document, _loaded(document, page_number) as (page, _):
        return _png(page, scale)[0]


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise EncryptedDocument(
                "The PDF opens only with a password. Open it, print it to a new PDF without one, "
                "and load that."
            ) from error
        raise DamagedDocument(
            "The PDF is damaged or cut short, and no page of it can be opened. Fetch it again, or "
            "open it in a viewer and print it to a new PDF."
        ) from error
    try:
        yield document
    finally:
        document.close()


@contextmanager
def _loaded(document: Any, number: int) -> Iterator[tuple[Any, Any]]:
    if not 1 <= number <= len(document):
        raise IndexError(f"There is no page {number}; the file has {len(document)}.")
    page = document[number - 1]
    try:
        textpage = page.get_textpage()
        try:
            yield page, textpage
        finally:
            textpage.close()
    finally:
        page.close()


def _pages(document: Any, count: int) -> Iterator[_Read]:
    left, length = MAX_OCR_PAGES, 0
    for number in range(1, count + 1):
        try:
            with _loaded(document, number) as (page, textpage):
                found = _page(page, textpage, number, left > 0)
        except pypdfium2.PdfiumError:
            found = _Read("", "unread", warning=f"Page {number} is damaged and was not read.")
        left -= found.status == "ocr"
        length += len(found.text)
        if length > MAX_TEXT:
            raise TooLarge(f"The PDF has over {MAX_TEXT:,} characters of text. Split it.")
        yield found


def _page(page: Any, textpage: Any, number: int, may_recognise: bool) -> _Read:
    placed = Placed(page, textpage)
    text = page_text(placed)
    kind = _kind(page, text.text)
    if kind == "text":
        return _from_text(text, placed, number)
    if not ocr.program():
        why = f"Install Tesseract to read it: {ocr.INSTALL}"
    elif not may_recognise:
        why = f"It is past the {MAX_OCR_PAGES} pages recognised in one file"
    else:
        try:
            found = _recognised(_png(page, ocr.DPI / 72)[0])
        except ocr.RecognitionFailed as error:
            why = f"It could not be recognised ({error})"
        else:
            if _says_more(found.text, text.text, kind):
                return _Read(found.text, "ocr")
            why = "No words were found in the picture"
    warning = f"Page {number} is {_KINDS[kind]}. {why}."
    if kind == "garbled" or not text.text:
        return _Read("", "unread", warning=warning)
    return replace(_from_text(text, placed, number), warning=warning)


def _from_text(text: PageText, placed: Placed, number: int) -> _Read:
    middle = [
        (start, line.text, (line.box.top + line.box.bottom) / 2 / (placed.height or 1))
        for start, line in text.lines
    ]
    largest = _largest(text) if number == 1 else ""
    return _Read(text.text, "text", tuple(middle), text.marks, largest)


def _kind(page: Any, text: str) -> Kind:
    """Whether the picture of a page says more than its text."""
    signs = len(_SIGN.findall(text))
    if signs and len(_MEANINGLESS.findall(text)) > signs * (1 - READABLE):
        return "garbled"
    letters = len(_LETTER.findall(text))
    if letters >= FEW_LETTERS:
        return "text"
    return "picture" if _is_picture(page, letters) else "text"


def _is_picture(page: Any, letters: int) -> bool:
    """True when a picture covers most of the page, or the page shows things and has no letters."""
    strokes = 0
    width, height = page.get_size()
    for thing in page.get_objects(max_depth=3):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            # A small picture on a page without any letters may hold some.
            if not letters or abs((right - left) * (top - bottom)) > MOST * width * height:
                return True
        strokes += thing.type == pdfium_c.FPDF_PAGEOBJ_PATH
        if strokes >= MANY_STROKES:
            return not letters
    return False


def _says_more(recognised: str, text: str, kind: Kind) -> bool:
    """True when recognition found words that the page's own text lacks: the title on a cover
    picture is better taken from the text."""
    found, own = len(_LETTER.findall(recognised)), len(_LETTER.findall(text))
    return found > 0 and (kind == "garbled" or found > own * 1.5)


def _recognised(png: bytes) -> ocr.Recognised:
    turn, script = ocr.orientation(png)
    return ocr.recognise(_turned(png, turn) if turn else png, script, turn)


def _turned(png: bytes, degrees: int) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        # Pillow turns against the clock.
        return _encoded(image.rotate(-degrees, expand=True))


def _png(page: Any, scale: float) -> tuple[bytes, float]:
    """A page's picture and the pixels a point that it was drawn with."""
    width, height = page.get_size()
    most = (MAX_PIXELS / max(width * height, 1)) ** 0.5
    scale = min(scale, most)
    bitmap = page.render(scale=scale)
    try:
        return _encoded(bitmap.to_pil()), scale
    finally:
        bitmap.close()


def _encoded(image: Any) -> bytes:
    out = io.BytesIO()
    # Level 1 is three times as fast as the default for a tenth more bytes.
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _line_boxes(text: PageText, placed: Placed, start: int, end: int) -> Iterator[Box]:
    for at, line in text.lines:
        found: Box | None = None
        for offset in range(max(start - at, 0), min(end - at, len(line.text))):
            box = placed.box(line.origins[offset]) if line.origins[offset] >= 0 else None
            if box is not None and box.right > box.left:
                found = found.joined(box) if found else box
        if found:
            yield found


def _word_boxes(
    found: ocr.Recognised, scale: float, width: float, height: float, start: int, end: int
) -> Iterator[Box]:
    for word in found.words:
        if word.start < end and start < word.end:
            sides = (side / scale for side in (word.left, word.top, word.right, word.bottom))
            yield _turned_back(Box(*sides), found.turned, width, height)


def _turned_back(box: Box, degrees: int, width: float, height: float) -> Box:
    """A box of the picture turned clockwise by `degrees`, on the page before it was turned."""
    match degrees % 360:
        case 90:
            return Box(box.top, height - box.right, box.bottom, height - box.left)
        case 180:
            return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
        case 270:
            return Box(width - box.bottom, box.left, width - box.top, box.right)
    return box


def _check(pages: list[_Read]) -> None:
    if not pages:
        raise DamagedDocument("The PDF has no pages. Fetch it again.")
    if any(page.text.strip() for page in pages):
        return
    unread = [page for page in pages if page.warning]
    if unread:
        raise EmptyDocument(f"No page of {len(pages)} gave text. {unread[0].warning}")
    raise EmptyDocument(f"Every page of the PDF is blank ({len(pages)} in all).")


def _join(pages: list[_Read]) -> Content:
    """One text with the spans of its pages and of its furniture."""
    spans: list[Page] = []
    placings: list[furniture.Placing] = []
    marks: list[Span] = []
    start = 0
    for number, page in enumerate(pages, start=1):
        spans.append(Page(number, Span(start, start + len(page.text)), page.status))
        lines = [(Span(start + at, start + at + len(text)), text, y) for at, text, y in page.lines]
        placings.extend(furniture.edges(number, lines))
        marks.extend(Span(start + a, start + b) for a, b in page.marks)
        start += len(page.text) + len(BETWEEN)
    repeated = furniture.find(placings, len(pages))
    starts = [span.start for span in repeated]
    outside = [mark for mark in marks if not _inside(mark, repeated, starts)]
    return Content(
        text=BETWEEN.join(page.text for page in pages),
        pages=tuple(spans),
        furniture=tuple(sorted({*repeated, *outside})),
    )


def _inside(mark: Span, spans: Sequence[Span], starts: Sequence[int]) -> bool:
    before = bisect_right(starts, mark.start) - 1
    return before >= 0 and spans[before].holds(mark)


def _warnings(pages: list[_Read]) -> Iterator[str]:
    """The pages' warnings; the same one on many pages is one sentence."""
    alike: dict[str, list[int]] = {}
    for number, page in enumerate(pages, start=1):
        if page.warning:
            alike.setdefault(page.warning.removeprefix(f"Page {number} "), []).append(number)
    for why, numbers in alike.items():
        if len(numbers) == 1:
            yield f"Page {numbers[0]} {why}"
        else:
            yield f"{len(numbers)} pages ({_ranges(numbers)}), each: {why}"


def _ranges(numbers: list[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts[:20])


def _information(document: Any) -> dict[str, str]:
    with suppress(pypdfium2.PdfiumError):
        return {key: str(value) for key, value in document.get_metadata_dict().items()}
    return {}


def _title(given: str, pages: list[_Read]) -> str | None:
    """The stated title when a person may have written it, else the largest words of page one."""
    given = " ".join(given.split())
    largest = pages[0].largest
    # Word states the first line of a title that has several.
    if given and largest.startswith(given):
        return largest
    if 5 < len(given) < 300 and not _PROGRAM_TITLE.search(given) and " " in given:
        return given
    return largest or None


def _largest(text: PageText) -> str:
    """The lines of a page that are set largest and follow one another; empty when none is."""
    # A heading has three words; a tab parts it from what stands beside it.
    lines = [line for _, line in text.lines if sum(c.isalpha() for c in line.text) > 3]
    if not lines:
        return ""
    long = [line for line in lines if len(line.text.split()) > 2 and "\t" not in line.text]
    size = max((line.size for line in long), default=max(line.size for line in lines))
    first = next(n for n, line in enumerate(lines) if 0.95 < line.size / size < 1.05)
    chosen: list[str] = []
    for line in lines[first:]:
        if not 0.95 < line.size / size < 1.05 or "\t" in line.text or len(chosen) == 5:
            break
        chosen.append(line.text)
    title = " ".join(" ".join(chosen).split()).rstrip("*†‡ ")
    usual = sorted(line.size for line in lines)[len(lines) // 2]
    # On a page set in one size nothing is a title.
    return title if 5 < len(title) < 300 and (size > usual * 1.1 or len(lines) < 4) else ""


def _published(created: str, pages: list[_Read]) -> tuple[str | None, tuple[str, ...]]:
    """The date that stands on a line of the first page by itself; else one on it that is near the
    file's creation; else the creation, with a warning: scans are made long after the report."""
    match = re.match(r"D:(\d{4})(\d{2})(\d{2})", created)
    made = iso("-".join(match.groups())) if match else None
    first = pages[0].text[:5000]
    latest = _days(made) + 1 if made else None
    alone = [_day(m[1]) for m in _DATE_LINE.finditer(first)]
    for day in alone:
        if day and (latest is None or _days(day) <= latest):
            return day, ()
    if made is None or latest is None:
        return None, ()
    named = [day for m in _FULL_DATE.finditer(first) if (day := _day(m[0]))]
    near = [day for day in named if -NEAR_DAYS <= _days(day) - latest <= 0]
    if near:
        return max(near, key=_days), ()
    return made, (f"Dated {made} by when the file was made; the report may be older.",)


def _day(written: str) -> str | None:
    found = iso(written)
    return found if found and len(found) == 10 else None


def _days(day: str) -> int:
    from datetime import date

    return date.fromisoformat(day).toordinal()
