"""How much memory a training certainly needs, and how much there is; asked before Ray is started.

Without this a training that is too large would be ended by the system in the middle of its work,
or would end something else.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.statements import MemoryPart, MemoryShort
from abm_desktop.statements import FaultError

_MIB = 2**20

PROCESS_BYTES = 300 * _MIB
"""Of the training process and of each sampling worker, with RLlib and torch loaded."""
MARKET_BYTES = 3 * _MIB
"""Of one market of the usual size: its order pool, price levels, agenda and tape."""
DECISION_BYTES = 300
"""Of a decision while it is learned from: the rollout, the batch made of it, a shuffled copy."""
REPLAYED_BYTES = 70
"""Of a decision in the replay buffer."""

_CGROUPS = (
    ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
     "total_inactive_file"),
)  # fmt: skip
"""Folder, limit, use, and the reclaimable part of the use: control groups of Linux, v2 and v1."""


class MemoryShortageError(FaultError, ValueError):
    """A training that does not fit into what is free; its fault says what is large."""


def check_memory(config: TrainingConfig) -> None:
    """Raise :class:`MemoryShortageError` if the training cannot fit into what is free."""
    parts, free = needed_bytes(config), free_bytes()
    if (needed := sum(part.bytes for part in parts)) <= free:
        return
    largest = sorted((part for part in parts if part.bytes), key=lambda part: -part.bytes)[:3]
    raise MemoryShortageError(MemoryShort(needed, tuple(largest), free))


def needed_bytes(config: TrainingConfig) -> tuple[MemoryPart, ...]:
    """Memory on this machine by what it is for. A joined cluster's workers live elsewhere."""
    workers = 0 if config.address else config.workers
    sampling = 0 if config.address and config.workers else max(1, config.workers)
    markets = 0 if config.environment else config.envs_per_worker * sampling
    replayed = 0 if config.algorithm == "PPO" else config.buffer_size
    learned = config.steps_per_iteration
    return (
        MemoryPart("process", 1, PROCESS_BYTES),
        MemoryPart("workers", workers, PROCESS_BYTES * workers),
        MemoryPart("markets", markets, MARKET_BYTES * markets),
        MemoryPart("decisions", learned, DECISION_BYTES * learned),
        MemoryPart("buffer", replayed, REPLAYED_BYTES * replayed),
    )


def free_bytes() -> int:
    """What can still be had, under the limit of a container if there is one."""
    free = int(psutil.virtual_memory().available)
    for root, limit, use, reclaimable in _CGROUPS:
        # "max", or no such file: no limit.
        with contextlib.suppress(OSError, ValueError):
            folder = Path(root)
            most, used = (int((folder / name).read_text()) for name in (limit, use))
            for line in (folder / "memory.stat").read_text().splitlines():
                name, _, value = line.partition(" ")
                if name == reclaimable:
                    used -= int(value)
            free = min(free, max(0, most - used))
    return free
