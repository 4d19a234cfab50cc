"""The arrays of markets themselves, for tests that set what no door can, or look where none is.

To read a simulator's market use :attr:`Simulator.arrays`, which cannot be written to. This is the
one place in which tests reach into simulators, environments and live markets.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from abm_desktop.live import LiveMarket
from abm_desktop.market.arrays import Markets
from abm_desktop.market.simulator import Simulator


def arrays_of(simulator: Simulator) -> Markets:
    """The arrays that the market works on: what is written here happens to it."""
    return simulator._state  # noqa: SLF001 - to set what cannot come about, see above


def put_arrays(simulator: Simulator, arrays: Markets) -> None:
    """Let the market go on with these arrays."""
    simulator._state = arrays  # noqa: SLF001 - see above


def core_of(env: Any) -> Any:
    """The markets behind an environment, which shows observations and accounts alone."""
    env = getattr(env, "unwrapped", env)
    return getattr(env, "_core", env)


def markets_of(env: Any) -> Markets:
    """The arrays behind an environment, or of its core."""
    return core_of(env)._state  # noqa: SLF001 - an environment shows no more than a trader sees


def ends_of(env: Any) -> np.ndarray:
    """When each market's episode ends, ns int64 (markets,)."""
    return core_of(env)._ends  # noqa: SLF001 - see above


def traders_of(core: Any) -> np.ndarray:
    """What the core keeps of each trader with a role, ROLE_STATE (markets, traders)."""
    return core._traders  # noqa: SLF001 - see above


def on_worker(live: LiveMarket, act: Callable[[Any], object]) -> Any:
    """Call ``act`` with the feed of a live market on its thread; returns a ticket."""
    return live._ask_for(lambda: act(live._feed))  # noqa: SLF001 - what no command does


def feed_of(live: LiveMarket) -> Any:
    """The feed that the worker runs; to be read while it stands still."""
    return live._feed  # noqa: SLF001 - see above
