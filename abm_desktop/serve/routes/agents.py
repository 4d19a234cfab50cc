"""The traders of the market: who there is, what an RL trader sees and does, and who may come."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from abm_desktop.live.commands import AddTraders, ChangePopulation, RemoveTraders
from abm_desktop.live.decisions import MOST_DECISIONS
from abm_desktop.live.types import TRADER_CLASSES
from abm_desktop.market.accounts import WatchedTrader
from abm_desktop.model_folders import is_name
from abm_desktop.scenario.command_types import Events
from abm_desktop.serve.answers import CommandAnswer, known
from abm_desktop.serve.columns import ARROW_ANSWER, table
from abm_desktop.serve.problems import NotThereError, ProblemError
from abm_desktop.serve.routes.common import Asked, Session, Time
from abm_desktop.serve.routes.scenario_choice import chosen_scenario

router = APIRouter(prefix="/agents", tags=["agents"])


class AgentSeen(BaseModel):
    """An RL trader: what it sees and would do now, and how it stands."""

    number: int
    """By arrival, from 0."""
    traders: int
    """How many RL traders there are."""
    role: str
    observation: dict[str, float | None]
    """By name of the feature."""
    probabilities: dict[str, float]
    """By name of the action."""
    is_greedy: bool
    """Takes the most probable action; otherwise it draws one."""
    last_action: str | None
    decisions: int
    position: int
    max_position: int
    pnl: float
    """Currency since it came, marked at mid."""


class DecisionSeen(BaseModel):
    """A decision of an RL trader, with what came of it until its next one."""

    number: int
    """Of this trader, from 1."""
    time: float
    observation: dict[str, float | None]
    """What it saw, by name of the feature."""
    probabilities: dict[str, float]
    """By name of the action."""
    action: str
    """Which it took."""
    position: int
    """Lots held when it decided."""
    bought: int
    """Lots bought until its next decision, by this order or one before."""
    sold: int
    earned: float
    """Currency, marked at mid: from this decision to its next one."""
    is_open: bool
    """Whether its next decision had not come yet: what is told of it may still change."""


class AgentDecisions(BaseModel):
    """The last decisions of an RL trader, oldest first."""

    generation: int
    """Of the market."""
    number: int
    """Of the trader, by arrival, from 0."""
    role: str
    is_greedy: bool
    """Takes the most probable action; otherwise it draws one."""
    decisions: list[DecisionSeen]
    since: float
    """Decisions before this were not looked for."""
    until: float


class NewAgents(BaseModel):
    """RL traders to let in."""

    model: str
    """Name of a model; list them with GET /models."""
    count: int = 1
    settings: dict[str, Any] = {}
    """Any other key of an ``[[rl]]`` group of a scenario, like ``max_position``."""


class NewPopulation(BaseModel):
    """The traders that the market shall have: those of a scenario."""

    scenario: str | None = None
    """Name of a scenario; null if there are values."""
    values: dict[str, Any] | None = None
    """A whole scenario, as its file has it."""


@router.get("", responses=ARROW_ANSWER, response_class=Response)
async def list_agents(
    request: Request,
    session: Session,
    trader_class: Annotated[str | None, Query(description="Only those of this class.")] = None,
) -> Response:
    """Every trader: number, class, inventory in lots, PnL in currency marked at mid. RL traders
    have model and role besides; ``acts`` is false once they were taken out."""
    if trader_class is not None and trader_class not in TRADER_CLASSES:
        raise NotThereError("class of traders", trader_class, "known: " + ", ".join(TRADER_CLASSES))
    agents, mid, market, acting = await session.read(
        lambda s: (s.agents, s.mid, s.scenario.market, s.acting_rl_traders)
    )
    ticks = mid / market.tick_size if np.isfinite(mid) else np.nan
    worth = (agents["cash"] + agents["inventory"] * ticks) * market.tick_size * market.lot
    kept = (agents["kind"] >= 0) & (agents["kind"] < len(TRADER_CLASSES))
    if trader_class is not None:
        kept &= agents["kind"] == TRADER_CLASSES.index(trader_class)
    rows = np.flatnonzero(kept)
    groups = {
        row: group
        for group in session.snapshot().rl_groups
        for row in range(group.first, group.first + group.count)
    }
    of_rl = agents["kind"][rows] == TRADER_CLASSES.index("rl")
    return table(
        request,
        {
            "number": rows,
            "class": np.array(TRADER_CLASSES)[agents["kind"][rows]],
            "inventory": agents["inventory"][rows],
            "pnl": worth[rows],
            "model": np.array([groups[r].model if r in groups else "" for r in rows.tolist()]),
            "role": np.array([groups[r].role if r in groups else "" for r in rows.tolist()]),
            "acts": ~of_rl | np.isin(rows, acting),
        },
        generation=session.snapshot().generation,
    )


@router.get("/rl/{number}")
async def read_agent(session: Session, number: Annotated[int, Path(ge=0, lt=2**31)]) -> AgentSeen:
    """One RL trader: observation, probabilities of its actions, last action, position, profit."""
    found: WatchedTrader | None = await session.read(lambda s: s.watched_trader(number))
    if found is None or found.number != number:
        raise NotThereError("RL trader", number, "let some in with POST /agents")
    from abm_desktop.market.roles import action_names, observation_names

    actions = action_names(found.role)
    names = observation_names(found.role)
    return AgentSeen(
        number=found.number,
        traders=found.traders,
        role=found.role,
        observation={n: known(v) for n, v in zip(names, found.observation.tolist(), strict=False)},
        probabilities=dict(zip(actions, found.probabilities.tolist(), strict=False)),
        is_greedy=found.greedy,
        last_action=actions[found.last_action] if found.last_action >= 0 else None,
        decisions=found.decisions,
        position=found.position,
        max_position=found.max_position,
        pnl=found.pnl,
    )


@router.get("/rl/{number}/decisions")
async def decisions(
    session: Session,
    number: Annotated[int, Path(ge=0, lt=2**31)],
    until: Time | None = None,
    most: Annotated[int, Query(ge=1, le=MOST_DECISIONS)] = 40,
) -> AgentDecisions:
    """The last decisions of an RL trader up to a time (default: now): what it saw, did and got.

    They are computed again, from at most 20 simulated minutes before; the session stays.
    """
    s = session.snapshot()
    page = await asyncio.wrap_future(
        session.live.decisions_until(number, s.time if until is None else until, most)
    )
    if not page.role:
        raise NotThereError("RL trader", number, "let some in with POST /agents")
    from abm_desktop.market.roles import action_names, observation_names

    actions, names = action_names(page.role), observation_names(page.role)
    return AgentDecisions(
        generation=s.generation,
        number=page.number,
        role=page.role,
        is_greedy=page.greedy,
        decisions=[
            DecisionSeen(
                number=d.number,
                time=d.time,
                observation={
                    n: known(v) for n, v in zip(names, d.observation.tolist(), strict=False)
                },
                probabilities=dict(zip(actions, d.probabilities.tolist(), strict=False)),
                action=actions[d.action],
                position=d.position,
                bought=d.bought,
                sold=d.sold,
                earned=d.earned,
                is_open=d.is_open,
            )
            for d in page.decisions
        ],
        since=page.since,
        until=page.until,
    )


@router.post("", status_code=201)
async def add_agents(given: NewAgents, asked: Asked) -> CommandAnswer:
    """Let traders with a trained policy into the market."""
    if {"policy", "count"} & set(given.settings):
        raise ProblemError(422, "invalid", "settings holds policy or count", key="settings")
    policy = await asyncio.to_thread(plain_policy, given.model)
    return await asked.do(AddTraders, policy=policy, count=given.count, **given.settings)


@router.delete("/{first}")
async def remove_agents(
    first: Annotated[int, Path(ge=0, lt=2**31)],
    asked: Asked,
    count: Annotated[Events, Query(description="How many, with the first.")] = 1,
) -> CommandAnswer:
    """Take RL traders out of the market: they cancel their orders, and act no more.

    ``first`` is the number of the first in GET /agents.
    """
    return await asked.do(RemoveTraders, first=first, count=count)


@router.put("/population")
async def change_population(given: NewPopulation, asked: Asked) -> CommandAnswer:
    """Give the traders of the running market other parameters, as far as a running one takes them.

    What cannot be changed now is refused; the rest waits for a reset.
    """
    scenario = await asyncio.to_thread(chosen_scenario, given.scenario, given.values)
    return await asked.do(ChangePopulation, scenario=scenario)


def plain_policy(name: str) -> Any:
    """The policy of a model by its plain name. Raises ProblemError if there is none."""
    from abm_desktop.market.named_policies import find_policy

    if not is_name(name):
        raise ProblemError(
            422, "invalid", f"{name[:80]!r} is no name of a model", key="model",
            remedy="list them with GET /api/v1/models",
        )  # fmt: skip
    return find_policy(name)
