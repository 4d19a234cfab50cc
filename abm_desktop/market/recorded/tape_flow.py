"""A simulated session as an ``OrderFlow``, to be looked at as a recorded day is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.inputs import InputError
from abm_desktop.market.flow_kinds import CROSS, PRICE_SCALE, UNTOLD
from abm_desktop.market.lobster_rows import happenings, visible
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.state import BUY, SELL

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

__all__ = ["OPEN", "flow_of_tape"]

OPEN = 34_200
"""Second of the day at which a session opens: half past nine."""


def flow_of_tape(simulator: Simulator, levels: int) -> OrderFlow:
    """The messages within ``levels`` levels since the open, and those levels after each.

    Prices are in 1e-4 currency, or in the tick if that is finer; sizes in shares.

    Raises:
        InputError: if the simulator records no messages, or nothing happened.
    """
    if not simulator.records_messages:
        raise InputError("are not recorded", key="messages", remedy="pass record_messages=True")
    market, tape = simulator.scenario.market, simulator.tape
    scale = PRICE_SCALE
    while round(market.tick_size * scale) < 1 or (market.tick_size * scale) % 1 > 1e-9:
        if scale >= 10**9:
            break
        scale *= 10
    units = round(market.tick_size * scale)
    rows = happenings(
        np.concatenate([tape.beginning.resting, tape.messages]),
        tape.trades,
        tape.phases,
        tape.beginning.phase,
    )
    parts = list(visible(rows, market.ladder_ticks, levels))
    messages = np.concatenate([part.messages for part in parts]) if parts else rows[:0]
    if not len(messages):
        raise InputError("nothing happened in the book, so there is nothing to look at")
    book = np.concatenate([part.book for part in parts]).reshape(-1, levels, 2, 2)
    price, size = (book[..., k][:, :, ::-1].transpose(0, 2, 1) for k in (0, 1))
    told = messages["kind"] < CROSS
    side = np.where(messages["direction"] == 1, BUY, SELL)
    return OrderFlow(
        name=simulator.scenario.name,
        source=Path(simulator.scenario.name),
        levels=levels,
        time=messages["time"] - round(market.warm_up * 1e9) + OPEN * 10**9,
        kind=messages["kind"].astype(np.int8),
        order_id=messages["order"].copy(),
        size=(messages["size"] * market.lot).astype(np.int32),
        price=np.where(messages["kind"] <= CROSS, messages["price"] * units, messages["price"]),
        side=np.where(told, side, UNTOLD).astype(np.int8),
        book_price=np.where(size > 0, price * units, 0),
        book_size=size * market.lot,
        scale=scale,
    )
