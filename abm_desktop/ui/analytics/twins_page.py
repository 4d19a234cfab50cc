"""This run over its twin: the same without a command, or the run that a fork has left.

Both are drawn over each other and measured over the same time. What differs was brought about by
the command alone, in this one market; matched runs (Experiments) tell how it is in general.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.titles import Shown, write
from abm_desktop.desk.analytics.twins import (
    TWIN_CURVES,
    TWIN_MEASURES,
    TwinReport,
    compare_twins,
)
from abm_desktop.desk.formats import clock, shorten, signed
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.run_data import RunData
from abm_desktop.live.twins import LEAD, SCENARIO_TRADERS, Twin, can_be_missed
from abm_desktop.ui.analytics.compare_charts import OverlayPlot, run_color
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.command_words import command_title
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import EmptyState, Legend
from abm_desktop.ui.worker import Job

__all__ = ["TwinsPage"]

NO_TWIN, COMPUTING = "No twin yet", "Computing both runs again …"
LOOK_MS = 20
EVERY = 5.0
"""Real seconds between two comparisons while the market runs."""
ORIGINAL = -1
"""Stands for the run that a fork has left, in place of a number of a command."""
LEAST = 5.0
"""Seconds of a twin that are worth to be measured."""
TITLES = {
    "price": ("Price", "mid, currency"),
    "volatility": ("Realised volatility", "% a year · 60 s"),
    "spread": ("Quoted spread", "bp of mid · 10 s mean"),
    "depth": ("Depth", "lots, five levels, mean of both sides · 10 s mean"),
}
EMPTY = (
    "Run the market and do something to it: inject a stress, switch a rule, load RL traders. Then "
    "this run is drawn over the same market without that. A fork is drawn over the run that it "
    "left."
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two runs that are to be compared."""

    left: float
    right: float
    runs: tuple[RunData | PackedRun, RunData | PackedRun]
    note: str = ""


