"""One input per setting of a training, made from the setting's own description."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.scenario.files import bundled_scenarios
from abm_desktop.scenario.quantity import Described
from abm_desktop.ui import theme
from abm_desktop.ui.widgets.model_input import ModelInput

__all__ = ["Field", "make_field"]

LABEL_WIDTH = 118
EDITOR_HEIGHT = 26


class Field(QWidget):
    """A labelled input. ``value`` is what the configuration takes."""

    edited = Signal()

    def __init__(self, field: Described, editor: QWidget) -> None:
        super().__init__()
        self.name = field.name
        self.title = field.title
        self.editor = editor
        label = QLabel(self.title)
        label.setBuddy(editor)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.setToolTip(field.tip)
        editor.setAccessibleName(self.title)
        editor.setAccessibleDescription(field.tip)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label.setFixedWidth(LABEL_WIDTH)
        editor.setMinimumHeight(EDITOR_HEIGHT)
        row.addWidget(label)
        row.addWidget(editor, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        theme.signals.changed.connect(self._restyle)
        self._restyle()

    @abstractmethod
    def value(self) -> Any:
        """The value as it stands; the configuration decides whether it will do."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show ``value``."""

    def show_problem(self, text: str) -> None:
        """Write the fault below the input; "" for none."""
        if self.problem.text() != text:
            self.problem.setText(text)
            self.problem.setVisible(bool(text))

    def _restyle(self, _theme: object = None) -> None:
        self.problem.setStyleSheet(f"color: {theme.current().colors.danger}; font-size: 8pt;")


class InputField(Field):
    """A number, a choice, yes or no, or a line of text."""

    def __init__(self, field: Described) -> None:
        self._input = ModelInput(field)
        super().__init__(field, self._input.box)
        self._input.on_edit(self.edited.emit)

    def value(self) -> Any:
        return self._input.value()

    def set_value(self, value: Any) -> None:
        self._input.set(value)

    def set_hint(self, text: str) -> None:
        """Grey text while the line is empty."""
        if isinstance(self._input.box, QLineEdit):
            self._input.box.setPlaceholderText(text)


class ListField(Field):
    """Numbers or names, separated by commas."""

    def __init__(self, field: Described) -> None:
        self._line = QLineEdit()
        self._of_numbers = field.quantity.low is not None
        super().__init__(field, self._line)
        self.set_value(field.default)
        self._line.textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> Any:
        """What was typed; the configuration refuses what is no number where it wants one."""
        parts = [part.strip() for part in self._line.text().split(",") if part.strip()]
        if self._of_numbers:
            return tuple(int(part) if part.isdecimal() else part for part in parts)
        return tuple(parts)

    def set_value(self, value: Any) -> None:
        self._line.setText(", ".join(str(part) for part in value))

    def set_hint(self, text: str) -> None:
        """Grey text while the line is empty."""
        self._line.setPlaceholderText(text)


class ScenarioField(Field):
    """A shipped scenario by name, or a file of one's own."""

    def __init__(self, field: Described) -> None:
        self._box = QComboBox()
        for path in bundled_scenarios():
            self._box.addItem(path.stem, path.stem)
        self._box.setAccessibleName("Scenario")
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        browse = QToolButton()
        browse.setText("…")
        browse.setToolTip("Choose a scenario file")
        browse.setAccessibleName(browse.toolTip())
        browse.clicked.connect(self._browse)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._box, 1)
        row.addWidget(browse)
        place.setFocusProxy(self._box)
        super().__init__(field, place)
        self.set_value(field.default)
        self._box.currentIndexChanged.connect(lambda _index: self.edited.emit())

    def value(self) -> str:
        return str(self._box.currentData() or "")

    def set_value(self, value: Any) -> None:
        """Show a shipped scenario by name, or any file; a file that is new joins the list."""
        text = str(value)
        path = Path(text)
        if any(path == shipped for shipped in bundled_scenarios()):
            text = path.stem
        index = self._box.findData(text)
        if index < 0:
            self._box.addItem(path.stem, text)
            index = self._box.count() - 1
            self._box.setItemData(index, text, Qt.ItemDataRole.ToolTipRole)
        self._box.setCurrentIndex(index)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Choose a scenario", "", "Scenarios (*.toml)")
        dialog.fileSelected.connect(self.set_value)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def make_field(field: Described) -> Field:
    """The input that fits the setting's type."""
    if field.name == "scenario":
        return ScenarioField(field)
    if field.kind == "list":
        return ListField(field)
    return InputField(field)
