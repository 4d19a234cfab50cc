"""The learning rate of the training that runs: what it is now, and a line to set another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from abm_desktop.learning.process.client import check_learning_rate
from abm_desktop.ui.dressing import set_tone

__all__ = ["RateRow"]


class RateRow(QWidget):
    """A line with a button; says below it what is wrong with what was written."""

    set_requested = Signal(float)
    """A rate in (0, 1] to be learned at from the next iteration on."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setAccessibleName("Learning rate of the training that runs")
        self.line.returnPressed.connect(self.ask)
        self.line.textEdited.connect(lambda _text: self._check())
        self.button = QPushButton("Set")
        self.button.setAccessibleName("Set the learning rate")
        self.button.clicked.connect(self.ask)
        label = QLabel("Learning rate")
        label.setObjectName("panelNote")
        label.setBuddy(self.line)
        self.problem = QLabel()
        set_tone(self.problem, "danger")
        self.problem.setWordWrap(True)
        self.problem.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        self.follow(running=False)

    def follow(self, *, running: bool) -> None:
        """Allow a change while iterations are being done, or wait."""
        tip = (
            "Learn at this rate from the next iteration on, e.g. 1e-4 (Enter)"
            if running
            else "No training runs: the form above has the rate of the next one"
        )
        for widget in (self.line, self.button):
            widget.setEnabled(running)
            widget.setToolTip(tip)
        if not running:
            self.line.clear()
            self.line.setPlaceholderText("")
            self._say("")
        else:
            self._check()

    def show_rate(self, rate: float | None) -> None:
        """Tell the rate of the last iteration; None if it is not known."""
        text = "" if rate is None else f"now {rate:.3g}"
        if self.line.placeholderText() != text:
            self.line.setPlaceholderText(text)

    def ask(self) -> None:
        """Ask for the rate in the line, if it will do."""
        if not self.line.isEnabled() or not self.line.text().strip():
            return
        rate = self._check()
        if rate is not None:
            self.line.clear()
            self._check()
            self.set_requested.emit(rate)

    def _check(self) -> float | None:
        """The rate in the line; None, with the reason below it, if there is none."""
        text = self.line.text().strip().replace(",", ".")
        rate, problem = None, ""
        try:
            rate = float(text)
            check_learning_rate(rate)
        except ValueError:
            rate = None
            problem = "A number above 0 and at most 1, e.g. 1e-4" if text else ""
        self._say(problem)
        self.button.setEnabled(self.line.isEnabled() and rate is not None)
        return rate

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
