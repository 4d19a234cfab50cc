"""RL traders leave a running market: nothing wakes them any more, and what they left is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm_desktop.market import state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.execution import SEQ_BITS
from abm_desktop.statements import Statement

__all__ = ["PolicyTradersLeft", "resting_orders", "wake_no_more", "woken"]

_NO_ORDER = (1 << SEQ_BITS) - 1


@dataclass(frozen=True, slots=True)
class PolicyTradersLeft(Statement):
    """RL traders were taken out."""

    TEXTS = ("{count} RL out",)
    count: int


def wake_no_more(markets: Markets, k: int, traders: range) -> bool:
    """Take the next turn of these rows off the agenda of market ``k``; False if none has one."""
    heap = markets.heap[k]
    agenda: Any = heap[: int(markets.market[k]["heap_n"])]
    kinds, who = agenda[:, 1] >> state.KIND_SHIFT, agenda[:, 1] & state.PAYLOAD_MASK
    theirs = (kinds == state.WAKE) & (who >= traders.start) & (who < traders.stop)
    if not theirs.any():
        return False
    agenda[theirs, 1] = (state.EXPIRE << state.KIND_SHIFT) | _NO_ORDER
    # In the order of time and payload, which is a heap whatever its branching.
    agenda[:] = agenda[np.lexsort((agenda[:, 1], agenda[:, 0]))]
    return True


def woken(markets: Markets, k: int, traders: np.ndarray) -> np.ndarray:
    """Which of these RL traders' rows are still to take a turn in market ``k``; bool, as many."""
    market = markets.market[k]
    agenda: Any = markets.heap[k][: int(market["heap_n"])]
    kinds, who = agenda[:, 1] >> state.KIND_SHIFT, agenda[:, 1] & state.PAYLOAD_MASK
    return np.isin(traders, [*who[kinds == state.WAKE].tolist(), int(market["awaiting"])])


def resting_orders(markets: Markets, k: int, traders: range) -> Iterator[tuple[int, int, int]]:
    """Slot, number and owner of each order of these rows that rests in market ``k`` now."""
    orders = markets.orders[k, : markets.market[k]["used_slots"]]
    owner = orders["agent"]
    found = np.flatnonzero((owner >= traders.start) & (owner < traders.stop) & (orders["size"] > 0))
    yield from [(slot, int(orders["seq"][slot]), int(owner[slot])) for slot in found.tolist()]
