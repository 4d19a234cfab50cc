"""A book built from the messages of a tape alone, by the rules of docs/book.md."""

from __future__ import annotations

import numpy as np

from abm_desktop.market import state


class RebuiltBook:
    """Queues by side (+1 bids, -1 asks) and price; every row is checked against what it acts on."""

    def __init__(self) -> None:
        self.levels: dict[tuple[int, int], dict[int, int]] = {}
        self._of: dict[int, tuple[int, int, int]] = {}
        self._time = 0

    def take(self, row: np.void) -> None:
        kind = state.MESSAGE_KINDS[row["kind"]]
        key = (int(row["side"]), int(row["price"]))
        number, size = int(row["order"]), int(row["size"])
        assert size > 0 and key[0] in (1, -1)
        assert row["time"] >= self._time
        self._time = int(row["time"])
        assert (row["aggressor"] != 0) == (
            kind == "trade" and state.MESSAGE_CAUSES[row["cause"]] != "auction"
        )
        if kind == "add":
            queue = self.levels.setdefault(key, {})
            assert number not in queue
            queue[number] = size
            assert self._of.setdefault(number, (*key, int(row["agent"])))[2] == row["agent"]
            return
        assert self._of[number] == (*key, row["agent"])
        queue = self.levels[key]
        assert size <= queue[number]
        assert kind in ("trade", "reduce") or size == queue[number]
        queue[number] -= size
        if queue[number] == 0:
            del queue[number]
        if not queue:
            del self.levels[key]

    def side(self, sign: int) -> list[tuple[int, int, int]]:
        """(price, lots, orders), best first."""
        prices = sorted((p for s, p in self.levels if s == sign), reverse=sign > 0)
        queues = [(p, self.levels[sign, p]) for p in prices]
        return [(p, sum(q.values()), len(q)) for p, q in queues]

    def queue(self, sign: int, price: int) -> list[tuple[int, int]]:
        """(order, lots shown), oldest first."""
        return list(self.levels.get((sign, price), {}).items())
