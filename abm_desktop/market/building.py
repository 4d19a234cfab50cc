"""Builds the arrays of a market before it opens: accounts, traders, rules and the recorded day.

Apart from :mod:`.opening`, whose kernels are compiled anew whenever what they import is edited:
this imports the readers of recorded days, and no kernel imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market import rules
from abm_desktop.market.arrays import Markets, allocate
from abm_desktop.market.groups import groups_of
from abm_desktop.market.opening import (
    FIRST_STRESS_AGENT,
    FIRST_TRADER,
    HUMAN_AGENT,
    SEED_AGENT,
)
from abm_desktop.market.parameters import parameters
from abm_desktop.market.recorded_day import recorded_day
from abm_desktop.market.records import Records
from abm_desktop.market.state import (
    AGENT,
    DEFAULT_RULE,
    HUMAN,
    MARKET_MAKER,
    N_CLASSES,
    NOISE,
    RECORDED,
    RL,
    STRESS,
    STRESS_HANDLES,
    STRESS_SLOTS,
)

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.traders import Trader

__all__ = ["build"]


def build(
    scenario: Scenario,
    *,
    markets: int = 1,
    window: int | None = None,
    external: int = 0,
    rl_size: int = 2,
    rl_max_inventory: int = 40,
    rl_step: float = 5.0,
    rl_jitter: float = 0.2,
    sample_rows: int = 4096,
    trade_rows: int | None = None,
    message_rows: int = 0,
    max_orders: int | None = None,
) -> Markets:
    """Allocate ``markets`` copies of a scenario's market; :func:`.open_market` starts each.

    ``window`` price levels are kept at first; for None all are, for those who cannot move them.
    ``external`` RL traders per market wait for actions from outside (environments).
    """
    groups = groups_of(scenario, external)
    day = recorded_day(scenario.recording) if scenario.recording else None
    handles = sum(group.count * group.handles for group in groups)
    state = allocate(
        parameters(scenario),
        markets=markets,
        ladder=scenario.market.ladder_ticks,
        # The record rests its orders by itself, at any price of the ladder.
        window=window if day is None else None,
        max_orders=max_orders or scenario.market.max_orders,
        agents=FIRST_TRADER + sum(group.count for group in groups),
        handles=handles + STRESS_SLOTS * STRESS_HANDLES,
        memories=sum(group.count for group in groups if group.remembers),
        # A trader cancels and quotes each handle at once, and may find quotes on their way.
        intents=max(64, 4 * max(group.handles for group in groups) + 8),
        sample_rows=sample_rows,
        trade_rows=trade_rows,
        message_rows=message_rows,
        recording=None if day is None else day.operations,
        recorded=0 if day is None else day.numbers,
    )
    _set_rules(state, scenario)
    agents = np.zeros(state.agents.shape[1], AGENT)
    agents["kind"][HUMAN_AGENT] = HUMAN
    agents["kind"][SEED_AGENT] = NOISE if day is None else RECORDED
    agents["index"][SEED_AGENT] = -1
    stress = slice(FIRST_STRESS_AGENT, FIRST_TRADER)
    agents["kind"][stress] = STRESS
    agents["index"][stress] = np.arange(STRESS_SLOTS)
    agents["handles"][stress] = handles + np.arange(STRESS_SLOTS) * STRESS_HANDLES
    at, handle, memory = FIRST_TRADER, 0, 0
    traders = np.zeros(N_CLASSES, np.int64)
    for group in groups:
        rows = slice(at, at + group.count)
        numbers = np.arange(group.count)
        agents["kind"][rows] = group.kind
        agents["rule"][rows] = group.rule
        agents["index"][rows] = traders[group.kind] + numbers
        agents["handles"][rows] = handle + numbers * group.handles
        if group.remembers:
            agents["memory"][rows] = memory + numbers
            memory += group.count
        if group.section is not None:
            _latencies(agents[rows], group.section)
        if group.kind == MARKET_MAKER and group.rule == DEFAULT_RULE:
            state.market["first_maker"] = at
            state.market["n_makers"] = group.count
        elif group.kind == RL:
            agents["external"][rows] = 1
            agents["size"][rows] = rl_size
            agents["max_inventory"][rows] = rl_max_inventory
            agents["step"][rows] = rl_step
            agents["jitter"][rows] = rl_jitter
        handle += group.count * group.handles
        traders[group.kind] += group.count
        at += group.count
    state.classes["traders"] = traders
    state.classes["traders"][:, HUMAN] = 1
    if day is not None:
        state.market["recorded_n"] = day.operations.shape[1]
        state.market["left_behind_agent"] = FIRST_TRADER
    state.market["n_agents"] = len(agents)
    state.agents[:] = agents
    return state


def _set_rules(state: Markets, scenario: Scenario) -> None:
    venue = state.rules[0]
    venue["price_collar_width"] = scenario.market.collar
    for name in rules.INTERVENTIONS:
        given = getattr(scenario.interventions, name)
        if given is not None:
            rules.set_rule(venue, name, given.on, given.model_dump(exclude={"on"}))
    state.rules[:] = venue
    state.market["rules_on"] = rules.any_on(venue)
    state.market["told_by_undirected"] = scenario.fundamental.informative_orders == "undirected"
    modes = ("off", "cancel_resting", "cancel_incoming")
    state.market["self_trade"] = modes.index(scenario.market.self_trade_prevention)


def _latencies(agents: Records, section: Trader) -> None:
    """Data and order latency add up; see :mod:`scheduling`. The spread is drawn when it opens."""
    agents["latency"] = round((section.data_latency + section.order_latency) * 1e9)
    agents["latency_spread"] = section.latency_spread
