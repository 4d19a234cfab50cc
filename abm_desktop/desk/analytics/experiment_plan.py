"""What an experiment would run, and what it could tell: of a file, or of one that is being made.

The window imports this for the names of what it asks for, so the engine is imported within.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.cells import Plan
    from abm_desktop.scenario import ScenarioError

__all__ = [
    "PlanReport",
    "Problems",
    "plan_of",
    "read_plan",
    "seconds_per_run",
    "seconds_per_run_of",
    "told",
]

ENOUGH = 20
"""Finished runs from which the time of the others is told."""


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with a file: (line, key, message, remedy) each."""

    path: Path
    findings: tuple[tuple[int | None, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What an experiment's file would run."""

    path: Path
    name: str
    question: str
    scenario: str
    primary: str
    hypothesis: str
    seeds: int
    forks: int
    cells: int
    total: int
    """Runs of all."""
    traders: tuple[tuple[str, str, int], ...]
    """Who trades in the cells: traders, their shares, number of cells."""
    stresses: tuple[tuple[str, int], ...]
    rules: tuple[str, ...]
    power: tuple[tuple[float, int | None, float], ...]
    """Under the stress that tells least: effect as a fraction, markets needed for a power of 80 %
    (None if more do not help), power with the planned ones; last the smallest that has it."""
    power_stress: str
    """That stress."""
    trainings: int
    """Of each algorithm, those that were selected left out; or what else repeats itself."""
    unit: str
    """What that is called: "trainings", or "populations"."""
    folder: Path
    finished: int
    """Runs that are there already."""
    run_seconds: float | None
    """Seconds of a core that a run takes, from what is finished; None if that is too little."""
    usual_seconds: float
    """Those that it takes on an ordinary machine, roughly."""


def read_plan(path: Path | str, seeds: int | None = None) -> PlanReport | Problems:
    """What a file would run, with ``seeds`` markets instead of its own number.

    ``path`` may be the name of a shipped one.
    """
    from abm_desktop.experiments.design import find_experiment
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.scenario import ScenarioError

    try:
        return _report(Experiment.load(path, seeds=seeds), find_experiment(path))
    except ScenarioError as error:
        return told(Path(path), error)
    except (OSError, UnicodeDecodeError) as error:
        return Problems(Path(path), ((None, "", str(error), "choose another file"),))


def plan_of(values: dict[str, Any], beside: Path | None) -> PlanReport | Problems:
    """What the values of a design would run, held to what a file may say.

    A scenario may be named relative to the file ``beside``.
    """
    from abm_desktop.scenario import ScenarioError

    try:
        return _report(_experiment(values, beside), beside or Path())
    except ScenarioError as error:
        return told(beside or Path(), error)


def told(path: Path, error: ScenarioError) -> Problems:
    """All that is wrong, as plain values."""
    return Problems(path, tuple((p.line, p.key or "", p.message, p.remedy) for p in error.problems))


def _experiment(values: dict[str, Any], beside: Path | None) -> Experiment:
    from abm_desktop.experiments.design import Design
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.scenario.reading import checked

    return Experiment(checked(Design, values), beside)


def _report(experiment: Experiment, path: Path) -> PlanReport:
    from abm_desktop.experiments.kinds import units_of
    from abm_desktop.experiments.running.cells import NO_INTERVENTION, TRAINED
    from abm_desktop.experiments.running.plan_power import hardest, plan_power
    from abm_desktop.experiments.running.store import Store
    from abm_desktop.experiments.running.usual_cost import usual_seconds
    from abm_desktop.experiments.statistics.experiment_results import MEASURES, OTHERS

    plan, folder = experiment.plan, experiment.folder
    design = plan.design
    finished, seconds = 0, None
    if (folder / "index.sqlite").is_file():
        finished = experiment.finished(folder)
        with closing(Store.read(folder)) as store:
            count, busy = store.count()
        seconds = busy / count if count >= ENOUGH else None
    level, worst = design.hypothesis, hardest(plan_power(plan))
    labels = {measure.column: measure.label for measure in (*MEASURES, *OTHERS)}
    return PlanReport(
        path,
        design.name,
        design.question,
        plan.scenario.name,
        labels.get(design.primary, design.primary),
        f"{100 * level:g}\u00a0%" if isinstance(level, float) else level or "",
        design.seeds,
        design.forks,
        len(plan.cells),
        plan.total,
        _traders(plan),
        tuple((s.replace("_", " "), sum(c.stress == s for c in plan.cells)) for s in plan.stresses),
        tuple(r.replace("_", " ") for r in plan.interventions if r != NO_INTERVENTION),
        tuple((r.effect, r.needed, r.power) for r in worst.rows),
        worst.stress.replace("_", " "),
        worst.trainings,
        units_of(cell.algorithm for cell in plan.cells if cell.arm == TRAINED),
        folder,
        finished,
        seconds,
        usual_seconds(plan),
    )


def _traders(plan: Plan) -> tuple[tuple[str, str, int], ...]:
    """Cells with the same traders, whatever their share, as one line each."""
    from abm_desktop.experiments.running.cells import OPEN, TRAINED

    lines: dict[str, dict[str, int]] = {}
    several_modes = len(plan.design.rl.modes) > 1
    for cell in plan.cells:
        words = [cell.policy or cell.arm]
        if cell.policy and cell.arm != TRAINED and not cell.policy.startswith(cell.arm):
            words.append(cell.arm)
        if plan.design.rl.other_displaces and cell.displaces:
            words.append("for " + cell.displaces.replace("+", ", "))
        if several_modes and cell.policy:
            words.append(cell.mode)
        if cell.start == OPEN:
            words.append("from the open")
        if plan.design.level == "learning_rate" and cell.policy:
            words.append(f"rate × {cell.learning_rate:g}")
        shares = lines.setdefault(", ".join(words), {})
        share = f"{100 * cell.rl_share:g}"
        shares[share] = shares.get(share, 0) + 1
    return tuple(
        (who, ", ".join(shares) + " %", sum(shares.values())) for who, shares in lines.items()
    )


def seconds_per_run(path: Path) -> float:
    """Seconds of a core that a run takes, warm-up included, from some that are made for it.

    Takes a minute or more where the market has to be compiled first. Raises ScenarioError with
    what is wrong with the file.
    """
    from abm_desktop.experiments.experiment import Experiment

    return _timed(Experiment.load(path))


def seconds_per_run_of(values: dict[str, Any], beside: Path | None) -> float:
    """The same, of the values of a design; see :func:`plan_of`."""
    return _timed(_experiment(values, beside))


def _timed(experiment: Experiment) -> float:
    from abm_desktop.experiments.running.estimate import estimate

    return estimate(experiment.plan).total / experiment.plan.total
