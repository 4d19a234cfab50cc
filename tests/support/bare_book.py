"""A market without traders: only what a test asks for happens."""

from __future__ import annotations

import numpy as np

from abm_desktop.market import state
from abm_desktop.market.auction import uncross
from abm_desktop.market.book import clear, top_levels
from abm_desktop.market.building import build
from abm_desktop.market.kernel import advance
from abm_desktop.scenario import Scenario

KINDS = {
    "limit": state.LIMIT,
    "slide": state.SLIDE,
    "post_only": state.POST_ONLY,
    "immediate": state.IMMEDIATE,
    "fill_or_kill": state.FILL_OR_KILL,
    "stop": state.STOP,
    "stop_limit": state.STOP_LIMIT,
}
RESULTS = {
    state.ACCEPTED: "",
    state.OFF_LADDER: "ladder",
    state.POOL_FULL: "full",
    state.WOULD_TRADE: "post_only",
    state.NOT_FILLABLE: "fok",
    state.UNKNOWN_ORDER: "unknown",
    state.NOT_TRADING: "not_trading",
    state.CLOSED: "closed",
    state.BAD_SIZE: "size",
}
FAR = 1 << 61


def empty_scenario(**market: object) -> Scenario:
    """A scenario in which nobody trades."""
    nobody = {"count": 0}
    return Scenario.model_validate(
        {
            "name": "empty",
            "market": market,
            "population": {
                "noise": nobody,
                "market_makers": nobody,
                "fundamental": nobody,
                "momentum": nobody,
                "institutions": nobody,
            },
        }
    )


