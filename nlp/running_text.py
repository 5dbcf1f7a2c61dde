"""The text as it would be read aloud: no page furniture, no broken lines, no line-break hyphens.

Extractors see this view; the offsets that come with it lead back to the stored text, which stays
as it was read.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.records import Span

_INVISIBLE = "\u00ad\u200b\ufeff\u0000-\u0008\u000e-\u001f\ufffe"
# A break at a line's end inside a word. PDF software also writes U+0002, U+FFFE or the soft hyphen
# U+00AD for its hyphen. Before a capital or digit a hyphen belongs to the name and stays.
BREAK = (
    r"(?:[\u00ad\u0002\ufffe]+[ \t]*\r?\n?[ \t]*(?=\w)"
    r"|[-\u2010][ \t]*\r?\n[ \t]*(?=[^\W\d_A-Z]))"
)
BROKEN_WORD = re.compile(rf"(?<=\w){BREAK}")
KEPT_HYPHEN = re.compile(r"(?<=\w[-\u2010])[ \t]*\r?\n[ \t]*(?=\w)")
# White space and characters without a picture, in runs.
GAP = re.compile(rf"[\s{_INVISIBLE}]+")
SPACE = re.compile(r"\s")
UNTIDY = re.compile(rf"[^\S ]|  |[{_INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class RunningText:
    """A tidy text and where its characters stand in the stored one.

    `starts` and `origins` are parallel: from the tidy offset `starts[i]` on, the stored offset
    is `origins[i]` plus the distance, until the next start.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def _origin(self, offset: int) -> int:
        i = bisect_left(self.starts, offset + 1) - 1
        return self.origins[i] + offset - self.starts[i]

    def stored(self, span: Span) -> Span:
        """The span of the stored text that holds exactly what `span` holds of this one."""
        if span.start >= span.end:
            place = self._origin(span.start)
            return Span(place, place)
        return Span(self._origin(span.start), self._origin(span.end - 1) + 1)


def running_text(text: str, span: Span, furniture: Sequence[Span] = ()) -> RunningText:
    """The running text of `span`; `furniture` are the spans to leave out, in order."""
    raw = text[span.start : span.end]
    inside = [f for f in furniture if f.overlaps(span)]
    if not inside and not UNTIDY.search(raw):
        return RunningText(raw, (0,), (span.start,))
    pieces: list[tuple[int, int, str]] = []  # where in raw, how much of raw, what stands there
    for f in inside:
        start = max(f.start - span.start, 0)
        end = min(f.end, span.end) - span.start
        pieces.append(_furniture_gap(raw, start, end))
    for pattern in (BROKEN_WORD, KEPT_HYPHEN):
        pieces += [(m.start(), m.end(), "") for m in pattern.finditer(raw)]
    for gap in GAP.finditer(raw):
        if gap[0] != " ":
            pieces.append((gap.start(), gap.end(), " " if SPACE.search(gap[0]) else ""))
    return _join(raw, span.start, pieces)


def _furniture_gap(raw: str, start: int, end: int) -> tuple[int, int, str]:
    """The furniture with the white space around it; a word broken across it is joined."""
    while start > 0 and raw[start - 1].isspace():
        start -= 1
    while end < len(raw) and raw[end].isspace():
        end += 1
    broken = (
        start > 1
        and raw[start - 1] in "-\u2010\u00ad\u0002\ufffe"
        and raw[start - 2].isalpha()
        and end < len(raw)
        and raw[end].islower()
    )
    return (start - 1, end, "") if broken else (start, end, " ")


def _join(raw: str, base: int, pieces: list[tuple[int, int, str]]) -> RunningText:
    """`raw` with each piece replaced; where pieces overlap the earlier listed kind wins."""
    chosen: list[tuple[int, int, str]] = []
    taken_to = 0
    order = sorted(range(len(pieces)), key=lambda i: (pieces[i][0], i))
    for i in order:
        start, end, instead = pieces[i]
        if start < taken_to:
            if end > taken_to:
                chosen[-1] = (chosen[-1][0], end, chosen[-1][2])
                taken_to = end
            continue
        chosen.append((start, end, instead))
        taken_to = end
    out: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = at = 0
    for start, end, instead in [*chosen, (len(raw), len(raw), "")]:
        if start > at:
            starts.append(length)
            origins.append(base + at)
            out.append(raw[at:start])
            length += start - at
        if instead and length and end < len(raw):
            starts.append(length)
            origins.append(base + start)
            out.append(instead)
            length += len(instead)
        at = end
    if not starts:
        starts, origins = [0], [base]
    return RunningText("".join(out), tuple(starts), tuple(origins))
