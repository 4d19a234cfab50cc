"""Charts of the main stylised facts, from many sessions."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QHBoxLayout, QWidget

from abm_desktop.desk.analytics.fact_sessions import FactCurves
from abm_desktop.ui.analytics.autocorrelation_plot import AutocorrelationPlot
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import Plot

__all__ = ["FactCharts"]

LEAST_SHARE = 1e-5
"""Of the normal tail that is drawn."""


class FactCharts(QWidget):
    """Clustering of volatility, memory of returns and of order signs, and the tail."""

    def __init__(self) -> None:
        super().__init__()
        self.curves: FactCurves | None = None
        self.clustering = BandPlot("lag, minutes")
        self.clustering.figure_y = "Autocorrelation of |returns|"
        self.returns = AutocorrelationPlot("lag, minutes")
        self.returns.figure_y = "Autocorrelation of returns"
        self.signs = BandPlot("lag, trades", log=True)
        self.signs.figure_y = "Autocorrelation of trade signs"
        self.tail = TailPlot()
        self.tail.figure_y = "Share of returns that are larger"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        banded = "with the 95 % band over sessions"
        for title, plot, tip in (
            ("Autocorrelation of |returns|", self.clustering, f"Of a minute, {banded}"),
            ("Autocorrelation of returns", self.returns,
             "Dashed: ±2/√n, within which 95 % of those of independent returns lie"),
            ("Tail of returns", self.tail,
             "Share of the minutes with a larger |return|, in standard deviations; log scales"),
            ("Memory of order signs", self.signs,
             f"Of aggressive orders, {banded}; log scales, so that a power law is a line"),
        ):  # fmt: skip
            plot.setAccessibleName(title)
            panel = ChartPanel(title, plot, chart=plot)
            panel.setToolTip(tip)
            if plot is self.tail:
                panel.add_control(
                    Legend([("accent", "returns"), ("fundamental", "normal")]), optional=True
                )
            row.addWidget(panel, 1)

    def show_curves(self, curves: FactCurves) -> None:
        """Draw these."""
        self.curves = curves
        self.clustering.show_band(curves.clustering)
        self.returns.show_bars(curves.returns, curves.returns_band)
        self.signs.show_band(curves.signs)
        self.tail.show_tail(curves)


class BandPlot(Plot):
    """Autocorrelations at lags 1, 2, ..., with a band."""

    def __init__(self, x_label: str, *, log: bool = False) -> None:
        super().__init__("", x_label, "", log_x=log, log_y=log)
        self._log = log
        self._edges = [
            self.add_line("muted", dashed=True, name=name) for name in ("95 % band", None)
        ]
        self._line = self.add_line("accent", name="autocorrelation")
        self._band = np.empty((3, 0))

    def show_band(self, band: np.ndarray) -> None:
        """Draw estimate, low and high of each lag, (3, k)."""
        self._band = band
        lag = np.arange(1.0, band.shape[1] + 1)
        x = np.log10(lag) if self._log else lag
        rows = np.log10(np.where(band > 0.0, band, np.nan)) if self._log else band
        for item, row in zip((self._line, *self._edges), rows, strict=True):
            item.setData(x, row, connect="finite")
        known = rows[0][np.isfinite(rows[0])]
        if not len(known):
            return
        low, high = float(known.min()), float(known.max())
        gap = 0.08 * max(high - low, 0.1)
        self.set_x(float(x[0]) - (0.05 if self._log else 1.0), float(x[-1]) * 1.02)
        self.set_y(low - gap if self._log else min(0.0, low) - gap, high + gap)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return lags, estimates and the band."""
        names = ("autocorrelation", "low", "high")
        lag = np.arange(1, self._band.shape[1] + 1)
        return {"lag": lag, **dict(zip(names, self._band, strict=True))}


class TailPlot(Plot):
    """Share of absolute returns beyond a size, and that of normal ones."""

    def __init__(self) -> None:
        super().__init__("", "standard deviations", "", log_x=True, log_y=True)
        self._normal: pg.PlotCurveItem = self.add_line("fundamental", dashed=True, name="normal")
        self._line = self.add_line("accent", name="returns")
        self._curves: FactCurves | None = None

    def show_tail(self, curves: FactCurves) -> None:
        """Draw the larger half, where the tail is."""
        self._curves = curves
        some = curves.tail_size > 0.5
        if not some.any():
            return
        x, y = np.log10(curves.tail_size[some]), np.log10(curves.tail[some])
        self._line.setData(x, y)
        seen = some & (curves.normal > LEAST_SHARE)
        self._normal.setData(np.log10(curves.tail_size[seen]), np.log10(curves.normal[seen]))
        self.set_x(float(x[0]), float(x[-1]) + 0.05)
        self.set_y(float(y.min()) - 0.2, 0.05)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return sizes and both shares."""
        if self._curves is None:
            return {}
        return {
            "standard deviations": self._curves.tail_size,
            "share beyond": self._curves.tail,
            "normal share beyond": self._curves.normal,
        }
