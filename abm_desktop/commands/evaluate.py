"""``abm-desktop evaluate`` and ``stress-test``: what a trained trader is worth."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from abm_desktop.commands.console import (
    Failed,
    Misused,
    Out,
    check_target,
    place_of,
    table,
)
from abm_desktop.inputs import InputError, shown
from abm_desktop.learning.registry import models
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.learning.judging.evaluation import Evaluation


def evaluate_model(
    model: str,
    scenarios: list[str],
    recordings: list[str],
    day: str | None,
    days: int,
    hours: float | None,
    seed: int,
    purpose: str,
    out: Path | None,
    begin: str | None = None,
    until: str | None = None,
) -> int:
    """Evaluate, print tables and verdicts; 1 if the model is not accepted in every market.

    ``day`` is one of several in the only recording; ``begin`` and ``until`` are of it, too.
    """
    from abm_desktop.envs.day_parts import part_of
    from abm_desktop.learning.judging.assessment import keep_evaluation
    from abm_desktop.learning.judging.seed_ranges import VERDICTS, refuse_days_of_choice
    from abm_desktop.learning.judging.seen_days import refuse_seen
    from abm_desktop.learning.judging.several_markets import (
        evaluate_in,
        summary_of_all,
    )
    from abm_desktop.learning.judging.stress_test import load_agent

    console = Out()
    check_target("--json", out)
    if purpose not in VERDICTS:
        asked = f"--range must be {' or '.join(VERDICTS)}, not {shown(purpose)}"
        raise Misused(asked + ("; to choose: abm-desktop models choose" * (purpose == "choice")))
    known = _known(model)
    with _told(), _bar(console) as tell:
        policy = load_agent(model)
        places = [str(place_of(recording, day)) for recording in recordings]
        names = [*scenarios, *places] or (_markets_of(known) if known else []) or ["calm"]
        markets = [load_scenario(find_scenario(name)) for name in names]
        parts = [part_of(market, begin, until) for market in markets]
        for market, part in zip(markets, parts, strict=True):
            refuse_seen(known, market, part)
            seen = known.metrics if known else {}
            refuse_days_of_choice(seen, market.name, purpose, seed, days)
        results = evaluate_in(
            policy, markets, days=days, hours=hours, seed=seed, purpose=purpose, parts=parts,
            on_share=tell,
        )  # fmt: skip
    for result in results:
        _print_evaluation(console, model, result)
    summary = summary_of_all(results)
    if known:
        keep_evaluation(model, summary)
    write_values(out, summary)
    return 0 if all(result.accepted for result in results) else 1


def _known(model: str) -> models.ModelInfo | None:
    """What the registry tells of a model; None for the policy of a file or folder."""
    with contextlib.suppress(models.ModelError):
        return models.get_model(model)
    return None


def _markets_of(info: models.ModelInfo) -> list[str]:
    """The scenarios that a model's training names for evaluations."""
    return [str(name) for name in info.config.get("evaluation_scenarios", ())]


def _print_evaluation(console: Out, model: str, result: Evaluation) -> None:
    from abm_desktop.learning.judging.evaluation_columns import evaluation_columns

    columns = evaluation_columns(result.role)
    table(
        console,
        f"{model} in {result.scenario}: {result.days} held-out days of {result.hours:g} hours",
        ("rule", *(heading for heading, _ in columns)),
        [
            (name, *(text(rule) for _, text in columns))
            for name, rule in result.summary()["rules"].items()
        ],
    )
    for check in result.checks:
        mark = "[green]yes[/]" if check.passed else "[red]no [/]"
        console.say(f"  {mark} {{}}: {{}}", check.name, check.detail)
    for flag in result.flags:
        console.say("  [red]degenerate[/]: {}", flag)
    console.say("  {}", result.leaning())
    if np.isfinite(result.value_ratio):
        console.print(f"  earns {result.value_ratio:.0%} of the value rule's profit")
    console.say("[bold green]accepted[/]" if result.accepted else "[bold red]not accepted[/]")


