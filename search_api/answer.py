"""The answer to an application, as records: served as they are, hashed as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal[
    "adverse", "context_only", "no_adverse_finding", "insufficient_information", "partial"
]
Band = Literal["strong", "possible", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteHighlight:
    """Characters of the quote that name the filler of a role, or the trigger."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that prove a fact, and where they stand: `char_start` to `char_end` of the stored
    text of the document whose SHA-256 is `doc_id`. `masked` is true when names were withheld, so
    that the quote differs from the stored words there and only there."""

    evidence_id: str
    doc_id: str
    title: str | None
    publisher: str | None
    published: str | None
    source_type: str | None
    url: str | None
    source: str
    media_type: str
    lang: str
    page: int
    char_start: int
    char_end: int
    quote: str
    masked: bool
    highlights: tuple[QuoteHighlight, ...]
    assertion: str
    attribution: str
    score: float
    event_date: str | None
    link: str
    pipeline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the accused says to an act, with its own quote. It never cancels an allegation."""

    status: str
    quote: str
    doc_id: str
    char_start: int
    char_end: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRelevance:
    """How an item of the application relates to a finding."""

    item: str
    level: Literal["same_category", "general_record"]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """How often a finding is told. Origins are not examined: copies of one story count each, so
    `independent_origins` is None and never a number that was not established."""

    documents: int
    passages: int
    independent_origins: int | None = None
    level: Literal["not_examined"] = "not_examined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An abuse in which the matched body is named as perpetrator, with the words that say so."""

    finding_id: str
    match_id: str
    event_type: str
    label: str
    severity: int
    role_of_party: Literal["perpetrator"]
    assertion: str
    attribution: str
    year: str | None
    victim_groups: tuple[str, ...]
    technologies: tuple[str, ...]
    places: tuple[str, ...]
    official_response: Answer | None
    item_relevance: tuple[ItemRelevance, ...]
    published_range: tuple[str, str] | None
    corroboration: Corroboration
    evidence: tuple[Evidence, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextItem:
    """What is said of the body and is no finding: supply, listing, plan, denial, or an act in
    which it is not the perpetrator. `why` says which. An ordinary sale is shown and does not make
    the level `context_only`: `ordinary` is true of it."""

    event_type: str
    label: str
    role_of_party: str
    assertion: str
    why: str
    ordinary: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedEntity:
    """The entity a party was matched with. Being known here is no accusation."""

    id: str
    kind: str
    name: str
    country: str | None
    type: str | None
    source: str
    listings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One thing that was compared, what came of it, what it added, and what it means."""

    name: str
    value: str
    effect: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedOn:
    """The name of the application that was compared, and the name of the body it was compared
    with."""

    input_field: str
    input: str
    alias: str
    alias_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a party is, or may be, a known body: the names compared and the reasons for the band."""

    match_id: str
    band: Band
    score: float
    entity: MatchedEntity
    matched_on: MatchedOn
    features: tuple[Feature, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyResult:
    """What was found for one party. `unresolved_reason` says why there is no match;
    `events_left_out` is true when a matched body has more events than were looked at."""

    ref: str
    role: str
    name: str
    level: Level
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    findings_left_out: int
    events_left_out: bool
    context: tuple[ContextItem, ...]
    context_left_out: int
    unresolved_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """Something in the application itself that deserves a look."""

    code: str
    party: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryContext:
    """What is reported of the state as a whole. It is not a finding about a party."""

    country: str
    name: str
    abuse_documents: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is no finding about any party."""

    country: tuple[CountryContext, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The answer in one level and a few plain sentences."""

    level: Level
    statement: str
    parties_with_strong_match: tuple[str, ...]
    parties_unresolved: tuple[str, ...]
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was searched, so that a blank answer is not read as "clear"."""

    corpus_snapshot: str
    documents_searched: int
    passages_searched: int
    languages: Mapping[str, int]
    sources: Mapping[str, int]
    earliest: str | None
    latest: str | None
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What the result rests on."""

    product: str
    knowledge: str
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """When the question was put, and the hashes of question and answer. The result hash covers
    everything but this and the id."""

    created_at: str
    input_sha256: str
    result_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The answer to one application: evidence for review, never an approval or a refusal."""

    screening_id: str
    reference: str
    as_of: str | None
    status: Literal["complete", "partial"]
    summary: Summary
    parties: tuple[PartyResult, ...]
    red_flags: tuple[RedFlag, ...]
    context: Context
    coverage: Searched
    versions: Versions
    audit: Audit | None = None
