"""What a live market can play: a simulated market, or recorded real order flow.

Both have one face, so the worker thread does not care which it paces. The heavy imports are inside
the constructors, which run on the worker thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from abm_desktop.live.conditions import Quotes
from abm_desktop.live.history import HistoryStore
from abm_desktop.live.series import Sampler
from abm_desktop.live.types import Mark

RECENT_TRADES = 500
BOOK_LEVELS = 50

TRADE_DTYPE = np.dtype([("time", "f8"), ("price", "f8"), ("size", "i8"), ("side", "i4")])


class Feed(Protocol):
    """A market that can be advanced and read, all on the worker thread."""

    source: str
    is_replay: bool
    seed: int
    tick_size: float
    history: HistoryStore
    marks: list[Mark]

    @property
    def now(self) -> float: ...

    @property
    def events(self) -> int: ...

    @property
    def end(self) -> float | None:
        """Time at which it is over; None while that is not known."""

    @property
    def session_end(self) -> float:
        """Time at which the session is to end."""

    def quotes(self) -> Quotes:
        """How the market is quoted now."""

    def advance(self, until: float, bell: np.ndarray | None = None) -> None:
        """Run to a simulated time; less far once another thread has set ``bell``, int64 (1, 1)."""

    def search(
        self, until: float, holds: Callable[[Quotes], Any], bell: np.ndarray | None = None
    ) -> tuple[Feed, bool]:
        """Run to a simulated time, or to the first tenth of a second before at which ``holds``.

        It is looked at whole tenths of simulated seconds only, so that where it ends does not
        depend on how far one call goes. Returns the market as it is then, which may be another
        object, and whether it was found. Once ``bell`` is set it goes less far.
        """

    def step(self, events: int, client: str = "") -> None:
        """Run for some events, asked for by ``client``."""

    def limit_samples(self, per_second: float, speed: float) -> None:
        """Sample at most ``per_second`` times a real second at this speed (simulated/real).

        Whole seconds are sampled at any speed: see :func:`abm_desktop.live.spacings.spacing_for`.
        """

    def sampler(self) -> Sampler:
        """What samples the same run again, on another thread."""

    def collect(self) -> None:
        """Move what was recorded into ``history`` and the recent trades."""

    def fields(self) -> dict[str, Any]:
        """The feed's part of a :class:`MarketSnapshot`."""
