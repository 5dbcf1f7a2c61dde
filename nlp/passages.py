"""Cuts a stored text into passages: paragraphs, or parts of long ones at sentence ends."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.language import identify_paragraph
from nlp.records import Document, Passage, Span
from nlp.running_text import RunningText, running_text
from nlp.sentences import split

# A passage is about one to six sentences; longer paragraphs are cut at a sentence end.
LONGEST = 900
# A "sentence" without an end (a table, a line of 50 MB) is cut here whatever it says.
LONGEST_SENTENCE = 2000
# Paragraphs are looked at in stretches of this many characters, to bound memory.
STRETCH = 100_000
# Lines wrapped at a column are seldom longer; where they are, each line is a paragraph.
COLUMN = 150
# Shares of the column: a line that ends a sentence before the first ends its paragraph; a line
# that ends before the second, with a capital after it, is a heading or last line.
SENTENCE_ENDS_EARLY = 0.75
LINE_ENDS_EARLY = 0.55
LINE = re.compile(r"[^\n\f]*(?:[\n\f]|$)")
ENDS_SENTENCE = re.compile(r"[.!?:;。！？။።۔؟][\"'”’)\]»]*\d{0,3}$")
OPENS_ITEM = re.compile(r"(?:[•▪◦*–—-]\s|\(?\d{1,3}[.)]\s|\(?[a-z]\)\s|#{1,6}\s|[|])")


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage, its running text, and the way from offsets in that text to the stored one."""

    passage: Passage
    text: str
    sentences: tuple[Span, ...]
    paragraph: RunningText
    offset: int

    def stored(self, span: Span) -> Span:
        """The span of the stored text for a span of `text`."""
        return self.paragraph.stored(span.moved(self.offset))


def cut(document: Document) -> Iterator[Cut]:
    """The passages of a document, in order.

    They do not overlap, are never empty, and leave out nothing but white space and furniture.
    """
    furniture = sorted(document.furniture)
    starts = [f.start for f in furniture]
    for paragraph in paragraphs(document):
        first = max(bisect_left(starts, paragraph.start) - 1, 0)
        inside = furniture[first : bisect_left(starts, paragraph.end)]
        tidy = running_text(document.text, paragraph, inside)
        for sentences in _grouped(split(tidy.text, document.language)):
            yield _passage(document, tidy, sentences)


def _passage(document: Document, tidy: RunningText, sentences: list[Span]) -> Cut:
    whole = Span(sentences[0].start, sentences[-1].end)
    text = tidy.text[whole.start : whole.end]
    span = tidy.stored(whole)
    passage = Passage(
        span,
        document.page_of(span),
        identify_paragraph(text, document.language),
        tuple(tidy.stored(s) for s in sentences),
    )
    inside = tuple(s.moved(-whole.start) for s in sentences)
    return Cut(passage, text, inside, tidy, whole.start)


def _grouped(sentences: Sequence[Span]) -> Iterator[list[Span]]:
    """Sentences in groups of at most `LONGEST` characters; endless ones cut to pieces first."""
    group: list[Span] = []
    for sentence in sentences:
        for piece in _pieces(sentence):
            if group and piece.end - group[0].start > LONGEST:
                yield group
                group = []
            group.append(piece)
    if group:
        yield group


def _pieces(sentence: Span) -> Iterator[Span]:
    for start in range(sentence.start, sentence.end, LONGEST_SENTENCE):
        yield Span(start, min(start + LONGEST_SENTENCE, sentence.end))


def paragraphs(document: Document) -> Iterator[Span]:
    """Spans of the paragraphs of a document's text, without white space at either end.

    Blank lines part paragraphs. Where lines are long, each line is a paragraph; where they are
    wrapped at a column, a list item, a heading, or a line that ends a sentence early parts too.
    A paragraph that a page break cuts in mid-sentence is one.
    """
    text = _without(document.text, document.furniture)
    page_starts = {page.span.start for page in document.pages}
    column = _column(text)
    start = end = 0  # of the paragraph so far
    last = ""
    blank = turned = False  # since its last line
    for match in LINE.finditer(text):
        line = match[0].strip()
        turned = turned or match.start() in page_starts or match[0].endswith("\f")
        if not line:
            blank = True
            continue
        here = match.start() + match[0].index(line[0])
        if last and _parts(last, line, column, blank, turned):
            yield from _stretches(text, start, end)
            start = here
        elif not last:
            start = here
        end, last, blank, turned = here + len(line), line, False, match[0].endswith("\f")
    if last:
        yield from _stretches(text, start, end)


def _parts(last: str, line: str, column: int, blank: bool, turned: bool) -> bool:
    """True when `line` opens a paragraph after `last`."""
    if turned:
        return bool(ENDS_SENTENCE.search(last)) or not line[0].islower()
    if blank or column > COLUMN or OPENS_ITEM.match(line):
        return True
    if ENDS_SENTENCE.search(last):
        return len(last) < SENTENCE_ENDS_EARLY * column
    return len(last) < LINE_ENDS_EARLY * column and not line[0].islower()


def _without(text: str, furniture: Sequence[Span]) -> str:
    """The text with furniture blanked out, all else in its place."""
    parts = []
    at = 0
    for span in sorted(furniture):
        parts += [text[at : span.start], " " * (span.end - max(span.start, at))]
        at = max(at, span.end)
    return "".join([*parts, text[at:]])


def _column(text: str) -> int:
    """The length that nine in ten of the first thousand filled lines do not exceed."""
    lengths: list[int] = []
    for match in LINE.finditer(text):
        if length := len(match[0].strip()):
            lengths.append(length)
        if len(lengths) == 1000:
            break
    return sorted(lengths)[int(0.9 * (len(lengths) - 1))] if lengths else 0


def _stretches(text: str, start: int, end: int) -> Iterator[Span]:
    """The paragraph, or stretches of it that end at white space where there is any."""
    while end - start > STRETCH:
        space = text.rfind(" ", start + 1, start + STRETCH)
        stop = space if space > 0 else start + STRETCH
        yield Span(start, stop)
        start = stop + (space > 0)
    if start < end:
        yield Span(start, end)
