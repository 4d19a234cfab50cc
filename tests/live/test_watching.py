"""One RL trader is looked at, and the market does not notice."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.live.commands import AddTraders
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario

SCENARIO = Scenario.model_validate({"name": "watched", "market": {"warm_up": "2min"}})


@pytest.fixture
def policy():
    random = np.random.default_rng(3)
    layers = ((13, 8), (8, 3))
    return PolicyNet(
        tuple(random.normal(0, 1, shape).astype(np.float32) for shape in layers),
        tuple(random.normal(0, 1, shape[1]).astype(np.float32) for shape in layers),
        greedy=False,
    )


def make(policy, count=3):
    feed = SimulatedFeed(SCENARIO, 5)
    feed.do(AddTraders(policy=policy, count=count))
    return feed


def test_looking_leaves_the_market_bit_for_bit_as_it_was(policy):
    watched, alone = make(policy), make(policy)
    for t in range(1, 40):
        watched.advance(float(t))
        watched.watched(t % 3)
        alone.advance(float(t))
    for mine, theirs in zip(watched.simulator.arrays, alone.simulator.arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_is_told_of_it(policy):
    feed = make(policy)
    before = feed.watched(1)
    assert (before.number, before.traders, before.last_action, before.decisions) == (1, 3, -1, 0)
    assert (before.position, before.pnl, before.max_position) == (0, 0.0, 40)
    feed.advance(60.0)
    seen = feed.watched(1)
    logits = policy.logits(seen.observation[None])[0].astype(np.float64)
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(seen.probabilities, expected, rtol=1e-5)
    assert 8 <= seen.decisions <= 16 and seen.last_action in (0, 1, 2)
    assert not seen.greedy
    # Feature 11 is the position as a share of the most it may hold.
    assert seen.observation[11] == pytest.approx(seen.position / 40)


def test_numbers_beyond_the_last_show_the_last_and_no_traders_nothing(policy):
    assert make(policy).watched(99).number == 2
    assert SimulatedFeed(SCENARIO, 5).watched(0) is None
