"""Feeds of every order, as exchanges and vendors write them, from a plain-Python market.

``random_feed`` draws what happens and keeps the whole book beside it; the encoders write that as
NASDAQ ITCH 5.0, as Databento's DBN and as a CSV file of somebody's own.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from types import SimpleNamespace

from support.flow_maker import BUY, SELL, PlainBook

START = 34_200 * 10**9
TICK = 100
"""Units of 1e-4: one cent."""


@dataclass
class Happened:
    """One event; ``others`` are the orders an aggressor hit, as (order, size, side, price)."""

    what: str
    time: int
    order: int = 0
    new_order: int = 0
    side: int = BUY
    price: int = 0
    size: int = 0
    replaced: int = 0
    """Size of the order that another takes the place of."""
    others: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Feed:
    """What happened, and the whole book after each event: (bids, asks) of (price, size)."""

    events: list[Happened]
    books: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]
    trades: list[tuple[int, int, int]]
    """Price, size, aggressor (+1, -1, 0 unknown)."""


def random_feed(seed: int, events: int, *, modifies: bool = False) -> Feed:
    """Draw a market of adds, partial cancels, deletions, sweeps, replacements, hidden trades.

    With ``modifies`` an order keeps its name when its price or size changes: its place only if it
    has become smaller.
    """
    rng = random.Random(seed)
    book = PlainBook()
    where: dict[int, tuple[int, int]] = {}
    feed = Feed([], [], [])
    now, ident = START, 100

    def best(side: int) -> int:
        there = book.prices(side)
        return there[0] if there else 1_000_000 + (-3 if side == BUY else 3) * TICK

    def take(order: int, size: int) -> tuple[int, int, int, int]:
        side, price = where[order]
        names = [name for name, _ in book.queues[side, price]]
        if book.take(side, price, names.index(order), size) == 0:
            del where[order]
        return order, size, side, price

    def size_of(order: int) -> int:
        return dict(map(tuple, book.queues[where[order]]))[order]

    def rest(order: int, side: int, price: int, size: int) -> None:
        book.add(side, price, order, size)
        where[order] = side, price

    for _ in range(events):
        now += rng.randrange(1, 10**9)
        ident += 1
        draw = rng.random()
        if draw < 0.5 or len(where) < 5:
            side = rng.choice((BUY, SELL))
            price = best(-side) - side * TICK * rng.randrange(1, 12)
            size = rng.choice((1, 50, 100, 100, 400))
            rest(ident, side, price, size)
            event = Happened("add", now, ident, side=side, price=price, size=size)
        elif draw < 0.58:
            order = rng.choice(sorted(where))
            size = max(1, size_of(order) // 2)
            side, price = where[order]
            take(order, size)
            event = Happened("cancel", now, order, side=side, price=price, size=size)
        elif draw < 0.74:
            order = rng.choice(sorted(where))
            side, price = where[order]
            event = Happened("delete", now, order, side=side, price=price, size=size_of(order))
            take(order, size_of(order))
        elif draw < 0.86:
            side = rng.choice([s for s in (BUY, SELL) if book.prices(s)])
            left = rng.choice((1, 60, 300, 900))
            hit = []
            while left and book.prices(side):
                order, there = book.queues[side, book.prices(side)[0]][0]
                part = min(left, there)
                hit.append(take(order, part))
                left -= part
            event = Happened("sweep", now, side=side, others=hit)
            feed.trades += [(price, size, -side) for _, size, _, price in hit]
        elif draw < 0.95 and modifies:
            order = rng.choice(sorted(where))
            side, price = where[order]
            size = max(1, size_of(order) + rng.choice((-30, 0, 40)))
            if rng.random() < 0.4:
                price = best(-side) - side * TICK * rng.randrange(1, 6)
            if price == where[order][1] and size <= size_of(order):
                if size < size_of(order):
                    take(order, size_of(order) - size)
            else:
                take(order, size_of(order))
                rest(order, side, price, size)
            event = Happened("modify", now, order, side=side, price=price, size=size)
        elif draw < 0.95:
            order = rng.choice(sorted(where))
            side, old = where[order]
            size = rng.choice((size_of(order), 70, 1000))
            price = rng.choice((old, best(-side) - side * TICK * rng.randrange(1, 6)))
            replaced = size_of(order)
            take(order, replaced)
            rest(ident, side, price, size)
            event = Happened("replace", now, order, ident, side, price, size, replaced)
        else:
            side = rng.choice((BUY, SELL))
            price = (best(BUY) + best(SELL)) // 2
            event = Happened("hidden", now, side=side, price=price, size=30)
            feed.trades.append((price, 30, -side))
        feed.events.append(event)
        feed.books.append((book.levels(BUY, 10_000), book.levels(SELL, 10_000)))
    return feed


def itch_bytes(feed: Feed, stock: str = "XYZ", others: tuple[str, ...] = ("ABC",)) -> bytes:
    """The feed as ITCH 5.0, among messages of other stocks."""
    out = [_framed(b"S", 0, START, b"O")]
    names = (*others, stock)
    mine = len(names)
    for locate, name in enumerate(names, 1):
        body = name.ljust(8).encode() + b"Q" + b"N" + bytes(4) + b"N" + bytes(13)
        out.append(_framed(b"R", locate, START, body))
        out.append(_framed(b"H", locate, START, name.ljust(8).encode() + b"T " + bytes(4)))

    def add(locate: int, event: Happened, order: int, name: str, mpid: bool = False) -> bytes:
        body = order.to_bytes(8, "big") + (b"B" if event.side == BUY else b"S")
        body += event.size.to_bytes(4, "big") + name.ljust(8).encode()
        body += event.price.to_bytes(4, "big") + (b"ABCD" if mpid else b"")
        return _framed(b"F" if mpid else b"A", locate, event.time, body)

    for k, event in enumerate(feed.events):
        if others and event.what == "add":  # the same order number at another stock
            out.append(add(1, event, event.order + 10**9, others[0]))
        order = event.order.to_bytes(8, "big")
        if event.what == "add":
            out.append(add(mine, event, event.order, stock, mpid=k % 3 == 0))
        elif event.what == "cancel":
            out.append(_framed(b"X", mine, event.time, order + event.size.to_bytes(4, "big")))
        elif event.what == "delete":
            out.append(_framed(b"D", mine, event.time, order))
        elif event.what == "replace":
            body = order + event.new_order.to_bytes(8, "big") + event.size.to_bytes(4, "big")
            out.append(_framed(b"U", mine, event.time, body + event.price.to_bytes(4, "big")))
        elif event.what == "hidden":
            body = bytes(8) + (b"B" if event.side == BUY else b"S") + event.size.to_bytes(4, "big")
            body += stock.ljust(8).encode() + event.price.to_bytes(4, "big") + bytes(8)
            out.append(_framed(b"P", mine, event.time, body))
        else:
            for name, size, _, price in event.others:
                body = name.to_bytes(8, "big") + size.to_bytes(4, "big") + bytes(8)
                if k % 2:
                    out.append(_framed(b"E", mine, event.time, body))
                else:
                    body += b"Y" + price.to_bytes(4, "big")
                    out.append(_framed(b"C", mine, event.time, body))
    out.append(_framed(b"S", 0, feed.events[-1].time, b"C"))
    return b"".join(out)


def _framed(kind: bytes, locate: int, time: int, body: bytes) -> bytes:
    message = kind + locate.to_bytes(2, "big") + bytes(2) + time.to_bytes(6, "big") + body
    return len(message).to_bytes(2, "big") + message


MIDNIGHT = 1_580_360_400 * 10**9
"""2020-01-30 00:00 in New York, ns since 1970."""


def dbn_bytes(feed: Feed, symbols: dict[str, int] | None = None, schema: str = "mbo") -> bytes:
    """The feed as DBN of the dataset XNAS.ITCH; the last of ``symbols`` has it."""
    import databento_dbn as dbn

    symbols = symbols or {"XYZ": 7}
    number = list(symbols.values())[-1]
    day = datetime.date(2020, 1, 30)
    maps = [
        SimpleNamespace(
            raw_symbol=name,
            intervals=[
                SimpleNamespace(
                    start_date=day, end_date=day + datetime.timedelta(1), symbol=str(code)
                )
            ],
        )
        for name, code in symbols.items()
    ]
    head = dbn.Metadata(
        dataset="XNAS.ITCH",
        start=MIDNIGHT + START,
        stype_in=dbn.SType.RAW_SYMBOL,
        stype_out=dbn.SType.INSTRUMENT_ID,
        schema=dbn.Schema.from_str(schema),
        symbols=list(symbols),
        mappings=maps,
    ).encode()
    sides = {BUY: dbn.Side.BID, SELL: dbn.Side.ASK}
    out = [head]

    def tell(what: str, event: Happened, order: int, side: int, price: int, size: int, last: bool):
        record = dbn.MBOMsg(
            2, number, MIDNIGHT + event.time, order, price * 10**5, size,
            dbn.Action.from_str(what), sides[side], MIDNIGHT + event.time + 1000,
            flags=128 if last else 0,
        )  # fmt: skip
        out.append(bytes(record))
        if len(symbols) > 1 and what == "A":  # the same order at another instrument
            other = dbn.MBOMsg(
                2, next(iter(symbols.values())), MIDNIGHT + event.time, order, price * 10**5, size,
                dbn.Action.ADD, sides[side], MIDNIGHT + event.time + 1000, flags=128,
            )  # fmt: skip
            out.append(bytes(other))

    for event in feed.events:
        name = event.order
        if event.what == "add":
            tell("A", event, name, event.side, event.price, event.size, True)
        elif event.what in ("cancel", "delete"):
            tell("C", event, name, event.side, event.price, event.size, True)
        elif event.what == "modify":
            tell("M", event, name, event.side, event.price, event.size, True)
        elif event.what == "replace":
            # As an exchange that gives it a new number: gone, and added.
            tell("C", event, name, event.side, event.price, event.replaced, False)
            tell("A", event, event.new_order, event.side, event.price, event.size, True)
        elif event.what == "hidden":
            tell("T", event, 0, -event.side, event.price, event.size, True)
        else:
            for k, (order, size, side, price) in enumerate(event.others):
                tell("T", event, 0, -side, price, size, False)
                tell("F", event, order, side, price, size, False)
                tell("C", event, order, side, price, size, k == len(event.others) - 1)
    return b"".join(out)


def csv_text(feed: Feed) -> str:
    """The feed as a CSV file of somebody's own, with words of their own."""
    lines = ["seq,when,event,ref,next,way,qty,px"]

    def tell(event: Happened, word: str, order: int, side: int, units: int, size: int) -> None:
        way = "bid" if side == BUY else "offer"
        new = f"o{event.new_order}" if event.new_order else ""
        when, price = f"{event.time / 10**9:.9f}", f"{units / 10**4}"
        lines.append(f"{len(lines)},{when},{word},o{order},{new},{way},{size},{price}")

    for event in feed.events:
        if event.what == "sweep":
            for order, size, side, price in event.others:
                tell(event, "fill", order, side, price, size)
        else:
            tell(event, event.what, event.order, event.side, event.price, event.size)
    return "\n".join(lines) + "\n"


CSV_MAPPING = """\
name = "mine"

[columns]
time = "when"
kind = "event"
order = "ref"
new_order = "next"
side = "way"
price = "px"
size = "qty"

[kinds]
added = ["add"]
cancelled = ["cancel"]
deleted = ["delete"]
executed = ["fill"]
replaced = ["replace"]
modified = ["modify"]
hidden = ["hidden"]

[sides]
buy = ["bid"]
sell = ["offer"]
"""
