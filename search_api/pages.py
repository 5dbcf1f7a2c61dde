"""The pages an analyst works with: the same calls as the HTTP interface, rendered.

Where a program and a person ask for the same address, the person's browser says that it wants
HTML, and gets it; everything else gets JSON.
"""

import re
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import orjson
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi import Query as Parameter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader
from pydantic import ValidationError
from starlette.datastructures import FormData, QueryParams
from starlette.routing import Match
from starlette.types import Scope

from indexer.engine import FACETS, Coverage, Hit, Query, Results
from indexer.fields import KIND_FACET
from indexer.originals import OriginalMissing
from indexer.readers.errors import UnreadableDocument
from nlp.knowledge.loader import load
from nlp.records import Document, Mention, Span
from search_api.application import Application
from search_api.errors import STATUS
from search_api.marking import Mark, Part, Piece, document_marks, marked, part, pieces, visible
from search_api.routes import DEEPEST, ServiceDep
from search_api.screening import screen_and_freeze

HITS = 20
# Values of a facet that are shown at once, and with "more".
FEW_VALUES, MOST_VALUES = 7, 50
# Characters of a passage that are shown among the results.
SNIPPET = 700
# Years in the chart; what is older is said in words.
MOST_YEARS = 40
# Words of a question without answer that are left out one at a time to find one that has some.
MOST_WORDS = 6
EMPTY_PARTIES = 3
PIXELS_A_POINT = 2.0

FACET_LABELS = {
    "event": "Event type",
    "technology": "Technology",
    "government": "Government body",
    "vendor": "Vendor",
    "product": "Product",
    "victim_group": "Victim group",
    "country": "Country",
    "year": "Year",
    "source_type": "Source type",
    "language": "Language",
    "assertion": "Assertion",
}
LANGUAGES = {
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bo": "Tibetan", "bs": "Bosnian", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "ko": "Korean",
    "ku": "Kurdish", "ky": "Kyrgyz", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "my": "Burmese", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tr": "Turkish",
    "ug": "Uyghur", "uk": "Ukrainian", "und": "Not recognised", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "zh": "Chinese", "zh-cn": "Chinese, simplified",
    "zh-tw": "Chinese, traditional",
}  # fmt: skip
# In the order in which an officer looks at them.
LEVELS = {
    "adverse": "Adverse findings",
    "insufficient_information": "Not enough information to say",
    "partial": "Partial answer: something could not be searched",
    "context_only": "Context only, no adverse finding",
    "no_adverse_finding": "No adverse finding in what was searched",
}
BANDS = {"strong": "Identified", "possible": "Possibly", "none": "No match"}
RESPONSES = {
    "denies_act": "Denies the act",
    "admits_act": "Admits the act",
    "no_comment": "Did not comment",
}
SUB_TYPES = ("government", "commercial", "individual", "other")
EXAMPLES = (
    "facial recognition",
    '"internet shutdown"',
    "spyware journalists",
    "police tear gas protesters",
)
PARTY_FIELDS = ("role", "name", "name_native", "sub_type", "country", "address")
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
WORDS = re.compile(r'"[^"]*"|\S+')
Drawn = TypeVar("Drawn")


# --------------------------------------------------------------- which address


class Page(APIRoute):
    """A route whose failures are shown as a page, with the status they have over HTTP."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except tuple(STATUS) as error:
                status = next(s for kind, s in STATUS.items() if isinstance(error, kind))
                return _failure(request, status, str(error))
            except RequestValidationError as error:
                first = error.errors()[0]
                return _failure(request, 422, f"{first['loc'][-1]}: {first['msg']}")
            except HTTPException as error:
                return _failure(request, error.status_code, str(error.detail))

        return shown


class BrowserPage(Page):
    """A page at an address that programs ask for JSON."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and not wants_html(Request(scope)):
            return Match.NONE, {}
        return super().matches(scope)


def wants_html(request: Request) -> bool:
    """True when the Accept header names HTML, and JSON not before it; `*/*` names neither.

    `?format=json` asks for JSON where a header cannot be set, as in a link.
    """
    if request.query_params.get("format") == "json":
        return False
    weights = dict(_accepted(request.headers.get("accept", "")))
    html = max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))
    return html > 0 and html >= weights.get("application/json", 0.0)


