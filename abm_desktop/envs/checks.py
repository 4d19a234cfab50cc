"""What the environments take: actions, seeds, options and sizes, each checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.utils.seeding import np_random

from abm_desktop.inputs import InputError, UnavailableError, one_of, real, shown, whole
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.reading import MAX_TIME
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.stress import STRESS_TYPES

MAX_MARKETS = 4096
"""Markets of one environment; each takes some megabytes."""
MAX_TRADERS = 1000
"""Outside traders of one market."""
MOST_THREADS = 1024
MAX_SEED = (1 << 63) - 1

RESET_FIRST = "reset the environment before its first step"
RESET_AGAIN = "the episode is over: call reset"


def checked_actions(actions: Any, count: int, choices: int) -> np.ndarray:
    """``count`` actions as int64, if each is one of 0 to ``choices`` - 1.

    Raises:
        InputError: for another shape, anything but whole numbers, or an action that is not there.
    """
    try:
        given = np.asarray(actions)
    except Exception as error:  # ragged lists, and whatever a stranger's object does
        raise InputError(f"must be whole numbers, not {shown(actions)}", key="actions") from error
    if given.shape != (count,):
        raise InputError(f"must have the shape ({count},), not {given.shape}", key="actions")
    # In a list of whole numbers NumPy takes True for 1.
    has_switches = isinstance(actions, list | tuple) and any(isinstance(a, bool) for a in actions)
    if given.dtype.kind not in "iu" or has_switches:
        what = shown(actions) if has_switches else given.dtype
        raise InputError(
            f"must be whole numbers from 0 to {choices - 1}, not {what}", key="actions"
        )
    taken = given.astype(np.int64, copy=False)
    # Seen as unsigned a negative number is a large one: one pass looks at both ends.
    if np.maximum.reduce(taken.view(np.uint64)) >= choices:
        wrong = given[(given < 0) | (given >= choices)][0]
        raise InputError(
            f"must be whole numbers from 0 to {choices - 1}, not {wrong}", key="actions"
        )
    return taken


def checked_action(action: Any, key: str, choices: int) -> int:
    """One action, from 0 to ``choices`` - 1. Raises :class:`InputError`."""
    return whole(action, key, 0, choices - 1)


def checked_seed(seed: Any, key: str = "seed") -> int | None:
    """A seed, or None for one that is drawn. Raises :class:`InputError`."""
    return None if seed is None else whole(seed, key, 0, MAX_SEED)


def market_seeds(seed: Any, markets: int) -> list[int]:
    """A seed for every market from one, or from a list with one each; None in it draws one.

    A seed in a list gives the market that :class:`MarketEnv` has with it, as Gymnasium's own vector
    environments do. Raises :class:`InputError` for a list of another length, and for what is no
    seed.
    """
    is_list = isinstance(seed, list | tuple | range) or (
        isinstance(seed, np.ndarray) and seed.ndim == 1
    )
    if is_list:
        if len(seed) != markets:
            raise InputError(f"has {len(seed)} entries for {markets} markets", key="seed")
        each = [checked_seed(s, f"seed[{k}]") for k, s in enumerate(seed)]
        return [market_seed(np_random(s)[0]) for s in each]
    children = np.random.SeedSequence(checked_seed(seed)).generate_state(markets, np.uint64)
    return [int(child) for child in children]


def market_seed(random: np.random.Generator) -> int:
    """A market's seed from an environment's random numbers."""
    return int(random.integers(1 << 62))


def episode_seed(seed: int, number: Any) -> int:
    """The seed of the market in which episode ``number`` of a seed takes place.

    Raises :class:`InputError` for what is no number.
    """
    number = whole(number, "options['episode']", 0, MAX_SEED)
    return int(
        np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0] >> np.uint64(2)
    )


def episode_seeds(seed: Any, number: Any, markets: int) -> list[int]:
    """The seeds of the markets in which episode ``number`` of each one's seed takes place.

    ``seed`` is a list with one a market, or one from which they count up, as Gymnasium has it.
    """
    if isinstance(seed, list | tuple | range | np.ndarray):
        if len(seed) != markets:
            raise InputError(f"has {len(seed)} entries for {markets} markets", key="seed")
        each = [whole(s, f"seed[{k}]", 0, MAX_SEED) for k, s in enumerate(seed)]
    else:
        first = whole(seed, "seed", 0, MAX_SEED - markets)
        each = list(range(first, first + markets))
    return [episode_seed(s, number) for s in each]


def checked_options(options: Any, *known: str) -> Mapping[str, Any]:
    """Options of a reset; none if None.

    Raises :class:`InputError` for what is no mapping, and for a name that is not ``known``.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise InputError(f"must be a dict or None, not {shown(options)}", key="options")
    for name in options:
        if name not in known:
            raise InputError(
                "is not a known option of a reset",
                key=f"options[{shown(name)}]",
                remedy=suggestion(str(name), known, "options"),
            )
    return options


def reset_mask(options: Mapping[str, Any], count: int) -> np.ndarray | None:
    """Which of ``count`` slots to reset, bool; None for all. Raises :class:`InputError`."""
    if options.get("reset_mask") is None:
        return None
    mask = options["reset_mask"]
    if not (isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.shape == (count,)):
        raise InputError(
            f"must be an array of {count} booleans, not {shown(mask)}", key="options['reset_mask']"
        )
    return mask


def check_begun(all_have: bool) -> None:
    """Raise :class:`UnavailableError` unless all markets have begun an episode."""
    if not all_have:
        raise UnavailableError(RESET_FIRST)


def check_sizes(
    num_envs: Any,
    episode_seconds: Any,
    stress_probability: Any,
    held_out_stress: Any,
    threads: Any,
) -> None:
    """Raise :class:`InputError` for what no market can be made with."""
    whole(num_envs, "num_envs", 1, MAX_MARKETS)
    real(episode_seconds, "episode_seconds", above=0.0, high=MAX_TIME, unit="simulated seconds")
    real(stress_probability, "stress_probability", 0.0, 1.0)
    one_of(held_out_stress, "held_out_stress", ("none", *STRESS_TYPES))
    if threads is not None:
        whole(threads, "threads", 0, MOST_THREADS)


def check_pace(step: Any, jitter: Any, *, up_to: float) -> None:
    """Raise :class:`InputError` for a time between decisions that the clock cannot keep."""
    real(step, "step", SHORTEST_STEP, LONGEST_STEP, unit="simulated seconds")
    real(jitter, "jitter", 0.0, up_to)


SHORTEST_STEP, LONGEST_STEP = 0.001, 86_400.0


def check_opponents(opponent: Any, opponents: Any) -> None:
    """Raise :class:`InputError` unless opponents have a policy to follow."""
    number = whole(opponents, "opponents", 0, 10_000)
    if opponent is not None and not isinstance(opponent, PolicyNet):
        raise InputError(f"must be a PolicyNet, not {shown(opponent)}", key="opponent")
    if number and opponent is None:
        raise InputError("need a policy to follow", key="opponents", remedy="pass opponent")
