"""A main window that measures its own frames and how late its event loop is."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from abm_desktop.ui.main_window import MainWindow

__all__ = ["LoopDelay", "TimedWindow", "percentile"]

TICK_MS = 4


class TimedWindow(MainWindow):
    """Adds up what each frame costs: taking the snapshot, and the painting that follows."""

    def __init__(self) -> None:
        self.frames: list[float] = []
        """Real seconds of each frame so far."""
        self.first_paint: float | None = None
        """``time.time()`` after the window was painted for the first time."""
        self._frame = 0.0
        super().__init__()
        self._paintings = _Paintings(self, self._painted)
        # A frame of a running market comes in two halves.
        half = self.market.second_half
        half.timeout.disconnect()
        half.timeout.connect(self._draw_second_half)

    def _draw_second_half(self) -> None:
        begin = time.perf_counter()
        self.market.draw_second_half()
        self._frame += time.perf_counter() - begin

    def draw(self) -> None:
        """Draw, and begin a new frame."""
        if self._frame:
            self.frames.append(self._frame)
        begin = time.perf_counter()
        super().draw()
        self._frame = time.perf_counter() - begin

    def _painted(self, seconds: float) -> None:
        self._frame += seconds
        if self.first_paint is None:
            self.first_paint = time.time()


class _Paintings(QObject):
    """Times the repaints of a window as they are: without Python around them.

    A method in place of ``QWidget.event`` would hold Python's lock for as long as Qt paints, which
    the window itself does not do. So what is posted when a repaint begins, and comes right after
    it, ends it.
    """

    def __init__(self, window: QWidget, tell: Callable[[float], None]) -> None:
        super().__init__(window)
        self._tell = tell
        self._begin = 0.0
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """See a repaint begin."""
        if event.type() == QEvent.Type.UpdateRequest:
            self._begin = time.perf_counter()
            end = QEvent(QEvent.Type.User)
            QCoreApplication.postEvent(self, end, Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, _event: QEvent) -> None:
        """It has ended."""
        self._tell(time.perf_counter() - self._begin)


class LoopDelay(QObject):
    """How late a timer of a few milliseconds comes: the time that an event has to wait."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.delays: list[float] = []
        """Real seconds, one a tick."""
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.delays.append(max(0.0, now - self._last - TICK_MS / 1000.0))
        self._last = now


def percentile(values: list[float], share: float) -> float:
    """Return the value that ``share`` percent lie below, in milliseconds; NaN for none."""
    return float(np.percentile(values, share)) * 1000.0 if values else float("nan")
