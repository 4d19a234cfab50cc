"""Experiments: files to choose from, the one that runs, and what was found."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.experiments.messages import Done, Ended, Failure, Start
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.analytics.compute import experiments as compute
from abm_desktop.ui.analytics.compute.experiments import (
    FileEntry,
    PlanReport,
    Problems,
    ResultEntry,
    ResultReport,
)
from abm_desktop.ui.analytics.context import AnalyticsPage, Context
from abm_desktop.ui.analytics.experiment_controller import ExperimentController, RunState
from abm_desktop.ui.analytics.experiment_result import ExperimentResult
from abm_desktop.ui.analytics.experiment_setup import ExperimentSetup, duration
from abm_desktop.ui.session import Finding, Trouble
from abm_desktop.ui.widgets.formats import shorten, whole
from abm_desktop.ui.widgets.panel import EmptyState, Panel
from abm_desktop.ui.widgets.plots import resolve_color
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["ExperimentsPage"]

LIST_WIDTH = 240
SUFFIX = ".toml"
REST = 15.0
"""Real seconds, at the least, between two looks at the results of what runs."""
SHARE_OF_TIME = 0.1
"""Of the process for computations, at the most, for these looks."""
_KEY = Qt.ItemDataRole.UserRole


class ExperimentsPage(AnalyticsPage):
    """Lists at the left; at the right the chosen file, or the chosen results."""

    def __init__(self, context: Context, client: Any = None) -> None:
        super().__init__(context)
        self.files: list[FileEntry] = []
        self.results: list[ResultEntry] = []
        self.controller = ExperimentController(self, client)
        self._opened: list[Path] = []
        self._timed: dict[Path, float] = {}
        self._timing: Job | None = None
        self._reading: Job | None = None
        self._looking: Job | None = None
        self._listing: Job | None = None
        self._looked, self._look_took = 0.0, 0.0
        self._listed_folder = False
        self._shown: ResultEntry | None = None

        self.file_list = self._make_list(self.tr("Experiment files"))
        self.file_list.currentItemChanged.connect(lambda item, _old: self._file_chosen(item))
        self.file_list.itemClicked.connect(self._file_clicked)
        self.result_list = self._make_list(self.tr("Results of experiments"))
        self.result_list.currentItemChanged.connect(lambda item, _old: self._result_chosen(item))
        self.result_list.itemClicked.connect(self._result_clicked)
        self.open_button = QPushButton(self.tr("Open file…"))
        self.open_button.setToolTip(self.tr("An experiment's file (.toml); or drop it here"))
        self.open_button.clicked.connect(self.open_file)
        self.refresh_button = QPushButton(self.tr("Look again"))
        self.refresh_button.setToolTip(self.tr("Read the lists of files and results anew"))
        self.refresh_button.clicked.connect(self.refresh)
        self.no_results = QLabel(self.tr("None yet. Start an experiment."))
        self.no_results.setObjectName("panelNote")
        self.no_results.setContentsMargins(8, 4, 8, 4)
        self.no_results.setWordWrap(True)

        self.setup = ExperimentSetup()
        self.setup.seeds_changed.connect(self._read_plan)
        self.setup.start_requested.connect(self.start)
        self.setup.timing_requested.connect(self.time_runs)
        self.result = ExperimentResult()
        self.result.open_requested.connect(self.open_report)
        self.result.folder_requested.connect(self.show_folder)
        self.result.export_requested.connect(self.export)
        self.result.resume_requested.connect(self.resume_shown)
        self.result.report_requested.connect(lambda: self._go_on(report_only=True))
        self.empty = EmptyState(
            self.tr("Ask the market a question"),
            self.tr(
                "An experiment runs many matched markets with and without a treatment, and tells "
                "the difference with confidence intervals. Choose one at the left, or open a file."
            ),
        )
        self.places = QStackedWidget()
        for page in (self.empty, self.setup, self.result):
            self.places.addWidget(page)

        self.strip = self._make_strip()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_progress)
        self.controller.changed.connect(self._follow)
        self.controller.ended.connect(self._ended)

        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.strip)
        column.addWidget(self.places, 1)
        lists = QSplitter(Qt.Orientation.Vertical)
        lists.addWidget(self._list_panel(self.tr("Experiments"), self.file_list, self.open_button))
        lists.addWidget(
            self._list_panel(
                self.tr("Results"), self.result_list, self.refresh_button, self.no_results
            )
        )
        lists.setMinimumWidth(LIST_WIDTH)
        splitter = QSplitter()
        for part in (lists, splitter):
            part.setChildrenCollapsible(False)
            part.setHandleWidth(6)
        splitter.addWidget(lists)
        splitter.addWidget(right)
        splitter.setSizes([LIST_WIDTH, 900])
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.setAcceptDrops(True)
        self._follow()

    def _make_list(self, name: str) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName(name)
        made.setWordWrap(True)
        made.setSpacing(1)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return made

    @staticmethod
    def _list_panel(title: str, shown: QListWidget, button: QPushButton, *more: QWidget) -> Panel:
        body = QWidget()
        body.setObjectName("panelBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(4, 0, 4, 4)
        column.setSpacing(4)
        for widget in more:
            column.addWidget(widget)
        column.addWidget(shown, 1)
        column.addWidget(button)
        return Panel(title, body)

    def _make_strip(self) -> Panel:
        body = QWidget()
        body.setObjectName("panelBody")
        line = QHBoxLayout(body)
        line.setContentsMargins(10, 0, 8, 4)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress of the experiment"))
        self.bar.setMinimumWidth(180)
        self.told = QLabel()
        self.told.setObjectName("panelNote")
        self.pause_button = QPushButton(self.tr("Pause"))
        self.pause_button.clicked.connect(self.pause)
        self.stop_button = QPushButton(self.tr("Cancel"))
        self.stop_button.clicked.connect(self.stop)
        line.addWidget(self.bar, 2)
        line.addWidget(self.told, 3)
        line.addWidget(self.pause_button)
        line.addWidget(self.stop_button)
        strip = Panel("", body)
        strip.setProperty("level", "accent")
        return strip

    # -- the lists ------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Nothing here is about the present run."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read the lists when the page comes into view."""
        super().showEvent(event)
        if self._listing is None or self._listing.is_over:
            self.refresh()

    def refresh(self) -> None:
        """Read the files and the results anew."""
        self._run(compute.list_files, tuple(self._opened), done=self._show_files)
        self._list_results()

    def _list_results(self) -> None:
        self._listing = self._run(compute.list_results, done=self._show_results)

    def _run(self, work: Callable[..., Any], *arguments: Any, done: Callable[[Any], None]) -> Job:
        return self.context.worker.run(work, *arguments, done=done, failed=self._failed)

    def _failed(self, error: WorkerError) -> None:
        self.context.session.trouble.emit(
            Trouble(self.tr("This could not be read"), str(error), details=error.details)
        )

    def _show_files(self, files: list[FileEntry]) -> None:
        self.files = files
        rows = []
        for entry in files:
            text = entry.fault or entry.question
            tip = f"{entry.path}\n{text}"
            rows.append((str(entry.path), entry.name, text, tip, bool(entry.fault)))
        _fill(self.file_list, rows)

    def _show_results(self, results: list[ResultEntry]) -> None:
        self.results = results
        rows = []
        for entry in results:
            runs = (
                whole(entry.runs)
                if entry.is_finished
                else self.tr("{n} of {total}").format(
                    n=whole(entry.runs), total=whole(entry.of or 0)
                )
            )
            state = (
                self.tr("running")
                if self._is_running(entry)
                else self.tr("unfinished")
                if not entry.is_finished
                else self.tr("report")
                if entry.report
                else self.tr("no report")
            )
            when = f"{entry.when:%d %b %H:%M}"
            text = self.tr("{when} · {runs} runs · {state}").format(
                when=when, runs=runs, state=state
            )
            warn = not entry.is_finished and not self._is_running(entry)
            rows.append((str(entry.folder), entry.name, text, str(entry.folder), warn))
        _fill(self.result_list, rows)
        self.no_results.setVisible(not rows)
        if self._shown is not None:
            again = next((e for e in results if e.folder == self._shown.folder), None)
            if again is not None:
                self._shown = again
                self._show_entry()

    def _is_running(self, entry: ResultEntry) -> bool:
        return self.controller.is_running and entry.folder == self.controller.folder

    # -- files ----------------------------------------------------------------------------------

    def open_file(self) -> None:
        """Ask for an experiment's file."""
        start = self.context.session.settings.folder("experiment") or str(Path.home())
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open an experiment"), start, self.tr("Experiments (*.toml)")
        )
        if name:
            self.take_file(Path(name))

    def take_file(self, path: Path) -> None:
        """Put a file on the list, and choose it."""
        path = path.expanduser().absolute()
        self.context.session.settings.set_folder("experiment", str(path.parent))
        if path not in self._opened:
            self._opened.append(path)

        def choose(files: list[FileEntry]) -> None:
            self._show_files(files)
            self.choose_file(path)

        self._run(compute.list_files, tuple(self._opened), done=choose)

    def choose_file(self, path: Path) -> None:
        """Choose a file of the list."""
        item = _item(self.file_list, str(path))
        if item is not None:
            self.file_list.setCurrentItem(item)
            self._file_chosen(item)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take experiments' files; others are the window's."""
        if _dropped(event) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file dropped."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.take_file(path)

    def _file_clicked(self, item: QListWidgetItem) -> None:
        """Read a file anew that was chosen already: it may have been mended."""
        if self._reading is None or self._reading.is_over:
            self._file_chosen(item)

    def _file_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self._unchoose(self.result_list)
        self._shown = None
        self._read_plan_of(Path(item.data(_KEY)), None)

    @staticmethod
    def _unchoose(other: QListWidget) -> None:
        other.blockSignals(True)
        other.setCurrentRow(-1)
        other.clearSelection()
        other.blockSignals(False)

    def _read_plan(self, seeds: int) -> None:
        if self.setup.plan is not None:
            self._read_plan_of(self.setup.plan.path, seeds)

    def _read_plan_of(self, path: Path, seeds: int | None) -> None:
        if self._reading is not None and not self._reading.is_over:
            # Not cancelled: that would end the process and its loaded libraries with it.
            self._reading.is_over = True
        self._reading = self._run(compute.read_plan, path, seeds, done=self._show_plan)

    def _show_plan(self, plan: PlanReport | Problems) -> None:
        if isinstance(plan, Problems):
            findings = tuple(Finding(*finding) for finding in plan.findings)
            self.context.session.trouble.emit(
                Trouble(
                    self.tr("{name} is not a valid experiment").format(name=plan.path.name),
                    self.tr("Mend the file, then choose it again."),
                    findings,
                    file=plan.path,
                )
            )
            return
        if self._shown is not None:
            return  # results were chosen meanwhile
        self.setup.show_plan(plan, plan.run_seconds or self._timed.get(plan.path))
        self._allow()
        self.places.setCurrentWidget(self.setup)

    def time_runs(self) -> None:
        """Make and time some runs, to tell how long all will take."""
        plan = self.setup.plan
        if plan is None or (self._timing is not None and not self._timing.is_over):
            return
        self.setup.time_button.setEnabled(False)
        self.setup.cost.setText(self.tr("Timing some runs …"))

        def done(seconds: float) -> None:
            self._timed[plan.path] = seconds
            self.setup.time_button.setEnabled(True)
            now = self.setup.plan
            if now is not None and now.path == plan.path:
                self.setup.show_plan(now, seconds)

        def failed(error: WorkerError) -> None:
            self.setup.time_button.setEnabled(True)
            self.setup.cost.setText(str(error))

        self._timing = self.context.worker.run(
            compute.seconds_per_run, plan.path, done=done, failed=failed
        )

    # -- the experiment that runs ---------------------------------------------------------------

    def start(self) -> None:
        """Start the chosen file, or go on with it; with results on show, go on with these."""
        if self._shown is not None:
            self.resume_shown()
            return
        plan = self.setup.plan
        if plan is None or self.controller.is_running:
            return
        address = self.setup.address.text().strip()
        self._begin(
            Start(
                str(plan.path),
                seeds=self.setup.seeds.value(),
                workers=self.setup.workers.value(),
                address=address,
                out=str(plan.folder),
                report_only=plan.finished >= plan.total,
            ),
            plan.name,
            plan.folder,
        )

    def resume_shown(self) -> None:
        """Go on with the results on show, where they are unfinished."""
        if self._shown is not None and not self._shown.is_finished:
            self._go_on(report_only=False)

    def _go_on(self, *, report_only: bool) -> None:
        entry = self._shown
        if entry is None or entry.source is None or self.controller.is_running:
            return
        self._begin(
            Start(
                str(entry.source),
                seeds=entry.seeds,
                workers=self.setup.workers.value(),
                address=self.setup.address.text().strip(),
                out=str(entry.folder),
                report_only=report_only,
            ),
            entry.name,
            entry.folder,
        )

    def _begin(self, start: Start, title: str, folder: Path) -> None:
        self._listed_folder = False
        self._looked, self._look_took = time.monotonic(), 0.0
        self.controller.start(start, title, folder)

    def pause(self) -> None:
        """Pause the experiment, or go on where it is paused."""
        self.controller.pause()

    def stop(self) -> None:
        """End the experiment; what is finished is kept."""
        self.controller.stop()

    async def end_work(self) -> None:
        """End the experiment's process; what is finished is kept."""
        self._tick.stop()
        await self.controller.close()

    def _follow(self) -> None:
        state = self.controller.state
        self.strip.setVisible(self.controller.is_running)
        if self.controller.is_running != self._tick.isActive():
            (self._tick.start if self.controller.is_running else self._tick.stop)()
        waits = state in (RunState.PAUSED, RunState.PAUSING)
        self.pause_button.setText(self.tr("Resume") if waits else self.tr("Pause"))
        self.pause_button.setToolTip(
            self.tr("Go on") if waits else self.tr("Finish the runs under way, then wait")
        )
        self.pause_button.setEnabled(waits or state is RunState.RUNNING)
        stopping = state is RunState.STOPPING
        self.stop_button.setText(self.tr("End now") if stopping else self.tr("Cancel"))
        self.stop_button.setToolTip(
            self.tr("End the process at once; finished runs are kept")
            if stopping
            else self.tr("End after the runs under way; finished runs are kept, to go on from")
        )
        self._allow()
        self._show_progress()
        if self.controller.status is not None and state is RunState.RUNNING:
            self._look()

    def _allow(self) -> None:
        busy = self.controller.is_running
        self.setup.allow_start(
            not busy, self.tr("An experiment runs already; cancel it first.") if busy else ""
        )

    def _show_progress(self) -> None:
        if not self.controller.is_running:
            return
        status, state = self.controller.status, self.controller.state
        titles = {
            RunState.STARTING: self.tr("starting"),
            RunState.RUNNING: self.tr("running"),
            RunState.PAUSING: self.tr("pausing after the runs under way"),
            RunState.PAUSED: self.tr("paused"),
            RunState.STOPPING: self.tr("ending after the runs under way"),
            RunState.REPORTING: self.tr("writing the report"),
        }
        title = titles.get(state, "")
        if status is not None and status.state == "sizing":
            title = self.tr("finding how many RL traders fill each share")
        elif status is not None and status.state == "facts":
            title = self.tr("checking stylised facts")
        self.strip.title.setText(self.controller.title)
        self.strip.note.setText(title)
        known = status is not None and status.total > 0 and status.state not in ("report",)
        self.bar.setRange(0, status.total if known and status is not None else 0)
        parts = []
        if status is not None and known:
            self.bar.setValue(status.done)
            parts.append(
                self.tr("{n} of {total} runs").format(
                    n=whole(status.done), total=whole(status.total)
                )
                if status.state not in ("sizing", "facts")
                else f"{status.done} / {status.total}"
            )
            if status.markets:
                parts.append(self.tr("{n} markets done").format(n=whole(status.markets)))
            left = self.controller.seconds_left
            if left is not None:
                parts.append(self.tr("{time} left").format(time=duration(left)))
            if status.lost_workers:
                parts.append(self.tr("{n} workers lost").format(n=status.lost_workers))
        elif status is not None and status.detail:
            parts.append(shorten(status.detail, 60))
        self.told.setText(" · ".join(parts))

    def _look(self) -> None:
        """List the new results, then show every so often what they tell so far."""
        folder, status = self.controller.folder, self.controller.status
        if folder is None or status is None or status.state not in ("running", "resumed"):
            return
        if not self._listed_folder:
            self._listed_folder = True
            self._listing = self._run(compute.list_results, done=self._show_running)
            return
        busy = self._looking is not None and not self._looking.is_over
        rest = max(REST, self._look_took / SHARE_OF_TIME)
        on_show = self._shown is not None and self._shown.folder == folder and self.isVisible()
        if not busy and on_show and time.monotonic() - self._looked >= rest:
            self._looked = time.monotonic()
            self._list_results()
            self._read_result()

    def _show_running(self, results: list[ResultEntry]) -> None:
        self._show_results(results)
        if self.controller.folder is not None and self.controller.is_running:
            self.choose_result(self.controller.folder)

    def _ended(self, message: Done | Ended | Failure) -> None:
        session, folder = self.context.session, self.controller.folder
        if isinstance(message, Done):
            session.said.emit(
                self.tr("The experiment “{name}” is finished: {n} of {total} runs.").format(
                    name=self.controller.title, n=whole(message.runs), total=whole(message.of)
                )
            )
        elif isinstance(message, Ended):
            session.said.emit(
                self.tr("The experiment “{name}” was ended; what is finished is kept.").format(
                    name=self.controller.title
                )
            )
        else:
            session.trouble.emit(
                Trouble(
                    self.tr("The experiment cannot go on"),
                    f"{message.message} {message.remedy}".strip(),
                    details=message.details,
                )
            )

        def show(results: list[ResultEntry]) -> None:
            self._show_results(results)
            if folder is not None and not isinstance(message, Failure):
                self.choose_result(folder)

        self._listing = self._run(compute.list_results, done=show)

    # -- results --------------------------------------------------------------------------------

    def choose_result(self, folder: Path) -> None:
        """Choose results of the list."""
        item = _item(self.result_list, str(folder))
        if item is not None:
            self.result_list.blockSignals(True)
            self.result_list.setCurrentItem(item)
            self.result_list.blockSignals(False)
            self._result_chosen(item)

    def _result_clicked(self, item: QListWidgetItem) -> None:
        if self._looking is None or self._looking.is_over:
            self._result_chosen(item)

    def _result_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self._unchoose(self.file_list)
        folder = Path(item.data(_KEY))
        entry = next((e for e in self.results if e.folder == folder), None)
        if entry is None:
            return
        fresh = self._shown is None or self._shown.folder != folder
        self._shown = entry
        self._show_entry()
        if fresh:
            self.result.say(self.tr("Reading the results"), str(folder))
        self.places.setCurrentWidget(self.result)
        self._read_result()

    def _show_entry(self) -> None:
        if self._shown is not None:
            self.result.show_entry(
                self._shown, busy=self.controller.is_running, here=self._is_running(self._shown)
            )

    def _read_result(self) -> None:
        entry = self._shown
        if entry is None:
            return
        if entry.runs == 0 and not self._is_running(entry):
            self.result.say(
                self.tr("No run is finished"), self.tr("Press “Resume” to go on with it.")
            )
            return
        began = time.monotonic()

        def done(report: ResultReport) -> None:
            self._look_took = time.monotonic() - began
            if self._shown is not None and self._shown.folder == report.folder:
                self.result.show_report(report)

        def failed(error: WorkerError) -> None:
            if self._shown is entry and self.result.report is None:
                self.result.say(self.tr("These results cannot be shown"), str(error))

        self._looking = self.context.worker.run(
            compute.read_result, entry, done=done, failed=failed
        )

    def open_report(self) -> None:
        """Open the full report in the program for web pages."""
        if self._shown is not None and self._shown.report is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.report)))

    def show_folder(self) -> None:
        """Open the folder of the results on show."""
        if self._shown is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.folder)))

    def export(self) -> None:
        """Ask for a folder, and save the tables of the results on show there as CSV."""
        if self._shown is None:
            return
        start = self.context.session.settings.folder("experiment_export") or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export the tables"), start)
        if folder:
            self.context.session.settings.set_folder("experiment_export", folder)
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Save the tables of the results on show as CSV into a folder."""
        if self._shown is None:
            return

        def done(count: int) -> None:
            self.context.session.said.emit(
                self.tr("{n} tables were saved in {folder}.").format(n=count, folder=folder)
            )

        self._run(compute.export_tables, self._shown, folder, done=done)


def _fill(shown: QListWidget, rows: list[tuple[str, str, str, str, bool]]) -> None:
    """Show (key, title, text, tip, warn) rows; the chosen one stays chosen."""
    current = shown.currentItem()
    key = None if current is None else current.data(_KEY)
    shown.blockSignals(True)
    shown.clear()
    for row_key, title, text, tip, warn in rows:
        item = QListWidgetItem(f"{title}\n{shorten(text, 90)}" if text else title)
        item.setData(_KEY, row_key)
        item.setToolTip(tip)
        if warn:
            item.setForeground(resolve_color("warning"))
        shown.addItem(item)
        if row_key == key:
            shown.setCurrentItem(item)
    if key is None:
        shown.setCurrentRow(-1)
    shown.blockSignals(False)


def _item(shown: QListWidget, key: str) -> QListWidgetItem | None:
    items = (shown.item(k) for k in range(shown.count()))
    return next((item for item in items if item.data(_KEY) == key), None)


def _dropped(event: QDropEvent) -> Path | None:
    """The file dropped, where it is one that an experiment may be in."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if paths and paths[0].suffix.lower() == SUFFIX else None
