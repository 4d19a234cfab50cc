"""What a chart of the window shows, read as the content of a figure in the colours of paper.

Cursors, the line of the last price, hints and frames belong to the screen: they are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QLabel, QWidget

from abm_desktop import __version__
from abm_desktop.desk.figures.content import (
    Band,
    Bars,
    Dots,
    EventLine,
    FigureAxis,
    FigureContent,
    FigurePanel,
    Layer,
    Line,
    SideBars,
)
from abm_desktop.desk.formats import clock, with_capital
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.worker import Worker

__all__ = [
    "Drawn",
    "FigureMaker",
    "Row",
    "content_of",
    "has_figure",
    "maker_of",
    "panel_of",
    "rows_panel",
]

TIME_LABEL = "Simulated time (h:mm:ss)"
_PIXEL = 0.75
"""Points of a dot for one pixel of the screen."""


@runtime_checkable
class FigureMaker(Protocol):
    """A part of the window that draws figures: the main window."""

    def figure_worker(self) -> Worker:
        """The process that draws."""

    def tell_saved(self, what: str) -> None:
        """Say what was saved, and where."""


@runtime_checkable
class HasSource(Protocol):
    """A part of the window that knows where what its charts show comes from."""

    def figure_source(self) -> str:
        """Scenario, seed and the like, in a line."""


@runtime_checkable
class Titled(Protocol):
    """A panel around a chart."""

    title: QLabel
    note: QLabel

    def take_header(self) -> QWidget:
        """Only panels have it."""


class Drawn(Protocol):
    """One curve or set of dots of a chart; see ``Plot.drawn``."""

    item: Any
    role: str
    dashed: bool
    filled: bool


def maker_of(chart: QWidget) -> FigureMaker | None:
    """The part of the window around ``chart`` that draws figures; None outside of one."""
    return next((w for w in _around(chart) if isinstance(w, FigureMaker)), None)


def has_figure(chart: QWidget) -> bool:
    """Whether a figure can be made of what ``chart`` shows."""
    if maker_of(chart) is None:
        return False
    return hasattr(chart, "figure_panels") or hasattr(chart, "drawn")


def content_of(chart: Any, title: str = "") -> FigureContent:
    """Read what ``chart`` shows now: a plot, or a widget with ``figure_panels()``."""
    colors = theme.for_paper()
    if hasattr(chart, "figure_panels"):
        panels = tuple(chart.figure_panels(colors))
    else:
        panels = (panel_of(chart, colors),)
    return FigureContent(title or chart.accessibleName(), panels, _source(chart, panels))


def panel_of(plot: Any, colors: Colors, title: str = "") -> FigurePanel:
    """Read one plot."""
    item = plot.getPlotItem()
    (left, right), (bottom, top) = item.getViewBox().viewRange()
    below, beside = item.getAxis("bottom"), item.getAxis("left")
    time = below.figure_kind == "time"
    x_label = plot.figure_x or below.labelText or (TIME_LABEL if time else "")
    y_label = plot.figure_y or beside.labelText or _panel_label(plot)
    by_item = {drawn.item: drawn for drawn in plot.drawn()}
    layers: list[Layer] = list(plot.figure_bands(colors))
    for each in sorted(item.items, key=lambda i: i.zValue()):
        layers += _layers(each, by_item.get(each), colors)
    layers += [
        EventLine(float(line.value()), text, colors.warning) for line, text in plot.event_lines()
    ]
    # Bars at the right edge need the room that is free there.
    if time and not any(isinstance(layer, SideBars) for layer in layers):
        right = _last_known(layers, left, right)
    return FigurePanel(
        FigureAxis(
            with_capital(x_label),
            left,
            right,
            below.figure_kind,
            tuple(getattr(below, "names", ())),
        ),
        FigureAxis(with_capital(y_label), bottom, top, beside.figure_kind),
        tuple(layers),
        title,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A named value with its interval."""

    name: str
    value: float
    low: float
    high: float


