"""Notices a spread that stays wide with no stress acting: a book that ran empty for good."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.records import Records

WIDE_TICKS = 200
LONGEST = 60.0
"""Seconds that the spread may stay wide outside a stress."""
_CONTINUOUS = 0


class SpreadWatch:
    """Reads the samples of one market as they come. Times are ns of the market's clock."""

    def __init__(self) -> None:
        self._since: int | None = None
        self.raised_at: int | None = None
        """Start of the first stretch that was too long."""

    def see(self, samples: Records, stresses: np.ndarray) -> None:
        """Look at further SAMPLE rows; ``stresses`` are all slots of the market's stress events.

        A side without orders counts as wide. Auctions and halts do not, nor does a stress from
        its start to its end: a stretch begins again after them.
        """
        if self.raised_at is not None or len(samples) == 0:
            return
        time = samples["time"]
        wide = samples["best_ask"].astype(np.int64) - samples["best_bid"] > WIDE_TICKS
        if not wide.any():
            self._since = None
            return
        wide &= samples["phase"] == _CONTINUOUS
        for event in stresses[stresses["end"] > 0]:
            wide &= (time < event["start"]) | (time > event["end"])
        # The first row of every stretch: wide after one that was not.
        starts = wide & ~np.concatenate([[self._since is not None], wide[:-1]])
        since = np.where(starts, time, -1)
        if self._since is not None:
            since[0] = max(since[0], self._since)
        since = np.maximum.accumulate(since)
        long = wide & (time - since > LONGEST * 1e9)
        if long.any():
            self.raised_at = int(since[long.argmax()])
        self._since = int(since[-1]) if wide[-1] else None

    def copy(self) -> SpreadWatch:
        """One that has seen the same and goes on by itself."""
        other = SpreadWatch()
        other._since, other.raised_at = self._since, self.raised_at
        return other
