"""``abm-desktop remote``: who trades in the market and what happens, and orders by hand."""

from __future__ import annotations

from typing import Annotated

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
    seconds_of,
    shown,
    tell,
    values_of,
)


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
    with open_session(address) as session:
        if add:
            tell(session, session.add_policy_traders(add, count, **values_of(setting)), as_json)
            return
        if remove is not None:
            tell(session, session.remove_policy_traders(remove, count), as_json)
            return
        found = session.traders(trader_class or None).to_pylist()
    if as_json:
        print_json(found)
        return
    rows = [(str(t["number"]), t["class"], str(t["inventory"]), shown(t["pnl"])) for t in found]
    print_rows(Out(), "Traders", ("number", "class", "inventory", "PnL"), rows)


@app.command()
def events(
    last: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 20,
    until: Annotated[str, typer.Option(help="Simulated time since the open; default: now.")] = "",
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """The last events of the book up to a time: who rested, cancelled or traded what."""
    with open_session(address) as session:
        time = seconds_of(until, "--until") if until else None
        found = session.events_until(time, last).to_pylist()
    if as_json:
        print_json(found)
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
    with open_session(address) as session:
        time = seconds_of(until, "--until") if until else None
        found = session.decisions_until(number, time, last)
    if as_json:
        print_json(found)
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
    with open_session(address) as session:
        if buy or sell:
            report = session.place_order(1 if buy else -1, price, buy or sell)
            if as_json:
                print_json(report)
            elif report.accepted:
                Out().print(
                    f"{report.filled} lots filled" + (", the rest rests" * bool(report.order))
                )
            else:
                Out().print(report.reason)
            return 0 if report.accepted else 1
        if cancel_all:
            count = session.cancel_orders()
            print_json({"cancelled": count}) if as_json else Out().print(f"{count} cancelled")
            return 0
        own, account = session.own_orders(), session.account()
    if as_json:
        print_json({"orders": own, "account": account})
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
    with open_session(address) as session:
        bids, asks = session.book(depth)
    if as_json:
        print_json({"bids": bids, "asks": asks})
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
    with open_session(address) as session:
        found = session.trades_since(max(session.trades - last, 0))
    names = found.dtype.names or ()
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in found.tolist()])
        return
    # A fill of an auction has no aggressor.
    sides = {1: "buy", -1: "sell"}
    rows = [
        (f"{r['time']:.3f}", f"{r['price']:.10g}", str(r["lots"]), sides.get(int(r["side"]), "–"))
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
    right = seconds_of(end, "--to") if end else None
    with open_session(address) as session:
        found = session.metrics(seconds_of(start, "--from"), right)
    if as_json:
        print_json(found)
        return
    rows = [(name, shown(value)) for name, value in found["values"].items()]
    print_rows(Out(), f"{found.left:g} to {found.right:g} s", ("measure", "value"), rows)
