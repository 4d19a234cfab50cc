"""The example of docs/examples, in short."""

import runpy

import numpy as np
import pytest

pytest.importorskip("stable_baselines3", reason="pip install 'abm-desktop[peers]'")

from abm_desktop.market.policy import PolicyNet

from .conftest import TESTS

EXAMPLE = TESTS.parent / "docs" / "examples" / "train_with_stable_baselines3.py"


def test_a_trader_of_another_library_trades_in_the_market(tmp_path):
    example = runpy.run_path(str(EXAMPLE))
    model = example["train"](128)
    policy = example["as_policy"](model)
    assert example["agreement"](model, policy) == 1.0
    policy.save(tmp_path / "sb3.npz")
    loaded = PolicyNet.load(tmp_path / "sb3.npz")
    for a, b in zip(policy.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    # Five traders, a decision every five seconds or so.
    assert example["trade"](loaded, 60.0)["decisions"] == pytest.approx(60, abs=10)
