"""The experiments' files, and the results there are, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.experiments import FileEntry, ResultEntry
from abm_desktop.desk.formats import whole
from abm_desktop.statements import counted
from abm_desktop.ui.widgets.panel import Panel
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["LIST_WIDTH", "ExperimentLists"]

LIST_WIDTH = 240
_KEY = Qt.ItemDataRole.UserRole
_WARNS = Qt.ItemDataRole.UserRole + 1


class ExperimentLists(QSplitter):
    """Files above, results below; one entry of both is chosen at a time."""

    file_chosen = Signal(object)
    """Path of the file; also if it is clicked again, for it may have been mended."""
    result_chosen = Signal(object)
    """The :class:`ResultEntry`."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.entries: list[FileEntry] = []
        self.results: list[ResultEntry] = []
        self.files_list = _TwoLineList("Experiment files", 2)
        self.results_list = _TwoLineList("Results of experiments", 1)
        self.files_list.chosen.connect(self._file_chosen)
        self.results_list.chosen.connect(self._result_chosen)
        self.open_button = QPushButton("Open file…")
        self.open_button.setToolTip("An experiment's file (.toml); or drop it here")
        self.new_button = QPushButton("New…")
        self.new_button.setToolTip("Make an experiment in a form")
        self.draft_button = QPushButton()
        self.draft_button.setProperty("role", "primary")
        self.draft_button.setToolTip("Go on with the experiment that was not saved")
        self.refresh_button = QPushButton("Look again")
        self.refresh_button.setToolTip("Read the lists of files and results again")
        self.no_results = QLabel("Looking for them …")
        self.no_results.setObjectName("panelNote")
        self.no_results.setContentsMargins(8, 4, 8, 4)
        self.no_results.setWordWrap(True)
        self.addWidget(
            _panel(
                "Experiments",
                self.draft_button,
                self.files_list,
                _row(self.new_button, self.open_button),
            )
        )
        self.addWidget(_panel("Results", self.no_results, self.results_list, self.refresh_button))
        self.setMinimumWidth(LIST_WIDTH)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(6)
        self.setSizes([350, 300])

    def show_files(self, entries: Sequence[FileEntry]) -> None:
        """List these files; what is wrong with one stands in place of its question."""
        self.entries = list(entries)
        self.files_list.fill(
            [
                (str(e.path), e.name, e.fault or e.question, f"{e.path}\n{e.fault}", bool(e.fault))
                for e in entries
            ]
        )

    def show_results(self, results: Sequence[ResultEntry], running: Path | None) -> None:
        """List these results; ``running`` is the folder of those that grow."""
        self.results = list(results)
        rows = []
        for entry in results:
            warns = not entry.is_finished and entry.folder != running
            text = f"{entry.when:%d %b %H:%M} · {self._runs(entry)}{self._state(entry, running)}"
            rows.append((str(entry.folder), entry.name, text, str(entry.folder), warns))
        self.results_list.fill(rows)
        self.no_results.setText("None yet. Start an experiment.")
        self.no_results.setVisible(not rows)

    def _runs(self, entry: ResultEntry) -> str:
        if entry.is_finished:
            return counted(entry.runs, "run")
        return f"{whole(entry.runs)} of {whole(entry.of or 0)}"

    def _state(self, entry: ResultEntry, running: Path | None) -> str:
        if entry.folder == running:
            return " · running"
        if not entry.is_finished:
            return " · unfinished"
        return "" if entry.report else " · no report"

    def choose_file(self, path: Path) -> None:
        """Choose a file, if it is on the list."""
        self.files_list.choose(str(path))

    def mark_file(self, path: Path) -> None:
        """Choose a file without a word, if it is on the list."""
        self.results_list.choose_nothing()
        self.files_list.choose(str(path), tell=False)

    def choose_result(self, folder: Path) -> None:
        """Choose results, if they are on the list."""
        self.results_list.choose(str(folder))

    def _file_chosen(self, key: str) -> None:
        self.results_list.choose_nothing()
        self.file_chosen.emit(Path(key))

    def _result_chosen(self, key: str) -> None:
        self.files_list.choose_nothing()
        found = [entry for entry in self.results if str(entry.folder) == key]
        if found:
            self.result_chosen.emit(found[0])


