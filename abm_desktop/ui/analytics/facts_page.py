"""The stylised facts of the session so far, and of many sessions, measured when asked for."""

from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from abm_desktop.desk.analytics.fact_sessions import FactSessions, measure_sessions
from abm_desktop.desk.analytics.facts import SHORTEST, measure_facts
from abm_desktop.desk.formats import clock
from abm_desktop.live import MarketSnapshot
from abm_desktop.metrics.stylized_facts.suite import Fact
from abm_desktop.statements import Statement
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.fact_charts import FactCharts
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.range_picture import PICTURE, RangeDelegate, picture_of
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.worker import Job, Worker, WorkerError

if TYPE_CHECKING:
    from abm_desktop.metrics.stylized_facts.suite import Fact

__all__ = ["FactsPage"]

SESSIONS = 20
MOST_SESSIONS = 400
PICTURES = 7
"""Column of the pictures."""
PICTURE_WIDTH = 150
PICTURE_TIP = "Shaded: the accepted range. Dot and line: the value and its interval over sessions"
_COLORS = {"PASS": "good", "NOT SHOWN": "warning", "WARN": "warning", "FAIL": "danger"}
_GATES = {"hard": "hard", "soft": "soft", "report": "report"}


class FactsPage(AnalyticsPage):
    """A table: fact, value, accepted range, verdict, source."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.facts: list[Fact] = []
        self._job: Job | None = None
        self._sessions_worker: Worker | None = None
        """A process of its own: many sessions take minutes, and other pages must not wait."""
        self.start = QPushButton("Measure this session")
        self.start.setProperty("role", "primary")
        self.start.setToolTip("Measure the session so far, in another process")
        self.start.clicked.connect(self.measure)
        self.sessions = WholeBox(" sessions")
        self.sessions.setRange(2, MOST_SESSIONS)
        self.sessions.setValue(SESSIONS)
        self.sessions.setAccessibleName("Number of sessions")
        self.sessions.setToolTip("Whole sessions of the open scenario, each with a seed of its own")
        self.start_many = QPushButton("Measure many sessions")
        self.start_many.setToolTip(
            "Run them in another process, and measure all together, with intervals; each takes "
            "some seconds of a core"
        )
        self.start_many.clicked.connect(self.measure_many)
        self.stop = QPushButton("Cancel")
        self.stop.clicked.connect(self.cancel)
        self.stop.hide()
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("Progress of the facts")
        self.progress.setFixedWidth(260)
        self.progress.hide()
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.warning.setObjectName("panelNote")
        self.copy = QPushButton("Copy the command")
        self.copy.setToolTip(
            "Put “abm-desktop facts” for this scenario on the clipboard, for a terminal"
        )
        self.copy.clicked.connect(self.copy_command)
        self.told = QLabel()
        self.told.setFont(theme.mono_font(9.0))
        self.told.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.told.setAccessibleName("Command for many sessions")
        self.sessions.valueChanged.connect(lambda _n: self.told.setText(self.command))
        below = QHBoxLayout()
        below.setContentsMargins(2, 0, 2, 0)
        below.addWidget(self.told)
        below.addWidget(self.copy)
        below.addStretch(1)
        line = QHBoxLayout()
        line.setContentsMargins(2, 0, 2, 0)
        for widget in (
            self.start, self.start_many, self.sessions, self.stop, self.progress, self.note,
        ):  # fmt: skip
            line.addWidget(widget)
        line.addStretch(1)
        self.table = ReportTable(
            "Stylised facts",
            ["Fact", "Source", "Gate", "Value", "95 % interval", "Accepted", "Verdict", "In range"],
            text_columns=3,
        )
        self.table.setItemDelegateForColumn(PICTURES, RangeDelegate(self.table))
        self.table.set_columns(self.table.titles(), [""] * PICTURES + [PICTURE_TIP])
        header = self.table.horizontalHeader()
        # Its name tells a fact from the others; a source may be cut.
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PICTURES, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(PICTURES, PICTURE_WIDTH)
        self.table_panel = ChartPanel("Stylised facts", self.table, chart=self.table)
        self.charts = FactCharts()
        self.charts.hide()
        self.panel = QSplitter(Qt.Orientation.Vertical)
        self.panel.setChildrenCollapsible(False)
        self.panel.setHandleWidth(6)
        self.panel.addWidget(self.table_panel)
        self.panel.addWidget(self.charts)
        self.panel.setStretchFactor(0, 3)
        self.panel.setStretchFactor(1, 2)
        self.empty = EmptyState(
            "Not measured yet",
            f"Let the market run for {round(SHORTEST / 60)} minutes or more, then press “Measure "
            "this session”, or measure many sessions at once: fat tails, clustered volatility, "
            "memory of order signs and others, each with the range of real markets.",
        )
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.warning)
        layout.addLayout(below)
        layout.addWidget(self.places, 1)

    @property
    def command(self) -> str:
        """The command that measures the facts of the present scenario as they should be."""
        file = self.context.session.file
        if file is None:
            return f"abm-desktop facts calm --sessions {self.sessions.value()}"
        name = file.stem if file in self.context.session.bundled() else shlex.quote(str(file))
        if self._snapshot is not None and self._snapshot.is_replay:
            return f"abm-desktop facts {name}"
        return f"abm-desktop facts {name} --sessions {self.sessions.value()}"

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Know what there is to measure."""
        self._snapshot = snapshot
        if everything:
            self.warning.setText(
                "One session is too short for a verdict: tails and clustering fail in half of "
                "the single sessions of a scenario that passes over forty. Measure many, here or "
                "in a terminal:"
            )
            self.told.setText(self.command)

    def leave_run(self) -> None:
        """Say that the facts on show are those of a run that is over."""
        super().leave_run()
        if self.facts:
            self.note.setText("of the run before; measure again")

    def measure(self) -> None:
        """Measure the facts of the session so far."""
        snapshot = self._snapshot
        if snapshot is None or (self._job is not None and not self._job.is_over):
            return
        run = self.context.run(snapshot)
        self._set_busy(True)
        self.progress.setValue(0)
        self.progress.setFormat("preparing")
        length = run.end - run.start
        self.note.setText("")
        self._job = self.context.worker.run(
            measure_facts,
            run.between(run.start, run.end) if len(run.history) else run,
            done=lambda facts: self._show(facts, length),
            failed=self._failed,
            progress=self._progress,
        )

    def measure_many(self) -> None:
        """Run many sessions of the open scenario, and measure their facts together."""
        scenario = self.context.session.scenario
        if self._job is not None and not self._job.is_over:
            return
        if scenario is None:
            self.note.setText("There is no scenario to run again: open one (Ctrl+O).")
            return
        if self._sessions_worker is None:
            self._sessions_worker = Worker(self)
        seeds = tuple(range(scenario.seed, scenario.seed + self.sessions.value()))
        self._set_busy(True)
        self.progress.setValue(0)
        self.progress.setFormat("preparing the market")
        self.note.setText("")
        self._job = self._sessions_worker.run(
            measure_sessions,
            scenario,
            seeds,
            done=self._show_many,
            failed=self._failed,
            progress=self._progress,
        )

    async def end_work(self) -> None:
        """End the process of the sessions."""
        if self._sessions_worker is not None:
            self._sessions_worker.close()

    def cancel(self) -> None:
        """Stop measuring."""
        if self._job is not None:
            self._job.cancel()
        self._set_busy(False)
        self.note.setText("cancelled")

    def copy_command(self) -> None:
        """Put the command on the clipboard."""
        QGuiApplication.clipboard().setText(self.command)
        self.note.setText("copied: paste it into a terminal")

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.start, self.start_many, self.sessions):
            widget.setEnabled(not busy)
        self.stop.setVisible(busy)
        self.progress.setVisible(busy)

    def _progress(self, share: float, what: Statement) -> None:
        self.progress.setValue(round(1000 * share))
        self.progress.setFormat(str(what))

    def _failed(self, error: WorkerError) -> None:
        self._set_busy(False)
        self.note.setText(str(error))

    def _show(self, facts: list[Fact], length: float) -> None:
        self.charts.hide()
        self._show_facts(facts, f"{clock(length)} of trading")

    def _show_many(self, found: FactSessions) -> None:
        self.charts.show_curves(found.curves)
        self.charts.show()
        first, last = found.seeds[0], found.seeds[-1]
        self._show_facts(
            list(found.facts), f"{found.name}, {len(found.seeds)} sessions, seeds {first} to {last}"
        )

    def _show_facts(self, facts: list[Fact], what: str) -> None:
        self._set_busy(False)
        self.facts = facts
        counts = {name: sum(f.verdict == name for f in facts) for name in _COLORS}
        parts = [f"{counts['PASS']} pass"]
        parts += [f"{counts['NOT SHOWN']} not shown"] if counts["NOT SHOWN"] else []
        parts += [f"{counts['WARN']} nearly"] if counts["WARN"] else []
        parts += [
            f"{counts['FAIL']} fail",
            f"{sum(not math.isfinite(f.value) for f in facts)} cannot be told",
        ]
        self.note.setText(f"{what}: {', '.join(parts)}")
        self.table.show_rows([_row(f) for f in facts])
        for row, fact in enumerate(facts):
            item = self.table.item(row, PICTURES)
            assert item is not None
            item.setData(PICTURE, picture_of(fact))
        self.places.setCurrentWidget(self.panel)


