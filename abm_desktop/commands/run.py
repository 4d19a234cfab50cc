"""``abm-desktop run``: a market without a window."""

from __future__ import annotations

import contextlib
import math
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from abm_desktop.commands.console import Failed, Misused, Out, place_of, table
from abm_desktop.inputs import InputError
from abm_desktop.scenario import (
    Scenario,
    ScenarioError,
    find_scenario,
    format_duration,
    load_scenario,
    parse_duration,
    warnings_of,
)
from abm_desktop.scenario.files import in_file, scenario_of_recording
from abm_desktop.whole_files import TakenError, check_free, free_beside

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

_STEPS = 200
"""How many pieces a run is cut into for its progress bar; it changes nothing in the market."""


def run_market(
    name: str | None,
    recording: str | None,
    seed: int | None,
    duration: str | None,
    out: Path | None,
    messages: bool,
    sample_interval: str,
    overwrite: bool = False,
    lobster: Path | None = None,
    levels: int = 10,
    changes: Sequence[str] = (),
    day: str | None = None,
) -> None:
    """Run a scenario from its open on, write the tape if asked, and print a summary.

    With a ``recording`` it is that day, with what the scenario, if one is named, does to it;
    ``day`` says which of several.
    ``changes``, "key=value" each, go before what the scenario's file says.
    """
    console = Out()
    try:
        scenario = _asked_for(name, place_of(recording, day), changes)
        interval = parse_duration(sample_interval)
        seconds = parse_duration(duration) if duration else scenario.market.session
    except InputError as error:
        raise Failed(str(error)) from error
    if not 0.001 <= interval <= 3600.0:
        raise Misused(f"--sample-interval is {sample_interval}; choose 1ms to 1h")
    from abm_desktop.lobster_files import LOBSTER_FILES, check_prices, write_lobster
    from abm_desktop.market.reading import MAX_TIME
    from abm_desktop.tape_files import RUN_FILES

    if not 0 < seconds <= MAX_TIME:
        raise Misused(f"--duration is {duration}; choose more than 0 and at most {MAX_TIME:g} s")
    if scenario.recording and seconds > scenario.market.session:
        raise Misused(
            f"--duration is {duration}; the recording is over after "
            f"{format_duration(scenario.market.session)}"
        )
    if seed is not None and seed >= 2**63:
        raise Misused(f"--seed is {seed}; choose 0 to {2**63 - 1}")
    if lobster is not None:
        if out is not None and lobster.expanduser().resolve() == out.expanduser().resolve():
            raise Misused("--out and --lobster name one folder; name two")
        try:
            check_prices(scenario.market.tick_size, scenario.market.ladder_ticks)
        except InputError as error:
            raise Failed(f"--lobster: {error}") from error
    _check_folder("--out", out, RUN_FILES)
    _check_folder("--lobster", lobster, LOBSTER_FILES)
    console.say(
        f"[bold]{{}}[/], seed {scenario.seed if seed is None else seed}, "
        f"{format_duration(seconds)} from the open",
        scenario.name,
    )
    for warning in warnings_of(scenario):
        console.say("[bold yellow]Warning[/] {}", warning)
    with console.status("Preparing the market (the first run after a change compiles it) ..."):
        simulator = _prepare(scenario, seed, interval, messages or lobster is not None)
    started, events = time.perf_counter(), simulator.events
    # Changes of phase are fetched after each piece, and there are at most some dozen a second.
    steps = max(_STEPS, math.ceil(seconds)) if lobster is not None else _STEPS
    _advance(simulator, seconds, console, steps)
    wall = time.perf_counter() - started
    events = simulator.events - events
    # Files before words: who reads along may be gone, and the run would be lost with them.
    told: list[str] = []
    if out is not None:
        from abm_desktop.tape_files import write_tape

        aside = None if overwrite else free_beside(out)
        with console.status(f"Writing {out} ..."), _told("--out", out):
            written = write_tape(simulator, out, overwrite=True, aside=aside, messages=messages)
        sizes = ", ".join(f"{path.name} ({rows:,} rows)" for path, rows in written.items())
        told += [f"Tape in {out}: {sizes}", *_kept(aside)]
    if lobster is not None:
        aside = None if overwrite else free_beside(lobster)
        with console.status(f"Writing {lobster} ..."), _told("--lobster", lobster):
            pair = write_lobster(simulator, lobster, levels=levels, overwrite=True, aside=aside)
        names = " and ".join(path.name for path in pair)
        rows = next(iter(pair.values()))
        told += [f"LOBSTER files in {lobster}: {names} ({rows:,} rows each)", *_kept(aside)]
    _print_summary(simulator, seconds, events, wall, console)
    for line in told:
        console.print(line)
    for alarm in simulator.alarms:
        console.say("[bold yellow]Alarm[/] {}", alarm)


