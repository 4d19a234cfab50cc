"""One class of traders in the population editor: its count, its share, and its parameters."""

from __future__ import annotations

from typing import Any

from pydantic import BeforeValidator
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.market.tuning import is_live
from abm_desktop.ui import theme
from abm_desktop.ui.market.population_draft import PopulationDraft
from abm_desktop.ui.widgets.numbers import NumberBox

__all__ = ["TraderSection"]

TITLES = {
    "once_noise": "Noise, once",
    "makers_by_volume": "Makers by volume",
    "bayesian_value": "Bayesian value",
    "crossover_momentum": "Crossover",
    "fcn": "Chartists (FCN)",
}


class TraderSection(QWidget):
    """A line with the count; its parameters unfold below."""

    def __init__(self, name: str, model: Any, draft: PopulationDraft) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self.name, self._model, self._draft = name, model, draft
        self.boxes: dict[str, NumberBox] = {}
        self._population: Any = None
        title = QLabel(self.tr(TITLES.get(name) or name.replace("_", " ").capitalize()))
        title.setToolTip(" ".join((model.__doc__ or "").split()))
        policy = title.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Ignored)
        title.setSizePolicy(policy)
        self.share = QLabel()
        self.share.setObjectName("panelNote")
        self.share.setToolTip(self.tr("Share of the traded volume"))
        count = self._box("count")
        count.setFixedWidth(76)
        self.fold = QToolButton()
        self.fold.setProperty("role", "flat")
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setCheckable(True)
        self.fold.setFixedSize(20, 20)
        self.fold.setStyleSheet("QToolButton { padding: 0; }")
        self.fold.setToolTip(self.tr("Show the parameters"))
        self.fold.setAccessibleName(self.tr("Parameters of {name}").format(name=title.text()))
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
        for key, box in self.boxes.items():
            value = float(getattr(section, key))
            if box.value() != value:
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)

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
        form = QWidget()
        form.setObjectName("panelBody")
        rows = QFormLayout(form)
        rows.setContentsMargins(12, 0, 2, 4)
        rows.setVerticalSpacing(3)
        for key, field in self._model.model_fields.items():
            if key == "count" or not isinstance(field.default, int | float):
                continue
            box = self._box(key)
            star = "" if is_live(self.name, key) else " *"
            label = QLabel(self.tr(key.replace("_", " ").capitalize()) + star)
            label.setObjectName("panelNote")
            label.setToolTip(box.toolTip())
            label.setBuddy(box)
            rows.addRow(label, box)
        if self._population is not None:
            self.show_values(self._population)
        return form

    def _box(self, key: str) -> NumberBox:
        field = self._model.model_fields[key]
        low, high = 0.0, 1e9
        for entry in field.metadata:
            low = float(getattr(entry, "ge", getattr(entry, "gt", low)))
            high = float(getattr(entry, "le", getattr(entry, "lt", high)))
        is_time = any(isinstance(entry, BeforeValidator) for entry in field.metadata)
        box = NumberBox(" s" if is_time else "")
        box.setDecimals(9)
        box.setKeyboardTracking(False)
        box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        box.setRange(low, high)
        meaning = (field.description or "").strip()
        when = "" if is_live(self.name, key) else self.tr("\nActs from the next reset on.")
        box.setToolTip(meaning[:1].upper() + meaning[1:] + when)
        box.setAccessibleName(f"{self.name.replace('_', ' ')}: {key.replace('_', ' ')}")
        box.valueChanged.connect(lambda value: self._edit(key, value))
        self.boxes[key] = box
        return box

    def _edit(self, key: str, value: float) -> None:
        problem = self._draft.edit(self.name, key, value)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.problem.setStyleSheet(f"color: {theme.current().colors.danger};")
        if problem:
            self.show_values(self._draft.scenario.population)
