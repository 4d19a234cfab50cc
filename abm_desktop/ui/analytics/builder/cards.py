"""Lists of tables in a design: a card each, with a button that takes it away."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.experiments.design import Expected, InterventionArm, TrainRecipe, Variant
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.stress import STRESS_TYPES
from abm_desktop.ui.analytics.builder.fields import FieldSet
from abm_desktop.ui.stress_kinds import stress_kinds
from abm_desktop.ui.widgets.icons import icon

__all__ = ["CardList", "ExpectedCards", "RuleCards", "StressCards", "TrainCards", "VaryCards"]

Key = tuple[str | int, ...]


class Card(QFrame):
    """One table: a title with a button at the right, and its fields below."""

    edited = Signal()
    removed = Signal()

    def __init__(self, title: str, tip: str = "") -> None:
        super().__init__()
        self.setObjectName("panel")
        self.title = QLabel(title)
        self.title.setObjectName("panelTitle")
        self.title.setToolTip(tip)
        self.header = QHBoxLayout()
        self.header.addWidget(self.title, 1)
        self.remove_button = _flat("close", f"Take away: {title}")
        self.remove_button.clicked.connect(self.removed)
        self.header.addWidget(self.remove_button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 4, 6, 6)
        self.column.setSpacing(4)
        self.column.addLayout(self.header)

    @abstractmethod
    def values(self) -> dict[str, Any]:
        """The table, as a design takes it."""

    @abstractmethod
    def show_problem(self, key: Key, text: str) -> bool:
        """Write a fault at its field, by the key within the table; returns whether it has one."""

    @abstractmethod
    def clear_problems(self) -> None:
        """Take every fault away."""


class ModelCard(Card):
    """The fields of one model; those that are seldom needed fold out."""

    def __init__(
        self,
        title: str,
        model: type[BaseModel],
        values: Mapping[str, Any],
        first: Sequence[str],
        rest: Iterable[str] = (),
        tip: str = "",
    ) -> None:
        super().__init__(title, tip)
        self._fixed = dict(values)
        rest = tuple(rest)
        self.set = FieldSet(model, (*first, *rest))
        self.set.show_values(values)
        self.set.edited.connect(self.edited)
        for name in first:
            self.column.addWidget(self.set.fields[name])
        self._rest = QWidget()
        column = QVBoxLayout(self._rest)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for name in rest:
            column.addWidget(self.set.fields[name])
        self._rest.hide()
        self.more = QToolButton()
        if rest:
            self.more.setText("More")
            self.more.setAccessibleName(f"More of {title}")
            self.more.setCheckable(True)
            self.more.setProperty("role", "segment")
            self.more.toggled.connect(self._rest.setVisible)
            self.column.addWidget(self.more)
            self.column.addWidget(self._rest)

    def values(self) -> dict[str, Any]:
        return {**self._fixed, **self.set.values()}

    def show_problem(self, key: Key, text: str) -> bool:
        name = str(key[0]) if key else ""
        if not self.set.show_problem(name, text):
            return False
        if self._rest.isAncestorOf(self.set.fields[name]):
            self.more.setChecked(True)
        return True

    def clear_problems(self) -> None:
        self.set.clear_problems()


class RuleCard(Card):
    """A treatment: some rules of the venue under one name."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__("Treatment", "Rules that are switched on at the fork, in one cell")
        self.name = FieldSet(InterventionArm, ("name",))
        self.name.show_values(values)
        self.name.edited.connect(self.edited)
        self.column.addWidget(self.name.fields["name"])
        self.rules: dict[str, ModelCard] = {}
        self._place = QVBoxLayout()
        self._place.setSpacing(4)
        self.column.addLayout(self._place)
        self.add_button = _menu_button("Add a rule", "Rules of one treatment hold together")
        for rule in venue_rules():
            action = self.add_button.menu().addAction(rule.title)
            action.setToolTip(rule.tip)
            action.triggered.connect(lambda _checked=False, r=rule.name: self.add_rule(r))
        self.column.addWidget(self.add_button)
        for name in RULES:
            if values.get(name) is not None:
                self._add(name, values[name])

    def add_rule(self, name: str) -> None:
        """Add a rule with its usual numbers."""
        if name not in self.rules:
            self._add(name, RULES[name]().model_dump())
            self.edited.emit()

    def _add(self, name: str, values: Mapping[str, Any]) -> None:
        rule = next(rule for rule in venue_rules() if rule.name == name)
        first = [field.name for field in rule.parameters]
        card = ModelCard(rule.title, RULES[name], values, first, ("on",), rule.tip)
        card.setObjectName("panelBody")
        card.edited.connect(self.edited)
        card.removed.connect(lambda: self._take_away(name))
        self.rules[name] = card
        self._place.addWidget(card)

    def _take_away(self, name: str) -> None:
        card = self.rules.pop(name)
        self._place.removeWidget(card)
        card.hide()
        card.deleteLater()
        self.edited.emit()

    def values(self) -> dict[str, Any]:
        rules = {name: card.values() for name, card in self.rules.items()}
        return {"name": self.name.value("name"), **{name: rules.get(name) for name in RULES}}

    def show_problem(self, key: Key, text: str) -> bool:
        name = str(key[0]) if key else ""
        if name in self.rules:
            return self.rules[name].show_problem(key[1:], text)
        return self.name.show_problem(name, text)

    def clear_problems(self) -> None:
        self.name.clear_problems()
        for card in self.rules.values():
            card.clear_problems()


