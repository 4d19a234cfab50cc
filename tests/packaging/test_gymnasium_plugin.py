"""The environment is known to Gymnasium without any import of ours."""

from __future__ import annotations

import subprocess
import sys


def run(code):
    """Run in a fresh interpreter without site packages' start-up files having had a say."""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


START = "import abm_desktop.gymnasium_plugin as plugin; plugin.install(); import sys;"


def test_registered_as_gymnasium_is_imported():
    code = START + (
        "before = 'gymnasium' in sys.modules; import gymnasium;"
        "print(before, gymnasium.spec('abm_desktop/Market-v0').id, 'numba' in sys.modules)"
    )
    assert run(code) == ["False", "abm_desktop/Market-v0", "False"]


def test_registering_twice_says_nothing():
    code = START + (
        "import warnings; warnings.simplefilter('error'); import gymnasium;"
        "plugin.install(); plugin.register(); print('fine')"
    )
    assert run(code) == ["fine"]


def test_gymnasium_keeps_its_own_loader():
    code = START + "import gymnasium.envs as e; print(type(e.__spec__.loader).__name__)"
    assert run(code) == ["SourceFileLoader"]
