"""Rows that are appended to and read by several threads, of bounded size, without long copies.

Arrays that are full are replaced by others, since a reader may hold views of them. To copy all rows
then would take tens of milliseconds at once, in which a market answers nobody: they are copied
little by little, with the appends that come before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["MovingRows", "Select"]

Select = Callable[[int, int], "np.ndarray | slice"]
"""Which rows stay of those from one number up to another, as an index of the arrays."""


class MovingRows:
    """Arrays of one length that one thread appends to, and any thread may read views of.

    Args:
        make: new arrays of so many rows each, not filled.
        room: rows of the first arrays; they double up to ``capacity``.
        capacity: most rows kept, at least 2.
        choose: asked when half of ``capacity`` is there, with views of that half: which rows are to
            stay once all of it is there and more come. Some have to go.
    """

    def __init__(
        self,
        make: Callable[[int], list[np.ndarray]],
        room: int,
        capacity: int,
        choose: Callable[[list[np.ndarray]], Select],
    ) -> None:
        self._make, self._capacity, self._choose = make, capacity, choose
        self._arrays = make(room)
        self._n = 0
        self._next: list[np.ndarray] | None = None
        self._select: Select = slice
        self._taken = self._written = 0
        """Of these rows, and into those of the next arrays."""

    def __len__(self) -> int:
        return self._n

    def views(self) -> list[np.ndarray]:
        """What is stored now; stays as it is while rows are appended."""
        return [array[: self._n] for array in self._arrays]

    def append(self, new: Sequence[np.ndarray]) -> int:
        """Append rows, one array of each kind; returns how often they were full."""
        at, total, thinned = 0, len(new[0]), 0
        while at < total:
            if self._n == len(self._arrays[0]):
                thinned += self._is_at_capacity
                self._replace()
            take = min(total - at, len(self._arrays[0]) - self._n)
            for array, rows in zip(self._arrays, new, strict=True):
                array[self._n : self._n + take] = rows[at : at + take]
            self._n += take
            at += take
            if self._n >= len(self._arrays[0]) // 2:
                self._move(self._share(take))
        return thinned

    @property
    def _is_at_capacity(self) -> bool:
        return len(self._arrays[0]) == self._capacity

    def _share(self, taken: int) -> int:
        """Rows to move with so many that came, so that none are left when the room is full."""
        left = len(self._arrays[0]) - self._n
        return -(-(self._n - self._taken + left) * taken // max(left + taken, 1))

    def _move(self, most: int) -> None:
        """Copy rows into the next arrays: of so many of those that are there, or fewer."""
        if self._next is None:
            self._next = self._make(min(2 * len(self._arrays[0]), self._capacity))
            self._taken = self._written = 0
            half = [array[: self._capacity // 2] for array in self._arrays]
            self._select = self._choose(half) if self._is_at_capacity else slice
        end = min(self._taken + most, self._n)
        rows = self._select(self._taken, end)
        for array, old in zip(self._next, self._arrays, strict=True):
            part = old[rows]
            array[self._written : self._written + len(part)] = part
        self._written += len(part)
        self._taken = end

    def _replace(self) -> None:
        self._move(self._n)
        assert self._next is not None
        self._arrays, self._n, self._next = self._next, self._written, None
        self._taken = 0
