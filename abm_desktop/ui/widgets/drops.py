"""What is dropped on the window is read; where it comes from keeps it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent

__all__ = ["accept_copy"]


def accept_copy(event: QDropEvent) -> None:
    """Take what is dragged as a copy: a program told that it was moved may delete the original."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
