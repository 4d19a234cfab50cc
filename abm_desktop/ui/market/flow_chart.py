"""Trader-type flow: what the takers of each class bought, less what they sold, over time."""

from __future__ import annotations

import numpy as np

from abm_desktop.desk.phase_bands import phase_bands
from abm_desktop.desk.ranges import CalmRange
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.desk.taker_flow import TakerFlow
from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.ui.analytics.series import class_title
from abm_desktop.ui.market.volume_chart import VolumeChart
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["FlowChart"]


class FlowChart(TimePlot):
    """A stair a class, over bars of time: above zero it bought as aggressor, below it sold."""

    def __init__(self, stress_log: StressLog) -> None:
        super().__init__()
        self._stress_log = stress_log
        self.store = TakerFlow()
        self.summed = False
        """Whether flows are added up from the left edge on, instead of bar by bar."""
        self.setAccessibleName("Flow by trader class")
        self.setToolTip(
            "Lots bought less lots sold by the aggressors of each class, in a bar of time"
        )
        self._curves = [
            self.add_line(f"series:{k}", name=class_title(name))
            for k, name in enumerate(TRADER_CLASSES)
        ]
        self._zero = self.add_line("muted", dashed=True)
        self._height = CalmRange(padding=0.1, anchor=0.0, shrink_below=0.4)
        self._generation = -1
        self._edges, self._flow = EMPTY, np.empty((0, len(TRADER_CLASSES)))
        self._lots = self._flow
        self.classes: tuple[int, ...] = ()
        """Places in ``TRADER_CLASSES`` of those that have taken anything in the time shown."""

    def set_summed(self, summed: bool) -> None:
        """Add flows up from the left edge on, or show them bar by bar."""
        self.summed = summed
        self._height.reset()

    def reset_range(self) -> None:
        """Let the next drawing choose the height afresh."""
        self._height.reset()

    def show_snapshot(self, snapshot: MarketSnapshot, left: float, right: float) -> None:
        """Draw the flow from ``left`` to ``right`` seconds."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.clear_marks()
            self._height.reset()
        self.store.take(snapshot)
        self.show_hint(
            "Recorded order flow names no traders."
            if snapshot.is_replay
            else ""
            if self.store.has_flow
            else "Press Run (F5) to let the market trade."
        )
        self.show_marks(snapshot.marks, self._stress_log.spans)
        self.show_bands(phase_bands(snapshot))
        self.set_x(left, right)
        width = VolumeChart.bucket_width(right - left)
        edges, lots, each = self.store.between(left, right, width)
        if snapshot.is_replay:
            edges, lots = EMPTY, lots[:0]
        self._edges, self._lots = edges, lots
        bars = "since the left edge" if self.summed else f"bars of {each:g}\N{NO-BREAK SPACE}s"
        self.figure_y = f"Lots bought less sold ({bars})"
        self._flow = np.cumsum(lots, axis=0) if self.summed else lots
        self.classes = tuple(np.flatnonzero(np.abs(lots).sum(axis=0)).tolist())
        for k, curve in enumerate(self._curves):
            if k in self.classes:
                curve.setData(edges, self._flow[:, k], stepMode="center", skipFiniteCheck=True)
            elif curve.xData is not None and len(curve.xData):
                curve.setData(EMPTY, EMPTY, stepMode=None)
        self._zero.setData(np.array([left, right]), np.zeros(2), skipFiniteCheck=True)
        if len(self._flow):
            shown = self._height.follow(
                min(-1.0, float(self._flow.min())), max(1.0, float(self._flow.max()))
            )
            if shown is not None:
                self.set_y(*shown)
        self.settle()

    def describe(self, time: float) -> str:
        """Return the flow of each class in the bar at ``time``; "" if there is none."""
        k = int(np.searchsorted(self._edges, time, side="right")) - 1
        if not 0 <= k < len(self._flow):
            return ""
        return "\n".join(
            f"{class_title(TRADER_CLASSES[c]):<14}{self._flow[k, c]:+,.0f}" for c in self.classes
        )

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the bars on show: where each begins, and the net lots of each class."""
        return {"time": self._edges[:-1]} | {
            TRADER_CLASSES[c]: self._lots[:, c] for c in self.classes
        }
