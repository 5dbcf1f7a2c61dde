"""The pages an analyst works with: the same calls as the HTTP interface, rendered.

Where a program and a person ask for the same address, the person's browser says that it wants
HTML, and gets it; everything else gets JSON.
"""

import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi import Query as Parameter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.routing import Match
from starlette.types import Scope

from indexer.engine import Coverage, Query
from indexer.fields import KIND_FACET
from indexer.originals import OriginalMissing
from indexer.readers.errors import UnreadableDocument
from nlp.knowledge.loader import load
from nlp.records import Document, Event, Mention, Span
from search_api.application import Application
from search_api.browsing import (
    Address,
    asked,
    bars,
    chips,
    facets,
    label,
    near,
    neighbours,
    shown,
)
from search_api.errors import STATUS
from search_api.forms import filled, problems, sent
from search_api.marking import (
    Mark,
    Part,
    Piece,
    document_marks,
    marked,
    part,
    pieces,
    unbroken,
    visible,
)
from search_api.routes import ServiceDep
from search_api.screening import screen_and_freeze

EMPTY_PARTIES = 3
PIXELS_A_POINT = 2.0

# In the order in which an officer looks at them.
LEVELS = {
    "adverse": "Adverse findings",
    "insufficient_information": "Not enough information to say",
    "partial": "Partial answer: something could not be searched",
    "context_only": "Context only, no adverse finding",
    "no_adverse_finding": "No adverse finding in what was searched",
}
BANDS = {"strong": "Identified as", "possible": "May be", "none": "Not"}
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
    found = Environment(loader=PackageLoader("search_api"), autoescape=True, lstrip_blocks=True)
    found.filters |= {
        "visible": lambda text: visible(unbroken(str(text))),
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


@router.get("/")
def search(request: Request, service: ServiceDep) -> Response:
    """The search page: what is held when nothing is asked, else the passages found."""
    given = request.query_params
    address = Address.of(given)
    coverage = service.engine.coverage()
    if not coverage.documents or not (address.items or "q" in given):
        return render(request, "home.html", **_home(coverage), address=address, query=Query())
    query, unusable = asked(given)
    begun = time.perf_counter()
    results = service.engine.search(query)
    took = time.perf_counter() - begun
    tries = [] if results.total else near(service.engine.search, query, address)
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
        problems=unusable,
        milliseconds=round(took * 1000),
        tries=tries,
        coverage=coverage,
        **neighbours(query, results.total, address),
    )


def _home(coverage: Coverage) -> dict[str, Any]:
    languages = sorted(coverage.languages.items(), key=lambda item: (-item[1], item[0]))
    return {
        "coverage": coverage,
        "languages": languages,
        "sources": list(coverage.sources.items())[:12],
        "examples": [(text, str(Address((("q", text),)))) for text in EXAMPLES],
    }


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
        events=[_told(found, event, quote) for event in here.events],
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


def _told(document: Document, event: Event, quote: Span | None) -> dict[str, Any]:
    """An event for the list at the side: what, how sure, who in which role."""
    roles: dict[str, dict[str, str | None]] = {}
    for argument in event.arguments:
        mention = document.mentions[argument.mention]
        roles.setdefault(argument.role, {})[mention.name] = _others(mention)
    return {
        "event": event,
        "quoted": quote is not None and quote.overlaps(event.trigger),
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
    """The fields of the form that was sent, from a page of this server only."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise HTTPException(403, "Another site sent this form. Fill it in here.")
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
        return _form(request, given, problems=list(problems(error)), status=422)
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


@router.get("/screenings/{screening_id}/page")
def screening_page(request: Request, screening_id: str, service: ServiceDep) -> Response:
    """A past answer as a page; the same bytes are at `/screenings/{id}`."""
    result = orjson.loads(service.ledger.screening(screening_id))
    order = {level: n for n, level in enumerate(LEVELS)}
    parties = sorted(result["parties"], key=lambda p: order.get(p["level"], 0))
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
