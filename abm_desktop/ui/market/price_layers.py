"""What can be laid over the price chart: volume profile, footprint, and what RL traders did."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from abm_desktop.desk.formats import clock
from abm_desktop.desk.rl_trades import RlTrades
from abm_desktop.desk.volume_profile import (
    TickTrades,
    footprint,
    row_size,
    trades_of_past,
    trades_of_session,
    volume_profile,
)
from abm_desktop.live import MarketSnapshot, PastMoment
from abm_desktop.ui.market.footprint_item import BAR_PIXELS, EDGE, ROW_PIXELS, FootprintItem
from abm_desktop.ui.market.profile_item import ProfileItem
from abm_desktop.ui.market.rl_marks import PIXELS, RlMarks
from abm_desktop.ui.widgets.plots import Plot

__all__ = ["PriceLayers"]

PROFILE_PIXELS = 4
"""Height of a row of the profile, at the least."""
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400)
"""Seconds of a bar of the footprint, to choose from."""
GRAIN = 200
"""Sums over many trades are made again when one part in so many of what they show is new."""


class PriceLayers:
    """Draws its layers into one chart, each if it is switched on."""

    def __init__(self, chart: Plot) -> None:
        self._chart = chart
        self.shows_profile = self.shows_footprint = False
        self.shows_rl = True
        self.profile = ProfileItem()
        self.profile.setZValue(-10)
        self.profile.hide()
        chart.addItem(self.profile, ignoreBounds=True)
        self.footprint = FootprintItem(chart)
        self.footprint.setZValue(5)
        self.footprint.hide()
        chart.addItem(self.footprint, ignoreBounds=True)
        self.rl_trades = RlTrades()
        self.rl_marks = RlMarks(chart)
        self._known: tuple[object, ...] = ()

    def switch(self, name: str, shown: bool) -> None:
        """Switch a layer on or off: "profile", "footprint" or "rl_trades"."""
        if name == "profile":
            self.shows_profile = shown
            self.profile.setVisible(shown)
        elif name == "footprint":
            self.shows_footprint = shown
            self.footprint.setVisible(shown)
        else:
            self.shows_rl = shown
        self._known = ()

    def shows(self, name: str) -> bool:
        """Whether a layer is on; see :meth:`switch`."""
        return {
            "profile": self.shows_profile,
            "footprint": self.shows_footprint,
            "rl_trades": self.shows_rl,
        }[name]

    def bar_width(self, left: float, right: float) -> float:
        """Seconds of a bar of the footprint in a chart from ``left`` to ``right``."""
        room = max(1.0, self._chart.getPlotItem().getViewBox().width() / BAR_PIXELS)
        return float(next((w for w in WIDTHS if (right - left) / w <= room), WIDTHS[-1]))

    def candle_body(self, width: float, length: float) -> tuple[float, float]:
        """Where in a bar of ``width`` seconds its candle stands: left of the cells.

        Also how wide it is, both as shares of the bar, in a chart of ``length`` seconds.
        """
        pixels = width / length * self._chart.getPlotItem().getViewBox().width()
        return 1.0 / max(pixels, 1.0), (EDGE - 3.0) / max(pixels, EDGE)

    def draw(
        self, snapshot: MarketSnapshot, left: float, right: float, past: PastMoment | None
    ) -> None:
        """Draw from ``left`` to ``right`` seconds; ``past``: what is told around that moment."""
        if self.shows_rl:
            width = (right - left) * PIXELS / max(50, self._chart.getPlotItem().width())
            rows = self.rl_trades.between(left, right)
            self.rl_marks.draw(rows, snapshot.rl_groups, snapshot.tick_size, width)
        else:
            self.rl_marks.clear()
        span = self._chart.span_y
        if span is None or not (self.shows_profile or self.shows_footprint):
            return
        area = self._chart.getPlotItem().getViewBox().height()
        tick = snapshot.tick_size
        low, high = round(span[0] / tick), round(span[1] / tick)
        part = (right - left) / GRAIN
        shown = trades_of_session(snapshot, left, right) if past is None else None
        count = 0 if shown is None else len(shown.time)
        known = (
            snapshot.generation, past, low, high, round(area), math.floor(left / part),
            right - left, snapshot.trades // max(1, count // GRAIN),
            self._chart.getPlotItem().width(),
        )  # fmt: skip
        if known != self._known:
            self._known = known
            trades = trades_of_past(past, left, right) if past is not None else shown
            assert trades is not None
            self._sum_up(trades, low, high, area, left, right)
        if self.shows_profile and self.profile.profile is not None:
            self.profile.show_profile(self.profile.profile, tick, left, right)
        if self.shows_footprint:
            self.footprint.show_cells(tick)

    def _sum_up(
        self, trades: TickTrades, low: int, high: int, area: float, left: float, right: float
    ) -> None:
        if self.shows_profile:
            row = row_size(high - low, max(8, int(area / PROFILE_PIXELS)))
            self.profile.profile = volume_profile(trades, low, high, row)
        if self.shows_footprint:
            row = row_size(high - low, max(4, int(area / ROW_PIXELS)))
            self.footprint.cells = footprint(trades, self.bar_width(left, right), row)

    def columns(self) -> dict[str, np.ndarray]:
        """Return the numbers of the layers that are on, for a CSV file."""
        profile = self.profile.columns() if self.shows_profile else {}
        return profile | (self.footprint.columns() if self.shows_footprint else {})

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Write whose marks are on show."""
        if self.shows_rl:
            self.rl_marks.paint_legend(painter, area)

    def describe(self, time: float, price: float) -> list[str]:
        """What the layers tell at a point, line by line."""
        lines = []
        lots = self.profile.lots_at(price) if self.shows_profile else None
        if lots is not None:
            lines.append(f"traded {sum(lots):.0f}: {lots[0]:.0f} bought, {lots[1]:.0f} sold")
            profile = self.profile.profile
            if profile is not None and np.isfinite(profile.since):
                lines.append(f"of the trades since {clock(profile.since)}")
        mark = self.rl_marks.at(time, price) if self.shows_rl else None
        if mark is not None:
            lines.append(mark.words)
        return lines
