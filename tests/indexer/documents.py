"""Small documents with everything found in them, for the tests of engines and of what asks them.

Bodies, places and acts are invented. The code of a real country stands in for that of the invented
one, since an application with a country that does not exist is refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.records import (
    Argument,
    Assertion,
    Document,
    Entity,
    Event,
    Link,
    Mention,
    Name,
    Page,
    Passage,
    Response,
    Role,
    Span,
)

KINDS = {"gov": "GOVERNMENT", "ven": "VENDOR", "prd": "PRODUCT", "loc": "LOCATION"}


@dataclass
class Draft:
    """A document in the making: each passage is a sentence or a few, marks are found by words."""

    passages: Sequence[str]
    title: str = "A report"
    published: str | None = "2023-05-04"
    publisher: str | None = "Example Monitor"
    source_type: str | None = "NGO_INTL"
    language: str = "en"
    country: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.passages)

    def span(self, words: str) -> Span:
        start = self.text.index(words)
        return Span(start, start + len(words))

    def mention(
        self, words: str, kind: str, entity: str | None = None, category: str | None = None
    ) -> int:
        """Marks the first place of some words; the mention's index."""
        link = Link(entity, 0.9, "named so") if entity else None
        self.mentions.append(
            Mention(self.span(words), kind, "NAM", words, 0.9, category, link)  # type: ignore[arg-type]
        )
        return len(self.mentions) - 1

    def event(
        self,
        kind: str,
        trigger: str,
        roles: Sequence[tuple[Role, int]],
        assertion: Assertion = "confirmed",
        date: str | None = None,
        response: str | None = None,
    ) -> None:
        """Marks an event; its quote is the passage of its trigger."""
        at = self.span(trigger)
        quote = next(s for s in self._spans() if s.holds(at))
        answer = Response("denies_act", self.span(response)) if response else None
        self.events.append(
            Event(
                kind,
                at,
                quote,
                tuple(Argument(role, index) for role, index in roles),
                assertion,
                "confirmed",
                0.8,
                date,
                answer,
            )
        )

    def _spans(self) -> list[Span]:
        spans, at = [], 0
        for passage in self.passages:
            spans.append(Span(at, at + len(passage)))
            at += len(passage) + 2
        return spans

    def done(self) -> Document:
        text = self.text
        digest = hashlib.sha256(f"{self.title}{text}".encode()).hexdigest()
        return Document(
            id=digest,
            source=f"{self.title}.txt",
            media_type="text/plain",
            text=text,
            original=digest,
            pages=(Page(1, Span(0, len(text))),),
            title=self.title,
            publisher=self.publisher,
            published=self.published,
            url="https://example.org/report",
            source_type=self.source_type,
            licence="CC0-1.0",
            country=self.country,
            language=self.language,
            passages=tuple(Passage(s, 1, self.language, (s,)) for s in self._spans()),
            mentions=tuple(self.mentions),
            events=tuple(self.events),
            entities=tuple(self.entities),
            pipeline="test-1",
        )


NORVANIA_POLICE = Entity(
    id="corpus:gov:xx:norvanian-police",
    kind="GOVERNMENT",
    name="Norvanian Directorate of Public Calm",
    country="NO",
    names=(Name("Norvanian Directorate of Public Calm", "name"),),
    source="corpus",
)


def abuse(title: str = "Phones of Norvania") -> Document:
    """An invented directorate infects phones; a man and a group suffer; it denies."""
    draft = Draft(
        (
            "The Norvanian Directorate of Public Calm infected the phone of Ilo Brant with "
            "Moonmoth in March 2023. The directorate called the report a fairy tale.",
            "Farmers in the valley were not affected.",
        ),
        title=title,
        country="NO",
    )
    police = draft.mention(
        "Norvanian Directorate of Public Calm", "GOVERNMENT", NORVANIA_POLICE.id, "POLICE"
    )
    victim = draft.mention("Ilo Brant", "VICTIM")
    tool = draft.mention("Moonmoth", "PRODUCT", None, "TECH.INTRUSION")
    draft.event(
        "SURV.DEVICE_HACK",
        "infected",
        [("perpetrator", police), ("target", victim), ("instrument", tool)],
        date="2023-03",
        response="The directorate called the report a fairy tale.",
    )
    draft.entities.append(NORVANIA_POLICE)
    return draft.done()


def supply(title: str = "Radios for Norvania") -> Document:
    """The same directorate buys radios."""
    draft = Draft(
        ("Example Radio Ltd sold radios to the Norvanian Directorate of Public Calm.",),
        title=title,
        published="2022",
        publisher=None,
        source_type="NEWS",
    )
    police = draft.mention(
        "Norvanian Directorate of Public Calm", "GOVERNMENT", NORVANIA_POLICE.id, "POLICE"
    )
    draft.event("TRADE.SUPPLY", "sold", [("recipient", police)])
    draft.entities.append(NORVANIA_POLICE)
    return draft.done()


def spanish() -> Document:
    """A text in another language, with nothing found in it."""
    draft = Draft(
        ("La policía detuvo a tres periodistas en la capital.",),
        title="Detenidos",
        language="es",
        published="2021-12-03",
    )
    return draft.done()
