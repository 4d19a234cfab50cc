"""Number fields of the window, and the filter that keeps the wheel from changing what it passes.

All read and write numbers the same way: a decimal point; a comma typed as the
only mark becomes one. What is not a number within the bounds stands in the field until it is left,
and then gives way to the number that was there: no key is swallowed so that 1,5 turns into 15.
"""

from __future__ import annotations

import math
import re
from typing import Any

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QWidget,
)

__all__ = ["NumberBox", "SeedBox", "WheelGuard", "WholeBox", "plain", "read_number"]

_EXACT = 15
"""Decimals that are kept. Sums such as 0.1 + 0.2 are written without their last bit."""
_WHOLE = re.compile(r"[+-]?([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+)")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
"""Groups of three digits. 0,125 is none: it can only be an eighth."""
_TYPED = frozenset("0123456789.,+-eE ")

State = QValidator.State


def plain(value: float) -> str:
    """A number as short as it can be written without becoming another: 3, 0.45, 3.5e-05."""
    text = repr(round(value, _EXACT))
    return text.removesuffix(".0")


def read_number(text: str) -> float | None:
    """A number in which commas may part groups of three digits, or one may be the point."""
    text = text.strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    return _number(text)


def _body(box: QAbstractSpinBox, text: str, prefix: str, suffix: str) -> str:
    return text.removeprefix(prefix).removesuffix(suffix).removesuffix(suffix.strip()).strip()


class _GivesBack:
    """What stands before a spin box of Qt's: a number that cannot be gives way to the last one."""

    _before: Any

    def _keep(self: Any) -> None:
        self._before = self.value()

    def focusInEvent(self: Any, event: QFocusEvent) -> None:
        """Remember the number that typing may have to give way to."""
        self._keep()
        super().focusInEvent(event)  # type: ignore[misc]

    def setValue(self: Any, value: Any) -> None:
        """Show a number."""
        super().setValue(value)  # type: ignore[misc]
        self._keep()

    def fixup(self: Any, text: str) -> str:
        """Give back the number of before the typing."""
        self.setValue(self._before)
        return str(self.prefix() + self.textFromValue(self._before) + self.suffix())


