"""The table of trader classes: who holds what, who earns, who trades."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from abm_desktop.live import TRADER_CLASSES, ClassAccount, MarketSnapshot
from abm_desktop.metrics.streaming import volume_shares
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.series import class_title, present_classes
from abm_desktop.ui.widgets.formats import signed, whole
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["ClassTable"]

USUAL_CLASSES = 7
Index = QModelIndex | QPersistentModelIndex

COLUMNS = (
    ("Trader type", "The class of traders"),
    ("Traders", "How many traders of this type"),
    ("Inventory", "Shares held, in lots, summed over its traders; the start counts as zero"),
    ("PnL", "Profit and loss in currency, marked at the mid"),
    ("Maker volume", "Lots filled while resting in the book"),
    ("Taker volume", "Lots filled as the aggressor"),
    ("Share", "Share of all filled lots, maker and taker together"),
    ("Messages", "Orders, cancels and trades sent"),
)


class _Model(QAbstractTableModel):
    """Rows of class accounts with their volume shares."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[ClassAccount, float]] = []

    def show_rows(self, rows: list[tuple[ClassAccount, float]]) -> None:
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
            return self.tr(COLUMNS[section][0])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr(COLUMNS[section][1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        account, share = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                class_title(account.name),
                whole(account.traders),
                signed(account.inventory),
                signed(account.pnl, 2),
                whole(account.maker_volume),
                whole(account.taker_volume),
                f"{share * 100:.1f} %",
                whole(account.messages),
            )[column]
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


class ClassTable(QTableView):
    """A read-only table of every trader class that takes part."""

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Accounts by trader type"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        theme.signals.changed.connect(self._restyle)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the accounts of this moment."""
        shares = volume_shares(
            [a.maker_volume for a in snapshot.classes],  # type: ignore[arg-type]
            [a.taker_volume for a in snapshot.classes],  # type: ignore[arg-type]
        )
        names = {TRADER_CLASSES[k] for k in present_classes(snapshot)}
        self._model.show_rows(
            [
                (account, float(share))
                for account, share in zip(snapshot.classes, shares, strict=True)
                if account.name in names
            ]
        )

    def _restyle(self, _theme: object = None) -> None:
        self.viewport().update()

    def fitting_height(self) -> int:
        """Return the height at which the usual classes are visible; more can be scrolled to."""
        return self.horizontalHeader().sizeHint().height() + 22 * USUAL_CLASSES + 4
