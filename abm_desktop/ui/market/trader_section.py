"""One class of traders in the population editor: its count, its share, and its parameters."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.scenario.population import Population
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.market.population_draft import PopulationDraft
from abm_desktop.ui.widgets.elided_label import ElidedLabel
from abm_desktop.ui.widgets.model_input import ModelInput
from abm_desktop.ui.widgets.parameter_rows import ParameterRows

__all__ = ["TraderSection"]

COUNT_WIDTH = 60
"""Pixels of a number of traders."""


def meaning_of(model: type[BaseModel]) -> str:
    """What a class of traders is: the docstring of its model, in one line."""
    return " ".join((model.__doc__ or "").split())


class TraderSection(QWidget):
    """A line with the count; its parameters unfold below."""

    def __init__(self, name: str, model: Any, draft: PopulationDraft) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self.name, self._fields, self._draft = name, described(model), draft
        self.inputs: dict[str, ModelInput] = {}
        self._population: Any = None
        title = self.title = ElidedLabel(described(Population)[name].title)
        title.setToolTip(f"{title.text()}: {meaning_of(model)}")
        self.share = QLabel()
        self.share.setObjectName("panelNote")
        self.share.setToolTip("Share of the traded volume")
        count = self._input("count").box
        count.setFixedWidth(COUNT_WIDTH)
        self.fold = QToolButton()
        self.fold.setProperty("role", "fold")
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setCheckable(True)
        self.fold.setFixedSize(20, 20)
        self.fold.setToolTip("Show the parameters")
        self.fold.setAccessibleName(f"Parameters of {title.text()}")
        self.fold.toggled.connect(self._unfold)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(title, 1)
        line.addWidget(self.share)
        line.addWidget(count)
        line.addWidget(self.fold)
        self.form: QWidget | None = None
        self.problem = QLabel()
        set_tone(self.problem, "danger")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._layout.addLayout(line)
        self._layout.addWidget(self.problem)

    def show_values(self, population: Any) -> None:
        """Show the values of this population."""
        self._population = population
        section = getattr(population, self.name)
        for key, given in self.inputs.items():
            value = getattr(section, key)
            if given.value() != value:
                given.show(value)

    @property
    def boxes(self) -> dict[str, QWidget]:
        """The widget of each parameter that was asked for."""
        return {name: given.box for name, given in self.inputs.items()}

    def show_share(self, share: float | None) -> None:
        """Show the share of the traded volume."""
        text = "" if share is None else f"{100 * share:.0f} %"
        if text != self.share.text():
            self.share.setText(text)

    def _unfold(self, shown: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        if self.form is None and shown:
            self.form = self._make_form()
            self._layout.insertWidget(1, self.form)
        if self.form is not None:
            self.form.setVisible(shown)

    def _make_form(self) -> QWidget:
        form = ParameterRows(12)
        for key, field in self._fields.items():
            if key == "count" or field.kind not in ("whole", "number"):
                continue
            form.add(field.title + ("" if field.is_live else " *"), self._input(key).box)
        if self._population is not None:
            self.show_values(self._population)
        return form

    def _input(self, key: str) -> ModelInput:
        field = self._fields[key]
        given = ModelInput(field)
        if not field.is_live:
            given.box.setToolTip(given.box.toolTip() + "\nActs from the next reset on.")
        given.box.setAccessibleName(f"{self.title.text()}: {field.title}")
        given.on_edit(lambda: self._edit(key, given.value()))
        self.inputs[key] = given
        return given

    def _edit(self, key: str, value: float) -> None:
        problem = self._draft.edit(self.name, key, value)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if problem:
            self.show_values(self._draft.scenario.population)
