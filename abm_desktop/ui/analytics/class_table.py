"""The table of trader classes: who holds what, who earns, who trades."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from abm_desktop.desk.formats import compact, percent, signed, whole
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import TRADER_CLASSES, ClassAccount, MarketSnapshot
from abm_desktop.metrics.streaming import volume_shares
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.series import class_title, present_classes
from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["ClassTable"]

USUAL_CLASSES = 7
MADE, TAKEN = 4, 5
ROOM_FOR_ALL = 960
"""Pixels from which on every column fits."""
Index = QModelIndex | QPersistentModelIndex

COLUMNS = (
    ("Type", "The class of traders"),
    ("Traders", "How many traders of this type"),
    ("Inventory", "Shares held, in lots, summed over its traders; the start counts as zero"),
    ("PnL", "Profit and loss in currency, marked at the mid"),
    ("Made", "Lots filled while resting in the book"),
    ("Taken", "Lots filled as the aggressor"),
    ("Maker", "Share of all lots filled while resting"),
    ("Taker", "Share of all lots filled as the aggressor"),
    ("Share", "Share of all filled lots, maker and taker together"),
    ("Turnover", "Value traded in currency, as maker and as taker"),
    ("Messages", "Orders, cancels and fills of its traders"),
)


Row = tuple[ClassAccount, float, float, float, float]
"""An account with its shares of maker, taker and all volume, and its turnover."""


class _Model(QAbstractTableModel):
    """Rows of class accounts with their volume shares."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    @property
    def rows(self) -> list[Row]:
        """The rows on show."""
        return self._rows

    def show_rows(self, rows: list[Row]) -> None:
        """Replace the rows; the view keeps its place while their number stays."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of classes on show."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the heading of a column, or its explanation."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        account, maker, taker, share, money = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                class_title(account.name),
                whole(account.traders),
                signed(account.inventory),
                signed(account.pnl, 2 if abs(account.pnl) < 1000 else 0),
                whole(account.maker_volume),
                whole(account.taker_volume),
                percent(maker, 1),
                percent(taker, 1),
                percent(share, 1),
                compact(money),
                whole(account.messages),
            )[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _reason(column, share, money)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return resolve_color(f"series:{TRADER_CLASSES.index(account.name)}")
        if role == Qt.ItemDataRole.ForegroundRole and column == 3 and account.pnl:
            colors = theme.current().colors
            return QColor(colors.good if account.pnl > 0 else colors.danger)
        if role == Qt.ItemDataRole.FontRole and column:
            return theme.mono_font(9.0)
        return None


def _reason(column: int, share: float, money: float) -> str:
    """Why a cell has a dash."""
    if COLUMNS[column][0] in ("Maker", "Taker", "Share") and math.isnan(share):
        return "Nothing was traded yet"
    if COLUMNS[column][0] == "Turnover" and math.isnan(money):
        return "At this speed not every fill was seen: export the session for all of them"
    return ""


class ClassTable(QTableView):
    """A read-only table of every trader class that takes part."""

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setAccessibleName("Accounts by trader type")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        theme.signals.changed.connect(self._restyle)

    def show_snapshot(self, snapshot: MarketSnapshot, flow: TraderFlow) -> None:
        """Show the accounts of this moment."""
        made = np.array([a.maker_volume for a in snapshot.classes], float)
        taken = np.array([a.taker_volume for a in snapshot.classes], float)
        traded = made.sum() + taken.sum() > 0
        unknown = np.full(len(made), np.nan)
        shares = zip(
            *(
                volume_shares(m, t) if traded else unknown
                for m, t in ((made, 0.0 * taken), (0.0 * made, taken), (made, taken))
            ),
            strict=True,
        )
        # A sum of some fills would look like that of all.
        money = flow.money.sum(axis=0) + (np.nan if flow.missed else 0.0)
        names = {TRADER_CLASSES[k] for k in present_classes(snapshot)}
        self._model.show_rows(
            [
                (account, float(m), float(t), float(s), self._turnover(account, money))
                for account, (m, t, s) in zip(snapshot.classes, shares, strict=True)
                if account.name in names
            ]
        )

    @staticmethod
    def _turnover(account: ClassAccount, money: np.ndarray) -> float:
        return float(money[TRADER_CLASSES.index(account.name)])

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the accounts in full, for a CSV file; shares are fractions."""
        cells = [
            (a.name, a.traders, a.inventory, a.pnl, a.maker_volume, a.taker_volume, *shares)
            + (money, a.messages)
            for a, *shares, money in self._model.rows
        ]
        return {
            title: np.array([row[c] for row in cells]) for c, (title, _tip) in enumerate(COLUMNS)
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the lots if there is no room: their shares stay."""
        super().resizeEvent(event)
        for column in (MADE, TAKEN):
            self.setColumnHidden(column, self.viewport().width() < ROOM_FOR_ALL)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save, copy or enlarge the table."""
        chart_menu(self).popup(event.globalPos())
        event.accept()

    def _restyle(self, _theme: object = None) -> None:
        self.viewport().update()

    def fitting_height(self) -> int:
        """Return the height at which the usual classes are visible; more can be scrolled to."""
        return self.horizontalHeader().sizeHint().height() + 22 * USUAL_CLASSES + 4
