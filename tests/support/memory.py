"""Giving memory back between tests."""

from __future__ import annotations

import ctypes
import gc

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it


def give_back() -> None:
    """Collect garbage, and hand what the C library keeps of it back to the system.

    What is left lives on, such as modules: the next collection need not look at it again.
    """
    gc.collect()
    if _trim is not None:
        _trim(0)
