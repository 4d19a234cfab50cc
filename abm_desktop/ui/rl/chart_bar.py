"""The line above the charts of a training: which charts, on what axis, how smooth, which runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from abm_desktop.desk.formats import shorten
from abm_desktop.desk.training_measures import AXES, GROUPS, RUN_COLORS
from abm_desktop.ui.rl.runs import MOST_SHOWN, Runs, TrainingRun
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.segments import segment_row

__all__ = ["ChartBar"]

COMPARE, COMPARE_SHORT = "Compare with ▾", "Compare ▾"
SLIDER = 90
NARROW = 740
"""Pixels below which the line leaves words out."""
FIRST_WEIGHT = 0.6
MOST_IN_MENU = 40


class ChartBar(QWidget):
    """``group``, ``axis`` and ``weight`` are what is chosen."""

    changed = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self.runs = runs
        self.group = next(iter(GROUPS))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.groups = QButtonGroup(self)
        for name in GROUPS:
            button = QToolButton()
            button.setText(name)
            button.setCheckable(True)
            button.setChecked(name == self.group)
            button.setToolTip("Show these charts")
            button.setAccessibleName(f"Charts: {name}")
            button.clicked.connect(lambda _checked=False, name=name: self.show_group(name))
            self.groups.addButton(button)
        row.addWidget(segment_row(self.groups.buttons()))
        self.legend = Legend()
        row.addSpacing(6)
        row.addWidget(self.legend)
        row.addStretch(1)

        self.runs_button = QToolButton()
        self.runs_button.setText(COMPARE)
        self.runs_button.setAccessibleName("Compare with earlier trainings and models")
        self.runs_button.setProperty("role", "menu")
        self.runs_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.runs_button.setToolTip("Draw earlier trainings and stored models in the same charts")
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        self.runs_button.setMenu(self.menu)
        row.addWidget(self.runs_button)

        self.axis_box = QComboBox()
        for name in AXES:
            self.axis_box.addItem(name, name)
        self.axis_box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.axis_box.setAccessibleName("Horizontal axis of the charts")
        self.axis_box.setToolTip(self.axis_box.accessibleName())
        self.axis_box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        row.addWidget(self.axis_box)

        label = QLabel("Smoothing")
        label.setObjectName("panelNote")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 99)
        self.slider.setValue(round(100 * FIRST_WEIGHT))
        self.slider.setFixedWidth(SLIDER)
        self.slider.setAccessibleName("Smoothing of the curves")
        tip = "How much of the past each point keeps (0: none); the faint line is as it is"
        self.slider.setToolTip(tip)
        label.setBuddy(self.slider)
        label.setToolTip(tip)
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._smoothing = label
        self.weight_label = QLabel()
        self.weight_label.setObjectName("panelNote")
        self.weight_label.setFixedWidth(34)
        self.slider.valueChanged.connect(self._smooth)
        row.addSpacing(4)
        for widget in (label, self.slider, self.weight_label):
            row.addWidget(widget)
        self._smooth()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less in a narrow window: else the names of the charts were cut."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if self._smoothing.isHidden() != narrow:
            self._smoothing.setVisible(not narrow)
            self.runs_button.setText(COMPARE_SHORT if narrow else COMPARE)
            self.slider.setFixedWidth(SLIDER // 2 if narrow else SLIDER)

    @property
    def axis(self) -> str:
        """A key of ``AXES``."""
        return str(self.axis_box.currentData())

    @property
    def weight(self) -> float:
        """Weight of the past in the smoothed curves, 0 to 0.99."""
        return self.slider.value() / 100.0

    def show_group(self, name: str) -> None:
        """Show the charts of a group."""
        self.group = name
        for button in self.groups.buttons():
            button.setChecked(button.text() == name)
        self.changed.emit()

    def show_legend(self, current: TrainingRun | None, others: Sequence[TrainingRun]) -> None:
        """Name the runs by the colours of their curves; a run alone needs no name."""
        entries = []
        if others:
            if current is not None and len(current.history):
                entries.append(("accent", shorten(current.name or "this training", 22)))
            entries += [(RUN_COLORS[k], shorten(run.name, 22)) for k, run in enumerate(others)]
        self.legend.set_entries(entries)

    def _fill(self) -> None:
        """List the runs that can be drawn."""
        self.menu.clear()
        names = self.runs.choices()
        if not names:
            action = self.menu.addAction("Nothing to compare with yet: train a model first")
            action.setEnabled(False)
            return
        for name in names[:MOST_IN_MENU]:
            action = self.menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(self.runs.is_shown(name))
            action.toggled.connect(lambda on, name=name: self.runs.show(name, on))
        self.menu.addSeparator()
        self.menu.addAction("None of them", self.runs.clear)
        if len(names) > MOST_SHOWN:
            note = self.menu.addAction(
                f"At most {MOST_SHOWN} at a time; the first chosen gives way"
            )
            note.setEnabled(False)

    def _smooth(self) -> None:
        self.weight_label.setText(f"{self.weight:.2f}")
        self.changed.emit()
