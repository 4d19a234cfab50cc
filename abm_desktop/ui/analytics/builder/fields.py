"""The inputs of a design, made from the descriptions of its models."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.scenario.quantity import Described, described, entry_choices
from abm_desktop.ui.widgets.fields import (
    ChecksField,
    ChoiceField,
    Field,
    InputField,
    LinesField,
    ListField,
    make_field,
)
from abm_desktop.ui.widgets.numbers import read_number

__all__ = ["FieldSet", "MixField", "NamesField", "design_field"]

CHOSEN = frozenset({"primary", "second", "hypothesis"})
"""Chosen among what the rest of the design, or the measures, offer."""
PICKED = frozenset({"policies", "also"})
"""Names of a library, picked or typed."""
NUMBER_OR_WORDS = frozenset({"level", "against", "kind"})
"""Of what a paper found: a share, or the name of a rule; left empty, none."""


class FieldSet(QObject):
    """Fields of a model by their names; what nobody has touched is given back as it came.

    A box shows a number with so many digits, and a list its entries with blanks between them: what
    was read from a file does not change for having been shown.
    """

    edited = Signal()

    def __init__(
        self,
        model: type[BaseModel],
        names: Iterable[str],
        make: Callable[[type[BaseModel], Described], Field] | None = None,
    ) -> None:
        super().__init__()
        known = described(model)
        self.fields: dict[str, Field] = {
            name: (make or design_field)(model, known[name]) for name in names
        }
        self._raw: dict[str, Any] = {name: known[name].default for name in self.fields}
        self._touched: set[str] = set()
        for name, field in self.fields.items():
            field.edited.connect(lambda name=name: self._touch(name))

    def value(self, name: str) -> Any:
        """What a field holds, as the model takes it."""
        return self.fields[name].value() if name in self._touched else self._raw[name]

    def values(self) -> dict[str, Any]:
        """What all hold, by name."""
        return {name: self.value(name) for name in self.fields}

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Fill in what is among these; that is no edit.

        What a field cannot show, such as a word for a number, is given back nevertheless.
        """
        for name, field in self.fields.items():
            if name in values:
                was_blocked = field.blockSignals(True)
                with contextlib.suppress(TypeError, ValueError, OverflowError):
                    field.set_value(values[name])
                field.blockSignals(was_blocked)
                self._raw[name] = values[name]
                self._touched.discard(name)

    def show_problem(self, name: str, text: str) -> bool:
        """Write a fault below a field; returns whether there is such a field."""
        if name in self.fields:
            self.fields[name].show_problem(text)
        return name in self.fields

    def clear_problems(self) -> None:
        """Take every fault away."""
        for field in self.fields.values():
            field.show_problem("")

    def _touch(self, name: str) -> None:
        self._touched.add(name)
        self.edited.emit()


def design_field(model: type[BaseModel], field: Described) -> Field:
    """The input that fits a field of a design."""
    if field.name in CHOSEN:
        return ChoiceField(field)
    if field.name in NUMBER_OR_WORDS and field.kind == "text":
        return NumberOrWordsField(field)
    if field.name == "question":
        return LinesField(field)
    if field.name == "mixed":
        return MixField(field)
    if field.name in PICKED:
        return NamesField(field)
    if field.kind == "list" and (choices := entry_choices(model, field.name)):
        return ChecksField(field, choices)
    return make_field(field)


class NumberOrWordsField(InputField):
    """A share, or the name of a rule; nothing if it is left empty."""

    def value(self) -> float | str | None:
        text = str(super().value())
        number = read_number(text)
        return (text or None) if number is None else number


class MixField(ListField):
    """Lists of names: commas within a list, semicolons between them."""

    def value(self) -> tuple[tuple[str, ...], ...]:
        lists = (part.split(",") for part in self.line.text().split(";"))
        found = (tuple(name.strip() for name in part if name.strip()) for part in lists)
        return tuple(names for names in found if names)

    def set_value(self, value: Any) -> None:
        self.line.setText("; ".join(", ".join(names) for names in value))
        self.set_hint("a, b; c, d")


class NamesField(ListField):
    """Names of a library, or patterns such as calm-ppo*: typed, or ticked in a list."""

    def __init__(self, field: Described) -> None:
        place = QWidget()
        super().__init__(field, place)
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        self.line.setAccessibleName(field.title)
        place.setFocusProxy(self.line)
        self.pick_button = QToolButton()
        self.pick_button.setText("Choose…")
        self.pick_button.setAccessibleName(f"Choose: {field.title}")
        self.pick_button.clicked.connect(self.pick)
        row.addWidget(self.pick_button)
        self._known: tuple[tuple[str, str], ...] = ()
        self.offer(())

    def offer(self, known: Sequence[tuple[str, str]]) -> None:
        """Let these (name, what it is) be ticked."""
        self._known = tuple(known)
        self.pick_button.setEnabled(bool(known))
        self.pick_button.setToolTip(
            "Tick them in a list" if known else "The list of what there is has not been read yet"
        )

    def pick(self) -> PickDialog:
        """Open the list; what is ticked then stands in the line."""
        patterns = self.value()
        ticked = {
            name for name, _ in self._known if any(fnmatchcase(name, p) for p in patterns)
        }  # fmt: skip
        dialog = PickDialog(self.title, self._known, ticked, self)

        def take() -> None:
            if dialog.ticked() != [name for name, _ in self._known if name in ticked]:
                self.set_value(dialog.ticked())
                self.edited.emit()

        dialog.accepted.connect(take)
        dialog.open()
        return dialog


class PickDialog(QDialog):
    """A list to tick names in, with a line that filters it."""

    def __init__(
        self,
        title: str,
        known: Sequence[tuple[str, str]],
        ticked: Iterable[str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter")
        self.filter.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        ticked = set(ticked)
        for name, what in known:
            item = QListWidgetItem(f"{name}   {what}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            on = Qt.CheckState.Checked if name in ticked else Qt.CheckState.Unchecked
            item.setCheckState(on)
            self.list.addItem(item)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.filter)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(440, 420)

    def ticked(self) -> list[str]:
        """The names that are ticked, in the order of the list."""
        items = (self.list.item(k) for k in range(self.list.count()))
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def _filter(self, text: str) -> None:
        for k in range(self.list.count()):
            item = self.list.item(k)
            item.setHidden(text.lower() not in item.text().lower())
