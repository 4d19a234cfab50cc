"""``abm-desktop population``: many learners in the same markets, from one file."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from abm_desktop.commands.console import Failed, Out, check_target, table
from abm_desktop.commands.evaluate import write_values
from abm_desktop.commands.interrupts import ends_like_interrupts, first_interrupt
from abm_desktop.commands.option_names import told_of_options
from abm_desktop.inputs import InputError

if TYPE_CHECKING:
    from abm_desktop.learning.population.judging import PopulationJudgement
    from abm_desktop.learning.population.measures import PopulationProgress

_TOLD = 10
"""Times that a population tells how far it is."""
_STOPPING = "Stopping after this iteration, with the models kept; Ctrl+C again ends it at once"


def train_population(
    file: Path,
    options: dict[str, Any],
    changes: list[str],
    out: Path | None,
    continues: bool = False,
) -> None:
    """Train the population of ``file``, keep a model of each learner, and measure what came of it.

    Or go on with the one that ``continues``.

    Raises :class:`Failed` for what cannot be used.
    """
    console = Out()
    check_target("--json", out)
    from abm_desktop.learning.population.config import (
        PopulationError,
        find_population,
        load_population,
    )
    from abm_desktop.learning.population.judging import judge_population
    from abm_desktop.learning.population.session import PopulationSession
    from abm_desktop.learning.rllib.updates import DivergenceError

    # What RLlib says of its own deprecated calls is for its makers. Importing it sets these levels.
    for name in ("ray", "ray.rllib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        config = load_population(find_population(file), options, changes)
        session = PopulationSession(config, continues=continues)
    except PopulationError as error:
        raise Failed(str(told_of_options(error, options))) from error
    except InputError as error:
        raise Failed(str(error)) from error
    console.say(
        f"[bold]{len(session.names)} policies[/] of "
        f"{sum(group.traders for group in config.learners)} traders in each of {config.markets} "
        f"markets of {{}}, seed {config.seed}: {config.iterations} iterations of "
        f"{config.decisions_per_iteration:,} decisions",
        config.scenario,
    )
    if session.done:
        console.print(f"They go on after {session.done} iterations, in other markets")
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    judged: PopulationJudgement | None = None
    try:
        with ends_like_interrupts(), Bar(*columns, console=console) as bar:
            task = bar.add_task("Training", total=config.iterations, completed=session.done)

            def stop() -> None:
                bar.console.print(_STOPPING)
                session.stop()

            def hear(progress: PopulationProgress) -> None:
                bar.update(task, completed=progress.iteration)
                for told in progress.replaced:
                    bar.console.print(told, markup=False)
                if progress.iteration % max(1, progress.iterations // _TOLD) == 0:
                    bar.console.print(_line(progress), markup=False)

            with first_interrupt(stop):
                reason = session.run(hear)
            if reason == "finished" and config.judging is not None:
                judged = judge_population(
                    config,
                    session.population,
                    lambda what, share: bar.update(
                        task, description=what, total=1.0, completed=share
                    ),
                )
                session.keep(judged.summary())
    except DivergenceError as error:
        raise Failed(f"{error}; the models are kept as they were") from error
    finally:
        session.close()
    if reason == "stopped":
        console.print("Stopped; the models are kept, and --continue goes on with them")
    for name in session.names:
        console.say("Model [bold]{}[/]", name)
    if judged is not None:
        _print_judgement(console, judged)
        write_values(out, {"models": list(session.names)} | judged.summary())


def _line(progress: PopulationProgress) -> str:
    own = progress.decisions / max(progress.iteration, 1)
    rewards = ", ".join(f"{row.reward:+.4f}" for row in progress.learners)
    return (
        f"Iteration {progress.iteration}: rewards {rewards}; "
        f"{own / max(progress.seconds, 1e-9):,.0f} decisions/s"
    )


def _print_judgement(console: Out, judged: PopulationJudgement) -> None:
    rows = [
        (
            one.name,
            one.role,
            f"{one.profit:+.2f} ± {one.error:.2f}",
            f"{one.reward:+.4f}",
            f"{one.position:.0%}",
        )
        for one in judged.learners
    ]
    heads = ("model", "role", "profit a day", "reward", "position")
    table(console, f"{judged.days} days of {judged.hours:g} h to report on", heads, rows)
    if judged.crowding is not None:
        found = judged.crowding
        console.print(
            f"Crowding of {found.traders} traders: correlation of positions "
            f"{found.positions:+.2f}, of trades {found.trades:+.2f}; on the same side "
            f"{found.same_side:.0%} (by chance {found.by_chance:.0%}); herding {found.herding:.3f}"
        )
    if judged.collusion is not None:
        makers = judged.collusion
        known = makers.benchmarks
        console.print(
            f"Collusion index of {makers.makers} makers: {makers.index:+.2f} (reward "
            f"{makers.profit:+.4f}; competition {known.competitive:+.4f} at "
            f"{known.competitive_action + 1}, monopoly {known.monopoly:+.4f} at "
            f"{known.monopoly_action + 1} half spreads)"
        )
    for one in judged.exploitability:
        console.print(
            f"A best response in the seat of {one.name}, after {one.decisions:,} decisions, gains "
            f"{one.gain:+.4f} ± {one.error:.4f} a decision on its {one.own:+.4f}",
            markup=False,
        )
