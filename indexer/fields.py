"""What is indexed of a passage, once for all engines, and the version of that choice."""

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from nlp.records import Document, Event, Mention, Passage, Span

# Goes up with every change of what is stored or how; an older index is refused, not guessed at.
INDEX_VERSION = 1

KIND_FACET = {"GOVERNMENT": "government", "VENDOR": "vendor", "PRODUCT": "product"}


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage with the mentions (by index) and events in it, and its values for each facet."""

    passage: Passage
    mentions: tuple[int, ...]
    events: tuple[Event, ...]
    values: frozenset[tuple[str, str]]


def indexed_passages(document: Document) -> Iterator[IndexedPassage]:
    """Each passage of a document with its events and its facet values."""
    mentions = _by_passage(document, [m.span for m in document.mentions])
    events = _by_passage(document, [e.trigger for e in document.events])
    for i, passage in enumerate(document.passages):
        here = tuple(document.events[k] for k in events.get(i, ()))
        values = set(_document_values(document, passage, here))
        for k in mentions.get(i, ()):
            values.update(_mention_values(document.mentions[k]))
        for event in here:
            values.update((("event", event.kind), ("assertion", event.assertion)))
        yield IndexedPassage(passage, tuple(mentions.get(i, ())), here, frozenset(values))


def _by_passage(document: Document, spans: list[Span]) -> dict[int, list[int]]:
    """For each passage index the indices of the spans that start in it."""
    found: dict[int, list[int]] = {}
    order = sorted(range(len(spans)), key=lambda k: spans[k].start)
    i = 0
    for k in order:
        while i < len(document.passages) and document.passages[i].span.end <= spans[k].start:
            i += 1
        if i == len(document.passages):
            break
        if document.passages[i].span.start <= spans[k].start:
            found.setdefault(i, []).append(k)
    return found


def _document_values(
    document: Document, passage: Passage, events: tuple[Event, ...]
) -> Iterator[tuple[str, str]]:
    yield "language", passage.language
    if document.country:
        yield "country", document.country
    if document.source_type:
        yield "source_type", document.source_type
    for date in [e.date for e in events if e.date] or [document.published or ""]:
        if date:
            yield "year", date[:4]


def _mention_values(mention: Mention) -> Iterator[tuple[str, str]]:
    entity = mention.link.entity if mention.link else None
    if entity and mention.kind in KIND_FACET:
        yield KIND_FACET[mention.kind], entity
    if mention.kind == "VICTIM" and mention.category:
        yield "victim_group", mention.category
    if mention.kind == "PRODUCT" and mention.category:
        yield "technology", mention.category
    if mention.kind == "LOCATION" and entity and len(entity) == len("loc-xx"):
        yield "country", entity[-2:].upper()


MASK = "[name withheld]"
# A last name alone is looked for when it has this many letters; shorter ones are words as well.
SHORTEST_NAME = 3
# Roles of people who act or speak; all others who are named beside an abuse may have suffered.
ACTING = ("perpetrator", "source", "authority", "supplier", "intermediary")


class Victims:
    """The people of a document whose names are withheld from licensing clients, and where they
    are written: whoever suffers an act or stands beside one by name, without those who act or
    speak. Groups ("Uyghurs") have a category and are not masked."""

    def __init__(self, document: Document) -> None:
        acting = {a.mention for e in document.events for a in e.arguments if a.role in ACTING}
        self._document = document
        self._acting = {document.mentions[i].name for i in acting}
        suffering = {i for e in document.events for i in e.fillers("target")}
        names: set[str] = set()
        for i, m in enumerate(document.mentions):
            suffers = m.kind == "VICTIM" or (m.kind == "PERSON" and i in suffering)
            if suffers and self._is_person(m):
                names.update(_forms(m.name))
        names -= {form for name in self._acting for form in _forms(name)}
        self._names = ahocorasick.Automaton()
        for name in names:
            self._names.add_word(name, len(name))
        if names:
            self._names.make_automaton()

    def _is_person(self, mention: Mention) -> bool:
        return (
            mention.form == "NAM"
            and mention.category is None
            and mention.kind in ("VICTIM", "PERSON")
            and mention.name not in self._acting
        )

    def spans(self, indexed: IndexedPassage) -> list[Span]:
        """Where a passage names one of them, in order and apart."""
        document, passage = self._document, indexed.passage.span
        found = [
            document.mentions[i].span
            for i in indexed.mentions
            if self._is_person(document.mentions[i])
        ]
        written = self._written(document.quote(passage))
        return _apart([*found, *(span.moved(passage.start) for span in written)])

    def _written(self, text: str) -> list[Span]:
        """Where one of the names stands in a text, as whole words."""
        if not len(self._names):
            return []
        spans = [Span(last + 1 - size, last + 1) for last, size in self._names.iter(text)]
        return [s for s in spans if _is_whole(text, s)]

    def masked(self, text: str | None) -> str | None:
        """A title or the like with their names withheld."""
        for span in reversed(_apart(self._written(text or ""))):
            text = f"{(text or '')[: span.start]}{MASK}{(text or '')[span.end :]}"
        return text


def _is_whole(text: str, span: Span) -> bool:
    before, after = text[max(span.start - 1, 0) : span.start], text[span.end : span.end + 1]
    return not before.isalnum() and not after.isalnum()


def _forms(name: str) -> list[str]:
    """The name as written, and its last part alone, by which reports go on."""
    last = name.split()[-1] if name.split() else name
    return [name, last] if len(last) >= SHORTEST_NAME and last[0].isupper() else [name]


def _apart(spans: list[Span]) -> list[Span]:
    """Overlapping spans joined, in order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined
