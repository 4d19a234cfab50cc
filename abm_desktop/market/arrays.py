"""The arrays that hold the whole state of a batch of markets.

Every array has a leading axis over markets, so that one compiled call can advance many markets and
a snapshot is a copy of some dozens of arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from abm_desktop.market.recorded_operations import OPERATION
from abm_desktop.market.records import Records
from abm_desktop.market.roles.memory import ROLE_STATE
from abm_desktop.market.rules import default_rules
from abm_desktop.market.state import (
    AGENT,
    CLASS_ACCOUNT,
    ICEBERG,
    INTENT,
    LEVEL,
    MARKET,
    MAX_WIDTH,
    MEMORY,
    MESSAGE,
    MOMENTUM_BINS,
    N_CLASSES,
    NETWORK_SLOTS,
    ORDER,
    PHASE,
    PHASE_ROWS,
    RING,
    SAMPLE,
    SLOT_BITS,
    STRESS_EVENT,
    STRESS_MEMORY,
    STRESS_SLOTS,
    TICK_RING,
    TRADE,
)

_LEAST_MESSAGES = 16
"""Room for what one step of any event writes, so that a drained buffer always lets it go on."""


class Markets(NamedTuple):
    """The state of M markets, one array per kind of thing; row m of each is market m.

    ``trades``, ``messages``, ``samples`` and ``class_samples`` are buffers on the way to the tape;
    ``intents`` and ``scratch`` are working room; ``bell`` ends a run early, see :func:`.advance`.
    Everything else is state, and is all there is.
    ``born`` is when each order was placed and when it expires (0: never), ns. ``recording`` is what
    a recorded day comes to, never changes and is one for all (SHARED); ``recorded`` has the handle
    of each recorded order by its number.
    """

    market: Records
    params: Records
    rules: Records
    orders: np.ndarray
    icebergs: np.ndarray
    levels: Records
    bits: np.ndarray
    born: np.ndarray
    agents: Records
    classes: Records
    handles: np.ndarray
    pool: np.ndarray
    stops: np.ndarray
    heap: np.ndarray
    activity_heap: np.ndarray
    momentum: np.ndarray
    ring: np.ndarray
    memory: np.ndarray
    roles: np.ndarray
    tick_ring: np.ndarray
    trade_ring: np.ndarray
    phases: np.ndarray
    auction: Records
    stresses: Records
    stress_memory: np.ndarray
    weights: np.ndarray
    networks: np.ndarray
    scratch: np.ndarray
    intents: np.ndarray
    trades: Records
    messages: Records
    samples: Records
    class_samples: np.ndarray
    bell: np.ndarray
    recording: Records
    recorded: np.ndarray


SHARED = frozenset({"recording"})
"""Arrays that never change: one, with one row, is that of all markets and of all their copies."""


def aligned(shape: int | tuple[int, ...], dtype: Any, first: int = 0) -> Any:
    """Zeros whose element ``first`` starts a cache line.

    So a record of 16, 32 or 64 bytes never lies in two of them.
    """
    line, kind = 64, np.dtype(dtype)
    size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    raw = np.zeros(size + line, np.uint8)
    start = -(raw.ctypes.data + first * kind.itemsize) % line
    return raw[start : start + size].view(kind).reshape(shape)


def ladder_words(ladder: int) -> int:
    """Length of one side's bitmap: one bit a tick, and above it one bit a word."""
    words = ladder // 64
    return words + (words + 63) // 64


