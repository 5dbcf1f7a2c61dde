"""What was found in a document as one compact blob, for the store of an engine."""

import zlib
from typing import Any

import orjson

from nlp.records import (
    Argument,
    Document,
    Entity,
    Event,
    Link,
    Mention,
    Name,
    Page,
    Passage,
    Response,
    Span,
)

# zlib's level 1 packs annotations to a fifth in a third of the time of its default.
LEVEL = 1


def pack(document: Document) -> bytes:
    """Pages, furniture, warnings, passages, mentions, events and entities of a document."""
    body = {
        "pages": [(p.number, p.span.start, p.span.end, p.status) for p in document.pages],
        "furniture": [(s.start, s.end) for s in document.furniture],
        "warnings": document.warnings,
        "passages": [
            (p.span.start, p.span.end, p.page, p.language, [(s.start, s.end) for s in p.sentences])
            for p in document.passages
        ],
        "mentions": [_mention(m) for m in document.mentions],
        "events": [_event(e) for e in document.events],
        "entities": [entity_to_json(e) for e in document.entities],
    }
    return zlib.compress(orjson.dumps(body), LEVEL)


def unpack(blob: bytes, text: str) -> dict[str, Any]:
    """The fields of `Document` that `pack` packed, as keyword arguments; names come from `text`."""
    body = orjson.loads(zlib.decompress(blob))
    return {
        "pages": tuple(Page(n, Span(a, b), status) for n, a, b, status in body["pages"]),
        "furniture": tuple(Span(a, b) for a, b in body["furniture"]),
        "warnings": tuple(body["warnings"]),
        "passages": tuple(
            Passage(Span(a, b), page, language, tuple(Span(c, d) for c, d in sentences))
            for a, b, page, language, sentences in body["passages"]
        ),
        "mentions": tuple(_read_mention(row, text) for row in body["mentions"]),
        "events": tuple(_read_event(row) for row in body["events"]),
        "entities": tuple(entity_from_json(row) for row in body["entities"]),
    }


def _mention(m: Mention) -> list[Any]:
    link = [m.link.entity, m.link.score, m.link.reason] if m.link else None
    return [m.span.start, m.span.end, m.kind, m.form, m.score, m.category, link]


def _read_mention(row: list[Any], text: str) -> Mention:
    start, end, kind, form, score, category, link = row
    return Mention(
        Span(start, end), kind, form, text[start:end], score, category, link and Link(*link)
    )


def _event(e: Event) -> list[Any]:
    response = e.response
    return [
        e.kind,
        [e.trigger.start, e.trigger.end],
        [e.quote.start, e.quote.end],
        [[a.role, a.mention] for a in e.arguments],
        e.assertion,
        e.attribution,
        e.score,
        e.date,
        response and [response.status, response.quote.start, response.quote.end, response.by],
    ]


def _read_event(row: list[Any]) -> Event:
    kind, trigger, quote, arguments, assertion, attribution, score, date, response = row
    return Event(
        kind,
        Span(*trigger),
        Span(*quote),
        tuple(Argument(*a) for a in arguments),
        assertion,
        attribution,
        score,
        date,
        response and Response(response[0], Span(response[1], response[2]), response[3]),
    )


def entity_to_json(entity: Entity) -> dict[str, Any]:
    """The entity as plain JSON values; empty fields are left out."""
    body: dict[str, Any] = {
        "id": entity.id,
        "kind": entity.kind,
        "name": entity.name,
        "country": entity.country,
        "category": entity.category,
        "names": [[n.text, n.kind] for n in entity.names],
        "parent": entity.parent,
        "source": entity.source,
        "listings": list(entity.listings),
        "products": list(entity.products),
        "basis": entity.basis,
        "note": entity.note,
    }
    return {key: value for key, value in body.items() if value}


def entity_from_json(body: dict[str, Any]) -> Entity:
    """The entity that `entity_to_json` wrote."""
    fields = dict(body)
    fields["names"] = tuple(Name(*n) for n in body.get("names", ()))
    for key in ("listings", "products"):
        fields[key] = tuple(body.get(key, ()))
    return Entity(**fields)
