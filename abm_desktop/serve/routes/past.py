"""The past of the session: the market at a time, a fork of it, and what was done."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from abm_desktop.live.commands import ForkMarket
from abm_desktop.live.session_script import script_of
from abm_desktop.serve.answers import CommandAnswer, MarketState, market_state
from abm_desktop.serve.feeds import encoded
from abm_desktop.serve.routes.common import Asked, Session, Time

router = APIRouter(tags=["past"])


class Fork(BaseModel):
    """Where to leave this run."""

    time: float
    """Simulated seconds since the open, not ahead of the market."""


class DoneCommand(BaseModel):
    """A command that was carried out."""

    at: float
    """Simulated second in which it was."""
    command: dict[str, Any]
    """As POST /commands takes it."""


class SessionDone(BaseModel):
    """What makes this session again."""

    source: str
    seed: int
    scenario: dict[str, Any]
    """What the market was made from; empty for a recording."""
    commands: list[DoneCommand]
    planned: list[dict[str, Any]]
    forked: list[float]
    """Times at which this run left others."""


@router.get("/past")
async def past(session: Session, time: Time) -> MarketState:
    """The market as it was at a time, computed again bit by bit. The session goes on meanwhile."""
    moment = await asyncio.to_thread(session.live.moment_at, time)
    return market_state(moment.snapshot)


@router.post("/fork", status_code=201)
async def fork(given: Fork, asked: Asked) -> CommandAnswer:
    """Go on from a past moment, in place of the market that is there."""
    return await asked.do(ForkMarket, time=given.time)


@router.get(
    "/commands", response_model=SessionDone, responses={200: {"content": {"text/x-python": {}}}}
)
async def commands(session: Session, form: Literal["json", "python"] = "json") -> Response:
    """Every command of the session, as JSON, or as a script that makes it again bit by bit."""
    record = await asyncio.wrap_future(session.live.record())
    if form == "python":
        text = await asyncio.to_thread(script_of, record)
        return PlainTextResponse(text, media_type="text/x-python")
    answer = SessionDone(
        source=record.source,
        seed=record.seed,
        scenario=record.scenario,
        commands=[DoneCommand(at=each["at"], command=each["command"]) for each in record.commands],
        planned=record.planned,
        forked=list(record.forked),
    )
    return Response(encoded(answer.model_dump()), media_type="application/json")
