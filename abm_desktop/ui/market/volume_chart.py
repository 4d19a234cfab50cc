"""Lots traded per time bucket, under the price chart and with its time axis."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.desk.phase_bands import phase_bands
from abm_desktop.desk.ranges import CalmRange, visible
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.live import MarketSnapshot
from abm_desktop.metrics.streaming import bucket_increments
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["VolumeChart"]


class VolumeChart(TimePlot):
    """Lots traded per time bucket, under the price chart and with its time axis."""

    BARS = 90

    def __init__(self, stress_log: StressLog) -> None:
        super().__init__()
        self._stress_log = stress_log
        self.setAccessibleName("Volume chart")
        self._bars = self.add_line("muted", fill="muted", fill_alpha=110)
        self._height = CalmRange(padding=0.08, anchor=0.0, shrink_below=0.4)
        self._generation = -1
        self._width = 0.0
        self._edges = self._volume = EMPTY

    @staticmethod
    def bucket_width(span: float) -> float:
        """Return the width of a bar in seconds: a round time that gives at most ninety bars."""
        return (
            next(
                (
                    w
                    for w in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900)
                    if span / w <= VolumeChart.BARS
                ),
                1800,
            )
            * 1.0
        )

    def describe(self, time: float) -> str:
        """Return the lots traded in the bar at ``time``; "" if there is none."""
        k = int(np.searchsorted(self._edges, time, side="right")) - 1
        if not 0 <= k < len(self._volume):
            return ""
        return f"{self._volume[k]:,.0f} lots"

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the bars on show: where each begins, and its lots."""
        return {"time": self._edges[:-1], "lots": self._volume}

    def reset_range(self) -> None:
        """Let the next drawing choose the height afresh."""
        self._height.reset()

    def show_snapshot(self, snapshot: MarketSnapshot, left: float, right: float) -> None:
        """Draw the traded volume from ``left`` to ``right`` seconds."""
        width = self.bucket_width(right - left)
        if snapshot.generation != self._generation or width != self._width:
            self._generation, self._width = snapshot.generation, width
            self._height.reset()
        self.show_marks(snapshot.marks, self._stress_log.spans)
        self.show_bands(phase_bands(snapshot))
        history = snapshot.history
        # The first bar as a whole, also where it begins left of the edge.
        begin = math.floor(left / width) * width
        part = visible(history.time, begin, right, 1 << 30)
        time, total = history.time[part], history.volume[part]
        if snapshot.time <= right and not (len(time) and time[-1] > snapshot.time):
            time = np.append(time, snapshot.time)
            total = np.append(total, float(snapshot.volume))
        edges, volume = bucket_increments(time, total, width)
        whole = int(np.searchsorted(edges, begin - 1e-9 * width))
        edges, volume = edges[whole:], volume[whole:]
        self._edges, self._volume = edges, volume
        self.figure_y = f"Lots traded (bars of {width:g}\N{NO-BREAK SPACE}s)"
        self.set_x(left, right)
        if not len(volume):
            self._bars.setData(EMPTY, EMPTY, stepMode=None)
            return
        self._bars.setData(edges, volume, stepMode="center", skipFiniteCheck=True)
        shown = self._height.follow(0.0, max(1.0, float(volume.max())))
        if shown is not None:
            self.set_y(0.0, shown[1])
        self.settle()
