"""A flow as a file of fewer levels has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from abm_desktop.market.flow_kinds import EXECUTE_HIDDEN
from abm_desktop.market.order_flow import OrderFlow

__all__ = ["within_levels"]


def within_levels(flow: OrderFlow, levels: int) -> OrderFlow:
    """The best ``levels`` of the book, and the messages that touch them.

    A file of N levels tells only what happens within them. Of a flow that knows more, what lies
    deeper is left out here, so that both are looked at alike. Hidden executions, auctions and halts
    stay.

    Args:
        flow: with a book of at least as many levels after each message (else see
            :func:`.replay.with_levels`), and perhaps messages deeper than that.
        levels: of a side, 1 at least.
    """
    price, size = flow.book_price[:, :, :levels], flow.book_size[:, :, :levels]
    changed = np.ones(len(flow), bool)
    changed[1:] = (price[1:] != price[:-1]).any(axis=(1, 2))
    changed[1:] |= (size[1:] != size[:-1]).any(axis=(1, 2))
    keep = np.flatnonzero(changed | (flow.kind >= EXECUTE_HIDDEN))
    return replace(
        flow,
        levels=levels,
        time=flow.time[keep],
        kind=flow.kind[keep],
        order_id=flow.order_id[keep],
        size=flow.size[keep],
        price=flow.price[keep],
        side=flow.side[keep],
        book_price=price[keep],
        book_size=size[keep],
        traded_at=None if flow.traded_at is None else flow.traded_at[keep],
        settled=None if flow.settled is None else flow.settled[keep],
    )
