"""The cache of compiled code: new where what is compiled has changed, and kept otherwise."""

from __future__ import annotations

import subprocess
import sys

from abm_desktop.market import compiled

USED = """
import sys
from numba.core.dispatcher import Dispatcher
from abm_desktop.market.simulator import Simulator
from abm_desktop import envs
from abm_desktop.market import compiled
found = compiled.compiled_sources()
for name, module in list(sys.modules.items()):
    held = [v for v in vars(module).values() if isinstance(v, Dispatcher)] if module else []
    for function in held:
        home = function.py_func.__module__.removeprefix("abm_desktop.").replace(".", "/")
        if home.startswith(("market/", "envs/", "learning/arrays/")) and home not in found:
            print(home)
"""


def test_every_module_with_a_kernel_counts():
    result = subprocess.run([sys.executable, "-c", USED], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_what_kernels_import_counts_and_the_python_face_does_not():
    found = compiled.compiled_sources()
    assert {"market/kernel", "market/state", "market/traders/noise", "envs/steps"} <= set(found)
    # Nor do the readers of recorded days, whose edits would compile every market again.
    assert not {"market/recorded/reading", "market/recorded_day", "market/lobster"} & set(found)
    assert not {"market/simulator", "market/soundness", "envs/vector_env"} & set(found)