class BareBook:
    """The compiled book behind its intents, without clocks; its buffers are drained as they fill.

    Args:
        orders, icebergs: how many the book can hold.
        trade_rows, message_rows: room of the buffers.
        market: the [market] section of its scenario.
    """

    def __init__(
        self,
        *,
        orders: int | None = None,
        icebergs: int | None = None,
        trade_rows: int | None = None,
        message_rows: int = 4096,
        **market: object,
    ) -> None:
        self.state = build(
            empty_scenario(**market),
            max_orders=orders,
            trade_rows=trade_rows,
            message_rows=message_rows,
        )
        if icebergs is not None:
            self.state = self.state._replace(icebergs=np.zeros((1, icebergs), state.ICEBERG))
        self.m = self.state.market[0]
        clear(self.m, self.state.levels[0], self.state.bits[0], self.state.levels.shape[2])
        self.m["awaiting"] = -1
        self.m["record_trades"] = self.m["record_messages"] = 1
        self.m["next_tick"] = self.m["next_sample"] = FAR
        self.m["mid"] = 10_000.0
        self.m["activity"] = 1.0
        self.m["pool_free"] = self.m["ready_head"] = -1
        self.m["bound_high"] = self.m["ladder"]
        self.drains = 0
        self._trades: list[tuple[int, ...]] = []
        self._messages: list[tuple] = []

    def _advance(self, until: int) -> None:
        while advance(self.state, 0, until, 0) == state.TAPE_FULL:
            self._drain()
            self.drains += 1

    def _drain(self) -> None:
        self._trades += [
            tuple(int(r[name]) for name in ("price", "size", "side", "taker", "maker"))
            for r in self.state.trades[0, : self.m["trades_n"]]
        ]
        names = ("side", "price", "size", "agent", "order", "aggressor")
        self._messages += [
            (
                state.MESSAGE_KINDS[r["kind"]],
                *(int(r[name]) for name in names),
                state.MESSAGE_CAUSES[r["cause"]],
            )
            for r in self.state.messages[0, : self.m["messages_n"]]
        ]
        self.m["trades_n"] = self.m["messages_n"] = 0

    def _run(self, row: tuple[int, ...]) -> None:
        self.state.intents[0, 0] = row
        self.m["intents_n"] = 1
        now = int(self.m["now"])
        self._advance(now - 1)
        self.intent = self.state.intents[0, 0].copy()
        self._advance(now)

    @property
    def result(self) -> str:
        """Why the last command was refused; empty if it was not."""
        return RESULTS[int(self.intent["result"])]

    @property
    def filled(self) -> int:
        """Lots that the last command traded at once."""
        return int(self.intent["filled"])

    def submit(
        self,
        kind: str,
        side: int,
        price: int,
        size: int,
        agent: int,
        peak: int = 0,
        life: int = 0,
    ) -> tuple | None:
        """Returns the handle (slot, seq) of what rests or waits, if anything does.

        ``peak`` is the trigger of a stop; ``life`` is nanoseconds.
        """
        self._run((KINDS[kind], side, price, size, agent, -1, -1, -1, peak, 0, 0, 0, life))
        return self._handle()

    def pass_time(self, nanoseconds: int) -> None:
        """Let orders expire."""
        self._advance(int(self.m["now"]) + nanoseconds)

    def _handle(self) -> tuple | None:
        intent = self.intent
        slot, seq = int(intent["slot"]), int(intent["seq"])
        if intent["kind"] in (state.STOP, state.STOP_LIMIT) and slot >= 0:
            waiting = self.state.pool[0, slot]
            alive = waiting["seq"] == seq and waiting["result"] == 1
            return (slot + self.state.orders.shape[1], seq) if alive else None
        order = self.state.orders[0, slot]
        alive = slot >= 0 and order["seq"] == seq and order["size"] > 0
        return (slot, seq) if alive else None

    def cancel(self, handle: tuple[int, int]) -> bool:
        most = self.state.orders.shape[1]
        stop = handle[0] >= most
        owner = self.state.pool[0, handle[0] - most] if stop else self.state.orders[0, handle[0]]
        agent = int(owner["agent"])
        self._run((state.CANCEL, 0, 0, 0, agent, -1, *handle, 0, 0, 0, 0, 0))
        return bool(self.intent["result"] == state.ACCEPTED)

    def modify(self, handle: tuple[int, int], price: int, size: int) -> tuple | None:
        order = self.state.orders[0, handle[0]]
        self._run((state.MODIFY, 0, price, size, int(order["agent"]), -1, *handle, 0, 0, 0, 0, 0))
        return self._handle()

    def hold_auction(self, reference: float, pro_rata: bool = False) -> int:
        """Uncross at once; returns the price, -1 if nothing crossed."""
        s = self.state
        while not uncross(
            self.m,
            s.orders[0],
            s.levels[0],
            s.bits[0],
            s.icebergs[0],
            s.trades[0],
            s.messages[0],
            s.auction[0, 0],
            s.auction[0, 1],
            reference,
            pro_rata,
        ):
            self._drain()
            self.drains += 1
        return int(self.m["auction_price"])

    def fills(self) -> list[tuple[int, ...]]:
        """(price, size, sign, taker, maker) of every fill."""
        self._drain()
        return self._trades

    def rows(self) -> list[tuple]:
        """(kind, side, price, size, agent, order, aggressor, cause) of every message."""
        self._drain()
        return self._messages

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        out = np.zeros((4096, 3), np.int64)
        n = top_levels(
            self.m, self.state.orders[0], self.state.levels[0], self.state.bits[0], side, out
        )
        return [tuple(int(x) for x in row) for row in out[:n]]

    def queues(self) -> list[tuple[int, ...]]:
        """(side, price, order, shown, hidden, agent): bids, then asks, best first, oldest first."""
        s, out = self.state, []
        for side in (state.BUY, state.SELL):
            for price, *_ in self.levels(side):
                slot = int(s.levels[0, side, price]["head"])
                while slot >= 0:
                    o = s.orders[0, slot]
                    hidden = int(s.icebergs[0, o["iceberg"] - 1]["reserve"]) if o["iceberg"] else 0
                    out.append(
                        (side, price, int(o["seq"]), int(o["size"]), hidden, int(o["agent"]))
                    )
                    slot = int(o["next"])
        return out
