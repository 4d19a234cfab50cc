"""``abm-desktop train --seeds N``: one recipe with several seeds, and what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from abm_desktop.commands.console import Failed, Out, check_target, table
from abm_desktop.commands.evaluate import write_values
from abm_desktop.inputs import InputError

if TYPE_CHECKING:
    from abm_desktop.learning.config import TrainingConfig
    from abm_desktop.learning.judging.together import Together
    from abm_desktop.learning.process.messages import Message, Progress
    from abm_desktop.learning.several_seeds import SeveralTrainings

_ROWS = 12
"""Of the curve."""
_TOLD = 10
"""Times that each training tells how far it is."""


def train_several(
    console: Out, config: TrainingConfig, seeds: int, at_once: int | None, out: Path | None
) -> None:
    """Train, and print what each came to and all of them together.

    Raises :class:`Failed` if none came to an end.
    """
    from abm_desktop.learning.process.messages import Judging, Progress
    from abm_desktop.learning.several_seeds import train_seeds

    check_target("--json", out)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        rows: dict[int, TaskID] = {}

        def show(seed: int, message: Message) -> None:
            if seed not in rows:
                rows[seed] = bar.add_task(f"Seed {seed}, starting")
            row = rows[seed]
            if isinstance(message, Progress):
                said = f"Seed {seed}, training"
                bar.update(
                    row, total=message.iterations, completed=message.iteration, description=said
                )
                if message.iteration % max(1, message.iterations // _TOLD) == 0:
                    bar.console.print(_line(seed, message))
            elif isinstance(message, Judging):
                said = f"Seed {seed}, " + (
                    "held-out days" if message.stage == "evaluation" else "under stress"
                )
                bar.update(row, total=1.0, completed=message.share, description=said)

        try:
            found = train_seeds(config, seeds, at_once=at_once, on_message=show)
        except InputError as error:
            raise Failed(str(error)) from error
    for seed, failed in sorted(found.failures.items()):
        console.say("[red]Seed {} failed[/]: {}", str(seed), str(failed))
    if not found.results:
        raise Failed("no training came to an end")
    _print_each(console, found)
    _print_together(console, found.together())
    write_values(out, found.together().summary() | {"models": _models(found)})


def _line(seed: int, progress: Progress) -> str:
    reward = "none yet" if progress.reward_mean is None else f"{progress.reward_mean:.4f}"
    return f"Seed {seed}, iteration {progress.iteration}: reward {reward}"


def _models(found: SeveralTrainings) -> dict[str, str]:
    return {str(seed): results.name for seed, results in sorted(found.results.items())}


def _print_each(console: Out, found: SeveralTrainings) -> None:
    rows = []
    for seed, results in sorted(found.results.items()):
        judged = results.evaluation
        verdict, median, mean = "not judged", "", ""
        if judged:
            agent = judged["rules"]["agent"]
            verdict = "accepted" if judged["accepted"] else "not accepted"
            median, mean = f"{agent['pnl_median']:+.2f}", f"{agent['pnl_mean']:+.2f}"
        reward = results.last.reward_mean if results.history else None
        rows.append(
            (
                str(seed),
                results.name,
                results.reason,
                "" if reward is None else f"{reward:.3f}",
                verdict,
                median,
                mean,
            )
        )
    heads = ("seed", "model", "training", "last reward", "verdict", "median PnL", "mean PnL")
    table(console, "Trainings", heads, rows)


def _print_together(console: Out, found: Together) -> None:
    from abm_desktop.learning.judging.together import FEWEST

    curve = found.curve
    every = max(1, len(curve) // _ROWS)
    table(
        console,
        f"Mean reward of {found.trainings} trainings: interquartile mean and 95 % interval",
        ("iteration", "reward", "interval"),
        [
            (str(at), f"{one.mean:.3f}", one.interval(".3f") or f"fewer than {FEWEST}: none")
            for at, one in curve[::-every][::-1]
        ],
    )
    for sentence in found.sentences():
        console.print(sentence)
