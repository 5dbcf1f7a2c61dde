"""Is there adverse evidence about the parties of an application? Findings, never a verdict.

screen() -> candidates by name keys -> comparison -> band -> events in which the matched entity
is perpetrator -> findings grouped by act and year -> level. Nothing here reads a clock or draws
a number: the same application on the same index gives the same result.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from indexer.engine import Coverage, Engine
from indexer.ledger import Ledger, now
from nlp.knowledge.loader import Knowledge, load
from nlp.names import Comparison, band, compare
from nlp.records import Entity, Role
from search_api.answer import (
    Audit,
    Band,
    Context,
    ContextItem,
    CountryContext,
    Feature,
    Finding,
    Level,
    Match,
    MatchedEntity,
    MatchedOn,
    PartyResult,
    Screening,
    Searched,
    Summary,
    Versions,
)
from search_api.application import Application, Options, Party
from search_api.findings import context, findings, sort_out
from search_api.flags import CONSIGNEES, END_USERS, red_flags

# Goes up whenever a rule changes what is found, graded or counted.
RULES = "1"
# Candidates that are compared for one party; the figure for recall at 20 leaves room.
CANDIDATES = 40
# A nearest body is named only when the names are at least this much alike.
NEAREST = 0.3
# Acts looked at for one matched entity, newest first. Where there are more the answer is partial.
EVENTS = 5000
CONTEXT_EVENTS = 500
OTHER_ROLES: tuple[Role, ...] = (
    "target", "instrument", "supplier", "intermediary", "recipient", "authority", "subject",
)  # fmt: skip


class NotAllowed(Exception):
    """The application asks for something that this installation does not give."""


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
    with engine.consistent():
        return _screen(application, engine, product_version)


def _screen(application: Application, engine: Engine, product_version: str) -> Screening:
    knowledge = load()
    coverage = engine.coverage()
    parties = tuple(_party(party, application, engine, knowledge) for party in application.parties)
    flags = tuple(red_flags(application, parties))
    countries = _country_context(application, engine, knowledge)
    return Screening(
        screening_id="",
        reference=application.reference,
        as_of=application.as_of.isoformat() if application.as_of else None,
        status="partial" if _is_partial(application, parties) else "complete",
        summary=_summary(parties, countries, coverage),
        parties=parties,
        red_flags=flags,
        context=Context(country=countries),
        coverage=_searched(coverage),
        versions=Versions(product=product_version, knowledge=knowledge.version, rules=RULES),
    )


def _is_partial(application: Application, parties: Sequence[PartyResult]) -> bool:
    """True when a party has no country, or a body has more events than were looked at."""
    return any(p.country is None for p in application.parties) or any(
        p.events_left_out for p in parties
    )


def screen_and_freeze(
    application: Application,
    engine: Engine,
    ledger: Ledger,
    *,
    product_version: str,
    max_parties: int = 100,
    show_victims: bool = False,
) -> Screening:
    """The answer to an application as it is kept in the ledger, with id, time and hashes.

    Raises NotAllowed when it asks for victims' names and `show_victims` is false, what `screen`
    raises, and LedgerUnavailable when it cannot be kept: an answer that cannot be shown again is
    not given.
    """
    if application.options.victim_names == "show" and not show_victims:
        raise NotAllowed(
            "options.victim_names: this installation withholds the names of victims; who runs it "
            "can allow them with EVIDENCE_SHOW_VICTIMS"
        )
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
    plain = orjson.loads(orjson.dumps(record))  # a record's own fields keep their order otherwise
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def sha256(record: object) -> str:
    """The hash of a record's canonical JSON."""
    return hashlib.sha256(canonical(record)).hexdigest()


def _party(
    party: Party, application: Application, engine: Engine, knowledge: Knowledge
) -> PartyResult:
    options = application.options
    matches = _matches(party, options, engine)
    strong = [m for m in matches if m.band == "strong"]
    possible = [m for m in matches if m.band == "possible" and options.min_band != "strong"]
    # Beside a known body, bodies that only resemble it are noise.
    known = any(m.entity.source == "gazetteer" for m in strong)
    shown = strong if known else strong + possible
    found: list[Finding] = []
    around: list[ContextItem] = []
    cut, unsaid = False, 0
    if party.country is not None:
        for match in shown:
            acts = engine.involvements(match.entity.id, ("perpetrator",), EVENTS)
            cut = cut or len(acts) == EVENTS
            adverse, other = sort_out(acts, application, knowledge)
            other += engine.involvements(match.entity.id, OTHER_ROLES, CONTEXT_EVENTS)
            found += findings(adverse, match, application, knowledge)
            said, more = context(other, options, knowledge)
            around += said
            unsaid += more
    found.sort(key=lambda f: (f.severity, f.assertion == "confirmed", f.year or ""), reverse=True)
    kept = found[: options.max_findings_per_party]
    return PartyResult(
        ref=party.ref,
        role=party.role,
        name=party.name,
        level=_party_level(party, shown, kept, around),
        matches=tuple(shown),
        findings=tuple(kept),
        findings_left_out=len(found) - len(kept),
        events_left_out=cut,
        context=tuple(around),
        context_left_out=unsaid,
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
            type=entity.category,
            source=entity.source,
            listings=entity.listings,
        ),
        matched_on=MatchedOn(
            input_field=input_field,
            input=name,
            alias=comparison.alias,
            alias_kind=comparison.alias_kind,
        ),
        features=tuple(
            Feature(name=f.name, value=str(f.value), effect=f"{f.effect:+.2f}", text=f.text)
            for f in comparison.features
        ),
        reasons=tuple(reasons),
    )


def _unresolved(party: Party, matches: Sequence[Match]) -> str:
    if not matches:
        return "no_candidate: no known body shares a telling part of the name"
    known = [m for m in matches if m.entity.source == "gazetteer"]
    if not known or known[0].score < NEAREST:
        return "no_match: no known body has a name like this"
    best = known[0]
    why = f" {best.reasons[-1]}" if best.reasons else ""
    return f"no_match: nearest is {best.entity.name} ({best.entity.country or 'no country'}).{why}"


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
        involvements = engine.involvements(state.id, ("perpetrator",), EVENTS) if state else []
        adverse, _ = sort_out(involvements, application, knowledge)
        found.append(
            CountryContext(
                country=code,
                name=knowledge.label(code),
                abuse_documents=len({i.document.id for i in adverse}),
                note="Abuse reported of the state as a whole. Not a finding about a party.",
            )
        )
    return tuple(found)


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
    listed = any(match.entity.listings for match in matches)
    if listed or any(not item.ordinary for item in context):
        return "context_only"
    return "no_adverse_finding"


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
            known = match.entity.country and "(" not in match.entity.name
            country = f" ({match.entity.country})" if known else ""
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
        corpus_snapshot=coverage.snapshot,
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
