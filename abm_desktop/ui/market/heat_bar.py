"""The scale of the heatmap: a bar of its colours with lots, which opens the choice of contrast."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from abm_desktop.desk.heat_contrast import PERCENTS, Contrast
from abm_desktop.ui import theme
from abm_desktop.ui.market.heatmap import Heatmap, color_table

__all__ = ["HeatBar"]

WIDTH, BAR, MARGIN = 190, 7, 6
CURVES = ((False, "&Logarithmic: small orders show"), (True, "L&inear: walls stand out"))


def _percent_title(percent: int) -> str:
    if percent == 0:
        return "Brightest: &automatic"
    if percent == 100:
        return "Brightest: the lar&gest level on show"
    return f"Brightest: &{percent}\N{NO-BREAK SPACE}% of levels stay below"


class HeatBar(QToolButton):
    """Stands over a corner of the chart; it is opaque, so that frames below do not repaint it."""

    chosen = Signal(object)
    """A :class:`Contrast` was chosen."""

    def __init__(self, heat: Heatmap, parent: QWidget) -> None:
        super().__init__(parent)
        self._heat = heat
        self._told: tuple[object, ...] = ()
        self._area = QRectF()
        self.is_above = False
        """Whether it stands in the upper corner."""
        self.setAccessibleName("Colours of the heatmap")
        self.setToolTip("Lots at a price by colour; click for the contrast")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.contrast_menu = QMenu("Heatmap &colours", self)
        self._curves = self._choices([title for _linear, title in CURVES])
        self.contrast_menu.addSeparator()
        self._percents = self._choices([_percent_title(percent) for percent in PERCENTS])
        self.setMenu(self.contrast_menu)
        self.follow()
        theme.signals.changed.connect(self._restyle)

    def _restyle(self, _theme: object = None) -> None:
        self.update()

    def _choices(self, titles: list[str]) -> list[QAction]:
        group = QActionGroup(self.contrast_menu)
        actions = []
        for title in titles:
            action = QAction(title, group)
            action.setCheckable(True)
            action.triggered.connect(self._choose)
            self.contrast_menu.addAction(action)
            actions.append(action)
        return actions

    def _choose(self) -> None:
        linear = self._curves[1].isChecked()
        at = next((k for k, action in enumerate(self._percents) if action.isChecked()), 0)
        self.chosen.emit(Contrast(linear, PERCENTS[at]))

    def follow(self) -> None:
        """Show the scale as it is now; a frame in which it is the same costs nothing."""
        heat = self._heat
        told = (heat.contrast, heat.top, heat.row_ticks)
        if told == self._told:
            return
        self._told = told
        self._curves[int(heat.contrast.is_linear)].setChecked(True)
        self._percents[PERCENTS.index(heat.contrast.percent)].setChecked(True)
        self.setAccessibleDescription(f"The brightest colour is {heat.top:.0f} lots or more")
        self.update()

    def keep_clear(
        self, x: np.ndarray, y: np.ndarray, span_x: tuple[float, float], span_y: tuple[float, float]
    ) -> None:
        """Change to the other left corner if a curve (x, y) runs through this one only."""
        room = max(self._area.height(), 1.0)
        behind = (self.width() + MARGIN) / max(self._area.width(), 1.0)
        near = y[(x >= span_x[0]) & (x <= span_x[0] + behind * (span_x[1] - span_x[0]))]
        if not len(near):
            return
        share = (self.height() + 2 * MARGIN) / room
        height = (near - span_y[0]) / (span_y[1] - span_y[0])
        low, high = bool((height < share).any()), bool((height > 1.0 - share).any())
        if low != high and low != self.is_above:
            self.is_above = low
            self.place(self._area)

    def place(self, area: QRectF) -> None:
        """Stand in a left corner of ``area``, that of the curves within the chart."""
        self._area = QRectF(area)
        size = self.sizeHint()
        top = area.top() + MARGIN if self.is_above else area.bottom() - size.height() - MARGIN
        self.setGeometry(round(area.left()) + 4, round(top), size.width(), size.height())

    @property
    def labels(self) -> list[tuple[float, str]]:
        """What is written below the bar: place along it, 0 to 1, and text."""
        heat = self._heat
        if heat.top <= 0:
            return []
        shares = [
            (lots, heat.contrast.share(lots, heat.top)) for lots in heat.contrast.labels(heat.top)
        ]
        return [(float(share), f"{lots:,.0f}") for lots, share in shares]

    @property
    def unit(self) -> str:
        """What the numbers count."""
        rows = self._heat.row_ticks
        return "lots" if rows <= 1 else f"lots in {rows} ticks"

    def sizeHint(self) -> QSize:
        """Room for the bar, its numbers and their unit."""
        return QSize(WIDTH, 2 * 3 + BAR + 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the colours, the numbers below them, and the unit."""
        painter = QPainter(self)
        colors = theme.current().colors
        painter.fillRect(self.rect(), QColor(colors.panel))
        painter.setFont(theme.ui_font(7.5))
        metrics = painter.fontMetrics()
        unit = metrics.horizontalAdvance(self.unit) + MARGIN
        bar = QRectF(MARGIN, 3, max(20, self.width() - 2 * MARGIN - unit), BAR)
        table = color_table(colors.heat)
        strip = QImage(table.tobytes(), len(table), 1, 4 * len(table), QImage.Format.Format_RGB32)
        painter.drawImage(bar, strip)
        painter.setPen(QColor(colors.border))
        painter.drawRect(bar)
        painter.setPen(QColor(colors.text if self.hasFocus() else colors.muted))
        top, height = bar.bottom() + 1, metrics.height()
        for x, wide, text in _apart(bar, self.labels, metrics.horizontalAdvance):
            painter.drawText(QRectF(x, top, wide + 1, height), 0, text)
        painter.drawText(QRectF(bar.right() + MARGIN, bar.top() - 3, unit, height), 0, self.unit)
        if self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def _apart(
    bar: QRectF, labels: list[tuple[float, str]], width: Callable[[str], int]
) -> list[tuple[float, int, str]]:
    """Left edge, width and text of the labels that fit below the bar; the largest is kept."""
    found: list[tuple[float, int, str]] = []
    free = bar.right()
    for at, text in reversed(labels):
        wide = width(text)
        x = min(max(bar.left() + at * bar.width() - wide / 2, bar.left()), bar.right() - wide)
        if x + wide <= free:
            found.append((x, wide, text))
            free = x - MARGIN
    return found
