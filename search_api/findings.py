"""From the events a body is named in to findings and context, each with its quote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from indexer.engine import Involvement
from indexer.fields import MASK
from nlp.knowledge.loader import Knowledge
from nlp.records import Span
from search_api.answer import (
    Answer,
    ContextItem,
    Corroboration,
    Evidence,
    Finding,
    ItemRelevance,
    Match,
    QuoteHighlight,
)
from search_api.application import Application, Item, Options

# The longest quote, in characters: what an officer reads at a glance, and the field's own example.
QUOTE = 600
FINDING_ASSERTIONS = ("confirmed", "alleged")
CONTEXT_LIMIT, CONTEXT_OF_A_KIND = 10, 2


def sort_out(
    involvements: Iterable[Involvement], application: Application, knowledge: Knowledge
) -> tuple[list[Involvement], list[Involvement]]:
    """Involvements that can make a finding, and the others."""
    options = application.options
    since = None
    today = application.as_of or application.submitted_on
    if options.lookback_years and today:
        since = str(today.year - options.lookback_years)
    adverse: list[Involvement] = []
    other: list[Involvement] = []
    for involvement in involvements:
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
        if not is_adverse:
            other.append(involvement)
        elif not options.event_types or involvement.event_kind in options.event_types:
            adverse.append(involvement)
    return adverse, other


def _year(involvement: Involvement) -> str | None:
    """The year of the event; of publication where the text gives none."""
    when = involvement.date or involvement.document.published
    return when[:4] if when else None


def findings(
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
    # One sentence with two words for an act is one passage.
    told = list({(i.document.id, i.quote): i for i in reversed(best)}.values())[::-1]
    published = sorted(i.document.published for i in group if i.document.published)
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
        places=_places(group),
        official_response=_answer(best, options),
        item_relevance=tuple(
            _relevance(item, technologies, knowledge) for item in application.items
        ),
        published_range=(published[0], published[-1]) if published else None,
        corroboration=Corroboration(
            documents=len({i.document.id for i in group}), passages=len(told)
        ),
        evidence=tuple(evidence(i, options) for i in told[: options.max_evidence_per_finding]),
        caveats=tuple(_caveats(best, match)),
    )


def _places(group: Iterable[Involvement]) -> tuple[str, ...]:
    """The first ten places by alphabet, each on one line."""
    fillers = [f for i in group for f in i.arguments.get("place", ()) if f.kind == "LOCATION"]
    return tuple(sorted({" ".join(f.name.split()) for f in fillers}))[:10]


def _categories(group: Iterable[Involvement], role: str) -> tuple[str, ...]:
    return tuple(
        sorted({f.category for i in group for f in i.arguments.get(role, ()) if f.category})
    )


def _answer(group: Iterable[Involvement], options: Options) -> Answer | None:
    for i in group:
        if i.response and i.response_text:
            quote = _masked(i.response_text, i.response.quote.start, i.victims, (), options)[0]
            return Answer(
                status=i.response.status,
                quote=quote,
                doc_id=i.document.id,
                char_start=i.response.quote.start,
                char_end=i.response.quote.end,
                link=_link(i.document.id, i.response.quote.start, i.response.quote.end),
            )
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
        why = f"item {item.ref} and finding are both {knowledge.label(shared[0])}"
        return ItemRelevance(item=item.ref, level="same_category", why=why)
    named = [", or ".join(map(knowledge.label, codes)) for codes in (own, technologies)]
    why = (
        f"item {item.ref} is {named[0] or 'of no known category'}; the finding is about "
        f"{named[1] or 'no named technology'}"
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
        title=document.title if options.victim_names == "show" else involvement.shown_title,
        publisher=document.publisher,
        published=document.published,
        source_type=document.source_type,
        url=_address(involvement, options),
        source=document.source.rpartition("/")[2] if _open_title(involvement, options) else "",
        media_type=document.media_type,
        lang=involvement.language,
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
        link=_link(document.id, start, end),
        pipeline=document.pipeline,
    )


def _open_title(involvement: Involvement, options: Options) -> bool:
    """True when the title needs no mask: then address and file name need none either."""
    same = involvement.shown_title == involvement.document.title
    return options.victim_names == "show" or same


def _address(involvement: Involvement, options: Options) -> str | None:
    """Where the document was published; withheld when it would spell out a name."""
    return involvement.document.url if _open_title(involvement, options) else None


def _link(document_id: str, start: int, end: int) -> str:
    """Where a browser shows the words in their document."""
    return f"/documents/{document_id}?start={start}&end={end}#quote"


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
    pieces: list[str] = []
    places: list[tuple[Span, int, int]] = []
    at, length = start, 0
    for span in sorted(hidden):  # they lie apart
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


def context(
    involvements: Iterable[Involvement], options: Options, knowledge: Knowledge
) -> tuple[list[ContextItem], int]:
    """What is said of a body and is no finding: the first two of each kind, newest first, ten in
    all; and how many more there are."""
    items: list[ContextItem] = []
    shown: set[tuple[str, Span, str]] = set()
    left_out = 0
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for involvement in involvements:
        why = _whycontext(involvement, knowledge)
        if why is None:
            continue
        key = (involvement.event_kind, why)
        place = (involvement.document.id, involvement.quote, involvement.event_kind)
        if place in shown:
            continue
        shown.add(place)
        seen[key] += 1
        if seen[key] > CONTEXT_OF_A_KIND or len(items) >= CONTEXT_LIMIT:
            left_out += 1
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
    return items, left_out


def _is_ordinary_sale(involvement: Involvement) -> bool:
    """True for a supply that names no technology of the taxonomy and no vendor of such."""
    if involvement.event_kind != "TRADE.SUPPLY":
        return False
    fillers = [f for group in involvement.arguments.values() for f in group]
    return not any(
        (f.category or "").startswith("TECH.") or (f.entity or "").startswith(("ven-", "prd-"))
        for f in fillers
    )


def _whycontext(involvement: Involvement, knowledge: Knowledge) -> str | None:
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
