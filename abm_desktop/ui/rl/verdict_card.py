"""The card above the curves when a training is over: accepted or not, why, and what to do next."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from abm_desktop import paths
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry.models import ModelInfo
from abm_desktop.ui import theme
from abm_desktop.ui.rl.verdict import advice, failings, verdict_title
from abm_desktop.ui.widgets.close_button import close_button

__all__ = ["VerdictCard", "tried_elsewhere"]

FREE = {"scenario", "seed", "model_name", "evaluation_scenarios", "workers", "threads"}
"""Settings that another training of the same recipe may have otherwise."""


class VerdictCard(QFrame):
    """Shows the verdict on one model; hidden until there is one."""

    load_requested = Signal(str)
    """Name of the model that is to be put into the market."""
    market_requested = Signal(str)
    """Name of the scenario that is to be opened, where the model is accepted."""
    again_requested = Signal(str)
    """Name of the model whose settings are to be tried with another seed."""
    longer_requested = Signal(str)
    """Name of the model whose training is to be gone on with."""
    results_requested = Signal(str)
    """Name of the model whose evaluation is to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Verdict")
        self.model: ModelInfo | None = None
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.reasons = QLabel()
        self.reasons.setWordWrap(True)
        self.advice = QLabel()
        self.advice.setObjectName("panelNote")
        self.advice.setWordWrap(True)
        self.load_button = QPushButton("Load into market")
        self.market_button = QPushButton("Open its market")
        self.again_button = QPushButton("Another seed")
        self.again_button.setToolTip("Fill the form with these settings and the next seed")
        self.longer_button = QPushButton("Train on")
        self.longer_button.setToolTip("Fill the form, to go on from its last checkpoint")
        self.results_button = QPushButton("The evaluation…")
        self.close_button = close_button("Close the verdict")
        self.close_button.clicked.connect(self.dismiss)
        for button, signal in (
            (self.load_button, self.load_requested),
            (self.again_button, self.again_requested),
            (self.longer_button, self.longer_requested),
            (self.results_button, self.results_requested),
        ):
            button.clicked.connect(lambda _checked=False, signal=signal: self._ask(signal))
        self.market_button.clicked.connect(self._ask_market)
        first = QHBoxLayout()
        first.addWidget(self.title, 1)
        first.addWidget(self.close_button)
        last = QHBoxLayout()
        for button in (
            self.load_button, self.market_button, self.again_button, self.longer_button,
            self.results_button,
        ):  # fmt: skip
            last.addWidget(button)
        last.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 8)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self.reasons)
        layout.addWidget(self.advice)
        layout.addLayout(last)
        theme.signals.changed.connect(self._write)
        self.hide()

    @property
    def good_in(self) -> tuple[str, ...]:
        """Scenarios in which the model on show is accepted."""
        return tuple(e["scenario"] for e in self._found if e["accepted"])

    def show_model(self, model: ModelInfo) -> None:
        """Show the verdict that the model's evaluation holds, or that there is none."""
        self.model = model
        self._found = everywhere(model.metrics.get("evaluation"))
        self._write()
        self.show()

    def dismiss(self) -> None:
        """Take it away."""
        self.model = None
        self.hide()

    _found: list[dict[str, Any]] = []  # noqa: RUF012  (replaced, never changed)

    def _write(self, _theme: object = None) -> None:
        if self.model is None:
            return
        colors, found = theme.current().colors, self._found
        rejected = [e for e in found if not e["accepted"]]
        level = "warning" if rejected or not found else ""
        self.setProperty("level", level)
        self.style().polish(self)
        if not found:
            self.title.setText(f"{self.model.name}: not judged")
            self.reasons.setText(
                "The training ended early, or was not to be judged: nobody knows yet whether it "
                "is any good."
            )
        else:
            self.title.setText(verdict_title(self.model.name, self.model.metrics["evaluation"]))
            lines = []
            for e in self._found:
                color = colors.good if e["accepted"] else colors.warning
                told = _told(e)
                where = html.escape(str(e["scenario"]))
                lines.append(
                    f'<span style="color:{color}">●</span> <b>{where}</b> {html.escape(told)}'
                )
            self.reasons.setText("<br>".join(lines))
        told = advice(rejected[0], tried_elsewhere(self.model)) if rejected else ""
        self.advice.setText(f"What to change: {told}" if told else "")
        self.advice.setVisible(bool(rejected))
        self._choose_buttons(bool(rejected))

    def _choose_buttons(self, rejected: bool) -> None:
        """The first button is the next thing to do; what makes no sense is left out."""
        assert self.model is not None
        good = self.good_in
        everywhere_good = bool(good) and not rejected
        self.load_button.setVisible(everywhere_good)
        there = bool(good) and (paths.scenario_dir() / f"{good[0]}.toml").is_file()
        self.market_button.setVisible(there and rejected)
        if good:
            self.market_button.setText(f"Open {good[0]}")
            self.market_button.setToolTip(
                f"Open the market in which it is accepted; then load it there ({good[0]})"
            )
        self.again_button.setVisible(rejected)
        self.longer_button.setVisible(bool(self.model.checkpoint) and not everywhere_good)
        self.results_button.setVisible(bool(self._found))
        usual = (self.load_button, self.market_button, self.again_button, self.longer_button)
        first = next((button for button in usual if not button.isHidden()), None)
        for button in usual:
            button.setProperty("role", "primary" if button is first else "")
            button.style().polish(button)

    def _ask(self, signal: object) -> None:
        if self.model is not None:
            signal.emit(self.model.name)  # type: ignore[attr-defined]

    def _ask_market(self) -> None:
        if self.good_in:
            self.market_requested.emit(self.good_in[0])


def tried_elsewhere(model: ModelInfo) -> str:
    """The market of the usual recipe, if the model was trained by it in another market."""
    had = model.config
    try:
        usual = make_config(algorithm=had.get("algorithm"), role=had.get("role"))
    except ConfigError:
        return ""  # of another program
    told = usual.model_dump(mode="json")
    changed = {name for name, value in told.items() if had.get(name, value) != value}
    is_elsewhere = "scenario" in changed and changed <= FREE
    return usual.scenario if is_elsewhere else ""


def _told(evaluation: dict[str, Any]) -> str:
    """One market in a line."""
    rules = evaluation["rules"]
    median = f"median day {rules['agent']['pnl_median']:+.2f}".replace("-", "−")
    days = f"{evaluation['days']} held-out days"
    if evaluation["accepted"]:
        return f"accepted: {median} on {days}, and every check is met."
    return f"not accepted ({days}): {'; '.join(failings(evaluation))}."
