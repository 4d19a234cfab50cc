"""The names of the package root, and that asking for none of them costs nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import abm_desktop


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Simulator", "abm_desktop.market.simulator"),
        ("MarketEnv", "abm_desktop.envs.market_env"),
        ("RLTrainer", "abm_desktop.learning.trainer"),
        ("stress_test_agent", "abm_desktop.learning.judging.stress_test"),
    ],
)
def test_the_root_gives_the_public_names(name, home):
    assert getattr(abm_desktop, name).__module__ == home
    assert name in dir(abm_desktop)


def test_an_unknown_name_is_told():
    with pytest.raises(AttributeError, match="Marktet"):
        abm_desktop.Marktet


def test_importing_the_root_loads_nothing_of_the_program():
    code = (
        "import sys, abm_desktop; "
        "print([m for m in sys.modules if m.startswith('abm_desktop.')], "
        "[m for m in ('numpy', 'typing', 'pydantic') if m in sys.modules])"
    )
    command = [sys.executable, "-S", "-c", code]
    # Found by name: other tests may have set what keeps the current folder out.
    place = os.environ | {"PYTHONPATH": str(Path(abm_desktop.__file__).parents[1])}
    out = subprocess.run(command, env=place, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[] []"
