"""How a style sheet gets onto all widgets of the program without stopping it.

Qt dresses every widget at once, tells each that its style has changed, and lays out every page that
is built, shown or not: with all pages built that took four to fifteen seconds. Our themes differ
in colours alone, so that nothing has to be laid out again; widgets that nobody sees are dressed in
small portions when those on show are done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["dress", "set_tone", "styled_at_the_end"]

PORTION_SECONDS = 0.008
"""For hidden widgets, at a time: a frame is drawn in between."""

_POLISHED = Qt.WidgetAttribute.WA_WState_Polished


def dress(app: QApplication, font: QFont, palette: QPalette, sheet: str) -> None:
    """Give the application font, palette and style sheet; hidden widgets follow within moments."""
    widgets = app.allWidgets() if app.styleSheet() else []
    hidden = [widget for widget in widgets if not widget.isVisible()]
    # Qt styles those that are marked as polished. A show alone would not polish them again.
    waiting = [widget for widget in hidden if widget.testAttribute(_POLISHED)]
    for widget in waiting:
        widget.setAttribute(_POLISHED, False)
    deaf = _Deaf()
    app.installEventFilter(deaf)
    try:
        # Without a sheet in between, Qt would take seconds to put one in the place of another.
        app.setStyleSheet("")
        if app.style().name() != "fusion":
            app.setStyle("Fusion")
        if app.font() != font:
            app.setFont(font)
        app.setPalette(palette)
        app.setStyleSheet(sheet)
    finally:
        app.removeEventFilter(deaf)
    _Rest.of(app).take(waiting)


@contextmanager
def styled_at_the_end(app: QApplication) -> Iterator[None]:
    """Build a window within this, and its parts are styled once, at the end.

    Otherwise Qt styles each part again with everything in it wherever it is put into another,
    which is half of the time that the window takes.
    """
    sheet = app.styleSheet()
    app.setStyleSheet("")
    try:
        yield
    finally:
        app.setStyleSheet(sheet)


def set_tone(widget: QWidget, role: str) -> None:
    """Write ``widget`` in the colour of ``role`` (a name in ``Colors``) from now on."""
    if widget.property("tone") != role:
        widget.setProperty("tone", role)
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


class _Deaf(QObject):
    """Keeps from widgets that the style has changed: they would all be laid out again."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.StyleChange


class _Rest(QObject):
    """Dresses the widgets that were hidden at a change of the theme, some at a time."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._waiting: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.dress_some)

    @classmethod
    def of(cls, app: QApplication) -> _Rest:
        found = app.findChild(cls)
        return found if isinstance(found, _Rest) else cls(app)

    def take(self, widgets: list[QWidget]) -> None:
        """Dress these as well."""
        self._waiting += widgets
        if self._waiting:
            self._timer.start()

    def dress_some(self) -> None:
        """Dress a portion: first what has come into view meanwhile."""
        end = time.perf_counter() + PORTION_SECONDS
        here = [widget for widget in self._waiting if shiboken6.isValid(widget)]
        shown = [widget for widget in here if widget.isVisible()]
        rest = [widget for widget in here if not widget.isVisible()] if shown else here
        self._waiting = rest
        for widget in shown:
            _polish(widget)
        while rest and time.perf_counter() < end:
            _polish(rest.pop())
        if not rest:
            self._timer.stop()


def _polish(widget: QWidget) -> None:
    # A widget that is dressed may do away with another.
    if shiboken6.isValid(widget) and not widget.testAttribute(_POLISHED):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.Polish))
        widget.update()
