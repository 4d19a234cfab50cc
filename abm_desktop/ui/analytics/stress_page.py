"""What every stress of the present run has done: a report that grows while it acts."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.stress import (
    CALM,
    RECOVERY,
    StressReport,
    calm_from,
    report_stresses,
)
from abm_desktop.desk.analytics.titles import STRESS_MEASURES, reason_of, write
from abm_desktop.desk.formats import clock
from abm_desktop.live import ActiveStress, MarketSnapshot
from abm_desktop.market.statements import StressInjected
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.analytics.stress_charts import StressCharts
from abm_desktop.ui.analytics.window_panel import class_rows
from abm_desktop.ui.stress_kinds import mark_text, size_text, stress_title
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["StressPage"]

MOST = 6
"""Stresses reported: the newest."""
EVERY = 1.5
"""Real seconds between two reports while the market runs."""
NONE_YET = (
    "Inject one on the Market tab (Ctrl+1), or with Ctrl+Shift+F, V or L: its report appears here "
    "and grows while the market runs."
)
Key = tuple[int, str, float]


def title_of(stress: ActiveStress) -> str:
    """Name a stress with its size."""
    return mark_text(StressInjected(stress.kind, stress.magnitude))


def heading_of(stress: ActiveStress) -> str:
    """Name a stress in two short lines: kind, size and beginning."""
    size = size_text(stress.kind, stress.magnitude)
    return f"{stress_title(stress.kind)}\n{size} · {clock(stress.start)}"


class StressPage(AnalyticsPage):
    """A column of measures for each stress, charts of one of them, and who won and lost."""

    shows_stretch = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.reports: dict[Key, StressReport] = {}
        self._asked: dict[Key, float] = {}
        self._job: Job | None = None
        self._last = -np.inf
        self._stresses: list[tuple[Key, ActiveStress]] = []

        self.table = ReportTable("Report of each stress", ["Measure"], whole_titles=True)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(8, 4, 8, 4)
        body = QWidget()
        body.setObjectName("panelBody")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.note)
        table_panel = ChartPanel("Stress report", body, chart=self.table)

        self.choice = QComboBox()
        self.choice.setAccessibleName("Stress shown in the charts")
        self.choice.currentIndexChanged.connect(lambda _k: self._show_chosen())
        line = QHBoxLayout()
        label = QLabel("Charts of")
        label.setObjectName("panelNote")
        line.addWidget(label)
        line.addWidget(self.choice, 1)
        self.charts = StressCharts(context)
        self.classes = ReportTable(
            "Who won and who lost",
            ["Trader type", "PnL", "Lots", "Share"],
        )
        self.classes_panel = ChartPanel("Who won, who lost", self.classes, chart=self.classes)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.charts, 1)
        column.addWidget(self.classes_panel)
        self.classes_panel.setFixedHeight(self.classes.fitting_height(7) + 30)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(table_panel)
        splitter.addWidget(right)
        splitter.setSizes([430, 700])
        splitter.setStretchFactor(1, 1)
        self.empty = EmptyState("No stress in this run yet", NONE_YET)
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.places)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """List the stresses of this run, and ask for their reports again where time has passed."""
        self._snapshot = snapshot
        spans = self.context.session.stress_log.spans[-MOST:][::-1]
        stresses = [((snapshot.generation, s.kind, s.start), s) for s in spans]
        if [key for key, _ in stresses] != [key for key, _ in self._stresses]:
            self._list(stresses)
            everything = True
        self._stresses = stresses
        if not stresses:
            self.places.setCurrentIndex(0)
            return
        self.places.setCurrentIndex(1)
        if everything:
            self._show_chosen()
        self._ask(snapshot)

    def _ask(self, snapshot: MarketSnapshot) -> None:
        if self._job is not None and not self._job.is_over:
            return
        if time.monotonic() - self._last < EVERY and all(
            k in self._asked for k, _ in self._stresses
        ):
            return
        run = self.context.run(snapshot)
        parts, keys = [], []
        for key, stress in self._stresses:
            known = self.reports.get(key)
            if self._asked.get(key) == run.end or (known is not None and known.is_final):
                continue
            calm = calm_from(stress, run.stresses)
            part = run.between(stress.start - CALM, stress.start + RECOVERY)
            if len(part.history) < 2 or part.end <= stress.start:
                continue
            parts.append((part, stress, calm))
            keys.append(key)
            self._asked[key] = run.end
        if parts:
            self._last = time.monotonic()
            self._job = self.context.worker.run(
                report_stresses,
                parts,
                done=lambda reports: self._take(dict(zip(keys, reports, strict=True))),
                failed=self._failed,
            )

    def _take(self, reports: dict[Key, StressReport]) -> None:
        live = {key for key, _ in self._stresses}
        self.reports = {k: r for k, r in (self.reports | reports).items() if k in live}
        self._asked = {k: t for k, t in self._asked.items() if k in live}
        self._show_table()
        self._show_chosen()

    def _failed(self, error: WorkerError) -> None:
        self.note.setText(f"The report failed: {error}")

    # -- showing --------------------------------------------------------------------------------

    def _list(self, stresses: list[tuple[Key, ActiveStress]]) -> None:
        chosen = self.choice.currentData()
        self.choice.blockSignals(True)
        self.choice.clear()
        for key, stress in stresses:
            self.choice.addItem(f"{title_of(stress)} · {clock(stress.start)}", key)
        keys = [key for key, _ in stresses]
        # A new stress is what people want to see.
        same = chosen in keys and len(keys) <= self.table.columnCount() - 1
        self.choice.setCurrentIndex(keys.index(chosen) if same and keys else 0)
        self.choice.blockSignals(False)
        self.table.setRowCount(0)
        self.table.set_columns(["Measure", *(heading_of(s) for _, s in stresses)])
        self._stresses = stresses
        self._show_table()

    def _show_table(self) -> None:
        found = [self.reports.get(key) for key, _ in self._stresses]
        if not found:
            return
        waits = TableCell("…", "Being measured")
        rows = [
            [TableCell("Known since its beginning", "At most an hour is looked at")]
            + [waits if r is None else TableCell(clock(r.since)) for r in found]
        ]
        for m in STRESS_MEASURES:
            row = [TableCell(m.title, m.tip, bold=m.key == "amplification")]
            for r in found:
                text = "…" if r is None else write(m, r.values)
                tip = "Not over yet; counted so far" if text.startswith(">") else ""
                if r is not None and not tip:
                    tip = reason_of(m, r.values, {})
                row.append(TableCell(text, tip, bold=m.key == "amplification"))
            rows.append(row)
        self.table.show_rows(rows)

    def _show_chosen(self) -> None:
        key = self.choice.currentData()
        report = None if key is None else self.reports.get(tuple(key))
        if report is None or self._snapshot is None:
            self.charts.clear()
            self.classes.setRowCount(0)
            self.note.setText("")
            self.charts.show_hint("Being measured …" if key is not None else "")
            return
        self.charts.show_report(report, self._snapshot, self.context.session.stress_log.spans)
        self.classes.show_rows(class_rows(report.classes))
        self.classes_panel.note.setText(self._class_note(report))
        if not report.calm > 0:
            self.note.setText("Another stress acted until then: there is no calm to compare with.")
            return
        note = (
            f"Volatility × calm before is a ratio within this run, over {clock(report.calm)} of "
            "calm: it tells what happened, not what caused it. Durations with “>” are not over yet."
        )
        if report.calm < CALM / 12:
            note += " So short a calm makes it uncertain."
        self.note.setText(note)

    def _class_note(self, report: StressReport) -> str:
        if not report.classes:
            return "recorded order flow does not tell who traded"
        best, worst = (f(report.classes, key=lambda c: c.pnl) for f in (max, min))
        if best.pnl <= 0 or worst.pnl >= 0:
            return "PnL while it acted, so far"
        return "while it acted, 15 min at most; PnL at mid, all types sum to zero"
