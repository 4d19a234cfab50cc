"""The arrays of a market themselves, for tests that must break or set what no door can.

To read a market use :attr:`Simulator.arrays`, which cannot be written to. This is the one place in
which tests reach into a market.
"""

from abm_desktop.market.arrays import Markets
from abm_desktop.market.simulator import Simulator


def arrays_of(simulator: Simulator) -> Markets:
    """The arrays that the market works on: what is written here happens to it."""
    return simulator._state


def put_arrays(simulator: Simulator, arrays: Markets) -> None:
    """Let the market go on with these arrays."""
    simulator._state = arrays
