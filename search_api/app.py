"""The web application, made from settings; nothing is opened when this is imported."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import RequestResponseEndpoint

from indexer.engine import open_engine
from indexer.ledger import Ledger
from indexer.originals import Originals
from search_api import errors, pages, routes
from search_api.routes import Service
from search_api.settings import Settings

# Texts come from hostile documents: nothing but our own files may run or be loaded.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def open_service(settings: Settings) -> Service:
    """The engine, the ledger and the originals that the settings name."""
    return Service(
        engine=open_engine(settings.index),
        ledger=Ledger(settings.ledger),
        originals=Originals(settings.originals),
        settings=settings,
        version=version("abuse-evidence"),
    )


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Settings come from the environment when none are given."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Service]]:
        service = open_service(settings)
        yield {"service": service}
        service.engine.close()
        service.ledger.close()

    # The interactive pages of FastAPI load scripts from elsewhere; /openapi.json is what is served.
    app = FastAPI(
        **routes.openapi_extra(),
        version=version("abuse-evidence"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(routes.router)
    app.include_router(pages.router)
    static = resources.files("search_api") / "static"
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    errors.install(app)

    @app.middleware("http")
    async def harden(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
