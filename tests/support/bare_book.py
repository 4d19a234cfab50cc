"""A market without traders: only what a test asks for happens."""

from __future__ import annotations

import numpy as np

from abm_desktop.market import opening, state
from abm_desktop.market.book import clear
from abm_desktop.market.kernel import advance
from abm_desktop.scenario import Scenario

KINDS = {
    "limit": state.LIMIT,
    "slide": state.SLIDE,
    "post_only": state.POST_ONLY,
    "immediate": state.IMMEDIATE,
    "fill_or_kill": state.FILL_OR_KILL,
    "stop": state.STOP,
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
    """The compiled book behind its intents, without clocks."""

    def __init__(self, **market: object) -> None:
        self.state = opening.build(empty_scenario(**market))
        self.m = self.state.market[0]
        clear(self.m, self.state.levels[0], self.state.bits[0], self.state.levels.shape[2])
        self.m["awaiting"] = -1
        self.m["record_trades"] = 1
        self.m["next_tick"] = self.m["next_sample"] = FAR
        self.m["mid"] = 10_000.0
        self.m["activity"] = 1.0
        self.m["pool_free"] = -1
        self.m["bound_high"] = self.m["ladder"]

    def _run(self, row: tuple[int, ...]) -> None:
        self.state.intents[0, 0] = row
        self.m["intents_n"] = 1
        now = int(self.m["now"])
        advance(self.state, 0, now - 1, 0)
        self._intent = self.state.intents[0, 0].copy()
        advance(self.state, 0, now, 0)

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
        advance(self.state, 0, int(self.m["now"]) + nanoseconds, 0)

    def _handle(self) -> tuple | None:
        intent = self._intent
        slot, seq = int(intent["slot"]), int(intent["seq"])
        if intent["kind"] == state.STOP:
            return (slot + self.state.orders.shape[1], seq) if slot >= 0 else None
        order = self.state.orders[0, slot]
        alive = slot >= 0 and order["seq"] == seq and order["size"] > 0
        return (slot, seq) if alive else None

    def cancel(self, handle: tuple[int, int]) -> bool:
        self._run((state.CANCEL, 0, 0, 0, 0, -1, *handle, 0, 0, 0, 0, 0))
        return bool(self._intent["result"] == state.ACCEPTED)

    def modify(self, handle: tuple[int, int], price: int, size: int) -> tuple | None:
        order = self.state.orders[0, handle[0]]
        self._run((state.MODIFY, 0, price, size, int(order["agent"]), -1, *handle, 0, 0, 0, 0, 0))
        return self._handle()

    def fills(self) -> list[tuple[int, ...]]:
        """(price, size, sign, taker, maker) of every fill."""
        rows = self.state.trades[0, : self.m["trades_n"]]
        return [
            tuple(int(r[name]) for name in ("price", "size", "side", "taker", "maker"))
            for r in rows
        ]

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        from abm_desktop.market.book import top_levels

        out = np.zeros((4096, 3), np.int64)
        n = top_levels(self.m, self.state.levels[0], self.state.bits[0], side, out)
        return [tuple(int(x) for x in row) for row in out[:n]]
