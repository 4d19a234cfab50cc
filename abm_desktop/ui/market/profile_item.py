"""The volume profile at the right edge of the price chart: lots traded by price."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from abm_desktop.desk.figures.content import SideBars
from abm_desktop.desk.volume_profile import Profile
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors

__all__ = ["ProfileItem"]

SHARE = 0.2
"""Of the chart's width, for the row with most lots."""
ALPHA = 150


class ProfileItem(pg.GraphicsObject):
    """Bars from the right edge: lots bought by aggressors, beside them those sold."""

    def __init__(self) -> None:
        super().__init__()
        self.profile: Profile | None = None
        self._tick = 0.01
        self._box = QRectF()

    def show_profile(self, profile: Profile, tick: float, left: float, right: float) -> None:
        """Draw a profile in a chart from ``left`` to ``right`` seconds."""
        self.profile, self._tick = profile, tick
        self.prepareGeometryChange()
        wide = SHARE * (right - left)
        rows = len(profile.bought)
        self._box = QRectF(
            right - wide,
            (profile.base - 0.5) * tick,
            wide,
            max(1, rows) * profile.row * tick,
        )
        self.update()

    def lots_at(self, price: float) -> tuple[float, float, float] | None:
        """Lots bought, sold and neither at a price; None if the price is not on show."""
        if self.profile is None or not math.isfinite(price):
            return None
        k = math.floor((price / self._tick + 0.5 - self.profile.base) / self.profile.row)
        if not 0 <= k < len(self.profile.bought):
            return None
        each = (self.profile.bought, self.profile.sold, self.profile.untold)
        return float(each[0][k]), float(each[1][k]), float(each[2][k])

    def figure_layers(self, colors: Colors) -> list[SideBars]:
        """Return the profile on show, for a figure."""
        found = self.profile
        most = 0.0 if found is None else float(found.total.max(initial=0.0))
        if found is None or most <= 0:
            return []
        low = (found.base - 0.5 + found.row * np.arange(len(found.bought))) * self._tick
        named = (
            ("Lots bought", colors.bid, found.bought),
            ("Lots sold", colors.ask, found.sold),
            ("Lots of auctions", colors.muted, found.untold),
        )
        parts = tuple((n, color, SHARE * lots / most) for n, color, lots in named if lots.any())
        return [SideBars(low, found.row * self._tick, parts)]

    def columns(self) -> dict[str, np.ndarray]:
        """Return the profile on show, the lowest price first, for a CSV file."""
        found = self.profile
        if found is None:
            return {}
        price = (found.base + found.row * np.arange(len(found.bought))) * self._tick
        told = {"price": price, "bought": found.bought, "sold": found.sold}
        told["of auctions"] = found.untold
        return {f"profile {name}": values for name, values in told.items()}

    def boundingRect(self) -> QRectF:
        """Return where there are bars, in seconds and prices."""
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the bars, all of one side at once."""
        profile, box = self.profile, self._box
        most = 0.0 if profile is None else float(profile.total.max(initial=0.0))
        if profile is None or most <= 0:
            return
        colors = theme.current().colors
        height = profile.row * self._tick
        right = np.full(len(profile.bought), box.right())
        painter.setPen(pg.mkPen(None))
        for lots, role in (
            (profile.bought, colors.bid),
            (profile.sold, colors.ask),
            (profile.untold, colors.muted),
        ):
            color = QColor(role)
            color.setAlpha(ALPHA)
            painter.setBrush(color)
            wide = lots / most * box.width()
            painter.drawRects(
                [
                    QRectF(
                        right[k] - wide[k], box.top() + (k + 0.08) * height, wide[k], 0.84 * height
                    )
                    for k in np.flatnonzero(lots).tolist()
                ]
            )
            right = right - wide
