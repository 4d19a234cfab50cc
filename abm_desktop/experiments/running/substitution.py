"""Who trades in a copy of a market: RL traders, or clones, take the place of other traders.

Nothing of this touches the traders that stay as they are: their random streams go on, so a copy in
which nothing is displaced is the control, bit by bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from abm_desktop.live.simulator_access import retune, state_of
from abm_desktop.market import opening, state
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.tape import Mark

__all__ = ["add_clones", "add_traders", "make_room", "taker_share", "taker_volumes"]

_KINDS = {
    "institutions": state.INSTITUTION,
    "momentum": state.MOMENTUM,
    "fundamental": state.FUNDAMENTAL,
    "noise": state.NOISE,
}
_RATES = {
    "institutions": ("institution_rate",),
    "momentum": ("momentum_rate",),
    "fundamental": ("value_rate",),
    "noise": ("noise_limit_rate", "noise_market_rate"),
}


def make_room(market: Simulator, displaces: Sequence[str], factor: float) -> None:
    """Scale the rates at which these classes take liquidity by ``factor``, from now on.

    Momentum and fundamental traders act less often; institutions do everything more slowly, rest
    included; noise traders send fewer market orders, and as many limit orders as before.
    """
    population = market.scenario.population
    changed = {}
    for name in displaces:
        section: Any = getattr(population, name)
        key = "market_rate" if name == "noise" else "rate"
        slower = {key: getattr(section, key) * factor}
        if name == "institutions":
            slower["rest"] = section.rest / factor
        changed[name] = section.model_copy(update=slower)
    retune(
        market,
        market.scenario.model_copy(update={"population": population.model_copy(update=changed)}),
    )


def add_traders(
    market: Simulator, policies: Sequence[PolicyNet], count: int, size: int, max_inventory: int
) -> None:
    """Let ``count`` RL traders join, the policies in turn, each with the same number or one more.

    ``size`` 0 makes traders that look and decide, and never send an order.
    """
    for k, policy in enumerate(policies):
        part = (count + len(policies) - 1 - k) // len(policies)
        if part:
            market.add_policy_traders(policy, part, size=size, max_inventory=max_inventory)


def add_clones(market: Simulator, displaces: Sequence[str], share: float) -> None:
    """Replace ``share`` of the activity of these classes by that of new traders of the same class.

    The old ones act at 1 - share of their rate, and as many new ones, with random streams of their
    own and without positions, at share of it. Nothing changes but who trades, as where RL traders
    come in; whatever differs from the control then is what any replacement does.
    """
    arrays, params = state_of(market), state_of(market).params[0]
    first = int(arrays.market[0]["n_agents"])
    old = arrays.agents[0][:first]
    chosen = np.zeros(first, bool)
    for name in displaces:
        chosen |= old["kind"] == _KINDS[name]
    chosen &= old["rule"] == state.DEFAULT_RULE
    chosen[opening.SEED_AGENT] = False
    rows = np.flatnonzero(chosen)
    added = np.zeros((1, len(rows)), state.AGENT)
    traders = arrays.classes["traders"][0]
    added["kind"], added["latency"] = old["kind"][rows], old["latency"][rows]
    for name in displaces:
        mine = added["kind"][0] == _KINDS[name]
        added["index"][0][mine] = traders[_KINDS[name]] + np.arange(mine.sum())
        traders[_KINDS[name]] += mine.sum()
    room = np.zeros((1, 4 * len(rows), 2), np.int64)
    waiting = np.zeros((1, len(rows), 2), np.int64)
    market._state = arrays._replace(
        agents=np.concatenate([arrays.agents, added], axis=1),
        heap=np.concatenate([arrays.heap, room], axis=1),
        activity_heap=np.concatenate([arrays.activity_heap, waiting], axis=1),
    )
    market._state.agents["rate"][0, rows] *= 1.0 - share
    market._state.market["n_agents"] += len(rows)
    # What joins takes its rate from the parameters; those of the old traders are set already.
    before = params.copy()
    for name in displaces:
        for key in _RATES[name]:
            market._state.params[0][key] *= share
    opening.join(market._state, 0, np.uint64(market.seed), first)
    market._state.params[0] = before
    market.tape.marks.append(Mark(market.now, f"{len(rows)} clones"))


def taker_volumes(market: Simulator, start: float, end: float) -> np.ndarray:
    """Lots taken by each trader class in (start, end], seconds since the open; float64 (classes,).

    Auctions have no takers and do not count.
    """
    trades = market.tape.trades
    warm_up = market.scenario.market.warm_up
    edges = np.round((np.array([start, end]) + warm_up) * 1e9)
    first, last = np.searchsorted(trades["time"], edges, side="right")
    rows = trades[first:last]
    rows = rows[rows["auction"] == 0]
    return np.bincount(rows["taker_class"], rows["size"], minlength=state.N_CLASSES)


def taker_share(volumes: np.ndarray) -> float:
    """Share of RL traders in the volume taken, that of a stress left out; NaN without trades."""
    total = volumes.sum() - volumes[state.STRESS]
    return float(volumes[state.RL] / total) if total > 0 else float("nan")
