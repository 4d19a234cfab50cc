"""Every parameter of a kind of stress beside its magnitude and duration, labelled, with units."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QWidget

from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.stress import STRESS_TYPES, own_parameters
from abm_desktop.ui.widgets.model_input import ModelInput

__all__ = ["StressForm"]


class StressForm(QWidget):
    """A line a parameter, made when it is first shown; until then the usual values hold."""

    edited = Signal()

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self.kind = kind
        self.inputs: dict[str, ModelInput] = {}
        self.hide()

    def values(self) -> dict[str, Any]:
        """What is set, by name; empty while nobody has looked."""
        return {name: given.value() for name, given in self.inputs.items()}

    def reset(self) -> None:
        """Put the usual values back."""
        for given in self.inputs.values():
            given.set(given.field.default)

    def open(self, shown: bool) -> None:
        """Show the lines, or hide them; what is set holds either way."""
        if shown and not self.inputs:
            self._make()
        self.setVisible(shown)

    def _make(self) -> None:
        fields = described(STRESS_TYPES[self.kind])
        form = QFormLayout(self)
        form.setContentsMargins(8, 0, 0, 4)
        form.setHorizontalSpacing(6)
        form.setVerticalSpacing(3)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name in own_parameters(self.kind):
            given = ModelInput(fields[name])
            label = QLabel(given.field.title)
            label.setObjectName("panelNote")
            label.setToolTip(given.field.tip)
            label.setBuddy(given.box)
            given.box.setMaximumWidth(110)
            form.addRow(label, given.box)
            given.on_edit(self.edited.emit)
            self.inputs[name] = given
        if not self.inputs:
            none = QLabel("It has no other parameters.")
            none.setObjectName("panelNote")
            form.addRow(none)
            return
        usual = QPushButton("Usual values")
        usual.setToolTip("Put the usual value of every parameter back")
        usual.clicked.connect(self.reset)
        form.addRow(usual)