def _accepted(header: str) -> Iterator[tuple[str, float]]:
    for entry in header.split(","):
        kind, *parameters = (piece.strip().lower() for piece in entry.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                with suppress(ValueError):
                    weight = float(parameter[2:])
        yield kind, weight


router = APIRouter(include_in_schema=False, route_class=Page)
negotiated = APIRouter(include_in_schema=False, route_class=BrowserPage)


# -------------------------------------------------------------------- templates


@cache
def environment() -> Environment:
    """The templates; every text is escaped."""
    found = Environment(
        loader=PackageLoader("search_api"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {
        "visible": lambda text: visible(str(text)),
        "number": lambda number: f"{number:,}",
        "label": label,
        "words": lambda code: str(code).replace("_", " "),
        "file": lambda source: source.rstrip("/").rpartition("/")[2] or source,
        "web": web_address,
    }
    found.globals |= {
        "is_abuse": is_abuse,
        "quoted": quoted,
        "levels": LEVELS,
        "bands": BANDS,
        "responses": RESPONSES,
        "document_link": document_link,
    }
    return found


def render(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of a template."""
    text = environment().get_template(name).render(path=request.url.path, **values)
    # The same address gives JSON to a program: a cache must not mix them.
    return HTMLResponse(text, status, {"Vary": "Accept"})


def _failure(request: Request, status: int, message: str) -> HTMLResponse:
    return render(request, "error.html", status, message=message, code=status)


def label(code: str | None) -> str:
    """What to show for a code of the knowledge, a language or an entity id."""
    if not code:
        return ""
    return LANGUAGES.get(code) or load().label(code)


def is_abuse(code: str) -> bool:
    """True for an event that is an abuse, False for context such as supply and listings."""
    event = load().event(code)
    return event is not None and event.abuse


def web_address(url: str | None) -> str | None:
    """The address when a browser may follow it: http and https only."""
    with suppress(ValueError):
        parts = urlsplit((url or "").strip())
        if parts.scheme in ("http", "https") and parts.netloc:
            return parts.geturl()
    return None


def document_link(document: str, start: int | None = None, end: int | None = None) -> str:
    """The address of a document, at the place of a quote when it is given."""
    place = "" if start is None else f"?start={start}&end={end}#quote"
    return f"/documents/{document}{place}"


def quoted(evidence: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The quote of an evidence with the fillers of roles and the trigger marked."""
    marks = [
        Mark(Span(h["start"], h["end"]), f"role {h['role']}", h["role"].capitalize())
        for h in evidence.get("highlights", ())
    ]
    return pieces(evidence["quote"], 0, marks)


# ----------------------------------------------------------------------- search


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a search: its words, dates and filters, in order. It is the whole state."""

    items: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"/?{urlencode(self.items)}" if self.items else "/"

    @property
    def json(self) -> str:
        """The same question to the HTTP interface."""
        return f"/search?{urlencode(self.items)}"

    def holds(self, name: str, value: str) -> bool:
        """True when this filter is set."""
        return (name, value) in self.items

    def plus(self, name: str, value: str) -> "Address":
        """This search with one more filter."""
        return Address((*self.items, (name, value)))

    def minus(self, name: str, value: str | None = None) -> "Address":
        """This search without a filter, or without all values of it."""
        kept = (i for i in self.items if i[0] != name or value not in (None, i[1]))
        return Address(tuple(kept))


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that a link sets or takes away."""

    name: str
    label: str
    count: int | None
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values to choose from; `chosen` says that one is."""

    name: str
    label: str
    few: tuple[Choice, ...]
    more: tuple[Choice, ...]
    left_out: int

    @property
    def chosen(self) -> bool:
        """True when a value of this facet is set as filter."""
        return any(choice.chosen for choice in (*self.few, *self.more))


@dataclass(frozen=True, slots=True)
class Bar:
    """A year of the chart: `height` in percent of the highest."""

    year: str
    count: int
    height: float
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as shown: the pieces of its passage, cut where it is long."""

    hit: Hit
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


@router.get("/")
def search(request: Request, service: ServiceDep) -> Response:
    """The search page: what is held when nothing is asked, else the passages found."""
    given = request.query_params
    address = Address(_items(given))
    coverage = service.engine.coverage()
    if not coverage.documents or not (address.items or "q" in given):
        return render(request, "home.html", **_home(coverage), address=address, query=Query())
    query, problems = asked(given)
    begun = time.perf_counter()
    results = service.engine.search(query)
    took = time.perf_counter() - begun
    tries = [] if results.total else _tries(service.engine.search, query, address)
    return render(
        request,
        "search.html",
        address=address,
        query=query,
        results=results,
        hits=[shown(hit) for hit in results.hits],
        facets=list(facets(results, address)),
        chips=list(chips(results, address)),
        bars=bars(results, address),
        problems=problems,
        milliseconds=round(took * 1000),
        tries=tries,
        coverage=coverage,
        **_neighbours(query, results.total, address),
    )


def _home(coverage: Coverage) -> dict[str, Any]:
    languages = sorted(coverage.languages.items(), key=lambda item: (-item[1], item[0]))
    return {
        "coverage": coverage,
        "languages": languages,
        "sources": list(coverage.sources.items())[:12],
        "examples": [(text, str(Address((("q", text),)))) for text in EXAMPLES],
    }


def _items(given: QueryParams) -> tuple[tuple[str, str], ...]:
    kept = ("q", "since", "until", *FACETS)
    items = ((name, value.strip()) for name, value in given.multi_items() if name in kept)
    return tuple(dict.fromkeys((name, value) for name, value in items if value))


def asked(given: QueryParams) -> tuple[Query, list[str]]:
    """The query of an address, and in words what of it could not be used."""
    problems = []
    bounds: dict[str, str | None] = {"since": None, "until": None}
    for name in bounds:
        text = given.get(name, "").strip()
        if DATE.fullmatch(text):
            bounds[name] = text
        elif text:
            problems.append(f"“{text}” is no date: write 2021, 2021-06 or 2021-06-30.")
    items = _items(given)
    filters = {f: tuple(v for n, v in items if n == f) for f in FACETS}
    offset = given.get("offset", "0")
    query = Query(
        text=next((v for n, v in items if n == "q"), ""),
        filters={name: values for name, values in filters.items() if values},
        since=bounds["since"],
        until=bounds["until"],
        limit=HITS,
        offset=min(int(offset), DEEPEST) if offset.isdecimal() and len(offset) < 9 else 0,
    )
    return query, problems


def shown(hit: Hit) -> Shown:
    """The passage of a hit with its words marked; a long one is cut around the first of them."""
    first = hit.highlights[0].start if hit.highlights else 0
    start, end = 0, len(hit.text)
    if end > SNIPPET * 1.3:
        start = max(0, min(first - SNIPPET // 3, end - SNIPPET))
        end = start + SNIPPET
    marks = [Mark(Span(h.start, h.end), "hit") for h in hit.highlights]
    return Shown(hit, pieces(hit.text[start:end], start, marks), start > 0, end < len(hit.text))


def facets(results: Results, address: Address) -> Iterator[Facet]:
    """The facets of the results as links, those chosen first."""
    for name in FACETS:
        values = results.facets.get(name, ())
        choices = [_choice(name, v.value, v.label, v.count, address) for v in values[:MOST_VALUES]]
        choices.sort(key=lambda c: not c.chosen)
        if name == "year":
            choices.sort(key=lambda c: c.label, reverse=True)
        if choices:
            few, more = tuple(choices[:FEW_VALUES]), tuple(choices[FEW_VALUES:])
            yield Facet(name, FACET_LABELS[name], few, more, max(len(values) - MOST_VALUES, 0))


def _choice(name: str, value: str, text: str, count: int | None, address: Address) -> Choice:
    chosen = address.holds(name, value)
    link = address.minus(name, value) if chosen else address.plus(name, value)
    known = LANGUAGES.get(value, text) if name == "language" else text
    return Choice(name, known, count, chosen, str(link))


def chips(results: Results, address: Address) -> Iterator[Choice]:
    """Every filter that is set, to be taken away."""
    labels = {(name, v.value): v.label for name, values in results.facets.items() for v in values}
    for name, value in address.items:
        if name in FACETS:
            text = labels.get((name, value)) or label(value)
            if name == "language":
                text = label(value)
            yield Choice(FACET_LABELS[name], text, None, True, str(address.minus(name, value)))
        elif name != "q":
            yield Choice(name.capitalize(), value, None, True, str(address.minus(name)))


def bars(results: Results, address: Address) -> list[Bar]:
    """Matches by year, every year from the first to the last; at most the latest 40."""
    counts = {v.value: v.count for v in results.facets.get("year", ()) if v.value.isdecimal()}
    if len(counts) < 2:
        return []
    last = int(max(counts))
    first = max(int(min(counts)), last - MOST_YEARS + 1)
    years = [str(year) for year in range(first, last + 1)]
    highest = max(counts.get(year, 0) for year in years)
    found = []
    for year in years:
        count = counts.get(year, 0)
        height = max(100 * count / highest, 2.5) if count else 0
        choice = _choice("year", year, year, count, address)
        found.append(Bar(year, count, round(height, 1), choice.chosen, choice.link))
    return found


def _neighbours(query: Query, total: int, address: Address) -> dict[str, Any]:
    """Links to the results before and after these."""
    before = max(query.offset - query.limit, 0)
    after = query.offset + query.limit
    return {
        "first": min(query.offset + 1, total),
        "last": min(after, total),
        "previous": str(address.plus("offset", str(before))) if query.offset else None,
        "next": str(address.plus("offset", str(after)))
        if after < total and after <= DEEPEST
        else None,
    }


def _tries(
    ask: Callable[[Query], Results], query: Query, address: Address
) -> list[tuple[str, int, str]]:
    """Questions near one that has no answer, with the number of passages each finds."""
    bare = Address(tuple(i for i in address.items if i[0] == "q"))
    words = WORDS.findall(query.text)
    few = range(len(words) if 1 < len(words) <= MOST_WORDS else 0)
    fewer = [(f"without {words[i]}", " ".join(words[:i] + words[i + 1 :])) for i in few]
    found = [(text, address.minus("q").plus("q", rest)) for text, rest in fewer]
    if bare != address:
        found.insert(0, ("without filters", bare))
        found += [(f"{text} and filters", Address((("q", rest),))) for text, rest in fewer]
    counted: list[tuple[str, int, str]] = []
    for text, other in found:
        # Two changes at once are worth looking at only when no single one helps.
        if counted and text.endswith(" and filters"):
            break
        near, _ = asked(QueryParams(list(other.items)))
        if total := ask(_counting(near)).total:
            counted.append((text, total, str(other)))
    return counted


def _counting(query: Query) -> Query:
    return replace(query, limit=1, offset=0, facets=False)


# -------------------------------------------------------------------- documents

Offset = Annotated[int | None, Parameter(ge=0)]


@negotiated.get("/documents/{document_id}")
def document(
    request: Request,
    document_id: str,
    service: ServiceDep,
    start: Offset = None,
    end: Offset = None,
    number: Annotated[int | None, Parameter(alias="part", ge=1)] = None,
) -> Response:
    """A document at the quote from `start` to `end`, or its `part`th part."""
    found = service.engine.get(document_id)
    quote = _quote(found, start, end)
    here = part(found, number=number, quote=quote)
    names = _names(service.engine.entities, found, here)
    marks = document_marks(found, here.span, names, load().labels)
    return render(
        request,
        "document.html",
        document=found,
        part=here,
        blocks=marked(found, here, quote=quote, marks=marks),
        events=[_told(found, event_number, here) for event_number in range(len(here.events))],
        quote=quote,
        picture=_picture(found, quote),
        has_pictures=has_pictures(found),
        pages=_pages(found),
    )


def _quote(document: Document, start: int | None, end: int | None) -> Span | None:
    if start is None or end is None or start >= min(end, len(document.text)):
        return None
    return Span(start, min(end, len(document.text)))


def _names(
    entities: Callable[[list[str]], Mapping[str, Any]], document: Document, here: Part
) -> dict[str, str]:
    """Names of the entities that mentions in this part are linked to."""
    ids = {m.link.entity for m in document.mentions if m.link and m.span.overlaps(here.span)}
    unknown = sorted(i for i in ids if load().entity(i) is None)
    found = {entity.id: entity.name for entity in document.entities}
    found |= {i: entity.name for i, entity in entities(unknown).items()}
    return {i: load().label(i) for i in ids} | {i: n for i, n in found.items() if i in ids}


def _told(document: Document, number: int, here: Part) -> dict[str, Any]:
    """An event for the list at the side: what, how sure, who in which role."""
    event = here.events[number]
    roles: dict[str, dict[str, str | None]] = {}
    for argument in event.arguments:
        mention = document.mentions[argument.mention]
        roles.setdefault(argument.role, {})[mention.name] = _others(mention)
    return {
        "event": event,
        "trigger": document.quote(event.trigger),
        "roles": roles,
        "page": document.page_of(event.trigger),
        "response": document.quote(event.response.quote) if event.response else None,
    }


def _others(mention: Mention) -> str | None:
    """The search for all passages that name the same body, vendor or product."""
    facet = KIND_FACET.get(mention.kind)
    return str(Address(((facet, mention.link.entity),))) if facet and mention.link else None


def has_pictures(document: Document) -> bool:
    """True when the pages of the original can be drawn: a PDF that is a file of its own."""
    return document.media_type == "application/pdf" and document.original == document.id


def _picture(document: Document, quote: Span | None) -> dict[str, Any] | None:
    """The page on which the quote begins, and the address of the boxes around it."""
    if quote is None or not has_pictures(document):
        return None
    return _sheet(document, document.page_of(quote), quote)


def _sheet(document: Document, number: int, quote: Span | None) -> dict[str, Any]:
    base = f"/documents/{document.id}/pages/{number}"
    place = f"?start={quote.start}&end={quote.end}" if quote else ""
    return {
        "number": number,
        "link": base + place,
        "image": f"{base}.png",
        "boxes": f"{base}.svg{place}" if quote else None,
    }


def _pages(document: Document) -> dict[str, Any]:
    """How many pages there are, and which were recognised or not read."""
    by_status: dict[str, list[int]] = {"text": [], "ocr": [], "unread": []}
    for page in document.pages:
        by_status[page.status].append(page.number)
    return {"count": len(document.pages), **by_status}


@router.get("/documents/{document_id}/pages/{number}.png")
def page_picture(document_id: str, number: int, service: ServiceDep) -> Response:
    """The picture of a page of a PDF."""
    from indexer.readers.pdf import page_image

    found = service.engine.get(document_id)
    data = _original(found, number, service.originals.read)
    return _kept(_drawn(lambda: page_image(data, number, PIXELS_A_POINT)), "image/png")


@router.get("/documents/{document_id}/pages/{number}.svg")
def page_boxes(
    request: Request,
    document_id: str,
    number: int,
    service: ServiceDep,
    start: Annotated[int, Parameter(ge=0)],
    end: Annotated[int, Parameter(ge=0)],
) -> Response:
    """Boxes around a quote, to be laid over the picture of its page."""
    from indexer.readers.pdf import boxes

    found = service.engine.get(document_id)
    data = _original(found, number, service.originals.read)
    page = next((p for p in found.pages if p.number == number), None)
    if page is None:
        raise HTTPException(404, f"The document has no page {number}.")
    a, b = max(start, page.span.start), min(end, page.span.end)
    shift = page.span.start
    placed = _drawn(lambda: boxes(data, number, a - shift, b - shift))
    text = environment().get_template("_boxes.svg").render(placed=placed)
    return _kept(text.encode(), "image/svg+xml")


@router.get("/documents/{document_id}/pages/{number}")
def page(
    request: Request,
    document_id: str,
    number: int,
    service: ServiceDep,
    start: Offset = None,
    end: Offset = None,
) -> Response:
    """A page of a PDF as it was printed, with the quote boxed."""
    found = service.engine.get(document_id)
    if not has_pictures(found):
        raise HTTPException(404, "Only the pages of a PDF that is no part of an archive are shown.")
    numbers = [p.number for p in found.pages]
    if number not in numbers:
        raise HTTPException(404, f"The document has no page {number}.")
    quote = _quote(found, start, end)
    beginning = next(p.span.start for p in found.pages if p.number == number)
    return render(
        request,
        "page.html",
        document=found,
        sheet=_sheet(found, number, quote),
        quote=quote,
        beginning=beginning,
        last=numbers[-1],
        text_link=document_link(found.id, quote.start, quote.end)
        if quote
        else document_link(found.id, beginning, beginning + 1),
    )


def _original(document: Document, number: int, read: Callable[[str], bytes]) -> bytes:
    if not has_pictures(document) or not 1 <= number <= len(document.pages):
        raise OriginalMissing(f"There is no picture of page {number} of this document.")
    return read(document.original)


def _drawn(draw: Callable[[], Drawn]) -> Drawn:
    """What `draw` gives; a page that cannot be drawn is not found, in the reader's words."""
    try:
        return draw()
    except (UnreadableDocument, IndexError) as error:
        raise HTTPException(404, str(error)) from error


def _kept(content: bytes, media_type: str) -> Response:
    """A response that never changes: the address holds the hash of the file."""
    return Response(
        content, media_type=media_type, headers={"Cache-Control": "private, max-age=86400"}
    )


# -------------------------------------------------------------------- screening


async def submitted(request: Request) -> FormData:
    """The fields of the form that was sent."""
    return await request.form(max_files=0)


@router.get("/screen")
def screen_form(request: Request) -> Response:
    """The form for one application."""
    return _form(request, {"parties": [{"role": "end_user"}, {"role": "ultimate_consignee"}]})


@router.post("/screen/page")
def screen_page(
    request: Request, service: ServiceDep, form: Annotated[FormData, Depends(submitted)]
) -> Response:
    """Screens the application of the form, and leads to its page; or shows the form again."""
    given = filled(form)
    if form.get("more"):
        return _form(request, given, blank=EMPTY_PARTIES)
    try:
        if given["json"]:
            application = Application.model_validate_json(given["json"])
        else:
            application = Application.model_validate(sent(given))
    except ValidationError as error:
        return _form(request, given, problems=list(_problems(error)), status=422)
    result = screen_and_freeze(
        application,
        service.engine,
        service.ledger,
        product_version=service.version,
        max_parties=service.settings.max_parties,
    )
    # Reloading the page that follows shows the same answer and screens nothing anew.
    return RedirectResponse(f"/screenings/{result.screening_id}/page", 303)


def _form(
    request: Request,
    given: Mapping[str, Any],
    *,
    problems: Iterable[str] = (),
    blank: int = 1,
    status: int = 200,
) -> Response:
    knowledge = load()
    parties = [*given["parties"], *({} for _ in range(blank))]
    return render(
        request,
        "screen.html",
        status,
        given=given,
        parties=parties,
        problems=list(problems),
        roles=_roles(),
        sub_types=SUB_TYPES,
        countries=sorted((c.name, c.iso2) for c in knowledge.countries),
    )


def _roles() -> list[str]:
    schema = Application.model_json_schema()
    found: list[str] = schema["$defs"]["Party"]["properties"]["role"]["enum"]
    return found


def filled(form: FormData) -> dict[str, Any]:
    """What was typed into the form; party rows without a name are left out."""
    single = ("reference", "item", "eccn", "destination", "end_use", "individuals", "json")
    given: dict[str, Any] = {name: str(form.get(name) or "").strip() for name in single}
    columns = [[str(v).strip() for v in form.getlist(f"party_{f}")] for f in PARTY_FIELDS]
    rows = (dict(zip(PARTY_FIELDS, r, strict=True)) for r in zip_longest(*columns, fillvalue=""))
    given["parties"] = [row for row in rows if row["name"] or row["name_native"]]
    return given


def sent(given: Mapping[str, Any]) -> dict[str, Any]:
    """The application that the form describes."""
    parties = []
    for number, row in enumerate(given["parties"], start=1):
        party = {name: value for name, value in row.items() if value}
        parties.append({"ref": f"p{number}", "name": row["name"] or row["name_native"], **party})
    item: dict[str, Any] = {"ref": "i1", "description": given["item"]}
    if given["eccn"]:
        item["classification"] = {"scheme": "ECCN", "code": given["eccn"]}
    return {
        "reference": given["reference"],
        "parties": parties,
        "items": [item] if given["item"] or given["eccn"] else [],
        "destination": {"country": given["destination"]} if given["destination"] else None,
        "end_use": given["end_use"] or None,
        "options": {"include_individuals": bool(given["individuals"])},
    }


def _problems(error: ValidationError) -> Iterator[str]:
    """What is wrong with the application, each with its place."""
    for found in error.errors():
        place = " ".join(
            f"{part + 1}" if isinstance(part, int) else str(part).replace("_", " ")
            for part in found["loc"]
        )
        message = found["msg"].removeprefix("Value error, ")
        if place == "parties":
            message = "give at least one party with a name"
        if place == "reference" and found["type"] == "string_too_short":
            message = "give the number or name of the case"
        yield f"{place.capitalize()}: {message}" if place else message


@router.get("/screenings/{screening_id}/page")
def screening_page(request: Request, screening_id: str, service: ServiceDep) -> Response:
    """A past answer as a page; the same bytes are at `/screenings/{id}`."""
    result = orjson.loads(service.ledger.screening(screening_id))
    order = list(LEVELS)
    parties = sorted(result["parties"], key=lambda p: order.index(p["level"]))
    return render(request, "screening.html", result=result, parties=parties)


# ------------------------------------------------------------------------ loads


@negotiated.get("/loads")
def loads(request: Request, service: ServiceDep) -> Response:
    """The latest loads, newest first."""
    return render(request, "loads.html", loads=service.ledger.loads())


@negotiated.get("/loads/{load_id}/unread")
def unread(request: Request, load_id: str, service: ServiceDep) -> Response:
    """What a load could not read, and why."""
    report = service.ledger.load(load_id)
    return render(request, "unread.html", load=report, items=service.ledger.items(load_id))


router.include_router(negotiated)
