"""The models of the registry as a table that can be sorted and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from abm_desktop.desk.formats import MISSING, compact, percent, signed
from abm_desktop.learning.registry.models import ModelInfo
from abm_desktop.market.roles import find_role
from abm_desktop.ui import theme
from abm_desktop.ui.rl import verdict

__all__ = ["COLUMNS", "ModelTable"]

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    title: str
    tip: str
    share: int
    """Of the room that the words leave free."""
    numeric: bool = False


COLUMNS = (
    Column("Name", "Name of the model; its folder lies in the user's data folder", 3),
    Column("Algorithm", "How it was trained, and its role if that is not directional", 2),
    Column("Scenario", "Where it was trained", 2),
    Column("Date", "When its last checkpoint was written", 1),
    Column("Decisions", "Decisions sampled in its training", 1, True),
    Column("Reward", "Mean return of the last 100 episodes of its training", 1, True),
    Column("Evaluation", "Verdict on held-out days against simple rules", 1),
    Column("Volatility", "Stress test: factor by which it changes volatility, over all stresses "
           "tested; above 1 it adds to it", 1, True),
    Column("Tags", "Words of your own", 4),
    Column("State", "How the training ended; unfinished: at a checkpoint in its midst", 0),
)  # fmt: skip


VERDICT = 6
"""Place of the verdict among the columns."""
PADDING = 18
"""Pixels of a column beside its text."""
WIDEST = 240
"""Pixels of a column at the most, while there is no free room."""
NARROWEST_NAME = 130
"""Pixels to which names give way before the table scrolls; they are cut in their middle."""


class _ModelRows(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.models: list[ModelInfo] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.models)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        model = self.models[index.row()]
        k = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_text(model, k)
            case Qt.ItemDataRole.UserRole:
                return _sort_key(model, k)
            case Qt.ItemDataRole.ToolTipRole:
                return row_tip(model)
            case Qt.ItemDataRole.TextAlignmentRole if COLUMNS[k].numeric:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole if COLUMNS[k].numeric:
                return theme.mono_font(9.0)
            case Qt.ItemDataRole.ForegroundRole if k == VERDICT and "evaluation" in model.metrics:
                accepted = model.metrics["evaluation"]["accepted"]
                return QColor(theme.current().colors["good" if accepted else "warning"])
        return None

    def replace(self, models: list[ModelInfo]) -> None:
        self.beginResetModel()
        self.models = models
        self.endResetModel()


class _Filter(QSortFilterProxyModel):
    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self.setSortRole(Qt.ItemDataRole.UserRole)

    def set_text(self, text: str) -> None:
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        rows = self.sourceModel()
        assert isinstance(rows, _ModelRows)
        model = rows.models[row]
        text = " ".join(cell_text(model, k) for k in range(len(COLUMNS))).lower()
        return all(word in text for word in self._words)


class _OwnColors(QStyledItemDelegate):
    """A verdict has its colour in a chosen row too."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        color = index.data(Qt.ItemDataRole.ForegroundRole)
        if color is not None:
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, QBrush(color))


