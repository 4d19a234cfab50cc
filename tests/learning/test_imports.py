"""What a window or a script loads to talk to the training process is light."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["abm_desktop.learning.trainer", "abm_desktop.ui.rl.tab"])
def test_neither_ray_nor_torch_nor_the_compiler_is_loaded(module):
    code = (
        f"import sys, {module}; "
        "print([m for m in ('ray', 'torch', 'numba', 'gymnasium') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
