"""The examples of docs/examples that need nothing but the program, in short."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from abm_desktop import cluster
from abm_desktop.scenario import Scenario

from .conftest import TESTS

EXAMPLES = TESTS.parent / "docs" / "examples"
SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "1min"}})


def test_a_loop_of_ones_own_trains_in_many_markets() -> None:
    train = runpy.run_path(str(EXAMPLES / "train_with_cleanrl_style.py"))["train"]
    returns = train(2048, markets=8, length=32)
    # Episodes of five minutes, a decision every five seconds: 60 of them each.
    assert len(returns) == pytest.approx(2048 / 60, abs=10)
    assert np.isfinite(returns).all()


def test_rllibs_own_multi_agent_training_has_a_policy_a_role() -> None:
    train = runpy.run_path(str(EXAMPLES / "train_with_rllib_multi_agent.py"))["train"]
    started = cluster.start(1)
    try:
        rows = train(2, scenario=SHORT, batch=64, episode_seconds=60.0)
    finally:
        started.leave()
    assert set(rows[-1]) == {"maker", "executor"}
    assert all(np.isfinite(value) for value in rows[-1].values())
