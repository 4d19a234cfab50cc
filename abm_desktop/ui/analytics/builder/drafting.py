"""The builder's place on the page of experiments: what opens it, and what becomes of its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton, QStackedWidget

from abm_desktop.desk.analytics import experiment_draft as drafts
from abm_desktop.desk.analytics.experiment_draft import DraftChoices, DraftSource
from abm_desktop.desk.analytics.experiment_plan import Problems
from abm_desktop.desk.session_experiment import SessionDesign, design_of
from abm_desktop.experiments.design import experiments_dir
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario.files import SUFFIX
from abm_desktop.ui.analytics.builder.builder import ExperimentBuilder
from abm_desktop.ui.session import Session
from abm_desktop.ui.worker import WorkerError

__all__ = ["Drafting"]


class Drafting(QObject):
    """Opens the builder, which is made when it is first needed.

    Args:
        session: the session of the window.
        places: where the builder is put on show.
        back: the button that leads back to a draft that is not on show.
        workers: how many workers a start would have.
        names: of the experiments that there are.
        report: tells what is wrong with a file, or why it could not be read.
        take: puts a saved file (Path) on show; starts it if the second argument says so.
        leave: puts something else on show when the builder is closed.
    """

    def __init__(
        self,
        session: Session,
        places: QStackedWidget,
        back: QPushButton,
        *,
        workers: Callable[[], int],
        names: Callable[[], Sequence[str]],
        report: Callable[[Problems | WorkerError], None],
        take: Callable[[Path, bool], object],
        leave: Callable[[], object],
    ) -> None:
        super().__init__(places)
        self._session, self._places, self._back = session, places, back
        self._workers, self._names, self._report = workers, names, report
        self._take, self._leave = take, leave
        self._builder: ExperimentBuilder | None = None
        self._busy = ""
        back.clicked.connect(self.show_builder)
        back.hide()
        places.currentChanged.connect(lambda _index: self._follow())

    @property
    def builder(self) -> ExperimentBuilder:
        """The builder, made now if there was none."""
        if self._builder is None:
            self._builder = builder = ExperimentBuilder(self._session, self._workers)
            builder.saved.connect(self._saved)
            builder.start_requested.connect(lambda path: self._taken(path, start=True))
            builder.closed.connect(self._leave)
            builder.changed.connect(self._follow)
            builder.allow_start(self._busy)
            self._places.addWidget(builder)
        return self._builder

    @property
    def is_dirty(self) -> bool:
        """Whether a draft has edits that no file has."""
        return self._builder is not None and self._builder.is_dirty

    @property
    def is_shown(self) -> bool:
        """Whether the builder is what is on show."""
        return self._builder is not None and self._places.currentWidget() is self._builder

    @property
    def draft_name(self) -> str:
        """What the draft is called; "" without one."""
        return "" if self._builder is None else self._builder.name

    def begin(
        self, values: Mapping[str, Any], notes: Sequence[str] = (), *, is_new: bool = False
    ) -> None:
        """Open a new draft; a draft that is not saved is asked about first."""

        def run() -> None:
            name = str(values.get("name", "my experiment"))
            if name in self._names():
                name = drafts.another_name(name, self._names())
            self.builder.open_draft({**values, "name": name}, notes=notes, is_new=is_new)
            self.show_builder()

        self._when_free(run)

    def begin_of_session(self) -> None:
        """Open a draft that compares what was done to this market with its absence."""
        session = self._session
        snapshot, scenario = session.live.snapshot, session.scenario
        if snapshot is None or scenario is None:
            session.said.emit(
                "There is no market that could be made again with other seeds: open a scenario"
            )
            return

        def take(choices: DraftChoices) -> None:
            found = design_of(snapshot, scenario, [model.name for model in choices.models])
            file = session.file
            if file is not None and file.suffix.lower() == SUFFIX and not found.changes_market:
                name = file.stem if file.parent == scenario_dir() else str(file)
                self._begin_with_market(found, name, "")
                return
            market = scenario.model_copy(update={"name": f"{scenario.name}, changed"})
            session.worker.run(
                drafts.keep_market,
                market,
                done=lambda kept: self._begin_with_market(
                    found, str(kept), f"The market as it is now was kept in {kept}."
                ),
                failed=self._report,
            )

        session.worker.run(drafts.read_choices, done=take, failed=self._report)

    def _begin_with_market(self, found: SessionDesign, scenario: str, note: str) -> None:
        notes = [*found.notes, note] if note else found.notes
        self.begin({**found.values, "scenario": scenario}, notes, is_new=True)

    def duplicate(self, path: Path) -> None:
        """Open a new draft that says what a file says."""
        self._read(path, lambda source: self.begin(source.values, _notes(source)))

    def edit(self, path: Path) -> None:
        """Open a file of one's own; a shipped one is duplicated instead."""
        if path.parent == experiments_dir():
            self.duplicate(path)
            return

        def open_it(source: DraftSource) -> None:
            self.builder.open_draft(source.values, path, like=path, notes=_notes(source))
            self.show_builder()

        self._read(path, lambda source: self._when_free(lambda: open_it(source)))

    def show_builder(self) -> None:
        """Put the draft on show."""
        self._places.setCurrentWidget(self.builder)
        self._follow()

    def allow_start(self, reason: str) -> None:
        """Let the draft be started unless there is a reason against it."""
        self._busy = reason
        if self._builder is not None:
            self._builder.allow_start(reason)

    def _when_free(self, run: Callable[[], object]) -> None:
        if self._builder is None:
            run()
        else:
            self._builder.when_free(run)

    def _read(self, path: Path, done: Callable[[DraftSource], object]) -> None:
        def take(found: DraftSource | Problems) -> None:
            if isinstance(found, Problems):
                self._report(found)
            else:
                done(found)

        self._session.worker.run(drafts.read_draft, path, done=take, failed=self._report)

    def _saved(self, path: Path) -> None:
        self._session.said.emit(f"“{self.draft_name}” was saved in {path}.")
        self._taken(path, start=False)

    def _taken(self, path: Path, *, start: bool) -> None:
        self._take(path, start)

    def _follow(self) -> None:
        hidden = self.is_dirty and not self.is_shown
        self._back.setText(f"Back to “{self.draft_name}”" if hidden else "")
        self._back.setVisible(hidden)


def _notes(source: DraftSource) -> list[str]:
    """What becomes of a file in which something is wrong."""
    if source.is_sound:
        return []
    told = "Its faults stand at their fields. What is left out is not in the file any more when it"
    return [f"{told} is saved here.", *(f"Left out: {each}" for each in source.left_out)]
