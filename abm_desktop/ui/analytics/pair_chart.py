"""One market with and without RL traders: matched copies of it, one small chart for each stress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from abm_desktop.desk.analytics.experiments import MarketPaths
from abm_desktop.ui.analytics.effects_chart import PLACES, kind_color
from abm_desktop.ui.analytics.plot_row import fill_with_plots
from abm_desktop.ui.widgets.plots import EMPTY, Plot, ValueAxis

__all__ = ["PairChart"]

WITHOUT = "muted"
"""Colour of the copy without RL traders."""


class PairPlot(Plot):
    """The prices of the copies of one market under one stress."""

    AXIS_WIDTH = 44

    def __init__(self) -> None:
        super().__init__()
        self.setAxisItems({"bottom": ValueAxis("bottom")})
        self.setAccessibleName("Prices of the copies of a market")
        self.restyle()
        self._shock = self.add_line("warning", dashed=True)
        self._lines = [self.add_line(kind_color(k)) for k in range(PLACES)]
        self._without = self.add_line(WITHOUT)
        self.paths: MarketPaths | None = None

    def show_paths(self, paths: MarketPaths, kinds: Sequence[str]) -> None:
        """Draw them, on an axis of their own: a crash would press a calm market flat."""
        self.paths = paths
        lines = dict(paths.prices)
        without = lines.pop(next(iter(lines)))
        self._without.setData(paths.minutes, without)
        for k, line in enumerate(self._lines):
            kind = kinds[k] if k < len(kinds) else ""
            known = kind in lines
            line.setData(paths.minutes if known else EMPTY, lines[kind] if known else EMPTY)
        every = np.concatenate([without, *lines.values()])
        low, high = float(np.nanmin(every)), float(np.nanmax(every))
        margin = 0.06 * (high - low) or 0.1
        self.set_y(low - margin, high + margin)
        self._shock.setData(np.zeros(2), np.array([low, high]))
        self.set_x(float(paths.minutes[0]), float(paths.minutes[-1]))

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the prices in percent of that before the shock, behind the minutes since it."""
        if self.paths is None:
            return {}
        return {"minutes": self.paths.minutes} | self.paths.prices


class PairChart(QWidget):
    """The copies of one market under every stress."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("One market with and without RL traders")
        self.plots, self._titles, self._places = fill_with_plots(self, PairPlot)

    def show_market(self, paths: Sequence[MarketPaths], kinds: Sequence[str]) -> None:
        """Draw the copies of one market, a chart a stress."""
        for k, place in enumerate(self._places):
            place.setVisible(k < len(paths))
            if k < len(paths):
                self._titles[k].setText(f"{paths[k].group}, % by minutes")
                self.plots[k].show_paths(paths[k], kinds)
                self.plots[k].settle()

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the prices of every stress on show, each behind its name."""
        shown = [plot for plot, place in zip(self.plots, self._places, strict=True)
                 if not place.isHidden() and plot.paths is not None]  # fmt: skip
        return {
            f"{plot.paths.group} {name}": values
            for plot in shown
            if plot.paths is not None
            for name, values in plot.export_columns().items()
        }
