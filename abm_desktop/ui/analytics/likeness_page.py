"""How alike the order flow of two days is: scenarios, saved runs, recordings."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from abm_desktop.desk.analytics.likeness import LEVELS, Likeness, measure_likeness
from abm_desktop.live import MarketSnapshot
from abm_desktop.metrics.likeness.comparing import Distance, total
from abm_desktop.readers.files import SUFFIXES
from abm_desktop.statements import Statement, counted
from abm_desktop.ui.analytics.likeness_charts import LikenessCharts
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.worker import Job, Worker, WorkerError

__all__ = ["LikenessPage"]

MOST_LEVELS = 50

FILE = "A file …"
_TIPS = (
    "What is counted of every order flow, as in LOB-Bench",
    "Wasserstein-1 between both distributions, in standard deviations of both together",
    "The same with prices in mean spreads, sizes in mean limit orders, times in mean gaps",
    "Odd half hours of the first day against its even ones: what is no difference",
    "Odd half hours of the second day against its even ones",
    "Mean of the first day, in the unit of the score",
    "Mean of the second day, in the unit of the score",
)  # fmt: skip


class LikenessPage(AnalyticsPage):
    """Two names above; distances at the left, distributions and responses at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.found: Likeness | None = None
        self._job: Job | None = None
        self._worker: Worker | None = None
        """A process of its own: a simulated day takes a while, and other pages must not wait."""
        names = [path.stem for path in context.session.bundled()]
        self.first, self.second = QComboBox(), QComboBox()
        for box, name in ((self.first, "First day"), (self.second, "Second day")):
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.addItems([*names, FILE])
            box.setAccessibleName(name)
            box.setToolTip("A scenario, a folder of a saved run, or recorded order flow")
            box.setMinimumWidth(240)
            box.activated.connect(lambda _k, box=box: self._choose(box))
        self.first.setCurrentText("calm" if "calm" in names else "")
        self.second.setEditText("")
        line = self.second.lineEdit()
        if line is not None:
            line.setPlaceholderText("a recording, a run or a scenario")
        self.levels = WholeBox(" levels")
        self.levels.setRange(1, MOST_LEVELS)
        self.levels.setValue(LEVELS)
        self.levels.setAccessibleName("Levels of the book")
        self.levels.setToolTip("Of each side, if both days tell as many")
        self.start = QPushButton("Compare")
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self.compare)
        self.stop = QPushButton("Cancel")
        self.stop.clicked.connect(self.cancel)
        self.stop.hide()
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("Progress of the comparison")
        self.progress.setFixedWidth(240)
        self.progress.hide()
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        above = QHBoxLayout()
        above.setContentsMargins(2, 0, 2, 0)
        with_word = QLabel("and")
        for widget in (
            self.first, with_word, self.second, self.levels, self.start, self.stop, self.progress,
        ):  # fmt: skip
            above.addWidget(widget)
        above.addWidget(self.note, 1)
        self.table = ReportTable(
            "Distances",
            ["Score", "A to B", "Scaled", "A to A", "B to B", "Mean A", "Mean B"],
        )
        self.table.set_columns(self.table.titles(), _TIPS)
        self.table.itemSelectionChanged.connect(self._score_chosen)
        self.charts = LikenessCharts()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(6)
        split.addWidget(ChartPanel("Distances", self.table, chart=self.table))
        split.addWidget(self.charts)
        split.setSizes([640, 500])
        self.empty = EmptyState(
            "Two days side by side",
            "Choose two days: scenarios, runs that were saved, recordings. Fourteen distributions "
            "of their order flow are compared (LOB-Bench), each beside what the day differs from "
            "itself, and how the price answers to orders and cancels.",
        )
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(split)
        self._split = split
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addWidget(self.places, 1)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """The present run does not come into it."""

    def compare(self) -> None:
        """Compare both days in another process."""
        names = [box.currentText().strip() for box in (self.first, self.second)]
        if self._job is not None and not self._job.is_over:
            return
        if not all(names) or FILE in names:
            self.note.setText("Choose two days first.")
            return
        if self._worker is None:
            self._worker = Worker(self)
        self._set_busy(True)
        self.progress.setValue(0)
        self.progress.setFormat("preparing")
        self.note.setText("")
        self._job = self._worker.run(
            measure_likeness,
            *names,
            self.levels.value(),
            None,
            done=self._show,
            failed=self._failed,
            progress=self._progress,
        )

    def cancel(self) -> None:
        """Stop comparing."""
        if self._job is not None:
            self._job.cancel()
        self._set_busy(False)
        self.note.setText("cancelled")

    async def end_work(self) -> None:
        """End the process of the comparison."""
        if self._worker is not None:
            self._worker.close()

    def _choose(self, box: QComboBox) -> None:
        if box.currentText() != FILE:
            return
        box.setEditText("")
        kinds = " ".join(f"*{suffix}" for suffix in (".toml", *SUFFIXES))
        file, _ = QFileDialog.getOpenFileName(
            self,
            "Choose a day",
            str(self.context.session.settings.folder("replay")),
            f"Scenarios and recordings ({kinds});;All files (*)",
        )
        if file:
            box.setEditText(str(Path(file)))

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.start, self.first, self.second, self.levels):
            widget.setEnabled(not busy)
        self.stop.setVisible(busy)
        self.progress.setVisible(busy)

    def _progress(self, share: float, what: Statement) -> None:
        self.progress.setValue(round(1000 * share))
        self.progress.setFormat(str(what))

    def _failed(self, error: WorkerError) -> None:
        self._set_busy(False)
        self.note.setText(str(error))

    def _show(self, found: Likeness) -> None:
        self._set_busy(False)
        self.found = found
        own = total([d.split_b for d in found.distances])
        first, second = found.names
        self.note.setText(
            f"{first} and {second}, {counted(found.levels, 'level')}: mean distance "
            f"{found.mean:.2f}; {second} from itself {_text(own)}"
        )
        self.table.show_rows([_row(d) for d in found.distances])
        self.charts.show_responses(found)
        self.places.setCurrentWidget(self._split)
        self.table.selectRow(0)
        self._score_chosen()

    def _score_chosen(self) -> None:
        row = self.table.currentRow()
        if self.found is not None and 0 <= row < len(self.found.distances):
            self.charts.show_score(self.found, self.found.distances[row].score)


def _row(d: Distance) -> list[TableCell]:
    known = math.isfinite(d.w1) and math.isfinite(d.split_b)
    color = "" if not known else "good" if d.w1 <= 2.0 * d.split_b else "warning"
    tip = "No more than twice what the second day differs from itself" if color == "good" else ""
    return [
        TableCell(d.score.title, d.score.unit),
        TableCell(_text(d.w1), tip, color=color, bold=True),
        TableCell(_text(d.own_units)),
        TableCell(_text(d.split_a), color="muted"),
        TableCell(_text(d.split_b), color="muted"),
        TableCell(_number(d.means[0])),
        TableCell(_number(d.means[1])),
    ]


def _text(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")
