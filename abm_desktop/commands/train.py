"""``abm-desktop train``: what the RL tab does, without the window."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from abm_desktop.commands.console import Failed, Misused, Out, place_of
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
    except (ConfigError, ScenarioError, ModelError) as error:
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

        with _ends_like_interrupts():
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

        with _ends_like_interrupts():
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


@contextlib.contextmanager
def _ends_like_interrupts() -> Iterator[None]:
    """Let SIGTERM and the end of the terminal (SIGHUP) keep the model, as Ctrl+C does."""
    numbers = [signal.SIGTERM]
    # A program begun with nohup has been told to ignore it.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _as_interrupt) for number in numbers}
    # Scripts let their background jobs ignore Ctrl+C. The loop knows how to end at an interrupt
    # only if it finds the usual handler: it finds it, and Ctrl+C itself is kept away all the same.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if ignored:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    """Let the end that a system asks for be like one that a person does (Ctrl+C)."""
    if number != signal.SIGTERM:  # the terminal is gone: nothing can be written to it any more
        _write_nowhere()
    interrupt = signal.getsignal(signal.SIGINT)
    assert callable(interrupt)
    interrupt(signal.SIGINT, frame)


def _write_nowhere() -> None:
    """What is printed from now on goes nowhere, in place of an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


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
