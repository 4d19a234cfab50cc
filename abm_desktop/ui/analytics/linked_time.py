"""One axis of time for many charts: cursor, zoom, pan, and the stretch that is being measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from abm_desktop.desk.bookmarks import Bookmarks
from abm_desktop.desk.time_view import TimeView
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.widgets.time_plot import TimeEntry, TimePlot

__all__ = ["LinkedTime"]

LONG = 2.0
"""Seconds from which on tenths are exact enough."""


class LinkedTime(QObject):
    """Charts that show the same time."""

    moved = Signal()
    """Another span of time is to be shown."""
    stretch_changed = Signal()
    """Another stretch is to be measured, or none."""

    def __init__(self, window: float | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = TimeView(window)
        self.stretch: tuple[float, float] | None = None
        """The stretch of time chosen to be measured, seconds."""
        self.snapshot: MarketSnapshot | None = None
        self._charts: list[tuple[TimePlot, Callable[[float], str]]] = []
        self._mirrors: list[TimePlot] = []
        self.entries_at: Callable[[float], Sequence[TimeEntry]] | None = None
        """What the menus of the charts offer for a time."""
        self.bookmarks: Bookmarks | None = None
        """Marks of a person that all charts show."""

    def add(self, chart: TimePlot, describe: Callable[[float], str], *, moves: bool = True) -> None:
        """Link a chart; ``describe`` returns what it shows at a time, for beside the cursor.

        One that does not move shows a span of its own, but shares the cursor and the stretch.
        """
        self._charts.append((chart, describe))
        chart.entries_at = self._entries
        chart.bookmarks = self.bookmarks
        chart.hovered.connect(self._point)
        if moves:
            chart.zoomed.connect(self._zoom)
            chart.panned.connect(self._pan)
            chart.let_go.connect(self.let_go)
        chart.brushed.connect(self.choose)
        if self.stretch is not None:
            chart.show_stretch(*self.stretch)

    def _entries(self, time: float) -> Sequence[TimeEntry]:
        return () if self.entries_at is None else self.entries_at(time)

    def show_stretch_on(self, *charts: TimePlot) -> None:
        """Shade the stretch that is measured in charts of another page, too."""
        self._mirrors += charts

    def span(self, snapshot: MarketSnapshot) -> tuple[float, float]:
        """Return the times at the left and right edge of every chart."""
        self.snapshot = snapshot
        return self.view.span(snapshot)

    def follow(self, window: float | None) -> None:
        """Show the newest ``window`` seconds, or the whole session."""
        self.view.follow(window)
        self.moved.emit()

    def let_go(self) -> None:
        """Follow the market again."""
        if self.view.is_held:
            self.view.let_go()
            self.moved.emit()

    def choose(self, left: float, right: float) -> None:
        """Measure the time from ``left`` to ``right``; what is before the open is left out."""
        snapshot = self.snapshot
        if snapshot is not None and len(snapshot.history):
            left = max(left, float(snapshot.history.time[0]))
            right = min(right, snapshot.time)
        if right - left > LONG:
            # In tenths: the boxes that show both ends have no room for what a pointer tells.
            left, right = math.ceil(10.0 * left) / 10.0, math.floor(10.0 * right) / 10.0
        self._set_stretch((left, right) if right > left else None)

    def clear_stretch(self) -> None:
        """Measure nothing."""
        self._set_stretch(None)

    def _set_stretch(self, stretch: tuple[float, float] | None) -> None:
        self.stretch = stretch
        for chart in (*(chart for chart, _describe in self._charts), *self._mirrors):
            chart.show_stretch(*(stretch or (math.nan, math.nan)))
        self.stretch_changed.emit()

    def _point(self, time: float, _value: float) -> None:
        for chart, describe in self._charts:
            if chart.isVisible():
                chart.show_cursor(time, "" if math.isnan(time) else describe(time))

    def _zoom(self, factor: float, at: float) -> None:
        if self.snapshot is not None:
            self.view.zoom(self.snapshot, factor, at)
            self.moved.emit()

    def _pan(self, seconds: float) -> None:
        if self.snapshot is not None:
            self.view.pan(self.snapshot, seconds)
            self.moved.emit()
