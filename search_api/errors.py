"""Which failure gives which HTTP status, in one table, and one shape of body for all of them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from indexer.engine import (
    DocumentNotFound,
    EngineUnavailable,
    IndexVersionMismatch,
    QueryInvalid,
)
from indexer.ledger import LedgerUnavailable, LoadNotFound, ScreeningNotFound
from indexer.originals import OriginalMissing
from search_api.screening import NotAllowed, TooManyParties

STATUS: Mapping[type[Exception], int] = {
    DocumentNotFound: 404,
    ScreeningNotFound: 404,
    LoadNotFound: 404,
    OriginalMissing: 404,
    TooManyParties: 422,
    NotAllowed: 403,
    QueryInvalid: 422,
    EngineUnavailable: 503,
    IndexVersionMismatch: 503,
    LedgerUnavailable: 503,
}


LOG = logging.getLogger("evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """A field of the input and what is wrong with it."""

    field: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong in words, and which fields when it was the input."""

    status: int
    message: str
    fields: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The body of every answer that is none."""

    error: Failure


# What the interface description says of failures, for every address.
RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorBody, "description": "There is no such document, screening or load."},
    422: {"model": ErrorBody, "description": "The input, field by field."},
    503: {
        "model": ErrorBody,
        "description": "Index or ledger cannot be read; nothing was answered.",
    },
}


def body(status: int, message: str, fields: object = None) -> dict[str, object]:
    """The body of every error: what went wrong in words, and which fields when it was the input."""
    return {"error": {"status": status, "message": message, "fields": fields or []}}


def install(app: FastAPI) -> None:
    """Makes the application answer every known failure in the one shape."""
    for kind, status in STATUS.items():
        app.add_exception_handler(kind, _handler(status))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _handler(status: int) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return JSONResponse(body(status, str(error)), status)

    return answer


def _invalid(request: Request, error: Exception) -> Response:
    """422 with the place and the reason of each field; the input itself is not repeated."""
    assert isinstance(error, RequestValidationError)
    kind = request.headers.get("content-type", "")
    if request.method == "POST" and "json" not in kind:
        message = f"send JSON with the header content-type: application/json, not {kind or 'none'}"
        return JSONResponse(body(415, message), 415)
    fields = [_field(e) for e in _deepest(list(error.errors()))]
    first = fields[0] if fields else {"field": "body", "problem": "invalid"}
    message = f"{first['field']}: {first['problem']}"
    return JSONResponse(body(422, message, jsonable_encoder(fields)), 422)


def _deepest(found: list[Any]) -> list[Any]:
    """The errors without those of a whole that only follow from one of its parts."""
    places = [tuple(e["loc"]) for e in found]
    return [
        e
        for e, place in zip(found, places, strict=True)
        if not any(len(p) > len(place) and p[: len(place)] == place for p in places)
    ]


def _field(error: Any) -> dict[str, str]:
    if error["type"] == "json_invalid":
        where = error["loc"][-1]
        why = error.get("ctx", {}).get("error", error["msg"])
        return {"field": "body", "problem": f"no JSON at character {where}: {why}"}
    return {"field": ".".join(str(part) for part in error["loc"]), "problem": error["msg"]}


def _unexpected(request: Request, error: Exception) -> Response:
    """500 in the one shape; what happened is in the server's log, not in the answer."""
    LOG.exception("unexpected failure at %s", request.url.path)
    return JSONResponse(body(500, "an unexpected failure; the server's log has it"), 500)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(body(error.status_code, str(error.detail)), error.status_code)
