"""What to ask before an evaluation or a stress test is begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.choices import Asked, Choices
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.registry.models import ModelInfo
from abm_desktop.scenario.files import bundled_scenarios
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.stress import STRESS_TYPES
from abm_desktop.ui.stress_kinds import MAIN, stress_title
from abm_desktop.ui.widgets.model_input import number_box, whole_box
from abm_desktop.ui.widgets.numbers import WholeBox

__all__ = ["EvaluationDialog", "StressTestDialog"]


class _Judge(QDialog):
    accepted_settings = Signal(dict)
    """Arguments of the job, without the name of the model."""

    def __init__(self, parent: QWidget, model: ModelInfo, title: str, start: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{title}: {model.name}")
        self.scenario = QComboBox()
        for path in bundled_scenarios():
            self.scenario.addItem(path.stem, path.stem)
        wanted = str(model.config.get("scenario", "calm")) or "calm"
        if self.scenario.findData(wanted) < 0:
            self.scenario.addItem(Path(wanted).stem, wanted)
        self.scenario.setCurrentIndex(self.scenario.findData(wanted))
        self.form = QFormLayout()
        self.add("Scenario", self.scenario)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start_button = buttons.addButton(start, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.addWidget(self.note)
        self._column.addLayout(self.form)
        self._column.addWidget(buttons)
        self.setMinimumWidth(440)  # its title names the model

    def add(self, title: str, editor: QWidget, tip: str = "") -> None:
        editor.setAccessibleName(title)
        editor.setToolTip(tip)
        self.form.addRow(title, editor)

    def settings(self) -> dict[str, Any]:
        raise NotImplementedError

    def _accept(self) -> None:
        self.accepted_settings.emit(self.settings())
        self.accept()


class EvaluationDialog(_Judge):
    """Scenario, days and hours of an evaluation."""

    def __init__(self, parent: QWidget, model: ModelInfo) -> None:
        super().__init__(parent, model, "Evaluate", "Evaluate")
        self.note.setText(
            "The policy and simple rules trade the same held-out days. It is accepted if "
            "its median day earns money and it beats random trading, order-book imbalance "
            "and momentum with a small position."
        )
        training = described(TrainingConfig)
        self.days = whole_box(training["evaluation_days"])
        self.hours = number_box(training["evaluation_hours"])
        self.seed = _seed()
        self.add("Held-out days", self.days, "At least 6; more find less")
        self.add("Hours a day", self.hours)
        self.add("Seed", self.seed, "Another one gives other held-out days")

    def settings(self) -> dict[str, Any]:
        """Arguments of ``assessment.evaluate_model``."""
        return {
            "scenario": str(self.scenario.currentData()),
            "days": self.days.value(),
            "hours": self.hours.value(),
            "seed": self.seed.value(),
        }


class StressTestDialog(_Judge):
    """Stresses, markets and traders of a stress test."""

    def __init__(self, parent: QWidget, model: ModelInfo) -> None:
        super().__init__(parent, model, "Stress test", "Test")
        self.note.setText(
            "Each market is copied a minute before the shock; one copy gets the traders, "
            "the other does not. What differs afterwards is theirs."
        )
        self.stresses = QListWidget()
        for kind in STRESS_TYPES:
            item = QListWidgetItem(stress_title(kind))
            item.setData(Qt.ItemDataRole.UserRole, kind)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if kind in MAIN else Qt.CheckState.Unchecked)
            self.stresses.addItem(item)
        self.stresses.setMinimumHeight(150)
        self.stresses.itemChanged.connect(lambda _item: self._follow())
        self.runs = whole_box(described(TrainingConfig)["stress_runs"])
        self.traders = whole_box(described(Choices)["rl_traders"])
        self.after = number_box(described(Asked)["minutes_after"])
        self.seed = _seed()
        self.add("Stresses", self.stresses, "Each in its usual strength")
        every = QPushButton("All")
        none = QPushButton("None")
        every.clicked.connect(lambda: self._check_all(True))
        none.clicked.connect(lambda: self._check_all(False))
        row = QHBoxLayout()
        row.addWidget(every)
        row.addWidget(none)
        row.addStretch(1)
        self.form.addRow("", row)
        self.add("Pairs of markets", self.runs, "More find smaller effects")
        self.add("Traders", self.traders, "How many have this policy")
        self.add("Minutes after the shock", self.after)
        self.add("Seed", self.seed, "Another one gives other markets")

    def chosen(self) -> list[str]:
        """The kinds of stress that are ticked."""
        items = [self.stresses.item(k) for k in range(self.stresses.count())]
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def settings(self) -> dict[str, Any]:
        """Arguments of ``assessment.stress_test_model``."""
        return {
            "stresses": [{"type": kind} for kind in self.chosen()],
            "scenario": str(self.scenario.currentData()),
            "runs": self.runs.value(),
            "traders": self.traders.value(),
            "seed": self.seed.value(),
            "after": 60.0 * self.after.value(),
        }

    def _check_all(self, on: bool) -> None:
        for k in range(self.stresses.count()):
            self.stresses.item(k).setCheckState(
                Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            )

    def _follow(self) -> None:
        self.start_button.setEnabled(bool(self.chosen()))


def _seed() -> WholeBox:
    return whole_box(described(Asked)["draw"])
