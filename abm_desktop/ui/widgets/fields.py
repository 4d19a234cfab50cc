"""Labelled inputs, one for a field of a model, made from the field's own description.

Settings of a training and designs of experiments are filled in with them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.scenario.files import bundled_scenarios
from abm_desktop.scenario.quantity import Described
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.widgets.model_input import DIGITS, ModelInput
from abm_desktop.ui.widgets.numbers import plain, read_number

__all__ = [
    "ChecksField",
    "ChoiceField",
    "Field",
    "InputField",
    "LinesField",
    "ListField",
    "ScenarioField",
    "make_field",
    "readable",
]

LABEL_WIDTH = 118
EDITOR_HEIGHT = 26
LINES = 3
"""Lines of a text of a sentence or two that are in sight."""


class Field(QWidget):
    """A labelled input. ``value`` is what the configuration takes."""

    edited = Signal()

    def __init__(self, field: Described, editor: QWidget) -> None:
        super().__init__()
        self.name = field.name
        self.title = field.title
        self.editor = editor
        self.label = label = QLabel(self.title)
        label.setBuddy(editor)
        self.problem = QLabel()
        self.problem.setFont(theme.ui_font(8.0))
        set_tone(self.problem, "danger")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        self.note.hide()
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
        layout.addWidget(self.note)

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

    def show_note(self, text: str) -> None:
        """Write below the input what is good to know of its value; "" for nothing."""
        if self.note.text() != text:
            self.note.setText(text)
            self.note.setVisible(bool(text))


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

    def __init__(self, field: Described, editor: QWidget | None = None) -> None:
        """``editor`` holds the line, which is :attr:`line`, if it does not stand alone."""
        self.line = QLineEdit()
        self._of_numbers = field.quantity.low is not None
        self._scale = field.scale
        super().__init__(field, editor or self.line)
        if field.suffix:
            self.label.setText(f"{self.title}, {field.suffix}")
        self.set_value(field.default)
        self.line.textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> Any:
        """What was typed; the configuration refuses what is no number where it wants one."""
        parts = [part.strip() for part in self.line.text().split(",") if part.strip()]
        return tuple(self._read(part) for part in parts) if self._of_numbers else tuple(parts)

    def set_value(self, value: Any) -> None:
        self.line.setText(", ".join(self._write(part) for part in value))

    def set_hint(self, text: str) -> None:
        """Grey text while the line is empty."""
        self.line.setPlaceholderText(text)

    def _read(self, text: str) -> int | float | str:
        if text.isdecimal() and self._scale == 1.0:
            return int(text)
        number = read_number(text)
        return text if number is None else number / self._scale

    def _write(self, value: Any) -> str:
        if isinstance(value, float | int) and not isinstance(value, bool):
            return plain(round(value * self._scale, DIGITS))
        return str(value)


class LinesField(Field):
    """A text of a sentence or two."""

    def __init__(self, field: Described) -> None:
        self._text = QPlainTextEdit()
        self._text.setTabChangesFocus(True)
        self._text.setProperty("role", "field")
        super().__init__(field, self._text)
        self._text.ensurePolished()
        room = 2 * (self._text.frameWidth() + self._text.document().documentMargin())
        self._text.setFixedHeight(round(LINES * self._text.fontMetrics().lineSpacing() + room) + 4)
        self._text.textChanged.connect(self.edited)

    def value(self) -> str:
        return self._text.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        was_blocked = self._text.blockSignals(True)
        self._text.setPlainText(str(value))
        self._text.blockSignals(was_blocked)


class ChecksField(Field):
    """Any of a few texts, a box each, in their order."""

    COLUMNS = 2

    def __init__(self, field: Described, choices: Sequence[str]) -> None:
        self._boxes: dict[str, QCheckBox] = {}
        place = QWidget()
        grid = QGridLayout(place)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        for k, choice in enumerate(choices):
            box = QCheckBox(readable(choice))
            box.setAccessibleName(f"{field.title}: {readable(choice)}")
            self._boxes[choice] = box
            grid.addWidget(box, k // self.COLUMNS, k % self.COLUMNS)
        place.setFocusProxy(next(iter(self._boxes.values())))
        super().__init__(field, place)
        self.set_value(field.default)
        for box in self._boxes.values():
            box.toggled.connect(lambda _on: self.edited.emit())

    def value(self) -> tuple[str, ...]:
        return tuple(choice for choice, box in self._boxes.items() if box.isChecked())

    def set_value(self, value: Any) -> None:
        for choice, box in self._boxes.items():
            was_blocked = box.blockSignals(True)
            box.setChecked(choice in value)
            box.blockSignals(was_blocked)


class ChoiceField(Field):
    """One of some values, each with its words; a value that is not among them joins them."""

    def __init__(self, field: Described) -> None:
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        super().__init__(field, self.box)
        self.set_value(field.default)
        self.box.currentIndexChanged.connect(lambda _index: self.edited.emit())

    def offer(self, entries: Sequence[tuple[str, Any]]) -> None:
        """Offer these (words, value); what is chosen stays so, also if it is none of them."""
        value = self.value()
        was_blocked = self.box.blockSignals(True)
        self.box.clear()
        for words, data in entries:
            self.box.addItem(words, data)
        self.set_value(value)
        self.box.blockSignals(was_blocked)

    def value(self) -> Any:
        return self.box.currentData()

    def set_value(self, value: Any) -> None:
        was_blocked = self.box.blockSignals(True)
        index = next((k for k in range(self.box.count()) if self.box.itemData(k) == value), -1)
        if index < 0:
            self.box.addItem("" if value is None else str(value), value)
            index = self.box.count() - 1
        self.box.setCurrentIndex(index)
        self.box.blockSignals(was_blocked)


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

    def offer(self, value: str) -> None:
        """List another file; what is chosen stays so."""
        was_blocked, chosen = self._box.blockSignals(True), self.value()
        self.set_value(value)
        self.set_value(chosen)
        self._box.blockSignals(was_blocked)

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


def readable(name: str) -> str:
    """A name of a file's as people write it."""
    return name.replace("_", " ")
