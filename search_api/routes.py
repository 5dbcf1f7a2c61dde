"""The HTTP interface: parse, call, return. FastAPI runs these functions in threads."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as Parameter

from indexer.engine import FACETS, Query, QueryInvalid, Results
from indexer.ledger import LoadItem, LoadReport
from nlp.records import Document
from search_api.answer import Screening
from search_api.application import Application
from search_api.screening import canonical, screen_and_freeze
from search_api.service import Service

# Offsets beyond this cost the index as much as reading it whole; narrow the filters instead.
DEEPEST = 10_000


def service(request: Request) -> Service:
    """The service of this application."""
    found: Service = request.state.service
    return found


ServiceDep = Annotated[Service, Depends(service)]
router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`ok` when index and ledger answer. `documents` and `snapshot` say what is searched."""

    status: Literal["ok"]
    version: str
    documents: int
    passages: int
    snapshot: str


def search_query(
    request: Request,
    q: Annotated[
        str, Parameter(description='Words and "quoted phrases", all of which must occur.')
    ] = "",
    since: Annotated[
        str | None, Parameter(description="Earliest publication date, as 2021 or 2021-06-30.")
    ] = None,
    until: Annotated[str | None, Parameter(description="Latest publication date.")] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 10,
    offset: Annotated[int, Parameter(ge=0, le=DEEPEST)] = 0,
    event: Annotated[list[str] | None, Parameter(description="Event types, any of them.")] = None,
    technology: Annotated[list[str] | None, Parameter()] = None,
    government: Annotated[list[str] | None, Parameter(description="Entity ids.")] = None,
    vendor: Annotated[list[str] | None, Parameter(description="Entity ids.")] = None,
    product: Annotated[list[str] | None, Parameter(description="Entity ids.")] = None,
    victim_group: Annotated[list[str] | None, Parameter()] = None,
    country: Annotated[list[str] | None, Parameter(description="ISO 3166 alpha-2 codes.")] = None,
    year: Annotated[list[str] | None, Parameter()] = None,
    source_type: Annotated[list[str] | None, Parameter()] = None,
    language: Annotated[list[str] | None, Parameter()] = None,
    assertion: Annotated[list[str] | None, Parameter()] = None,
) -> Query:
    """The query of a request: `q`, dates, and one repeatable parameter a facet."""
    given = request.query_params
    unknown = sorted(set(given) - {"q", "since", "until", "limit", "offset", "format", *FACETS})
    if unknown:
        raise QueryInvalid(
            f"no parameter {unknown[0]!r}: use q, since, until, limit, offset, {', '.join(FACETS)}"
        )
    filters = {name: tuple(given.getlist(name)) for name in FACETS if given.getlist(name)}
    return Query(text=q, filters=filters, since=since, until=until, limit=limit, offset=offset)


QueryDep = Annotated[Query, Depends(search_query)]


@router.get("/search", tags=["search"])
def search(query: QueryDep, service: ServiceDep) -> Results:
    """Passages that hold all the words, best first, with highlights and facets over all of them."""
    return service.engine.search(query)


@router.get("/documents/{document_id}", tags=["documents"])
def document(document_id: str, service: ServiceDep) -> Document:
    """The whole document with everything found in it; all offsets are into `text`."""
    return service.engine.get(document_id)


@router.post("/screen", tags=["screening"], response_model=Screening)
def screen(application: Application, service: ServiceDep) -> Response:
    """Adverse findings about the parties of a licence application, with the words that prove them.

    The answer is frozen in the ledger under its `screening_id`.
    """
    result = screen_and_freeze(
        application,
        service.engine,
        service.ledger,
        product_version=service.version,
        max_parties=service.settings.max_parties,
        show_victims=service.settings.show_victims,
    )
    # The bytes that are kept, so that the answer comes back as it was given.
    return Response(canonical(result), media_type="application/json")


@router.get("/screenings/{screening_id}", tags=["screening"], response_model=Screening)
def screening(screening_id: str, service: ServiceDep) -> Response:
    """A past answer, byte for byte as it was given."""
    return Response(service.ledger.screening(screening_id), media_type="application/json")


@router.get("/loads", tags=["loads"])
def loads(service: ServiceDep) -> list[LoadReport]:
    """The latest loads, newest first."""
    return service.ledger.loads()


@router.get("/loads/{load_id}/unread", tags=["loads"])
def unread(load_id: str, service: ServiceDep) -> list[LoadItem]:
    """What a load could not read, and why; at most a thousand."""
    service.ledger.load(load_id)
    return service.ledger.items(load_id)


@router.get("/healthz", tags=["service"])
def healthz(service: ServiceDep) -> Health:
    """200 when index and ledger answer, 503 otherwise."""
    coverage = service.engine.coverage()
    service.ledger.loads(limit=1)
    return Health(
        status="ok",
        version=service.version,
        documents=coverage.documents,
        passages=coverage.passages,
        snapshot=coverage.snapshot,
    )


def openapi_extra() -> dict[str, Any]:
    """What the interface description says beyond the routes."""
    return {
        "title": "evidence",
        "summary": "Adverse human-rights evidence about the parties of an export licence.",
        "description": "Answers are evidence for review, never an approval or refusal.",
    }