def allocate(
    params: np.ndarray,
    *,
    markets: int,
    ladder: int,
    window: int | None = None,
    max_orders: int,
    agents: int,
    handles: int,
    intents: int,
    memories: int = 0,
    weights: int = 0,
    trade_rows: int | None = None,
    message_rows: int = 0,
    sample_rows: int = 4096,
    recording: np.ndarray | None = None,
    recorded: int = 0,
) -> Markets:
    """Zeroed arrays for ``markets`` markets; ``params`` is one PARAMS record, copied to each.

    ``recording`` OPERATION (1, n) names up to ``recorded`` orders at a time.
    ``window`` price levels of the ``ladder`` are kept at first, all of them for None.

    Raises:
        ValueError: if ``ladder`` or ``window`` is not a multiple of 64, or ``max_orders`` does not
            fit a payload.
    """
    kept = ladder if window is None else min(window, ladder)
    if ladder % 64 or kept % 64:
        raise ValueError(f"the ladder must be a multiple of 64 levels, not {ladder} or {kept}")
    if not 0 < max_orders < 1 << SLOT_BITS:
        raise ValueError(f"max_orders must be in 1..{(1 << SLOT_BITS) - 1}, not {max_orders}")
    m = markets
    market = np.zeros(m, MARKET)
    market["ladder"] = ladder
    return Markets(
        market=market,
        params=np.repeat(params.reshape(1), m),
        rules=np.repeat(default_rules().reshape(1), m),
        orders=aligned((m, max_orders), ORDER),
        icebergs=np.zeros((m, max(max_orders // 16, 64)), ICEBERG),
        levels=aligned((m, 2, kept), LEVEL),
        bits=np.zeros((m, 2, ladder_words(kept)), np.uint64),
        born=aligned((m, max_orders, 2), np.int64),
        agents=aligned((m, agents), AGENT),
        classes=np.zeros((m, N_CLASSES), CLASS_ACCOUNT),
        handles=np.full((m, max(handles, 1)), -1, np.int64),
        pool=np.zeros((m, max(max_orders // 4, 256)), INTENT),
        stops=np.zeros((m, 2, max(max_orders // 4, 256), 2), np.int64),
        # The four children of an entry of the agenda share a cache line.
        heap=aligned((m, 4 * max_orders + 4 * agents, 2), np.int64, 2),
        activity_heap=aligned((m, agents + 1, 2), np.int64, 2),
        momentum=np.zeros((m, MOMENTUM_BINS, 2)),
        ring=np.zeros((m, RING, 4)),
        memory=np.zeros((m, max(memories, 1), MEMORY)),
        roles=np.zeros((m, 1), ROLE_STATE),
        tick_ring=np.zeros((m, TICK_RING, 2)),
        trade_ring=np.zeros((m, RING, 2)),
        phases=np.zeros((m, PHASE_ROWS), PHASE),
        auction=np.zeros((m, 2, max_orders, 2), np.int32),
        stresses=np.zeros((m, STRESS_SLOTS), STRESS_EVENT),
        stress_memory=np.zeros((m, STRESS_SLOTS, STRESS_MEMORY)),
        weights=np.zeros((m, max(weights, 1)), np.float32),
        networks=np.zeros((m, NETWORK_SLOTS, 8), np.int32),
        scratch=np.zeros((m, 3, MAX_WIDTH), np.float32),
        intents=np.zeros((m, intents), INTENT),
        trades=np.zeros((m, max(trade_rows or 2 * max_orders, 1)), TRADE),
        messages=np.zeros((m, max(message_rows, _LEAST_MESSAGES)), MESSAGE),
        samples=np.zeros((m, max(sample_rows, 1)), SAMPLE),
        class_samples=np.zeros((m, max(sample_rows, 1), N_CLASSES, 2), np.int64),
        bell=np.zeros((m, 1), np.int64),
        recording=np.zeros((1, 0), OPERATION) if recording is None else recording,
        recorded=np.full((m, max(recorded, 1)), -1, np.int64),
    )


def copy(markets: Markets) -> Markets:
    """An independent copy: advancing one leaves the other untouched."""
    return Markets(
        *(
            array if name in SHARED else _copy(array)
            for name, array in zip(Markets._fields, markets, strict=True)
        )
    )


def _copy(array: np.ndarray) -> Any:
    """A copy that lies to the cache lines as the array does."""
    line = 64
    raw = np.empty(array.nbytes + line, np.uint8)
    start = (array.ctypes.data - raw.ctypes.data) % line
    found = raw[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    found[...] = array
    return found
