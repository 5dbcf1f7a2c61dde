"""The contract of an index, in our own words: every engine answers these and nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from nlp.knowledge.loader import load
from nlp.records import Assertion, Attribution, Document, Entity, Response, Role, Span

FACETS = (
    "event",
    "technology",
    "government",
    "vendor",
    "product",
    "victim_group",
    "country",
    "year",
    "source_type",
    "language",
    "assertion",
)


DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class EngineUnavailable(Exception):
    """The index cannot be reached or read; nothing was answered."""


class IndexVersionMismatch(Exception):
    """The index was written by another version of the schema."""


class QueryInvalid(ValueError):
    """A filter or date that nothing can match; the message says what would work."""


class DocumentNotFound(Exception):
    """No document has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. `text` takes words and "quoted phrases", all of which must occur, and
    `-words` that must not; `filters` maps a facet of `FACETS` to the values allowed (any of them).

    Raises QueryInvalid for a facet, a code or a date that does not exist: nothing would be found,
    and that would read like an answer.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 10
    offset: int = 0
    facets: bool = True

    def __post_init__(self) -> None:
        for date in (self.since, self.until):
            if date and not DATE.fullmatch(date):
                raise QueryInvalid(f"{date!r} is no date: write 2021, 2021-06 or 2021-06-30")
        for field, values in (self.filters or {}).items():
            if field not in FACETS:
                raise QueryInvalid(f"no facet {field!r}: use one of {', '.join(FACETS)}")
            known = codes(field)
            for value in values:
                if known and value not in known:
                    shown = ", ".join(sorted(known)) if len(known) < 40 else "an ISO 3166 code"
                    raise QueryInvalid(f"{field} has no value {value!r}: use {shown}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Characters of `Hit.text` that answer the query, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One passage found: its words, its place, and the document it stands in."""

    document: str
    title: str | None
    publisher: str | None
    published: str | None
    source_type: str | None
    url: str | None
    source: str
    media_type: str
    language: str
    page: int
    start: int
    end: int
    text: str
    score: float
    events: tuple[str, ...] = ()
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, its label, and in how many of the passages found it occurs."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The hits of one page, how many there are in all, and the facets over all of them."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """An event in which an entity fills a role, with everything needed to quote it.

    `arguments` maps a role to its fillers, so that a finding can be shown without reading the
    document again. `victims` are the spans inside quote and response where a person who suffered
    is named, for masking.
    """

    document: Document  # without text, passages, mentions and events
    event_kind: str
    role: Role
    assertion: Assertion
    attribution: Attribution
    score: float
    date: str | None
    trigger: Span
    quote: Span
    quote_text: str
    page: int
    language: str
    arguments: Mapping[str, tuple["Filler", ...]]
    response: Response | None
    response_text: str | None
    victims: tuple[Span, ...] = ()
    shown_title: str | None = None  # with the names of victims withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Who or what fills a role, as written and, when known, as an entity."""

    name: str
    kind: str
    span: Span
    entity: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entity that shares name keys with a query; `weight` orders candidates, decides nothing."""

    entity: Entity
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the index holds: a blank answer means no more than this."""

    snapshot: str
    documents: int
    passages: int
    languages: Mapping[str, int]
    sources: Mapping[str, int]
    earliest: str | None
    latest: str | None


class Engine(Protocol):
    """An index of documents, passages, mentions, events and entities."""

    def add(self, documents: Iterable[Document]) -> int:
        """The number of documents added; those already there are left as they are.

        All of a document becomes visible at once, or nothing of it.
        """
        ...

    def replace(self, documents: Iterable[Document]) -> int:
        """The number of documents written, in place of those of the same id where there are any.

        A document is never missing in between.
        """
        ...

    def known(self, document_ids: Sequence[str]) -> set[str]:
        """Those of `document_ids` that are in the index."""
        ...

    def delete(self, document_ids: Iterable[str]) -> int:
        """The number of documents removed."""
        ...

    def search(self, query: Query) -> Results:
        """The passages that hold all the terms and filters of `query`, best first."""
        ...

    def get(self, document_id: str) -> Document:
        """The whole document of an id, or of the one id that begins so; raises DocumentNotFound."""
        ...

    def candidates(self, names: Sequence[str], limit: int = 20) -> list[Candidate]:
        """Entities that share name keys with any of `names`, most telling first."""
        ...

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        """The entities of these ids; an unknown id is left out."""
        ...

    def involvements(
        self, entity_id: str, roles: Sequence[Role] = (), limit: int = 1000
    ) -> list[Involvement]:
        """Events in which the entity fills one of `roles` (any when empty), newest first."""
        ...

    def consistent(self) -> AbstractContextManager[None]:
        """Inside it, all that is read in this thread is of one moment, whatever is written."""
        ...

    def documents(self) -> Iterator[Document]:
        """Every document, in the order of ids."""
        ...

    def coverage(self) -> Coverage:
        """What the index holds now."""
        ...

    def close(self) -> None:
        """Releases files and connections."""
        ...


def codes(field: str) -> frozenset[str]:
    """The values a facet can have, for those with a fixed list; empty for the others."""
    knowledge = load()
    match field:
        case "event":
            return frozenset(e.code for e in knowledge.events)
        case "technology":
            return frozenset(t.code for t in knowledge.technologies)
        case "victim_group":
            return frozenset(g.code for g in knowledge.victim_groups)
        case "source_type":
            return frozenset(s.code for s in knowledge.source_types)
        case "assertion":
            return frozenset(a.code for a in knowledge.assertions)
        case "country":
            return frozenset(c.iso2 for c in knowledge.countries)
    return frozenset()


def open_engine(url: str) -> Engine:
    """The engine a URL names: `sqlite:///path` (made if missing).

    Raises ValueError for a scheme no engine serves, EngineUnavailable or IndexVersionMismatch.
    """
    match urlsplit(url).scheme:
        case "sqlite":
            from indexer.embedded import EmbeddedEngine

            if not url.startswith("sqlite:///"):
                raise ValueError(f"{url!r} names no file: write sqlite:///PATH")
            return EmbeddedEngine(url.removeprefix("sqlite:///"))
        case scheme:
            raise ValueError(f"no engine for {scheme or url!r}: use sqlite:///PATH")
