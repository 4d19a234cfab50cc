"""What a treatment did, by level, with intervals: one small chart for each stress."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from abm_desktop.desk.figures.content import FigurePanel
from abm_desktop.ui.analytics.compare_charts import run_color
from abm_desktop.ui.analytics.plot_row import MOST, fill_with_plots
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.widgets.figure_reading import panel_of
from abm_desktop.ui.widgets.plots import EMPTY, Plot, ValueAxis

__all__ = ["EffectsChart", "kind_color"]

PLACES = 6
COLUMNS = (
    "measure", "group", "kind", "level", "ratio", "change", "low", "high", "p", "p_holm", "pairs",
)  # fmt: skip
"""Of the CSV file."""
FAR = 3.0
"""A change, as a fraction, from which on ratios are easier to read as factors."""
Effect = Mapping[str, Any]


def kind_color(place: int) -> str:
    """Return the role of the colour of the k-th kind of traders."""
    return run_color(place % PLACES)


class LevelAxis(ValueAxis):
    """An axis of named levels at 0, 1, 2, ..."""

    figure_kind = "names"
    names: Sequence[str] = ()

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return one tick a level."""
        return [(1.0, 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the name of each level."""
        metrics = QFontMetrics(self.style["tickFont"])
        room = max(30, int(self.width() / max(1, len(self.names))) - 2)
        cut = Qt.TextElideMode.ElideMiddle
        whole = [round(v) for v in values]
        return [
            metrics.elidedText(self.names[k], cut, room) if 0 <= k < len(self.names) else ""
            for k in whole
        ]


class FactorAxis(ValueAxis):
    """A value axis that can also show powers of two, as factors: ×½, ×1, ×2, ×4."""

    as_factors = False

    @property
    def figure_kind(self) -> str:  # type: ignore[override]
        """How a figure labels it."""
        return "factor" if self.as_factors else "number"

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return one tick a doubling, or as usual."""
        return [(1.0, 0.0)] if self.as_factors else super().tickSpacing(low, high, size)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the factors, or as usual."""
        if not self.as_factors:
            return super().tickStrings(values, scale, spacing)
        return [f"×{2.0**value:g}" for value in values]


class GroupPlot(Plot):
    """The effects under one stress."""

    AXIS_WIDTH = 40

    def __init__(self) -> None:
        super().__init__()
        self.axis = LevelAxis("bottom")
        self.values = FactorAxis("left")
        self.setAccessibleName("Effect by level")
        self.setAxisItems({"bottom": self.axis, "left": self.values})
        self.restyle()
        self._effects: list[Effect] = []
        self._zero = self.add_line("muted", dashed=True)
        self._intervals = [self.add_line(kind_color(k)) for k in range(PLACES)]
        self._means = [self.add_dots(kind_color(k), 7.0) for k in range(PLACES)]

    def show_effects(
        self,
        effects: Sequence[Effect],
        kinds: Sequence[str],
        levels: Sequence[str],
        as_factors: bool = False,
    ) -> tuple[float, float]:
        """Draw; returns the least and the greatest bound."""
        self._effects = list(effects)
        self.values.as_factors, self.values.picture = as_factors, None
        self.axis.names = levels
        self.axis.picture = None
        low, high, self.furthest = 0.0, 0.0, 0.0
        width = min(0.6, 0.14 * len(kinds))
        for k in range(PLACES):
            x, y, ends = [], [], []
            mine = [e for e in effects if kinds.index(e["kind"]) == k]
            shift = width * ((k + 0.5) / len(kinds) - 0.5) if kinds else 0.0
            for e in mine:
                at = levels.index(e["level"]) + shift
                value, *bounds = (
                    _shown(_known(e[name]), e["ratio"], as_factors)
                    for name in ("change", "low", "high")
                )
                if not math.isfinite(value):
                    continue
                x.append(at)
                y.append(value)
                self.furthest = max(self.furthest, abs(value))
                if all(map(math.isfinite, bounds)):
                    ends.append((at, *bounds))
                low = min([low, value, *filter(math.isfinite, bounds)])
                high = max([high, value, *filter(math.isfinite, bounds)])
            self._means[k].setData(np.array(x), np.array(y))
            self._means[k].opts["name"] = kinds[k] if x and k < len(kinds) else ""
            if ends:
                bars = np.array(ends)
                self._intervals[k].setData(
                    np.repeat(bars[:, 0], 2), bars[:, 1:].ravel(), connect="pairs"
                )
            else:
                self._intervals[k].setData(EMPTY, EMPTY)
        edge = max(1, len(levels)) - 0.5
        self._zero.setData(np.array([-0.5, edge]), np.zeros(2))
        self.set_x(-0.5, edge)
        return low, high

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the effects as a table."""
        return _table(self._effects)


class EffectsChart(QWidget):
    """Charts of all stresses with one value axis."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Effect by level")
        self.effects: list[Effect] = []
        self.as_factors = False
        """Whether ratios are drawn as factors now."""
        self.plots, self._titles, self._places = fill_with_plots(self, GroupPlot)

    def show_effects(
        self,
        effects: Sequence[Effect],
        kinds: Sequence[str],
        levels: Sequence[str],
        *,
        as_factors: bool | None = None,
    ) -> list[str]:
        """Draw effects of one measure; returns the stresses for which there was no room.

        ``as_factors`` draws ratios as factors on an axis of powers of two, on which a half is as
        far from one as the double; None does so if one of them is so large that in percent it
        would press the others flat.
        """
        self.effects = list(effects)
        if as_factors is None:
            largest = max((e["change"] or 0.0 for e in effects if e["ratio"]), default=0.0)
            as_factors = largest >= FAR
        self.as_factors = as_factors
        groups = list(dict.fromkeys(e["group"] for e in effects))
        low, high = 0.0, 0.0
        for k, place in enumerate(self._places):
            place.setVisible(k < len(groups))
            if k < len(groups):
                mine = [e for e in effects if e["group"] == groups[k]]
                self._titles[k].setText(groups[k])
                self.plots[k].setAccessibleName(f"Effect by level, {groups[k]}")
                bounds = self.plots[k].show_effects(mine, kinds, levels, as_factors)
                low, high = min(low, bounds[0]), max(high, bounds[1])
        furthest = max((plot.furthest for plot in self.plots[: len(groups)]), default=0.0)
        if furthest > 0.0:
            # An interval without a useful end would press all others flat: it leaves the chart.
            low = -1.5 * furthest if -low > 3.0 * furthest else low
            high = 1.5 * furthest if high > 3.0 * furthest else high
        margin = 0.08 * (high - low) or 1.0
        for plot in self.plots[: len(groups)]:
            plot.set_y(low - margin, high + margin)
            plot.settle()
        return groups[MOST:]

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the effects as a table."""
        return _table(self.effects)

    def tell_axes(self, levels: str, effects: str) -> None:
        """Say what the axes are, for figures."""
        for plot in self.plots:
            plot.figure_x, plot.figure_y = levels, effects

    def figure_panels(self, colors: Colors) -> list[FigurePanel]:
        """Return the charts on show, for one figure."""
        return [
            panel_of(plot, colors, title.text())
            for plot, title, place in zip(self.plots, self._titles, self._places, strict=True)
            if not place.isHidden()
        ]


def _table(effects: Sequence[Effect]) -> dict[str, np.ndarray]:
    """What all effects tell, as columns; ``change`` and bounds are fractions where ``ratio``."""
    return {
        name: np.array([_known(e[name]) if e[name] is None else e[name] for e in effects])
        for name in COLUMNS
        if all(name in e for e in effects)
    }


def _shown(value: float, ratio: bool, as_factors: bool) -> float:
    """Where a change is drawn: percent for ratios, or the power of two that they are."""
    if not ratio:
        return value
    if as_factors:
        return math.log2(1.0 + value) if value > -1.0 else math.nan
    return 100.0 * value


def _known(value: float | None) -> float:
    return math.nan if value is None else value
