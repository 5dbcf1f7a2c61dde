"""A stored text cut up for showing: parts, blocks, and pieces that carry the marks on them.

Nothing here knows HTML; the template turns pieces into elements and escapes every text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlp.records import Document, Event, Mention, Span
from nlp.running_text import BROKEN_WORD, KEPT_HYPHEN

# Passages shown at once: a report of 50,000 words has 800-1,500, and 200 make a page of 200 KB.
PART = 200
# Text outside the passages is shown in paragraphs of at most this many characters.
LONGEST_REST = 2000
# Signs that reverse the order in which text is shown. Nobody writes with them; texts that want
# to deceive do.
OVERRIDES = re.compile("[\u202d\u202e]")
# Lines of a paragraph that was wrapped at a column fill at least this share of the longest, which
# has at least so many characters; others are a list, a table or an address.
FILLED, SHORTEST_COLUMN = 0.7, 25
_ITEM = re.compile(r"\s*(?:[•▪◦*|–—-]\s|\(?\w{1,3}[.)]\s)")
_PARAGRAPH = re.compile(r"\S.*?(?=\n[ \t]*\n|\f|\Z)", re.S)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to show on a span: names of styles, a title, an anchor."""

    span: Span
    styles: str
    title: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on which the same marks lie from end to end; `control` is a sign made visible."""

    text: str
    styles: str = ""
    title: str | None = None
    anchor: str | None = None
    control: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces inside the quote or outside of it. `first` is true where the quote begins."""

    quoted: bool
    first: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as shown. `page` is set where a page begins, `kind` is passage or rest."""

    span: Span
    kind: str
    page: int | None
    language: str | None
    lines: bool
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The blocks shown at once, as the `number`th of `count` parts, and the events in them.

    `elsewhere` counts the events of every other part that has any.
    """

    number: int
    count: int
    span: Span
    first_page: int
    last_page: int
    blocks: tuple[Block, ...]
    events: tuple[Event, ...]
    elsewhere: Mapping[int, int]


def pieces(
    text: str, start: int, marks: Iterable[Mark], *, lines: bool = False
) -> tuple[Piece, ...]:
    """`text`, which begins at offset `start`, cut wherever a mark begins or ends.

    Marks may nest and overlap: a piece has the styles and titles of all that lie on it. An anchor
    goes to the first piece of its mark only. With `lines`, line ends are shown as they are.
    """
    whole = Span(start, start + len(text))
    inside = [m for m in marks if m.span.overlaps(whole)]
    edges = {whole.start, whole.end}
    for mark in inside:
        edges |= {max(mark.span.start, whole.start), min(mark.span.end, whole.end)}
    for match in OVERRIDES.finditer(text):
        edges |= {start + match.start(), start + match.end()}
    cuts = sorted(edges)
    found = (_piece(text[a - start : b - start], Span(a, b), inside) for a, b in pairwise(cuts))
    return tuple(found if lines else (replace(p, text=unbroken(p.text)) for p in found))


def unbroken(text: str) -> str:
    """The text with words whole that were broken at a line end, as the extractor reads them."""
    return KEPT_HYPHEN.sub("", BROKEN_WORD.sub("", text))


def _piece(text: str, span: Span, marks: Sequence[Mark]) -> Piece:
    if OVERRIDES.fullmatch(text):
        return Piece(f"[U+{ord(text):04X}]", title="A sign that reverses text", control=True)
    here = sorted((m for m in marks if m.span.holds(span)), key=lambda m: len(m.span))
    titles = [m.title for m in here if m.title]
    anchors = [m.anchor for m in here if m.anchor and m.span.start == span.start]
    styles = " ".join(dict.fromkeys(s for m in reversed(here) for s in m.styles.split()))
    return Piece(text, styles, " | ".join(titles) or None, anchors[0] if anchors else None)


def visible(text: str) -> str:
    """The text with signs that would reverse it written out."""
    return OVERRIDES.sub(lambda m: f"[U+{ord(m[0]):04X}]", text)


