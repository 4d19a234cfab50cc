"""Decisions of an RL trader as a table: when, what it saw, what it did, and what came of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from abm_desktop.desk.formats import clock, percent, signed, whole
from abm_desktop.live import Decision, DecisionPage
from abm_desktop.market.roles import Role, find_role
from abm_desktop.ui import theme
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["COLUMNS", "DecisionModel", "chances_words", "seen_words"]

COLUMNS = {
    "No.": "Decisions of this trader count from 1",
    "Time": "Simulated time since the open",
    "Decision": "What it decided",
    "Held": "Lots that it held when it decided",
    "Traded": "Lots bought (+) and sold (−) until its next decision",
    "Earned": (
        "Change of its PnL, marked at mid, until its next decision. The reward of a training may "
        "have penalties besides, which the market does not know."
    ),
    "Chances": "The likeliest actions by its policy, at that moment",
    "What it saw": "The features that were furthest from their usual value, in standard deviations",
}
NOTABLE = 0.5
"""A feature is named from this value on, whatever its sign."""
TOLD = 3
MISSING = "–"
_ROOT = QModelIndex()


def seen_words(values: np.ndarray, names: tuple[str, ...]) -> str:
    """Return the features of an observation that stand out, the strongest first."""
    order = np.argsort(-np.abs(values), kind="stable")[:TOLD]
    told = [f"{names[k]} {signed(float(values[k]), 1)}" for k in order if abs(values[k]) >= NOTABLE]
    return ", ".join(told) if told else "nothing unusual"


def chances_words(chances: np.ndarray, actions: tuple[str, ...]) -> str:
    """Return the probabilities of three actions, or of the likeliest two of more."""
    order = np.argsort(-chances, kind="stable")[: TOLD if len(chances) <= TOLD else 2]
    return ", ".join(f"{actions[k]} {percent(float(chances[k]))}" for k in order if chances[k] > 0)


class DecisionModel(QAbstractTableModel):
    """One page of decisions, the newest first."""

    def __init__(self, features: tuple[str, ...]) -> None:
        """``features``: names of what every trader sees."""
        super().__init__()
        self.page: DecisionPage | None = None
        self._features = features
        self._role: Role | None = None

    def show_page(self, page: DecisionPage | None) -> None:
        """Show another page."""
        self.beginResetModel()
        self.page = page
        self._role = find_role(page.role) if page is not None and page.role else None
        self.endResetModel()

    def decision(self, row: int) -> Decision:
        """The decision in a row."""
        assert self.page is not None
        return self.page.decisions[len(self.page.decisions) - 1 - row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many decisions there are."""
        return 0 if parent.isValid() or self.page is None else len(self.page.decisions)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return titles of columns, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return list(COLUMNS)[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(list(COLUMNS)[section])
        return list(COLUMNS.values())[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return text, colour, alignment or explanation of a cell."""
        if self.page is None or self._role is None or not index.isValid():
            return None
        decision, column = self.decision(index.row()), list(COLUMNS)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(decision, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(decision, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == "Decision":
                return QBrush(resolve_color(self._role.action_colors()[decision.action]))
            if column in ("No.", "Time"):
                return QBrush(QColor(theme.current().colors.muted))
        return None

    @property
    def _names(self) -> tuple[str, ...]:
        assert self._role is not None
        return (*self._features, *(title for title, _tip in self._role.own_features))

    def _text(self, decision: Decision, column: str) -> str:
        assert self._role is not None
        match column:
            case "No.":
                return whole(decision.number)
            case "Time":
                return clock(decision.time, tenths=True)
            case "Decision":
                return self._role.actions[decision.action]
            case "Chances":
                return chances_words(decision.probabilities, self._role.actions)
            case "What it saw":
                return seen_words(decision.observation, self._names)
            case "Held":
                return signed(decision.position)
            case "Traded":
                parts = [f"+{decision.bought}"] if decision.bought else []
                parts += [f"−{decision.sold}"] if decision.sold else []
                return " ".join(parts) or MISSING
        return signed(decision.earned, 2) + (" …" if decision.is_open else "")

    def _tip(self, decision: Decision, column: str) -> str | None:
        assert self._role is not None
        match column:
            case "What it saw":
                pairs = zip(self._names, decision.observation.tolist(), strict=True)
                return "\n".join(f"{name}: {signed(value, 2)}" for name, value in pairs)
            case "Chances":
                pairs = zip(self._role.actions, decision.probabilities.tolist(), strict=True)
                return "\n".join(f"{name}: {percent(value, 1)}" for name, value in pairs)
            case "Traded" if not decision.bought and not decision.sold:
                return "Nothing of its was filled before its next decision"
            case "Earned" if decision.is_open:
                return "So far: its next decision has not come yet"
        return None


def _alignment(column: str) -> int:
    right = column in ("No.", "Time", "Held", "Traded", "Earned")
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
