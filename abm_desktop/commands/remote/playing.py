"""``abm-desktop remote``: the market is loaded, run, stressed and ruled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abm_desktop.commands.console import Misused, Out
from abm_desktop.commands.console import table as print_rows
from abm_desktop.commands.remote.sessions import (
    Address,
    AsJson,
    Settings,
    app,
    open_session,
    print_json,
    real_of,
    seconds_of,
    shown,
    stress_of,
    tell,
    values_of,
)

if TYPE_CHECKING:
    from abm_desktop.remote.replies import CommandResult


@app.command()
def info(address: Address = "", as_json: AsJson = False) -> None:
    """What runs there: the server, its clients, and how the market stands."""
    with open_session(address) as session:
        found = dict(session.info())
        found["market"] = session.state() if found["has_market"] else None
        if as_json:
            print_json(found)
            return
        console = Out()
        kind = "window" if found["has_window"] else "server without a window"
        url = session.connection.url
        console.print(f"ABM Desktop {found['version']}: {kind} at {url}, process {found['pid']}")
        console.print(f"Clients: {', '.join(each['name'] for each in found['clients'])}")
        if found["doing"]:
            console.print(f"The market is being prepared: {found['doing']}")
        s = found["market"]
        if s is None:
            console.print("No market is loaded.")
            return
        console.print(
            f"Market {s.generation}: {s.source}, seed {s.seed}, {s.state} at {s.time:g} s; "
            f"mid {shown(s.mid)}, spread {shown(s.spread)}, {s.trades:,} fills, {s.phase}"
        )
        for each in s.stresses:
            console.print(f"Stress: {each.kind} until {each.end:g} s")
        if s.interventions:
            console.print("Rules: " + ", ".join(s.interventions))
        for alarm in s.alarms:
            console.print(f"Alarm: {alarm}")


@app.command()
def load(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario there, or a file here.")],
    seed: Annotated[
        int | None, typer.Option(help="Seed of the market; default: the scenario's.", min=0)
    ] = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Replace the market by a scenario's, paused at its open."""
    file = Path(scenario)
    with open_session(address) as session:
        given = file if file.suffix == ".toml" else scenario
        tell(session, session.load(given, seed), as_json)


@app.command()
def reset(
    seed: Annotated[int | None, typer.Option(help="Default: the seed it has.", min=0)] = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Begin the same market again."""
    with open_session(address) as session:
        tell(session, session.reset(seed), as_json)


@app.command()
def run(
    duration: Annotated[
        str, typer.Argument(help="Simulated time to run, like 10min, and then pause.")
    ] = "",
    speed: Annotated[
        str, typer.Option(help="Simulated seconds a real second, or max: without a DURATION.")
    ] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Let time pass: for a while as fast as it goes, or until somebody pauses it."""
    seconds = seconds_of(duration, "DURATION") if duration else None
    with open_session(address) as session:
        if speed:
            session.set_speed(None if speed == "max" else real_of(speed, "--speed"))
        result = session.play() if seconds is None else session.run(seconds)
        tell(session, result, as_json)


@app.command()
def pause(address: Address = "", as_json: AsJson = False) -> None:
    """Hold simulated time."""
    with open_session(address) as session:
        tell(session, session.pause(), as_json)


@app.command()
def step(
    events: Annotated[int, typer.Argument(help="Events to take.", min=1)] = 1,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Pause, and go on by some events."""
    with open_session(address) as session:
        tell(session, session.step(events), as_json)


@app.command()
def advance(
    until: Annotated[
        str, typer.Argument(help="Simulated time since the open, like 1h; default: the end.")
    ] = "",
    when: Annotated[
        str,
        typer.Option(
            help='Stop before if this holds, like "spread_ticks above 5", "phase is halted".'
        ),
    ] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> int:
    """Go on to a time or until something holds; fails if that was not reached."""
    condition = None
    if when:
        words = when.split()
        if len(words) != 3:
            raise Misused(f'--when "{when}": write MEASURE above|below|is VALUE')
        value: Any = words[2]
        if words[0] != "phase":
            value = real_of(value, "--when")
        condition = {"measure": words[0], "comparison": words[1], "value": value}
    time = seconds_of(until, "UNTIL") if until else None
    with open_session(address) as session:
        result: CommandResult = session.advance_until(time, condition)
        tell(session, result, as_json)
    if not as_json and not result.reached:
        Out().print("It did not come to that.")
    return 0 if result.reached else 1


@app.command()
def fork(
    time: Annotated[str, typer.Argument(help="Simulated time since the open, like 10min.")],
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Go on from a past moment, in place of the market that is there."""
    with open_session(address) as session:
        tell(session, session.fork(seconds_of(time, "TIME")), as_json)


@app.command()
def inject(
    kind: Annotated[str, typer.Argument(help="Kind, like flash_crash, or flash_crash=0.05.")],
    at: Annotated[str, typer.Option(help="Simulated time since the open; default: now.")] = "",
    setting: Settings = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Start a stress."""
    stress = values_of(setting) | stress_of(kind, "KIND")
    time = seconds_of(at, "--at") if at else None
    with open_session(address) as session:
        tell(session, session.inject(stress, time), as_json)


@app.command()
def rule(
    name: Annotated[str, typer.Argument(help="Rule; default: list all.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Switch it off.")] = False,
    setting: Settings = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Switch a rule of the venue on or off, or list them."""
    with open_session(address) as session:
        if name:
            tell(session, session.set_intervention(name, not off, **values_of(setting)), as_json)
            return
        found = session.rules()
    if as_json:
        print_json(found)
        return
    rows = [(r.name, "on" if r.is_on else "off", r.description) for r in found]
    print_rows(Out(), "Rules", ("rule", "", ""), rows)
