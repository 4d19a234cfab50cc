"""Parameters of a part of the market in a narrow panel: a title and a box a line."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from abm_desktop.ui.widgets.elided_label import ElidedLabel

__all__ = ["ParameterRows"]

BOX_WIDTH = 96


class ParameterRows(QWidget):
    """Lines that ask for no more width than there is: a long title ends with an ellipsis.

    A form layout is as wide as its longest title, and would push what stands above it, at the right
    edge of the panel, out of view.
    """

    def __init__(self, indent: int) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(indent, 0, 2, 4)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)

    def add(self, title: str, box: QWidget) -> None:
        """Add a line."""
        box.setFixedWidth(BOX_WIDTH)
        label = ElidedLabel(title)
        label.setObjectName("panelNote")
        label.setToolTip(f"{title}: {box.toolTip()}")
        label.setBuddy(box)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(box, row, 1)
