"""Who trades: counts and parameters of every class, and trained models, with undo and a file."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.live import MarketSnapshot
from abm_desktop.scenario.population import first_of_class
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.traders import RLTraders
from abm_desktop.ui.background import Background
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.market.population_draft import PopulationDraft
from abm_desktop.ui.market.trader_section import TraderSection
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.icons import icon
from abm_desktop.ui.widgets.model_input import whole_box
from abm_desktop.ui.widgets.numbers import WholeBox

__all__ = ["PopulationPanel"]

CLASSES = {section: name for name, section in first_of_class().items()}
"""Class of the accounts by section; other sections that are booked under it show no share."""


class PopulationPanel(QWidget):
    """A section a class, the RL traders, and what to do with the edits."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self._session = session
        self._background = Background(self)
        self._generation = -1
        self.draft = PopulationDraft(self)
        self.draft.changed.connect(self._show_draft)
        # A step is carried out before the stack has moved.
        self.draft.stack.indexChanged.connect(self._step_done)
        self.sections: dict[str, TraderSection] = {}
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        self.rl = _RLSection(self.draft)
        self._list = QWidget()
        self._list.setObjectName("panelBody")
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(8, 2, 4, 4)
        self._rows.setSpacing(2)
        self._rows.addWidget(self.rl)
        self._rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._list)
        self.undo = self._command_button(commands, "market.undo", "Undo")
        self.redo = self._command_button(commands, "market.redo", "Redo")
        self.apply_button = QPushButton("Apply")
        self.apply_button.setProperty("role", "primary")
        self.apply_button.clicked.connect(self.apply)
        self.save_button = self._command_button(commands, "file.save_scenario", "Save…")
        buttons = QGridLayout()
        buttons.setContentsMargins(8, 2, 8, 4)
        buttons.setSpacing(4)
        for k, button in enumerate((self.undo, self.redo, self.apply_button, self.save_button)):
            buttons.addWidget(button, k // 2, k % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(scroll, 1)
        self.note.setContentsMargins(8, 0, 8, 0)
        layout.addWidget(self.note)
        layout.addLayout(buttons)
        self._commands = commands
        self._show_draft()

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Follow the market: another scenario, a reset, the shares of the classes."""
        scenario = None if snapshot.is_replay else self._session.scenario
        if scenario is not self.draft.applied:  # also if somebody else has changed it
            self._generation = snapshot.generation
            self._add_sections(scenario)
            self.draft.start(scenario)
        elif snapshot.generation != self._generation:
            self._generation = snapshot.generation
            if snapshot.forked_from is None:
                self.draft.take_reset()
        if not self.isVisible():
            return
        shares = _volume_shares(snapshot)
        for name, section in self.sections.items():
            section.show_share(shares.get(CLASSES.get(name, "")))
        self.rl.show_share(shares.get("rl"))

    def apply(self) -> None:
        """Give the edits to the market: what it can take now, the rest at its next reset."""
        scenario = self.draft.scenario
        wanted = scenario is not None and self.draft.unapplied()
        if wanted and self._session.change(scenario):
            self.draft.take_applied()

    def showEvent(self, event: Any) -> None:
        """Read which models there are: one may have been trained meanwhile."""
        super().showEvent(event)
        self._background.run(_model_names, self.rl.show_models, lambda _error: None)

    def _add_sections(self, scenario: Any) -> None:
        if scenario is None or self.sections:
            return
        for k, name in enumerate(type(scenario.population).model_fields):
            section = TraderSection(name, type(getattr(scenario.population, name)), self.draft)
            self.sections[name] = section
            self._rows.insertWidget(k, section)

    def _step_done(self, _index: int) -> None:
        self._show_draft()

    def _show_draft(self) -> None:
        draft = self.draft
        usable = draft.scenario is not None
        self._list.setEnabled(usable)
        new = draft.unapplied()
        self.apply_button.setEnabled(bool(new))
        self._commands.allow("market.undo", draft.stack.canUndo(), "Nothing was edited.")
        self._commands.allow("market.redo", draft.stack.canRedo(), "Nothing was undone.")
        if usable:
            for section in self.sections.values():
                section.show_values(draft.scenario.population)
            self.rl.show_groups(draft.scenario.rl)
        self.note.setText(self._note(usable, new))
        self.apply_button.setToolTip(
            "What a running market can take acts now, the rest (*) at the next reset"
        )

    def _note(self, usable: bool, new: list[Any]) -> str:
        if not usable:
            return "A replay has no traders to change. Open a scenario (Ctrl+O)."
        if new:
            now = sum(live for *_place, live in new)
            return f"{len(new)} changed: {now} can act now, {len(new) - now} at a reset (*)."
        waiting = len(self.draft.waiting())
        if waiting:
            return f"{waiting} applied at the next reset (Ctrl+R)."
        return "* at the next reset"

    @staticmethod
    def _command_button(commands: CommandTable, command_id: str, title: str) -> QToolButton:
        action = commands[command_id]
        action.setIconText(title)
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(title)
        policy = button.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        button.setSizePolicy(policy)
        return button


class _RLSection(QWidget):
    """The groups of RL traders, and a way to add one from the model registry."""

    def __init__(self, draft: PopulationDraft) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self._draft = draft
        self._shown: tuple[Any, ...] | None = None
        self.title = QLabel("RL traders")
        self.share = QLabel()
        self.share.setObjectName("panelNote")
        self.models = QComboBox()
        self.models.setAccessibleName("Trained model")
        self.models.setToolTip("Models of the registry; train one in the RL tab")
        self.models.setMinimumContentsLength(8)
        self.add = QPushButton("Add")
        self.add.setToolTip("Add traders that follow this model")
        self.add.clicked.connect(lambda: draft.add_rl(self.models.currentText()))
        self.add.setEnabled(False)
        self.counts: list[WholeBox] = []
        self.removers: list[QToolButton] = []
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.share)
        choose = QHBoxLayout()
        choose.addWidget(self.models, 1)
        choose.addWidget(self.add)
        self._groups = QGridLayout()
        self._groups.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addLayout(self._groups)
        layout.addLayout(choose)

    def show_models(self, names: list[str]) -> None:
        """List the models to choose from."""
        chosen = self.models.currentText()
        self.models.clear()
        self.models.addItems(names)
        self.models.setCurrentText(chosen)
        self.add.setEnabled(bool(names))

    def show_share(self, share: float | None) -> None:
        """Show the share of the traded volume."""
        text = "" if not share else f"{100 * share:.1f} % of volume"
        if text != self.share.text():
            self.share.setText(text)

    def show_groups(self, groups: tuple[Any, ...]) -> None:
        """Show a line a group."""
        if self._shown == groups:
            return
        same = self._shown is not None and len(self._shown) == len(groups)
        self._shown = groups
        if not same:
            self._lay_out(groups)
        for box, group in zip(self.counts, groups, strict=True):
            box.blockSignals(True)
            box.setValue(group.count)
            box.blockSignals(False)

    def _lay_out(self, groups: tuple[Any, ...]) -> None:
        while (item := self._groups.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.counts, self.removers = [], []
        for k, group in enumerate(groups):
            name = QLabel(group.model)
            name.setObjectName("panelNote")
            name.setToolTip(group.model)
            policy = name.sizePolicy()
            policy.setHorizontalPolicy(policy.Policy.Ignored)
            name.setSizePolicy(policy)
            count = whole_box(described(RLTraders)["count"])
            count.setToolTip("")
            count.setAccessibleName(f"Traders of {group.model}")
            count.setKeyboardTracking(False)
            count.valueChanged.connect(lambda value, k=k: self._draft.edit_rl(k, count=value))
            remove = QToolButton()
            remove.setIcon(icon("close"))
            remove.setProperty("role", "flat")
            remove.setToolTip("Take these traders out (at the next reset)")
            remove.setAccessibleName(f"Remove {group.model}")
            remove.clicked.connect(lambda _checked=False, k=k: self._draft.remove_rl(k))
            for column, widget in enumerate((name, count, remove)):
                self._groups.addWidget(widget, k, column)
            self.counts.append(count)
            self.removers.append(remove)


def _model_names() -> list[str]:
    from abm_desktop.learning.registry.models import list_models

    return [model.name for model in list_models(studies=True)]


def _volume_shares(snapshot: MarketSnapshot) -> dict[str, float]:
    volume = {c.name: c.maker_volume + c.taker_volume for c in snapshot.classes}
    total = sum(volume.values())
    return {name: lots / total for name, lots in volume.items()} if total else {}
