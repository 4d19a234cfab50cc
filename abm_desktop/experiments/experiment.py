"""An experiment from file to report: what Python, the command and the window use."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from abm_desktop.beside_a_loop import event_loop_runs
from abm_desktop.experiments.design import Design, find_experiment, load_design
from abm_desktop.experiments.running.cells import Plan, make_plan
from abm_desktop.experiments.running.missing_trainings import (
    Wanted,
    stand_ins,
    training_problems,
    wanted_trainings,
)
from abm_desktop.experiments.running.populations import StandIn
from abm_desktop.experiments.running.registration import LEDGER, register
from abm_desktop.experiments.running.results import collect
from abm_desktop.experiments.running.runner import Control, ExperimentProgress, run_plan
from abm_desktop.experiments.running.store import Store
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.inputs import InputError, shown, whole
from abm_desktop.learning.registry.model_meta import fit_name
from abm_desktop.learning.registry.provenance import program_version
from abm_desktop.paths import user_data_dir
from abm_desktop.progress_bar import ProgressBar
from abm_desktop.scenario.bounds import within
from abm_desktop.scenario.reading import checked_copy

__all__ = ["Experiment", "results_dir"]


TrainFirst = Callable[[list[Wanted]], Mapping[str, StandIn]]
"""Makes trainings, or not, and says which are still missing."""


def results_dir() -> Path:
    """Where results lie unless another folder is named."""
    return user_data_dir() / "experiments"


class Experiment:
    """A design with everything it needs looked up. Make one with :meth:`load` or from a design.

    Example::

        results = Experiment.load("research_question").run(workers=2)
        results.runs.groupby("rl_share")["stress_rv_10s"].mean()

    Args:
        design: what to do.
        path: the file it stands in, if any; a scenario's file may be given relative to it.
        file_text: that file, word by word, for the report.
        seeds: another number of markets than the design's.
        stand_ins: what is known by name of models that are still to be trained, for a plan that is
            only looked at.

    Raises:
        ScenarioError: if a scenario or a policy cannot be found, or no file could say what the
            design says.
        InputError: for what is no design, path or number of markets.
    """

    def __init__(
        self,
        design: Design,
        path: Path | None = None,
        file_text: str = "",
        seeds: int | None = None,
        stand_ins: Mapping[str, StandIn] | None = None,
    ) -> None:
        if not isinstance(design, Design):
            raise InputError(
                f"must be a Design, not {shown(design)}", key="design", remedy="load a file"
            )
        design = checked_copy(design)
        if seeds is not None:
            seeds = int(within(Design, "seeds", seeds))
        plan = make_plan(design, path, file_text or design.model_dump_json(indent=1), stand_ins)
        self.plan: Plan = plan.with_seeds(seeds) if seeds is not None else plan
        self.path = path

    @classmethod
    def load(
        cls,
        name_or_path: Path | str,
        *,
        seeds: int | None = None,
        train: TrainFirst | None = None,
    ) -> Experiment:
        """Read an experiment's file, or a shipped one by name.

        ``train`` is called with the trainings that the file asks for (``[[train]]``) before models
        are looked up, and returns what is known by name of those that are still not there, for a
        plan that is only looked at. Without it a training that is missing is an error.

        Raises:
            ScenarioError: if there is none, or something in it is wrong.
            InputError: for what is no name, path or number of markets.
        """
        if not isinstance(name_or_path, str | Path) or "\0" in str(name_or_path):
            raise InputError(
                f"must be a name or the path of a file, not {shown(name_or_path)}",
                key="name_or_path",
            )
        if seeds is not None:
            within(Design, "seeds", seeds)
        path = find_experiment(name_or_path)
        design = load_design(path, training_problems(path))
        left = None
        if train is not None:
            wanted = wanted_trainings(design, path)
            if missing := stand_ins(wanted):
                cls(design, path, stand_ins=missing)  # all else is right, before hours of training
            left = train(wanted)
        return cls(design, path, path.read_text(encoding="utf-8-sig"), seeds, left)

    @property
    def folder(self) -> Path:
        """If its results lie unless another folder is named: a changed file has another one."""
        name = fit_name(self.plan.design.name.lower())
        return results_dir() / f"{name}-{self.plan.digest()[:10]}"

    def run(
        self,
        workers: int = 0,
        *,
        address: str | None = None,
        folder: Path | None = None,
        fresh: bool = False,
        control: Control | None = None,
        on_progress: Callable[[ExperimentProgress], None] | None = None,
        progress: bool | None = None,
    ) -> ExperimentResults:
        """Make the runs that are not there yet, and return the results of all.

        Args:
            workers: processes of a local Ray cluster; 0 runs in this process. With an address, how
                many markets at a time, 0 being as many as the cluster has slots for.
            address: a Ray cluster to join.
            folder: where the results go; :attr:`folder` by default.
            fresh: throw away what is there and begin again.
            control: pauses and stops it.
            on_progress: hears of progress.
            progress: show a bar; None does where an event loop runs, as in a notebook.

        Raises:
            InputError: for a number of workers that is none.
            Stopped: where ``control`` asked for it; a second call goes on.
            ExperimentError, ClusterError: if it cannot go on; what is finished is kept.
        """
        workers = whole(workers, "workers", 0, 10_000)
        folder = Path(folder) if folder else self.folder
        shown = event_loop_runs() if progress is None else progress
        with (
            Store.open(folder, self.plan, self._about(), fresh=fresh) as store,
            ProgressBar(self.plan.design.name, shown=shown) as bar,
        ):

            def tell(now: ExperimentProgress) -> None:
                bar.update(
                    now.done / max(now.total, 1), str(now.state), f"{now.done} of {now.total}"
                )
                if on_progress is not None:
                    on_progress(now)

            register(self.plan, store, results_dir() / LEDGER)
            run_plan(
                self.plan,
                store,
                workers=workers,
                address=address,
                control=control,
                tell=tell,
            )
            return collect(self.plan, store)

    def results(self, folder: Path | None = None) -> ExperimentResults:
        """What is finished so far. Raises :class:`ExperimentError` if nothing is."""
        store = Store.read(folder or self.folder)
        try:
            return collect(self.plan, store)
        finally:
            store.close()

    def report(self, folder: Path | None = None, into: Path | None = None) -> Path:
        """Write the report of what is finished; returns its HTML page.

        ``folder`` has the results, ``into`` is for the report, by default ``report`` beside them.
        """
        # Loads matplotlib and statistics, which running does not need.
        from abm_desktop.experiments.report.writing import write_report

        folder = folder or self.folder
        return write_report(self.results(folder), into or folder / "report")

    def finished(self, folder: Path | None = None) -> int:
        """How many runs are finished. Raises :class:`ExperimentError` if none ever began."""
        store = Store.read(folder or self.folder)
        try:
            cells, seeds = {cell.key for cell in self.plan.cells}, set(self.plan.seeds)
            return sum(cell in cells and seed in seeds for cell, seed, _ in store.done())
        finally:
            store.close()

    def lost_workers(self, folder: Path | None = None) -> int:
        """How many workers were lost so far, and their markets run again."""
        store = Store.read(folder or self.folder)
        try:
            return store.faults()
        finally:
            store.close()

    def damaged(self, folder: Path | None = None) -> list[str]:
        """Files of results that were found damaged so far, whose runs were made again."""
        store = Store.read(folder or self.folder)
        try:
            return store.damaged()
        finally:
            store.close()

    def answer(self, folder: Path | None = None) -> list[str]:
        """The answer in words, from what is finished."""
        from abm_desktop.experiments.report.findings import find
        from abm_desktop.experiments.report.words import answer

        results = self.results(folder)
        return answer(results, find(results))

    def _about(self) -> dict[str, str]:
        return {
            "name": self.plan.design.name,
            "version": program_version(),
            "revision": git_revision(),
            "file_name": self.path.name if self.path else "",
            "file": str(self.path.resolve()) if self.path else "",
            "seeds": str(self.plan.design.seeds),
            "total": str(self.plan.total),
        }


def git_revision() -> str:
    """Revision of the program's checkout, "+" behind it where files were changed; "" without."""
    here = Path(__file__).resolve().parent

    def ask(*words: Any) -> str:
        command: Sequence[str] = ("git", "-C", str(here), *words)
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        return answer.stdout.strip()

    try:
        changed = ask("status", "--porcelain", "--untracked-files=no", "--", str(here.parent))
        return ask("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return ""
