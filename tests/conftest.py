"""Set-up shared by all tests: no real display, and nothing in the user's own folders.

This runs before any test module is imported, since the package reads these variables at import.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from hypothesis import settings

_CHECKOUT = Path(__file__).resolve().parent.parent
_SCRATCH = Path(tempfile.mkdtemp(prefix="abm-desktop-tests-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ABM_DESKTOP_DATA"] = str(_SCRATCH / "data")
os.environ["ABM_DESKTOP_CONFIG"] = str(_SCRATCH / "config")
# Compiled code is kept between runs (it is keyed by the sources), but apart from the user's.
os.environ.setdefault("ABM_DESKTOP_CACHE", str(_CHECKOUT / ".pytest_cache" / "abm-desktop"))

# The same examples in every run: a red build must be one that anyone can repeat.
settings.register_profile("fixed", derandomize=True)
settings.load_profile("fixed")


def pytest_sessionstart() -> None:
    """Compile the market once, before any test's clock runs; later processes find it cached."""
    from abm_desktop.live.compilation import cold_start_command

    command = cold_start_command()
    if command is not None:
        subprocess.run(command, check=True)
