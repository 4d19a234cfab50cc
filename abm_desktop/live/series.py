"""Samples of a run at whole multiples of a spacing: the same rows, however fast it was played.

What a live market keeps for its charts depends on its speed. Here a run is sampled anew, if what is
kept does not have just the moments that are asked for.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING, Protocol

import numpy as np

from abm_desktop.inputs import InputError, real
from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.live.types import History

if TYPE_CHECKING:
    from abm_desktop.live.snapshot_reader import Reader
    from abm_desktop.market.arrays import Markets
    from abm_desktop.market.simulator import Simulator

__all__ = [
    "LONGEST",
    "MOST_SAMPLES",
    "SHORTEST",
    "MarketSampler",
    "SampleTimes",
    "Sampler",
    "kept_samples",
    "sample_from_open",
]

MOST_SAMPLES = 1_000_000
SHORTEST = 0.001
"""Simulated seconds between two samples, at least."""
LONGEST = 86_400.0
NANO = 1_000_000_000
_SAME = 1e-7
"""Seconds within which two times are one: they are nanoseconds, but as floating numbers."""


class SampleTimes:
    """Whole multiples of a spacing within a stretch of time, without the beginning of time.

    Args:
        left, right: seconds.
        spacing: seconds, at least :data:`SHORTEST`.

    Raises:
        InputError: for what is no time, and for more than :data:`MOST_SAMPLES`.

    >>> SampleTimes(0.0, 10.0, 2.5).times.tolist()
    [2.5, 5.0, 7.5, 10.0]
    """

    def __init__(self, left: float, right: float, spacing: float) -> None:
        left, right = real(left, "left"), real(right, "right")
        self.step = round(real(spacing, "spacing", SHORTEST, LONGEST, unit="seconds") * NANO)
        """Nanoseconds."""
        first = max(math.ceil(round(left * NANO) / self.step), 1)
        count = max(math.floor(round(right * NANO) / self.step) - first + 1, 0)
        if count > MOST_SAMPLES:
            raise InputError(
                f"makes {count:,} rows; at most {MOST_SAMPLES:,} are told",
                key="spacing",
                remedy="ask for a shorter stretch, or a wider spacing",
            )
        self.first, self.count = first * self.step, count

    @property
    def nanoseconds(self) -> np.ndarray:
        """int64 (n,), ascending."""
        return self.first + self.step * np.arange(self.count, dtype=np.int64)

    @property
    def times(self) -> np.ndarray:
        """Seconds, float64 (n,)."""
        return self.nanoseconds / NANO


class Sampler(Protocol):
    """What samples a run again, on one thread at a time."""

    def samples(self, moments: SampleTimes) -> History:
        """The run at these moments, which it has come to."""


def kept_samples(history: History, moments: SampleTimes) -> History | None:
    """The samples of these moments, if all of them were kept."""
    times = moments.times
    rows = np.searchsorted(history.time, times - _SAME)
    if not len(history):
        return None if len(times) else history
    found = np.abs(history.time[np.minimum(rows, len(history) - 1)] - times) < _SAME
    return selected(history, rows) if found.all() else None


def selected(history: History, rows: np.ndarray | slice) -> History:
    """Some rows of a history."""
    return History(*(getattr(history, field.name)[rows] for field in fields(History)))


class MarketSampler:
    """Samples a simulated market, computed again from what was recorded of it."""

    def __init__(self, recording: Recording, reader: Reader) -> None:
        self._rewinder, self._reader = Rewinder(recording), reader
        self._warm_up = round(recording.start.scenario.market.warm_up * NANO)

    def samples(self, moments: SampleTimes) -> History:
        """The run at these moments, which it has come to."""
        # From before the first: there a sample comes before the orders of its very nanosecond.
        market = self._rewinder.go_to((moments.first - 1) / NANO)
        market.tape.clear_rows()
        market.set_sample_interval(moments.step / NANO)
        market.advance_with(lambda markets: _begin(markets, moments.first + self._warm_up))
        self._rewinder.run_to(float(moments.times[-1]))
        columns, inventory, pnl = self._reader.samples(market)
        market.tape.clear_rows()
        return History(**columns, class_inventory=inventory, class_pnl=pnl)


def sample_from_open(market: Simulator, spacing: float) -> None:
    """Have a market sample at whole multiples of a spacing (seconds) since the open, from now on.

    By itself it counts them from when it was made, which is no whole second before the open if the
    warm-up is none.
    """
    market.set_sample_interval(spacing)
    step, warm_up = round(spacing * NANO), round(market.scenario.market.warm_up * NANO)

    def begin(markets: Markets) -> int:
        now = int(markets.market["now"][0]) - warm_up
        return _begin(markets, (now // step + 1) * step + warm_up)

    market.advance_with(begin)


def _begin(markets: Markets, clock: int) -> int:
    """Have the next sample taken at a time, in ns since the market was made."""
    markets.market["next_sample"] = clock
    return 0