class CardList(QWidget):
    """The cards of one list, with a button below that adds one."""

    edited = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.cards: list[Card] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(6)
        self.add_button = self.make_button()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._place)
        layout.addWidget(self.add_button)

    @abstractmethod
    def make_button(self) -> QToolButton:
        """The button that adds a card."""

    @abstractmethod
    def make_card(self, values: Mapping[str, Any]) -> Card:
        """A card of a table."""

    def value(self) -> tuple[dict[str, Any], ...]:
        """The tables, as a design takes them."""
        return tuple(card.values() for card in self.cards)

    def show_value(self, tables: Iterable[Mapping[str, Any]]) -> None:
        """Show these instead; that is no edit."""
        for card in list(self.cards):
            self._drop(card)
        for values in tables:
            self._add(values)

    def add(self, values: Mapping[str, Any]) -> None:
        """Add one, as a person does."""
        self._add(values)
        self.edited.emit()

    def show_problem(self, key: Key, text: str) -> bool:
        """Write a fault at its field, by the key within the list; returns whether it has one."""
        place = key[0] if key else None
        if not isinstance(place, int) or place >= len(self.cards):
            return False
        return self.cards[place].show_problem(key[1:], text)

    def clear_problems(self) -> None:
        """Take every fault away."""
        for card in self.cards:
            card.clear_problems()

    def _add(self, values: Mapping[str, Any]) -> None:
        card = self.make_card(values)
        card.edited.connect(self.edited)
        card.removed.connect(lambda: self._take_away(card))
        self.cards.append(card)
        self._place.addWidget(card)

    def _take_away(self, card: Card) -> None:
        self._drop(card)
        self.edited.emit()

    def _drop(self, card: Card) -> None:
        self.cards.remove(card)
        self._place.removeWidget(card)
        card.hide()
        card.deleteLater()


class StressCards(CardList):
    """Stresses: one a cell."""

    def make_button(self) -> QToolButton:
        button = _menu_button("Add a stress", "Each is a cell of its own")
        for kind, stress in stress_kinds().items():
            action = button.menu().addAction(stress.title)
            action.setToolTip(stress.tip)
            action.triggered.connect(
                lambda _checked=False, k=kind: self.add(STRESS_TYPES[k]().model_dump())
            )
        return button

    def make_card(self, values: Mapping[str, Any]) -> Card:
        kind = stress_kinds()[values["type"]]
        model = STRESS_TYPES[kind.kind]
        shown = [name for name in model.model_fields if name not in ("at", "type")]
        first = [name for name in ("magnitude", "duration") if name in shown]
        rest = [name for name in shown if name not in first]
        return ModelCard(kind.title, model, values, first, rest, kind.tip)


class RuleCards(CardList):
    """Treatments: one a cell."""

    def make_button(self) -> QToolButton:
        button = _menu_button("Add a treatment", "Each is a cell of its own")
        for rule in venue_rules():
            action = button.menu().addAction(rule.title)
            action.setToolTip(rule.tip)
            action.triggered.connect(
                lambda _checked=False, r=rule.name, t=rule.title: self._add_rule(r, t)
            )
        return button

    def _add_rule(self, name: str, title: str) -> None:
        taken = {card.values()["name"] for card in self.cards}
        words, number = title, 2
        while words in taken:
            words, number = f"{title} {number}", number + 1
        self.add({"name": words, name: RULES[name]().model_dump()})

    def make_card(self, values: Mapping[str, Any]) -> Card:
        return RuleCard(values)


class ExpectedCards(CardList):
    """What papers found, to be held against the results."""

    def make_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Add a finding of a paper")
        button.setToolTip("The report says whether these markets agree with it")
        button.clicked.connect(
            lambda: self.add(
                {"paper": "", "says": "", "measure": "stress_rv_10s", "sign": 1, "level": ""}
            )
        )
        return button

    def make_card(self, values: Mapping[str, Any]) -> Card:
        first = ("paper", "says", "measure", "sign", "level")
        rest = [name for name in Expected.model_fields if name not in first]
        return ModelCard("Finding", Expected, values, first, rest)


class TrainCards(CardList):
    """Trainings that belong to the study."""

    def make_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Add trainings")
        button.setToolTip("abm-desktop experiment FILE makes those that are missing")
        button.clicked.connect(lambda: self.add({"name": "", "recipe": "ppo"}))
        return button

    def make_card(self, values: Mapping[str, Any]) -> Card:
        first = ("name", "recipe", "count", "first_seed")
        rest = [name for name in TrainRecipe.model_fields if name not in first]
        return ModelCard("Trainings", TrainRecipe, values, first, rest)


class VaryCards(CardList):
    """Markets with other parameters."""

    def make_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Add a market with other parameters")
        button.setToolTip("Each is a cell of its own, beside the market as it is")
        button.clicked.connect(lambda: self.add({"name": ""}))
        return button

    def make_card(self, values: Mapping[str, Any]) -> Card:
        return ModelCard("Market", Variant, values, ("name", "set", "times"))


def _flat(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(12, 12))
    button.setFixedSize(26, 20)
    button.setProperty("role", "flat")
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def _menu_button(title: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(title)
    button.setToolTip(tip)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    button.setMenu(menu)
    return button
