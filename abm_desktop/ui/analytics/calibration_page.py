"""A market from a recorded day: chosen, searched in a process of its own, and what was found."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from abm_desktop import paths
from abm_desktop.calibration.names import name_of, plain_name
from abm_desktop.calibration.process.messages import CalibrationStart
from abm_desktop.desk.calibrations import AT_WORK, CalibrationState, CalibrationView, keep_scenario
from abm_desktop.live import MarketSnapshot
from abm_desktop.readers.files import SUFFIXES
from abm_desktop.thread_team import processors
from abm_desktop.ui.analytics.calibration_result import CalibrationResultView
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.worker import WorkerError

__all__ = ["CalibrationPage"]

LOOK = 250
"""Milliseconds between two looks at how it stands."""
MINUTES = 20
MOST_MINUTES = 7 * 24 * 60
_STAGES = {
    "search": "searching",
    "choice": "choosing among the best",
    "profile": "looking around the best",
    "posterior": "learning what the day says of parameters",
    "report": "simulating what is reported",
}


class CalibrationPage(AnalyticsPage):
    """Day, name, base and budget above; how it stands below them; then what was found."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.run = context.session.laboratory.calibration
        self._shown: CalibrationView | None = None
        self.day = QLineEdit()
        self.day.setAccessibleName("Recorded day")
        self.day.setPlaceholderText("a recorded day; one of several: FILE/DAY")
        self.day.setToolTip("Recorded order flow: LOBSTER, NASDAQ ITCH, Databento MBO, mapped CSV")
        self.day.setMinimumWidth(200)
        self.day.textEdited.connect(self._name_after_day)
        self.choose = QPushButton("Choose…")
        self.choose.clicked.connect(self._choose_file)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the scenario")
        self.name.setPlaceholderText("name")
        self.name.setToolTip("Of the scenario that is made, and of the folder with all trials")
        self.name.setMaximumWidth(200)
        self.base = QComboBox()
        self.base.addItems([path.stem for path in context.session.bundled()])
        self.base.setCurrentText("calm")
        self.base.setAccessibleName("Base scenario")
        self.base.setToolTip("Has what is neither read off nor searched")
        self.minutes = WholeBox(" min")
        self.minutes.setRange(1, MOST_MINUTES)
        self.minutes.setValue(MINUTES)
        self.minutes.setAccessibleName("Budget in minutes")
        self.minutes.setToolTip("Real time for all of it, on all cores; pauses are not counted")
        self.start = QPushButton("Calibrate")
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self.begin)
        self.pause = QPushButton("Pause")
        self.pause.setToolTip("What is finished is kept")
        self.pause.clicked.connect(self.halt)
        self.resume = QPushButton("Go on")
        self.resume.clicked.connect(self.go_on)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("Progress of the calibration")
        self.progress.setFixedWidth(200)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        above, below = QHBoxLayout(), QHBoxLayout()
        for line in (above, below):
            line.setContentsMargins(2, 0, 2, 0)
        above.addWidget(self.day, 1)
        for widget in (
            self.choose, self.name, QLabel("from"), self.base, self.minutes, self.start,
        ):  # fmt: skip
            above.addWidget(widget)
        below.addWidget(self.pause)
        below.addWidget(self.resume)
        below.addWidget(self.progress)
        below.addWidget(self.note, 1)
        self.empty = EmptyState(
            "A market from a recorded day",
            "Choose a day and how long to search. What can be read off is (tick, sizes, rates, "
            "lifetimes); what traders do to one another is found by simulation; what is told of it "
            "comes from seeds not used before. It can be paused; the same day, name and base go on "
            "from what is finished, after a restart too.",
        )
        self.result = CalibrationResultView()
        self.result.market_requested.connect(self.open_market)
        self.result.save_requested.connect(self.save)
        self.result.page_requested.connect(self.open_page)
        self.result.folder_requested.connect(self.open_folder)
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(self.result)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addLayout(below)
        layout.addWidget(self.places, 1)
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK)
        self.timer.timeout.connect(self.look)
        self.look()

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Offer the recording that is open; else the present run does not come into it."""
        file = self.context.session.file
        if everything and not self.day.text() and snapshot.is_replay and file is not None:
            self._take_day(file)

    def begin(self) -> None:
        """Begin with what stands above."""
        day, name = self.day.text().strip(), self.name.text().strip()
        if not day:
            self.note.setText("Choose a recorded day first.")
            return
        if not name or plain_name(name) != name:
            self.note.setText("Give a name of letters, digits, - and _.")
            return
        if self.run.view.state not in AT_WORK:
            self.run.start(
                CalibrationStart(
                    days=(str(Path(day).expanduser()),),
                    folder=str(paths.user_data_dir() / "calibrations" / name),
                    name=name,
                    base=self.base.currentText(),
                    minutes=float(self.minutes.value()),
                    workers=processors(),
                )
            )
            self.look()

    def halt(self) -> None:
        """Pause: end its process in good order."""
        self.run.pause()
        self.look()

    def go_on(self) -> None:
        """Go on where it was paused."""
        if self.run.view.state not in AT_WORK:
            self.run.go_on()
            self.look()

    def look(self) -> None:
        """Show how it stands, if that is news."""
        view = self.run.view
        at_work = view.state in AT_WORK
        if at_work and not self.timer.isActive():
            self.timer.start()
        elif not at_work:
            self.timer.stop()
        if view is self._shown:
            return
        before, self._shown = self._shown, view
        for widget in (self.day, self.choose, self.name, self.base, self.minutes, self.start):
            widget.setEnabled(not at_work)
        self.pause.setVisible(at_work)
        self.pause.setEnabled(view.state is not CalibrationState.PAUSING)
        stopped = view.state in (CalibrationState.PAUSED, CalibrationState.FAILED)
        self.resume.setVisible(stopped)
        self.progress.setVisible(at_work or stopped)
        self.note.setText(_words(view))
        self.progress.setValue(round(1000 * _share(view)))
        if view.found is not None and (before is None or before.found is not view.found):
            self.result.show_found(view.found)
            self.places.setCurrentWidget(self.result)

    def open_market(self) -> None:
        """Let the market that was found run in the Market tab."""
        if (found := self.run.view.found) is not None:
            self.context.session.open(found.scenario)

    def save(self) -> None:
        """Keep the scenario among the user's own, under a name that is asked for."""
        found = self.run.view.found
        if found is None:
            return
        name, is_given = QInputDialog.getText(
            self, "Save as scenario", "Name:", text=found.folder.name
        )
        if is_given:
            self.context.worker.run(
                keep_scenario,
                found.scenario,
                name.strip(),
                done=lambda file: self.note.setText(f"Saved as {file.stem} ({file})."),
                failed=self._not_saved,
            )

    def open_page(self) -> None:
        """Show the report in the program for web pages."""
        if (found := self.run.view.found) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(found.report)))

    def open_folder(self) -> None:
        """Show the folder."""
        if (found := self.run.view.found) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(found.folder)))

    def _not_saved(self, error: WorkerError) -> None:
        self.note.setText(f"Not saved: {error}")

    def _choose_file(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        file, _ = QFileDialog.getOpenFileName(
            self,
            "Choose a recorded day",
            str(self.context.session.settings.folder("replay")),
            f"Recordings ({kinds});;All files (*)",
        )
        if file:
            self._take_day(Path(file))

    def _take_day(self, file: Path) -> None:
        self.day.setText(str(file))
        self.name.setText(name_of(file))

    def _name_after_day(self, text: str) -> None:
        self.name.setText(name_of(Path(text)) if text.strip() else "")


def _words(view: CalibrationView) -> str:
    """How it stands, in a line."""
    if view.state is CalibrationState.STARTING:
        if view.begun is None:
            return "reading the day"
        days, begun = ", ".join(view.begun.days), view.begun
        return f"{days}: {begun.messages:,} messages, {begun.parameters} parameters; beginning"
    if view.state is CalibrationState.PAUSING:
        return "pausing: the sessions under way are finished"
    if view.state is CalibrationState.PAUSED:
        return "Paused; what is finished is kept."
    if view.state is CalibrationState.FAILED:
        return view.told
    if view.state is CalibrationState.DONE and view.found is not None:
        return f"Done. All of it is in {view.found.folder}"
    status = view.status
    if status is None:
        return ""
    of = "" if status.total is None else f" of {status.total:,}"
    told = [f"{_STAGES[status.stage]}: {status.done:,}{of}"]
    if status.seconds_left is not None:
        told.append(f"{_time(status.seconds_left)} left")
    if status.best is not None:
        told.append(f"best mean distance {status.best:.3f}")
    return ", ".join(told)


def _share(view: CalibrationView) -> float:
    """Of the budget, as far as it is known."""
    if view.status is None or view.start is None or view.status.seconds_left is None:
        return 0.0
    return min(max(1.0 - view.status.seconds_left / (60.0 * view.start.minutes), 0.0), 1.0)


def _time(seconds: float) -> str:
    return f"{math.ceil(seconds)} s" if seconds < 90 else f"{seconds / 60:.0f} min"