def stress_test_model(
    model: str,
    stress: list[str],
    scenario: str,
    runs: int,
    traders: int,
    seed: int,
    out: Path | None,
) -> None:
    """Run the stress test and print one line a scenario."""
    from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of

    console = Out()
    check_target("--json", out)
    wanted = _named(stress) or None
    settings: dict[str, Any] = {"runs": runs, "traders": traders, "seed": seed, "after": 1800.0}
    with _told(), _bar(console) as tell:
        market = load_scenario(find_scenario(scenario))
        outcomes = stress_test_agent(
            model,
            wanted,
            scenario=market,
            on_share=lambda share: tell("stress", share),
            **settings,
        )
    summary = summary_of(outcomes, market.name, **settings)
    table(
        console,
        f"{model}, {traders} of it, under stress: means of {runs} markets, each with and without",
        ("stress", "PnL", "drawdown", "of holding", "|q|", "sell/hold/buy", "drop", "without",
         "volatility x", "95 % interval", "recovery s", "without"),
        [_stress_row(outcome) for outcome in summary["outcomes"]],
    )  # fmt: skip
    if _known(model):
        models.set_metrics(model, stress_test=summary)
    write_values(out, summary)


def _stress_row(o: dict[str, Any]) -> tuple[str, ...]:
    low, high = o["amplification_low"], o["amplification_high"]
    kind, magnitude = o["stress"]["type"], o["stress"].get("magnitude", "")
    return (
        f"{kind.replace('_', ' ')} {magnitude}".strip() if o["name"] == kind else o["name"],
        f"{o['pnl']:+.2f}",
        f"{o['drawdown']:.2f}",
        f"{o['buy_and_hold_drawdown']:.2f}",
        f"{o['inventory_mean']:.1f}",
        "/".join(f"{share:.0%}" for share in o["shares"]),
        f"{o['price_drop']:.2%}",
        f"{o['price_drop_without']:.2%}",
        f"{o['volatility_amplification']:.3f}",
        "" if low is None else f"{low:.3f} to {high:.3f}",
        f"{_seconds(o['recovery_seconds'])} ({o['recovered']})",
        f"{_seconds(o['recovery_seconds_without'])} ({o['recovered_without']})",
    )


def _named(texts: list[str]) -> list[dict[str, Any]] | dict[str, dict[str, Any]]:
    """The stresses of the command line: by name if any of them has one, else a list."""
    found = [_parse(text) for text in texts]
    if not any(_has_names(values) for values in found):
        return found
    named: dict[str, dict[str, Any]] = {}
    for text, values in zip(texts, found, strict=True):
        for name, stress in (values if _has_names(values) else {text: values}).items():
            if name in named:
                raise Misused(f'--stress: two of them are called "{name}"; rename one')
            named[name] = stress
    return named


def _has_names(values: dict[str, Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values.values())


def _parse(text: str) -> dict[str, Any]:
    """ "flash_crash", "flash_crash=0.1", a JSON object with any key of the stress, or by name."""
    if text.lstrip().startswith("{"):
        try:
            values: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError as error:
            raise Misused(f"--stress {text}: is not JSON: {error}") from error
        except RecursionError as error:
            raise Misused(f"--stress {text[:40]}...: is nested too deep") from error
        return values
    kind, separator, magnitude = text.partition("=")
    try:
        return {"type": kind} | ({"magnitude": float(magnitude)} if separator else {})
    except ValueError:
        raise Misused(
            f"--stress {text}: write it as type=magnitude, e.g. flash_crash=0.1"
        ) from None


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"


def write_values(out: Path | None, values: Any) -> None:
    """Write a result as JSON, if a file is asked for; ends the command if it cannot be written."""
    if out is not None:
        try:
            write_whole(out, json.dumps(values, indent=1) + "\n")
        except OSError as error:
            reason = error.strerror or error
            raise Failed(
                f"--json {out}: cannot be written ({reason}); choose another file"
            ) from error


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise Failed(str(error)) from error


@contextlib.contextmanager
def _bar(console: Out) -> Iterator[Any]:
    """A progress bar; gives a function of what is at work and the finished share."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("warming up", total=1.0)
        yield lambda what, share: bar.update(task, completed=share, description=what)
