"""Lines of a PDF page: what stands on them, where they stand, and the text they make.

PDFium gives characters in the order in which the page draws them, which in reports is the order
of reading, columns included. From the boxes of each line's first and last character we tell line
breaks from footnote marks and gaps between paragraphs.
"""

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium_c

# Space between two lines that is this much more than the page's usual makes a new paragraph:
# set text varies by a tenth, half a line's space between paragraphs adds a quarter.
PARAGRAPH_GAP = 1.22
# Lines are set at 1.15 to 1.3 times their size; taken where a page has too few to tell.
USUAL_STEP = 1.3
# A change of letter size by this ratio parts headings and footnotes from the body.
SIZE_CHANGE = 1.12
# Superscripts are set at 58-70 % of the size of the words they follow.
SMALL = 0.8
# The feet of a raised figure stand at least this part of the size over those of the line.
RAISED = 0.1
# Two lines are one when they share at least this part of the lower one's height.
SAME_HEIGHT = 0.4
# A gap in a line wider than this part of its height is a space between words.
WORD_GAP = 0.18

# Lines wider than this for each of their characters and points of size have gaps in them: running
# Latin text takes 0.42 to 0.5, capitals up to 0.6 (these are looked at for nothing).
WIDE = 0.5
# A space this many times the size of the letters parts cells or headings; justified lines stretch
# a space to about 1.
CELL_GAP = 1.8

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# What PDFium puts for a hyphen and line break inside a word.
_BROKEN_WORD = "\x02"
_LINE_END = re.compile("[\n\r\f\u2028\u2029]+|\x02")
_HALVES = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile("[\ud800-\udbff][\udc00-\udfff]|.", re.S)
_UNKNOWN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_LAM_ALEF = re.compile("[اأإآ]ل")
_SPACE = re.compile(r"(?<=\S) +(?=\S)")
_WORD = re.compile(r"[^\W_]")
# A mark may be any of: figures at the start or end of a word or number, and the usual signs.
_MARK = re.compile(r"\d+(?=[\s.,;:)\]”»—–-]|$)|(?<=\S)(?:\*{1,3}|[†‡§])|^\d{1,3}(?=\S)")
_LONE_MARK = re.compile(r"\d{1,3}|\*{1,3}|[†‡§]")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page as it is shown, in points (1/72 inch) from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def joined(self, other: "Box") -> "Box":
        """The smallest rectangle that covers both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line as set: its text, the number of each of its characters on PDFium's page (-1 for
    one that we added), the box around it, and the height of its letters."""

    text: str
    origins: tuple[int, ...]
    box: Box
    size: float
    hyphenated: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page as it is stored, `origins` as in `Line` for all of it, and the lines
    with the offset at which each starts."""

    text: str
    origins: tuple[int, ...]
    lines: tuple[tuple[int, Line], ...]
    marks: tuple[tuple[int, int], ...] = ()


class Placed:
    """The characters of one loaded page and their places on it as it is shown."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self.width, self.height = page.get_size()
        self._raw = textpage.raw
        self._toward = _transform(page, self.width, self.height)

    def codes(self) -> list[int]:
        """Code points in drawing order."""
        read, raw = pdfium_c.FPDFText_GetUnicode, self._raw
        return [read(raw, index) for index in range(pdfium_c.FPDFText_CountChars(raw))]

    def is_hyphen(self, index: int) -> bool:
        """True for the mark that PDFium puts where a word is broken over two lines."""
        return bool(pdfium_c.FPDFText_IsHyphen(self._raw, index) == 1)

    def size(self, index: int) -> float:
        """The size of one character's letters in points, as it is shown; 0 when unknown."""
        matrix = pdfium_c.FS_MATRIX()
        if not pdfium_c.FPDFText_GetMatrix(self._raw, index, matrix):
            return 0.0
        scale: float = (matrix.c**2 + matrix.d**2) ** 0.5
        return scale * float(pdfium_c.FPDFText_GetFontSize(self._raw, index))

    def box(self, index: int) -> Box | None:
        """The place of one character, as high as its font; None when it has none."""
        rect = pdfium_c.FS_RECTF()
        if not pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, rect):
            return None
        a, b, c, d, e, f = self._toward
        xs = [a * x + c * y + e for x in (rect.left, rect.right) for y in (rect.top, rect.bottom)]
        ys = [b * x + d * y + f for x in (rect.left, rect.right) for y in (rect.top, rect.bottom)]
        return Box(min(xs), min(ys), max(xs), max(ys))


