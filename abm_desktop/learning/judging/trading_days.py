"""Let a rule trade through many held-out market days at once, and measure what it did."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from abm_desktop.envs import MarketVectorEnv, RoleSettings, SharedMarketVectorEnv
from abm_desktop.envs.core import as_scenario
from abm_desktop.envs.day_parts import DayPart, whole_day
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.baselines import Policy
from abm_desktop.learning.judging.seed_ranges import first_seed
from abm_desktop.market.roles import DEFAULT_ROLE, RoleSizes, find_role
from abm_desktop.market.roles.judged import MAX_INVENTORY, MINUTE, STEP, Rule, TradingDays
from abm_desktop.scenario import Scenario

SAMPLES = 64
"""Moments of a day of which the observations are kept."""


class Traded(NamedTuple):
    """What was noted while a rule traded n days of k decisions."""

    accounts: dict[str, np.ndarray]
    """float64 (k + 1, n) by name: before every decision, and at the end."""
    taken: np.ndarray
    """int64 (k, n): the actions."""
    observations: np.ndarray
    """float32 (m, width): a sample of what the rule saw; behind it what a policy remembered."""


def trade(
    env: MarketVectorEnv | SharedMarketVectorEnv,
    rule: Rule,
    decisions: int,
    seed: int,
    on_share: Callable[[float], None] | None,
) -> Traded:
    """Let ``rule`` trade in every market of ``env``, from ``seed`` on; closes them afterwards.

    Episodes must be longer than ``decisions``: one that ended inside would begin another day.
    ``on_share`` hears the finished share now and then.
    """
    observations, _ = env.reset(seed=seed)
    rows, taken, seen = [], np.empty((decisions, env.num_envs), np.int64), []
    every = max(1, decisions // SAMPLES)
    for number in range(decisions):
        rows.append(env.accounts())
        if number % every == 0:
            some = observations[: min(env.num_envs, 64)]
            seen.append(rule.sees(some, number) if isinstance(rule, Policy) else some)
            if on_share is not None:
                on_share(number / decisions)
        taken[number] = rule(observations, number)
        observations, *_ = env.step(taken[number])
    rows.append(env.accounts())
    env.close()
    accounts = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return Traded(accounts, taken, np.concatenate(seen))


def trade_days(
    rule: Rule,
    scenario: Scenario | Path | str,
    role: str = DEFAULT_ROLE,
    *,
    days: int = 32,
    hours: float = 6.5,
    seed: int = 0,
    purpose: str = "acceptance",
    max_inventory: int = MAX_INVENTORY,
    sizes: RoleSizes | None = None,
    part: DayPart | None = None,
    on_share: Callable[[float], None] | None = None,
) -> TradingDays:
    """Trade ``days`` days of ``hours`` simulated hours each in a role, one market a day.

    The same ``seed`` gives every rule the same markets at the start of its day, and the same sides
    of its parent orders; ``purpose`` says from which range of days they are
    (:mod:`.seed_ranges`). ``sizes`` are of a maker's quotes, or of parent orders. ``part`` is of a
    recorded day, None all of it. ``on_share`` hears the finished share now and then.
    """
    first = first_seed(purpose, seed, days)
    market, kept, of = as_scenario(scenario), sizes or RoleSizes(), find_role(role)
    # Longer than what is traded: an episode that ended would begin another day.
    seconds = 1.5 * hours * 3600.0
    if market.recording:  # which may not have much more; steps vary by a fifth, each by itself
        seconds = 1.05 * hours * 3600.0 + 60.0
        part = part or whole_day(market)
        _check_room(market, part, hours, seconds + (0.0 if of.own_clock else kept.parent_seconds))
    begin, end = (None, None) if part is None else (part.begin, part.end)
    env: MarketVectorEnv | SharedMarketVectorEnv
    if of.own_clock:
        env = MarketVectorEnv(
            days,
            market,
            episode_seconds=seconds,
            max_inventory=max_inventory,
            step=STEP,
            recording_from=begin,
            recording_until=end,
        )
    else:
        env = SharedMarketVectorEnv(
            days,
            market,
            traders=1,
            role=role,
            episode_seconds=seconds + kept.parent_seconds,
            step=STEP,
            settings=RoleSettings(kept, max_inventory),
            recording_from=begin,
            recording_until=end,
        )
    accounts, taken, seen = trade(env, rule, decisions_of(hours), first, on_share)
    lot, held, mid = float(market.market.lot), accounts["inventory"], accounts["mid"]
    own = of.measure(accounts, taken, lot=lot, max_inventory=max_inventory, sizes=kept)
    return TradingDays(
        inventory=np.abs(held[1:]).mean(axis=0),
        observations=seen,
        taken=np.bincount(taken.ravel(), minlength=len(of.actions)),
        position=held[1:].mean(axis=0),
        move=(mid[-1] - mid[0]) * lot,
        **({"hits": 0, "misses": 0} | own),
    )


def _check_room(market: Scenario, part: DayPart, hours: float, seconds: float) -> None:
    """Raise :class:`.InputError` if a part of a day is shorter than what is traded in it."""
    room = part.seconds
    if seconds > room:
        most = hours + (room - seconds) / (1.05 * 3600.0)
        what = "lasts" if room == market.market.session else "has a part of"
        raise InputError(
            f"{what} {room:,.0f} s, and held-out days of {hours:.3g} hours need {seconds:,.0f} s "
            "of it",
            path=market.recording,
            remedy=f"give at most {math.floor(100.0 * most) / 100.0:g} hours"
            if most >= 0.05
            else "take a longer recording",
        )


def decisions_of(hours: float) -> int:
    """Decisions in a day of ``hours`` hours."""
    return max(2 * MINUTE, round(hours * 3600.0 / STEP))
