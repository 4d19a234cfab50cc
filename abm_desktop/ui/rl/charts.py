"""The curves of trainings: smoothed, side by side, in groups of charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from abm_desktop.desk.formats import compact, signed
from abm_desktop.desk.ranges import decimate
from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.desk.training_measures import (
    AXES,
    GROUPS,
    MEASURES,
    NOT_MEASURED,
    RUN_COLORS,
    TrainingMeasure,
)
from abm_desktop.ui.rl.chart_bar import ChartBar
from abm_desktop.ui.rl.controller import ClusterState
from abm_desktop.ui.rl.runs import Runs, TrainingRun
from abm_desktop.ui.widgets.chart_export import by_own_names
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import EmptyState, Legend, Panel
from abm_desktop.ui.widgets.plots import EMPTY, make_plot

__all__ = ["TrainingChart", "TrainingCharts"]

PADDING = 0.1
"""Free share of the value axis above and below the curves."""
FLAT = 1e-6
"""A curve that moves by less of its own size is drawn as a level one."""
FAINT = 0.28
"""Opacity of a curve behind its smoothed one."""
FEW = 30
"""Points up to which each has a dot: a single point draws no line."""
LEAST_HEIGHT = 128
RULE_COLORS = ("muted", "danger", "good")
"""Of the lines to beat: doing nothing, random decisions, the best rule."""


class TrainingChart(ChartPanel):
    """One measure of one or more runs; the present run's newest values stand in the title line."""

    def __init__(self, measure: TrainingMeasure) -> None:
        self.plot = make_plot()
        super().__init__(measure.title, self.plot, measure.unit, chart=self.plot)
        self.measure = measure
        tip = f"\n{measure.tip}" if measure.tip else ""
        self.plot.setToolTip(f"{measure.title}: {measure.unit}{tip}")
        self.setMinimumHeight(LEAST_HEIGHT)
        self.legend = Legend()
        self.add_control(self.legend)
        self._others: list[list[pg.PlotCurveItem]] = []
        self._raw = [self.plot.add_line(role) for _, role, _ in measure.curves]
        for curve in self._raw:
            curve.setOpacity(FAINT)
        self._curves = [self.plot.add_line(role) for _, role, _ in measure.curves]
        self._dots = [self.plot.add_dots(role, 5.0) for _, role, _ in measure.curves]
        self._lines = [self.plot.add_line(role, dashed=True) for role in RULE_COLORS]
        """Doing nothing, random decisions and the best rule; in the chart of the reward only."""
        self._columns: dict[str, np.ndarray] = {}
        if measure.fixed is not None:
            self.plot.set_y(*measure.fixed)

    def show_runs(
        self,
        current: TrainingRun | None,
        others: Sequence[TrainingRun],
        axis: str,
        weight: float,
        right: float,
    ) -> None:
        """Draw from 0 to ``right`` of ``axis``, smoothed with ``weight``."""
        self.plot.set_x(0.0, right)
        self.plot.figure_x = axis
        columns: list[tuple[str, np.ndarray]] = []
        limits = [math.inf, -math.inf]
        while len(self._others) < len(others):
            self._add_other()
        for k, curves in enumerate(self._others):
            run = others[k] if k < len(others) else None
            names = self._names(run)
            for curve, (column, _, _), name in zip(curves, self.measure.curves, names, strict=True):
                if run is None:
                    curve.setData(EMPTY, EMPTY)
                    continue
                x, raw, smooth = self._series(run.history, column, axis, weight)
                self.plot.name_curve(curve, f"{run.name} {name}".strip())
                self._draw(curve, x, smooth, limits)
                columns += self._told(run.name, name, axis, (x, raw, smooth), weight)
        entries = []
        names = self._names(current)
        for c, (column, role, _) in enumerate(self.measure.curves):
            name = names[c]
            if current is None:
                x = raw = smooth = EMPTY
            else:
                x, raw, smooth = self._series(current.history, column, axis, weight)
                columns += self._told(current.name, name, axis, (x, raw, smooth), weight)
            of = f"{current.name} " if current is not None and others else ""
            self.plot.name_curve(self._curves[c], f"{of}{name}".strip() or self.measure.title)
            self._draw(self._curves[c], x, smooth, limits)
            self._draw(self._raw[c], x if weight else EMPTY, raw if weight else EMPTY, limits)
            few = len(x) < FEW
            self._dots[c].setData(x if few else EMPTY, smooth if few else EMPTY)
            if len(smooth):
                entries.append((role, f"{name} {self._number(float(smooth[-1]))}".strip()))
        rules = self._show_rules(current, right, limits)
        self._columns = by_own_names(columns)
        self._note(entries, rules, current)
        self._set_range(*limits)

    def _show_rules(
        self, current: TrainingRun | None, right: float, limits: list[float]
    ) -> list[tuple[str, str]]:
        """Draw the lines to beat, level; returns their entries of the legend."""
        is_reward = self.measure.key == "reward" and current is not None
        rules = current.history.lines_to_beat() if is_reward and current is not None else {}
        entries = []
        values = list(rules.items())
        for k, line in enumerate(self._lines):
            if k >= len(values):
                line.setData(EMPTY, EMPTY)
                continue
            name, value = values[k]
            self.plot.name_curve(line, name)
            line.setData(np.array([0.0, right]), np.full(2, value))
            limits[:] = min(limits[0], value), max(limits[1], value)
            entries.append((RULE_COLORS[k], f"{name} {self._number(value)}"))
        return entries

    def _names(self, run: TrainingRun | None) -> tuple[str, ...]:
        """Of the curves; what kinds of actions there are depends on the role of the run."""
        if self.measure.key == "actions" and run is not None:
            return run.history.role.side_names
        return tuple(name for _, _, name in self.measure.curves)

    def _add_other(self) -> None:
        """Make the curves of one more run.

        They lie below those of the present run. A measure of several curves has colours of its
        own, so that other runs of it are told apart by dashes.
        """
        many, color = len(self.measure.curves) > 1, RUN_COLORS[len(self._others)]
        curves = []
        for _, role, _ in self.measure.curves:
            curve = self.plot.add_line(role if many else color, dashed=many)
            curve.setZValue(-1)
            curves.append(curve)
        self._others.append(curves)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Every curve in full, behind its axis, and beside what is smoothed of it if it is so."""
        return self._columns

    def _told(
        self,
        run: str,
        curve: str,
        axis: str,
        series: tuple[np.ndarray, np.ndarray, np.ndarray],
        weight: float,
    ) -> list[tuple[str, np.ndarray]]:
        """The columns of one curve; several of one run may be known at other times."""
        x, raw, smooth = series
        title = f"{run} {curve}".strip() or self.measure.title
        of_all = f"{run} {axis}".strip()
        told = [(f"{title} {axis}" if curve else of_all, x), (title, raw)]
        return [*told, (f"{title} smoothed by {weight:g}", smooth)] if weight else told

    def _series(
        self, history: TrainingHistory, column: str, axis: str, weight: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(x, values, smoothed values) where they are known."""
        values = history.column(column)
        known = np.isfinite(values)
        source, unit = AXES[axis]
        x, scale = history.column(source)[known] * unit, self.measure.scale
        return x, values[known] * scale, history.smoothed(column, weight)[known] * scale

    def _draw(self, curve: object, x: np.ndarray, y: np.ndarray, limits: list[float]) -> None:
        shown_x, shown_y = decimate(x, y, self.plot.pixel_width)
        curve.setData(shown_x, shown_y, skipFiniteCheck=True)  # type: ignore[attr-defined]
        if len(y):
            limits[0] = min(limits[0], float(y.min()))
            limits[1] = max(limits[1], float(y.max()))

    def _set_range(self, low: float, high: float) -> None:
        if self.measure.fixed is not None or not low <= high:
            return
        low = 0.0 if self.measure.zero else low
        span = high - low
        if span < FLAT * max(abs(low), abs(high)):
            # Nothing but rounding: the labels of the axis could not tell it.
            span = max(abs(high), 1.0)
        room = PADDING * span
        self.plot.set_y(0.0 if self.measure.zero else low - room, high + room)

    def _number(self, value: float) -> str:
        if self.measure.key == "speed":
            return compact(value)
        if self.measure.key in ("reward", "pnl"):
            return signed(value, self.measure.decimals)
        text = f"{value:,.{self.measure.decimals}f}"
        return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")

    def _note(
        self,
        entries: list[tuple[str, str]],
        rules: list[tuple[str, str]],
        current: TrainingRun | None,
    ) -> None:
        note = self.measure.unit
        if current is not None and len(current.history) and not entries:
            if self.measure.key in NOT_MEASURED.get(current.algorithm, ()):
                note = f"{current.algorithm} has none"
            elif self.measure.waits:
                note = "waiting for the first episode to end"
            else:
                note = "not measured"
        if self.note.text() != note:
            self.note.setText(note)
        self.legend.set_entries([*entries, *rules])