def _transform(page: Any, width: float, height: float) -> tuple[float, ...]:
    """The affine map from the page's own space to points from the top left of what is shown,
    whatever its crop box and rotation: PDFium is asked where three points come to lie."""
    fine = 1000

    def shown(x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        size = int(width * fine), int(height * fine)
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, column, row)
        return column.value / fine, row.value / fine

    (e, f), (ax, ay), (cx, cy) = shown(0, 0), shown(1000, 0), shown(0, 1000)
    return (ax - e) / 1000, (ay - f) / 1000, (cx - e) / 1000, (cy - f) / 1000, e, f


def page_text(placed: Placed) -> PageText:
    """The text of a page: lines as set, a blank line where a paragraph, heading or note begins."""
    lines = list(_joined(_lines(placed)))
    return _compose(lines, placed)


def _lines(placed: Placed) -> Iterator[Line]:
    """Lines as PDFium parts them, without white space at their ends; empty ones are left out."""
    text, origins = _letters(placed.codes())
    start = 0
    for match in _LINE_END.finditer(text):
        if match[0] == _BROKEN_WORD:
            if not placed.is_hyphen(origins[match.start()]):
                continue
            end = match.end()
            yield from _line(text[start : end - 1] + "-", origins[start:end], placed, True)
        else:
            yield from _line(text[start : match.start()], origins[start : match.start()], placed)
        start = match.end()
    yield from _line(text[start:], origins[start:], placed)


