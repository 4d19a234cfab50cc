"""Whether the compiled market is at hand, the command that compiles it, and how far that is."""

from __future__ import annotations

import bisect

from abm_desktop import child_python

__all__ = ["ALL_KERNELS", "cold_start_command", "compiled_share", "share_of_time"]

_COURSE = (
    (0, 0.0), (1, 0.02), (12, 0.05), (29, 0.08), (54, 0.13), (80, 0.21), (107, 0.27), (128, 0.34),
    (150, 0.42), (156, 0.43), (157, 0.46), (176, 0.52), (198, 0.60), (221, 0.67), (249, 0.80),
    (251, 0.87), (265, 0.94), (270, 0.97), (272, 1.0),
)  # fmt: skip
"""Kernels that are in the cache, and the share of the time that has passed then, measured once by
the time of the processor. The last are large: their number alone would promise too much."""
ALL_KERNELS = _COURSE[-1][0]
"""Kernels of a first market, about: what was added since ends a little later than promised."""


def cold_start_command() -> list[str] | None:
    """The command to run first, or None if the cache is warm."""
    from abm_desktop.market.warm_mark import cache_is_warm

    return None if cache_is_warm() else child_python.command("abm_desktop.market.warm_cache")


def compiled_share() -> float:
    """How much of the compilation is done, in time: 0 to 1, whichever process does it."""
    from abm_desktop.market.warm_mark import kernels_in_cache

    return share_of_time(kernels_in_cache())


def share_of_time(kernels: int) -> float:
    """The share of the time of a compilation that has passed with so many kernels in the cache.

    >>> share_of_time(0), share_of_time(ALL_KERNELS // 2), share_of_time(10_000)
    (0.0, 0.3691, 0.99)
    """
    at = bisect.bisect_right([count for count, _ in _COURSE], kernels)
    most = 0.99  # it is over when the process says so
    if at == len(_COURSE):
        return most
    (first, before), (last, after) = _COURSE[at - 1], _COURSE[at]
    return min(most, round(before + (after - before) * (kernels - first) / (last - first), 4))