class NumberBox(_GivesBack, QDoubleSpinBox):
    """A number, written as short as it is; 1e-5 can be typed too.

    ``setDecimals`` says how fine its steps are, not how fine a number it takes.
    """

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self._places = 2
        super().setDecimals(_EXACT)
        self.setSuffix(unit)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keep()
        self.editingFinished.connect(self._keep)

    def setDecimals(self, places: int) -> None:
        """Set how fine a step from zero is."""
        self._places = places

    def stepBy(self, steps: int) -> None:
        """Go up or down by a tenth of the number's size, or by the fixed step."""
        value = self.value()
        step = self.singleStep()
        if self.stepType() == QAbstractSpinBox.StepType.AdaptiveDecimalStepType:
            smallest = 10.0**-self._places
            toward_zero = value * steps < 0
            size = abs(value) * (0.999 if toward_zero else 1.0)
            step = max(10.0 ** (math.floor(math.log10(size)) - 1), smallest) if size else smallest
        self.setValue(round(value + steps * step, _EXACT))

    def textFromValue(self, value: float) -> str:
        """Write the number."""
        return plain(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let a number be typed in any usual way; a comma becomes the point."""
        body = _body(self, text, self.prefix(), self.suffix())
        # "1,000" as a whole may be a thousand or one: it is refused, not guessed.
        if body.count(",") == 1 and "." not in body and not _GROUPED.fullmatch(body):
            text, body = text.replace(",", "."), body.replace(",", ".")
        if not set(body) <= _TYPED | set(self.suffix()) | set(self.prefix()):
            return State.Invalid, text, position
        number = _number(body)
        good = number is not None and self.minimum() <= number <= self.maximum()
        return State.Acceptable if good else State.Intermediate, text, position

    def valueFromText(self, text: str) -> float:
        """Read the number; the very number shown is itself, to the last bit."""
        body = _body(self, text, self.prefix(), self.suffix())
        number = _number(body)
        if number is None or body == plain(self.value()):
            return float(self.value())
        return number


class WholeBox(_GivesBack, QSpinBox):
    """A whole number; the bounds are within 32 bits."""

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setSuffix(unit)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keep()
        self.editingFinished.connect(self._keep)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let anything like a number be typed; only a whole one within the bounds is taken."""
        body = _body(self, text, self.prefix(), self.suffix())
        if not set(body) <= _TYPED | set(self.suffix()) | set(self.prefix()):
            return State.Invalid, text, position
        if body and body == self.specialValueText():
            return State.Acceptable, text, position
        number = _whole(body)
        good = number is not None and self.minimum() <= number <= self.maximum()
        return State.Acceptable if good else State.Intermediate, text, position

    def valueFromText(self, text: str) -> int:
        """Read the number; what is none leaves the one that is there."""
        body = _body(self, text, self.prefix(), self.suffix())
        if body and body == self.specialValueText():
            return self.minimum()
        number = _whole(body)
        return self.value() if number is None else number


class SeedBox(QLineEdit):
    """A whole number of up to 63 bits: Qt's own box holds 31."""

    entered = Signal(object)
    """The number, at Enter; not if what was typed is none."""
    refused = Signal(str)
    """What was typed, if it is no such number: the one from before is back."""

    def __init__(self, largest: int) -> None:
        super().__init__("0")
        self._largest = largest
        self._value = 0
        self.setMaxLength(len(str(largest)) + 6)
        self.editingFinished.connect(self._take)
        self.returnPressed.connect(self._enter)

    def value(self) -> int:
        """The number, also one that is just being typed."""
        number = self._read()
        return self._value if number is None else number

    def setValue(self, value: int) -> None:
        """Show a number."""
        self._value = int(value)
        self.setText(str(self._value))
        self.setCursorPosition(0)

    def _read(self) -> int | None:
        number = _whole(self.text().strip())
        return number if number is not None and 0 <= number <= self._largest else None

    def _take(self) -> None:
        typed, number = self.text(), self._read()
        self.setValue(self.value())
        if number is None:
            self.refused.emit(typed)

    def _enter(self) -> None:
        # Qt says so before it says that the editing is finished.
        number = self._read()
        self._take()
        if number is not None:
            self.entered.emit(number)


class WheelGuard(QObject):
    """Event filter of the application: a wheel over a field without the focus scrolls the page.

    Such a wheel would change the field, which may be a rule in force, for somebody who only scrolls
    past it. A field gets the focus by a click or the Tab key, not by the wheel.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on to the parent; take the wheel's focus away when a field is made."""
        kind = event.type()
        if kind == QEvent.Type.Wheel:
            if _is_field(watched) and not _has_focus(watched):
                assert isinstance(event, QWheelEvent)
                event.ignore()
                return True
        elif (
            kind == QEvent.Type.Polish
            and isinstance(watched, QWidget)
            and _is_field(watched)
            and watched.focusPolicy() == Qt.FocusPolicy.WheelFocus
        ):
            watched.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return False


def _is_field(thing: QObject) -> bool:
    return isinstance(thing, QAbstractSpinBox | QComboBox | QTabBar) or (
        isinstance(thing, QAbstractSlider) and not isinstance(thing, QScrollBar)
    )


def _has_focus(field: QObject) -> bool:
    focus = QApplication.focusWidget()
    return isinstance(field, QWidget) and (
        field is focus or (focus is not None and field.isAncestorOf(focus))
    )


def _number(text: str) -> float | None:
    if not set(text) <= _TYPED:  # float() also takes "1_0", "nan", and digits of other scripts
        return None
    try:
        value = float(text.replace(" ", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str) -> int | None:
    text = text.replace(" ", "")
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) and len(text) < 40 else None