class _Charts(dict[str, TrainingChart]):
    """The charts by their keys, each made when it is first asked for: it takes some 20 ms."""

    def __missing__(self, key: str) -> TrainingChart:
        chart = TrainingChart(next(measure for measure in MEASURES if measure.key == key))
        # The menu of the plot asks the plot for its numbers.
        chart.plot.export_columns = chart.export_columns
        self[key] = chart
        return chart


class TrainingCharts(QWidget):
    """Charts with one axis, a bar of choices above, or a page that says how to get them."""

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self.runs = runs
        self.bar = ChartBar(runs)
        self.charts = _Charts()
        self._grid_page = QWidget()
        self._grid = QGridLayout(self._grid_page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        scroll = QScrollArea()
        scroll.setWidget(self._grid_page)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.empty = EmptyState("", "")
        self._pages = QStackedWidget()
        self._pages.addWidget(Panel("Progress", self.empty))
        self._pages.addWidget(scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self._pages, 1)
        self._drawn: object = None
        self._arranged: tuple[str, str] = ("", "")
        self.bar.changed.connect(self._redraw)
        runs.changed.connect(self._redraw)
        self._arrange()

    @property
    def visible_charts(self) -> list[TrainingChart]:
        """The charts of the group that is looked at."""
        return [self.charts[key] for key in self._keys()]

    def figure_source(self) -> str:
        """The trainings on show, with what made them."""
        runs = [run for run in (self.runs.current, *self.runs.shown) if run is not None]
        return " · ".join(f"{run.name} ({run.about})".strip() for run in runs)

    def show_state(self, state: ClusterState) -> None:
        """Draw what is new."""
        current, others = self.runs.current, self.runs.shown
        if not others and (current is None or not len(current.history)):
            self._pages.setCurrentIndex(0)
            self._explain(state)
            return
        self._pages.setCurrentIndex(1)
        key = (
            current,
            current.history.version if current is not None else 0,
            tuple((run.name, run.history.version) for run in others),
            self.bar.axis, self.bar.weight, self.bar.group,
        )  # fmt: skip
        if key == self._drawn:
            return
        self._drawn = key
        self._arrange()
        right = self._right_end(current, others)
        for chart in self.visible_charts:
            chart.show_runs(current, others, self.bar.axis, self.bar.weight, right)
        self.bar.show_legend(current, others)

    def _redraw(self) -> None:
        self._drawn = None

    def _keys(self) -> list[str]:
        current = self.runs.current
        algorithm = current.algorithm if current is not None else ""
        missing = NOT_MEASURED.get(algorithm, ())
        keys = [key for key in GROUPS[self.bar.group] if key not in missing]
        if self.bar.group == "Learning":
            extra = [k for k in ("temperature", "mean_value") if k not in missing and algorithm]
            keys += extra
        return keys

    def _arrange(self) -> None:
        """Put the charts of the chosen group into the grid."""
        keys = self._keys()
        wanted = (self.bar.group, ",".join(keys))
        if wanted == self._arranged:
            return
        self._arranged = wanted
        for chart in self.charts.values():
            self._grid.removeWidget(chart)
            chart.hide()
        # Four where three would leave one chart alone in a third line.
        columns = 2 if len(keys) <= 4 else 4 if len(keys) in (7, 8) else 3
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, key in enumerate(keys):
            self._grid.addWidget(self.charts[key], place // columns, place % columns)
            self._grid.setRowStretch(place // columns, 1)
            self.charts[key].show()

    def _right_end(self, current: TrainingRun | None, others: Sequence[TrainingRun]) -> float:
        column, unit = AXES[self.bar.axis]
        runs = [run for run in (current, *others) if run is not None and len(run.history)]
        newest = max(float(run.history.column(column)[-1]) for run in runs) * unit
        if self.bar.axis == "Iterations":
            return _axis_end(newest, max(run.iterations for run in runs))
        return _round_up(newest)

    def _explain(self, state: ClusterState) -> None:
        if state in (ClusterState.STARTING, ClusterState.TRAINING, ClusterState.STOPPING):
            self.empty.say(
                "The training begins",
                "A cluster is started and the markets are warmed up: ten to forty seconds; the "
                "first training compiles besides, about a minute of one core. The first curves "
                "come with the first iteration.",
            )
        else:
            self.empty.say(
                "No training yet",
                "Choose a preset or a scenario and press “Start training”. Reward, profit, "
                "losses, actions and speed are drawn here as they come in. Under “Compare "
                "with” the curves of stored models can be drawn at once.",
            )


def _axis_end(iteration: float, iterations: int) -> float:
    """The end of the axis: a round number past ``iteration``, so that the curves seldom squeeze."""
    if iterations <= 20:
        return float(max(2, iterations))
    return min(_round_up(max(iteration, 10.0)), float(iterations))


def _round_up(value: float) -> float:
    """The next round number above ``value``."""
    if not value > 0.0:
        return 1.0
    magnitude = 10.0 ** math.floor(math.log10(value))
    return next(
        f * magnitude for f in (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0) if value < f * magnitude
    )
