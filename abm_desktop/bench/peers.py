"""Other people's matching engines under the same messages, if they are installed.

Each gets the first part of the flow through its own Python interface, as its users would drive it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.bench.report import Report
from abm_desktop.market.state import BUY, CANCEL, LIMIT, MODIFY

if TYPE_CHECKING:
    from abm_desktop.bench.engine import Prepared

_MESSAGES = 50_000


def _bourse(flow: np.ndarray) -> Callable[[], None]:
    from bourse.core import OrderBook

    book = OrderBook(0, 1, True)
    ids: dict[int, int] = {}

    def work() -> None:
        for n, (kind, side, price, size, place) in enumerate(flow.tolist()):
            book.set_time(n)
            if kind == CANCEL:
                if place in ids:
                    book.cancel_order(ids[place])
            elif kind == MODIFY:
                continue
            elif kind == LIMIT:
                ids[place] = book.place_order(side == BUY, size, 0, price=price)
            else:
                book.place_order(side == BUY, size, 0)

    return work


def _lightmatchingengine(flow: np.ndarray) -> Callable[[], None]:
    from lightmatchingengine.lightmatchingengine import LightMatchingEngine, Side

    engine = LightMatchingEngine()
    ids: dict[int, Any] = {}

    def work() -> None:
        for kind, side, price, size, place in flow.tolist():
            if kind == CANCEL:
                # It asserts that the order still rests, which one that traded does not.
                with suppress(AssertionError):
                    if place in ids:
                        engine.cancel_order(ids.pop(place), "X")
            elif kind == MODIFY:
                continue
            else:
                order, _ = engine.add_order(
                    "X", price, size, Side.BUY if side == BUY else Side.SELL
                )
                if kind == LIMIT:
                    ids[place] = order.order_id
                elif order.leaves_qty > 0:
                    engine.cancel_order(order.order_id, "X")

    return work


ENGINES = {"bourse": _bourse, "lightmatchingengine": _lightmatchingengine}


def engine_peers(report: Report, case: str, prepared: Prepared) -> None:
    """Add a row for each peer that is installed; a missing one is noted with its remedy."""
    part = prepared.flow[: prepared.untimed + _MESSAGES]
    filling, timed = part[: prepared.untimed], part[prepared.untimed :]
    for name, make in ENGINES.items():
        try:
            work = make(np.concatenate([filling[:_MESSAGES], timed]))
        except ImportError:
            note = f"{name} is not installed: pip install {name}"
            if note not in report.notes:
                report.notes.append(note)
            continue
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        count = len(filling[:_MESSAGES]) + len(timed)
        report.add(case, name, [count / seconds], "messages/s")
