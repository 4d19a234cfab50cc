"""A checksum of a market's state: a few letters that tell whether two markets go on alike."""

from __future__ import annotations

import zlib

import numpy as np

from abm_desktop.market.arrays import Markets

__all__ = ["state_checksum"]

_NOT_STATE = frozenset({"trades", "messages", "samples", "class_samples", "intents", "scratch"})
_NOT_MARKET = frozenset({"next_sample", "sample_interval", "record_messages", "record_trades"})
"""Fields that only say what is written down of the market."""
_USED = {
    "orders": "used_slots",
    "born": "used_slots",
    "icebergs": "iceberg_used",
    "pool": "pool_used",
    "heap": "heap_n",
}
"""Fields of the market that tell how many rows of an array are in use. The others are most of the
memory, and what lies in them nobody reads."""


def state_checksum(markets: Markets) -> str:
    """CRC-32 of one market's state, in eight hexadecimal digits."""
    total = 0
    market = markets.market[0]
    for name, array in markets._asdict().items():
        if name in _NOT_STATE:
            continue
        if name in _USED:
            array = array[0, : int(market[_USED[name]])]
        # Bytes between the fields of a record are nobody's.
        for part in array.dtype.names or (None,):
            if name == "market" and part in _NOT_MARKET:
                continue
            values = array if part is None else array[part]
            total = zlib.crc32(np.ascontiguousarray(values).view(np.uint8).data, total)
    return f"{total:08x}"
