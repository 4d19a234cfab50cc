"""A stretch of a tape, on a clock that stands still while trading is halted.

A sample holds from its time until the next one, so everything sampled is weighted by the seconds
for which it held. Seconds of auctions, halts and the close do not count: they are left out of every
duration and reported apart. A return over a halt is thus one return of the trading clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import LIMIT_STATE
from abm_desktop.market.tape import Tape
from abm_desktop.metrics.streaming import on_grid

__all__ = ["Window", "cut"]

_NANO = 1e9


@dataclass(frozen=True, slots=True)
class Window:
    """What a tape holds of one stretch of time: n samples of trading, t fills.

    Prices in ticks, sizes in lots, times in seconds.
    """

    start: float
    """Seconds since the open, if the tape begins to cover the stretch."""
    end: float
    seconds: float
    """Trading seconds."""
    halted: float
    """Seconds of auctions, halts and the close."""
    time: np.ndarray
    """Seconds since the open of each sample, (n,)."""
    clock: np.ndarray
    """Trading seconds since the start, (n,); strictly increasing."""
    weight: np.ndarray
    """Trading seconds for which each sample held, (n,)."""
    samples: Records
    """SAMPLE records, (n,)."""
    spread: np.ndarray
    """Ticks, (n,); NaN if a side of the book is empty."""
    classes: Records
    """Inventory (lots) and cash (tick-lots) by trader class, (n, classes, 2)."""
    trades: Records
    """TRADE records within (start, end], auctions included, (t,)."""
    trade_clock: np.ndarray
    """Trading seconds since the start of each fill, (t,)."""

    @property
    def mid(self) -> np.ndarray:
        """Mid price, ticks, (n,)."""
        return self.samples["mid"]

    @property
    def value(self) -> np.ndarray:
        """Fundamental value, ticks, (n,)."""
        return self.samples["value"]

    @property
    def depth(self) -> np.ndarray:
        """Lots within five levels, mean of both sides, (n,)."""
        return 0.5 * (self.samples["bid_depth"] + self.samples["ask_depth"])

    def on_clock(self, values: np.ndarray, step: float) -> np.ndarray:
        """``values`` (n,) at the multiples of ``step`` trading seconds, the start first."""
        return on_grid(self.clock, values, step)[1]

    def mean(self, values: np.ndarray) -> float:
        """Time-weighted mean of ``values`` (n,), NaN left out."""
        weight = np.where(np.isnan(values), 0.0, self.weight)
        total = weight.sum()
        return float(weight @ np.nan_to_num(values) / total) if total > 0 else float("nan")

    def median(self, values: np.ndarray) -> float:
        """Median of ``values`` (n,), NaN left out; NaN if there are none."""
        known = values[~np.isnan(values)]
        return float(np.median(known)) if len(known) else float("nan")


def cut(tape: Tape, start: float, end: float, warm_up: float) -> Window:
    """Cut [start, end], seconds since the open, out of a tape.

    Where the tape covers only a part, so does the window; if it covers nothing, the window has
    no samples. Raises ValueError if ``end`` is before ``start``.
    """
    if end < start:
        raise ValueError(f"a window cannot end ({end:g} s) before it starts ({start:g} s)")
    rows = tape.samples
    time = rows["time"] / _NANO - warm_up
    if not len(time) or time[0] > end or time[-1] < start:
        return _window(rows[:0], time[:0], tape.class_samples[:0], tape.trades[:0], warm_up, end)
    first = max(int(np.searchsorted(time, start + 1e-9, side="right")) - 1, 0)
    last = int(np.searchsorted(time, end + 1e-9, side="right"))
    end = min(end, float(time[-1]))
    time = time[first:last].copy()
    time[0] = max(time[0], start)
    at = np.searchsorted(
        tape.trades["time"], np.round((np.array([time[0], end]) + warm_up) * 1e9), side="right"
    )
    return _window(
        rows[first:last],
        time,
        tape.class_samples[first:last],
        tape.trades[at[0] : at[1]],
        warm_up,
        end,
    )


def _window(
    rows: Records,
    time: np.ndarray,
    classes: Records,
    trades: Records,
    warm_up: float,
    end: float,
) -> Window:
    start = float(time[0]) if len(time) else end
    held = np.diff(np.append(time, end))
    trading = rows["phase"] <= LIMIT_STATE
    weight = np.where(trading, held, 0.0)
    clock = np.concatenate(([0.0], weight.cumsum()))
    trade_clock = np.interp(trades["time"] / _NANO - warm_up, np.append(time, end + 1e-9), clock)
    kept = rows[trading]
    # An empty side is written as -1 (bids) and as the top of the ladder (asks).
    empty = (kept["best_bid"] < 0) | (kept["ask_volume"] <= 0)
    spread = np.where(empty, np.nan, kept["best_ask"].astype(float) - kept["best_bid"])
    return Window(
        start=start,
        end=end,
        seconds=float(weight.sum()),
        halted=float(held.sum() - weight.sum()),
        time=time[trading],
        clock=clock[:-1][trading],
        weight=weight[trading],
        samples=kept,
        spread=spread,
        classes=classes[trading],
        trades=trades,
        trade_clock=trade_clock,
    )
