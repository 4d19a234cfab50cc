"""Trainings whose curves can be drawn: the one that runs, those before it, and stored models'."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.learning.process.history import load_history
from abm_desktop.learning.process.messages import Progress
from abm_desktop.learning.registry.models import get_model
from abm_desktop.ui.background import Background

__all__ = ["MOST_SHOWN", "Runs", "TrainingRun"]

MOST_SHOWN = 6
"""Runs drawn beside the present one: more could not be told apart."""


@dataclass(slots=True, eq=False)
class TrainingRun:
    """A training and its curves."""

    name: str
    """Name of its model; empty until the training process has chosen one."""
    algorithm: str
    iterations: int
    """Asked for."""
    history: TrainingHistory = field(default_factory=TrainingHistory)
    about: str = ""
    """Algorithm, scenario and seed, in a line."""


class Runs(QObject):
    """Which runs there are, and which are drawn. Files are read off the UI thread."""

    changed = Signal()
    """Another run is there, or others are drawn."""
    failed = Signal(str, str)
    """Name of a model whose curves could not be read, and why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: TrainingRun | None = None
        self.session: list[TrainingRun] = []
        """Ended in this session, the newest first."""
        self.stored: list[str] = []
        """Models that have curves on disk, the newest first."""
        self._shown: list[str] = []
        self._loaded: dict[str, TrainingRun] = {}
        self._background = Background(self)

    def begin(self, algorithm: str, iterations: int) -> TrainingRun:
        """A training starts; the one before it can be drawn beside it."""
        self._retire()
        self.current = TrainingRun("", algorithm, iterations)
        self.changed.emit()
        return self.current

    def set_stored(self, names: list[str]) -> None:
        """Tell which models have curves on disk."""
        if names != self.stored:
            self.stored = names
            known = {run.name for run in self.session}
            self._shown = [name for name in self._shown if name in names or name in known]
            self.changed.emit()

    def choices(self) -> list[str]:
        """Names of the runs that can be drawn beside the present one, each once."""
        now = self.current.name if self.current is not None else ""
        names = [run.name for run in self.session if run.name] + self.stored
        return [name for name in dict.fromkeys(names) if name != now]

    @property
    def shown(self) -> list[TrainingRun]:
        """The runs drawn beside the present one whose curves are at hand."""
        found = [self._find(name) for name in self._shown if name in self.choices()]
        return [run for run in found if run is not None]

    def is_shown(self, name: str) -> bool:
        """Whether ``name`` was chosen to be drawn."""
        return name in self._shown

    def show(self, name: str, on: bool) -> None:
        """Draw a run, or do not; the first gives way if there are too many."""
        self._shown = [other for other in self._shown if other != name]
        if on:
            self._shown = [*self._shown, name][-MOST_SHOWN:]
            if self._find(name) is None:
                self._background.run(
                    lambda: (load_history(name), _about(name)),
                    lambda found: self._take(name, *found),
                    lambda error: self._lost(name, str(error)),
                )
        self.changed.emit()

    def clear(self) -> None:
        """Draw the present run alone."""
        self._shown = []
        self.changed.emit()

    def close(self) -> None:
        """Read nothing more."""
        self._background.close()

    def _retire(self) -> None:
        if self.current is not None and len(self.current.history):
            self.session.insert(0, self.current)

    def _find(self, name: str) -> TrainingRun | None:
        of_session = next((run for run in self.session if run.name == name), None)
        return of_session or self._loaded.get(name)

    def _take(self, name: str, rows: list[Progress], about: str) -> None:
        iterations = rows[-1].iterations if rows else 1
        self._loaded[name] = TrainingRun(name, "", iterations, TrainingHistory(rows), about)
        self.changed.emit()

    def _lost(self, name: str, why: str) -> None:
        self._shown = [other for other in self._shown if other != name]
        self.changed.emit()
        self.failed.emit(name, why)


def _about(name: str) -> str:
    """What made a stored model. Raises ModelError if there is none."""
    model = get_model(name)
    return f"{model.algorithm}, {model.scenario}, seed {model.seed}, version {model.version}"
