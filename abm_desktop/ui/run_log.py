"""The runs of this session that are over, kept to be compared with the one that runs now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from abm_desktop.desk.provenance import run_title
from abm_desktop.live import ActiveStress, MarketSnapshot
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.run_data import RunData

__all__ = ["KeptRun", "RunLog"]

SHORTEST = 10.0
"""Seconds of trading below which a run is not kept."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run that is over."""

    number: int
    title: str
    data: RunData | PackedRun
    generation: int
    """Of its market; a fork tells it in ``forked_from``."""


class RunLog:
    """Keeps the last runs, a second between two samples."""

    MOST = 6
    """Runs kept; one of a whole session takes 8 MB and more, and packed one or two."""

    def __init__(self, pack: Callable[[RunData, Callable[[PackedRun], None]], None]) -> None:
        """``pack`` packs a run off this thread and hands it back on it."""
        self._pack = pack
        self._runs: list[KeptRun] = []
        self._last: MarketSnapshot | None = None
        self.count = 0
        """Runs that are over so far, with those that were let go."""

    @property
    def runs(self) -> tuple[KeptRun, ...]:
        """The runs kept, the oldest first."""
        return tuple(self._runs)

    def take(self, snapshot: MarketSnapshot, stresses: Sequence[ActiveStress]) -> None:
        """Look at the newest snapshot; ``stresses`` are those known before it."""
        last, self._last = self._last, snapshot
        if last is None or last.generation == snapshot.generation or len(last.history) < 2:
            return
        data = RunData.of(last, stresses)
        if data.end - data.start < SHORTEST:
            return
        self.count += 1
        # Rows on arrays of their own: those of the session are up to ten times as large.
        data = data.between(data.start, data.end).with_own_rows()
        run = KeptRun(self.count, run_title(last), data, last.generation)
        self._runs.append(run)
        del self._runs[: -self.MOST]
        self._pack(data, lambda packed: self._take_packed(run, packed))

    def _take_packed(self, run: KeptRun, packed: PackedRun) -> None:
        self._runs = [replace(run, data=packed) if kept is run else kept for kept in self._runs]
