"""What the C library keeps of memory that was freed: little, in programs that run for hours."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back", "keep_little"]

LARGE = 2 << 20
"""Bytes from which on a block is mapped by itself, and goes back to the system when it is freed.
Less would cost the thread of a market at full speed, whose tape comes in pieces of some 1 MiB."""
KEPT = 4 << 20
"""Bytes at the end of a heap that may stay there for the next block."""
ARENAS = 2
"""Heaps that all threads share."""

# Of malloc.h; negative numbers that glibc has had for decades.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def keep_little() -> bool:
    """Have large blocks given back to the system as soon as they are freed.

    By itself glibc takes every array that is freed as a sign that blocks of its size (up to 32 MiB)
    belong into its heaps, of which each thread gets one: there they leave holes that nothing fills.
    A window in varied use had more of such holes than of data. To be called at the start, before
    other threads allocate.

    Returns:
        Whether it was done; False with another C library than glibc, which is left as it is.
    """
    if not sys.platform.startswith("linux"):
        return False
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
        return False
    options = ((_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, KEPT), (_ARENA_MAX, ARENAS))
    done = [set_option(option, value) for option, value in options]
    return all(done)


def give_back() -> bool:
    """Give the pages of the heaps that are free by now back to the system; takes some 3 ms.

    What is kept of a run lies between what was freed with it, so a heap does not get shorter by
    itself: after a few sessions of the default market that is 40 MiB. Python's lock is not held.

    Returns:
        Whether any were; False with another C library than glibc too.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
