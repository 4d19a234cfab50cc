"""Autocorrelations as thin bars."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg

from abm_desktop.ui.widgets.plots import EMPTY, Plot

__all__ = ["AutocorrelationPlot"]


class AutocorrelationPlot(Plot):
    """Autocorrelations as thin bars, with the band of independent returns."""

    def __init__(self, x_label: str) -> None:
        super().__init__("", x_label, "")
        self._bars = self.add_line("accent", name="autocorrelation")
        self._tips = self.add_dots("accent", 4.0)
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._zero.setPen(pg.mkPen("#808080"))
        self.addItem(self._zero, ignoreBounds=True)
        self._bands = [
            self.add_line("warning", dashed=True, name=name)
            for name in ("95 % of independent returns", None)
        ]
        self._values = EMPTY
        self._band = math.nan

    def show_bars(self, values: np.ndarray, band: float) -> None:
        """Draw the values at lags 1, 2, ..., and lines at plus and minus ``band``."""
        self._values, self._band = values, band
        lag = np.arange(1.0, len(values) + 1)
        zero = np.zeros(len(values))
        self._bars.setData(
            np.repeat(lag, 2), np.column_stack((zero, values)).ravel(), connect="pairs"
        )
        self._tips.setData(lag, values)
        for sign, line in zip((1, -1), self._bands, strict=True):
            line.setData(np.array([0.0, len(values) + 1.0]), np.full(2, sign * band))
        known = values[np.isfinite(values)]
        low = min(-1.5 * band, float(known.min(initial=0.0)) * 1.1)
        high = max(1.5 * band, float(known.max(initial=0.0)) * 1.1)
        self.set_x(0.0, len(values) + 1.0)
        self.set_y(low, high)

    def clear_bars(self) -> None:
        """Show nothing."""
        self._values = EMPTY
        for item in (self._bars, self._tips, *self._bands):
            item.setData(EMPTY, EMPTY)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return lags and values, with the band beside."""
        n = len(self._values)
        return {
            "lag": np.arange(1, n + 1),
            "autocorrelation": self._values,
            "band": np.full(n, self._band),
        }
