"""Reading the served market: what a ``Simulator`` tells, asked over HTTP."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.remote.connection import Connection
from abm_desktop.remote.errors import RemoteUnavailableError
from abm_desktop.remote.replies import RemoteOrder, Reply

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TRADE_ROW", "RemoteReading"]

TRADE_ROW = np.dtype(
    [
        ("number", "i8"),
        ("time", "f8"),
        ("price", "f8"),
        ("lots", "i8"),
        ("side", "i1"),
        ("taker_class", "U20"),
        ("maker_class", "U20"),
    ]
)
"""A trade: number from 0, simulated seconds, currency, lots, side of the aggressor (+1 bought)."""
_AT_ONCE = 200_000


class RemoteReading:
    """The readers of the served market. Times are simulated seconds since the open.

    Each asks the server anew, and the market may go on between two of them; :meth:`state` is one
    look at all of it.
    """

    connection: Connection

    def state(self, depth: int = 10) -> Reply:
        """The market at one moment: quotes, counters, classes, stresses, rules, alarms, marks.

        What is not known is None. Raises UnavailableError if there is no market.
        """
        found: Reply = self.connection.get("/market", depth=depth)
        return found

    def _number(self, name: str) -> float:
        value = self.state(0)[name]
        return math.nan if value is None else float(value)

    @property
    def generation(self) -> int:
        """Of the market that is there; grows with every load, reset and fork."""
        return int(self.state(0).generation)

    @property
    def seed(self) -> int:
        """Of the market."""
        return int(self.state(0).seed)

    @property
    def now(self) -> float:
        """Simulated seconds since the open."""
        return self._number("time")

    @property
    def events(self) -> int:
        """Book events since the open: orders rested, cancels, expiries and fills."""
        return int(self.state(0).events)

    @property
    def trades(self) -> int:
        """Fills since the open; :meth:`trades_since` has them."""
        return int(self.state(0).trades)

    @property
    def volume(self) -> int:
        """Lots traded since the open."""
        return int(self.state(0).volume)

    @property
    def best_bid(self) -> float:
        """Best bid, NaN if there is none."""
        return self._number("best_bid")

    @property
    def best_ask(self) -> float:
        """Best ask, NaN if there is none."""
        return self._number("best_ask")

    @property
    def mid(self) -> float:
        """Mid price; the last one while a side is empty."""
        return self._number("mid")

    @property
    def last_price(self) -> float:
        """Price of the last trade."""
        return self._number("last_price")

    @property
    def fundamental(self) -> float:
        """Fundamental value; NaN in a recording."""
        return self._number("fundamental")

    @property
    def phase(self) -> str:
        """continuous, limit, auction, halted or closed."""
        return str(self.state(0).phase)

    @property
    def interventions(self) -> tuple[str, ...]:
        """Names of the rules that are on."""
        return tuple(self.state(0).interventions)

    @property
    def alarms(self) -> list[str]:
        """What went wrong so far, a sentence each; empty in a healthy market."""
        return list(self.state(0).alarms)

    @property
    def active_stresses(self) -> list[tuple[str, float, float, float]]:
        """(type, magnitude, start, end) of the stresses that act now."""
        found = self.state(0).stresses
        return [(each.kind, each.magnitude, each.start, each.end) for each in found]

    def checksum(self) -> str:
        """Eight letters that tell the whole state: equal for markets that go on alike.

        Raises UnavailableError for a recording.
        """
        return str(self.connection.get("/checksum").checksum)

    def book(self, depth: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Bids and asks, best first: float64 (k, 3) of price, lots, orders; k <= depth <= 50."""
        rows = self.connection.table("/book", depth=depth)
        sides = rows["side"].to_numpy()
        levels = np.column_stack(
            [rows[name].to_numpy().astype(np.float64) for name in ("price", "lots", "orders")]
        ).reshape(-1, 3)
        return levels[sides > 0], levels[sides < 0]

    def trades_since(self, number: int = 0) -> np.ndarray:
        """The trades from a number on, oldest first: TRADE_ROW records.

        The first has a greater number if those before are no longer kept (a session of real length
        keeps all). Raises UnavailableError if the market was replaced while they were fetched.
        """
        parts: list[np.ndarray] = []
        generation = None
        while True:
            rows = self.connection.table("/trades", since=number, most=_AT_ONCE)
            about = {k.decode(): json.loads(v) for k, v in (rows.schema.metadata or {}).items()}
            if generation not in (None, about["generation"]):
                raise RemoteUnavailableError(
                    {"status": 412, "code": "market_replaced", "detail": "The market was replaced."}
                )
            generation = about["generation"]
            part = np.zeros(rows.num_rows, TRADE_ROW)
            for name in TRADE_ROW.names or ():
                if name in rows.column_names:
                    part[name] = rows[name].to_numpy()
            parts.append(part)
            number = about["next"]
            if len(part) < _AT_ONCE:
                return np.concatenate(parts)

    def series(
        self, left: float = 0.0, right: float | None = None, spacing: float = 1.0
    ) -> pa.Table:
        """Samples of price, book and traders at every whole multiple of ``spacing``.

        Args:
            left, right: simulated seconds; None is now.
            spacing: simulated seconds, at least 0.001.

        The same run gives the same rows, however fast it was played.

        Returns:
            Columns time, mid, best_bid, ..., and ``CLASS_inventory`` (lots) and ``CLASS_pnl``
            (currency) of each class; ``.to_pandas()`` makes a data frame of it.

        Raises InputError for more than a million rows.
        """
        return self.connection.table("/series", left=left, right=right, spacing=spacing)

    def events_until(self, until: float | None = None, most: int = 400) -> pa.Table:
        """The last book events up to a time (None: now), oldest first: at most ``most``.

        Each is a change of an order that rests, with its number from 1 at the open, time, kind
        (add, cancel, expire, trade, reduce), side, price, lots, trader and class of who placed it,
        side of the aggressor, and cause. They are computed again, while the session goes on.
        """
        return self.connection.table("/book/events", until=until, most=most)

    def metrics(self, left: float = 0.0, right: float | None = None) -> Reply:
        """Volatility, spread, depth and flow of a stretch (``values``), and ``classes``.

        Raises InputError if the stretch is too short to measure.
        """
        found: Reply = self.connection.get("/metrics", left=left, right=right)
        return found

    # -- traders ---------------------------------------------------------------------------------

    def traders(self, trader_class: str | None = None) -> pa.Table:
        """Every trader: number, class, inventory in lots, PnL in currency marked at mid."""
        return self.connection.table("/agents", trader_class=trader_class)

    def watched_trader(self, number: int = 0) -> Reply:
        """What an RL trader sees and would do now, and how it stands; by arrival, from 0."""
        found: Reply = self.connection.get(f"/agents/rl/{number:d}")
        return found

    def decisions_until(self, number: int = 0, until: float | None = None, most: int = 40) -> Reply:
        """The last decisions of an RL trader up to a time (None: now): what it saw, did and got.

        ``number`` is as in :meth:`watched_trader`. The reply has ``decisions``, oldest first, each
        with time, observation, probabilities, action, position, bought, sold and earned.
        """
        path = f"/agents/rl/{number:d}/decisions"
        found: Reply = self.connection.get(path, until=until, most=most)
        return found

    def own_orders(self) -> tuple[RemoteOrder, ...]:
        """Orders placed by hand that rest in the book now, oldest first."""
        return tuple(
            RemoteOrder(tuple(o.order), o.side, o.price, o.size, o.ahead)
            for o in self.connection.get("/orders")
        )

    def account(self) -> Reply:
        """Position (lots), PnL (currency) and break-even of what was placed by hand."""
        found: Reply = self.connection.get("/account")
        return found

    # -- past ------------------------------------------------------------------------------------

    def past(self, time: float) -> Reply:
        """The market as it was at a time, as :meth:`state` has it, computed again bit by bit.

        The session goes on meanwhile. Raises InputError for a time that it never was at.
        """
        found: Reply = self.connection.get("/past", time=time)
        return found

    def commands(self) -> Reply:
        """What makes this session again: scenario, seed, and every command with its time."""
        found: Reply = self.connection.get("/commands")
        return found

    def script(self) -> str:
        """The session as a Python script that makes the same market again, bit by bit."""
        return self.connection.text("/commands", form="python")

    def stresses(self) -> Reply:
        """The stresses that act (``acting``), and those that wait for their time (``planned``)."""
        found: Reply = self.connection.get("/stresses")
        return found

    def stress_kinds(self) -> list[Reply]:
        """Every kind of stress, with the JSON schema of its parameters."""
        return list(self.connection.get("/stresses/kinds"))

    def rules(self) -> list[Reply]:
        """Every rule of the venue, whether it is on, and the JSON schema of its values."""
        return list(self.connection.get("/rules"))

    def info(self) -> Reply:
        """Version, process and clients of the server, and what its market is waiting for."""
        found: Reply = self.connection.get("/info")
        return found


def plain(value: Any) -> Any:
    """A model of ours as JSON values; anything else as it is.

    >>> plain({"type": "flash_crash"})
    {'type': 'flash_crash'}
    """
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump is not None else value
