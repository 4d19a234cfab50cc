"""Small copies of a market's state: only the pages of memory that differ from the open's."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from abm_desktop.market import arrays

_PAGE = 4096
_BUFFERS = frozenset({"trades", "messages", "samples", "class_samples"})
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
class Checkpoint:
    """The state of a market at one moment."""

    time: float
    """Simulated seconds since the open."""
    events: int
    moves: int
    """How many commands had been carried out."""
    pages: tuple[_Pages | None, ...]
    """One an array of the state, None for those that are empty between calls."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(p.nbytes for p in self.pages if p is not None)


def take(
    state: arrays.Markets, first: arrays.Markets, time: float, events: int, moves: int
) -> Checkpoint:
    """Copy what differs between ``state`` and ``first``, the state at the open."""
    pages: list[_Pages | None] = []
    for name, array, base in zip(arrays.Markets._fields, state, first, strict=True):
        if name in _BUFFERS:
            pages.append(None)
            continue
        whole, tail = _split(array)
        same_shape = array.shape == base.shape
        differs = whole != _split(base)[0] if same_shape else whole != 0
        numbers = np.flatnonzero(differs.any(axis=1)).astype(np.int32)
        pages.append(
            _Pages(
                array.shape,
                array.dtype,
                numbers,
                zlib.compress(whole[numbers].tobytes(), 1),
                tail.copy(),
                same_shape,
            )
        )
    return Checkpoint(time, events, moves, tuple(pages))


class Unpacker:
    """Makes whole states of checkpoints; it keeps one state and changes only what differs."""

    def __init__(self, first: arrays.Markets) -> None:
        self._first = first
        self._arrays = [a.copy() for a in first]
        self._dirty: list[np.ndarray | None] = [np.zeros(0, np.int32) for _ in first]
        """Pages that differ from the first state; None where the array has another shape."""

    def unpack(self, checkpoint: Checkpoint) -> arrays.Markets:
        """Return the state at ``checkpoint``; it is valid until the next call."""
        for k, (pages, base) in enumerate(zip(checkpoint.pages, self._first, strict=True)):
            if pages is None:
                continue
            dirty = self._dirty[k]
            if not pages.on_first:
                self._arrays[k] = np.zeros(pages.shape, pages.dtype)
            elif dirty is None:
                self._arrays[k] = base.copy()
            else:
                _split(self._arrays[k])[0][dirty] = _split(base)[0][dirty]
            whole, tail = _split(self._arrays[k])
            content = np.frombuffer(zlib.decompress(pages.content), np.uint64)
            whole[pages.numbers] = content.reshape(-1, _PAGE // 8)
            tail[:] = pages.tail
            self._dirty[k] = pages.numbers if pages.on_first else None
        return arrays.Markets(*self._arrays)
