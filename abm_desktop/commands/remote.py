"""``abm-desktop remote``: a running server or window, played from the shell."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abm_desktop.commands.console import Misused, Out, check_target, given_path
from abm_desktop.commands.console import table as print_rows

if TYPE_CHECKING:
    from abm_desktop.remote.client import RemoteSession
    from abm_desktop.remote.replies import CommandResult

app = typer.Typer(
    help="Run, stress, read and watch the market of a running server or window.",
    no_args_is_help=True,
)

Address = Annotated[
    str,
    typer.Option(
        help="Server to talk to, like http://127.0.0.1:8765; default: the only one that runs. "
        "ABM_DESKTOP_TOKEN holds the token of one of another machine."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Another value, e.g. --set duration=60; may be repeated."),
]


def _session(address: str) -> RemoteSession:
    from abm_desktop.remote.client import connect

    return connect(address, client="abm-desktop remote")


def _seconds(text: str, what: str) -> float:
    from abm_desktop.scenario import parse_duration

    try:
        return float(parse_duration(text))
    except ValueError as error:
        raise Misused(f"{what}: {error}") from error


def _values(settings: Iterable[str] | None) -> dict[str, Any]:
    from abm_desktop.scenario.reading import read_changes

    values, problems = read_changes(settings or [])
    if problems:
        raise Misused("; ".join(f"{p.key} {p.message}; {p.remedy}" for p in problems))
    return values


def _json(value: Any) -> None:
    print(json.dumps(value, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.tolist()


def _told(session: RemoteSession, result: CommandResult | None, as_json: bool) -> None:
    """Print what became of a command, and where the market is now."""
    if as_json:
        _json(result)
    elif result is None:
        Out().print("Nothing to do.")
    else:
        state = "" if result.checksum is None else f", state {result.checksum}"
        Out().print(f"Done: market {result.generation} is at {session.now:g} s{state}")


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{value:,.6g}{unit}"


@app.command()
def info(address: Address = "", as_json: AsJson = False) -> None:
    """What runs there: the server, its clients, and how the market stands."""
    with _session(address) as session:
        found = dict(session.info())
        found["market"] = session.state() if found["has_market"] else None
        if as_json:
            _json(found)
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
            f"mid {_number(s.mid)}, spread {_number(s.spread)}, {s.trades:,} fills, {s.phase}"
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
    with _session(address) as session:
        given = file if file.suffix == ".toml" else scenario
        _told(session, session.load(given, seed), as_json)


@app.command()
def reset(
    seed: Annotated[int | None, typer.Option(help="Default: the seed it has.", min=0)] = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Begin the same market again."""
    with _session(address) as session:
        _told(session, session.reset(seed), as_json)


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
    seconds = _seconds(duration, "DURATION") if duration else None
    with _session(address) as session:
        if speed:
            session.set_speed(None if speed == "max" else _real(speed, "--speed"))
        result = session.play() if seconds is None else session.run(seconds)
        _told(session, result, as_json)


