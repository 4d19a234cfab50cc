"""The form of a training: the usual settings in sight, the others one click away."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.inputs import InputError
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.rllib.samplers import within_processors
from abm_desktop.learning.several_seeds import configs_of, how_many_at_once
from abm_desktop.market.roles import find_role, roles
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.rl.preset_bar import PresetBar
from abm_desktop.ui.rl.rate_row import RateRow
from abm_desktop.ui.rl.seeds import SeedsRow
from abm_desktop.ui.widgets.fields import Field, InputField, ListField, make_field

__all__ = ["TrainingForm"]

GROUPS = (
    ("role", "Maker and executor"),
    ("sampling", "Sampling"),
    ("reward", "Reward"),
    ("learning", "Learning"),
    ("PPO", "Learning by PPO"),
    ("replay", "Learning from a replay buffer"),
    ("network", "Network, checkpoints"),
)
ALGORITHMS_OF = {"PPO": ("PPO",), "replay": ("DQN", "SAC")}
"""Groups of settings that only some algorithms have."""


class TrainingForm(QWidget):
    """Builds a :class:`TrainingConfig`; says at the field what is wrong with it."""

    start_requested = Signal(object)
    """A valid :class:`TrainingConfig`."""
    stop_requested = Signal()
    pause_requested = Signal()
    """Pause, or go on."""
    save_requested = Signal()
    rate_requested = Signal(float)
    """A learning rate for the training that runs."""
    queue_requested = Signal(object)
    """A valid :class:`TrainingConfig` to be trained after the others."""
    several_requested = Signal(object, int, bool)
    """Valid configurations that differ by their seeds, how many are to be trained beside each
    other, and whether the first is to begin now."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(10, 4, 10, 8)
        column.setSpacing(6)
        self.presets = PresetBar(self.config)
        self.presets.chosen.connect(self.show_config)
        column.addWidget(self.presets)
        self._add_group(column, "main")
        self.more = QToolButton()
        self.more.setText("More settings")
        self.more.setCheckable(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setProperty("role", "segment")
        self.more.toggled.connect(self._show_more)
        column.addWidget(self.more)
        self._rest = QWidget()
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(6)
        self._own: dict[str, QWidget] = {}
        for group, title in GROUPS:
            part = QWidget()
            rows = QVBoxLayout(part)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(6)
            heading = QLabel(title)
            heading.setObjectName("panelTitle")
            rows.addWidget(heading)
            self._add_group(rows, group)
            rest.addWidget(part)
            self._own[group] = part
        self._rest.hide()
        column.addWidget(self._rest)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        self.general = QLabel()
        self.general.setWordWrap(True)
        self.general.hide()
        self.start_button = QPushButton("Start training")
        self.start_button.setProperty("role", "primary")
        self.start_button.clicked.connect(self.start)
        self.stop_button = QPushButton("Stop")
        self.stop_button.clicked.connect(self.stop_requested)
        buttons = QVBoxLayout()
        buttons.setContentsMargins(10, 4, 10, 8)
        buttons.setSpacing(6)
        self.queue_button = QPushButton("Add to queue")
        self.queue_button.clicked.connect(self.enqueue)
        starting = QHBoxLayout()
        starting.setSpacing(6)
        starting.addWidget(self.start_button, 3)
        starting.addWidget(self.queue_button, 2)
        self.seeds = SeedsRow()
        buttons.addWidget(self.seeds)
        buttons.addWidget(self.general)
        buttons.addLayout(starting)
        self.pause_button = QPushButton("Pause")
        self.pause_button.clicked.connect(self.pause_requested)
        self.save_button = QPushButton("Save now")
        self.save_button.setToolTip("Write a checkpoint after the running iteration")
        self.save_button.clicked.connect(self.save_requested)
        running = QHBoxLayout()
        running.setSpacing(6)
        for button in (self.pause_button, self.save_button, self.stop_button):
            running.addWidget(button)
        buttons.addLayout(running)
        self.rate = RateRow()
        self.rate.set_requested.connect(self.rate_requested)
        buttons.addWidget(self.rate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        for name, hint in (
            ("model_name", "chosen for you"),
            ("evaluation_scenarios", "where it is trained"),
        ):
            field = self.fields[name]
            if isinstance(field, InputField | ListField):
                field.set_hint(hint)
        self._training = False
        self._market = ""
        """The shipped market on show."""
        self.usual = make_config()
        """The recipe of the algorithm and role on show."""
        self.show_config(self.usual)
        self.show_state(training=False, stopping=False)

    def config(self) -> TrainingConfig | None:
        """The configuration as it stands; None, with the faults shown, if it will not do."""
        for field in self.fields.values():
            field.show_problem("")
        self._say("")
        try:
            return make_config(**{name: field.value() for name, field in self.fields.items()})
        except ConfigError as error:
            for problem in error.problems:
                wrong = self.fields.get((problem.key or "").partition("[")[0])
                text = f"{problem.in_form}; {problem.remedy.partition(' (')[0]}"
                if wrong is None:
                    self._say(text)
                    continue
                wrong.show_problem(text)
                if self._rest.isAncestorOf(wrong):
                    self.more.setChecked(True)
            return None

    def set_value(self, name: str, value: Any) -> None:
        """Show ``value`` in the field called ``name``."""
        self.fields[name].set_value(value)

    def show_market(self, shipped: str) -> None:
        """Say which shipped market is on show; "" if it is none."""
        self._market = shipped
        self._note_market()

    def _note_market(self) -> None:
        tried, chosen = self.usual.scenario, self.fields["scenario"].value()
        other = self._market and self._market != chosen == tried
        told = f"Tried in {tried}; the market on show is {self._market}." if other else ""
        self.fields["scenario"].show_note(told)

    def show_config(self, config: TrainingConfig) -> None:
        """Fill in ``config``; what it leaves at its default is set so, the model's name is kept."""
        for name, field in self.fields.items():
            if name != "model_name" or config.model_name:
                field.blockSignals(True)
                field.set_value(getattr(config, name))
                field.blockSignals(False)
        self.usual = self._recipe()
        self._check()

    def _recipe(self) -> TrainingConfig:
        """The recipe of the algorithm and role on show: what is usual for them."""
        chosen = {name: self.fields[name].value() for name in ("algorithm", "role")}
        return make_config(**chosen)

    def _follow_recipe(self) -> None:
        """Another algorithm or role brings its own recipe; what a person has changed stays."""
        before = self.usual
        chosen = (self.fields["algorithm"].value(), self.fields["role"].value())
        if chosen == (before.algorithm, before.role):
            return
        self.usual = self._recipe()
        for name, field in self.fields.items():
            old, new = getattr(before, name), getattr(self.usual, name)
            if old != new and field.value() == _as_shown(field, old):
                field.blockSignals(True)
                field.set_value(new)
                field.blockSignals(False)

    def go_on_from(self, name: str, settings: dict[str, Any]) -> None:
        """Fill in the settings of a model's training, to go on from its checkpoint.

        Raises :class:`~abm_desktop.learning.config.ConfigError` if they are of another program.
        """
        known = {key: value for key, value in settings.items() if key in self.fields}
        self.show_config(make_config(**known | {"resume_from": name, "model_name": ""}))
        self.fields["model_name"].set_value("")
        self.presets.forget_choice()
        self.more.setChecked(True)

    def try_again(self, settings: dict[str, Any]) -> None:
        """Fill in the settings of a training, and the next seed.

        Raises :class:`~abm_desktop.learning.config.ConfigError` if they are of another program.
        """
        known = {key: value for key, value in settings.items() if key in self.fields}
        seed = int(known.get("seed", 0)) + 1
        self.show_config(make_config(**known | {"seed": seed, "resume_from": "", "model_name": ""}))
        self.fields["model_name"].set_value("")
        self.presets.forget_choice()

    def start(self) -> None:
        """Ask for a training with these settings, if they will do and none runs."""
        config = None if self._training else self._to_train()
        if config is not None and not self._ask_for_several(config, begin=True):
            self.start_requested.emit(config)

    def enqueue(self) -> None:
        """Ask for a training with these settings after all others."""
        config = self._to_train()
        if config is not None and not self._ask_for_several(config, begin=False):
            self.queue_requested.emit(config)

    def _ask_for_several(self, config: TrainingConfig, *, begin: bool) -> bool:
        """Ask for trainings with several seeds, if there are to be; True if no other is wanted."""
        if self.seeds.number.value() == 1:
            return False
        try:
            seeds = self.seeds.number.value()
            at_once = how_many_at_once(seeds)
            configs = configs_of(config, seeds, at_once)
        except InputError as error:
            self._say(str(error))
            return True
        self.seeds.take()
        self.several_requested.emit(configs, at_once, begin)
        return True

    def _to_train(self) -> TrainingConfig | None:
        """What a training gets: no more workers than there are processors, which is told."""
        config = self.config()
        if config is None:
            return None
        try:
            config, note = within_processors(config)
        except ConfigError as error:
            self._say(str(error))
            return None
        if note:
            self.set_value("workers", config.workers)
            self.set_value("rollout_length", config.rollout_length)
            self._say(str(note))  # last: an edit clears what is said
        return config

    def show_state(
        self, *, training: bool, stopping: bool, running: bool = False, paused: bool = False
    ) -> None:
        """Enable what makes sense now; ``running``: iterations are being done, or wait."""
        for button in (self.pause_button, self.save_button):
            button.setEnabled(running)
        self.rate.follow(running=running)
        self.pause_button.setText("Go on" if paused else "Pause")
        self.pause_button.setToolTip(
            "Go on with the training" if paused else "Finish the running iteration and wait"
        )
        self._training = training
        self.stop_button.setEnabled(training)
        self.stop_button.setText("End now" if stopping else "Stop")
        self.stop_button.setToolTip(
            "End at once; what was learned since the last checkpoint is lost"
            if stopping or (training and not running)
            else "Finish the running iteration, save the model and stop"
        )
        self._check()

    def _add_group(self, layout: QVBoxLayout, group: str) -> None:
        for name, described_field in described(TrainingConfig).items():
            if described_field.extra["group"] == group:
                field = make_field(described_field)
                field.edited.connect(self._edited)
                self.fields[name] = field
                layout.addWidget(field)

    def _show_more(self, shown: bool) -> None:
        self._rest.setVisible(shown)
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    def _edited(self) -> None:
        self.presets.forget_choice()
        self._follow_recipe()
        self._check()

    def _check(self) -> None:
        self._note_market()
        for group, algorithms in ALGORITHMS_OF.items():
            if group in self._own:
                self._own[group].setVisible(self.fields["algorithm"].value() in algorithms)
        if "role" in self._own:
            trained = find_role(self.fields["role"].value()).sizes
            self._own["role"].setVisible(bool(trained))
            for name in dict.fromkeys(size for role in roles() for size in role.sizes):
                self.fields[name].setVisible(name in trained)
        valid = self.config() is not None
        self.start_button.setEnabled(valid and not self._training)
        wrong = "A setting cannot be used: see the text below it"
        self.start_button.setToolTip(
            wrong
            if not valid
            else "A training runs: add this one to the queue"
            if self._training
            else "Train a policy with these settings"
        )
        self.queue_button.setEnabled(valid)
        self.queue_button.setToolTip(
            "Train a policy with these settings after the others" if valid else wrong
        )

    def _say(self, text: str) -> None:
        self.general.setText(text)
        self.general.setVisible(bool(text))


def _as_shown(field: Field, value: Any) -> Any:
    """What ``field`` would give back of ``value``: text has its own form of a number."""
    now = field.value()
    field.blockSignals(True)
    field.set_value(value)
    shown = field.value()
    field.set_value(now)
    field.blockSignals(False)
    return shown
