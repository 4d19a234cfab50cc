"""Rows of bounded size: what stays, what readers keep, and that no append copies everything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from abm_desktop.live.moving_rows import MovingRows, Select

Choose = Callable[[list[np.ndarray]], Select]


def half(_views: list[np.ndarray]) -> Select:
    return lambda first, end: slice(max(first, 32), max(end, 32))


def every_second(_views: list[np.ndarray]) -> Select:
    return lambda first, end: slice(first + first % 2, end, 2)


def by_number(views: list[np.ndarray]) -> Select:
    """By what is seen when half of the rows are there: their numbers."""
    even = int(views[0][-1]) % 2
    return lambda first, end: first + np.flatnonzero(np.arange(first, end) * 5 % 3 != even)


def made(kept: Choose, sizes: list[int] | None = None) -> MovingRows:
    def make(rows: int) -> list[np.ndarray]:
        if sizes is not None:
            sizes.append(rows)
        return [np.full(rows, -1.0), np.full((rows, 2), -1.0)]

    return MovingRows(make, room=8, capacity=64, choose=kept)


def rows(first: int, count: int) -> list[np.ndarray]:
    numbers = np.arange(first, first + count, dtype=float)
    return [numbers, np.stack([numbers, -numbers], axis=1)]


@pytest.mark.parametrize("chunk", [1, 3, 7, 64, 200])
@pytest.mark.parametrize("kept", [half, every_second, by_number])
def test_what_stays_does_not_depend_on_how_it_came(chunk, kept):
    one_by_one, store = made(kept), made(kept)
    for k in range(400):
        one_by_one.append(rows(k, 1))
    times = 0
    for k in range(0, 400, chunk):
        times += store.append(rows(k, min(chunk, 400 - k)))
    numbers, wide = store.views()
    assert len(store) == len(numbers) <= 64 and times > 0
    assert np.array_equal(numbers, one_by_one.views()[0])
    assert np.array_equal(wide, np.stack([numbers, -numbers], axis=1))


def test_the_older_half_goes_or_every_second_row():
    halved, thinned = made(half), made(every_second)
    for store in (halved, thinned):
        assert store.append(rows(0, 64)) == 0
        assert store.append(rows(64, 1)) == 1
    assert halved.views()[0].tolist() == list(range(32, 65))
    assert thinned.views()[0].tolist() == [*range(0, 64, 2), 64]


def test_views_stay_as_they_are():
    store = made(half)
    seen = []
    for k in range(300):
        store.append(rows(k, 1))
        view = store.views()[0]
        seen.append((view, view.copy()))
    assert all(np.array_equal(view, copy) for view, copy in seen)


class Counted(np.ndarray):
    """An array that counts the rows that are written to it."""

    written = 0

    def __setitem__(self, key, value):
        Counted.written += len(value)
        super().__setitem__(key, value)


@pytest.mark.parametrize("kept", [half, every_second, by_number])
def test_no_append_copies_more_than_its_share(kept):
    store = MovingRows(
        lambda n: [np.empty(n).view(Counted)], room=8, capacity=64, choose=kept
    )  # fmt: skip
    most = 0
    for k in range(1000):
        Counted.written = 0
        store.append([np.array([float(k)])])
        most = max(most, Counted.written)
    # Its own row, and two more on their way.
    assert most == 3