def _real(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Misused(f"{what} {text}: is no number") from None


@app.command()
def pause(address: Address = "", as_json: AsJson = False) -> None:
    """Hold simulated time."""
    with _session(address) as session:
        _told(session, session.pause(), as_json)


@app.command()
def step(
    events: Annotated[int, typer.Argument(help="Events to take.", min=1)] = 1,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Pause, and go on by some events."""
    with _session(address) as session:
        _told(session, session.step(events), as_json)


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
            value = _real(value, "--when")
        condition = {"measure": words[0], "comparison": words[1], "value": value}
    time = _seconds(until, "UNTIL") if until else None
    with _session(address) as session:
        result: CommandResult = session.advance_until(time, condition)
        _told(session, result, as_json)
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
    with _session(address) as session:
        _told(session, session.fork(_seconds(time, "TIME")), as_json)


@app.command()
def inject(
    kind: Annotated[str, typer.Argument(help="Kind, like flash_crash, or flash_crash=0.05.")],
    at: Annotated[str, typer.Option(help="Simulated time since the open; default: now.")] = "",
    setting: Settings = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Start a stress."""
    name, _, magnitude = kind.partition("=")
    stress = {"type": name, **_values(setting)}
    if magnitude:
        stress["magnitude"] = _real(magnitude, "KIND")
    time = _seconds(at, "--at") if at else None
    with _session(address) as session:
        _told(session, session.inject(stress, time), as_json)


@app.command()
def rule(
    name: Annotated[str, typer.Argument(help="Rule; default: list all.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Switch it off.")] = False,
    setting: Settings = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Switch a rule of the venue on or off, or list them."""
    with _session(address) as session:
        if name:
            _told(session, session.set_intervention(name, not off, **_values(setting)), as_json)
            return
        found = session.rules()
    if as_json:
        _json(found)
        return
    rows = [(r.name, "on" if r.is_on else "off", r.description) for r in found]
    print_rows(Out(), "Rules", ("rule", "", ""), rows)


@app.command()
def traders(
    trader_class: Annotated[
        str, typer.Option("--class", help="Only those of a class, like rl or momentum.")
    ] = "",
    add: Annotated[str, typer.Option(help="Let traders with this model in.")] = "",
    remove: Annotated[
        int | None, typer.Option(help="Take RL traders out, from this number on.", min=0)
    ] = None,
    count: Annotated[int, typer.Option(help="How many, with --add or --remove.", min=1)] = 1,
    setting: Settings = None,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """List the traders of the market by their numbers, let RL traders in, or take some out."""
    if add and remove is not None:
        raise Misused("--add and --remove: give one of them")
    if setting and not add:
        raise Misused("--set tells of traders that come: give --add too")
    with _session(address) as session:
        if add:
            _told(session, session.add_policy_traders(add, count, **_values(setting)), as_json)
            return
        if remove is not None:
            _told(session, session.remove_policy_traders(remove, count), as_json)
            return
        found = session.traders(trader_class or None).to_pylist()
    if as_json:
        _json(found)
        return
    rows = [(str(t["number"]), t["class"], str(t["inventory"]), _number(t["pnl"])) for t in found]
    print_rows(Out(), "Traders", ("number", "class", "inventory", "PnL"), rows)


@app.command()
def events(
    last: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 20,
    until: Annotated[str, typer.Option(help="Simulated time since the open; default: now.")] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """The last events of the book up to a time: who rested, cancelled or traded what."""
    with _session(address) as session:
        time = _seconds(until, "--until") if until else None
        found = session.events_until(time, last).to_pylist()
    if as_json:
        _json(found)
        return
    rows = [
        (
            f"{e['number']:,}",
            f"{e['time']:.6f}",
            f"{e['kind']} ({e['cause']})" if e["cause"] else e["kind"],
            "bid" if e["side"] > 0 else "ask",
            f"{e['price']:g}",
            str(e["lots"]),
            e["trader_class"],
        )
        for e in found
    ]
    names = ("number", "time, s", "event", "side", "price", "lots", "trader")
    print_rows(Out(), "Events", names, rows)


@app.command()
def decisions(
    number: Annotated[int, typer.Argument(help="RL trader, by arrival, from 0.", min=0)] = 0,
    last: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 20,
    until: Annotated[str, typer.Option(help="Simulated time since the open; default: now.")] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """The last decisions of an RL trader up to a time, and what came of each."""
    with _session(address) as session:
        time = _seconds(until, "--until") if until else None
        found = session.decisions_until(number, time, last)
    if as_json:
        _json(found)
        return
    rows = [
        (
            str(d.number),
            f"{d.time:.3f}",
            f"{d.action} ({d.probabilities[d.action]:.0%})",
            str(d.position),
            f"{d.bought:+d} {-d.sold:+d}",
            f"{d.earned:+,.2f}" + (" so far" if d.is_open else ""),
        )
        for d in found.decisions
    ]
    names = ("decision", "time, s", "action", "held", "traded", "earned")
    print_rows(Out(), f"RL trader {number}, {found.role}", names, rows)


@app.command()
def orders(
    buy: Annotated[int, typer.Option(help="Lots to buy.", min=0)] = 0,
    sell: Annotated[int, typer.Option(help="Lots to sell.", min=0)] = 0,
    price: Annotated[float | None, typer.Option(help="Limit; default: take what is there.")] = None,
    cancel_all: Annotated[
        bool, typer.Option("--cancel-all", help="Cancel those that rest.")
    ] = False,
    address: Address = "",
    as_json: AsJson = False,
) -> int:
    """List the orders placed by hand, place one, or cancel them."""
    if bool(buy) + bool(sell) + cancel_all > 1:
        raise Misused("--buy, --sell and --cancel-all: give one of them")
    with _session(address) as session:
        if buy or sell:
            report = session.place_order(1 if buy else -1, price, buy or sell)
            if as_json:
                _json(report)
            elif report.accepted:
                Out().print(
                    f"{report.filled} lots filled" + (", the rest rests" * bool(report.order))
                )
            else:
                Out().print(report.reason)
            return 0 if report.accepted else 1
        if cancel_all:
            count = session.cancel_orders()
            _json({"cancelled": count}) if as_json else Out().print(f"{count} cancelled")
            return 0
        own, account = session.own_orders(), session.account()
    if as_json:
        _json({"orders": own, "account": account})
        return 0
    rows = [
        ("buy" if o.side > 0 else "sell", f"{o.price:g}", str(o.size), str(o.ahead)) for o in own
    ]
    console = Out()
    print_rows(console, "Orders", ("side", "price", "lots", "ahead"), rows)
    console.print(f"Position {account.position} lots, PnL {account.pnl:,.2f}")
    return 0


@app.command()
def book(
    depth: Annotated[int, typer.Option(help="Levels of a side.", min=1, max=50)] = 10,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """The best levels of both sides."""
    with _session(address) as session:
        bids, asks = session.book(depth)
    if as_json:
        _json({"bids": bids, "asks": asks})
        return
    rows = [
        (side, f"{price:g}", f"{lots:.0f}", f"{orders:.0f}")
        for side, levels in (("ask", asks[::-1]), ("bid", bids))
        for price, lots, orders in levels.tolist()
    ]
    print_rows(Out(), "Book", ("side", "price", "lots", "orders"), rows)


@app.command()
def trades(
    last: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """The last trades."""
    with _session(address) as session:
        found = session.trades_since(max(session.trades - last, 0))
    names = found.dtype.names or ()
    if as_json:
        _json([dict(zip(names, row, strict=True)) for row in found.tolist()])
        return
    rows = [
        (f"{r['time']:.3f}", f"{r['price']:g}", str(r["lots"]), "buy" if r["side"] > 0 else "sell")
        for r in found
    ]
    print_rows(Out(), "Trades", ("time, s", "price", "lots", "aggressor"), rows)


@app.command()
def metrics(
    start: Annotated[str, typer.Option("--from", help="Simulated time since the open.")] = "0s",
    end: Annotated[str, typer.Option("--to", help="Simulated time; default: now.")] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Volatility, spread, depth and flow in a stretch of time."""
    right = _seconds(end, "--to") if end else None
    with _session(address) as session:
        found = session.metrics(_seconds(start, "--from"), right)
    if as_json:
        _json(found)
        return
    rows = [(name, _number(value)) for name, value in found["values"].items()]
    print_rows(Out(), f"{found.left:g} to {found.right:g} s", ("measure", "value"), rows)


@app.command()
def train(
    recipe: Annotated[str, typer.Option(help="ppo, dqn, sac, maker or executor.")] = "",
    setting: Settings = None,
    stop: Annotated[int, typer.Option(help="Number of a training to stop.", min=0)] = 0,
    listed: Annotated[bool, typer.Option("--list", help="Start none; list them.")] = False,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Start a training in the session, stop one, or list them."""
    with _session(address) as session:
        if listed:
            found = session.trainings.list()
        elif stop:
            found = [session.trainings.stop(stop)]
        else:
            found = [session.trainings.start(recipe or None, **_values(setting))]
    if as_json:
        _json(found)
        return
    rows = [
        (str(t.id), t.state, t.algorithm, f"{t.iteration}/{t.iterations}", _number(t.reward_mean))
        for t in found
    ]
    print_rows(Out(), "Trainings", ("", "state", "algorithm", "iteration", "reward"), rows)


@app.command()
def experiment(
    name: Annotated[
        str, typer.Argument(help="Experiment; default: list those of the session.")
    ] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Show what it costs, run nothing.")] = False,
    seeds: Annotated[int | None, typer.Option(help="Number of markets.", min=1)] = None,
    workers: Annotated[int | None, typer.Option(help="Markets at a time.", min=0)] = None,
    effects: Annotated[int, typer.Option(help="Number of a run: print its effects.", min=0)] = 0,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Plan or start an experiment, list those of the session, or print the effects of one."""
    with _session(address) as session:
        experiments = session.experiments
        if effects:
            _json(experiments.effects(effects))
            return
        if plan:
            found = experiments.plan(name, seeds)
            if as_json:
                _json(found)
                return
            Out().print(
                f"{found.title}: {found.question}\n{found.total} runs of {found.seeds} markets and "
                f"{found.cells} cells, {found.finished} are there"
            )
            return
        runs = [experiments.start(name, seeds, workers=workers)] if name else experiments.list()
    if as_json:
        _json(runs)
        return
    rows = [(str(e.id), e.state, e.title, f"{e.finished or 0}/{e.total or '-'}") for e in runs]
    print_rows(Out(), "Experiments", ("", "state", "title", "runs"), rows)


@app.command()
def stream(
    topics: Annotated[
        list[str],
        typer.Argument(
            help="Of snapshot, book, trades, outcomes, alarms, training, experiment, log."
        ),
    ],
    rate: Annotated[float, typer.Option(help="Most messages of a state a second.")] = 1.0,
    count: Annotated[int, typer.Option(help="Messages to print; 0: until Ctrl+C.", min=0)] = 0,
    address: Address = "",
) -> None:
    """Print what happens, as it happens: one line of JSON a message."""
    with _session(address) as session, session.stream(*topics, rate=rate) as messages:
        for number, message in enumerate(messages, 1):
            print(json.dumps(message), flush=True)
            if number == count:
                return


@app.command()
def screenshot(
    out: Annotated[
        Path, typer.Option(parser=given_path, metavar="PATH", help="PNG file to write.")
    ],
    panel: Annotated[str, typer.Argument(help="Panel of the window.")] = "window",
    address: Address = "",
) -> None:
    """A picture of the open window, or of a panel of it."""
    check_target("--out", out)
    with _session(address) as session:
        picture = session.screenshot(panel)
    out.write_bytes(picture)
    Out().print(f"{out}: {len(picture):,} bytes")
