"""Running heads, footers and page numbers: what repeats at the edges of the pages of a file."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from nlp.records import Span

# How many lines from the top and from the bottom of a page can be furniture, and in which part of
# its height: mastheads have three lines, and no report sets its body in the outer eighth.
EDGE_LINES = 3
EDGE = 0.125
# Once is a sentence; a head of two pages only is believed in files of up to five.
REPEATS = 3
# Heads stand at the same height within this part of the page.
DRIFT = 0.02

_FIGURES = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+")
_PRIVATE = re.compile("[\ue000-\uf8ff\\s]*[\ue000-\uf8ff][\ue000-\uf8ff\\s]*")


@dataclass(frozen=True, slots=True)
class Placing:
    """A line at the edge of a page: where in the document, and how far down its page (0-1)."""

    page: int
    span: Span
    text: str
    height: float


def edges(page: int, lines: Sequence[tuple[Span, str, float]]) -> Iterator[Placing]:
    """The lines of a page that may be furniture, of all its lines as (span, text, 0-1 down)."""
    down = sorted(lines, key=lambda line: line[2])
    top = [line for line in down[:EDGE_LINES] if line[2] < EDGE]
    bottom = [line for line in down[-EDGE_LINES:] if line[2] > 1 - EDGE and line not in top]
    for span, text, height in (*top, *bottom):
        yield Placing(page, span, text, height)
    for span, text, height in lines:
        # Bar codes and ornaments: glyphs that no reader can know.
        if _PRIVATE.fullmatch(text) and (span, text, height) not in (*top, *bottom):
            yield Placing(page, span, text, height)


def find(placings: Sequence[Placing], pages: int) -> tuple[Span, ...]:
    """The spans of those that repeat from page to page, figures aside, at the same height.

    A line that is nothing but a number counts only when it goes up with the pages.
    """
    alike: dict[str, list[Placing]] = defaultdict(list)
    for placing in placings:
        alike[_shape(placing.text)].append(placing)
    needed = REPEATS if pages > 5 else 2
    found: set[Span] = set()
    for shape, group in alike.items():
        if _PRIVATE.fullmatch(shape):
            found.update(p.span for p in group)
        elif shape.strip("-–—|. #") == "":
            found.update(_counting(group, needed))
        else:
            found.update(_repeating(group, needed))
    return tuple(sorted(found))


def _shape(text: str) -> str:
    """A line with its figures levelled: "Page 3 of 9" and "Page 4 of 9" are one."""
    folded = " ".join(text.casefold().split())
    return "#" if _ROMAN.fullmatch(folded) else _FIGURES.sub("#", folded)


def _repeating(group: Sequence[Placing], needed: int) -> Iterator[Span]:
    for level in _levels(group):
        if len({p.page for p in level}) >= needed:
            yield from (p.span for p in level)


def _levels(group: Sequence[Placing]) -> Iterator[list[Placing]]:
    """The group parted by height on the page."""
    rest = sorted(group, key=lambda placing: placing.height)
    while rest:
        near = [p.height for p in rest if p.height - rest[0].height <= 2 * DRIFT]
        lowest = median(near) + DRIFT
        end = sum(placing.height <= lowest for placing in rest)
        yield rest[:end]
        rest = rest[end:]


def _counting(group: Sequence[Placing], needed: int) -> Iterator[Span]:
    """Bare numbers that run with the pages: page minus number is the same for enough of them."""
    shifts = {p.span: p.page - _number(p.text) for p in group}
    usual = Counter(shifts.values())
    for placing in group:
        if usual[shifts[placing.span]] >= needed:
            yield placing.span


def _number(text: str) -> int:
    figures = _FIGURES.search(text)
    if figures:
        return int(figures[0][:9])
    value = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    letters = [value[letter] for letter in text.casefold() if letter in value]
    pairs = zip(letters, [*letters[1:], 0], strict=True)
    return sum(-a if a < b else a for a, b in pairs)
