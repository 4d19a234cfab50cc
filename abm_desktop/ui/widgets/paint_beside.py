"""Charts are painted without Python's lock, so that other threads go on meanwhile.

pyqtgraph has a ``paintEvent`` in Python, which holds the lock for as long as Qt paints the scene: a
price chart takes some milliseconds, 30 times a second, in which neither the market's thread nor a
server gets on. A view with Qt's own ``paintEvent`` gives the lock to the items for what they do in
Python, and to nobody for the rest. What pyqtgraph does before a scene is painted is done here.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QGraphicsView

__all__ = ["paint_beside"]


def paint_beside(view: QGraphicsView) -> None:
    """Prepare the scene of a pyqtgraph view whenever it is about to be painted by Qt itself."""
    view.viewport().installEventFilter(_Preparing(view))


class _Preparing(QObject):
    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let items delay what they compute until they are painted."""
        if event.type() == QEvent.Type.Paint:
            scene: Any = self._view.scene()
            if scene is not None:
                scene.prepareForPaint()
        return False