def part(document: Document, *, number: int | None, quote: Span | None) -> Part:
    """One part of a document: the `number`th, or that in which the quote begins, or the first."""
    blocks = _blocks(document)
    size = len(blocks)
    count = max(1, -(-size // PART))
    if number is None:
        number = 1 + _index_at(blocks, quote.start) // PART if quote and blocks else 1
    number = min(max(number, 1), count)
    shown = blocks[(number - 1) * PART : number * PART]
    span = Span(shown[0].span.start, shown[-1].span.end) if shown else Span(0, 0)
    first = document.page_of(span)
    last = document.page_of(Span(max(span.end - 1, 0), span.end))
    events = tuple(
        sorted(
            (e for e in document.events if span.start <= e.trigger.start < span.end),
            key=lambda e: (e.trigger, e.kind),
        )
    )
    parts = Counter(1 + _index_at(blocks, e.trigger.start) // PART for e in document.events)
    elsewhere = {n: parts[n] for n in sorted(parts) if n != number}
    return Part(number, count, span, first, last, _paged(document, shown), events, elsewhere)


def _index_at(blocks: Sequence[Block], offset: int) -> int:
    """The block that holds `offset`, or the one before it."""
    return max(bisect_right(blocks, offset, key=lambda b: b.span.start) - 1, 0)


def _blocks(document: Document) -> list[Block]:
    """Every passage, and between them whatever else the text holds."""
    found: list[Block] = []
    at = 0
    for passage in sorted(document.passages, key=lambda p: p.span):
        found += _rest(document, Span(at, passage.span.start))
        lines = _keeps_lines(document.quote(passage.span))
        found.append(Block(passage.span, "passage", None, passage.language, lines))
        at = passage.span.end
    return found + list(_rest(document, Span(at, len(document.text))))


def _rest(document: Document, gap: Span) -> Iterator[Block]:
    for match in _PARAGRAPH.finditer(document.text, gap.start, gap.end):
        for start in range(match.start(), match.end(), LONGEST_REST):
            span = Span(start, min(start + LONGEST_REST, match.end()))
            yield Block(span, "rest", None, None, _keeps_lines(document.quote(span)))


def _keeps_lines(text: str) -> bool:
    """True for lists and tables; False for running text that was wrapped at a column."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    if "\t" in text or sum(bool(_ITEM.match(line)) for line in lines) > len(lines) / 3:
        return True
    longest = max(map(len, lines))
    filled = sum(len(line) >= FILLED * longest for line in lines[:-1])
    return longest < SHORTEST_COLUMN or filled < FILLED * (len(lines) - 1)


def _paged(document: Document, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with a page number on the first of each page."""
    if not document.pages:
        return tuple(blocks)
    starts = [p.span.start for p in document.pages]
    shown: list[Block] = []
    before = None
    for block in blocks:
        page = document.pages[max(bisect_right(starts, block.span.start) - 1, 0)].number
        shown.append(replace(block, page=page) if page != before else block)
        before = page
    return tuple(shown)


def marked(
    document: Document, shown: Part, *, quote: Span | None, marks: Sequence[Mark]
) -> tuple[Block, ...]:
    """The blocks of a part with their text cut into runs and pieces."""
    ordered = sorted(marks, key=lambda m: m.span)
    starts = [m.span.start for m in ordered]
    longest = max((len(m.span) for m in ordered), default=0)

    def near(span: Span) -> list[Mark]:
        first = bisect_left(starts, span.start - longest)
        return ordered[first : bisect_left(starts, span.end)]

    found: list[Block] = []
    begun = quote is not None and quote.start < shown.span.start
    for block in shown.blocks:
        runs = _runs(document, block, quote, near(block.span), begun)
        begun = begun or any(run.quoted for run in runs)
        found.append(replace(block, runs=runs))
    return tuple(found)


def _runs(
    document: Document, block: Block, quote: Span | None, marks: Sequence[Mark], begun: bool
) -> tuple[Run, ...]:
    span = block.span

    def run(a: int, b: int, quoted: bool) -> Run:
        here = pieces(document.text[a:b], a, marks, lines=block.lines)
        return Run(quoted, quoted and not begun, here)

    if quote is None or not quote.overlaps(span):
        return (run(span.start, span.end, False),)
    a, b = max(quote.start, span.start), min(quote.end, span.end)
    cuts = ((span.start, a, False), (a, b, True), (b, span.end, False))
    return tuple(run(*c) for c in cuts if c[0] < c[1])


def document_marks(
    document: Document, shown: Span, names: Mapping[str, str], labels: Mapping[str, str]
) -> list[Mark]:
    """Marks for the mentions, triggers and furniture that lie in `shown`.

    `names` maps entity ids to names, `labels` event codes to labels.
    """
    found = [Mark(s, "furniture") for s in document.furniture if s.overlaps(shown)]
    for mention in document.mentions:
        if mention.span.overlaps(shown):
            found.append(_mention_mark(mention, names))
    for event in document.events:
        if event.trigger.overlaps(shown):
            title = f"{labels.get(event.kind, event.kind)}, {event.assertion}"
            style = "trigger context" if event.kind.startswith("TRADE.") else "trigger abuse"
            found.append(Mark(event.trigger, style, title, f"t{event.trigger.start}"))
    return found


def _mention_mark(mention: Mention, names: Mapping[str, str]) -> Mark:
    kind = mention.kind.capitalize()
    if mention.link is None:
        title = kind
    else:
        name = names.get(mention.link.entity, mention.link.entity)
        title = f"{kind}: {name} ({mention.link.score:.2f}, {mention.link.reason})"
    return Mark(mention.span, f"mention {mention.kind.lower()}", title)
