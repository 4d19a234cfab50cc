"""Environments: the Gymnasium face of the market for R, Julia, Rust and whoever speaks HTTP."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from abm_desktop.envs import MarketEnv, MarketVectorEnv, RewardWeights
from abm_desktop.envs.checks import LONGEST_STEP, MAX_SEED, SHORTEST_STEP, checked_seed
from abm_desktop.inputs import InputError
from abm_desktop.market.recorded_day import recorded_scenario
from abm_desktop.market.roles import DEFAULT_ROLE, MOST_LOTS, find_role
from abm_desktop.scenario import Scenario
from abm_desktop.serve.beside import Beside
from abm_desktop.serve.environments import MOST_MARKETS, Environment, Environments
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.routes.scenario_choice import chosen_scenario
from abm_desktop.serve.session import own_recording
from abm_desktop.serve.tasks import load_environments, prepare_environments

router = APIRouter(prefix="/environments", tags=["environments"])

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Row = list[float]


class Weights(BaseModel):
    """Weights of the reward; see docs/learning.md."""

    damping: float = Field(default=0.0, ge=0.0, le=1.0)
    """Share of a holding gain that is taken back."""
    inventory_cost: float = Field(default=0.005, ge=0.0, le=1e6)
    """Cost of a full position, a step."""
    fee: float = Field(default=0.0, ge=-1e6, le=1e6)
    """Cost of a traded lot, ticks; below 0 it is a rebate."""
    clip: float = Field(default=5.0, gt=0.0, le=1e12)
    """Bound of the reward."""
    stability: float = Field(default=0.0, ge=0.0, le=1e6)
    """Weight of the own impact under stress."""


class NewEnvironment(BaseModel):
    """An environment to make: the arguments of ``MarketEnv``, or with ``count`` of the vector."""

    scenario: str | None = None
    """Name of a scenario; calm if there are neither values nor a recording."""
    values: dict[str, Any] | None = None
    """A whole scenario, as its file has it."""
    recording: str | None = None
    """Recorded day that the markets are, as in POST /market; a scenario's stresses, RL traders and
    rules are done to it. Each episode is a part of the day, and sizes are shares."""
    recording_from: str | float | None = Field(default=None, union_mode="left_to_right")
    """From when on episodes lie in it: a time of day (12:45), or how long after it begins (3h)."""
    recording_until: str | float | None = Field(default=None, union_mode="left_to_right")
    """Until when, likewise."""
    count: int | None = Field(default=None, ge=1, le=MOST_MARKETS)
    """Markets that are stepped together; null: a single environment."""
    episode_seconds: float = Field(default=3600.0, gt=0.0, le=1e9)
    """Simulated length of an episode."""
    stress_probability: float = Field(default=0.0, ge=0.0, le=1.0)
    """Chance that an episode has a random stress."""
    held_out_stress: str = "none"
    """A kind of stress that is never among them."""
    size: int = Field(default=2, ge=1, le=MOST_LOTS)
    """Lots of an order."""
    max_inventory: int = Field(default=40, ge=1, le=MOST_LOTS)
    """Position limit, lots."""
    step: float = Field(default=5.0, ge=SHORTEST_STEP, le=LONGEST_STEP)
    """Simulated seconds between two decisions."""
    jitter: float = Field(default=0.2, ge=0.0, le=0.999)
    """Share of the step by which decisions vary."""
    weights: Weights = Weights()
    stagger: bool = False
    """Of a vector: first episodes of random length, so that not all end at once."""


class EnvironmentState(BaseModel):
    """An environment that can be stepped."""

    id: int
    scenario: str
    count: int | None
    """Markets of a vector; null for a single environment."""
    steps: int
    """Calls of step so far."""
    idle: float
    """Real seconds since it was used last; it is closed after 1,800."""


class ObservationSpace(BaseModel):
    """What is seen: a vector of numbers."""

    shape: list[int]
    """(13,), or (count, 13) of a vector."""
    low: float
    high: float
    dtype: str
    names: list[str]


class ActionSpace(BaseModel):
    """What can be done: one whole number."""

    n: int
    """Actions are 0 to n - 1."""
    shape: list[int]
    """() of a single environment, (count,) of a vector."""
    names: list[str]


class Spaces(BaseModel):
    """What an environment gives and takes."""

    observation: ObservationSpace
    action: ActionSpace
    autoreset: str | None
    """Of a vector: next_step. The step after an episode's last begins the next one, ignores the
    action, and has reward 0."""


class ResetAsked(BaseModel):
    """How to begin an episode."""

    seed: Seed | list[Seed | None] | None = None
    """Equal seeds give equal episodes; a list has one a market. Null: the market goes on."""
    options: dict[str, Any] | None = None
    """``episode``, the number of one of the seed's episodes; ``start``, simulated seconds, in a
    recorded day; of a vector ``reset_mask``, booleans, one a market. Others are refused."""


class Begun(BaseModel):
    """An episode has begun."""

    observation: Row | list[Row]
    """A row; of a vector one a market. float32, exact."""
    info: dict[str, float]
    """The account: time (simulated seconds since the open), mid, cash and equity (currency),
    inventory (lots); empty of a vector."""


class StepAsked(BaseModel):
    """What to do: ``action`` of a single environment, ``actions`` of a vector."""

    action: int | None = None
    actions: list[int] | None = Field(default=None, max_length=MOST_MARKETS)


class Stepped(BaseModel):
    """What came of a step; lists have one entry a market."""

    observation: Row | list[Row]
    reward: float | list[float]
    terminated: bool | list[bool]
    truncated: bool | list[bool]
    """The episode is over: reset a single environment; a vector does it by itself."""
    info: dict[str, float]


async def _environments(request: Request, session: Session) -> Environments:
    found: Environments | None = getattr(request.app.state, "environments", None)
    if found is None:
        found = request.app.state.environments = Environments()
        session.at_end(found.close)
    return found


Held = Annotated[Environments, Depends(_environments)]


@router.post("", status_code=201)
async def make_environment(given: NewEnvironment, held: Held) -> EnvironmentState:
    """Make an environment: at most 16, with 1,024 markets in all. The first may be compiled."""
    settings = given.model_dump(
        include={
            "recording_from",
            "recording_until",
            "episode_seconds",
            "stress_probability",
            "held_out_stress",
            "size",
            "max_inventory",
            "step",
            "jitter",
        }
    )
    settings["weights"] = RewardWeights(**given.weights.model_dump())
    if given.count is not None:
        settings["stagger"] = given.stagger
    elif given.stagger:
        raise ProblemError(
            422, "invalid", "stagger is of a vector only", key="stagger", remedy="give a count"
        )

    scenario = await asyncio.to_thread(_market_of, given)
    await _compile(held)
    return _state(await asyncio.to_thread(held.make, scenario, given.count, settings))


def _market_of(given: NewEnvironment) -> Scenario:
    """What the markets are; reads files."""
    name = given.scenario
    if name is None and given.values is None:
        if given.recording is not None:
            return recorded_scenario(own_recording(given.recording))
        name = "calm"
    scenario = chosen_scenario(name, given.values)
    if given.recording is None:
        return scenario
    return recorded_scenario(own_recording(given.recording), scenario)


@router.get("")
async def list_environments(held: Held) -> list[EnvironmentState]:
    """Every environment, the oldest first."""
    return [_state(each) for each in held.all()]


@router.get("/{number}")
async def read_environment(number: int, held: Held) -> EnvironmentState:
    """One environment."""
    return _state(held.get(number))


@router.get("/{number}/spaces")
async def spaces(number: int, held: Held) -> Spaces:
    """What it gives and takes: shapes, bounds, and names in their order."""
    found = held.get(number)
    env, role = found.env, find_role(DEFAULT_ROLE)
    single = env.single_observation_space if isinstance(env, MarketVectorEnv) else None
    box: Any = env.observation_space if single is None else single
    many = [] if found.count is None else [found.count]
    return Spaces(
        observation=ObservationSpace(
            shape=[*many, *box.shape],
            low=float(box.low.min()),
            high=float(box.high.max()),
            dtype=str(box.dtype),
            names=list(role.observations),
        ),
        action=ActionSpace(n=len(role.actions), shape=many, names=list(role.actions)),
        autoreset=None if found.count is None else "next_step",
    )


@router.post("/{number}/reset")
async def reset(number: int, held: Held, given: ResetAsked | None = None) -> Begun:
    """Begin an episode; of a vector, in every market."""
    found, asked = held.get(number), given or ResetAsked()
    options = dict(asked.options or {})

    def do() -> Begun:
        env = found.env
        if isinstance(env, MarketVectorEnv):
            if "reset_mask" in options:
                options["reset_mask"] = _mask(options["reset_mask"])
            seen, info = env.reset(seed=asked.seed, options=options)
        else:
            # Not a list: a single environment refuses it with the words of Gymnasium's.
            seen, info = env.reset(seed=checked_seed(asked.seed), options=options)
        return Begun(observation=seen.tolist(), info=info)

    return await found.do(do)


@router.post("/{number}/step")
async def step(number: int, given: StepAsked, held: Held) -> Stepped:
    """Act, and run on to the next decision."""
    found = held.get(number)

    def do() -> Stepped:
        env = found.env
        stepped = (
            _step_single(env, given) if isinstance(env, MarketEnv) else _step_vector(env, given)
        )
        found.steps += 1
        return stepped

    return await found.do(do)


@router.delete("/{number}", status_code=204)
async def close(number: int, held: Held) -> None:
    """Close an environment; requests that wait for it are answered first."""
    held.drop(number)


def _step_single(env: MarketEnv, given: StepAsked) -> Stepped:
    if given.action is None or given.actions is not None:
        raise ProblemError(
            422, "invalid", "This environment takes one action.", key="action",
            remedy='send {"action": 0}, 1 or 2',
        )  # fmt: skip
    seen, reward, terminated, truncated, info = env.step(given.action)
    return Stepped(
        observation=seen.tolist(),
        reward=reward,
        terminated=terminated,
        truncated=truncated,
        info=info,
    )


def _step_vector(env: MarketVectorEnv, given: StepAsked) -> Stepped:
    if given.actions is None or given.action is not None:
        raise ProblemError(
            422, "invalid", f"This environment takes {env.num_envs} actions.", key="actions",
            remedy='send {"actions": [...]}, one a market',
        )  # fmt: skip
    try:
        actions = np.array(given.actions, np.int64)
    except OverflowError as error:
        raise InputError("must be 0, 1 or 2 each", key="actions") from error
    seen, rewards, terminated, truncated, _ = env.step(actions)
    return Stepped(
        observation=seen.tolist(),
        reward=rewards.tolist(),
        terminated=terminated.tolist(),
        truncated=truncated.tolist(),
        info={},
    )


def _mask(given: object) -> np.ndarray:
    if not isinstance(given, list) or not all(isinstance(each, bool) for each in given):
        raise InputError("must be booleans, one a market", key="options.reset_mask")
    return np.array(given, np.bool_)


async def _compile(held: Environments) -> None:
    """Have what environments need here before the first is made, not when it is reset.

    It is compiled in another process, if no process has done so before.
    """
    from abm_desktop.market.warm_mark import ENVIRONMENTS, cache_is_warm, mark_cache_warm

    async with held.compiling:  # one process, however many ask
        if not cache_is_warm(ENVIRONMENTS):
            await Beside(prepare_environments, {}).done()
            mark_cache_warm(ENVIRONMENTS)
        if not held.is_loaded:
            await asyncio.to_thread(load_environments)
            held.is_loaded = True


def _state(found: Environment) -> EnvironmentState:
    return EnvironmentState(
        id=found.number,
        scenario=found.scenario,
        count=found.count,
        steps=found.steps,
        idle=round(max(time.monotonic() - found.last, 0.0), 3),
    )
