"""What is no action, seed, option or size of an environment is refused, and changes nothing."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from support.market_views import ends_of, markets_of

from abm_desktop.envs import (
    MarketEnv,
    MarketVectorEnv,
    MultiAgentMarketEnv,
    RewardWeights,
    RoleSettings,
    SharedMarketVectorEnv,
)
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market.roles import RoleSizes
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "1min"}})


@pytest.fixture(scope="module")
def single() -> MarketEnv:
    env = MarketEnv(SHORT)
    env.reset(seed=1)
    return env


@pytest.fixture(scope="module")
def vectors() -> list:
    """Each with its number of slots and of actions."""
    found = [(MarketVectorEnv(2, SHORT), 2, 3)]
    for role, choices in (("directional", 3), ("maker", 10), ("executor", 7)):
        found.append((SharedMarketVectorEnv(2, SHORT, traders=2, role=role), 4, choices))
    for env, *_ in found:
        env.reset(seed=2)
    return found


def state_of(env) -> bytes:
    return b"".join(array.tobytes() for array in markets_of(env))


@pytest.mark.parametrize(
    "action",
    [3, -1, 1.7, 0.5, 1.0, True, np.nan, np.inf, None, "BUY", [1], np.array([1]), 10**11, 10**30],
)
def test_one_market_takes_no_action_that_is_not_there(single, action):
    before = state_of(single)
    with pytest.raises(InputError, match=r"^action must be a whole number from 0 to 2, not"):
        single.step(action)
    assert state_of(single) == before


@pytest.mark.parametrize("action", [0, np.int64(1), np.uint8(2), np.array(1)])
def test_numbers_of_numpy_are_actions(single, action):
    assert np.isfinite(single.step(action)[1])


@pytest.mark.parametrize(
    "wrong",
    [-1, 0.5, 1.7, 1.0, np.nan, True, None, "1", 10**11, -(2**63), 2**63, 10**30, [1]],
)
def test_many_markets_take_no_action_that_is_not_there(vectors, wrong):
    for env, slots, choices in vectors:
        before = state_of(env)
        for number in (wrong, choices):
            with pytest.raises(InputError, match=r"^actions must"):
                env.step([0] * (slots - 1) + [number])
        for shape in ((slots, 1), (slots + 1,), ()):
            with pytest.raises(InputError, match=r"^actions must have the shape"):
                env.step(np.zeros(shape, np.int64))
        assert state_of(env) == before
        env.step(np.full(slots, choices - 1, np.uint8))


def test_every_trader_needs_an_action_of_its_own_role():
    env = MultiAgentMarketEnv(SHORT)
    good = {"directional_0": 1, "maker_0": 9, "executor_0": 6}
    with pytest.raises(UnavailableError, match="before its first step"):
        env.step(good)
    env.reset(seed=3)
    before = state_of(env)
    wrong = [good | {"executor_0": 7}, good | {"maker_0": 0.5}, good | {"directional_0": None}]
    wrong += [good | {"banker_0": 1}, {"maker_0": 1}, {}, None, [1, 1, 1], good | {3: 1}]
    for actions in wrong:
        with pytest.raises(InputError, match=r"^actions"):
            env.step(actions)
    assert state_of(env) == before
    env.step(good)


def test_no_step_before_the_first_reset_or_after_the_end():
    env = MarketEnv(SHORT, episode_seconds=10.0)
    with pytest.raises(UnavailableError, match="before its first step"):
        env.step(1)
    env.reset(seed=1)
    while not env.step(1)[3]:
        pass
    with pytest.raises(UnavailableError, match="the episode is over: call reset"):
        env.step(1)
    env.reset()
    env.step(1)
    for vector in (MarketVectorEnv(2, SHORT), SharedMarketVectorEnv(2, SHORT, traders=1)):
        with pytest.raises(UnavailableError, match="before its first step"):
            vector.step(np.ones(2, np.int64))
        vector.reset(options={"reset_mask": np.array([True, False])})
        with pytest.raises(UnavailableError, match="before its first step"):
            vector.step(np.ones(2, np.int64))


def test_a_mask_resets_the_markets_it_names_and_no_others(vectors):
    for env, slots, _ in vectors:
        mask = np.arange(slots) < slots // 2
        before = ends_of(env).copy()
        env.step(np.ones(slots, np.int64))
        env.reset(options={"reset_mask": mask})
        assert (ends_of(env) != before).tolist() == [True, False]
    env, slots, _ = vectors[1]
    with pytest.raises(InputError, match="all slots of a market or none"):
        env.reset(options={"reset_mask": np.arange(slots) == 0})


@pytest.mark.parametrize("seed", [-1, 1.0, True, "1", b"1", 2**63, 10**30, np.nan, np.array(1.5)])
def test_what_is_no_seed_is_refused(single, vectors, seed):
    agents = MultiAgentMarketEnv(SHORT)
    before = state_of(single)
    for env in (single, agents, *(v for v, *_ in vectors)):
        with pytest.raises(InputError, match=r"^seed must be"):
            env.reset(seed=seed)
    assert state_of(single) == before
    for env, *_ in vectors:
        with pytest.raises(InputError, match=r"^seed\[1\] must be"):
            env.reset(seed=[1, seed])
        with pytest.raises(InputError, match="3 entries for 2 markets"):
            env.reset(seed=[1, 2, 3])


@pytest.mark.parametrize(
    "options",
    [[], 3, "reset_mask", {"reset_mask": [True, True]}, {"reset_mask": 1}, {"strat": 5.0}, {3: 1}],
)
def test_what_is_no_option_is_refused(single, vectors, options):
    before = state_of(single)
    for env in (single, *(v for v, *_ in vectors)):
        with pytest.raises(InputError, match=r"^options"):
            env.reset(options=options)
    assert state_of(single) == before


def test_an_unknown_option_is_told_with_the_one_that_was_meant(single):
    for env in (single, MultiAgentMarketEnv(SHORT)):
        with pytest.raises(InputError, match=r'strat.* is not a known option .*mean "start"'):
            env.reset(options={"strat": 5.0})


SIZES = {
    "num_envs": [0, -1, 1.5, True, None, "2", 10**9],
    "episode_seconds": [0.0, -1.0, np.nan, np.inf, None, "1h", 1e12, True],
    "stress_probability": [1.5, -0.1, np.nan, None, True],
    "held_out_stress": ["flash crash", None, 1],
    "size": [0, 1.9, True, None, 2**40],
    "max_inventory": [0, 1.9, True, None, 2**40],
    "step": [0, 1e-12, -1.0, np.nan, np.inf, None, 1e9],
    "jitter": [-0.1, 1.0, 5, np.nan, None],
    "weights": [3, (0.0, 0.0), {"fee": 1.0}],
    "seed": [-1, 1.5, "1", 2**63],
    "scenario": [3, None, ["calm"]],
}


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, many in SIZES.items() for v in many])
def test_what_no_market_can_be_made_with_is_refused_by_name(key, value):
    with pytest.raises(InputError, match=rf"^{key} must be"):
        MarketVectorEnv(**{"num_envs": 1, "scenario": SHORT, key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [("roles", "maker"), ("roles", 3), ("roles", [3]), ("settings", 3), ("opponents", -1)]
    + [("opponents", 1.5), ("opponent", "calm-ppo"), ("step", 1e-9), ("jitter", 1.5)],
)
def test_what_no_shared_market_can_be_made_with_is_refused_by_name(key, value):
    with pytest.raises(InputError, match=rf"{key.removesuffix('s')}"):
        MultiAgentMarketEnv(SHORT, **{key: value})


def test_odd_weights_and_sizes_are_refused_by_name():
    for key, value in (("damping", 2), ("inventory_cost", np.nan), ("fee", -1e9), ("clip", 0)):
        with pytest.raises(InputError, match=rf"^{key} must be"):
            RewardWeights(**{key: value})
    for key, value in (("quote_size", 1.5), ("parent_lots", True), ("parent_seconds", np.inf)):
        with pytest.raises(InputError, match=rf"^{key} must be"):
            RoleSizes(**{key: value})
    for key, value in (("max_inventory", 0.5), ("unfinished", -1), ("sizes", 3), ("rewards", 3)):
        with pytest.raises(InputError, match=rf"^{key} must be"):
            RoleSettings(**{key: value})


def test_the_registered_environment_refuses_too():
    env = gym.make("abm_desktop/Market-v0", scenario=SHORT)
    env.reset(seed=1)
    with pytest.raises(InputError, match=r"^action must be"):
        env.unwrapped.step(3)
    with pytest.raises((InputError, AssertionError)):
        env.step(3)
