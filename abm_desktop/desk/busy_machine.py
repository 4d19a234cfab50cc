"""Whether other programs keep the cores busy, so that what gives way to them hardly goes on."""

from __future__ import annotations

import os

from abm_desktop.host_process import EQUAL_SHARES

__all__ = ["BUSY", "BUSY_TIP", "is_busy"]

BUSY = "other programs keep the cores busy"
BUSY_TIP = (
    "Trainings and experiments have what the market and other programs leave. To share evenly, "
    f"start the program with {EQUAL_SHARES}=1 in the environment."
)


def is_busy(own: int) -> bool:
    """Whether far more wants to run than ``own`` threads of this program and there are cores for.

    False where the system does not tell (Windows), and for who shares evenly already.

    >>> is_busy(10_000)
    False
    """
    return os.environ.get(EQUAL_SHARES) != "1" and _load() > own + (os.cpu_count() or 1)


def _load() -> float:
    """How much wants to run at once, mean of a minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
