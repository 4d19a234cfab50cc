"""The list of trained models: put them into the market, or delete them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
)

from abm_desktop.learning import models
from abm_desktop.ui import theme
from abm_desktop.ui.background import Background
from abm_desktop.ui.widgets.formats import MISSING, compact, signed, whole
from abm_desktop.ui.widgets.panel import EmptyState, Panel

__all__ = ["ModelsPanel"]

COLUMNS = (
    ("Name", "Name of the model; its folder lies in the user's data folder"),
    ("Algorithm", "How it was trained"),
    ("Scenario", "Where it was trained"),
    ("Reward", "Mean return of the last 100 episodes of its training"),
    ("Iterations", "Iterations of its training"),
    ("Decisions", "Decisions sampled in its training"),
    ("Created", "When its last checkpoint was written"),
    ("Accepted", "Whether its evaluation on held-out days accepted it; empty: not evaluated yet"),
    ("State", "How the training ended; unfinished: at a checkpoint in its midst"),
)
REWARD = 3
ROW_HEIGHT = 22
NAME_WIDTH = 240


class ModelsPanel(Panel):
    """A table of the registry. Files are read and removed off the UI thread."""

    load_requested = Signal(object, int, str)
    """PolicyNet, number of traders, name of the model."""
    message = Signal(str)
    failed = Signal(str, str)
    """Title and text of something that could not be done."""
    refreshed = Signal()

    def __init__(self) -> None:
        self.table = QTableWidget(0, len(COLUMNS))
        self.empty = EmptyState(
            self.tr("No models yet"),
            self.tr("A trained policy is listed here, and can then trade in the market."),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        super().__init__(self.tr("Models"), self._pages)
        self._background = Background(self)
        self._models: list[models.ModelInfo] = []
        self._set_up_table()
        self.count = QSpinBox()
        self.count.setRange(1, 1000)
        self.count.setAccessibleName(self.tr("Number of traders to load"))
        self.count.setToolTip(self.tr("How many traders with this policy join the market"))
        label = QLabel(self.tr("Traders"))
        label.setObjectName("panelNote")
        label.setBuddy(self.count)
        self.load_button = QPushButton(self.tr("Load into market"))
        self.load_button.setProperty("role", "primary")
        self.load_button.clicked.connect(self.load_selected)
        self.delete_button = QPushButton(self.tr("Delete"))
        self.delete_button.clicked.connect(self._ask_delete)
        for widget in (label, self.count, self.load_button, self.delete_button):
            self.add_control(widget)
        self._follow_selection()
        self.refresh()

    @property
    def selected(self) -> models.ModelInfo | None:
        """The model in the selected row."""
        rows = self.table.selectionModel().selectedRows()
        return self._models[rows[0].row()] if rows else None

    def refresh(self, select: str | None = None) -> None:
        """Read the registry again, and select the model called ``select``."""
        keep = select or (self.selected.name if self.selected else None)
        self._background.run(
            models.list_models,
            lambda found: self._show(found, keep),
            lambda error: self.failed.emit(self.tr("The models could not be listed"), str(error)),
        )

    def load_selected(self) -> None:
        """Read the selected policy and offer it to the market."""
        model = self.selected
        if model is None:
            return
        count, name = self.count.value(), model.name
        self._background.run(
            lambda: models.load_policy(name),
            lambda policy: self.load_requested.emit(policy, count, name),
            lambda error: self.failed.emit(self.tr("The model could not be loaded"), str(error)),
        )

    def delete_selected(self) -> None:
        """Remove the selected model for good."""
        model = self.selected
        if model is None:
            return
        name = model.name
        self._background.run(
            lambda: models.delete_model(name),
            lambda _nothing: self._deleted(name),
            lambda error: self.failed.emit(self.tr("The model could not be deleted"), str(error)),
        )

    def close_background(self) -> None:
        """Take no more work."""
        self._background.close()

    def _deleted(self, name: str) -> None:
        self.message.emit(self.tr("Model {name} was deleted").format(name=name))
        self.refresh()

    def _ask_delete(self) -> None:
        model = self.selected
        if model is None:
            return
        box = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Delete model"),
            self.tr("Delete {name} for good?").format(name=model.name),
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setInformativeText(self.tr("Its policy and its checkpoint are removed from the disk."))
        delete = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        delete.clicked.connect(self.delete_selected)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _show(self, found: list[models.ModelInfo], select: str | None) -> None:
        self._models = found
        self._pages.setCurrentIndex(1 if found else 0)
        self.table.setRowCount(len(found))
        for row, model in enumerate(found):
            for column, text in enumerate(_cells(model)):
                item = QTableWidgetItem(text)
                if REWARD <= column <= REWARD + 2:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                    item.setFont(theme.mono_font(9.0))
                item.setToolTip(_tip(model))
                self.table.setItem(row, column, item)
        names = [model.name for model in found]
        if found:
            self.table.selectRow(names.index(select) if select in names else 0)
        self._follow_selection()
        self.refreshed.emit()

    def _follow_selection(self) -> None:
        chosen = self.selected is not None
        for widget in (self.count, self.load_button, self.delete_button):
            widget.setEnabled(chosen)
        if self.selected is not None and self.selected.bundled:
            self.delete_button.setEnabled(False)
            self.delete_button.setToolTip(self.tr("This model ships with the program"))
        else:
            self.delete_button.setToolTip(self.tr("Remove the selected model from the disk"))
        self.load_button.setToolTip(
            self.tr("Let traders with the selected policy trade in the live market (Enter)")
            if chosen
            else self.tr("Train a model first, or select one in the list")
        )

    def _set_up_table(self) -> None:
        table = self.table
        for column, (title, tip) in enumerate(COLUMNS):
            heading = QTableWidgetItem(self.tr(title))
            heading.setToolTip(self.tr(tip))
            numeric = REWARD <= column <= REWARD + 2
            side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
            heading.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setHorizontalHeaderItem(column, heading)
        table.setAccessibleName(self.tr("Trained models"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, NAME_WIDTH)
        header.setStretchLastSection(True)
        table.itemSelectionChanged.connect(self._follow_selection)
        table.activated.connect(self._activated)

    def _activated(self, _index: QModelIndex) -> None:
        self.load_selected()


def _cells(model: models.ModelInfo) -> tuple[str, ...]:
    reward = MISSING if model.reward_mean is None else signed(model.reward_mean, 2)
    created = datetime.fromisoformat(model.created).astimezone().strftime("%Y-%m-%d %H:%M")
    return (
        model.name,
        model.algorithm,
        model.scenario,
        reward,
        whole(model.iterations),
        compact(model.env_steps),
        "shipped" if model.bundled else created,
        _verdict(model),
        model.status,
    )


def _verdict(model: models.ModelInfo) -> str:
    evaluation = model.metrics.get("evaluation")
    return "" if not evaluation else "yes" if evaluation["accepted"] else "no"


def _tip(model: models.ModelInfo) -> str:
    lines = [str(model.folder), f"seed {model.seed}, ABM Desktop {model.version}"]
    shares = model.metrics.get("action_shares")
    if shares:
        lines.append("in training: SELL {:.0%}, HOLD {:.0%}, BUY {:.0%}".format(*shares))
    if evaluation := model.metrics.get("evaluation"):
        agent = evaluation["rules"]["agent"]
        lines.append(
            "evaluated on {days} held-out days: median {median:+.2f} a day, "
            "mean position {load:.1f} lots".format(
                days=evaluation["days"], median=agent["pnl_median"], load=agent["inventory"]
            )
        )
        lines.extend(evaluation["flags"])
    return "\n".join(lines)
