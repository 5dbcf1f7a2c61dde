"""The records every layer passes around: one immutable text, and spans over it.

All offsets are Python string indices into `Document.text`, end exclusive. Records are frozen and
slotted, and are served over HTTP as they are.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["GOVERNMENT", "VENDOR", "PRODUCT", "VICTIM", "PERSON", "ORG", "LOCATION", "DATE"]
Form = Literal["NAM", "NOM"]
Assertion = Literal["confirmed", "alleged", "denied", "hypothetical", "negated"]
Attribution = Literal["confirmed", "alleged", "unattributed"]
Role = Literal[
    "perpetrator",
    "target",
    "instrument",
    "supplier",
    "intermediary",
    "recipient",
    "authority",
    "subject",
    "place",
    "time",
    "source",
]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of characters, `end` exclusive."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def holds(self, other: "Span") -> bool:
        """True when `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """True when the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def moved(self, by: int) -> "Span":
        """The same length of text, `by` characters further on."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the file. `status` says where its text came from: the file itself (`text`),
    recognition of its picture (`ocr`), or nowhere (`unread`)."""

    number: int
    span: Span
    status: Literal["text", "ocr", "unread"] = "text"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or part of one: the unit that is extracted from, indexed and returned."""

    span: Span
    page: int
    language: str
    sentences: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """The known thing a mention names, how sure that is (0-1), and why, in words."""

    entity: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name (`NAM`) or describing phrase (`NOM`) as it is written at one place.

    `name` is the stored text of `span`, verbatim. `category` is the technology of a PRODUCT, the
    group of a VICTIM, the actor type of a GOVERNMENT, in the codes of `nlp/knowledge`.
    """

    span: Span
    kind: Kind
    form: Form
    name: str
    score: float
    category: str | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """Who or what fills a role of an event: `mention` is an index into the mentions beside it."""

    role: Role
    mention: int


@dataclass(frozen=True, slots=True)
class Response:
    """What the accused answers, and where that is written."""

    status: Literal["denies_act", "admits_act", "no_comment"]
    quote: Span
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something the text says was done, and who is named in saying it.

    `kind` is a code of the event taxonomy, `quote` the sentence or sentences that carry trigger
    and arguments, `date` an ISO 8601 date or prefix of one ("2019-03") when the text gives it.
    """

    kind: str
    trigger: Span
    quote: Span
    arguments: tuple[Argument, ...]
    assertion: Assertion
    attribution: Attribution
    score: float
    date: str | None = None
    response: Response | None = None

    def fillers(self, role: Role) -> tuple[int, ...]:
        """Indices of the mentions that fill `role`."""
        return tuple(a.mention for a in self.arguments if a.role == role)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one text: events point into the mentions by index."""

    mentions: tuple[Mention, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One written form of an entity's name."""

    text: str
    kind: Literal["name", "alias", "acronym", "native", "former"]


# The basis of an entity that texts describe and do not name: "the police", "local authorities".
DESCRIPTION = "description"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """The thing in the world that mentions name: a body, firm, product, group or person.

    `source` is `gazetteer` for the parties the product knows from the start (being listed is no
    accusation) and `corpus` for those it met in documents. `category` is an actor type or
    technology code.
    """

    id: str
    kind: Kind
    name: str
    country: str | None = None
    category: str | None = None
    names: tuple[Name, ...] = ()
    parent: str | None = None
    source: Literal["gazetteer", "corpus"] = "gazetteer"
    listings: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    basis: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file or corpus row: its text as stored, and everything found in it.

    `id` is the SHA-256 of the bytes, `original` that of the file they came in (a corpus holds many
    documents; elsewhere the two are the same). `published` is an ISO 8601 date or a prefix of one.
    `furniture` are running heads, page numbers and footnote marks: stored, shown, never extracted
    from. `entities` are those it names that `nlp/knowledge` does not hold. `pipeline` names the
    version of everything that annotated it.
    """

    id: str
    source: str
    media_type: str
    text: str
    original: str = ""
    pages: tuple[Page, ...] = ()
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    source_type: str | None = None
    licence: str | None = None
    country: str | None = None
    language: str = "und"
    furniture: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    mentions: tuple[Mention, ...] = ()
    events: tuple[Event, ...] = ()
    entities: tuple[Entity, ...] = field(default=())
    pipeline: str = ""

    def quote(self, span: Span) -> str:
        """The stored text of `span`, verbatim."""
        return self.text[span.start : span.end]

    def page_of(self, span: Span) -> int:
        """The number of the page on which `span` starts; 1 for a file without pages."""
        number = 1
        for page in self.pages:
            if page.span.start > span.start:
                break
            number = page.number
        return number
