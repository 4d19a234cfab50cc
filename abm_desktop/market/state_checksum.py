"""A checksum of a market's state: a few letters that tell whether two markets go on alike."""

from __future__ import annotations

from functools import cache

import numpy as np

from abm_desktop.market.arrays import SHARED, Markets
from abm_desktop.market.compiled import kernel

__all__ = ["state_checksum"]

_NOT_STATE = frozenset(
    {"trades", "messages", "samples", "class_samples", "intents", "scratch", "auction", "bell"}
)
"""Room to work in: what they hold is written before it is read."""
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
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MUL = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_START = (np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4))


@kernel
def _mixed(parts):
    """A hash of the words of some arrays, each uint64 (n,), in their order.

    Each word goes through a bijection of its lane, so that one changed bit is never lost; four
    lanes keep the processor busy while each waits for its product.
    """
    a, b, c, d = _START
    for part in parts:
        n = len(part)
        for i in range(0, n - 3, 4):
            a = (a ^ part[i]) * _MUL
            a ^= a >> _HALF
            b = (b ^ part[i + 1]) * _MUL
            b ^= b >> _HALF
            c = (c ^ part[i + 2]) * _MUL
            c ^= c >> _HALF
            d = (d ^ part[i + 3]) * _MUL
            d ^= d >> _HALF
        for i in range(n // 4 * 4, n):
            a = (a ^ part[i]) * _MUL
            a ^= a >> _HALF
        b = (b ^ np.uint64(n)) * _MUL
        b ^= b >> _HALF
    for lane in (b, c, d):
        a = ((a ^ lane) + _ODD) * _MUL
        a ^= a >> _HALF
    return a


def state_checksum(markets: Markets) -> str:
    """A hash of one market's state, in eight hexadecimal digits."""
    market = markets.market[0]
    parts = []
    for name, array in markets._asdict().items():
        if name in _NOT_STATE or name in SHARED:
            continue
        if name in _USED:
            array = array[0, : int(market[_USED[name]])]
        parts.append(_words(array, _NOT_MARKET if name == "market" else frozenset()))
    total = int(_mixed(tuple(parts)))
    return f"{(total ^ total >> 32) & 0xFFFFFFFF:08x}"


def _words(array: np.ndarray, without: frozenset[str]) -> np.ndarray:
    """The bytes of an array as uint64 (n,), filled up with zeros."""
    raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    mask = _mask(array.dtype, without)
    if mask is not None:
        raw = (raw.reshape(-1, len(mask)) & mask).reshape(-1)
    if len(raw) % 8:
        raw = np.concatenate([raw, np.zeros(-len(raw) % 8, np.uint8)])
    return raw.view(np.uint64)


@cache
def _mask(dtype: np.dtype, without: frozenset[str]) -> np.ndarray | None:
    """Ones at the bytes of a record that count; None if all do.

    Those between its fields are nobody's, and copies lose them.
    """
    mask = np.zeros(dtype.itemsize, np.uint8)
    for name, (kind, offset, *_) in (dtype.fields or {"": (dtype, 0)}).items():
        if name not in without:
            mask[offset : offset + kind.itemsize] = 255
    return None if mask.all() else mask
