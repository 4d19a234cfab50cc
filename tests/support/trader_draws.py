"""Draws of the traders' own kernels, by the million, and what they are held against."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from support.long_tests import IS_LONG

from abm_desktop.market.arrays import Markets
from abm_desktop.market.compiled import kernel
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.traders import (
    bayesian_value,
    fcn,
    fundamental,
    institutions,
    makers_by_volume,
    market_makers,
    momentum,
    noise,
    once_noise,
    rl,
)
from abm_desktop.scenario import Scenario

from .market_views import arrays_of

DRAWS = 10_000_000 if IS_LONG else 1_000_000
BID, ASK, DEEP = 10_000, 10_003, 1_000_000
"""Of the book that all traders see: its prices, and the lots at each."""

ERRORS = 4.5
"""Standard errors that a statistic may be off."""


@kernel
def draw(which, markets, params, rules, agents, orders, levels, ring, handles, intents, out):
    """One row of draws after the other of the kernels of one kind of trader."""
    m, p, r, a = markets[0], params[0], rules[0], agents[0]
    for k in range(out.shape[0]):
        m.intents_n = 0
        if which == 0:
            fundamental.prepare(p, a)
            out[k, 0], out[k, 1] = a.bias, math.log(a.threshold)
        elif which == 1:
            fundamental.wake(m, p, r, a, levels, intents, 0)
            out[k, 0] = intents[0].life * 1e-9 if m.intents_n else -1.0
        elif which == 2:
            noise.wake(m, p, r, a, agents, orders, levels, intents, 0)
            i = intents[0]
            side = 1 - 2 * i.side
            out[k, 0], out[k, 1], out[k, 2] = side, i.size, i.life * 1e-9
            out[k, 3] = m.best_bid - i.price if i.side == 0 else i.price - m.best_ask
        elif which == 3:
            institutions.start_parent(m, p, a)
            out[k, 0], out[k, 1] = 1 - 2 * a.side, a.remaining
            out[k, 2], out[k, 3] = institutions.rest_time(m, p, a), institutions.next_child(m, p, a)
            a.remaining = 1 << 30
            institutions.wake(m, p, r, a, levels, intents, 0)
            out[k, 4] = intents[0].size
        elif which == 4:
            out[k, 0], out[k, 1] = once_noise.order_size(a), once_noise.moment(p, a) * 1e-9
        elif which == 5:
            fcn.prepare(p, a)
            out[k, 0], out[k, 1], out[k, 2] = a.bias, a.threshold, a.step
        elif which == 6:
            momentum.prepare(a)
            out[k, 0], out[k, 1] = a.bin, market_makers.next_refresh(p, a)
            a.step, a.jitter = 5.0, 0.2
            out[k, 2] = rl.next_step(a)
            out[k, 3] = makers_by_volume.next_refresh(p, a)
        elif which == 7:
            fcn.wake(m, p, a, ring, intents, 0)
            i = intents[0]
            out[k, 0], out[k, 1], out[k, 2] = 1 - 2 * i.side, i.size, i.life * 1e-9
            out[k, 3] = math.log(i.price / m.mid)
        else:
            # Who knows nothing believes what was seen.
            a.threshold = 1e30
            bayesian_value.wake(m, p, a, handles, intents, 0)
            i = intents[0]
            out[k, 0], out[k, 1] = a.bias - m.value, 1 - 2 * i.side
            out[k, 2] = m.best_ask - i.price if i.side == 0 else i.price - m.best_bid


def make_state() -> Markets:
    """A market in which nobody has traded yet, with that book."""
    market = arrays_of(Simulator(Scenario(name="draws"), 3, record_messages=False))
    m = market.market
    m["best_bid"], m["best_ask"], m["mid"] = BID, ASK, 0.5 * (BID + ASK)
    m["value"], m["buyer_rate"], m["noise_factor"] = m["mid"], 1.0, 1.0
    m["log_volatility"] = m["session_log_volatility"] = 0.0
    market.levels["volume"][0] = DEEP
    return market


def drawn(
    state: Markets,
    which: int,
    columns: int,
    *,
    seed: int = 1,
    number: int = DRAWS,
    market: dict[str, Any] | None = None,
    agent: dict[str, Any] | None = None,
    **parameters: Any,
) -> np.ndarray:
    """Columns of draws, float64 (columns, number), of branch ``which`` of :func:`draw`.

    ``market``, ``agent`` and ``parameters`` are values instead of the shipped ones.
    """
    markets, params = state.market.copy(), state.params.copy()
    agents = state.agents[0][:1].copy()
    agents["key"], agents["draws"] = 77 + seed, 0
    agents["bias"], agents["threshold"] = 0.0, 0.001
    for record, values in ((params, parameters), (markets, market or {}), (agents, agent or {})):
        for name, value in values.items():
            record[name] = value
    agents["rate"] = params["institution_rate"]
    out = np.zeros((number, columns))
    handles = np.full(64, -1, np.int64)
    ring = np.full_like(state.ring[0], markets["mid"][0])  # no trend
    draw(which, markets, params, state.rules, agents, state.orders[0], state.levels[0], ring,
         handles, state.intents[0], out)  # fmt: skip
    return np.ascontiguousarray(out.T)


def check(
    x: np.ndarray, mean: float, variance: float | None = None, *, errors: float = ERRORS
) -> None:
    """Mean, variance and autocorrelation of draws that do not depend on each other."""
    n, centred = len(x), x - mean
    assert abs(centred.mean()) < errors * x.std() / math.sqrt(n) + 1e-12
    if variance is not None:
        square = centred**2
        assert abs(square.mean() - variance) < errors * square.std() / math.sqrt(n) + 1e-12
    spread = max(float((centred**2).mean()), 1e-300)
    for lag in (1, 2, 7):
        assert abs((centred[:-lag] * centred[lag:]).mean()) < errors * spread / math.sqrt(n)


def check_law(x: np.ndarray, below: np.ndarray, at: np.ndarray | float = 0.0) -> None:
    """The same for draws of any law, however fat its tails, by their places in it.

    ``below`` is the probability of less than each draw, ``at`` that of just as much. The place in
    the middle of both has the mean 1/2, and the variance (1 - E[at ** 2]) / 12.
    """
    assert np.isfinite(x).all()
    root = math.sqrt(len(x))
    place = below + 0.5 * at - 0.5
    squares = place**2 + np.square(at) / 12.0
    assert abs(place.mean()) < ERRORS * place.std() / root + 1e-9
    assert abs(squares.mean() - 1.0 / 12.0) < ERRORS * squares.std() / root + 1e-9
    spread = float(place @ place) / len(x)
    for lag in (1, 2, 7):
        memory = float(place[:-lag] @ place[lag:]) / len(x)
        assert abs(memory) < ERRORS * spread / root + 1e-12
