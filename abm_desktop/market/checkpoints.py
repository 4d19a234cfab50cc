"""Small copies of a market's state: only the pages of memory that differ from the open's."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market import arrays

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

_PAGE = 4096
_BUFFERS = frozenset({"trades", "messages", "samples", "class_samples", "bell"})
"""Rows on the way to the tape, which are none between two calls of the market."""


@dataclass(frozen=True, slots=True)
class _Pages:
    """One array: which pages differ from the first state, what is in them, and the last bytes."""

    shape: tuple[int, ...]
    dtype: np.dtype
    numbers: np.ndarray
    content: bytes
    """Compressed: a fifth of the room, for a millisecond a checkpoint."""
    tail: np.ndarray
    on_first: bool
    """Whether the other pages are those of the first state, or zeros (the array has grown)."""

    @property
    def nbytes(self) -> int:
        return int(self.numbers.nbytes + len(self.content) + self.tail.nbytes)


def _split(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the whole pages (n, 512) as uint64, and the bytes that are left, both as views."""
    raw = array.reshape(-1).view(np.uint8)
    whole = len(raw) // _PAGE * _PAGE
    return raw[:whole].view(np.uint64).reshape(-1, _PAGE // 8), raw[whole:]


@dataclass(frozen=True, slots=True)
class MarketCheckpoint:
    """The state of a market at one moment."""

    scenario: Scenario
    """That of the market, as is ``seed``."""
    seed: int
    time: float
    """Simulated seconds since the open."""
    events: int
    moves: int
    """How many commands had been carried out."""
    pages: tuple[_Pages | None, ...]
    """One an array of the state, None for those that are empty between calls or never change."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(p.nbytes for p in self.pages if p is not None)


def take(
    scenario: Scenario,
    seed: int,
    state: arrays.Markets,
    first: arrays.Markets,
    time: float,
    events: int,
    moves: int,
    before: MarketCheckpoint | None = None,
) -> MarketCheckpoint:
    """Copy what differs between ``state`` and ``first``, the state at the open.

    Arrays that are as they were ``before`` are shared with it.
    """
    pages: list[_Pages | None] = []
    for name, array, base in zip(arrays.Markets._fields, state, first, strict=True):
        if name in _BUFFERS or name in arrays.SHARED:
            pages.append(None)
            continue
        whole, tail = _split(array)
        same_shape = array.shape == base.shape
        differs = whole != _split(base)[0] if same_shape else whole != 0
        numbers = np.flatnonzero(differs.any(axis=1)).astype(np.int32)
        content = zlib.compress(whole[numbers].tobytes(), 1)
        found = _Pages(array.shape, array.dtype, numbers, content, tail.copy(), same_shape)
        old = None if before is None else before.pages[len(pages)]
        pages.append(old if old is not None and _alike(found, old) else found)
    return MarketCheckpoint(scenario, seed, time, events, moves, tuple(pages))


def _alike(one: _Pages, other: _Pages) -> bool:
    return (
        one.content == other.content
        and one.shape == other.shape
        and np.array_equal(one.numbers, other.numbers)
        and np.array_equal(one.tail, other.tail)
    )


def put(
    checkpoint: MarketCheckpoint, first: arrays.Markets, state: arrays.Markets
) -> arrays.Markets:
    """Make ``state`` the one at ``checkpoint``; ``first`` is the state at the open.

    Its arrays are written to, as new ones would cost ten times as much: the system hands memory out
    page by page. Arrays that have another size by now are new ones in what is returned. The buffers
    on the way to the tape stay as they are: between two calls nothing is in them.
    """
    made = []
    for pages, base, present in zip(checkpoint.pages, first, state, strict=True):
        array = present
        if pages is not None:
            if array.shape != pages.shape:
                array = np.empty(pages.shape, pages.dtype)
            # As bytes: records would be copied field by field.
            whole, tail = _split(array)
            if pages.on_first:
                whole[:] = _split(base)[0]
            else:
                whole[:] = 0
            content = np.frombuffer(zlib.decompress(pages.content), np.uint64)
            whole[pages.numbers] = content.reshape(-1, _PAGE // 8)
            tail[:] = pages.tail
        made.append(array)
    return arrays.Markets(*made)
