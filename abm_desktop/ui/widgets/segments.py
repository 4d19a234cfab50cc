"""Buttons side by side of which one is chosen: close together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

__all__ = ["segment_row"]


def segment_row(buttons: Sequence[QAbstractButton]) -> QWidget:
    """Return a widget that holds these buttons, dressed as segments of one bar."""
    box = QWidget()
    box.setObjectName("panelBody")
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(1)
    for button in buttons:
        button.setCheckable(True)
        button.setProperty("role", "segment")
        row.addWidget(button)
    # Else the bar would take room that is free, and its buttons would drift apart.
    box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return box
