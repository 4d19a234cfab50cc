"""The market: made, read, run, paused, stepped, replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import from_json

from abm_desktop.live.commands import (
    AdvanceUntil,
    CloseMarket,
    Command,
    LoadScenario,
    OpenRecording,
    PauseMarket,
    ResetMarket,
    RunMarket,
    SetSpeed,
    StepEvents,
    StepTime,
)
from abm_desktop.market.recorded_day import recorded_scenario
from abm_desktop.scenario import load_scenario
from abm_desktop.scenario.command_types import Events, Seconds, Seed, Speed
from abm_desktop.serve.answers import CommandAnswer, MarketState, market_state, of_outcome
from abm_desktop.serve.client_commands import client_command
from abm_desktop.serve.feeds import encoded
from abm_desktop.serve.jobs import JobState
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Asked, Session, commander_of, scenario_file
from abm_desktop.serve.routes.scenario_choice import chosen_scenario
from abm_desktop.serve.session import accepted, own_recording

router = APIRouter(tags=["market"])

AdvanceUntil.model_rebuild(force=True)  # made late, which the description does not bear


class NewMarket(BaseModel):
    """A market to make: exactly one of scenario, values and recording."""

    scenario: str | None = None
    """Name of a scenario."""
    values: dict[str, Any] | None = None
    """A whole scenario, as its file has it."""
    recording: str | None = None
    """Name of recorded order flow in the folder ``recordings`` of the data folder; of several days
    or stocks the one to take is named after it: ``days.zip/2019-05-03``."""
    trade: bool = False
    """Whether the recording shall be a market that others trade in, not a replay."""
    seed: Seed | None = None
    """Default: the scenario's."""


class Reset(BaseModel):
    """How to begin again."""

    seed: Seed | None = None
    """Null: the seed it has."""


class NewSpeed(BaseModel):
    """How fast simulated time shall pass."""

    speed: Speed | None
    """Simulated seconds a real second; null is as fast as it goes."""


class StepSize(BaseModel):
    """How far to go: exactly one of the two."""

    events: Events | None = None
    """A trader acts, an order expires, or a stress takes a step."""
    seconds: Seconds | None = None
    """Simulated."""


async def command(given: Command, asked: Asked) -> CommandAnswer:
    """Any command, as the session records it; its key ``do`` says which."""
    return await asked.carry_out(given)


class _CommandRoute(APIRoute):
    """The route of :func:`command`, which is described as any other.

    It takes the way of a command on a WebSocket: for something so short FastAPI's own handling of
    parameters, dependencies and answers is most of the work.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Called by FastAPI for what answers a request."""

        async def handle(request: Request) -> Response:
            asked = commander_of(request, request.headers.get("if-match"))
            try:
                values = from_json(await request.body())
            except ValueError as error:
                raise ProblemError(
                    422, "invalid", f"The body is no JSON: {error}.",
                    remedy='send a command like {"do": "run"}',
                ) from None  # fmt: skip
            answer = await command(client_command(values), asked)
            return Response(encoded(answer.model_dump()), media_type="application/json")

        return handle


router.add_api_route("/commands", command, methods=["POST"], route_class_override=_CommandRoute)


@router.post("/market", status_code=201)
async def create_market(given: NewMarket, asked: Asked) -> CommandAnswer:
    """Replace the market; the new one is paused at its open. The first one may be compiled."""
    if sum(x is not None for x in (given.scenario, given.values, given.recording)) != 1:
        raise ProblemError(
            422, "invalid", "Give one of scenario, values and recording.", key="scenario",
            remedy="list scenarios with GET /api/v1/scenarios",
        )  # fmt: skip
    if given.recording is not None:
        file = own_recording(given.recording)
        if given.trade:
            scenario = await asyncio.to_thread(recorded_scenario, file)
            return await asked.do(LoadScenario, scenario=scenario, seed=given.seed)
        return await asked.do(OpenRecording, path=file)
    if given.trade:
        raise ProblemError(
            422, "invalid", "There is no recording to trade in.", key="trade",
            remedy="name one with recording",
        )  # fmt: skip
    if given.scenario is not None:
        file = await asyncio.to_thread(scenario_file, given.scenario)
        scenario = await asyncio.to_thread(load_scenario, file)
        return await asked.do(LoadScenario, scenario=scenario, seed=given.seed, file=file)
    scenario = await asyncio.to_thread(chosen_scenario, None, given.values)
    return await asked.do(LoadScenario, scenario=scenario, seed=given.seed)


@router.get("/market")
async def read_market(
    session: Session, depth: Annotated[int, Query(ge=0, le=50)] = 10
) -> MarketState:
    """The market as it is now, with ``depth`` levels of each side."""
    return market_state(session.snapshot(), depth)


@router.post("/market/run")
async def run(asked: Asked) -> CommandAnswer:
    """Let simulated time pass."""
    return await asked.do(RunMarket)


@router.post("/market/pause")
async def pause(asked: Asked) -> CommandAnswer:
    """Hold simulated time."""
    return await asked.do(PauseMarket)


@router.post("/market/step")
async def step(given: StepSize, asked: Asked) -> CommandAnswer:
    """Pause, and go on by some events or by some simulated seconds."""
    if given.events is not None and given.seconds is None:
        return await asked.do(StepEvents, events=given.events)
    if given.seconds is not None and given.events is None:
        return await asked.do(StepTime, seconds=given.seconds)
    raise ProblemError(
        422, "invalid", "Give one of events and seconds.", key="events", remedy="give one of them"
    )


@router.put("/market/speed")
async def set_speed(given: NewSpeed, asked: Asked) -> CommandAnswer:
    """Ask for another speed."""
    return await asked.do(SetSpeed, speed=given.speed)


@router.post("/market/reset")
async def reset(asked: Asked, given: Reset | None = None) -> CommandAnswer:
    """Begin the same market again."""
    return await asked.do(ResetMarket, seed=None if given is None else given.seed)


@router.post("/market/advance", status_code=202)
async def advance(goal: AdvanceUntil, asked: Asked) -> JobState:
    """Go on until a time or a condition, as a job; the market pauses there."""
    session = asked.session
    job = session.jobs.new(
        "advance", on_cancel=lambda: session.live.do(PauseMarket(), client=asked.client)
    )
    job.begin()
    ticket = session.live.do(goal, generation=asked.generation, client=asked.client, checksum=True)

    def end(outcome: Any) -> None:
        try:
            job.settle(of_outcome(accepted(outcome)).model_dump())
        except ProblemError as error:
            job.settle(error=error)

    ticket.when_done(end)
    return job.state()


@router.delete("/market")
async def close(asked: Asked) -> CommandAnswer:
    """Have no market any more, until another is made."""
    return await asked.do(CloseMarket)
