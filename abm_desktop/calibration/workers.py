"""Sessions of candidates, many at a time: one process a core, or this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from abm_desktop.calibration.measuring import Measured
from abm_desktop.calibration.seeds import Use, check_use
from abm_desktop.calibration.simulating import simulate_measured
from abm_desktop.inputs import UnavailableError
from abm_desktop.scenario import Scenario

__all__ = ["CandidateSession", "Workers"]

POLL = 0.2
"""Real seconds between two looks at whether to stop."""

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class CandidateSession:
    """One session to simulate."""

    scenario: Scenario
    use: Use
    seed: int
    levels: int
    seconds: float
    most: int
    """Messages at which it is given up."""

    def measured(self) -> Measured | None:
        """Simulate and summarise it; None if it is no market to compare."""
        return simulate_measured(
            self.scenario,
            self.use,
            self.seed,
            levels=self.levels,
            seconds=self.seconds,
            most=self.most,
        )


class Workers:
    """Runs sessions; use it in a ``with`` block.

    Args:
        count: processes; 0: in this one, one after the other.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        if self.count:
            # Not forked: the compiled market and its threads would come along half alive.
            self._pool = ProcessPoolExecutor(
                self.count, multiprocessing.get_context("spawn"), _begin_worker
            )
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def measured(
        self, sessions: Sequence[CandidateSession], stopping: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, Measured | None]]:
        """Place and summary of each session, in any order; ends early if it is to stop."""
        for session in sessions:
            check_use(session.use, session.seed)
        yield from self.run(
            CandidateSession.measured, [(session,) for session in sessions], stopping
        )

    def run(
        self,
        function: Callable[..., Outcome],
        arguments: Sequence[tuple[Any, ...]],
        stopping: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[int, Outcome]]:
        """Place and result of each call, in any order.

        Raises:
            UnavailableError: if a process died.
        """
        if self._pool is None:
            for place, given in enumerate(arguments):
                if stopping():
                    return
                yield place, function(*given)
            return
        places: dict[Future[Outcome], int] = {
            self._pool.submit(function, *given): place for place, given in enumerate(arguments)
        }
        left = set(places)
        try:
            while left and not stopping():
                done, left = wait(left, POLL, FIRST_COMPLETED)
                for each in done:
                    yield places[each], each.result()
        except BrokenProcessPool as error:
            raise UnavailableError(
                "a process of the calibration died (out of memory, perhaps); what is finished is "
                "kept, give fewer --workers"
            ) from error
        finally:
            for each in left:
                each.cancel()


def _begin_worker() -> None:
    """Ctrl+C is for the process that collects the results; without that one this one ends, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = multiprocessing.parent_process()
    assert owner is not None

    def end_with_owner() -> None:
        owner.join()
        os._exit(0)

    threading.Thread(target=end_with_owner, daemon=True).start()
