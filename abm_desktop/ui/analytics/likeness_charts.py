"""Charts of how alike two days are: one score's distributions, and responses of the price."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from abm_desktop.desk.analytics.likeness import Likeness, Picture
from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS
from abm_desktop.metrics.likeness.scores import Score
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import EMPTY, Plot

__all__ = ["COLORS", "DistributionPlot", "LikenessCharts", "ResponsePlot"]

COLORS = ("accent", "fundamental")
"""Of the first day and the second."""
_SHORT = {
    "MO1": "market order, moves it",
    "MO0": "market order, does not",
    "LO1": "limit order, moves it",
    "LO0": "limit order, does not",
    "CA1": "cancel, moves it",
    "CA0": "cancel, does not",
}


class DistributionPlot(Plot):
    """One score of both days as histograms over each other."""

    def __init__(self) -> None:
        super().__init__("", "", "")
        self._lines = [self.add_line(color) for color in COLORS]
        self._picture: Picture | None = None
        self._names = ("A", "B")

    def show_picture(self, score: Score, names: tuple[str, str], picture: Picture | None) -> None:
        """Draw the shares of the values in each bin; nothing if a day has none."""
        self._picture, self._names = picture, names
        self.figure_x = f"{score.title} ({score.unit})" if score.unit else score.title
        self.figure_y = "Share of the values"
        if picture is None:
            for line in self._lines:
                line.setData(EMPTY, EMPTY)
            return
        x = np.repeat(picture.edges, 2)
        for line, name, shares in zip(self._lines, names, picture.shares, strict=True):
            self.name_curve(line, name)
            line.setData(x, np.concatenate(([0.0], np.repeat(shares, 2), [0.0])))
        self.set_x(float(picture.edges[0]), float(picture.edges[-1]))
        self.set_y(0.0, 1.06 * float(picture.shares.max()))

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the bins and both shares."""
        if self._picture is None:
            return {}
        edges, shares = self._picture.edges, self._picture.shares
        columns = {"from": edges[:-1], "to": edges[1:]}
        for name, row in zip(("share of A", "share of B"), shares, strict=True):
            columns[name] = row
        return columns


class ResponsePlot(Plot):
    """The response of the mid to one kind of event, of both days, over a log scale of events."""

    def __init__(self) -> None:
        super().__init__("", "events later", "", log_x=True)
        self.figure_y = "Response of the mid (mean spreads)"
        self._lines = [self.add_line(color) for color in COLORS]
        self._shown: tuple[np.ndarray, ...] = ()

    def show_responses(self, names: tuple[str, str], rows: tuple[np.ndarray, ...]) -> None:
        """Draw the mean response of each day at :data:`LAGS`."""
        self._shown = rows
        x = np.log10(np.array(LAGS, float))
        for line, name, row in zip(self._lines, names, rows, strict=True):
            self.name_curve(line, name)
            line.setData(x, row, connect="finite")
        self.set_x(0.0, float(x[-1]))

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return lags and both responses."""
        if not self._shown:
            return {}
        return {"events": np.array(LAGS), "A": self._shown[0], "B": self._shown[1]}


class LikenessCharts(QWidget):
    """The distribution of one score above, the six responses below."""

    def __init__(self) -> None:
        super().__init__()
        self.distribution = DistributionPlot()
        self.legend = Legend()
        self.panel = ChartPanel("Distribution", self.distribution, chart=self.distribution)
        self.panel.add_control(self.legend, optional=True)
        self.responses = {name: ResponsePlot() for name in EVENT_TYPES}
        below = QWidget()
        below.setObjectName("panelBody")
        grid = QGridLayout(below)
        grid.setContentsMargins(0, 0, 4, 4)
        grid.setSpacing(2)
        for k, (name, plot) in enumerate(self.responses.items()):
            plot.setAccessibleName(f"Response to a {EVENT_TYPES[name]}")
            title = QLabel(_SHORT[name])
            title.setObjectName("panelNote")
            title.setContentsMargins(plot.AXIS_WIDTH, 0, 0, 0)
            title.setToolTip(EVENT_TYPES[name])
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(title)
            cell.addWidget(plot, 1)
            grid.addLayout(cell, k % 2, k // 2)
        head = ChartPanel(
            "Response of the mid", below, "mean spreads, in the event's direction",
            chart=self.responses["MO1"],
        )  # fmt: skip
        head.setToolTip(
            "How far the mid has moved some events later (log scale), if the event moved it at "
            "once and if it did not"
        )
        row = QHBoxLayout()
        row.addWidget(head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.panel, 2)
        layout.addLayout(row, 3)

    def show_score(self, found: Likeness, score: Score) -> None:
        """Draw the distribution of a score."""
        self.panel.title.setText(score.title)
        self.panel.note.setText(score.unit)
        self.legend.set_entries(list(zip(COLORS, found.names, strict=True)))
        self.distribution.show_picture(score, found.names, found.pictures.get(score.name))

    def show_responses(self, found: Likeness) -> None:
        """Draw all responses, on one scale."""
        rows = {
            name: tuple(answer[name].mean for answer in found.responses) for name in EVENT_TYPES
        }
        known = np.concatenate([row for pair in rows.values() for row in pair])
        known = known[np.isfinite(known)]
        for name, plot in self.responses.items():
            plot.show_responses(found.names, rows[name])
            if len(known):
                low, high = min(0.0, float(known.min())), max(0.1, float(known.max()))
                gap = 0.06 * (high - low)
                plot.set_y(low - gap, high + gap)
