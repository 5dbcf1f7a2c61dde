"""What is indexed of a passage, once for all engines, and the version of that choice."""

from collections.abc import Iterator
from dataclasses import dataclass

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


def named_victims(document: Document, indexed: IndexedPassage, event: Event) -> list[Span]:
    """Where the quote or the response of an event names a person who suffered, in order.

    A group ("Uyghurs") has a category and is not masked. Every mention in the quote counts, also
    one that fills no role, and so does a person who is the target.
    """
    shown = [event.quote] + ([event.response.quote] if event.response else [])
    targets = set(event.fillers("target"))
    found = []
    for i in indexed.mentions:
        m = document.mentions[i]
        suffers = m.kind == "VICTIM" or (m.kind == "PERSON" and i in targets)
        if suffers and m.form == "NAM" and m.category is None:
            found += [m.span] if any(span.overlaps(m.span) for span in shown) else []
    return sorted(found)
