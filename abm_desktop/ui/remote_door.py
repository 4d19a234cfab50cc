"""The window's side of the control API: pictures of its panels, and bringing one to the front.

Clients ask on the server's threads; the answers are made on the UI thread, between two frames.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.controls import TABS

if TYPE_CHECKING:
    from abm_desktop.ui.main_window import MainWindow

__all__ = ["RemoteDoor"]

ANSWER_SECONDS = 10.0
"""For the UI thread, which may be busy with what a person does."""
BELOW = ("log", "notices")
PRICE = "market.price"
"""The price chart, which the other panels of the tab stand around."""


class RemoteDoor(QObject):
    """What clients may do with a window; its methods are called from other threads.

    Panels: ``window`` is all of it, ``start``, ``market``, ``analytics`` and ``rl`` are its tabs,
    ``market.book`` a panel of the first, ``analytics.stress`` a page of the second, and ``log``
    and ``notices`` stand below.
    """

    _asked = Signal(object, object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._names = (
            "window",
            *TABS,
            PRICE,
            *(f"market.{name}" for name in window.market.desk.docks),
            *(f"analytics.{page.name}" for page in PAGES),
            *BELOW,
        )
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    # -- for any thread --------------------------------------------------------------------------

    def panels(self) -> list[str]:
        """Names of the panels."""
        return list(self._names)

    def picture(self, panel: str, width: int, height: int) -> bytes:
        """A panel as PNG, as large as fits into so many pixels; 0 is as it stands.

        Raises:
            InputError: for a panel that there is none of.
            UnavailableError: if the window does not answer.
        """
        image = self._ask(lambda: self._grab(self._known(panel), width, height))
        # Compressed here, not on the UI thread.
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        return bytes(data.data())

    def focus(self, panel: str) -> None:
        """Bring a panel to the front. Raises as :meth:`picture` does."""
        self._ask(lambda: self._bring_forward(self._known(panel)))

    def _known(self, panel: str) -> str:
        if panel not in self._names:
            raise InputError(
                f"there is no panel {panel!r}",
                key="panel",
                remedy="known: " + ", ".join(self._names),
            )
        return panel

    def _ask(self, work: Callable[[], Any]) -> Any:
        answer: Future[Any] = Future()
        self._asked.emit(work, answer)
        try:
            return answer.result(ANSWER_SECONDS)
        except TimeoutError:
            answer.cancel()
            raise UnavailableError(
                f"the window has not answered for {ANSWER_SECONDS:g} s; ask again"
            ) from None

    # -- on the UI thread ------------------------------------------------------------------------

    def _answer(self, work: Callable[[], Any], answer: Future[Any]) -> None:
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(work())
        except Exception as error:
            answer.set_exception(error)

    def _bring_forward(self, panel: str) -> QWidget:
        """Show a panel; returns its widget."""
        window = self._window
        tab, _, part = panel.partition(".")
        if tab in TABS:
            window.tabs.setCurrentIndex(TABS.index(tab))
        if panel == "start":
            return window.start
        if panel == "rl":
            return window.rl or window.tabs.widget(TABS.index("rl")) or window
        if tab == "analytics":
            if part:
                window.analytics.show_page(part)
            return window.analytics.page(part) if part else window.analytics
        if tab in BELOW:
            dock = window.log_dock if tab == "log" else window.notices_dock
        elif panel == PRICE:
            return window.market.desk.centralWidget() or window.market
        elif part:
            dock = window.market.desk.docks[part]
        else:
            return window.market if tab == "market" else window
        dock.show()
        dock.raise_()
        return dock

    def _grab(self, panel: str, width: int, height: int) -> QImage:
        """A picture of a panel, after which the window stands as before."""
        window = self._window
        typed_into = QApplication.focusWidget()
        put_back = self._ways_back(panel)
        try:
            widget = self._bring_forward(panel)
            window.draw()
            return _picture(widget, width, height)
        finally:
            for step in put_back:
                step()
            if typed_into is not None:
                typed_into.setFocus()

    def _ways_back(self, panel: str) -> list[Callable[[], object]]:
        """What makes the window stand as it does now, after ``panel`` was brought forward."""
        window = self._window
        tab, _, part = panel.partition(".")
        index = window.tabs.currentIndex()
        steps: list[Callable[[], object]] = []
        if tab == "analytics" and part:
            page = window.analytics.page_name
            steps.append(lambda: window.analytics.show_page(page))
        if tab == "market" and part and panel != PRICE:
            desk = window.market.desk
            dock = desk.docks[part]
            before = [d for d in desk.docks.values() if d.in_front and not d.isHidden()]
            beside = [d for d in desk.tabifiedDockWidgets(dock) if d in before]
            if dock.isHidden():
                steps.append(dock.hide)
            steps.extend(each.raise_ for each in beside)
        if tab in BELOW:
            below = window.log_dock if tab == "log" else window.notices_dock
            if below.isHidden():
                steps.append(below.hide)
        steps.append(lambda: window.tabs.setCurrentIndex(index))
        return steps


def _picture(widget: QWidget, width: int, height: int) -> QImage:
    size = widget.size()
    scale = min(
        (asked / have for asked, have in ((width, size.width()), (height, size.height())) if asked),
        default=1.0,
    )
    image = QImage(
        max(1, round(size.width() * scale)),
        max(1, round(size.height() * scale)),
        QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(scale)
    # The ground that the window gives to its panels: alone, they are bare of it.
    image.fill(QColor(theme.current().colors.background))
    widget.render(image, renderFlags=QWidget.RenderFlag.DrawChildren)
    return image
