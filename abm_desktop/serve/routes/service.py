"""The service itself: is it there, what is it."""

from __future__ import annotations

import os
from importlib import metadata
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from abm_desktop.serve.routes.common import Session

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """Whether the server answers; needs no token."""

    status: str = "ok"


class ClientSeen(BaseModel):
    """A client that is there."""

    name: str
    may: str
    """control or read."""
    streams: int
    """Open streams."""


class Info(BaseModel):
    """What this server is."""

    name: str = "ABM Desktop"
    version: str
    pid: int
    has_window: bool
    doing: str | None
    """What the market is being prepared with, in English; null if it is ready."""
    progress: float | None
    """Share of that which is done."""
    has_market: bool
    clients: list[ClientSeen]


@router.get("/health")
async def health() -> Health:
    """Whether the server answers. The only route without a token, beside the description."""
    return Health()


@router.get("/info")
async def info(request: Request, session: Session) -> Info:
    """Version, process, clients, and what the market is waiting for."""
    doing = session.live.compile_progress
    return Info(
        version=metadata.version("abm-desktop"),
        pid=os.getpid(),
        has_window=session.window is not None,
        doing=None if doing is None else str(doing),
        progress=session.live.progress,
        has_market=session.live.snapshot is not None,
        clients=[
            ClientSeen(name=each.name, may=each.may, streams=each.streams)
            for each in request.app.state.access.clients()
        ],
    )


@router.get("/openapi.json")
def description(request: Request) -> dict[str, Any]:
    """The OpenAPI description of all this, as at /openapi.json."""
    # No coroutine: it is made on another thread than the loop.
    found: dict[str, Any] = request.app.openapi()
    return found
