"""``abm-desktop train``: what the RL tab does, without the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from abm_desktop.commands.console import Failed, Misused, Out, place_of
from abm_desktop.commands.interrupts import ends_like_interrupts
from abm_desktop.commands.option_names import told_of_options
from abm_desktop.inputs import InputError
from abm_desktop.market.roles import find_role
from abm_desktop.scenario import ScenarioError, find_scenario, load_scenario

if TYPE_CHECKING:
    from abm_desktop.learning.process.messages import Message, Progress
    from abm_desktop.learning.trainer import TrainingResults

_FIELDS = {"name": "model_name", "recording": "scenario"}
"""Options whose name differs from the field of the training configuration."""

_OPTIONS = (
    "scenario", "recording", "algorithm", "iterations", "workers", "learning_rate", "seed",
    "address", "name", "evaluate_after",
)  # fmt: skip
"""Options of the command that are settings; None if they are not given."""


def given_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings among a command's options that were given.

    A recorded day to train in is named where a scenario is, with the ``day`` after it.
    """
    if values["scenario"] is not None and values["recording"] is not None:
        raise Misused("--scenario and --recording both name the market; give one")
    try:
        values = {**values, "recording": place_of(values["recording"], values["day"])}
    except InputError as error:
        raise Failed(str(error)) from error
    return {_FIELDS.get(name, name): values[name] for name in _OPTIONS if values[name] is not None}


def train_policy(
    file: Path | None,
    options: dict[str, Any],
    extra: list[str],
    continued: str = "",
    seeds: int | None = None,
    at_once: int | None = None,
    out: Path | None = None,
) -> None:
    """Train with the settings of ``file``, then of ``options``, then of ``extra`` ("key=value").

    Or go on with the training of the model ``continued``, whose settings it has. With ``seeds``
    that many trainings, told together, and in the file ``out``.
    """
    console = Out()
    from abm_desktop.learning.config import ConfigError
    from abm_desktop.learning.recipes import find_recipe, load_config
    from abm_desktop.learning.registry.model_meta import ModelError
    from abm_desktop.learning.rllib.samplers import within_processors

    if continued and seeds is not None:
        raise Misused("--continue goes on with one training: leave --seeds out")
    for option, value in (("--at-once", at_once), ("--json", out)):
        if seeds is None and value is not None:
            raise Misused(f"{option} is for several trainings: give --seeds")
    if continued and file:
        raise Misused("--continue goes on with the settings of its training: leave --config out")
    try:
        if continued:
            from abm_desktop.learning.process.continuing import config_to_continue

            asked = config_to_continue(continued, options, extra)
        else:
            if "scenario" in options and any(
                e.partition("=")[0].strip() == "scenario" for e in extra
            ):
                raise Misused(
                    "--set scenario and --scenario or --recording all name the market; give one"
                )
            asked = load_config(find_recipe(file) if file else None, options, extra)
        config, note = within_processors(asked)
        for name in (config.scenario, *config.evaluation_scenarios):
            load_scenario(find_scenario(name))
    except ConfigError as error:
        told = told_of_options(error, options, model_name="--name", evaluate_after="--no-evaluate")
        raise Failed(str(told)) from error
    except (ScenarioError, ModelError) as error:
        raise Failed(str(error)) from error
    if note:
        console.say("[yellow]{}[/]", note)
    role = find_role(config.role)
    what = "" if role.is_default else f" for {role.noun}"
    console.say(
        f"[bold]{config.algorithm}[/]{what} in {{}}, seed {config.seed}: "
        f"{config.iterations} iterations of {config.steps_per_iteration:,} decisions",
        config.scenario,
    )
    if seeds is not None:
        from abm_desktop.commands.train_seeds import train_several

        with ends_like_interrupts():
            train_several(console, config, seeds, at_once, out)
        return
    from abm_desktop.learning.process.messages import Judging, Progress, Status
    from abm_desktop.learning.trainer import RLTrainer, TrainingFailed

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("Starting", total=config.iterations)

        def show(message: Message) -> None:
            if isinstance(message, Status) and message.note is not None:
                bar.update(task, description=str(message.note))
            elif isinstance(message, Status) and message.state == "stopping":
                bar.console.print(_STOPPING)
            elif isinstance(message, Progress):
                bar.update(task, completed=message.iteration, description="Training")
                bar.console.print(_line(message))
            elif isinstance(message, Judging):
                text = "Held-out days" if message.stage == "evaluation" else "Under stress"
                bar.update(task, total=1.0, completed=message.share, description=text)

        with ends_like_interrupts():
            try:
                results, folder = RLTrainer(config=config).train(show)
            except TrainingFailed as failed:
                raise Failed(str(failed)) from failed
    word = "Finished" if results.reason == "finished" else "Stopped; the model is kept"
    console.say(f"{word}. Model [bold]{{}}[/] in {{}}", results.name, folder)
    _print_verdict(console, results)
    console.print(
        "Let it trade: in the window, RL tab, load the model; or in a scenario file, "
        f'[[rl]] with model = "{results.name}"',
    )


_STOPPING = "Stopping after this iteration, with the model kept; Ctrl+C again abandons it"


def _print_verdict(console: Out, results: TrainingResults) -> None:
    from abm_desktop.learning.judging.evaluation_columns import everywhere

    if results.warning:
        console.print(results.warning)
    for evaluation in everywhere(results.evaluation):
        accepted = evaluation["accepted"]
        console.say("[green]Accepted[/]" if accepted else "[red]Not accepted[/]", end=" ")
        console.print(f"in {evaluation['scenario']}: ", end="")
        faults = [c["name"] + " " + c["detail"] for c in evaluation["checks"] if not c["passed"]]
        agent = evaluation["rules"]["agent"]
        earned = f"median {agent['pnl_median']:+.2f} on {evaluation['days']} held-out days"
        told = [earned, *faults, *evaluation["flags"]]
        console.print("; ".join(told))
    if test := results.stress_test:
        worst = max(test["outcomes"], key=lambda o: o["volatility_amplification"])
        low, high = worst["amplification_low"], worst["amplification_high"]
        interval = "" if low is None else f", 95 % interval {low:.2f} to {high:.2f}"
        console.print(
            f"Under {len(test['outcomes'])} stresses, volatility with it over that without is "
            f"largest under {worst['stress']['type']}: {worst['volatility_amplification']:.2f}"
            f"{interval}.",
        )
    if results.evaluation:
        console.print(f"Everything measured: abm-desktop models show {results.name}")


def _line(progress: Progress) -> str:
    reward = "   none yet" if progress.reward_mean is None else f"{progress.reward_mean:11.4f}"
    return (
        f"{progress.iteration:5d}  reward {reward}  {_actions(progress)}  "
        f"{progress.steps_per_second:,.0f} steps/s"
    )


def _actions(progress: Progress) -> str:
    """Shares of all actions if they are few, else those of the most frequent ones."""
    named = list(zip(progress.actions, progress.action_shares, strict=True))
    if len(named) <= 3:
        names = "/".join(name.lower() for name, _ in named)
        return f"{names} " + "/".join(f"{share:.0%}" for _, share in named)
    named.sort(key=lambda pair: -pair[1])
    return ", ".join(f"{name.lower()} {share:.0%}" for name, share in named[:3])
