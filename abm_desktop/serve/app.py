"""The FastAPI app of a session: its routes by subject, its description, its gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from abm_desktop.serve.access import Access, Gate
from abm_desktop.serve.problems import PROBLEM_TYPE, Problem, install
from abm_desktop.serve.routes import (
    agents,
    environments,
    experiments,
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
    service.router,
    scenarios.router,
    market.router,
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
    jobs.router,
    streams.router,
    window.router,
)

_ABOUT = """One running market session, shared by the window and every client.

Send `Authorization: Bearer TOKEN` with every request, and `If-Match: GENERATION` with a command
that is meant for one market only. Errors are RFC 9457 problem documents with a code, the key that
is wrong, and the remedy."""


def described(session: ServedSession, access: Access) -> FastAPI:
    """The app without its gate, which knows its own description."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        access.loop, access.is_closing = asyncio.get_running_loop(), False
        topics = app.state.topics = Topics(session.live, session.laboratory)
        topics.open()
        try:
            yield
        finally:
            topics.close()
            access.loop = None

    app: FastAPI = FastAPIOffline(
        title="ABM Desktop",
        version=metadata.version("abm-desktop"),
        description=_ABOUT,
        openapi_url="/openapi.json",
        lifespan=life,
    )
    app.state.session, app.state.access = session, access
    bearer = HTTPBearer(auto_error=False, description="The token in the server's file.")
    problem = {"model": Problem, "content": {PROBLEM_TYPE: {}}, "description": "What is wrong."}
    for router in ROUTERS:
        app.include_router(
            router,
            prefix=PREFIX,
            dependencies=[Depends(bearer)],
            responses={"4XX": problem},
        )
    install(app)
    return app


def make_app(session: ServedSession, access: Access) -> ASGIApp:
    """What a server serves: the app behind its gate."""
    return Gate(described(session, access), access)
