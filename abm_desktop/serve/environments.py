"""Environments that clients step: made, held, and closed when nobody has used them for long."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from abm_desktop.envs import MarketEnv, MarketVectorEnv
from abm_desktop.serve.problems import NotThereError, ProblemError

__all__ = ["MOST_ENVIRONMENTS", "MOST_MARKETS", "Environment", "Environments"]

MOST_ENVIRONMENTS = 16
MOST_MARKETS = 1024
"""In all environments of a server; each takes some megabytes."""
IDLE_SECONDS = 1800.0
"""Real seconds after the last request until an environment is closed."""

T = TypeVar("T")


class Environment:
    """One environment, and the thread that it is stepped on: one request after the other.

    Args:
        number: names it.
        env: what is stepped.
        scenario: name of its market.
        count: markets of a vector environment; None for a single one.
    """

    def __init__(
        self, number: int, env: MarketEnv | MarketVectorEnv, scenario: str, count: int | None
    ) -> None:
        self.number, self.env, self.scenario, self.count = number, env, scenario, count
        self.steps = 0
        """Calls of step so far."""
        self.last = time.monotonic()
        """When it was used last."""
        self._waiting = 0
        self._is_closed = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"environment-{number}")

    @property
    def markets(self) -> int:
        """Markets that it holds."""
        return self.count or 1

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered, or waits for its turn."""
        return self._waiting > 0

    async def do(self, work: Callable[[], T]) -> T:
        """Have ``work`` done on its thread, after all that came before. Raises NotThereError."""
        with self._lock:
            if self._is_closed:
                raise _gone(self.number)
            self._waiting += 1
            future = self._thread.submit(work)
        future.add_done_callback(self._used)
        return await asyncio.wrap_future(future)

    def _used(self, _: object) -> None:
        with self._lock:
            self._waiting -= 1
            self.last = time.monotonic()

    def close(self) -> None:
        """Take no more requests; those that wait are answered first."""
        with self._lock:
            self._is_closed = True
        self._thread.submit(self.env.close)
        self._thread.shutdown(wait=False)


class Environments:
    """All environments of a server.

    Args:
        idle_seconds: after which one is closed that nobody uses.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self.compiling = asyncio.Lock()
        """Held while their code is compiled and loaded; of the server's loop."""
        self.is_loaded = False
        """Whether this process has loaded it."""
        self._idle_seconds = idle_seconds
        self._numbers = itertools.count(1)
        self._held: dict[int, Environment] = {}
        self._coming = 0
        """Markets of those that are being made."""
        self._making = 0
        self._lock = threading.Lock()
        self._watch: threading.Timer | None = None
        self._is_closed = False

    def make(
        self, scenario: Any, count: int | None, settings: Mapping[str, Any], *, seed: int = 0
    ) -> Environment:
        """Build one, which takes a while: call it on a thread.

        Raises InputError for a setting that cannot be, ProblemError if there are too many.
        """
        self._reserve(count or 1)
        try:
            env: MarketEnv | MarketVectorEnv
            if count is None:
                env = MarketEnv(scenario, **settings)
            else:
                env = MarketVectorEnv(count, scenario, seed=seed, **settings)
            found = Environment(next(self._numbers), env, scenario.name, count)
            with self._lock:
                if self._is_closed:
                    raise ProblemError(503, "closing", "The server ends.")
                self._held[found.number] = found
        finally:
            with self._lock:
                self._making -= 1
                self._coming -= count or 1
        self._look_later()
        return found

    def _reserve(self, markets: int) -> None:
        with self._lock:
            if len(self._held) + self._making >= MOST_ENVIRONMENTS:
                raise ProblemError(
                    409, "too_many", f"There are {MOST_ENVIRONMENTS} environments already.",
                    remedy="delete one: DELETE /api/v1/environments/{number}",
                )  # fmt: skip
            room = MOST_MARKETS - self._coming - sum(each.markets for each in self._held.values())
            if markets > room:
                raise ProblemError(
                    409, "too_many", f"There is room for {room} more markets, not for {markets}.",
                    key="count", remedy="ask for fewer, or delete an environment",
                )  # fmt: skip
            self._making += 1
            self._coming += markets

    def get(self, number: int) -> Environment:
        """The environment of a number. Raises NotThereError."""
        with self._lock:
            found = self._held.get(number)
        if found is None:
            raise _gone(number)
        return found

    def all(self) -> list[Environment]:
        """Every environment, the oldest first."""
        with self._lock:
            return list(self._held.values())

    def drop(self, number: int) -> None:
        """Close one. Raises NotThereError."""
        with self._lock:
            found = self._held.pop(number, None)
        if found is None:
            raise _gone(number)
        found.close()

    def close_idle(self, now: float | None = None) -> list[int]:
        """Close those that nobody has used for long; returns their numbers.

        ``now`` is of ``time.monotonic``.
        """
        end = (time.monotonic() if now is None else now) - self._idle_seconds
        with self._lock:
            idle = [e for e in self._held.values() if not e.is_busy and e.last <= end]
            for each in idle:
                del self._held[each.number]
        for each in idle:
            each.close()
        return [each.number for each in idle]

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            self._is_closed = True
            held, self._held = list(self._held.values()), {}
            if self._watch is not None:
                self._watch.cancel()
                self._watch = None
        for each in held:
            each.close()

    def _look_later(self) -> None:
        """Look for idle ones again, as long as there is any."""
        with self._lock:
            if self._is_closed or self._watch is not None or not self._held:
                return
            # Often enough that none outlives its time by much.
            self._watch = threading.Timer(self._idle_seconds / 8, self._look)
            self._watch.daemon = True
            self._watch.start()

    def _look(self) -> None:
        self.close_idle()
        with self._lock:
            self._watch = None
        self._look_later()


def _gone(number: int) -> NotThereError:
    return NotThereError(
        "environment", number, "it may have been closed for idleness; make one: POST /environments"
    )
