"""Documents written by hand for the tests of the pages, with everything found in them.

Offsets are looked up in the text, so that a test says what is marked and not where.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.records import (
    Argument,
    Assertion,
    Attribution,
    Document,
    Event,
    Kind,
    Link,
    Mention,
    Page,
    Passage,
    Response,
    Role,
    Span,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the text, what it is, and the known thing it stands for."""

    name: str
    kind: Kind
    entity: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event by its trigger, the sentence around it, and the names in its roles."""

    kind: str
    trigger: str
    roles: Mapping[Role, str] = field(default_factory=dict)
    assertion: Assertion = "confirmed"
    attribution: Attribution = "confirmed"
    date: str | None = None
    denial: str | None = None


def written(
    text: str, names: Sequence[Named] = (), events: Sequence[Told] = (), **metadata: Any
) -> Document:
    """A document of `text`: blank lines part passages, form feeds part pages."""
    passages = [
        Passage(Span(*m.span()), 1 + text.count("\f", 0, m.start()), metadata.get("language", "en"))
        for m in re.finditer(r"[^\n\f](?:[^\n\f]|\n(?!\n))*", text)
    ]
    mentions = [
        Mention(
            span=place(text, n.name),
            kind=n.kind,
            form="NAM",
            name=n.name,
            score=0.97,
            category=n.category,
            link=Link(n.entity, 0.95, "its full name") if n.entity else None,
        )
        for n in names
    ]
    order = {n.name: i for i, n in enumerate(names)}
    identifier = hashlib.sha256(text.encode()).hexdigest()
    values: dict[str, Any] = {
        "id": identifier,
        "original": identifier,
        "source": "written.txt",
        "media_type": "text/plain",
        "language": "en",
        "pipeline": "by hand",
        "pages": _pages(text),
    }
    return Document(
        text=text,
        passages=tuple(passages),
        mentions=tuple(mentions),
        events=tuple(_event(text, told, order) for told in events),
        **{**values, **metadata},
    )


def place(text: str, words: str) -> Span:
    """Where `words` first stand in `text`."""
    start = text.index(words)
    return Span(start, start + len(words))


def _pages(text: str) -> tuple[Page, ...]:
    if "\f" not in text:
        return ()
    return tuple(
        Page(number, Span(*m.span())) for number, m in enumerate(re.finditer(r"[^\f]+", text), 1)
    )


def _event(text: str, told: Told, order: Mapping[str, int]) -> Event:
    trigger = place(text, told.trigger)
    start = max(text.rfind(mark, 0, trigger.start) for mark in (". ", "\n", "\f")) + 1
    start += len(text[start:]) - len(text[start:].lstrip())
    end = text.find(".", trigger.end)
    return Event(
        kind=told.kind,
        trigger=trigger,
        quote=Span(start, end + 1 if end >= 0 else len(text)),
        arguments=tuple(Argument(role, order[name]) for role, name in told.roles.items()),
        assertion=told.assertion,
        attribution=told.attribution,
        score=0.9,
        date=told.date,
        response=Response("denies_act", place(text, told.denial)) if told.denial else None,
    )
