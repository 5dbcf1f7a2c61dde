"""Which failure gives which HTTP status, in one table, and one shape of body for all of them."""

from collections.abc import Mapping

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
from search_api.screening import TooManyParties

STATUS: Mapping[type[Exception], int] = {
    DocumentNotFound: 404,
    ScreeningNotFound: 404,
    LoadNotFound: 404,
    OriginalMissing: 404,
    TooManyParties: 422,
    QueryInvalid: 422,
    EngineUnavailable: 503,
    IndexVersionMismatch: 503,
    LedgerUnavailable: 503,
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


def _handler(status: int):  # type: ignore[no-untyped-def]
    def answer(request: Request, error: Exception) -> Response:
        return JSONResponse(body(status, str(error)), status)

    return answer


def _invalid(request: Request, error: Exception) -> Response:
    """422 with the place and the reason of each field; the input itself is not repeated."""
    assert isinstance(error, RequestValidationError)
    fields = [
        {"field": ".".join(str(part) for part in e["loc"]), "problem": e["msg"]}
        for e in error.errors()
    ]
    first = fields[0] if fields else {"field": "body", "problem": "invalid"}
    message = f"{first['field']}: {first['problem']}"
    return JSONResponse(body(422, message, jsonable_encoder(fields)), 422)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(body(error.status_code, str(error.detail)), error.status_code)
