"""Models side by side: what they are, how well they did, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import MISSING
from abm_desktop.learning.judging.model_comparison import ComparedProperty, compare_models
from abm_desktop.learning.registry.models import ModelInfo
from abm_desktop.ui import theme
from abm_desktop.ui.rl.result_dialog import fitting_width, plain_table, table_text

__all__ = ["CompareDialog"]

LABELS = {
    "env_steps": "decisions", "reward_mean": "reward", "git": "commit", "parent": "went on from",
}  # fmt: skip

LEAST_WIDTH = 560


class CompareDialog(QDialog):
    """One column a model; rows in which they differ are bold."""

    curves_requested = Signal(list)
    """Names of models whose curves are to be drawn together."""

    def __init__(self, parent: QWidget, models: Sequence[ModelInfo]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare models")
        self._names = [model.name for model in models]
        self._rows = compare_models(models)
        self.differences = QCheckBox("Only what differs")
        self.differences.setToolTip("Leave out the rows that are the same for all")
        self.differences.toggled.connect(lambda _on: self._show())
        self.table = QTableWidget()
        self.curves_button = QPushButton("Draw their curves")
        self.curves_button.setToolTip("Draw the curves of their trainings together")
        self.curves_button.clicked.connect(lambda: self.curves_requested.emit(self._names))
        top = QHBoxLayout()
        top.addWidget(self.differences)
        top.addStretch(1)
        top.addWidget(self.curves_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy the table to the clipboard")
        self.copy_button.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(table_text(self.table))
        )
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.addLayout(top)
        self._layout.addWidget(self.table, 1)
        self._layout.addWidget(buttons)
        self._show()
        self.resize(max(LEAST_WIDTH, fitting_width(self.table, parent)), 600)

    def _show(self) -> None:
        rows = [row for row in self._rows if row.differs or not self.differences.isChecked()]
        cells: list[tuple[str, ...]] = []
        for row in rows:
            label = LABELS.get(row.label, row.label.replace("_", " "))
            cells.append((row.group, label, *(_text(row.label, value) for value in row.values)))
        table = plain_table(("", "Property", *self._names), cells)
        table.setAccessibleName("Models side by side")
        table.setSortingEnabled(False)
        self._dress(table, rows)
        self._layout.replaceWidget(self.table, table)
        self.table.deleteLater()
        self.table = table

    @staticmethod
    def _dress(table: QTableWidget, rows: Sequence[ComparedProperty]) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        bold = theme.ui_font(bold=True)
        group = ""
        for k, row in enumerate(rows):
            cells = [cell for j in range(table.columnCount()) if (cell := table.item(k, j))]
            cells[0].setText(row.group if row.group != group else "")
            cells[0].setFont(bold)
            cells[1].setTextAlignment(left)
            group = row.group
            for cell in cells[1:] if row.differs else ():
                cell.setFont(bold)
        heading = table.horizontalHeaderItem(1)
        if heading is not None:
            heading.setTextAlignment(left)


def _text(label: str, value: Any) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and label != "seed":
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e5 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if label == "created":
        return str(value).replace("T", " ").partition("+")[0]
    return str(value)
