"""Several pieces of compiled work at once, on threads: the kernels let go of the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from abm_desktop.thread_team import processors

T = TypeVar("T")

_LOOK_SECONDS = 0.1


class _Cancelled(Exception):  # noqa: N818  (not an error: the caller wants no more)
    pass


def side_by_side(
    work: Mapping[str, Callable[[Callable[[float], None]], T]],
    on_share: Callable[[str, float], None] | None = None,
) -> dict[str, T]:
    """Do all the ``work`` on as many threads as there are cores; returns the results by name.

    Each piece is called with a function that takes its finished share. ``on_share`` hears, in the
    calling thread, the name of a piece at work and the finished share of everything. What it or a
    piece raises ends all the others at their next share, and is raised.
    """
    shares = dict.fromkeys(work, 0.0)
    cancelled = False

    def note(name: str, share: float) -> None:
        if cancelled:
            raise _Cancelled
        shares[name] = share

    def do(name: str) -> T:
        note(name, 0.0)
        result = work[name](lambda share: note(name, share))
        shares[name] = 1.0
        return result

    def tell(waiting: Mapping[Future[T], str]) -> None:
        if on_share is not None and waiting:
            at_work = max(waiting.values(), key=lambda name: shares[name])
            on_share(at_work, sum(shares.values()) / len(shares))

    with ThreadPoolExecutor(processors(), thread_name_prefix="side-by-side") as pool:
        futures = {pool.submit(do, name): name for name in work}
        waiting = dict(futures)
        try:
            # Pieces that all end by the first look would otherwise be done without a word.
            tell(waiting)
            while waiting:
                done, _ = wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    del waiting[future]
                    future.result()
                tell(waiting)
        except BaseException:
            cancelled = True
            raise
    return {name: future.result() for future, name in futures.items()}
