"""Seeds for uses that must not meet: search, choice, report, posterior, and days made for checks.

A search that tries a thousand markets on the same seeds finds one that suits those seeds. Its
winner is chosen on others, and what is told of it comes from others still.
"""

from __future__ import annotations

from enum import Enum

from abm_desktop.inputs import InputError, whole

__all__ = ["MOST", "MOST_DRAWS", "Use", "check_use", "draw_seeds", "seeds_for"]

MOST = 100_000_000
"""Seeds of each use."""
MOST_DRAWS = 10_000
"""Days of one calibration that a posterior is learned from, or checked on."""


class Use(Enum):
    """What a simulated session is for; the value is the first of its seeds."""

    SEARCH = 4_000_000_000
    CHOICE = 4_100_000_000
    REPORT = 4_200_000_000
    DRAW = 4_300_000_000
    CHECK = 4_400_000_000
    TRUTH = 4_500_000_000


def seeds_for(use: Use, count: int, seed: int = 0) -> tuple[int, ...]:
    """The first ``count`` seeds of a use; another ``seed`` gives others.

    >>> seeds_for(Use.CHOICE, 2, seed=5)
    (4100000500, 4100000501)
    """
    whole(count, "count", 1, 100)
    whole(seed, "seed", 0, 9999)
    first = use.value + 100 * seed
    return tuple(range(first, first + count))


def draw_seeds(use: Use, count: int, seed: int = 0) -> tuple[int, ...]:
    """Seeds of so many days that each have parameters of their own.

    >>> draw_seeds(Use.DRAW, 2, seed=5)
    (4300050000, 4300050001)
    """
    whole(count, "count", 1, MOST_DRAWS)
    whole(seed, "seed", 0, MOST // MOST_DRAWS - 1)
    first = use.value + MOST_DRAWS * seed
    return tuple(range(first, first + count))


def check_use(use: Use, seed: int) -> None:
    """Raise :class:`.InputError` for a seed that is not one of this use."""
    if not use.value <= seed < use.value + MOST:
        raise InputError(
            f"{seed} is none for {use.name.lower()}",
            key="seed",
            remedy=f"take one from {use.value} to {use.value + MOST - 1}",
        )
