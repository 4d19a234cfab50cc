"""The stylised facts of one run so far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from abm_desktop.live.run_data import RunData
from abm_desktop.market.state import LIMIT_STATE
from abm_desktop.metrics.streaming import on_grid
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.quotes import trade_groups
from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
from abm_desktop.metrics.stylized_facts.statements import FactNote, GroupsMeasured, RunTooShort
from abm_desktop.metrics.stylized_facts.suite import Fact, measure
from abm_desktop.statements import FaultError, Statement

__all__ = ["SHORTEST", "TooShortError", "measure_facts", "session_record"]

SHORTEST = 600.0
"""Seconds of a run below which no fact means anything."""
_MISSING: dict[str, Statement] = {
    "parents": FactNote("window_parents"),
    "messages": FactNote("window_messages"),
    "responses": FactNote("window_responses"),
    "depth": FactNote("window_depth"),
}


class TooShortError(FaultError, ValueError):
    """A run of less than :data:`SHORTEST` seconds."""


def measure_facts(run: RunData, progress: Callable[[float, Statement], None]) -> list[Fact]:
    """Measure the facts that the samples and fills of a run can tell.

    Raises :class:`TooShortError` if it is shorter than ten minutes.
    """
    record = session_record(run)
    return measure(
        [record], progress=lambda done, of: progress(done / of, GroupsMeasured(done, of))
    )


def session_record(run: RunData) -> ReducedSession:
    """A run as the suite of facts takes it: prices in ticks at each whole second."""
    h = run.history
    length = run.end - run.start
    if not length >= SHORTEST:
        raise TooShortError(RunTooShort(length, SHORTEST))
    grid, mid = on_grid(h.time, h.mid / run.tick, 1.0)
    at = np.maximum(np.searchsorted(h.time, grid + 1e-9, side="right") - 1, 0)
    bid, ask = h.best_bid[at] / run.tick, h.best_ask[at] / run.tick
    two_sided = ~np.isnan(bid) & ~np.isnan(ask) & (h.phase[at] <= LIMIT_STATE)
    fills = run.fills
    clock = fills["time"] / 1e9
    row = np.searchsorted(clock, grid + 1e-9, side="right") - 1
    price = np.where(row >= 0, fills["price"][np.maximum(row, 0)], np.nan) if len(fills) else mid
    if run.is_replay:
        # It names no aggressors: executions of one instant and side are one trade.
        fills = fills.copy()
        fills["taker"] = fills["side"]
    trades = trade_groups(fills)
    # Neither auctions nor the masked trades of a recording have an aggressor.
    signed = trades[(trades["auction"] == 0) & (trades["side"] != 0)]
    gaps = GapHistogram()
    gaps.add(np.diff(np.unique(signed["time"])) * 1e-9)
    lots = np.concatenate((h.bid_lots[at][two_sided], h.ask_lots[at][two_sided]))
    return ReducedSession(
        name=run.name,
        seconds=float(grid[-1] - grid[0]),
        mid=mid,
        trade_price=price,
        volume=np.diff(h.volume[at]),
        spread=np.where(two_sided, np.rint(ask - bid), np.nan),
        best_volume=lots,
        trade_time=signed["time"] * 1e-9 - (grid[0] if run.is_replay else 0.0),
        trade_sign=signed["side"].astype(float),
        trade_size=signed["size"].astype(float),
        trade_response=np.full(len(signed), np.nan),
        trade_gaps=gaps,
        message_gaps=GapHistogram(),
        crossed=int(np.count_nonzero(two_sided & (bid >= ask))),
        missing=dict(_MISSING),
    )