def _asked_for(name: str | None, recording: str | None, changes: Sequence[str]) -> Scenario:
    """The scenario of the command line, with its recorded day if there is one."""
    if name is None:
        assert recording is not None
        file, scenario = None, scenario_of_recording(recording, changes)
    else:
        file = find_scenario(name)
        scenario = load_scenario(file, changes)
    if recording is None and not scenario.recording:
        return scenario
    # Here, because it loads the compiler, which a mistyped name need not wait for.
    from abm_desktop.market.recorded_day import recorded_scenario, with_its_day

    if file is None:  # what --set says beside the recording is refused as if it stood in a file
        return with_its_day(scenario)
    if recording and changes:  # the day takes no market of the file's, but what was asked for now
        with_its_day(scenario_of_recording(recording, changes))
    try:
        return recorded_scenario(recording, scenario) if recording else with_its_day(scenario)
    except ScenarioError as error:
        raise in_file(file, error) from error


def _kept(aside: Path | None) -> list[str]:
    if aside is None or not aside.exists():
        return []
    return [f"The earlier run of that name is in {aside} (--overwrite keeps none)"]


def _check_folder(option: str, folder: Path | None, ours: Collection[str]) -> None:
    """Fail before the run, not after it, if the results cannot be written there."""
    if folder is None:
        return
    with _told(option, folder):
        check_free(folder, overwrite=True, ours=ours)
        place = folder.expanduser().resolve()
        made = [each for each in (place, *place.parents) if not each.exists()]
        place.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(prefix=".abm-desktop-", dir=place.parent):
                pass
        finally:
            for each in made:
                each.rmdir()


@contextlib.contextmanager
def _told(option: str, folder: Path) -> Iterator[None]:
    """Say in one line why results cannot be written."""
    try:
        yield
    except TakenError as error:
        raise Failed(f"{option} {folder}: {error.message}; {error.remedy}") from error
    except InputError as error:
        raise Failed(f"{option} {folder}: {error}") from error
    except OSError as error:
        raise Failed(
            f"{option} {folder}: cannot be written to ({error.strerror or error}); "
            "choose another folder",
        ) from error


def _prepare(scenario: Scenario, seed: int | None, interval: float, messages: bool) -> Simulator:
    from abm_desktop.market.simulator import Simulator

    try:
        simulator = Simulator(scenario, seed, sample_interval=interval, record_messages=messages)
    except (FileNotFoundError, ValueError) as error:
        raise Failed(f"{scenario.name}: {error}") from error
    simulator.warm_up()
    simulator.begin_tape()
    return simulator


def _advance(simulator: Simulator, seconds: float, console: Out, steps: int) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[clock]}"),
        TimeRemainingColumn(),
    )
    seen = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not seen) as progress:
        task = progress.add_task("Simulating", total=seconds, clock="")
        for step in range(1, steps + 1):
            simulator.run_until(seconds * step / steps)
            progress.update(task, completed=simulator.now, clock=_clock(simulator.now))


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _row(name: str, value: str, note: str, unless: str) -> tuple[str, str, str]:
    """A row of the summary; a dash and the reason if there is no such number."""
    return (name, "-", unless) if value.startswith("nan") else (name, value, note)


def _print_summary(
    simulator: Simulator, seconds: float, events: int, wall: float, console: Out
) -> None:
    from abm_desktop.market.recorded_day import DIFFERENCES
    from abm_desktop.tape_files import summarise

    summary = summarise(simulator)
    currency = f"{simulator.scenario.market.tick_size:g}"
    rows = [
        ("fills", f"{summary.trades:,}", f"{summary.trades / seconds:.2f} a second"),
        ("volume", f"{summary.volume:,} lots", f"{summary.volume / seconds * 60:,.0f} a minute"),
        _row(
            "price",
            f"{summary.last_mid:.3f}",
            f"{summary.change:+.2%}, between {summary.low:.2f} and {summary.high:.2f}",
            "no quotes on both sides",
        ),
        _row(
            "realised volatility",
            f"{summary.volatility:.3%}",
            f"{summary.volatility_per_session:.2%} a session, 10 s returns",
            "needs a return of 10 s",
        ),
        _row(
            "spread",
            f"{summary.spread_ticks:.2f} ticks",
            f"{summary.spread_bp:.2f} bp; most {summary.spread_most:.0f} ticks of {currency}",
            "no quotes on both sides",
        ),
        _row("depth, 5 levels", f"{summary.depth:,.0f} lots", "both sides, mean", "no sample"),
        ("book events", f"{events:,}", f"{events / max(wall, 1e-9):,.0f} a second of real time"),
        ("real time", f"{wall:.2f} s", f"{seconds / max(wall, 1e-9):,.0f} x as fast as the clock"),
    ]
    table(console, "Market", ("", "value", ""), rows)
    accounts = [
        (
            account.name.replace("_", " "),
            str(account.traders),
            f"{account.inventory:+,}",
            f"{account.pnl:+,.2f}",
            f"{account.maker_volume:,}",
            f"{account.taker_volume:,}",
        )
        for account in summary.classes
    ]
    columns = ("traders", "number", "inventory", "PnL", "lots made", "lots taken")
    table(console, "Traders", columns, accounts)
    if simulator.scenario.recording:
        differences = zip(DIFFERENCES, simulator.recorded_differences, strict=True)
        told = [(name.replace("_", " "), f"{count:,}") for name, count in differences]
        table(console, "Otherwise than in the record", ("", "number"), told)
