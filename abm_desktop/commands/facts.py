"""``abm-desktop facts``: the stylised facts of a scenario, or of a recorded day."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from abm_desktop.commands.console import Failed, Misused, Out, check_target, print_table
from abm_desktop.readers.files import split_place
from abm_desktop.scenario import Scenario, ScenarioError, find_scenario, load_scenario
from abm_desktop.statements import counted
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
    from abm_desktop.metrics.stylized_facts.suite import Fact
    from abm_desktop.metrics.stylized_facts.ticks import Tick

_ROOM_FOR_SOURCES = 125
"""Columns of the terminal from which on the sources are shown."""

_LEAST_BLOCKS = 8
"""Half hours from which on a recorded day is resampled."""

SESSIONS = 40
"""Simulated sessions unless another number is asked for."""

_COLOURS = {
    "PASS": "green", "NOT SHOWN": "yellow", "WARN": "yellow", "FAIL": "red", "-": "dim",
}  # fmt: skip
_GATES = {"hard": "[bold]H[/]", "soft": "S", "report": "[dim]R[/]"}


def show_facts(
    subject: str,
    sessions: int | None,
    seed: int | None,
    out: Path | None,
    day: str | None = None,
    nulls: bool = False,
) -> int:
    """Measure and print the facts; returns 1 if a hard one fails, else 0.

    With ``nulls`` it tells of each range too which markets without facts it refuses.
    """
    console = Out()
    check_target("--json", out)
    path = Path(subject).expanduser()
    blocks: list[ReducedSession] = []
    place, _ = split_place(path)
    if place.is_dir() or (place.is_file() and place.suffix.lower() != ".toml"):
        for option, value in (("--sessions", sessions), ("--seed", seed)):
            if value is not None:
                raise Misused(f"{option} is of simulated sessions, and this is a recorded day")
        session, blocks = _recorded_day(path, day, console)
        records = [session]
        title, seeds = f"{records[0].name}, {records[0].seconds / 3600:.1f} h", []
    else:
        if day is not None:
            raise Misused("--day says which day of a recording, and this is a scenario")
        scenario = _scenario(subject)
        first = scenario.seed if seed is None else seed
        sessions = SESSIONS if sessions is None else sessions
        seeds = list(range(first, first + sessions))
        records = _simulate(scenario, seeds, console)
        last = f" to {seeds[-1]}" if sessions > 1 else ""
        title = f"{scenario.name}, {sessions} sessions, seeds {first}{last}"
    facts = _measure(records, console)
    if not seeds:
        facts = _with_intervals(facts, blocks, console)
    refused = _refused(records, console) if nulls else None
    from abm_desktop.metrics.stylized_facts.ticks import tick_of

    tick = tick_of(records)
    _print(facts, title, tick, console, refused)
    if out is not None:
        write_facts(out, title, seeds, facts, tick, refused)
    failed = [fact for fact in facts if fact.gate == "hard" and fact.verdict == "FAIL"]
    if failed:
        names = "; ".join(fact.name for fact in failed)
        many = f"{counted(len(failed), 'hard fact')} {'fails' if len(failed) == 1 else 'fail'}"
        console.say(f"[bold red]{many}:[/] {{}}", names)
    return 1 if failed else 0


def _scenario(name: str) -> Scenario:
    try:
        return load_scenario(find_scenario(name))
    except ScenarioError as error:
        raise Failed(str(error)) from error


def _recorded_day(
    path: Path, day: str | None, console: Out
) -> tuple[ReducedSession, list[ReducedSession]]:
    with console.status(f"Reading {path.name} ..."):
        from abm_desktop.metrics.stylized_facts.lobster import day_with_blocks
        from abm_desktop.readers import RecordingError

        try:
            return day_with_blocks(path, day)
        except RecordingError as error:
            raise Failed(str(error)) from error


def _simulate(scenario: Scenario, seeds: list[int], console: Out) -> list[ReducedSession]:
    """Run the sessions on threads: the market releases the GIL."""
    with console.status("Preparing ..."):
        from abm_desktop.desk.analytics.fact_sessions import simulate_sessions
    columns = (
        TextColumn("Simulating"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1.0)
        try:
            return simulate_sessions(
                scenario, seeds, lambda share: progress.update(task, completed=share)
            )
        except (FileNotFoundError, ValueError) as error:
            raise Failed(f"{scenario.name}: {error}") from error


def _with_intervals(facts: list[Fact], blocks: list[ReducedSession], console: Out) -> list[Fact]:
    """Give a recorded day intervals from its half hours, if it has enough of them."""
    from abm_desktop.metrics.stylized_facts.suite import with_block_intervals

    if len(blocks) < _LEAST_BLOCKS:
        return facts
    with console.status("Resampling the half hours of the day ..."):
        return with_block_intervals(facts, blocks)


def _refused(records: list[ReducedSession], console: Out) -> dict[str, list[str]]:
    from abm_desktop.metrics.stylized_facts.nulls import NULLS, refusals

    for name, null in NULLS.items():
        console.print(f"Null {name}: {null.title}")
    with console.status("Measuring markets without facts ..."):
        return refusals(records)


def _measure(records: list[ReducedSession], console: Out) -> list[Fact]:
    from abm_desktop.metrics.stylized_facts.suite import measure

    columns = (TextColumn("Measuring"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        return measure(
            records, progress=lambda done, of: progress.update(task, completed=done, total=of)
        )


def _print(
    facts: list[Fact],
    title: str,
    tick: Tick,
    console: Out,
    refused: dict[str, list[str]] | None = None,
) -> None:
    shown = Table(
        title=Text(f"Stylised facts: {title}"),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        caption="H hard, S soft, R report. WARN: outside, but the 95 % interval reaches the range. "
        "NOT SHOWN: inside, but not with one of the sessions left out, or its range has refused "
        f"nothing (docs/realism.md). Judged as a {tick.kind} market: mean spread {tick.spread:.3g} "
        f"ticks, volatility per trade {tick.per_trade:.3g} ticks.",
        caption_justify="left",
    )
    sources = console.width >= _ROOM_FOR_SOURCES
    for name in ("#", "", "fact", "value", "95 % interval", "accept", "verdict"):
        number = name in ("value", "95 % interval", "accept")
        shown.add_column(name, justify="right" if number else "left")
    if refused is not None:
        shown.add_column("nulls it refuses")
    if sources:
        shown.add_column("source")
    for fact in facts:
        colour = _COLOURS[fact.verdict]
        last = Text(str(fact.note)) if fact.note else Text(fact.source, style="dim")
        shown.add_row(
            fact.number,
            Text.from_markup(_GATES[fact.gate]),
            Text(fact.name),
            _number(fact.value),
            _interval(fact),
            Text(fact.accept),
            Text(fact.verdict, style=colour),
            *((_nulls(fact, refused),) if refused is not None else ()),
            *((last,) if sources else ()),
        )
    print_table(console, shown)
    if not sources:
        for fact in facts:
            if fact.note:
                console.say("[dim]{} {}: {}[/]", fact.number, fact.name, fact.note)


def _nulls(fact: Fact, refused: dict[str, list[str]]) -> Text:
    """Which nulls a range refuses; one that refuses none says nothing of these."""
    if fact.name not in refused:
        return Text("")
    names = ", ".join(refused[fact.name])
    return Text(names) if names else Text("none", style="yellow")


def _number(value: float) -> str:
    if value != value:
        return "-"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _interval(fact: Fact) -> str:
    return "" if fact.low != fact.low else f"{_number(fact.low)} .. {_number(fact.high)}"


def write_facts(
    out: Path,
    title: str,
    seeds: list[int],
    facts: list[Fact],
    tick: Tick,
    refused: dict[str, list[str]] | None = None,
) -> None:
    """Write what was measured as JSON; ends the command if the file cannot be written."""
    content: dict[str, Any] = {
        "subject": title,
        "seeds": seeds,
        "tick": {
            "kind": tick.kind,
            "mean_spread": _known(tick.spread),
            "volatility_per_trade": _known(tick.per_trade),
        },
        "facts": [fact.as_json() for fact in facts],
        **({} if refused is None else {"nulls_refused": refused}),
    }
    try:
        write_whole(out, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise Failed(f"--json {out}: cannot be written ({error.strerror})") from error
