"""`abm-desktop bench`: speed, measured side by side in one run."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from abm_desktop.bench.report import OURS, Report
from abm_desktop.commands.console import Failed, Misused, Out, print_table
from abm_desktop.inputs import why_no_file


def bench(
    what: str,
    *,
    lobster: list[Path],
    peers: bool,
    repeats: int,
    messages: int,
    as_json: bool,
    seconds: float = 20.0,
    training: bool = True,
    minutes: float = 0.0,
    trades: int = 0,
    sessions: list[int] | None = None,
    cases: list[str] | None = None,
) -> int:
    """Run one bench and print its table, or the JSON object."""
    if what == "serve":
        report = _served(seconds=seconds, training=training)
    elif what == "ui":
        report = _window(
            repeats=repeats, seconds=seconds, training=training, minutes=minutes, trades=trades
        )
    else:
        report = _run(
            what,
            lobster=lobster,
            peers=peers,
            repeats=repeats,
            messages=messages,
            sessions=sessions or [],
            cases=tuple(cases or ()),
        )
    if as_json:
        print(report.as_json())
    else:
        _show(report, Out())
    return 0


def _run(
    what: str,
    *,
    lobster: list[Path],
    peers: bool,
    repeats: int,
    messages: int,
    sessions: list[int],
    cases: tuple[str, ...],
) -> Report:
    if what == "engine":
        from abm_desktop.bench import engine

        missing = [path for path in lobster if not path.is_file() and not path.is_dir()]
        if missing:
            told = "; ".join(f"{path}: {why_no_file(path)}" for path in missing)
            raise Misused(told)
        return engine.run(lobster, peers=peers, messages=messages, repeats=repeats)
    if what == "market":
        from abm_desktop.bench import market

        return market.run(repeats=repeats, peers=peers)
    if what == "training":
        return _training(peers=peers, repeats=repeats, cases=cases)
    if what == "env":
        from abm_desktop.bench import envs

        return envs.run(repeats=repeats)
    if what == "experiment":
        from abm_desktop.bench import experiment

        return experiment.run(repeats=repeats, sizes=sessions or experiment.SIZES)
    known = "engine, market, env, training, experiment, serve and ui"
    raise Misused(f'no bench "{what}"; there are {known}')


def _training(*, peers: bool, repeats: int, cases: tuple[str, ...]) -> Report:
    from abm_desktop.bench import training, training_plan

    unknown = [name for name in cases if name not in training_plan.CASES]
    if unknown:
        known = ", ".join(training_plan.CASES)
        raise Misused(f'no case "{unknown[0]}"; there are {known}')
    try:
        return training.run(peers=peers, repeats=repeats, cases=cases)
    except RuntimeError as error:
        raise Failed(str(error)) from error


def _window(*, repeats: int, seconds: float, training: bool, minutes: float, trades: int) -> Report:
    from abm_desktop.ui.bench import run

    try:
        return run.run(
            repeats=repeats, seconds=seconds, training=training, minutes=minutes, trades=trades
        )
    except RuntimeError as error:
        raise Failed(str(error)) from error


def _served(*, seconds: float, training: bool) -> Report:
    from abm_desktop.ui.bench import run

    try:
        return run.run_served(seconds=seconds, training=training)
    except RuntimeError as error:
        raise Failed(str(error)) from error


def _show(report: Report, console: Out) -> None:
    """Print the table; ratios compare ours with the peer of the same case and unit."""
    table = Table(title=Text(f"bench {report.bench}"))
    for name in ("case", "subject"):
        table.add_column(name, overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("ours / this", justify="right")
    ours = {(row.case, row.unit): row.value for row in report.rows if row.subject == OURS}
    for row in report.rows:
        mine = ours.get((row.case, row.unit))
        ratio = f"{mine / row.value:,.1f}" if mine and row.subject != OURS else ""
        table.add_row(*map(Text, (row.case, row.subject, _number(row.value), row.unit, ratio)))
    print_table(console, table)
    for note in report.notes:
        console.say("[dim]{}[/]", note)


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
