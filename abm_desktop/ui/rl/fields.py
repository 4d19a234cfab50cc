"""One input per setting of a training, made from the setting's own description."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
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
from abm_desktop.ui import theme
from abm_desktop.ui.translations import tr
from abm_desktop.ui.widgets.numbers import WholeBox, plain

__all__ = ["Field", "make_field"]

LABEL_WIDTH = 118
EDITOR_HEIGHT = 26


class Field(QWidget):
    """A labelled input. ``value`` is what the configuration takes."""

    edited = Signal()

    def __init__(self, name: str, info: FieldInfo, editor: QWidget) -> None:
        super().__init__()
        self.name = name
        self.title = tr(info.title or name)
        self.editor = editor
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        unit = f" ({tr(str(extra['unit']))})" if "unit" in extra else ""
        label = QLabel(self.title + unit)
        label.setBuddy(editor)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.setToolTip(tr(info.description or ""))
        editor.setAccessibleName(self.title)
        editor.setAccessibleDescription(tr(info.description or ""))
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


class WholeField(Field):
    """A whole number within the setting's bounds."""

    def __init__(self, name: str, info: FieldInfo) -> None:
        self._box = WholeBox()
        self._box.setGroupSeparatorShown(True)
        low, high = _bounds(info)
        self._box.setRange(int(low), int(high))
        self._box.setValue(int(info.default))
        super().__init__(name, info, self._box)
        self._box.valueChanged.connect(lambda _value: self.edited.emit())

    def value(self) -> int:
        return self._box.value()

    def set_value(self, value: Any) -> None:
        self._box.setValue(int(value))


class TextField(Field):
    """A line of text; numbers too, since a learning rate is written 3e-4."""

    def __init__(self, name: str, info: FieldInfo) -> None:
        self._line = QLineEdit()
        self._is_number = info.annotation in (float, float | None)
        super().__init__(name, info, self._line)
        self.set_value(info.default)
        self._line.textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> Any:
        """What was typed; in a number a comma is the decimal point."""
        text = self._line.text().strip()
        if self._is_number and text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        return text

    def set_value(self, value: Any) -> None:
        self._line.setText(plain(value) if isinstance(value, float) else str(value))

    def set_hint(self, text: str) -> None:
        """Grey text while the line is empty."""
        self._line.setPlaceholderText(text)


class LayersField(TextField):
    """Units of the hidden layers, separated by commas."""

    def value(self) -> Any:
        return tuple(part.strip() for part in self._line.text().split(",") if part.strip())

    def set_value(self, value: Any) -> None:
        self._line.setText(", ".join(str(units) for units in value))


class ChoiceField(Field):
    """One of the values a Literal allows."""

    def __init__(self, name: str, info: FieldInfo) -> None:
        self._box = QComboBox()
        self._box.addItems([str(choice) for choice in get_args(info.annotation)])
        super().__init__(name, info, self._box)
        self.set_value(info.default)
        self._box.currentIndexChanged.connect(lambda _index: self.edited.emit())

    def value(self) -> str:
        return self._box.currentText()

    def set_value(self, value: Any) -> None:
        self._box.setCurrentText(str(value))


class ScenarioField(Field):
    """A shipped scenario by name, or a file of one's own."""

    def __init__(self, name: str, info: FieldInfo) -> None:
        self._box = QComboBox()
        for path in bundled_scenarios():
            self._box.addItem(path.stem, path.stem)
        self._box.setAccessibleName(self.tr("Scenario"))
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        browse = QToolButton()
        browse.setText("…")
        browse.setToolTip(self.tr("Choose a scenario file"))
        browse.setAccessibleName(browse.toolTip())
        browse.clicked.connect(self._browse)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._box, 1)
        row.addWidget(browse)
        place.setFocusProxy(self._box)
        super().__init__(name, info, place)
        self.set_value(info.default)
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
        dialog = QFileDialog(self, self.tr("Choose a scenario"), "", self.tr("Scenarios (*.toml)"))
        dialog.fileSelected.connect(self.set_value)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, name: str, info: FieldInfo) -> None:
        self._box = QCheckBox()
        super().__init__(name, info, self._box)
        self.set_value(info.default)
        self._box.toggled.connect(lambda _on: self.edited.emit())

    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        self._box.setChecked(bool(value))


def make_field(name: str, info: FieldInfo) -> Field:
    """The input that fits the setting's type."""
    if name == "scenario":
        return ScenarioField(name, info)
    if get_origin(info.annotation) is Literal:
        return ChoiceField(name, info)
    if info.annotation is bool:
        return SwitchField(name, info)
    if info.annotation is int:
        return WholeField(name, info)
    if get_origin(info.annotation) is tuple:
        return LayersField(name, info)
    return TextField(name, info)


def _bounds(info: FieldInfo) -> tuple[float, float]:
    low, high = 0.0, 2.0**31 - 1
    for rule in info.metadata:
        if isinstance(rule, annotated_types.Ge):
            low = float(rule.ge)  # type: ignore[arg-type]
        elif isinstance(rule, annotated_types.Le):
            high = float(rule.le)  # type: ignore[arg-type]
    return low, high
