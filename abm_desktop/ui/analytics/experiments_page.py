"""Experiments: files to choose from, the one that runs, and what was found."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from abm_desktop.desk.analytics import experiment_plan as planning
from abm_desktop.desk.analytics import experiments as compute
from abm_desktop.desk.analytics.experiment_plan import PlanReport, Problems
from abm_desktop.desk.analytics.experiments import (
    FileEntry,
    MarketPaths,
    ResultEntry,
    ResultReport,
)
from abm_desktop.desk.formats import whole, with_capital
from abm_desktop.experiments.design import experiments_dir
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
)
from abm_desktop.live import MarketSnapshot
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import FlashCrash
from abm_desktop.statements import counted
from abm_desktop.ui.analytics.builder.drafting import Drafting
from abm_desktop.ui.analytics.experiment_controller import ExperimentController, ExperimentState
from abm_desktop.ui.analytics.experiment_lists import LIST_WIDTH, ExperimentLists
from abm_desktop.ui.analytics.experiment_result import ExperimentResult
from abm_desktop.ui.analytics.experiment_setup import ExperimentSetup
from abm_desktop.ui.analytics.experiment_strip import ExperimentStrip
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.trouble import Finding, Trouble
from abm_desktop.ui.widgets.drops import accept_copy
from abm_desktop.ui.widgets.fields import readable
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["ExperimentsPage"]

SUFFIX = ".toml"
REST = 15.0
"""Real seconds, at the least, between two looks at the results of what runs."""
SHARE_OF_TIME = 0.1
"""Of the process for computations, at the most, for these looks."""
STOPPED = "The experiment cannot go on"


class ExperimentsPage(AnalyticsPage):
    """Lists at the left; at the right the chosen file, or the chosen results."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        session = context.session
        self.controller = ExperimentController(
            session.laboratory.experiments, self, goes_on=session.shares_laboratory
        )
        self._followed: int | None = None
        """The experiment whose results were looked for."""
        self._opened: list[Path] = []
        self._timed: dict[Path, float] = {}
        self._timing: Job | None = None
        self._begun_when_read: Path | None = None
        """The file that is to be started as soon as its plan is there."""
        self._reading: Job | None = None
        self._looking: Job | None = None
        self._listing: Job | None = None
        self._looked, self._look_took = 0.0, 0.0
        self._listed_folder = False
        self._shown: ResultEntry | None = None
        self.lists = ExperimentLists()
        self.lists.file_chosen.connect(self._file_chosen)
        self.lists.result_chosen.connect(self._result_chosen)
        self.lists.open_button.clicked.connect(self.open_file)
        self.lists.refresh_button.clicked.connect(self.refresh)
        self.setup = ExperimentSetup()
        self.setup.seeds_changed.connect(self._read_plan)
        self.setup.start_requested.connect(self.start)
        self.setup.timing_requested.connect(self.time_runs)
        self.result = ExperimentResult()
        self.result.open_requested.connect(self.open_report)
        self.result.folder_requested.connect(self.show_folder)
        self.result.export_requested.connect(self.export)
        self.result.resume_requested.connect(self.resume_shown)
        self.result.paths_requested.connect(self.show_one_market)
        self.result.report_requested.connect(lambda: self._go_on(report_only=True))
        self.empty = EmptyState(
            "Ask the market a question",
            "An experiment runs many matched markets with and without a treatment, and tells "
            "the difference with confidence intervals. Choose one at the left, or open a file.",
        )
        self.faulty = EmptyState("", "")
        self.mend_button = self.faulty.offer("Mend it in the form")
        self.mend_button.setToolTip("With each fault at its field")
        self.mend_button.clicked.connect(self.edit)
        self._faulty: Path | None = None
        """The chosen file, if something is wrong in it."""
        self.places = QStackedWidget()
        for page in (self.empty, self.setup, self.result, self.faulty):
            self.places.addWidget(page)
        self.drafting = Drafting(
            session,
            self.places,
            self.lists.draft_button,
            workers=self.setup.workers.value,
            names=lambda: [entry.name for entry in self.lists.entries],
            report=self._tell,
            take=self._take_saved,
            leave=self._leave_draft,
        )
        self.lists.new_button.clicked.connect(self.new)
        self.setup.edit_requested.connect(self.edit)
        self.setup.duplicate_requested.connect(self.duplicate)

        self.strip = ExperimentStrip(self.controller)
        self.controller.changed.connect(self._follow)
        self.controller.ended.connect(self._ended)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.strip)
        column.addWidget(self.places, 1)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(self.lists)
        splitter.addWidget(right)
        splitter.setSizes([LIST_WIDTH, 900])
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.setAcceptDrops(True)
        self._follow()

    # -- the lists ------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Nothing here is about the present run."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read the lists when the page comes into view."""
        super().showEvent(event)
        if self._listing is None or self._listing.is_over:
            self.refresh()

    def refresh(self) -> None:
        """Read the files and the results again."""
        self._run(compute.list_files, tuple(self._opened), done=self.lists.show_files)
        self._list_results()

    def _list_results(self) -> None:
        self._listing = self._run(compute.list_results, done=self._show_results)

    def _run(self, work: Callable[..., Any], *arguments: Any, done: Callable[[Any], None]) -> Job:
        return self.context.worker.run(work, *arguments, done=done, failed=self._failed)

    def _failed(self, error: WorkerError) -> None:
        self.context.session.trouble.emit(
            Trouble("This could not be read", str(error), details=error.details)
        )

    def _tell(self, wrong: Problems | WorkerError) -> None:
        if isinstance(wrong, WorkerError):
            self._failed(wrong)
            return
        findings = tuple(Finding(*finding) for finding in wrong.findings)
        self.context.session.trouble.emit(
            Trouble(
                f"{wrong.path.name} is not a valid experiment",
                "Mend the file, then choose it again.",
                findings,
                file=wrong.path,
            )
        )

    def _show_results(self, results: list[ResultEntry]) -> None:
        running = self.controller.folder if self.controller.is_running else None
        self.lists.show_results(results, running)
        shown = self._shown
        again = [entry for entry in results if shown and entry.folder == shown.folder]
        if again:
            self._shown = again[0]
            self._show_entry()

    # -- files ----------------------------------------------------------------------------------

    def open_file(self) -> None:
        """Ask for an experiment's file."""
        start = self.context.session.settings.folder("experiment") or str(Path.home())
        name, _ = QFileDialog.getOpenFileName(
            self, "Open an experiment", start, "Experiments (*.toml)"
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
            self.lists.show_files(files)
            self.lists.choose_file(path)

        self._run(compute.list_files, tuple(self._opened), done=choose)

    def prepare(self, name: str, *, markets: int | None = None, start: bool = False) -> None:
        """Choose a shipped file, with ``markets`` instead of its own number.

        ``start`` begins it at once, or goes on with it, unless an experiment runs: then that one
        stays on show.
        """
        if self.controller.is_running:
            self.context.session.said.emit("An experiment runs already; cancel it first")
            return
        path = experiments_dir() / f"{name}{SUFFIX}"

        def choose(files: list[FileEntry]) -> None:
            self.lists.show_files(files)
            self.lists.mark_file(path)
            self._shown = None
            self._begun_when_read = path if start else None
            self._read_plan_of(path, markets)

        self.empty.say(with_capital(readable(name)), "Its plan is being read …")
        self.places.setCurrentWidget(self.empty)
        self._run(compute.list_files, tuple(self._opened), done=choose)

    # -- the builder ----------------------------------------------------------------------------

    def new(self) -> None:
        """Make an experiment in a form."""
        file = self.context.session.file
        market = {"scenario": str(file)} if file is not None and file.suffix == SUFFIX else {}
        if file is not None and file.parent == scenario_dir():
            market = {"scenario": file.stem}
        self.drafting.begin({"stress": (FlashCrash().model_dump(),), **market})

    def make_of_session(self) -> None:
        """Make an experiment of what was done to the market on show."""
        self.drafting.begin_of_session()

    def edit(self) -> None:
        """Change the chosen file; a shipped one is duplicated."""
        self._with_chosen(self.drafting.edit)

    def duplicate(self) -> None:
        """Make another experiment of the chosen one."""
        self._with_chosen(self.drafting.duplicate)

    def _with_chosen(self, run: Callable[[Path], object]) -> None:
        path = self._shown.source if self._shown is not None else self._faulty
        if path is None and self._shown is None and self.setup.plan is not None:
            path = self.setup.plan.path
        if path is None:
            self.context.session.said.emit("Choose an experiment first, at the left")
        else:
            run(path)

    def _take_saved(self, path: Path, start: bool) -> None:
        if path not in self._opened:
            self._opened.append(path)

        def choose(files: list[FileEntry]) -> None:
            self.lists.show_files(files)
            self.lists.mark_file(path)
            self._shown = None
            if start:
                self._begun_when_read = path
                self._read_plan_of(path, None)

        self._run(compute.list_files, tuple(self._opened), done=choose)

    def _leave_draft(self) -> None:
        saved = self.drafting.builder.path
        if self._shown is not None:
            self.places.setCurrentWidget(self.result)
        elif saved is not None:
            self._file_chosen(saved)
        else:
            self.places.setCurrentWidget(self.empty if self.setup.plan is None else self.setup)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take experiments' files; others are the window's."""
        if _dropped(event) is not None:
            accept_copy(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file dropped."""
        path = _dropped(event)
        if path is not None:
            accept_copy(event)
            self.take_file(path)

    def _file_chosen(self, path: Path) -> None:
        self._shown = self._begun_when_read = self._faulty = None
        self._read_plan_of(path, None)

    def _read_plan(self, seeds: int) -> None:
        if self.setup.plan is not None:
            self._read_plan_of(self.setup.plan.path, seeds)

    def _read_plan_of(self, path: Path, seeds: int | None) -> None:
        if self._reading is not None and not self._reading.is_over:
            # Not cancelled: that would end the process and its loaded libraries with it.
            self._reading.end()
        self._reading = self._run(planning.read_plan, path, seeds, done=self._show_plan)

    def _show_plan(self, plan: PlanReport | Problems) -> None:
        if isinstance(plan, Problems):
            self._tell(plan)
        if self._shown is not None:
            return  # results were chosen meanwhile
        if isinstance(plan, Problems):
            self._show_faulty(plan.path)
            return
        self._faulty = None
        self.setup.show_plan(plan, plan.run_seconds or self._timed.get(plan.path))
        self.places.setCurrentWidget(self.setup)
        begun, self._begun_when_read = self._begun_when_read, None
        if begun == plan.path:
            self.start()

    def _show_faulty(self, path: Path) -> None:
        self._faulty = path
        self.faulty.say(
            f"{path.name} is not a valid experiment",
            "The notice above tells what is wrong, line by line. Mend the file and choose it "
            "again, or mend it here.",
        )
        self.places.setCurrentWidget(self.faulty)

    def time_runs(self) -> None:
        """Make and time some runs, to tell how long all will take; the second time, stop that."""
        plan = self.setup.plan
        if self._timing is not None and not self._timing.is_over:
            self._timing.cancel()
            self.setup.show_timing(False)
            return
        if plan is None:
            return
        self.setup.show_timing(True)

        def done(seconds: float) -> None:
            self._timed[plan.path] = seconds
            self.setup.show_timing(False)
            now = self.setup.plan
            if now is not None and now.path == plan.path:
                self.setup.show_plan(now, seconds)

        def failed(error: WorkerError) -> None:
            self.setup.show_timing(False)
            self._failed(error)

        self._timing = self.context.worker.run(
            planning.seconds_per_run, plan.path, done=done, failed=failed
        )

    # -- the experiment that runs ---------------------------------------------------------------

    def start(self) -> None:
        """Start the chosen file, or go on with it; with results on show, go on with these.

        A draft on show is saved, and started.
        """
        if self.drafting.is_shown:
            self.drafting.builder.start()
            return
        if self._shown is not None:
            self.resume_shown()
            return
        plan = self.setup.plan
        if plan is None or self.controller.is_running:
            return
        address, seeds = self.setup.address.text().strip(), self.setup.seeds.value()
        self._begin(
            ExperimentStart(
                str(plan.path),
                seeds=seeds,
                workers=self.setup.workers.value(),
                address=address,
                out=str(plan.folder),
                report_only=plan.finished >= plan.total and seeds == plan.seeds,
            ),
            plan.name,
        )

    def resume_shown(self) -> None:
        """Go on with the results on show, if they are unfinished."""
        if self._shown is not None and not self._shown.is_finished:
            self._go_on(report_only=False)

    def _go_on(self, *, report_only: bool) -> None:
        entry = self._shown
        if entry is None or entry.source is None or self.controller.is_running:
            return
        self._begin(
            ExperimentStart(
                str(entry.source),
                seeds=entry.seeds,
                workers=self.setup.workers.value(),
                address=self.setup.address.text().strip(),
                out=str(entry.folder),
                report_only=report_only,
            ),
            entry.name,
        )

    def _begin(self, start: ExperimentStart, title: str) -> None:
        if self._timing is not None and not self._timing.is_over:
            self.time_runs()  # which stops it: it would be in the way of the results so far
        self.context.session.mended.emit(STOPPED)
        self.controller.start(start, title)

    def pause(self) -> None:
        """Pause the experiment, or go on if it is paused."""
        self.controller.pause()

    def stop(self) -> None:
        """End the experiment; what is finished is kept."""
        self.controller.stop()

    async def end_work(self) -> None:
        """End the experiment's process; what is finished is kept."""
        await self.controller.close()

    def _follow(self) -> None:
        busy = self.controller.is_running
        if self.controller.number != self._followed:
            self._followed, self._listed_folder = self.controller.number, False
            self._looked, self._look_took = time.monotonic(), 0.0
        if self._shown is not None and self._is_running(self._shown) != self.result.is_running:
            self._show_entry()
            if busy and self._shown.runs == 0:
                self.result.say("No run is finished yet", "It goes on.")
        reason = "An experiment runs already; cancel it first." if busy else ""
        self.setup.allow_start(not busy, reason)
        self.drafting.allow_start(reason)
        if self.controller.state is ExperimentState.RUNNING:
            self._look()
        elif self.controller.state is ExperimentState.REPORTING:
            self._await_report()

    def _await_report(self) -> None:
        """Say that the answer comes, where nothing stands yet of what was found."""
        shown = self._shown
        if shown is not None and self._is_running(shown) and self.result.report is None:
            self.result.say("The answer is being written", "All runs are finished.")

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
            self._looking = self._run(compute.list_results, done=self._look_again)

    def _look_again(self, results: list[ResultEntry]) -> None:
        # Read what the new list says is there: an older report of fewer runs is not up to date.
        self._show_results(results)
        if self._shown is not None and self._shown.folder == self.controller.folder:
            self._read_result()

    def _show_running(self, results: list[ResultEntry]) -> None:
        self._show_results(results)
        if self.controller.folder is not None and self.controller.is_running:
            self.lists.choose_result(self.controller.folder)

    def _ended(self, message: ExperimentDone | Ended | ExperimentFailure) -> None:
        session, folder = self.context.session, self.controller.folder
        if isinstance(message, ExperimentDone):
            session.said.emit(
                f"“{self.controller.title}” is finished: "
                f"{whole(message.runs)} of {whole(message.of)} runs"
            )
        elif isinstance(message, Ended):
            session.said.emit(f"“{self.controller.title}” was ended; what is finished is kept")
        else:
            session.trouble.emit(
                Trouble(
                    STOPPED,
                    message.fault.told,
                    details=message.details,
                )
            )

        def show(results: list[ResultEntry]) -> None:
            self._show_results(results)
            if folder is not None and not isinstance(message, ExperimentFailure):
                self.lists.choose_result(folder)

        self._listing = self._run(compute.list_results, done=show)

    # -- results --------------------------------------------------------------------------------

    def show_result(self, folder: Path) -> None:
        """Show the results that lie in a folder, as soon as the list of all has been read."""

        def choose(results: list[ResultEntry]) -> None:
            self._show_results(results)
            if any(entry.folder == folder for entry in results):
                self.lists.choose_result(folder)
                return
            self.context.session.trouble.emit(
                Trouble(
                    "These results are not there any more",
                    f"{folder} holds none that can be read. If it was moved, put it back; else "
                    "start the experiment again.",
                )
            )

        self._listing = self._run(compute.list_results, done=choose)

    def _result_chosen(self, entry: ResultEntry) -> None:
        fresh = self._shown is None or self._shown.folder != entry.folder
        self._shown = entry
        self._show_entry()
        if fresh:
            self.result.say("Reading the results", str(entry.folder))
        self.places.setCurrentWidget(self.result)
        self._read_result()

    def _show_entry(self) -> None:
        if self._shown is not None:
            busy = self.controller.is_running
            here = self._is_running(self._shown)
            self.result.show_entry(self._shown, busy=busy, here=here)

    def _is_running(self, entry: ResultEntry) -> bool:
        return self.controller.is_running and entry.folder == self.controller.folder

    def _read_result(self) -> None:
        entry = self._shown
        if entry is None:
            return
        if entry.runs == 0 and not self._is_running(entry):
            self.result.say("No run is finished", "Press “Resume” to go on with it.")
            return

        def done(report: ResultReport) -> None:
            self._look_took = report.seconds
            if self._shown is not None and self._shown.folder == report.folder:
                self.result.show_report(report)

        def failed(error: WorkerError) -> None:
            if self._shown is entry and self.result.report is None:
                self.result.say("These results cannot be shown", str(error))

        self._looking = self.context.worker.run(
            compute.read_result, entry, done=done, failed=failed
        )

    def show_one_market(self) -> None:
        """Show single markets of the results on show, with and without RL traders."""
        entry = self._shown
        if entry is None:
            return

        def done(paths: list[MarketPaths]) -> None:
            if self._shown is not entry and (
                self._shown is None or self._shown.folder != entry.folder
            ):
                return
            if not self.result.show_paths(paths):
                self.context.session.said.emit("These results keep no paths of single markets")

        self._run(compute.read_paths, entry, done=done)

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
        folder = QFileDialog.getExistingDirectory(self, "Export the tables", start)
        if folder:
            self.context.session.settings.set_folder("experiment_export", folder)
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Save the tables of the results on show as CSV into a folder."""
        if self._shown is None:
            return

        def done(saved: tuple[Path, int]) -> None:
            where, count = saved
            self.context.session.said.emit(f"{counted(count, 'table')} saved in {where}.")

        self._run(compute.export_tables, self._shown, folder, done=done)


def _dropped(event: QDropEvent) -> Path | None:
    """The file dropped, if it is one that an experiment may be in."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if paths and paths[0].suffix.lower() == SUFFIX else None
