"""The curves of a training: reward, episode length, action shares, speed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from abm_desktop.ui.rl.controller import ClusterState, History
from abm_desktop.ui.widgets.formats import compact, signed
from abm_desktop.ui.widgets.panel import EmptyState, Legend, Panel
from abm_desktop.ui.widgets.plots import EMPTY, make_plot
from abm_desktop.ui.widgets.ranges import decimate

__all__ = ["TrainingCharts"]

PADDING = 0.1
"""Free share of the value axis above and below the curves."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A chart: curves of ``History`` columns with the colour role and the name of each."""

    key: str
    title: str
    unit: str
    curves: tuple[tuple[str, str, str], ...]
    scale: float = 1.0
    fixed: tuple[float, float] | None = None
    zero: bool = False
    decimals: int = 0
    waits: bool = False
    """Known only once an episode has ended."""


MEASURES = (
    Measure("reward", "Reward", "mean return of the last 100 episodes",
            (("reward_mean", "accent", ""),), decimals=2, waits=True),
    Measure("length", "Episode length", "decisions, mean of the last 100 episodes",
            (("episode_length_mean", "series:2", ""),), zero=True, decimals=1, waits=True),
    Measure("actions", "Actions", "share, %",
            (("sell", "ask", "SELL"), ("hold", "muted", "HOLD"), ("buy", "bid", "BUY")),
            scale=100.0, fixed=(0.0, 100.0), decimals=1),
    Measure("speed", "Speed", "decisions per second, sampled and learned from",
            (("steps_per_second", "series:3", ""),), zero=True),
)  # fmt: skip


class MeasureChart(Panel):
    """One measure against the iterations; its newest values stand in the title line."""

    def __init__(self, measure: Measure) -> None:
        self.plot = make_plot()
        super().__init__(self.tr(measure.title), self.plot, self.tr(measure.unit))
        self.measure = measure
        self.plot.setAccessibleName(self.tr(measure.title))
        self.legend = Legend()
        self.add_control(self.legend)
        self._curves = [self.plot.add_line(role) for _, role, _ in measure.curves]
        # A single point draws no line, and the first iterations are the ones a person waits for.
        self._dots = [self.plot.add_dots(role, 5.0) for _, role, _ in measure.curves]
        if measure.fixed is not None:
            self.plot.set_y(*measure.fixed)

    def show_history(self, history: History, right: float) -> None:
        """Draw iterations 0 to ``right``."""
        self.plot.set_x(0.0, right)
        x = history.column("iteration")
        low, high = math.inf, -math.inf
        entries = []
        for k, (column, role, name) in enumerate(self.measure.curves):
            y = history.column(column) * self.measure.scale
            known = np.isfinite(y)
            # Unknown values come first only (no episode has ended yet), so what is left is whole.
            shown_x, shown_y = decimate(x[known], y[known], self.plot.pixel_width)
            self._curves[k].setData(shown_x, shown_y, skipFiniteCheck=True)
            few = len(shown_x) < 30
            self._dots[k].setData(shown_x if few else EMPTY, shown_y if few else EMPTY)
            if known.any():
                low, high = min(low, float(y[known].min())), max(high, float(y[known].max()))
                entries.append((role, f"{name} {self._number(float(y[known][-1]))}".strip()))
        self._show_values(entries, waiting=self.measure.waits and not entries and len(history) > 0)
        if self.measure.fixed is None and low <= high:
            low = 0.0 if self.measure.zero else low
            room = PADDING * ((high - low) or max(abs(high), 1.0))
            self.plot.set_y(0.0 if self.measure.zero else low - room, high + room)

    def _number(self, value: float) -> str:
        if self.measure.key == "speed":
            return compact(value)
        if self.measure.key == "reward":
            return signed(value, self.measure.decimals)
        return f"{value:,.{self.measure.decimals}f}"

    def _show_values(self, entries: list[tuple[str, str]], *, waiting: bool) -> None:
        note = self.tr("waiting for the first episode to end") if waiting else self.measure.unit
        if self.note.text() != note:
            self.note.setText(note)
        self.legend.set_entries(entries)


class TrainingCharts(QWidget):
    """Four charts with one axis of iterations, or a page that says how to get them."""

    def __init__(self) -> None:
        super().__init__()
        self.charts = [MeasureChart(measure) for measure in MEASURES]
        grid_page = QWidget()
        grid = QGridLayout(grid_page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for k, chart in enumerate(self.charts):
            grid.addWidget(chart, k // 2, k % 2)
        self.empty = EmptyState("", "")
        self._pages = QStackedWidget()
        self._pages.addWidget(Panel(self.tr("Progress"), self.empty))
        self._pages.addWidget(grid_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._history: History | None = None
        self._drawn = -1

    def show_history(self, history: History, iterations: int, state: ClusterState) -> None:
        """Draw what is new; ``iterations`` is the number asked for."""
        if history is not self._history:
            self._history, self._drawn = history, -1
        if not len(history):
            self._pages.setCurrentIndex(0)
            self._explain(state)
            return
        self._pages.setCurrentIndex(1)
        if history.version == self._drawn:
            return
        self._drawn = history.version
        right = _axis_end(float(history.column("iteration")[-1]), iterations)
        for chart in self.charts:
            chart.show_history(history, right)

    def _explain(self, state: ClusterState) -> None:
        if state in (ClusterState.STARTING, ClusterState.TRAINING, ClusterState.STOPPING):
            self.empty.say(
                self.tr("The training begins"),
                self.tr(
                    "A cluster is started, the markets are compiled and warmed up: ten to forty "
                    "seconds. The first curves come with the first iteration."
                ),
            )
        else:
            self.empty.say(
                self.tr("No training yet"),
                self.tr(
                    "Choose a scenario and press “Start training”. Reward, episode length, the "
                    "shares of SELL, HOLD and BUY and the speed are drawn here as they come in."
                ),
            )


def _axis_end(iteration: float, iterations: int) -> float:
    """The end of the axis: a round number past ``iteration``, so that the curves seldom squeeze."""
    if iterations <= 20:
        return float(max(2, iterations))
    magnitude = 10.0 ** math.floor(math.log10(max(iteration, 10.0)))
    for factor in (1.0, 2.0, 3.0, 5.0, 7.0, 10.0):
        if iteration < factor * magnitude:
            return min(factor * magnitude, float(iterations))
    return float(iterations)
