"""Is there adverse evidence about the parties of an application? Findings, never a verdict.

screen() -> candidates by name keys -> comparison -> band -> events in which the matched entity
is perpetrator -> findings grouped by act and year -> level. Nothing here reads a clock or draws
a number: the same application on the same index gives the same result.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from indexer.engine import Coverage, Engine, Involvement
from indexer.ledger import Ledger, now
from nlp.knowledge.loader import Knowledge, load
from nlp.names import Comparison, band, compare
from nlp.records import Entity, Span
from search_api.application import Application, Item, Options, Party

Level = Literal[
    "adverse", "context_only", "no_adverse_finding", "insufficient_information", "partial"
]
Band = Literal["strong", "possible", "none"]

# Goes up whenever a rule below changes what is found, graded or counted.
RULES = "1"
# Candidates that are compared for one party; the figure for recall at 20 leaves room.
CANDIDATES = 40
# Events looked at for one matched entity, newest first. More are counted and said.
EVENTS = 2000
QUOTE = 600
MASK = "[name withheld]"
FINDING_ASSERTIONS = ("confirmed", "alleged")
CONTEXT_LIMIT = 10
CONSIGNEES = ("consignee", "ultimate_consignee")
END_USERS = ("end_user", "ultimate_end_user")
INTERMEDIARIES = ("purchaser", "customer", "agent", "intermediate_consignee", "third_party")


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
    language: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRelevance:
    """How an item of the application relates to a finding."""

    item: str
    level: Literal["same_category", "general_record"]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An abuse in which the matched body is named as perpetrator, with the words that say so.

    Documents are counted, and say nothing of independence: copies of one story count each.
    """

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
    documents: int
    passages: int
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
    category: str | None
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
class Match:
    """Why a party is, or may be, a known body: the names compared and the reasons for the band."""

    match_id: str
    band: Band
    score: float
    entity: MatchedEntity
    input_field: str
    input: str
    alias: str
    alias_kind: str
    features: tuple[Feature, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyResult:
    """What was found for one party. `unresolved_reason` says why there is no match."""

    ref: str
    role: str
    name: str
    level: Level
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    findings_left_out: int
    context: tuple[ContextItem, ...]
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

    snapshot: str
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
    country_context: tuple[CountryContext, ...]
    coverage: Searched
    versions: Versions
    audit: Audit | None = None


class TooManyParties(Exception):
    """The application has more parties than one screening takes."""


def screen(
    application: Application, engine: Engine, *, product_version: str, max_parties: int = 100
) -> Screening:
    """The answer to an application, not yet frozen: without id and audit.

    Raises TooManyParties, and EngineUnavailable when the index cannot be read: a failed search is
    never an empty answer.
    """
    if len(application.parties) > max_parties:
        raise TooManyParties(
            f"{len(application.parties)} parties were sent, and one application may have "
            f"{max_parties}: split it, or raise EVIDENCE_MAX_PARTIES."
        )
    knowledge = load()
    coverage = engine.coverage()
    parties = tuple(_party(party, application, engine, knowledge) for party in application.parties)
    flags = tuple(red_flags(application, parties))
    countries = _country_context(application, engine, knowledge)
    return Screening(
        screening_id="",
        reference=application.reference,
        as_of=application.as_of.isoformat() if application.as_of else None,
        status="partial" if any(p.country is None for p in application.parties) else "complete",
        summary=_summary(parties, countries, coverage),
        parties=parties,
        red_flags=flags,
        country_context=countries,
        coverage=_searched(coverage),
        versions=Versions(product=product_version, knowledge=knowledge.version, rules=RULES),
    )


def screen_and_freeze(
    application: Application,
    engine: Engine,
    ledger: Ledger,
    *,
    product_version: str,
    max_parties: int = 100,
) -> Screening:
    """The answer to an application as it is kept in the ledger, with id, time and hashes.

    Raises what `screen` raises, and LedgerUnavailable when it cannot be kept: an answer that
    cannot be shown again is not given.
    """
    result = screen(application, engine, product_version=product_version, max_parties=max_parties)
    audit = Audit(
        created_at=now(),
        input_sha256=sha256(request_json(application)),
        result_sha256=sha256(result),
    )
    result = replace(result, screening_id=f"scr_{uuid.uuid4().hex[:16]}", audit=audit)
    ledger.freeze(
        screening_id=result.screening_id,
        created=audit.created_at,
        reference=application.reference,
        input_sha256=audit.input_sha256,
        result_sha256=audit.result_sha256,
        request=canonical(request_json(application)),
        response=canonical(result),
    )
    return result


def canonical(record: object) -> bytes:
    """The JSON bytes a record is hashed as: keys sorted, nothing left to chance."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def sha256(record: object) -> str:
    """The hash of a record's canonical JSON."""
    return hashlib.sha256(canonical(record)).hexdigest()


# -------------------------------------------------------------------- identity


def _party(
    party: Party, application: Application, engine: Engine, knowledge: Knowledge
) -> PartyResult:
    options = application.options
    matches = _matches(party, options, engine)
    strong = [m for m in matches if m.band == "strong"]
    # Beside the body itself, bodies that only resemble it are noise.
    shown = strong or [m for m in matches if m.band != "none" and options.min_band != "strong"]
    findings: list[Finding] = []
    context: list[ContextItem] = []
    if party.country is not None:
        for match in shown:
            involvements = engine.involvements(match.entity.id, EVENTS)
            adverse, other = _sorted_out(involvements, application, knowledge)
            findings += _findings(adverse, match, application, knowledge)
            context += _context(other, options, knowledge)
    findings.sort(
        key=lambda f: (f.severity, f.assertion == "confirmed", f.year or ""), reverse=True
    )
    kept = findings[: options.max_findings_per_party]
    return PartyResult(
        ref=party.ref,
        role=party.role,
        name=party.name,
        level=_party_level(party, shown, kept, context),
        matches=tuple(shown),
        findings=tuple(kept),
        findings_left_out=len(findings) - len(kept),
        context=tuple(context),
        unresolved_reason=None if shown else _unresolved(party, matches),
    )


def _names(party: Party) -> list[tuple[str, str]]:
    """(field, name) of every name the application gives a party."""
    names = [("name", party.name)]
    if party.name_native:
        names.append(("name_native", party.name_native))
    return names + [("aliases", alias) for alias in party.aliases]


def _matches(party: Party, options: Options, engine: Engine) -> list[Match]:
    """Every candidate compared, best first, each with the best of the party's names."""
    names = _names(party)
    candidates = engine.candidates([name for _, name in names], CANDIDATES)
    compared: list[tuple[Comparison, Entity, str, str]] = []
    for candidate in candidates:
        entity = candidate.entity
        if entity.kind == "PERSON" and not options.include_individuals:
            continue
        best = max(
            (
                (compare(name, entity, country=party.country, sub_type=party.sub_type), f, name)
                for f, name in names
            ),
            key=lambda item: item[0].score,
        )
        compared.append((best[0], entity, best[1], best[2]))
    compared.sort(key=lambda item: (-item[0].score, item[1].id))
    matches = []
    for comparison, entity, input_field, name in compared:
        rivals = [
            (c, e) for c, e, _, _ in compared if e.id != entity.id and c.score > 0 and _located(e)
        ]
        verdict, reasons = band(comparison, party.country, entity, rivals)
        matches.append(_match(party, comparison, entity, input_field, name, verdict, reasons))
    order = {"strong": 0, "possible": 1, "none": 2}
    return sorted(matches, key=lambda m: (order[m.band], -m.score, m.entity.id))


def _located(entity: Entity) -> bool:
    """False for a name that documents use without saying of which country: that it was met is no
    sign of a second body, so it rivals none."""
    return entity.country is not None or entity.source == "gazetteer"


def _match(
    party: Party,
    comparison: Comparison,
    entity: Entity,
    input_field: str,
    name: str,
    verdict: Band,
    reasons: Sequence[str],
) -> Match:
    return Match(
        match_id=f"{party.ref}:{entity.id}",
        band=verdict,
        score=round(comparison.score, 3),
        entity=MatchedEntity(
            id=entity.id,
            kind=entity.kind,
            name=entity.name,
            country=entity.country,
            category=entity.category,
            source=entity.source,
            listings=entity.listings,
        ),
        input_field=input_field,
        input=name,
        alias=comparison.alias,
        alias_kind=comparison.alias_kind,
        features=tuple(
            Feature(name=f.name, value=str(f.value), effect=f"{f.effect:+.2f}", text=f.text)
            for f in comparison.features
        ),
        reasons=tuple(reasons),
    )


def _unresolved(party: Party, matches: Sequence[Match]) -> str:
    if not matches:
        return "no_candidate: no known body shares a telling part of the name"
    best = matches[0]
    why = f" {best.reasons[-1]}" if best.reasons else ""
    return f"no_match: nearest is {best.entity.name} ({best.entity.country or 'no country'}).{why}"


# -------------------------------------------------------------------- findings


def _sorted_out(
    involvements: Iterable[Involvement], application: Application, knowledge: Knowledge
) -> tuple[list[Involvement], list[Involvement]]:
    """Involvements that can make a finding, and the others."""
    options = application.options
    since = None
    if options.lookback_years and application.as_of:
        since = str(application.as_of.year - options.lookback_years)
    adverse, other = [], []
    for involvement in involvements:
        if options.event_types and involvement.event_kind not in options.event_types:
            continue
        year = _year(involvement)
        if since and year and year < since:
            continue
        kind = knowledge.event(involvement.event_kind)
        is_adverse = (
            kind is not None
            and kind.abuse
            and involvement.role == "perpetrator"
            and involvement.assertion in FINDING_ASSERTIONS
        )
        (adverse if is_adverse else other).append(involvement)
    return adverse, other


def _year(involvement: Involvement) -> str | None:
    """The year of the event; of publication where the text gives none."""
    when = involvement.date or involvement.document.published
    return when[:4] if when else None


def _findings(
    involvements: Iterable[Involvement],
    match: Match,
    application: Application,
    knowledge: Knowledge,
) -> list[Finding]:
    """Involvements grouped by kind of act and year."""
    groups: dict[tuple[str, str], list[Involvement]] = defaultdict(list)
    for involvement in involvements:
        groups[involvement.event_kind, _year(involvement) or ""].append(involvement)
    return [
        _finding(group, kind, year or None, match, application, knowledge)
        for (kind, year), group in sorted(groups.items())
    ]


def _finding(
    group: Sequence[Involvement],
    kind: str,
    year: str | None,
    match: Match,
    application: Application,
    knowledge: Knowledge,
) -> Finding:
    options = application.options
    best = sorted(
        group,
        key=lambda i: (i.assertion != "confirmed", -i.score, i.document.id, i.trigger.start),
    )
    event = knowledge.event(kind)
    technologies = _categories(group, "instrument")
    return Finding(
        finding_id=f"{match.match_id}:{kind}:{year or 'undated'}",
        match_id=match.match_id,
        event_type=kind,
        label=event.label if event else kind,
        severity=event.severity if event else 0,
        role_of_party="perpetrator",
        assertion=best[0].assertion,
        attribution=best[0].attribution,
        year=year,
        victim_groups=_categories(group, "target"),
        technologies=technologies,
        places=tuple(sorted({f.name for i in group for f in i.arguments.get("place", ())}))[:10],
        official_response=_answer(best, options),
        item_relevance=tuple(
            _relevance(item, technologies, knowledge) for item in application.items
        ),
        documents=len({i.document.id for i in group}),
        passages=len({(i.document.id, i.trigger) for i in group}),
        evidence=tuple(evidence(i, options) for i in best[: options.max_evidence_per_finding]),
        caveats=tuple(_caveats(best, match)),
    )


def _categories(group: Iterable[Involvement], role: str) -> tuple[str, ...]:
    return tuple(
        sorted({f.category for i in group for f in i.arguments.get(role, ()) if f.category})
    )


def _answer(group: Iterable[Involvement], options: Options) -> Answer | None:
    for i in group:
        if i.response and i.response_text:
            quote = _masked(i.response_text, i.response.quote.start, i.victims, (), options)[0]
            return Answer(status=i.response.status, quote=quote, doc_id=i.document.id)
    return None


def _relevance(item: Item, technologies: Sequence[str], knowledge: Knowledge) -> ItemRelevance:
    scheme, code = (
        (item.classification.scheme, item.classification.code)
        if item.classification
        else (None, None)
    )
    own = knowledge.technology_of_item(scheme, code, item.description)
    shared = [t for t in own if t in technologies]
    if shared:
        why = f"item {item.ref} and finding are both {shared[0]}"
        return ItemRelevance(item=item.ref, level="same_category", why=why)
    why = f"item {item.ref} is {' or '.join(own) or 'of no known category'}, the finding is " + (
        " or ".join(technologies) or "not about a named technology"
    )
    return ItemRelevance(item=item.ref, level="general_record", why=why)


def _caveats(group: Sequence[Involvement], match: Match) -> Iterable[str]:
    if match.band == "possible":
        yield "The party is only possibly this body: resolve the identity first."
    if all(i.assertion == "alleged" for i in group):
        yield "Alleged by a source, not established in the passages found."
    if all(i.attribution != "confirmed" for i in group):
        yield "Who did it is alleged, even where the act is told as fact."
    if all(i.date is None for i in group):
        yield "The passages give no date of the act; the year is that of publication."
    yield "Documents are counted; whether they rest on one report was not examined."


def evidence(involvement: Involvement, options: Options) -> Evidence:
    """The quote of an involvement, at most 600 characters, with victims' names withheld unless
    the options let them be shown."""
    text, start = involvement.quote_text, involvement.quote.start
    if len(text) > QUOTE:
        at = involvement.trigger.start - start
        begin = max(0, min(at - QUOTE // 2, len(text) - QUOTE))
        text, start = text[begin : begin + QUOTE], start + begin
    end = start + len(text)
    marks = [("trigger", involvement.trigger)] + [
        (role, filler.span) for role, group in involvement.arguments.items() for filler in group
    ]
    inside = tuple((r, s) for r, s in marks if start <= s.start and s.end <= end)
    quote, highlights = _masked(text, start, involvement.victims, inside, options)
    document = involvement.document
    return Evidence(
        evidence_id=f"{document.id[:16]}:{involvement.trigger.start}:{involvement.event_kind}",
        doc_id=document.id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        source_type=document.source_type,
        url=document.url,
        source=document.source,
        language=involvement.language,
        page=involvement.page,
        char_start=start,
        char_end=end,
        quote=quote,
        masked=quote != text,
        highlights=highlights,
        assertion=involvement.assertion,
        attribution=involvement.attribution,
        score=round(involvement.score, 3),
        event_date=involvement.date,
        link=f"/documents/{document.id}?start={start}&end={end}#quote",
        pipeline=document.pipeline,
    )


def _masked(
    text: str,
    start: int,
    victims: Sequence[Span],
    marks: Sequence[tuple[str, Span]],
    options: Options,
) -> tuple[str, tuple[QuoteHighlight, ...]]:
    """The text with victims' names withheld, and the marks where they then stand."""
    end = start + len(text)
    hidden = (
        []
        if options.victim_names == "show"
        else [v for v in victims if v.overlaps(Span(start, end))]
    )
    pieces, places, at, length = [], [], start, 0
    for span in sorted(hidden):
        if span.start < at and places:
            continue
        before = text[at - start : max(span.start, start) - start]
        pieces += [before, MASK]
        length += len(before)
        places.append((span, length, length + len(MASK)))
        length += len(MASK)
        at = min(span.end, end)
    pieces.append(text[at - start :])

    def moved(offset: int, is_end: bool) -> int:
        shift = 0
        for span, new_start, new_end in places:
            if span.start <= offset - is_end < span.end:
                return new_end if is_end else new_start
            if span.end <= offset:
                shift = new_end - (span.end - start)
        return offset - start + shift

    highlights = [
        QuoteHighlight(start=moved(s.start, False), end=moved(s.end, True), role=role)
        for role, s in sorted(marks, key=lambda m: (m[1], m[0]))
    ]
    return "".join(pieces), tuple(highlights)


# --------------------------------------------------------------------- context


def _context(
    involvements: Iterable[Involvement], options: Options, knowledge: Knowledge
) -> list[ContextItem]:
    """What is said of a body and is no finding: the first few of each kind, newest first."""
    items: list[ContextItem] = []
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for involvement in involvements:
        why = _why_context(involvement, knowledge)
        if why is None:
            continue
        key = (involvement.event_kind, why)
        seen[key] += 1
        if seen[key] > 2 or len(items) >= CONTEXT_LIMIT:
            continue
        event = knowledge.event(involvement.event_kind)
        items.append(
            ContextItem(
                event_type=involvement.event_kind,
                label=event.label if event else involvement.event_kind,
                role_of_party=involvement.role,
                assertion=involvement.assertion,
                why=why,
                ordinary=_is_ordinary_sale(involvement),
                evidence=evidence(involvement, options),
            )
        )
    return items


def _is_ordinary_sale(involvement: Involvement) -> bool:
    """True for a supply that names no technology of the taxonomy and no vendor of such."""
    if involvement.event_kind != "TRADE.SUPPLY":
        return False
    fillers = [f for group in involvement.arguments.values() for f in group]
    return not any(
        (f.category or "").startswith("TECH.") or (f.entity or "").startswith(("ven-", "prd-"))
        for f in fillers
    )


def _why_context(involvement: Involvement, knowledge: Knowledge) -> str | None:
    """Why an involvement is context and not a finding; None for what says nothing of the body."""
    if involvement.role in ("source", "place", "time"):
        return None
    event = knowledge.event(involvement.event_kind)
    if event is None or not event.abuse:
        return "Supply and listing are context, not abuse."
    if involvement.role != "perpetrator":
        return f"The body is named as {involvement.role}, not as perpetrator."
    return {
        "denied": "Only a denial is in the passage; look for the claim it answers.",
        "negated": "The source says that it did not happen or was not found.",
        "hypothetical": "A plan, power, capability or fear; not reported as done.",
    }.get(involvement.assertion, "Not counted.")


def _country_context(
    application: Application, engine: Engine, knowledge: Knowledge
) -> tuple[CountryContext, ...]:
    if not application.options.include_country_context:
        return ()
    codes = {p.country for p in application.parties if p.role in (*CONSIGNEES, *END_USERS)}
    if application.destination:
        codes.add(application.destination.country)
    found = []
    for code in sorted(c for c in codes if c):
        state = knowledge.state(code)
        involvements = engine.involvements(state.id, EVENTS) if state else []
        adverse, _ = _sorted_out(involvements, application, knowledge)
        found.append(
            CountryContext(
                country=code,
                name=knowledge.label(code),
                abuse_documents=len({i.document.id for i in adverse}),
                note="Abuse reported of the state as a whole. Not a finding about a party.",
            )
        )
    return tuple(found)


def red_flags(application: Application, results: Sequence[PartyResult]) -> Iterable[RedFlag]:
    """What stands out in the application without reading any report."""
    users = [p for p in application.parties if p.role in END_USERS]
    for party in application.parties:
        if party.country is None:
            yield RedFlag(
                code="insufficient_information:country",
                party=party.ref,
                why=f"{party.name} has no country: no finding can be attached to it.",
            )
    for party in application.parties:
        abroad = [u for u in users if u.country and party.country and u.country != party.country]
        if party.role in INTERMEDIARIES and abroad:
            yield RedFlag(
                code="intermediary_in_third_country",
                party=party.ref,
                why=f"{party.role} in {party.country} for an end user in {abroad[0].country}",
            )
        if party.role in CONSIGNEES and users and all(u.name != party.name for u in users):
            yield RedFlag(
                code="end_user_consignee_mismatch",
                party=party.ref,
                why=f"{party.role} and end user are different bodies",
            )
    for party, result in zip(application.parties, results, strict=True):
        strong = [m for m in result.matches if m.band == "strong"]
        if party.role in END_USERS and strong and strong[0].entity.kind == "VENDOR":
            yield RedFlag(
                code="vendor_as_end_user",
                party=party.ref,
                why=f"{strong[0].entity.name} is known as a vendor, and is named as end user",
            )


# ---------------------------------------------------------------------- levels


def _party_level(
    party: Party,
    matches: Sequence[Match],
    findings: Sequence[Finding],
    context: Sequence[ContextItem],
) -> Level:
    strong = {m.match_id for m in matches if m.band == "strong"}
    if any(f.match_id in strong for f in findings):
        return "adverse"
    if findings or party.country is None:
        return "insufficient_information"
    telling = [item for item in context if not item.ordinary]
    return (
        "context_only"
        if telling or any(m.entity.listings for m in matches)
        else ("no_adverse_finding")
    )


def _summary(
    parties: Sequence[PartyResult], countries: Sequence[CountryContext], coverage: Coverage
) -> Summary:
    levels = [p.level for p in parties]
    if "adverse" in levels:
        level: Level = "adverse"
    elif "insufficient_information" in levels or not coverage.documents:
        level = "insufficient_information"
    elif "context_only" in levels or any(c.abuse_documents for c in countries):
        level = "context_only"
    else:
        level = "no_adverse_finding"
    findings = sum(len(p.findings) + p.findings_left_out for p in parties)
    return Summary(
        level=level,
        statement=_statement(level, parties, findings, coverage),
        parties_with_strong_match=tuple(
            p.ref for p in parties if any(m.band == "strong" for m in p.matches)
        ),
        parties_unresolved=tuple(p.ref for p in parties if not p.matches),
        findings=findings,
    )


def _statement(
    level: Level, parties: Sequence[PartyResult], findings: int, coverage: Coverage
) -> str:
    said = []
    for party in parties:
        if party.findings:
            match = next(m for m in party.matches if m.match_id == party.findings[0].match_id)
            how = "is identified as" if match.band == "strong" else "may be"
            role = party.role.replace("_", " ").capitalize()
            count = len(party.findings) + party.findings_left_out
            country = f" ({match.entity.country})" if match.entity.country else ""
            said.append(
                f"{role} {party.ref} {how} {match.entity.name}{country}, named as perpetrator in "
                f"{count} {'finding' if count == 1 else 'findings'}."
            )
    if not coverage.documents:
        said.append("No document is loaded, so nothing could be found.")
    elif not findings:
        said.append(
            f"No passage in {coverage.documents} documents names a party of this application as "
            "perpetrator of an abuse. That is no proof that there was none."
        )
    if level == "insufficient_information" and findings:
        said.append("The identity is not certain enough to attach the findings to the party.")
    said.append("This is evidence for review, not a recommendation to grant or refuse.")
    return " ".join(said)


def _searched(coverage: Coverage) -> Searched:
    return Searched(
        snapshot=coverage.snapshot,
        documents_searched=coverage.documents,
        passages_searched=coverage.passages,
        languages=coverage.languages,
        sources=coverage.sources,
        earliest=coverage.earliest,
        latest=coverage.latest,
        warning="Only the documents counted here were searched, and events are extracted from "
        "English text only; other languages are searched by name. No finding does not mean no "
        "abuse.",
    )


def request_json(application: Application) -> dict[str, Any]:
    """The application as it is hashed and kept."""
    return application.model_dump(mode="json")
