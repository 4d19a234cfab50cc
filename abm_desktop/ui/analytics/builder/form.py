"""The form of a design: what every experiment says in sight, the rest one click away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from abm_desktop.desk.analytics.experiment_draft import DraftChoices
from abm_desktop.experiments.design import Design, RLFactors
from abm_desktop.ui.analytics.builder.cards import (
    CardList,
    ExpectedCards,
    RuleCards,
    StressCards,
    TrainCards,
    VaryCards,
)
from abm_desktop.ui.analytics.builder.fields import FieldSet, NamesField
from abm_desktop.ui.widgets.fields import ChoiceField, Field, ScenarioField

__all__ = ["DesignForm"]

ESSENTIALS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Question", ("name", "question", "scenario", "seeds")),
    ("Stress", ("calm", "stress")),
    ("RL traders", ("rl.shares", "rl.policies")),
    ("Rules of the venue", ("without_intervention", "intervention")),
    ("What is told", ("level", "primary", "second", "hypothesis")),
)
MORE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Times",
        ("lead", "burn_in", "stress_window", "after", "forks", "fork_gap", "first_seed"),
    ),
    ("More about the RL traders", ("rl.*",)),
    ("Report and checks", ("*",)),
)
"""``rl.*`` and ``*``: all that stand nowhere else, so that no field of a design is forgotten."""
CARDS: dict[str, type[CardList]] = {
    "stress": StressCards,
    "intervention": RuleCards,
    "expected": ExpectedCards,
    "train": TrainCards,
    "vary": VaryCards,
}
_TOKEN = re.compile(r"[^.\[\]]+")
RL = "rl."


class DesignForm(QWidget):
    """Holds the values of a design; names of fields are dotted, as in a file."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        # A game is of a published claim, which no form makes.
        own = [n for n in Design.model_fields if n not in ("rl", "game", *CARDS)]
        self._own = FieldSet(Design, own)
        self._rl = FieldSet(RLFactors, RLFactors.model_fields)
        self.cards: dict[str, CardList] = {name: kind(name) for name, kind in CARDS.items()}
        self._parts: list[FieldSet | CardList] = [self._own, self._rl, *self.cards.values()]
        for part in self._parts:
            part.edited.connect(self._edited)
        self._choices: DraftChoices | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 8)
        column.setSpacing(6)
        for title, names in ESSENTIALS:
            self._add_group(column, title, names)
        self.more = QToolButton()
        self.more.setText("More: times, placebos, papers, …")
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
        for title, names in MORE:
            self._add_group(rest, title, self._left_over(names))
        self._rest.hide()
        column.addWidget(self._rest)
        column.addStretch(1)

    # -- fields ---------------------------------------------------------------------------------

    @property
    def fields(self) -> dict[str, Field]:
        """Every field that is no list of tables, by its dotted name."""
        return {**self._own.fields, **{RL + name: f for name, f in self._rl.fields.items()}}

    def values(self) -> dict[str, Any]:
        """What the form says, as a design takes it."""
        cards = {name: cards.value() for name, cards in self.cards.items()}
        return {**self._own.values(), **cards, "rl": self._rl.values()}

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Fill in a design; that is no edit."""
        self._own.show_values(values)
        self._rl.show_values(values.get("rl", {}))
        for name, cards in self.cards.items():
            cards.show_value(values.get(name, ()))
        self._offer_levels()

    def offer(self, choices: DraftChoices) -> None:
        """Let models and measures be chosen by name."""
        self._choices = choices
        models = [
            (m.name, f"{m.algorithm}, trained in {Path(m.scenario).stem}, seed {m.seed}")
            for m in choices.models
        ]
        for name, known in (("rl.policies", models), ("also", choices.measures)):
            field = self.fields[name]
            assert isinstance(field, NamesField)
            field.offer(known)
        for name in ("primary", "second"):
            measure = self.fields[name]
            assert isinstance(measure, ChoiceField)
            measure.offer([(label, column) for column, label in choices.measures])

    def offer_scenario(self, path: Path | None) -> None:
        """List a scenario's file of one's own beside the shipped ones."""
        field = self.fields["scenario"]
        assert isinstance(field, ScenarioField)
        if path is not None:
            field.offer(str(path))

    # -- faults ---------------------------------------------------------------------------------

    def show_problems(self, found: Iterable[tuple[str, str]]) -> list[str]:
        """Write faults, (dotted key, text) each, at their fields; returns those that have none."""
        for part in self._parts:
            part.clear_problems()
        return [text for key, text in found if not self._show_problem(_tokens(key), text)]

    def _show_problem(self, key: tuple[str | int, ...], text: str) -> bool:
        if not key:
            return False
        head, rest = str(key[0]), key[1:]
        if head in self.cards:
            # A list that is wrong as a whole has no field: it is told beside the form.
            shown = self.cards[head].show_problem(rest, text)
        elif head == "rl":
            name = str(rest[0]) if rest else ""
            shown = self._rl.show_problem(name, text)
            head = RL + name
        else:
            shown = self._own.show_problem(head, text)
        where = self.cards.get(head) or self.fields.get(head)
        if shown and where is not None and self._rest.isAncestorOf(where):
            self.more.setChecked(True)
        return shown

    # -- layout ---------------------------------------------------------------------------------

    def _left_over(self, names: Sequence[str]) -> list[str]:
        named = {n for _, group in (*ESSENTIALS, *MORE) for n in group}
        every = [*(RL + n for n in RLFactors.model_fields), *Design.model_fields]
        left = [n for n in every if n not in named and n not in ("rl", "game")]
        if tuple(names) == ("rl.*",):
            return [n for n in left if n.startswith(RL)]
        if tuple(names) == ("*",):
            return [n for n in left if not n.startswith(RL)]
        return list(names)

    def _add_group(self, column: QVBoxLayout, title: str, names: Sequence[str]) -> None:
        heading = QLabel(title)
        heading.setObjectName("panelTitle")
        heading.setContentsMargins(0, 6, 0, 0)
        column.addWidget(heading)
        for name in names:
            column.addWidget(self.cards[name] if name in self.cards else self.fields[name])

    def _show_more(self, shown: bool) -> None:
        self._rest.setVisible(shown)
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    # -- what depends on other fields -----------------------------------------------------------

    def _edited(self) -> None:
        self._offer_levels()
        self.edited.emit()

    def _offer_levels(self) -> None:
        """The hypothesis is about one of the levels that the design has."""
        level = self._own.value("level")
        rules = [card["name"] for card in self.cards["intervention"].value()]
        entries: list[tuple[str, Any]] = [("every level", None)]
        if level == "intervention":
            entries += [(str(name), name) for name in rules]
        elif level == "share":
            shares = (share for share in self._rl.value("shares") if _is_number(share))
            entries += [(f"{100 * share:g} %", float(share)) for share in shares if share > 0]
        else:
            rates = (rate for rate in self._rl.value("learning_rates") if _is_number(rate))
            entries += [(f"× {rate:g}", float(rate)) for rate in rates]
        hypothesis = self.fields["hypothesis"]
        assert isinstance(hypothesis, ChoiceField)
        hypothesis.offer(entries)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tokens(key: str) -> tuple[str | int, ...]:
    """``("stress", 0, "at")`` for ``stress[0].at``."""
    return tuple(int(t) if t.isdecimal() else t for t in _TOKEN.findall(key))
