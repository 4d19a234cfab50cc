"""Whether many markets fit into memory, asked before they are allocated."""

from __future__ import annotations

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.inputs import InputError
from abm_desktop.market.arrays import Markets

SHARE = 0.5
"""Of the machine's memory that the markets of one environment may take."""


def check_room(one: Markets, num_envs: int) -> None:
    """Raise :class:`InputError` if ``num_envs`` markets like this one take more than that."""
    each = sum(array.nbytes for array in one)
    most = int(SHARE * psutil.virtual_memory().total) // each
    if num_envs > most:
        raise InputError(
            f"must be at most {most} for this scenario on this machine, not {num_envs}: a market "
            f"takes {each / 2**20:.1f} MiB",
            key="num_envs",
            remedy="ask for fewer, or lower market.ladder_ticks or market.max_orders",
        )
