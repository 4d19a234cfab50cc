"""The tour: a few steps that point at real parts of the window. It can be left at any step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui import theme

if TYPE_CHECKING:
    from abm_desktop.ui.main_window import MainWindow

__all__ = ["Step", "Tour", "steps_of"]

WIDTH = 360
GAP = 12
ON = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
PASSED = (Qt.Key.Key_F5, Qt.Key.Key_F10, Qt.Key.Key_F11)
"""Keys that the tour speaks of: they run and step the market while it is explained."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the tour."""

    title: str
    text: str
    target: Callable[[], QWidget]
    """The part of the window it points at."""
    prepare: Callable[[], object] = lambda: None
    """Called before: shows the tab the target is on."""


def steps_of(window: MainWindow) -> tuple[Step, ...]:
    """Return the steps through this window."""

    def tab(name: str) -> Callable[[], object]:
        return window.commands[f"view.{name}"].trigger

    def raised(name: str) -> Callable[[], object]:
        def show() -> None:
            tab("market")()
            dock = window.market.desk.docks[name]
            dock.show()
            dock.raise_()

        return show

    market = window.market
    return (
        Step(
            "Welcome to the market laboratory",
            "A simulated exchange runs in this window: market makers, fundamental, momentum "
            "and noise traders meet in one order book. This line runs, pauses and steps it "
            "(F5, F10, F11), and sets its speed and seed. The same seed is the same market. Enter "
            "goes on, Esc ends the tour.",
            lambda: market.transport,
            tab("market"),
        ),
        Step(
            "The order book",
            "Lots at each price, with yours marked. Click a price to place an order, click "
            "your mark to cancel it; F6 and F7 buy and sell at the market.",
            lambda: market.desk.docks["book"],
            raised("book"),
        ),
        Step(
            "Prices over the book",
            "Mid price and fundamental value over a heatmap of the book. The wheel zooms, a "
            "drag moves into the past, a double click returns. A right click looks, forks or "
            "injects at a moment, and makes a figure.",
            lambda: market.price_panel,
            tab("market"),
        ),
        Step(
            "Put it under stress",
            "One click injects a flash crash, a volatility spike or a liquidity shock, now or "
            "at a time; eight more are in the list. Commands, below, has all that was asked of the "
            "market, how it stands, and what each stress has done.",
            lambda: market.desk.docks["stress"],
            raised("stress"),
        ),
        Step(
            "Look back, and fork",
            "Any past moment of the session can be looked at again with this slider, and a new "
            "run can be started from there.",
            lambda: market.time_bar,
            tab("market"),
        ),
        Step(
            "Measure and train",
            "Analytics measures the market while it runs. In RL you train PPO, DQN or SAC "
            "agents beside it, and let them trade in it.",
            lambda: window.tabs.tabBar(),
        ),
        Step(
            "Find everything",
            "Ctrl+K finds any command by a few letters, F1 opens the manual, Ctrl+O opens a "
            "scenario. This tour is in the Help menu.",
            lambda: window.menuBar(),
        ),
        Step(
            "The question",
            "What do traders that learn do to all this under stress? “Try it” gives a first answer "
            "from matched markets in some minutes; the study behind it can be repeated here, and "
            "every other question is a file.",
            lambda: window.start.buttons["try"],
            tab("start"),
        ),
    )


