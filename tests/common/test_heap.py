"""Memory that was freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

FREED = """
import gc, sys, threading
import numpy as np
import psutil
from abm_desktop.heap import keep_little

if sys.argv[1] == "little" and not keep_little():
    sys.exit(77)
own = psutil.Process()

def use():
    # A first array that is freed, as any program has it, makes glibc put the next ones on its heap.
    np.ones(3 << 20)
    before, small = own.memory_info().rss, []
    for size in range(100):
        large = np.ones(300_000 + 2_000 * size)
        small.append(np.ones(30_000))
        kept.append(large)
    kept.clear()
    print((own.memory_info().rss - before) >> 20, sum(a.nbytes for a in small) >> 20)

kept = []
thread = threading.Thread(target=use)
thread.start()
thread.join()
"""


def left_over(way):
    """MiB that a process has more after large arrays came and went among small ones that stay."""
    done = subprocess.run(
        [sys.executable, "-c", FREED, way], capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("another C library than glibc")
    assert done.returncode == 0, done.stderr
    more, small = map(int, done.stdout.split())
    return more - small


def test_large_arrays_leave_no_holes():
    assert left_over("little") < 16 < left_over("as it is")


def test_what_is_free_below_something_that_stays_is_given_back():
    code = """
import psutil
from abm_desktop.heap import give_back, keep_little
if not keep_little():
    raise SystemExit(77)
blocks = [bytearray(64 << 10) for _ in range(1600)]
stays = [bytearray(100) for _ in range(10)], blocks.pop()
blocks.clear()
before = psutil.Process().memory_info().rss
given = give_back()
print(given, before - psutil.Process().memory_info().rss >> 20)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("not the C library that is told")
    given, mib = done.stdout.split()
    assert given == "True" and int(mib) > 50, done.stderr
