"""An input for one field of a model: title, unit, bounds, steps and tool tip are the field's own.

Rules of the venue, stresses, traders, settings of a training and preferences are all set with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QWidget

from abm_desktop.scenario.quantity import Described
from abm_desktop.ui.widgets.numbers import NumberBox, SeedBox, WholeBox, plain
from abm_desktop.ui.widgets.time_box import TimeBox

__all__ = ["DIGITS", "ModelInput", "number_box", "whole_box"]

DIGITS = 12
"""Decimals of a number in the unit shown: 0.07 is 7 %, not 7.000000000000001 %."""
_FINEST = 9
_MOST_OF_A_BOX = 2**31 - 1


class ModelInput:
    """Holds the widget, ``box``, and turns what it shows into what the model takes and back."""

    def __init__(
        self,
        field: Described,
        *,
        scale: float | None = None,
        suffix: str | None = None,
    ) -> None:
        """``scale`` and ``suffix`` show another unit than the field's, e.g. minutes."""
        self.field = field
        self._scale = field.scale if scale is None else scale
        self._suffix = field.suffix if suffix is None else suffix
        self.box: QWidget = self._make()
        self.box.setToolTip(field.tip)
        self.box.setAccessibleName(field.title)
        self.show(field.default)

    def value(self) -> Any:
        """What the box holds, as the model takes it."""
        box = self.box
        if isinstance(box, QCheckBox):
            return box.isChecked()
        if isinstance(box, QComboBox):
            return box.currentText()
        if isinstance(box, NumberBox):
            return box.value() / self._scale
        if isinstance(box, WholeBox | SeedBox):
            return box.value()
        assert isinstance(box, QLineEdit)
        return box.text().strip()

    def show(self, value: Any) -> None:
        """Show a value of the model; that is no edit."""
        was_blocked = self.box.blockSignals(True)
        self.set(value)
        self.box.blockSignals(was_blocked)

    def set(self, value: Any) -> None:
        """Put a value into the box, as a person would."""
        box = self.box
        if isinstance(box, QCheckBox):
            box.setChecked(bool(value))
        elif isinstance(box, QComboBox):
            box.setCurrentText(str(value))
        elif isinstance(box, NumberBox):
            number = float(value or 0.0)
            box.setValue(number if self._scale == 1.0 else round(number * self._scale, DIGITS))
        elif isinstance(box, WholeBox | SeedBox):
            box.setValue(int(value or 0))
        elif isinstance(box, QLineEdit):
            box.setText("" if value is None else str(value))
            box.setCursorPosition(0)  # its beginning is seen if it is too long

    def on_edit(self, tell: Callable[[], object]) -> None:
        """Call ``tell`` after each edit."""
        box = self.box
        if isinstance(box, QCheckBox):
            box.toggled.connect(lambda _on: tell())
        elif isinstance(box, QComboBox):
            box.currentIndexChanged.connect(lambda _index: tell())
        elif isinstance(box, NumberBox | WholeBox):
            box.valueChanged.connect(lambda _value: tell())
        elif isinstance(box, SeedBox):
            box.editingFinished.connect(tell)
        elif isinstance(box, QLineEdit):
            box.textEdited.connect(lambda _text: tell())

    def describe(
        self, field: Described, *, scale: float | None = None, suffix: str | None = None
    ) -> None:
        """Be the input of another number: its bounds, unit, step and default."""
        assert isinstance(self.box, NumberBox)
        self.field = field
        self._scale = field.scale if scale is None else scale
        self._suffix = field.suffix if suffix is None else suffix
        self._bound(self.box)
        self.show(field.default)

    def _make(self) -> QWidget:
        field, high = self.field, self.field.quantity.high
        if field.kind == "flag":
            return QCheckBox()
        if field.kind == "choice":
            choice = QComboBox()
            choice.addItems(list(field.choices))
            return choice
        if field.kind == "whole" and high is not None and high > _MOST_OF_A_BOX:
            return SeedBox(int(high))
        if field.kind == "whole":
            whole = WholeBox(self._unit())
            whole.setGroupSeparatorShown(True)
            low, high = self._bounds()
            whole.setRange(int(low), int(high))
            whole.setKeyboardTracking(False)
            return whole
        if field.kind == "number":
            number = TimeBox() if field.quantity.duration else NumberBox()
            number.setKeyboardTracking(False)
            self._bound(number)
            return number
        return QLineEdit()

    def _bound(self, box: NumberBox) -> None:
        low, high = self._bounds()
        if self._scale != 1.0:
            low, high = round(low * self._scale, DIGITS), round(high * self._scale, DIGITS)
        usual = abs(float(self.field.default or 0.0) * self._scale)
        step = self.field.quantity.step
        if isinstance(box, TimeBox):
            box.set_unit(1.0 / self._scale)
        box.setDecimals(self._places(usual))
        box.setRange(low, high)
        box.setSuffix(self._unit())
        if step is None:
            box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        else:
            box.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
            box.setSingleStep(step * self._scale)

    def _bounds(self) -> tuple[float, float]:
        mark = self.field.quantity
        assert mark.low is not None and mark.high is not None, f"{self.field.name} has no bounds"
        return mark.low, mark.high

    def _unit(self) -> str:
        return f" {self._suffix}" if self._suffix else ""

    @staticmethod
    def _places(usual: float) -> int:
        """How fine a step from zero is: one digit finer than the usual value is written."""
        text = plain(usual)
        if "e" in text:
            return min(_FINEST, 1 - math.floor(math.log10(usual)))
        return min(_FINEST, len(text.partition(".")[2]) + 1)


def whole_box(field: Described) -> WholeBox:
    """A box for a whole number of up to 31 bits, with the bounds, unit and default of a field."""
    box = ModelInput(field).box
    assert isinstance(box, WholeBox), field.name
    return box


def number_box(field: Described) -> NumberBox:
    """A box for a number, with the bounds, unit and default of a field."""
    box = ModelInput(field).box
    assert isinstance(box, NumberBox), field.name
    return box
