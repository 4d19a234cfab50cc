"""What is known of one run, apart from the market itself: to be measured, compared, sent elsewhere.

A :class:`RunData` is made of views, so making one costs nothing; pickled, it holds only its own
rows. :meth:`RunData.tape` turns it into a tape, which everything in ``abm_desktop.metrics`` takes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from abm_desktop.live.spacings import MEASURED, measured_rows
from abm_desktop.live.types import ActiveStress, History, MarketSnapshot
from abm_desktop.market.records import Records
from abm_desktop.market.state import SAMPLE
from abm_desktop.market.tape import Tape

__all__ = ["RunData"]

_EMPTY_BID = -1


@dataclass(frozen=True, slots=True, eq=False)
class RunData:
    """One run, from the open on. Times in seconds, prices in currency."""

    name: str
    """Scenario, or file of a replay."""
    seed: int
    is_replay: bool
    """Recorded order flow: nobody knows who traded, and there is no fundamental value."""
    tick: float
    lot: int
    history: History
    fills: Records
    """TRADE records, ``time`` in ns since the open, prices in ticks."""
    stresses: tuple[ActiveStress, ...] = ()
    fills_since: float = -math.inf
    """Seconds since the open from which on every fill is here: those before are no longer kept."""

    @classmethod
    def of(cls, snapshot: MarketSnapshot, stresses: Sequence[ActiveStress] = ()) -> RunData:
        """The run that a snapshot shows, with every stress it has seen."""
        return cls(
            snapshot.source,
            snapshot.seed,
            snapshot.is_replay,
            snapshot.tick_size,
            snapshot.lot,
            snapshot.history,
            snapshot.fills,
            tuple(stresses),
            _fills_since(snapshot),
        )

    @property
    def start(self) -> float:
        """Time of the first sample; NaN without one."""
        return float(self.history.time[0]) if len(self.history) else math.nan

    @property
    def end(self) -> float:
        """Time of the last sample; NaN without one."""
        return float(self.history.time[-1]) if len(self.history) else math.nan

    def between(self, left: float, right: float, spacing: float = MEASURED) -> RunData:
        """The part from ``left`` to ``right``, with the samples that everything is measured by.

        Those at whole multiples of ``spacing``, see :func:`.spacings.measured_rows`. Views, not
        copies, if they are even.
        """
        rows = measured_rows(self.history.time, left, right, spacing)
        at = np.searchsorted(self.fills["time"], np.round(np.array([left, right]) * 1e9), "right")
        return replace(
            self,
            history=History(*(getattr(self.history, f.name)[rows] for f in fields(History))),
            fills=self.fills[at[0] : at[1]],
        )

    def with_own_rows(self) -> RunData:
        """The same with rows on arrays of their own, so that larger ones can be freed."""
        arrays = (getattr(self.history, f.name).copy() for f in fields(History))
        return replace(self, history=History(*arrays), fills=self.fills.copy())

    def tape(self) -> Tape:
        """These rows as a tape without a warm-up: its times count from the open."""
        h, tick = self.history, self.tick
        rows = np.zeros(len(h), SAMPLE)
        rows["time"] = np.rint(h.time * 1e9)
        rows["mid"], rows["value"] = h.mid / tick, h.fundamental / tick
        bid, ask = h.best_bid / tick, h.best_ask / tick
        rows["best_bid"] = np.where(np.isnan(bid), _EMPTY_BID, np.rint(np.nan_to_num(bid)))
        rows["best_ask"] = np.rint(np.nan_to_num(ask))
        rows["bid_volume"] = h.bid_lots
        # An empty side of asks is told by its lots.
        rows["ask_volume"] = np.where(np.isnan(ask), 0, np.maximum(h.ask_lots, 1))
        for name in ("bid_depth", "ask_depth", "phase", "volume", "trades", "messages"):
            rows[name] = getattr(h, name)
        money = tick * self.lot
        held = np.nan_to_num(h.class_inventory)
        mid: np.ndarray = np.nan_to_num(rows["mid"])
        cash: np.ndarray = np.nan_to_num(h.class_pnl) / money
        cash -= held * mid[:, None]
        tape = Tape()
        tape.samples_rows.extend(rows)
        # PnL counts from the open, if a position may be worth half a tick: that half is in every
        # row, and must be cut off in all of them alike.
        whole = np.floor(np.stack([held, cash], axis=2) + 0.25)
        tape.class_rows.extend(whole.astype(np.int64))
        tape.trades_rows.extend(self.fills)
        return tape


def _fills_since(snapshot: MarketSnapshot) -> float:
    if len(snapshot.fills) >= snapshot.trades:
        return -math.inf
    # Of the first that is kept others of the same moment may be gone.
    return float(snapshot.fills["time"][0]) / 1e9 if len(snapshot.fills) else math.inf