class _TwoLineList(QListWidget):
    """Entries with a bold title, and a text of ``lines`` lines below it."""

    chosen = Signal(str)

    def __init__(self, name: str, lines: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_TwoLines(self, lines))
        self.currentItemChanged.connect(lambda item, _old: self._tell(item))
        # A press on what is chosen already tells it again; one that has just chosen it does not.
        self.itemPressed.connect(self._pressed)
        self._just_told = False

    def fill(self, rows: Sequence[tuple[str, str, str, str, bool]]) -> None:
        """Show (key, title, text, tip, whether it warns) rows; what is chosen stays so."""
        current = self.currentItem()
        key = None if current is None else current.data(_KEY)
        self.blockSignals(True)
        self.clear()
        self.setCurrentRow(-1)
        for row_key, title, text, tip, warns in rows:
            item = QListWidgetItem(f"{title}\n{text}")
            item.setData(_KEY, row_key)
            item.setData(_WARNS, warns)
            item.setToolTip(f"{text}\n{tip}".strip())
            self.addItem(item)
            if row_key == key:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def choose(self, key: str, *, tell: bool = True) -> None:
        """Choose an entry, and tell it, also if it is chosen already."""
        items = (self.item(k) for k in range(self.count()))
        found = next((item for item in items if item.data(_KEY) == key), None)
        if found is not None:
            self.blockSignals(True)
            self.setCurrentItem(found)
            self.blockSignals(False)
            if tell:
                self._tell(found)
            self._just_told = False

    def choose_nothing(self) -> None:
        """Let go of what is chosen, without a word."""
        self.blockSignals(True)
        self.setCurrentRow(-1)
        self.clearSelection()
        self.blockSignals(False)

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._just_told = True
            QTimer.singleShot(0, self, self._forget)
            self.chosen.emit(item.data(_KEY))

    def _pressed(self, item: QListWidgetItem) -> None:
        if not self._just_told:
            self._tell(item)

    def _forget(self) -> None:
        self._just_told = False


class _TwoLines(QStyledItemDelegate):
    """Paints the first line of an item bold, the others muted."""

    def __init__(self, parent: QListWidget, lines: int) -> None:
        super().__init__(parent)
        self._lines = lines

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(80, option.fontMetrics.height() * (1 + self._lines) + 10)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        # Not that of the option, whose line breaks are of another kind.
        title, _, text = str(index.data()).partition("\n")
        plain.text = ""
        style = plain.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        box = QRect(plain.rect).adjusted(6, 4, -6, -4)
        height, metrics = plain.fontMetrics.height(), plain.fontMetrics
        painter.save()
        font = plain.font
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(resolve_color("text"))
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(box, int(Qt.AlignmentFlag.AlignTop), _elided(painter, title, box.width()))
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(resolve_color("warning" if index.data(_WARNS) else "muted"))
        below = box.adjusted(0, height + 1, 0, 0)
        # A little less than several lines hold, for words are not broken.
        room = self._lines - 0.15 * (self._lines - 1)
        short = metrics.elidedText(text, elide, int(below.width() * room))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below, int(flags), short)
        painter.restore()


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)


def _row(*widgets: QWidget) -> QWidget:
    box = QWidget()
    box.setObjectName("panelBody")
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget, 1)
    return box


def _panel(title: str, *widgets: QWidget) -> Panel:
    body = QWidget()
    body.setObjectName("panelBody")
    column = QVBoxLayout(body)
    column.setContentsMargins(4, 0, 4, 4)
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget, 1 if isinstance(widget, QListWidget) else 0)
    return Panel(title, body)
