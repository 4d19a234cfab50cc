"""Gymnasium knows the market once its room is imported, by hand or by the name's own words."""

from __future__ import annotations

import subprocess
import sys

import pytest

SPEC = "print(gymnasium.spec('abm_desktop/Market-v0').vector_entry_point)"


@pytest.mark.parametrize(
    "code",
    [
        f"import gymnasium, abm_desktop.envs; {SPEC}",
        "import abm_desktop.envs, importlib, gymnasium; importlib.reload(abm_desktop.envs);" + SPEC,
        "import gymnasium; gymnasium.envs.registration._find_spec("
        f"'abm_desktop.envs:abm_desktop/Market-v0'); {SPEC}",
    ],
    ids=["imported", "imported again", "named with its module"],
)
def test_the_market_is_registered_once(code):
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.stderr, result.stdout) == ("", "abm_desktop.envs:MarketVectorEnv\n")