def rows_panel(
    x: FigureAxis,
    rows: Sequence[Row],
    roles: Sequence[str],
    colors: Colors,
    reference: float | None = None,
) -> FigurePanel:
    """Dots with intervals, a row each and the first on top; ``roles`` of colours in turn."""
    layers: list[Layer] = []
    if reference is not None:
        ends = np.array([-0.5, len(rows) - 0.5])
        layers.append(Line(np.full(2, reference), ends, colors.muted, dashed=True))
    for k, row in enumerate(rows):
        color = theme.color_of(roles[k % len(roles)], colors).name()
        place = np.full(2, float(k))
        layers.append(Line(np.array([row.low, row.high]), place, color))
        layers.append(Dots(np.array([row.value]), place[:1], 5.0, color))
    names = tuple(row.name for row in rows)
    y = FigureAxis("", len(rows) - 0.5, -0.5, "names", names)
    return FigurePanel(x, y, tuple(layers))


def _last_known(layers: list[Layer], left: float, right: float) -> float:
    """Up to when something is drawn: the time axis of a chart on screen runs ahead."""
    times = [x.x if isinstance(x, Line) else x.edges for x in layers if isinstance(x, Line | Bars)]
    # A line of two points only rules the chart.
    last = max((float(t[-1]) for t in times if len(t) > 2), default=right)
    return min(right, last) if last > left else right


def _layers(item: Any, drawn: Drawn | None, colors: Colors) -> list[Layer]:
    if not item.isVisible():
        return []
    if hasattr(item, "figure_layers"):
        return list(item.figure_layers(colors))
    if isinstance(item, pg.LinearRegionItem):
        left, right = item.getRegion()
        return [Band(float(left), float(right), colors.warning)]
    if drawn is None:
        return []
    color = theme.color_of(drawn.role, colors).name()
    x, y = (np.array(v, np.float64) for v in _data(item))
    if not len(x) or not np.isfinite(y).any():
        return []
    if isinstance(item, pg.ScatterPlotItem):
        size = np.asarray(item.data["size"], np.float64)
        size = np.where(size < 0, float(item.opts["size"]), size)
        return [Dots(x, y, size * _PIXEL, color, item.opts.get("name") or "")]
    name = item.name() or ""
    if len(x) == len(y) + 1:
        return [Bars(x, y, color, name, drawn.filled)]
    level = item.opts.get("fillLevel") if drawn.filled else None
    pairs = isinstance(item.opts["connect"], str) and item.opts["connect"] == "pairs"
    opacity = float(item.opacity())
    return [Line(x, y, color, name, drawn.dashed, opacity, pairs, level)]


def _data(item: Any) -> tuple[Any, Any]:
    x, y = item.getData()
    return (np.empty(0), np.empty(0)) if x is None or y is None else (x, y)


def _around(chart: QWidget) -> list[QWidget]:
    """The chart, what it lies in, and what that belongs to."""
    found: list[QWidget] = []
    each: QWidget | None = chart
    while each is not None:
        found.append(each)
        each = each.parentWidget()
    return found


def _panel_label(plot: QWidget) -> str:
    """Title and unit of the panel around a plot: "Depth (lots in 5 levels)"."""
    panel = next((w for w in _around(plot) if isinstance(w, Titled)), None)
    if panel is None:
        return plot.accessibleName()
    unit = panel.note.text()
    return f"{panel.title.text()} ({unit})" if unit else panel.title.text()


def _source(chart: QWidget, panels: tuple[FigurePanel, ...]) -> str:
    known = next((w for w in _around(chart) if isinstance(w, HasSource)), None)
    parts = [known.figure_source()] if known is not None else []
    x = panels[0].x
    if x.kind == "time":
        until = _last_known(list(panels[0].layers), x.low, x.high)
        parts.append(f"{clock(max(x.low, 0.0))} to {clock(until)}")
    return " · ".join([part for part in parts if part] + [f"ABM Desktop {__version__}"])
