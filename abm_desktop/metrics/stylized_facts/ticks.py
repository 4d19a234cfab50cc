"""Whether a market's tick is large or small, and the ranges that differ between the two.

In a large-tick market the spread is about as small as the tick allows. In a small-tick one it is
many ticks wide since the price moves by several ticks from trade to trade: the spread follows the
volatility per trade (Wyart et al. 2008), the book is sparse, and a best price holds one or few
orders. So what ranges say in ticks, or of a queue of many orders, is of the first kind only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.metrics.streaming import last_known
from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
from abm_desktop.metrics.stylized_facts.statements import FactName

__all__ = ["SMALL_TICK_RANGES", "Tick", "tick_of"]

WIDE = 3.0
"""Ticks of mean spread from which on a stock is a small-tick one (Briola et al. 2025)."""
MOVES = 1.0
"""Ticks of volatility per trade from which on the tick does not decide how wide the spread is."""

_INF = float("inf")


@dataclass(frozen=True, slots=True)
class Tick:
    """How large the tick is beside the spread and beside the moves of the price."""

    spread: float
    """Mean spread, ticks; NaN if there is never one."""
    per_trade: float
    """Root mean square move of the mid from trade to trade, ticks; NaN without trades."""

    @property
    def is_small(self) -> bool:
        """Whether the ranges of small-tick markets apply.

        A spread that is wide though the price hardly moves between trades is that of an illiquid
        market, which the ranges of large-tick ones refuse.
        """
        return self.spread > WIDE and self.per_trade > MOVES

    @property
    def kind(self) -> str:
        """In words."""
        return "small-tick" if self.is_small else "large-tick"


def tick_of(sessions: Sequence[ReducedSession]) -> Tick:
    """What all sessions together say of their tick.

    The squared moves from second to second, summed and divided by the number of trades, are the
    squared volatility per trade: the same as from trade to trade if moves are uncorrelated.
    """
    spreads = np.concatenate([s.spread for s in sessions])
    moves = np.concatenate([np.diff(last_known(s.mid)) for s in sessions])
    spreads, moves = spreads[np.isfinite(spreads)], moves[np.isfinite(moves)]
    trades = sum(len(s.trade_time) for s in sessions)
    return Tick(
        spread=float(spreads.mean()) if len(spreads) else float("nan"),
        per_trade=float(np.sqrt(moves @ moves / trades)) if trades else float("nan"),
    )


SMALL_TICK_RANGES: Mapping[FactName, tuple[tuple[float, float], str]] = {
    # Ticks are no measure there, and the mean spread is part of what makes it a small-tick market.
    FactName("spread_mean"): ((-_INF, _INF), "Wyart et al. 2008 (follows volatility per trade)"),
    # What stands at the best price is one order, or few, and sizes of orders have a power-law tail
    # with an exponent near 2 (density): a variance that no sample bounds. 1: an exponential law.
    FactName("best_variation"): ((1.0, _INF), "Maslov and Mills 2001 (small tick)"),
}
"""Accepted range and source of the facts whose range is another one in small-tick markets."""
