"""The web application, made from settings; nothing is opened when this is imported."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware

from search_api import errors, pages, routes
from search_api.service import Service, open_service
from search_api.settings import Settings

# Texts come from hostile documents: nothing but our own files may run or be loaded.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Settings come from the environment when none are given."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Service]]:
        service = open_service(settings)
        yield {"service": service}
        service.close()

    # The interactive pages of FastAPI load scripts from elsewhere; /openapi.json is what is served.
    app = FastAPI(
        **routes.openapi_extra(),
        version=version("abuse-evidence"),
        lifespan=lifespan,
        responses=errors.RESPONSES,
        docs_url=None,
        redoc_url=None,
    )
    # The pages come first: they take only the requests of browsers, and leave the rest to routes.
    app.include_router(pages.router)
    app.include_router(routes.router)
    static = resources.files("search_api") / "static"
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    errors.install(app)
    # A page elsewhere that points a name of its own at this address must not read the answers.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))

    @app.middleware("http")
    async def harden(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
