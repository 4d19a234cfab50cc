"""The spread over time, in ticks."""

from __future__ import annotations

import numpy as np

from abm_desktop.desk.phase_bands import phase_bands
from abm_desktop.desk.ranges import CalmRange, decimate, visible
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["SpreadChart"]


class SpreadChart(TimePlot):
    """Best ask less best bid; gaps are times without a quote on one side, and call phases."""

    def __init__(self, stress_log: StressLog) -> None:
        super().__init__()
        self._stress_log = stress_log
        self.setAccessibleName("Spread chart")
        self.figure_y = "Spread (ticks)"
        self.setToolTip("Best ask less best bid, in ticks")
        self._line = self.add_line("accent", fill="accent", fill_alpha=30)
        self._height = CalmRange(padding=0.1, anchor=0.0, shrink_below=0.4)
        self._generation = -1
        self._time = self._spread = EMPTY

    def reset_range(self) -> None:
        """Let the next drawing choose the height afresh."""
        self._height.reset()

    def show_snapshot(self, snapshot: MarketSnapshot, left: float, right: float) -> None:
        """Draw the spread from ``left`` to ``right`` seconds."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.clear_marks()
            self._height.reset()
        history = snapshot.history
        self.show_hint("" if len(history) > 1 else "Press Run (F5) to let the market trade.")
        self.show_marks(snapshot.marks, self._stress_log.spans)
        self.show_bands(phase_bands(snapshot))
        self.set_x(left, right)
        part = visible(history.time, left, right, self.pixel_width)
        time = history.time[part]
        # Quotes are whole ticks: what is left by the subtraction is rounding.
        spread = np.round((history.best_ask[part] - history.best_bid[part]) / snapshot.tick_size, 2)
        spread[spread <= 0.0] = np.nan  # quotes cross while orders gather for an auction
        self._time, self._spread = time, spread
        good = np.isfinite(spread)
        if not good.any():
            self._line.setData(EMPTY, EMPTY)
            return
        x, y = decimate(time, spread, self.pixel_width)
        self._line.setData(x, y, connect="finite")
        shown = self._height.follow(0.0, max(2.0, float(np.nanmax(spread))))
        if shown is not None:
            self.set_y(0.0, shown[1])
        self.settle()

    def describe(self, time: float) -> str:
        """Return the spread at ``time``; "" if it is not known."""
        k = int(np.searchsorted(self._time, time, side="right")) - 1
        if not 0 <= k < len(self._spread) or not np.isfinite(self._spread[k]):
            return ""
        return f"{self._spread[k]:g} ticks"

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the samples on show."""
        return {"time": self._time, "spread in ticks": self._spread}