def _letters(codes: Sequence[int]) -> tuple[str, Sequence[int]]:
    """The characters of a page and the number of each: two halves of one character are put
    together."""
    text = "".join(map(chr, codes))
    if not _HALVES.search(text):
        return text, range(len(codes))
    whole: list[str] = []
    origins: list[int] = []
    for match in _WHOLE.finditer(text):
        whole.append(match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        origins.append(match.start())
    return "".join(whole), origins


def _line(
    text: str, origins: Sequence[int], placed: Placed, hyphenated: bool = False
) -> Iterator[Line]:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return
    text, origins = _UNKNOWN.sub(UNREADABLE, text[start:end]), origins[start:end]
    if _ARABIC.search(text):
        text = _ligatures(text, origins, placed)
    box = _first_box(origins, placed).joined(_first_box(origins[::-1], placed))
    first, last = _size(text, origins, placed), _size(text[::-1], origins[::-1], placed)
    size = max(first, last) or box.height
    if box.right - box.left > len(text) * WIDE * size:
        text = _tabbed(text, origins, size, placed)
    yield Line(text, tuple(origins), box, size, hyphenated)


def _ligatures(text: str, origins: Sequence[int], placed: Placed) -> str:
    """Arabic lam and alef that one glyph shows, in the order in which they are read: PDFium turns
    right-to-left words around letter by letter, and these two with them."""
    letters = list(text)
    for match in _LAM_ALEF.finditer(text):
        at = match.start()
        if placed.box(origins[at]) == placed.box(origins[at + 1]):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def _tabbed(text: str, origins: Sequence[int], size: float, placed: Placed) -> str:
    """A tab in place of each space that is as wide as those between the cells of a table."""
    letters = list(text)
    for match in _SPACE.finditer(text):
        before, after = placed.box(origins[match.start() - 1]), placed.box(origins[match.end()])
        if before and after and after.left - before.right > CELL_GAP * size:
            letters[match.start()] = "\t"
    return "".join(letters)


def _size(text: str, origins: Sequence[int], placed: Placed) -> float:
    """The size of the first letter or figure, or of the first sign where there is none."""
    match = _WORD.search(text)
    return placed.size(origins[match.start() if match else 0])


def _first_box(origins: Sequence[int], placed: Placed) -> Box:
    """The box of the first character that has one: generated spaces and hyphens have none."""
    for at in origins:
        box = placed.box(at)
        if box is not None and box.right > box.left and box.bottom > box.top:
            return box
    return Box(0, 0, 0, 0)


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines, with those parts put together again that PDFium parts at a raised or lowered mark."""
    held: Line | None = None
    for line in lines:
        if held is not None and _same_line(held, line):
            held = _together(held, line)
        else:
            if held is not None:
                yield held
            held = line
    if held is not None:
        yield held


def _same_line(left: Line, right: Line) -> bool:
    shared = min(left.box.bottom, right.box.bottom) - max(left.box.top, right.box.top)
    height = min(left.box.height, right.box.height)
    gap = right.box.left - left.box.right
    # The mark of a footnote stands raised, and a tab before it.
    lone = _LONE_MARK.fullmatch(left.text) is not None and left.size < right.size * SMALL
    return (
        not left.hyphenated
        and height > 0
        and shared > height * SAME_HEIGHT
        and -0.3 * height < gap < (6 if lone else 1.5) * max(left.size, right.size)
    )


def _together(left: Line, right: Line) -> Line:
    gap = right.box.left - left.box.right
    spaced = gap > WORD_GAP * max(left.size, right.size)
    return Line(
        left.text + " " * spaced + right.text,
        (*left.origins, *(-1,) * spaced, *right.origins),
        left.box.joined(right.box),
        max(left.size, right.size),
        right.hyphenated,
    )


def _compose(lines: Sequence[Line], placed: Placed) -> PageText:
    usual = _usual_step(lines)
    parts: list[str] = []
    origins: list[int] = []
    starts: list[tuple[int, Line]] = []
    marks: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if number:
            gap = "\n\n" if _parted(lines[number - 1], line, usual) else "\n"
            parts.append(gap)
            origins.extend([-1] * len(gap))
        start = len(origins)
        starts.append((start, line))
        marks.extend((start + a, start + b) for a, b in _marks(line, placed))
        parts.append(line.text)
        origins.extend(line.origins)
    return PageText("".join(parts), tuple(origins), tuple(starts), tuple(marks))


def _usual_step(lines: Sequence[Line]) -> float:
    """How far apart the page's lines are set, in heights of a line; 0 with too few to tell."""
    steps = [
        (after.box.top - before.box.top) / before.size
        for before, after in pairwise(lines)
        if before.size > 0 and 0 < after.box.top - before.box.top < 3 * before.size
    ]
    return median(steps) if len(steps) > 2 else 0.0


def _parted(before: Line, after: Line, usual: float) -> bool:
    """True when a paragraph, heading or note begins with `after`. The next column does not part:
    sentences run on there."""
    if before.hyphenated or not before.size or not after.size:
        return False
    step = (after.box.top - before.box.top) / before.size
    if step < 0:
        return False
    ratio = max(before.size, after.size) / min(before.size, after.size)
    return ratio > SIZE_CHANGE or step > max(usual or USUAL_STEP, 1.0) * PARAGRAPH_GAP


def _marks(line: Line, placed: Placed) -> Iterator[tuple[int, int]]:
    """The footnote marks in a line: figures or signs beside a word, smaller than it and raised."""
    for match in _MARK.finditer(line.text):
        start, end = match.span()
        if line.origins[end - 1] < 0:
            continue
        size = placed.size(line.origins[end - 1])
        if size >= line.size * SMALL:
            continue
        # "2012" with a raised 1 behind it is one number to the pattern.
        while start < end and placed.size(line.origins[start]) >= line.size * SMALL:
            start += 1
        mark = placed.box(line.origins[start])
        if mark and end - start <= 3 and mark.bottom < line.box.bottom - line.size * RAISED:
            yield start, end