class ModelTable(QTableView):
    """Shows models; rows are chosen as in a file manager."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = _ModelRows()
        self._fitted: list[int] = []
        """Pixels of the columns, as they were last chosen."""
        self._filter = _Filter()
        self._filter.setSourceModel(self._rows)
        self.setModel(self._filter)
        self.setAccessibleName("Trained models")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegate(_OwnColors(self))
        self.setSortingEnabled(True)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        # As the registry gives them: one's own first, the newest first.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    @property
    def models(self) -> list[ModelInfo]:
        """Every model, shown or not."""
        return self._rows.models

    @property
    def chosen(self) -> list[ModelInfo]:
        """The models of the selected rows, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._at(row) for row in rows]

    @property
    def shown(self) -> list[ModelInfo]:
        """The models that pass the filter, from top to bottom."""
        return [self._at(row) for row in range(self._filter.rowCount())]

    def set_models(self, models: list[ModelInfo], select: list[str]) -> None:
        """Show these models, and select those with these names, else the first."""
        self._rows.replace(models)
        self._fit_columns()
        shown = [model.name for model in self.shown]
        rows = [shown.index(name) for name in select if name in shown]
        if not rows and shown:
            rows = [0]
        self.clearSelection()
        for row in rows:
            index = self._filter.index(row, 0)
            self.selectionModel().select(
                index,
                self.selectionModel().SelectionFlag.Select
                | self.selectionModel().SelectionFlag.Rows,
            )
        if rows:
            self.selectionModel().setCurrentIndex(
                self._filter.index(rows[0], 0), self.selectionModel().SelectionFlag.NoUpdate
            )
            self.scrollTo(self._filter.index(rows[0], 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give each column what its words need, and all of them the room that is free."""
        words, numbers = self.fontMetrics(), QFontMetrics(theme.mono_font(9.0))
        needed = []
        for k, column in enumerate(COLUMNS):
            title = str(self._rows.headerData(k, Qt.Orientation.Horizontal))
            metrics = numbers if column.numeric else words
            texts = [metrics.horizontalAdvance(cell_text(m, k)) for m in self._rows.models]
            needed.append(min(WIDEST, max(words.horizontalAdvance(title), *texts, 0) + PADDING))
        free = self.viewport().width() - sum(needed)
        if free < 0:
            needed[0] = max(min(needed[0], NARROWEST_NAME), needed[0] + free)
            free = 0
        shares = sum(column.share for column in COLUMNS)
        widths = [n + free * c.share // shares for n, c in zip(needed, COLUMNS, strict=True)]
        if widths != self._fitted:  # else what was dragged by hand stays
            self._fitted = widths
            for k, width in enumerate(widths):
                self.horizontalHeader().resizeSection(k, width)

    def set_filter(self, text: str) -> None:
        """Show the models that have every word of ``text`` anywhere in their row."""
        self._filter.set_text(text)

    def _at(self, row: int) -> ModelInfo:
        return self._rows.models[self._filter.mapToSource(self._filter.index(row, 0)).row()]


def cell_text(model: ModelInfo, column: int) -> str:
    """The text of one cell of the table."""
    match column:
        case 0:
            return model.name
        case 1:
            return model.trained_as
        case 2:
            return model.scenario
        case 3:
            return "shipped" if model.bundled else _date(model.created)
        case 4:
            return compact(model.env_steps) if model.env_steps else MISSING
        case 5:
            return MISSING if model.reward_mean is None else signed(model.reward_mean, 2)
        case 6:
            return verdict.evaluation_word(model.metrics.get("evaluation"))
        case 7:
            return verdict.stress_word(model.metrics.get("stress_test"))
        case 8:
            return ", ".join(model.tags)
        case _:
            return model.status


def _sort_key(model: ModelInfo, column: int) -> Any:
    if column == 3:
        return model.created
    if column == 4:
        return model.env_steps
    if column == 5:
        return -1e300 if model.reward_mean is None else model.reward_mean
    return cell_text(model, column).lower()


def _date(created: str) -> str:
    try:
        return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return created


def row_tip(model: ModelInfo) -> str:
    lines = [
        str(model.folder),
        f"seed {model.seed}, ABM Desktop {model.version}",
    ]
    if model.git:
        lines.append(f"commit {model.git}")
    if model.parent:
        lines.append(f"went on from {model.parent}")
    lines.append(f"{model.iterations:,} iterations")
    shares = model.metrics.get("action_shares")
    if shares and len(shares) == len(model.actions):
        role = find_role(model.role)
        kinds = zip(role.side_names, role.side_shares(shares), strict=True)
        told = ", ".join(f"{name} {percent(share)}" for name, share in kinds)
        lines.append(f"in training: {told}")
    if evaluation := model.metrics.get("evaluation"):
        lines.append(verdict.evaluation_words(evaluation))
    return "\n".join(lines)
