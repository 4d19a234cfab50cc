"""Runs side by side: the present one, earlier ones of this session, and saved ones."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.compare import RunReport, compare_runs
from abm_desktop.desk.analytics.titles import WINDOW_MEASURES, Shown, reason_of, write
from abm_desktop.desk.formats import clock
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.run_data import RunData
from abm_desktop.live.saved_run import read_saved_run
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.compare_charts import PLACES, CompareCharts, run_color
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.run_log import run_title
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import EmptyState, Panel
from abm_desktop.ui.widgets.plots import resolve_color
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["ComparePage"]

EVERY = 5.0
"""Real seconds between two comparisons while the present run goes on."""
MOST = PLACES
LIST_WIDTH = 230
NOTHING = (
    "Nothing to compare yet",
    "Run the market (F5). Runs that you reset, reload or fork (Ctrl+Shift+B) stay here, and saved "
    "runs can be added.",
)
"""What stands in place of results: a title, and what to do."""
PRESENT = "present"


@dataclass(slots=True)
class ComparableRun:
    """A run that can be compared."""

    key: str
    title: str
    data: RunData | PackedRun
    chosen: bool = True

    @property
    def identity(self) -> int:
        """Another number if the rows are of another run; 0 for one that does not change."""
        return 0 if isinstance(self.data, PackedRun) or self.is_over else id(self.data.fills.base)

    @property
    def is_over(self) -> bool:
        """Whether it is one of the session that is over."""
        return self.key.startswith("run ")

    @property
    def content(self) -> RunData | PackedRun:
        """What is measured: packed, it is opened where that is done."""
        data = self.data
        return data if isinstance(data, PackedRun) else data.between(data.start, data.end)


class ComparePage(AnalyticsPage):
    """A list of runs, their curves over each other, and their measures with differences."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.entries: dict[str, ComparableRun] = {}
        self.reports: dict[str, RunReport] = {}
        self._saved = 0
        self._job: Job | None = None
        self._asked: object = None
        self._listed: list[tuple[str, str, bool, int | None]] = []
        self._last = -math.inf

        self.list = QListWidget()
        self.list.setAccessibleName("Runs to compare")
        self.list.setToolTip("Space or a click on the box takes a run in or out")
        self.list.itemChanged.connect(self._ticked)
        self.add_button = QPushButton("Add a saved run…")
        self.add_button.setToolTip("A folder that “abm-desktop run NAME --out FOLDER” has written")
        self.add_button.clicked.connect(self.choose_saved_run)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip("Take the chosen saved run off the list")
        self.remove_button.clicked.connect(self.remove_chosen)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        side = QWidget()
        side.setObjectName("panelBody")
        inside = QVBoxLayout(side)
        inside.setContentsMargins(6, 2, 6, 4)
        inside.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button, 1)
        buttons.addWidget(self.remove_button)
        inside.addLayout(buttons)
        inside.addWidget(self.note)
        list_panel = Panel("Runs", side)
        list_panel.setMinimumWidth(LIST_WIDTH)

        self.charts = CompareCharts()
        self.table = ReportTable("Measures of the runs", ["Measure"])
        self.table_panel = ChartPanel("Measures", self.table, chart=self.table)
        self.empty = EmptyState(*NOTHING)
        results = QSplitter(Qt.Orientation.Vertical)
        results.setChildrenCollapsible(False)
        results.setHandleWidth(6)
        results.addWidget(self.charts)
        results.addWidget(self.table_panel)
        results.setSizes([380, 320])
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(results)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(list_panel)
        splitter.addWidget(self.places)
        splitter.setSizes([LIST_WIDTH, 900])
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        theme.signals.changed.connect(self._list_anew)

    # -- the list -------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Take in the present run and those that are over; compare again every few seconds."""
        self._snapshot = snapshot
        self._find_runs(snapshot)
        running = snapshot.state is RunState.RUNNING
        if everything or not running or time.monotonic() - self._last >= EVERY:
            self._compare()

    def leave_run(self) -> None:
        """Let go of the present run, and of those that the log has let go."""
        super().leave_run()
        if PRESENT in self.entries:
            present = self.entries[PRESENT]
            assert isinstance(present.data, RunData)
            present.data = present.data.between(math.inf, math.inf).with_own_rows()
        self._drop_old()

    def _drop_old(self) -> None:
        kept = {f"run {run.number}" for run in self.context.session.run_log.runs}
        for key in [k for k in self.entries if k.startswith("run ") and k not in kept]:
            del self.entries[key]

    def _find_runs(self, snapshot: MarketSnapshot) -> None:
        present = self.entries.get(PRESENT)
        title = f"Now: {run_title(snapshot)}"
        data = self.context.run(snapshot)
        if present is None:
            self.entries = {PRESENT: ComparableRun(PRESENT, title, data), **self.entries}
        else:
            present.title, present.data = title, data
        kept = {f"run {run.number}": run for run in self.context.session.run_log.runs}
        for key, run in kept.items():
            if key not in self.entries:
                self.entries[key] = ComparableRun(
                    key, f"{run.number}: {run.title}", run.data, len(self._chosen()) < MOST
                )
            self.entries[key].data = run.data  # it may have been packed meanwhile
        self._drop_old()
        self._show_list()

    def _show_list(self) -> None:
        wanted = [(e.key, e.title, e.chosen, self._place(e.key)) for e in self.entries.values()]
        if wanted == self._listed:
            return
        self._listed = wanted
        row = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for key, title, chosen, place in wanted:
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setToolTip(f"{title}\n{clock(self.entries[key].data.end)}")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            if place is not None:
                item.setForeground(resolve_color(run_color(place)))
            self.list.addItem(item)
        self.list.setCurrentRow(max(0, row))
        self.list.blockSignals(False)

    def _list_anew(self, _theme: object) -> None:
        """Write the list with other colours next time.

        A method: a lambda at this signal would keep the page, its session and market for ever.
        """
        self._listed = []

    def _chosen(self) -> list[ComparableRun]:
        return [e for e in self.entries.values() if e.chosen]

    def _place(self, key: str) -> int | None:
        keys = [e.key for e in self._chosen()]
        return keys.index(key) if key in keys else None

    def _ticked(self, item: QListWidgetItem) -> None:
        entry = self.entries[item.data(Qt.ItemDataRole.UserRole)]
        wants = item.checkState() is Qt.CheckState.Checked
        if wants and len(self._chosen()) >= MOST:
            self.note.setText(f"{MOST} runs at a time are the most.")
            wants = False
        entry.chosen = wants
        self._listed = []
        self._show_list()
        self._compare()

    def choose_saved_run(self) -> None:
        """Ask for the folder of a saved run, and add it."""
        start = self.context.session.settings.folder("saved_run") or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, "Add a saved run", start)
        if folder:
            self.context.session.settings.set_folder("saved_run", str(Path(folder).parent))
            self.add_saved_run(Path(folder))

    def add_saved_run(self, folder: Path) -> None:
        """Read a saved run in the other process, and take it into the comparison."""
        self.note.setText(f"Reading {folder.name} …")
        self.context.worker.run(read_saved_run, folder, done=self._take_saved, failed=self._failed)

    def remove_chosen(self) -> None:
        """Take the saved run that the list's cursor is on off the list."""
        item = self.list.currentItem()
        key = "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))
        if not key.startswith("saved "):
            self.note.setText("Only saved runs can be removed; untick the others.")
            return
        del self.entries[key]
        self._show_list()
        self._compare()

    def _take_saved(self, run: RunData) -> None:
        self._saved += 1
        key = f"saved {self._saved}"
        self.note.setText("")
        title = f"{run.name} · seed {run.seed}"
        self.entries[key] = ComparableRun(key, title, run, len(self._chosen()) < MOST)
        self._show_list()
        self._compare()

    # -- comparing ------------------------------------------------------------------------------

    def _compare(self) -> None:
        if self._job is not None and not self._job.is_over:
            return
        chosen = [e for e in self._chosen() if e.data.end > e.data.start]
        # A run that is over does not change, also if it was packed meanwhile.
        asked = tuple((e.key, e.identity, e.data.end) for e in chosen)
        if asked == self._asked:
            return
        self._asked, self._last = asked, time.monotonic()
        if not chosen:
            self.empty.say(*NOTHING)
            self.places.setCurrentIndex(0)
            return
        self.empty.say("Being measured …", "")
        keys = [e.key for e in chosen]
        self._job = self.context.worker.run(
            compare_runs,
            [e.content for e in chosen],
            done=lambda reports: self._show(dict(zip(keys, reports, strict=True))),
            failed=self._failed,
        )

    def _failed(self, error: WorkerError) -> None:
        self.note.setText(str(error))

    def _show(self, reports: dict[str, RunReport]) -> None:
        self.reports = {k: r for k, r in reports.items() if k in self.entries}
        if not self.reports:
            return
        if len(self.reports) != len(self._chosen()):
            # Ticked or removed while it was computed.
            self._asked = None
        self.places.setCurrentIndex(1)
        titles = [self.entries[k].title for k in self.reports]
        self.charts.show_reports(titles, list(self.reports.values()))
        found = list(self.reports.values())
        common = min(r.seconds for r in found)
        self.table_panel.note.setText(
            f"over the first {clock(common)}, which all of them have; Δ against the first"
            if len(found) > 1
            else "tick or add another run to see differences"
        )
        columns = ["Measure", titles[0]]
        for title in titles[1:]:
            columns += [title, "Δ"]
        shorter = [c if len(c) <= 24 else c[:11] + "…" + c[-12:] for c in columns]
        if shorter != self.table.titles():
            self.table.setRowCount(0)
            self.table.set_columns(shorter, columns)
        self.table.show_rows([self._row(m, found) for m in WINDOW_MEASURES])

    def figure_source(self) -> str:
        """The runs that are compared."""
        return " · ".join(self.entries[key].title for key in self.reports)

    def _row(self, m: Shown, reports: list[RunReport]) -> list[TableCell]:
        # The unit once a row: in each of five columns it would be cut.
        first, bare = reports[0].values, replace(m, unit="")
        row = [
            TableCell(f"{m.title}, {m.unit}" if m.unit else m.title, m.tip),
            TableCell(write(bare, first), reason_of(m, first, reports[0].reasons)),
        ]
        for report in reports[1:]:
            difference = {m.key: report.values.get(m.key, np.nan) - first.get(m.key, np.nan)}
            base = first.get(m.key, math.nan)
            share = difference[m.key] / abs(base) if base else math.nan
            tip = f"{100 * share:+.1f} %" if math.isfinite(share) else ""
            why = reason_of(m, report.values, report.reasons)
            row.append(TableCell(write(bare, report.values), why))
            row.append(TableCell(write(bare, difference, signed=True), tip, color="muted"))
        return row
