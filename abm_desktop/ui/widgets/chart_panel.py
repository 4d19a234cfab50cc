"""A panel around a chart or table, with its menu at hand: save, copy, reset, full screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QToolButton, QWidget

from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.icons import icon
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["ChartPanel"]


class ChartPanel(Panel):
    """A :class:`Panel` whose last control opens the menu of what it shows."""

    def __init__(self, title: str, body: QWidget, note: str = "", *, chart: QWidget) -> None:
        super().__init__(title, body, note)
        self._chart = chart
        if not chart.accessibleName():
            chart.setAccessibleName(title)
        self.menu_button = QToolButton()
        self.menu_button.setIcon(icon("menu", "muted"))
        self.menu_button.setIconSize(QSize(12, 12))
        self.menu_button.setProperty("role", "flat")
        self.menu_button.setFixedSize(26, 20)
        self.menu_button.setAccessibleName(f"Menu of {title}")
        self.menu_button.setToolTip("Save as picture or data, copy, reset, full screen")
        self.menu_button.clicked.connect(self.open_menu)
        self.add_control(self.menu_button)

    def add_control(self, widget: QWidget, *, optional: bool = False) -> None:
        """Put ``widget`` at the right end of the title line, before the menu."""
        super().add_control(widget, optional=optional)
        menu = getattr(self, "menu_button", None)
        if menu is not None and menu is not widget:
            self._header.removeWidget(menu)
            self._header.addWidget(menu)

    def open_menu(self) -> None:
        """Open the menu below its button."""
        menu = chart_menu(self._chart, self.title.text())
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))
