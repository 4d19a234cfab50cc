"""Make an experiment without writing a file: a form, its plan beside it, Save and Start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics import experiment_draft as drafts
from abm_desktop.desk.analytics import experiment_plan as planning
from abm_desktop.desk.analytics.experiment_plan import PlanReport, Problems
from abm_desktop.experiments.design import Design, experiments_dir, own_experiments_dir
from abm_desktop.scenario import ScenarioError
from abm_desktop.scenario.files import SUFFIX
from abm_desktop.scenario.reading import checked
from abm_desktop.ui.analytics.builder.form import DesignForm
from abm_desktop.ui.analytics.builder.plan_panel import PlanPanel
from abm_desktop.ui.session import Session
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.panel import Panel
from abm_desktop.ui.widgets.questions import ask
from abm_desktop.ui.widgets.tall_column import TallColumn
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["ExperimentBuilder"]

SETTLE_MS = 300
"""The plan is made anew after this pause in typing."""
COSTS_NOTHING = frozenset(
    {
        *("name", "question", "seeds", "primary", "second", "also", "level", "hypothesis"),
        *("hypothesis_groups", "expected", "paths", "facts"),
    }
)
"""What does not change how long a run takes."""
PAGE_STEP = 460


class ExperimentBuilder(QWidget):
    """Holds one draft at a time; it is lost only after a question."""

    saved = Signal(object)
    """The draft lies in this file (Path)."""
    start_requested = Signal(object)
    """The file (Path), just saved, is to be started."""
    closed = Signal()
    changed = Signal()
    """Its name, or whether it has unsaved edits, may be another."""

    def __init__(self, session: Session, workers: Callable[[], int]) -> None:
        super().__init__()
        self._session = session
        self._workers = workers
        self.path: Path | None = None
        """The file that Save writes; None before the first."""
        self._like: Path | None = None
        self._clean: dict[str, Any] = {}
        self._reading: Job | None = None
        self._timing: Job | None = None
        self._seconds: dict[str, float] = {}
        self._asked_choices = False
        self._is_sound = False
        self._busy = ""
        self.form = DesignForm()
        self.form.edited.connect(self._edited)
        self.side = PlanPanel()
        self.side.timing_requested.connect(self.time_runs)
        self.panel = Panel("", TallColumn(self.form, usual_width=PAGE_STEP))
        self.start_button = QPushButton("Save and start")
        self.start_button.setProperty("role", "primary")
        self.start_button.clicked.connect(self.start)
        self.save_button = QPushButton("Save")
        self.save_button.clicked.connect(self.save)
        self.save_as_button = QPushButton("Save as…")
        self.save_as_button.setToolTip("Save in another file")
        self.save_as_button.clicked.connect(self.save_as)
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Leave the builder; unsaved edits are asked about")
        self.close_button.clicked.connect(self.leave)
        buttons = QHBoxLayout()
        for button in (self.start_button, self.save_button, self.save_as_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(TallColumn(self.side), 1)
        column.addLayout(buttons)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(self.panel)
        splitter.addWidget(side)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._make_plan)

    # -- the draft ------------------------------------------------------------------------------

    def open_draft(
        self,
        values: Mapping[str, Any],
        path: Path | None = None,
        *,
        like: Path | None = None,
        notes: Sequence[str] = (),
        is_new: bool = False,
    ) -> None:
        """Show a design to be changed, in place of the one before.

        Args:
            values: of the design; what is missing has its usual value.
            path: the file that Save writes.
            like: the file whose comments and order a saved one keeps.
            notes: what became of each thing that the design was made from.
            is_new: whether it is worth a question as it stands, although nobody has edited it.
        """
        self.path, self._like = path, like
        self.form.more.setChecked(False)
        self.form.offer_scenario(self._session_file())
        complete = Design(name="my experiment").model_dump() | dict(values)
        complete["rl"] = Design(name="rl").rl.model_dump() | dict(values.get("rl", {}))
        self.form.show_values(complete)
        self.side.show_notes(notes)
        self._clean = {} if is_new else self.form.values()
        if not self._asked_choices:
            self._asked_choices = True
            self._session.worker.run(
                drafts.read_choices, done=self.form.offer, failed=self._failed
            )  # fmt: skip
        self._show_title()
        self._check()

    def _session_file(self) -> Path | None:
        file = self._session.file
        return file if file is not None and file.suffix.lower() == SUFFIX else None

    @property
    def name(self) -> str:
        """What the draft is called."""
        return str(self.form.values()["name"])

    @property
    def is_dirty(self) -> bool:
        """Whether it says what no file says."""
        return bool(self.form.values() != self._clean)

    def when_free(self, run: Callable[[], object]) -> None:
        """Call ``run`` when the draft may be lost: at once, or after a yes to the question."""
        if not self.is_dirty:
            run()
            return
        ask(
            self,
            "Discard the edits?",
            f"“{self.name}” has edits that were not saved.",
            "Discard them",
            run,
            loses=True,
        )

    def leave(self) -> None:
        """Close the builder, after a question if edits would be lost."""
        self.when_free(self.discard)

    def discard(self) -> None:
        """Forget the edits, and close."""
        self._settle.stop()
        self._clean = self.form.values()
        self.changed.emit()
        self.closed.emit()

    # -- what it would run ----------------------------------------------------------------------

    def _edited(self) -> None:
        self._show_title()
        self._check()
        self.changed.emit()

    def _check(self) -> None:
        """Tell what is wrong at once; what is right is counted after a pause."""
        if self._reading is not None:
            self._reading.is_over = True  # of another design
        try:
            checked(Design, self.form.values())
        except ScenarioError as error:
            self._show_problems([(p.key or "", p.in_form, p.remedy) for p in error.problems])
            return
        self.form.show_problems(())
        self._is_sound = True
        self._allow()
        self.side.show_counting()
        self._settle.start()

    def _show_problems(self, found: list[tuple[str, str, str]]) -> None:
        self._settle.stop()
        self._is_sound = False
        short = [(key, message, remedy.partition(" (")[0]) for key, message, remedy in found]
        self.form.show_problems((key, f"{message}; {remedy}") for key, message, remedy in short)
        self.side.show_problems(
            [f"{key or 'The design'} {message}; {remedy}" for key, message, remedy in short]
        )
        self._allow()

    def _make_plan(self) -> None:
        self._reading = self._session.worker.run(
            planning.plan_of, self.form.values(), None, done=self._show_plan, failed=self._failed
        )

    def _show_plan(self, plan: PlanReport | Problems) -> None:
        if isinstance(plan, Problems):
            self._show_problems([finding[1:] for finding in plan.findings])
            return
        timing = self._timing is not None and not self._timing.is_over
        seconds = plan.run_seconds or self._seconds.get(self._cost_key())
        self.side.show_plan(plan, seconds, self._workers(), timing=timing)
        self._allow()

    def _cost_key(self) -> str:
        values = self.form.values()
        return repr(sorted((k, v) for k, v in values.items() if k not in COSTS_NOTHING))

    def time_runs(self) -> None:
        """Make and time some runs of the draft; the second time, stop that."""
        plan = self.side.plan
        if self._timing is not None and not self._timing.is_over:
            self._timing.cancel()
        elif plan is not None:
            key = self._cost_key()

            def done(seconds: float) -> None:
                self._seconds[key] = seconds
                self._show_cost()

            def failed(error: WorkerError) -> None:
                self._show_cost()
                self._failed(error)

            self._timing = self._session.worker.run(
                planning.seconds_per_run_of, self.form.values(), None, done=done, failed=failed
            )
        self._show_cost()

    def _show_cost(self) -> None:
        if self.side.plan is not None:
            self._show_plan(self.side.plan)

    def _failed(self, error: WorkerError) -> None:
        self._session.trouble.emit(
            Trouble("The experiment cannot be prepared", str(error), details=error.details)
        )

    # -- save and start -------------------------------------------------------------------------

    def allow_start(self, reason: str) -> None:
        """Let it be started unless there is a reason against it."""
        self._busy = reason
        self._allow()

    def _allow(self) -> None:
        for button in (self.save_button, self.save_as_button):
            button.setEnabled(self._is_sound)
        self.start_button.setEnabled(self._is_sound and not self._busy)
        wrong = "Something in the form cannot be used: it is told there"
        where = self.path or own_experiments_dir()
        self.save_button.setToolTip(f"Save in {where}" if self._is_sound else wrong)
        self.start_button.setToolTip(
            wrong if not self._is_sound else self._busy or "Save the file, then make the runs"
        )

    def start(self) -> None:
        """Save what is not saved, then ask for the start."""
        self._save(self.start_requested.emit)

    def save(self) -> None:
        """Save in the file of the draft; a new one among the experiments of one's own."""
        self._save(self.saved.emit)

    def _save(self, then: Callable[[Path], object]) -> None:
        if self.path is not None:
            self.save_in(self.path, then)
            return
        path = own_experiments_dir() / f"{drafts.file_name(self.name)}{SUFFIX}"
        if path.exists():
            self._ask_file(path, then)
        else:
            self.save_in(path, then)

    def save_as(self) -> None:
        """Ask for a file, and save the draft there."""
        name = f"{drafts.file_name(self.name)}{SUFFIX}"
        folder = own_experiments_dir() if self.path is None else self.path.parent
        self._ask_file(folder / name, self.saved.emit)

    def _ask_file(self, start: Path, then: Callable[[Path], object]) -> None:
        start.parent.mkdir(parents=True, exist_ok=True)
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the experiment", str(start), "Experiments (*.toml)"
        )
        if not name:
            return
        path = Path(name)
        path = path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)
        if path.parent == experiments_dir():
            self._session.trouble.emit(
                Trouble(
                    "This folder belongs to the program",
                    "An update would replace the file: save it in a folder of your own.",
                    file=path,
                )
            )
            return
        self.save_in(path, then)

    def save_in(self, path: Path, then: Callable[[Path], object]) -> None:
        """Write the draft to a file, then call ``then`` with it; nothing while it is wrong."""
        if not self._is_sound:
            return
        values = self.form.values()

        def done(written: Path | Problems) -> None:
            if isinstance(written, Problems):
                self._show_problems([finding[1:] for finding in written.findings])
                return
            self.path = self._like = path
            self._clean = values
            self._show_title()
            self._allow()
            self.changed.emit()
            then(path)

        def failed(error: WorkerError) -> None:
            self._session.trouble.emit(
                Trouble("The experiment could not be saved", str(error), file=path)
            )

        self._session.worker.run(
            drafts.save_draft, values, path, self._like, done=done, failed=failed
        )

    def _show_title(self) -> None:
        self.panel.title.setText(self.name or "Without a name")
        state = "a new experiment" if self.path is None else self.path.name
        self.panel.note.setText(state + (" · not saved" if self.is_dirty else ""))
        self.panel.note.setToolTip("" if self.path is None else str(self.path))
