"""Markets without the facts, made of a market that may have them: what every range must refuse.

An accepted range says something only if what lacks the fact falls outside of it. Each null keeps
all that it does not name: the same sessions, as many trades, the same volumes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from abm_desktop.metrics.streaming import last_known
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.pooling import RESAMPLES
from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
from abm_desktop.metrics.stylized_facts.suite import FAIL, Fact, measure
from abm_desktop.metrics.stylized_facts.ticks import tick_of

__all__ = ["NULLS", "Null", "refusals"]

SEED = 20_100_506
"""Of all draws: the same sessions give the same nulls."""
MINUTE = 60
SMOOTH, SLOW = 120, 600
"""Seconds over which the moving averages of the nulls without efficiency go."""


@dataclass(frozen=True, slots=True)
class Null:
    """One way to lack facts."""

    title: str
    """What it lacks, in words."""
    apply: Callable[[ReducedSession, np.random.Generator], ReducedSession]


def refusals(
    sessions: Sequence[ReducedSession], resamples: int = RESAMPLES
) -> dict[str, list[str]]:
    """By name of a fact: the nulls that it refuses, in the order of :data:`NULLS`.

    A null is refused if the fact is a FAIL there, by the ranges of the market that it is made of:
    who makes its spread wide does not make its tick small. Facts without a range are left out.
    """
    found: dict[str, list[str]] = {}
    tick = tick_of(sessions)
    for name, null in NULLS.items():
        rng = np.random.default_rng(SEED)
        made = [null.apply(session, rng) for session in sessions]
        for fact in measure(made, resamples, tick=tick):
            if _has_range(fact):
                found.setdefault(fact.name, [])
                if fact.verdict == FAIL:
                    found[fact.name].append(name)
    return found


def _has_range(fact: Fact) -> bool:
    return bool(np.isfinite(fact.accept_low) or np.isfinite(fact.accept_high))


def _walk(mid: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The price that begins as ``mid`` does and goes by these log returns."""
    known = last_known(mid)
    start = known[np.isfinite(known)][0] if np.isfinite(known).any() else np.nan
    return start * np.exp(np.concatenate(([0.0], np.cumsum(steps))))


def _steps(mid: np.ndarray) -> np.ndarray:
    known = last_known(mid)
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.diff(np.log(known))
    return np.where(np.isfinite(steps), steps, 0.0)


def gaussian(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The price as a Gaussian random walk with the variance of the session's seconds."""
    steps = _steps(session.mid)
    drawn = rng.normal(0.0, float(np.sqrt(np.mean(steps**2))), len(steps))
    price = _walk(session.mid, drawn)
    return replace(session, mid=price, trade_price=price)


def smoothed(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The price with its news spread evenly over two minutes: returns can be foretold."""
    return _spread_out(session, SMOOTH)


def slow(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The same over ten minutes: far ahead, too."""
    return _spread_out(session, SLOW)


def _spread_out(session: ReducedSession, seconds: int) -> ReducedSession:
    steps = _steps(session.mid)
    window = np.full(seconds, 1.0 / seconds)
    price = _walk(session.mid, np.convolve(steps, window)[: len(steps)])
    return replace(session, mid=price, trade_price=price)


def shuffled(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """Minutes, volumes, signs, responses and impacts each in an order of their own."""
    steps = _steps(session.mid)
    whole = len(steps) // MINUTE * MINUTE
    minutes = steps[:whole].reshape(-1, MINUTE)
    mixed = np.concatenate((rng.permutation(minutes).ravel(), steps[whole:]))
    volume = session.volume.copy()
    whole = len(volume) // MINUTE * MINUTE
    volume[:whole] = rng.permutation(volume[:whole].reshape(-1, MINUTE)).ravel()
    return replace(
        session,
        mid=_walk(session.mid, mixed),
        volume=volume,
        trade_sign=rng.permutation(session.trade_sign),
        trade_response=rng.permutation(session.trade_response),
        parent_impact=rng.permutation(session.parent_impact),
    )


def even(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """Messages and trades arrive as a Poisson process; the best volumes are exponential."""
    begin = 0.0
    if len(session.trade_time) and session.trade_time[-1] > session.seconds + 1e-6:
        begin = float(session.trade_time[0])  # a recorded day counts from midnight
    times = begin + np.sort(rng.uniform(0.0, session.seconds, len(session.trade_time)))
    trades, messages = GapHistogram(), GapHistogram()
    trades.add(np.diff(times))
    count = max(int(session.message_gaps.counts.sum()), 2)
    messages.add(rng.exponential(session.seconds / count, min(count, 200_000)))
    mean = float(session.best_volume.mean()) if len(session.best_volume) else 1.0
    return replace(
        session,
        trade_time=times,
        trade_gaps=trades,
        message_gaps=messages,
        best_volume=rng.gamma(9.0, mean / 9.0, len(session.best_volume)),
        lifetimes=60.0 + rng.exponential(60.0, len(session.lifetimes)),
    )


def doubled(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The spread of each second doubled with probability 1/2, and again, and again.

    That has a tail with the exponent 1; those of markets are near 3 (Plerou et al. 2005).
    """
    times = rng.geometric(0.5, len(session.spread)) - 1
    return replace(session, spread=session.spread * 2.0**times)


def level(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The depths of the book at any distances: as much stands far away as near."""
    return replace(session, depth_sums=rng.permutation(session.depth_sums))


def falling(session: ReducedSession, rng: np.random.Generator) -> ReducedSession:
    """The same depths, the largest at the best price: no hump."""
    return replace(session, depth_sums=np.sort(session.depth_sums)[::-1])


NULLS: Mapping[str, Null] = {
    "gaussian": Null("the price is a Gaussian random walk", gaussian),
    "smoothed": Null("news comes in over two minutes", smoothed),
    "slow": Null("news comes in over ten minutes", slow),
    "shuffled": Null("minutes, volumes, signs and impacts in any order", shuffled),
    "even": Null("arrivals are Poisson, lives exponential, best volumes alike", even),
    "doubled": Null("the spread is doubled at random, again and again", doubled),
    "level": Null("the depth of the book does not hang on the distance from the best", level),
    "falling": Null("the book is deepest at the best price", falling),
}
"""What is refused, by name."""