class TwinsPage(AnalyticsPage):
    """A choice of twins, four charts, and a table of measures with their differences."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.report: TwinReport | None = None
        self._future: Future[Twin] | None = None
        self._look = QTimer(self)
        """Looks for the answer: a market that stands draws no frames."""
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._take_answer)
        self._job: Job | None = None
        self._asked: tuple[object, ...] = ()
        self._last = -math.inf
        self._wanted: int | None = None
        self._choices: list[tuple[int, str]] = []
        self._generation = -1
        self._title = ""
        """Of the twin on show."""

        self.choice = QComboBox()
        self.choice.setAccessibleName("Twin of this run")
        self.choice.setToolTip("The other run: everything else is the same")
        self.choice.setMinimumContentsLength(30)
        self.choice.currentIndexChanged.connect(lambda _index: self._choose())
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        line = QHBoxLayout()
        line.addWidget(QLabel("Compare this run with"))
        line.addWidget(self.choice)
        line.addWidget(self.note, 1)

        self.legend = Legend()
        self.plots: dict[str, OverlayPlot] = {}
        panels: dict[str, ChartPanel] = {}
        for key in TWIN_CURVES:
            title, unit = TITLES[key]
            plot = OverlayPlot(anchor=None if key == "price" else 0.0)
            plot.figure_x = "Simulated time since the open (h:mm:ss)"
            plot.setAccessibleName(f"{title} of both runs")
            plot.hovered.connect(self._point)
            self.plots[key] = plot
            panels[key] = ChartPanel(title, plot, unit, chart=plot)
        panels["price"].add_control(self.legend)
        below = QHBoxLayout()
        below.setSpacing(6)
        for key in ("volatility", "spread", "depth"):
            below.addWidget(panels[key], 1)
        charts = QWidget()
        column = QVBoxLayout(charts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(panels["price"], 5)
        column.addLayout(below, 4)
        self.table = ReportTable(
            "Measures of both runs", ["Measure", "This run", "Twin", "Δ", "Δ in %"]
        )
        self.table_panel = ChartPanel("Measures over the same time", self.table, chart=self.table)
        results = QSplitter()
        results.setChildrenCollapsible(False)
        results.setHandleWidth(6)
        results.addWidget(charts)
        results.addWidget(self.table_panel)
        results.setSizes([600, 460])
        self.empty = EmptyState(NO_TWIN, EMPTY)
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(results)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.places, 1)

    # -- the choice -----------------------------------------------------------------------------

    def choose(self, number: int) -> None:
        """Compare with the run without the command of this number."""
        self._wanted = number
        if self._snapshot is not None:
            self._list(self._snapshot)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Follow what there is to choose; compute again every few seconds while it runs."""
        self._snapshot = snapshot
        self._list(snapshot)
        running = snapshot.state is RunState.RUNNING
        if not running or time.monotonic() - self._last >= EVERY:
            self._compute()

    def _list(self, snapshot: MarketSnapshot) -> None:
        choices = self._found(snapshot)
        if choices != self._choices:
            chosen = self.choice.currentData()
            self._choices = choices
            self.choice.blockSignals(True)
            self.choice.clear()
            for number, title in choices:
                self.choice.addItem(title, number)
            # A fork is first compared with what it left.
            forked = ORIGINAL in dict(choices) and snapshot.generation != self._generation
            self._generation = snapshot.generation
            wanted = ORIGINAL if forked else chosen
            self.choice.setCurrentIndex(max(0, self.choice.findData(wanted)))
            self.choice.blockSignals(False)
        if self._wanted is not None and self.choice.findData(self._wanted) >= 0:
            self.choice.setCurrentIndex(self.choice.findData(self._wanted))
            self._wanted = None
        if not choices:
            self.empty.say(NO_TWIN, EMPTY)
            self.places.setCurrentIndex(0)
            self.report = None

    def _found(self, snapshot: MarketSnapshot) -> list[tuple[int, str]]:
        """Number and title of every twin that there is, the newest command first."""
        if snapshot.is_replay:
            return []
        found = []
        if self._original(snapshot) is not None:
            found.append((ORIGINAL, "the run that this fork left"))
        for entry in reversed(snapshot.commands):
            if can_be_missed(entry, snapshot.time):
                title = command_title(entry.command, snapshot.tick_size)
                found.append((entry.number, f"the same without No. {entry.number}: {title}"))
        scenario = self.context.session.scenario
        if snapshot.time > 0 and any(group.count for group in getattr(scenario, "rl", ())):
            found.append((SCENARIO_TRADERS, "the same without the RL traders of the scenario"))
        return found

    def _original(self, snapshot: MarketSnapshot) -> RunData | PackedRun | None:
        past = snapshot.forked_from
        if past is None:
            return None
        runs = self.context.session.run_log.runs
        return next((run.data for run in runs if run.generation == past[0]), None)

    def _choose(self) -> None:
        self._asked = ()
        self._future = None
        if self.choice.currentData() is not None:
            self.note.setText(COMPUTING)
        self._compute()

    # -- computing ------------------------------------------------------------------------------

    def _compute(self) -> None:
        """Have the twin computed, unless it was, or is on its way."""
        snapshot, number = self._snapshot, self.choice.currentData()
        if snapshot is None or number is None or self._future is not None:
            return
        if self._job is not None and not self._job.is_over:
            return
        asked = (snapshot.generation, number, snapshot.time)
        if asked == self._asked:
            return
        self._asked, self._last = asked, time.monotonic()
        if number == ORIGINAL:
            self._measure(self._fork_and_original(snapshot))
            return
        self.note.setText(COMPUTING)
        self.empty.say(COMPUTING, "")
        try:
            self._future = self.context.session.live.twin(number)
            self._look.start()
        except (ValueError, RuntimeError) as error:
            self._tell(str(error))

    def _take_answer(self) -> None:
        future = self._future
        if future is not None and not future.done():
            return
        self._look.stop()
        if future is None:
            return
        self._future = None
        error = future.exception()
        if error is not None:
            self._tell(f"The twin could not be computed: {error}")
            return
        twin = future.result()
        note = (
            f"{twin.refused} later commands were not possible in the other market."
            if twin.refused
            else ""
        )
        self._measure(_Pair(twin.left, twin.right, (twin.original, twin.other), note))

    def _fork_and_original(self, snapshot: MarketSnapshot) -> _Pair | None:
        original = self._original(snapshot)
        assert original is not None and snapshot.forked_from is not None
        left = snapshot.forked_from[1]
        right = min(original.end, snapshot.time)
        if original.end - left < LEAST:
            self.note.setText(
                f"The run that this fork left had come to {clock(original.end)}, where the fork "
                "begins: it has nothing to compare with. Fork from an earlier moment."
            )
            return None
        # At a whole second, where both have a sample.
        begin = float(max(0, math.floor(left - LEAD)))
        present = self.context.run(snapshot)
        if not isinstance(original, PackedRun):
            original = original.between(begin, right)
        return _Pair(left, right, (present.between(begin, right), original))

    def _measure(self, pair: _Pair | None) -> None:
        if pair is None:
            self.empty.say(NO_TWIN, EMPTY)
            self.places.setCurrentIndex(0)
            return
        if pair.right - pair.left < LEAST:
            self._tell(f"Let it run: {LEAST:g} simulated seconds are the least to measure.")
            return
        number, title = self.choice.currentData(), self.choice.currentText()

        def done(report: TwinReport) -> None:
            if number == self.choice.currentData():
                self._show(report, title, pair.note)
            else:  # another was chosen meanwhile
                self._compute()

        self._job = self.context.worker.run(
            compare_twins,
            *pair.runs,
            pair.left,
            pair.right,
            done=done,
            failed=lambda error: self._tell(str(error)),
        )

    def _tell(self, why: str) -> None:
        """Say why there is no twin."""
        self.note.setText(why)
        self.empty.say(NO_TWIN, EMPTY)

    # -- showing --------------------------------------------------------------------------------

    def _show(self, report: TwinReport, title: str, note: str) -> None:
        if title != self._title:
            self._title = title
            for plot in self.plots.values():
                plot.reset_range()
        self.report = report
        self.places.setCurrentIndex(1)
        names = ("this run", title)
        self.legend.set_entries([(run_color(k), shorten(n, 46)) for k, n in enumerate(names)])
        begin = max(0.0, report.left - LEAD)
        for key, plot in self.plots.items():
            plot.show_curves(
                [
                    (name, *curves[key])
                    for name, curves in zip(names, report.curves, strict=True)
                ],
                begin,
            )  # fmt: skip
            plot.show_moment(report.left)
        self.table_panel.note.setText(f"{clock(report.left)} to {clock(report.right)}")
        self.table.show_rows([self._row(m, *report.values) for m in TWIN_MEASURES])
        same = math.isnan(report.differs_at)
        found = (
            "They do not differ." if same else f"They differ from {clock(report.differs_at)} on."
        )
        told = "One market: how it is in general, matched runs (Experiments) tell."
        self.note.setText(" ".join(part for part in (found, note, told) if part))

    @staticmethod
    def _row(m: Shown, mine: dict[str, float], other: dict[str, float]) -> list[TableCell]:
        difference = mine.get(m.key, math.nan) - other.get(m.key, math.nan)
        base, bare = other.get(m.key, math.nan), replace(m, unit="")
        share = 100.0 * difference / abs(base) if base else math.nan
        return [
            TableCell(f"{m.title}, {m.unit}" if m.unit else m.title, m.tip),
            TableCell(write(bare, mine)),
            TableCell(write(bare, other)),
            TableCell(write(bare, {m.key: difference}, signed=True), bold=True),
            TableCell(signed(share, 0 if abs(share) >= 100.0 else 1)),
        ]

    def figure_source(self) -> str:
        """What is compared: scenario and seed of the run, and its twin."""
        run = self.context.session.provenance.line(self._snapshot)
        return f"{run}, over {self.choice.currentText()}"

    def _point(self, at: float, _value: float) -> None:
        for plot in self.plots.values():
            plot.show_cursor(at, "" if math.isnan(at) else plot.describe(at))