def _row(f: Fact) -> list[TableCell]:
    return [
        TableCell(str(f.what), _note(f) or f.source),
        TableCell(_note(f) or f.source, f.source, color="muted"),
        TableCell(_GATES[f.gate], color="muted"),
        TableCell(_number(f.value), _note(f)),
        TableCell(_interval(f), color="muted"),
        TableCell(_range(f)),
        TableCell(
            f.verdict if f.verdict in _COLORS else "–",
            _note(f),
            color=_COLORS.get(f.verdict, "muted"),
            bold=f.verdict in _COLORS,
        ),
        TableCell("", f"{_number(f.value)}, accepted: {_range(f)}" if _range(f) else ""),
    ]


def _note(fact: Fact) -> str:
    return str(fact.note) if fact.note is not None else ""


def _range(fact: Fact) -> str:
    """The accepted range, "" if there is none."""
    low, high = math.isfinite(fact.accept_low), math.isfinite(fact.accept_high)
    text = fact.accept
    if low and high:
        text = f"{fact.accept_low:g} to {fact.accept_high:g}"
    return text.replace("-", "−")


def _interval(fact: Fact) -> str:
    """The interval over sessions, "" for a single one."""
    known = math.isfinite(fact.low) and math.isfinite(fact.high)
    return f"{_number(fact.low)} to {_number(fact.high)}" if known else ""


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"
    return text.replace("-", "−")