class Tour(QWidget):
    """Lies over the window, leaves the target of the step clear, and explains it beside.

    It has the keyboard: nothing behind its shade hears a key, but for those that run the market.
    """

    left = Signal()
    """The tour is over, or was skipped."""

    def __init__(self, window: QMainWindow, steps: Sequence[Step]) -> None:
        super().__init__(window)
        self.setAccessibleName("Tour")
        self._window = window
        self._steps = tuple(steps)
        self.at = 0
        self._beside = QRect()
        """Where the target stood when the bubble was put beside it."""
        self.bubble = QFrame(self)
        self.bubble.setObjectName("tour")
        self.bubble.setFixedWidth(WIDTH)
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.title.setWordWrap(True)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.place = QLabel()
        self.place.setObjectName("panelNote")
        self.skip_button = QPushButton("Skip")
        self.back_button = QPushButton("Back")
        self.next_button = QPushButton()
        self.next_button.setProperty("role", "primary")
        self.skip_button.clicked.connect(self.leave)
        self.back_button.clicked.connect(lambda: self.go_to(self.at - 1))
        self.next_button.clicked.connect(lambda: self.go_to(self.at + 1))
        buttons = QHBoxLayout()
        buttons.addWidget(self.place, 1)
        for button in (self.skip_button, self.back_button, self.next_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self.bubble)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        window.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Show the first step."""
        self.show()
        self.raise_()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self.go_to(0)

    def go_to(self, at: int) -> None:
        """Show a step; beyond the last the tour is over."""
        if at >= len(self._steps):
            self.leave()
            return
        self.at = max(0, at)
        step = self._steps[self.at]
        step.prepare()
        _bring_into_sight(step.target())
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.setAccessibleDescription(f"{step.title}. {step.text}")
        self.place.setText(f"{self.at + 1} of {len(self._steps)}")
        last = self.at == len(self._steps) - 1
        self.next_button.setText("Done" if last else "Next")
        self.skip_button.setVisible(not last)
        self.back_button.setEnabled(self.at > 0)
        self._place()
        self.next_button.setFocus()

    def leave(self) -> None:
        """End the tour."""
        self._window.removeEventFilter(self)
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self.hide()
        self.left.emit()
        self.deleteLater()

    def target_box(self) -> QRect:
        """Return where the target stands, within the window."""
        target = self._steps[self.at].target()
        corner = target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, target.size()).intersected(self._window.rect())

    def _place(self) -> None:
        """Put the bubble beside the target: below, above, or at a side, if it fits."""
        self.setGeometry(self._window.rect())
        # A wrapped label tells its height only for a width.
        inner = WIDTH - 28
        height = 76 + self.title.heightForWidth(inner) + self.text.heightForWidth(inner)
        self.bubble.resize(WIDTH, height)
        box = self._beside = self.target_box()
        room = self.rect().adjusted(GAP, GAP, -GAP, -GAP)
        places = (
            QPoint(box.left(), box.bottom() + GAP),
            QPoint(box.right() + GAP, box.top()),
            QPoint(box.left() - GAP - WIDTH, box.top()),
            QPoint(box.left(), box.top() - GAP - height),
            QPoint(box.center().x() - WIDTH // 2, box.center().y() - height // 2),
        )
        for place in places:
            spot = QRect(place, self.bubble.size())
            # Along the target it may be moved; towards it not.
            if spot.left() < room.left() or spot.right() > room.right():
                spot.moveLeft(max(room.left(), min(spot.left(), room.right() - WIDTH + 1)))
            if spot.top() < room.top() or spot.bottom() > room.bottom():
                spot.moveTop(max(room.top(), min(spot.top(), room.bottom() - height + 1)))
            if room.contains(spot) and not spot.intersects(box):
                break
        self.bubble.move(spot.topLeft())
        self.update()

    # -- events ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window, and take its keys."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        if not (isinstance(event, QKeyEvent) and isinstance(watched, QWidget)):
            return False
        # A dialog over the window has its own keys.
        if watched.window() is not self._window or event.key() in PASSED:
            return False
        if event.matches(QKeySequence.StandardKey.Quit):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no command of the window answers to it
        elif event.type() == QEvent.Type.KeyPress:
            self._take_key(event)
        return True

    def _take_key(self, event: QKeyEvent) -> None:
        """Esc leaves; Enter, Space and the arrows go on and back; Tab goes round its buttons."""
        key = Qt.Key(event.key())
        buttons = [b for b in (self.skip_button, self.back_button, self.next_button) if _usable(b)]
        chosen = next((b for b in buttons if b.hasFocus()), self.next_button)
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_Left:
            self.go_to(self.at - 1)
        elif key == Qt.Key.Key_Right:
            self.go_to(self.at + 1)
        elif key in ON:
            chosen.click()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            step = 1 if key == Qt.Key.Key_Tab else -1
            buttons[(buttons.index(chosen) + step) % len(buttons)].setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim everything but the target."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.target_box() != self._beside:
            QTimer.singleShot(0, self, self._place)  # the page was laid out again meanwhile
        box = QRectF(self.target_box()).adjusted(-2, -2, 2, 2)
        shade, hole = QPainterPath(), QPainterPath()
        shade.addRect(QRectF(self.rect()))
        hole.addRoundedRect(box, 5, 5)
        painter.fillPath(shade.subtracted(hole), QColor(0, 0, 0, 140))
        painter.setPen(QPen(QColor(theme.current().colors.accent), 2))
        painter.drawPath(hole)


def _bring_into_sight(target: QWidget) -> None:
    """Scroll what the target lies in, if it does."""
    around = target.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(target)
        around = around.parentWidget()


def _usable(button: QPushButton) -> bool:
    return button.isEnabled() and not button.isHidden()
