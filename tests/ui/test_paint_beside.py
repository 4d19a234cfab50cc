"""Charts are painted while other threads of Python go on."""

import threading
import time

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from abm_desktop.ui.widgets.plots import make_plot


class Alongside:
    """A thread that looks at the clock over and over."""

    def __init__(self):
        self.looks, self._over, self._pause = [], False, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._over:
            self.looks.append(time.perf_counter())
            self._pause.wait(0.001)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._over = True
        self._thread.join()


def test_another_thread_goes_on_while_a_chart_is_painted(qtbot):
    plot = make_plot("slow")
    qtbot.addWidget(plot)
    plot.resize(900, 700)
    points = np.random.default_rng(1).random((12_000, 2)) * 600.0
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    plot.setRenderHint(QPainter.RenderHint.Antialiasing)
    begun = []
    plot.scene().sigPrepareForPaint.connect(lambda: begun.append(time.perf_counter()))
    with qtbot.waitExposed(plot):
        plot.show()
    plot.scene().addItem(QGraphicsPathItem(path))  # painted by Qt alone
    begun.clear()
    with Alongside() as other:
        plot.viewport().update()
        qtbot.waitUntil(lambda: bool(begun))
        qtbot.wait(1)
        end = time.perf_counter()
    assert end - begun[0] > 0.05, "it was not painted for long enough to tell"
    assert sum(begun[0] < look < end for look in other.looks) > 10


def test_a_scene_is_prepared_before_each_painting(qtbot):
    plot = make_plot("prepared")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    told = []
    plot.scene().sigPrepareForPaint.connect(lambda: told.append(1))
    for _ in range(3):
        plot.viewport().repaint()
    assert len(told) == 3
