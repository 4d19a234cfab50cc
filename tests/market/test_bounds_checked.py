"""The compiled market once more, with every array index checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.long_tests import long

TESTS = Path(__file__).resolve().parents[1]
ROUNDS = os.environ.get("ABM_DESKTOP_CHECKED_ROUNDS", "10")
"""Markets to run; a release runs some hundreds."""


@long("compiles the market with its bounds checked, a minute")
def test_no_index_goes_past_an_array() -> None:
    """In a process of its own, since checked code is compiled apart (once, and then cached)."""
    script = TESTS / "support" / "bounds_checked.py"
    cache = Path(os.environ["ABM_DESKTOP_CACHE"]) / "bounds-checked"
    environment = {
        **os.environ,
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_OPT": "1",  # compiles sooner, and checks as much
        "PYTHONPATH": str(TESTS),
        "ABM_DESKTOP_CACHE": str(cache),  # the usual one keeps few versions of the sources
    }
    done = subprocess.run(
        [sys.executable, "-P", str(script), ROUNDS],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout == "checked\n", done.stdout + done.stderr
