"""The small cross that closes a card, a panel or a dock."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton

from abm_desktop.ui.widgets.icons import icon

__all__ = ["close_button"]


def close_button(name: str, tip: str = "") -> QToolButton:
    """A flat one; ``name`` is for screen readers."""
    button = QToolButton()
    button.setIcon(icon("close", "muted"))
    button.setIconSize(QSize(10, 10))
    button.setProperty("role", "flat")
    button.setToolTip(tip)
    button.setAccessibleName(name)
    return button
