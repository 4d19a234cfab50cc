"""The FastAPI app of a session: its routes by subject, its description, its gate."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import metadata
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from abm_desktop.serve.access import OPEN_PATHS, Access, Gate
from abm_desktop.serve.loop_calls import LoopCalls
from abm_desktop.serve.problems import PROBLEM_TYPE, ProblemDocument, install
from abm_desktop.serve.routes import (
    agents,
    comparisons,
    environments,
    experiments,
    export,
    facts,
    jobs,
    market,
    model_judging,
    models,
    orders,
    past,
    rules,
    scenarios,
    service,
    state,
    streams,
    stresses,
    trainings,
    window,
)
from abm_desktop.serve.session import ServedSession
from abm_desktop.serve.topics import Topics

__all__ = ["PREFIX", "described", "make_app"]

PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    market.router,
    service.router,
    scenarios.router,
    export.router,
    state.router,
    past.router,
    orders.router,
    agents.router,
    stresses.router,
    rules.router,
    models.router,
    model_judging.router,
    trainings.router,
    experiments.router,
    environments.router,
    facts.router,
    comparisons.router,
    jobs.router,
    streams.router,
    window.router,
)
"""Looked through in this order, route by route: what is asked for most comes first."""

_ABOUT = """One running market session, shared by the window and every client.

Send `Authorization: Bearer TOKEN` with every request, and `If-Match: GENERATION` with a command
that is meant for one market only. Errors are RFC 9457 problem documents with a code, the key that
is wrong, and the remedy.

Many commands go faster over the WebSocket `/api/v1/stream`, which this document cannot describe:
`{"do": COMMAND, "id": N, "if_match": GENERATION}`, with a command as `POST /api/v1/commands` takes
it, is answered with `{"answer": N, ...}` and the fields of that route's answer, or those of its
problem document, whose `status` an answer does not have. docs/api.md tells more, and of the topics
that the same WebSocket streams."""


def described(session: ServedSession, access: Access) -> FastAPI:
    """The app without its gate, which knows its own description."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        access.loop, access.is_closing = asyncio.get_running_loop(), False
        calls = session.calls = LoopCalls()
        topics = app.state.topics = Topics(session.live, session.laboratory, calls)
        topics.open()
        try:
            _make_routes(app)
            yield
        except BaseException as fault:
            access.fault = fault  # of which Uvicorn keeps a line of log only
            raise
        finally:
            topics.close()
            calls.close()
            access.loop = session.calls = None

    app: FastAPI = FastAPIOffline(
        title="ABM Desktop",
        version=metadata.version("abm-desktop"),
        description=_ABOUT,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=life,
    )
    app.state.session, app.state.access = session, access
    problem = {
        "model": ProblemDocument,
        "content": {PROBLEM_TYPE: {}},
        "description": "What is wrong.",
    }
    for router in ROUTERS:
        app.include_router(
            router,
            prefix=PREFIX,
            responses={"4XX": problem},
        )
    install(app)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    _describe_beside(app)
    return app


def _describe_beside(app: FastAPI) -> None:
    """Have the description made on another thread than the loop: it takes a second or two."""

    def document(request: Request) -> JSONResponse:
        return JSONResponse(app.openapi())

    at = next(k for k, route in enumerate(app.router.routes) if route.path == app.openapi_url)  # type: ignore[attr-defined]
    app.router.routes[at] = Route(str(app.openapi_url), document, include_in_schema=False)


def _make_routes(app: FastAPI) -> None:
    """Have FastAPI make its routes now: by itself it makes each when a request comes by, on the
    loop, for most of a second in all."""
    nowhere = {"type": "http", "method": "GET", "path": "/nowhere", "root_path": "", "headers": []}
    with _names_given_twice():
        for route in app.routes:
            route.matches(dict(nowhere))


_filtering = threading.Lock()
"""Filters of warnings are those of the whole process: two threads at once would mix them up."""


@contextmanager
def _names_given_twice() -> Iterator[None]:
    """FastAPI hands Pydantic the names of parameters twice, which warns; it reads the right one."""
    with _filtering, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The 'alias' attribute")
        yield


def _description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: what needs a token says so; pairs are lists, which all tools know."""
    if app.openapi_schema is None:
        with _names_given_twice():
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
        _tell_of_tokens(document)
        _plain_pairs(document["components"])
        app.openapi_schema = document
    return app.openapi_schema


def _tell_of_tokens(document: dict[str, Any]) -> None:
    """The gate asks for them, which FastAPI does not know of."""
    document["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token in the server's file.",
        }
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in OPEN_PATHS else [{"token": []}]


def _plain_pairs(schema: Any) -> None:
    """Say of tuples of one kind what OpenAPI 3.0 had a word for."""
    if isinstance(schema, list):
        for each in schema:
            _plain_pairs(each)
    elif isinstance(schema, dict):
        kinds = schema.get("prefixItems")
        if isinstance(kinds, list):
            items = {"anyOf": [k for i, k in enumerate(kinds) if k not in kinds[:i]]}
            schema["items"] = kinds[0] if len(items["anyOf"]) == 1 else items
            del schema["prefixItems"]
        for each in schema.values():
            _plain_pairs(each)


def make_app(session: ServedSession, access: Access) -> ASGIApp:
    """What a server serves: the app behind its gate."""
    return Gate(described(session, access), access)
