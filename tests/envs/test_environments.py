"""The market as an environment: the protocol, repeatability, and rewards that add up."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from support.market_views import core_of, markets_of

from abm_desktop.envs import MarketEnv, MarketVectorEnv, RewardWeights
from abm_desktop.market.state import STRESS_KINDS
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
PLAIN = RewardWeights(damping=0.0, inventory_cost=0.0, clip=1e9)


def test_gymnasium_accepts_the_environment() -> None:
    env = gym.make("abm_desktop.envs:abm_desktop/Market-v0", scenario=SHORT)
    check_env(env.unwrapped, skip_render_check=True)
    assert env.observation_space.shape == (13,)
    assert env.action_space.n == 3


def rollout(env: MarketEnv, seed: int, steps: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = [env.reset(seed=seed)[0]]
    for _ in range(steps):
        observation, reward, *_ = env.step(rng.integers(3))
        rows.append(np.append(observation, reward))
    return np.concatenate(rows)


def test_a_seed_repeats_the_episode() -> None:
    env = MarketEnv(SHORT)
    first = rollout(env, 1)
    assert np.array_equal(rollout(env, 1), first)
    assert np.array_equal(rollout(MarketEnv(SHORT), 1), first)
    assert not np.array_equal(rollout(env, 2), first)


def test_an_episode_lasts_as_long_as_asked() -> None:
    env = MarketEnv(SHORT, episode_seconds=100.0)
    _, info = env.reset(seed=3)
    start, over, steps = info["time"], False, 0
    while not over:
        *_, over, info = env.step(1)
        steps += 1
    assert 100.0 <= info["time"] - start < 106.0
    assert 17 <= steps <= 25


def test_rewards_add_up_to_the_change_of_equity() -> None:
    env = MarketEnv(SHORT, episode_seconds=300.0, weights=PLAIN, jitter=0.0)
    env.reset(seed=4)
    rng = np.random.default_rng(0)
    for _ in range(40):
        before = core_of(env).account(0)["equity"]
        sigma = float(markets_of(env).market[0]["sigma_long"])
        _, reward, _, _, info = env.step(rng.integers(3))
        expected = (info["equity"] - before) / 0.01 / (40 * sigma * np.sqrt(5.0))
        assert reward == pytest.approx(expected, abs=1e-9)


def test_holding_earns_nothing_and_the_limit_holds() -> None:
    env = MarketEnv(SHORT, max_inventory=6)
    env.reset(seed=5)
    assert env.step(1)[1] == 0.0
    for _ in range(10):
        *_, info = env.step(2)
    assert info["inventory"] == 6.0


def test_the_vector_environment_steps_as_the_single_one_does() -> None:
    vector = MarketVectorEnv(3, SHORT)
    observations, infos = vector.reset(seed=6)
    assert infos == {}
    assert observations.shape == (3, 13) and vector.observation_space.contains(observations)
    again, _ = MarketVectorEnv(3, SHORT).reset(seed=6)
    assert np.array_equal(observations, again)
    assert not np.array_equal(observations[0], observations[1])
    with pytest.raises(ValueError, match=r"\(3,\)"):
        vector.step(np.zeros(2, np.int64))


def test_autoreset_happens_on_the_next_step() -> None:
    vector = MarketVectorEnv(2, SHORT, episode_seconds=60.0)
    vector.reset(seed=7)
    actions = np.full(2, 2)
    for _ in range(40):
        *_, truncated, _ = vector.step(actions)
        if truncated.any():
            break
    k = int(np.flatnonzero(truncated)[0])
    observations, rewards, _, after, _ = vector.step(actions)
    assert rewards[k] == 0.0 and not after[k]
    assert observations[k, 11] == 0.0, "the new episode begins without a position"


def test_a_kind_of_stress_that_is_held_out_strikes_in_no_episode() -> None:
    def kinds_of(held_out: str) -> set[str]:
        vector = MarketVectorEnv(
            16, SHORT, episode_seconds=10.0, stress_probability=1.0, held_out_stress=held_out
        )
        found: set[str] = set()
        for seed in range(4):
            vector.reset(seed=seed)
            stresses = markets_of(vector).stresses
            found |= {STRESS_KINDS[k] for k in stresses["kind"][stresses["end"] > 0]}
        return found

    assert kinds_of("none") == set(STRESS_KINDS), "in 64 episodes each of eleven kinds"
    assert kinds_of("liquidity_shock") == set(STRESS_KINDS) - {"liquidity_shock"}


def test_money_is_conserved_over_episodes() -> None:
    vector = MarketVectorEnv(2, SHORT, episode_seconds=60.0, stress_probability=1.0)
    vector.reset(seed=8)
    rng = np.random.default_rng(0)
    for _ in range(60):
        vector.step(rng.integers(0, 3, 2))
    state = markets_of(vector)
    for table in (state.agents, state.classes):
        assert (table["cash"].sum(axis=1) == 0).all()
        assert (table["inventory"].sum(axis=1) == 0).all()


@pytest.mark.parametrize(
    "wrong", [{"episode_seconds": 0.0}, {"stress_probability": 1.5}, {"num_envs": 0}]
)
def test_impossible_settings_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MarketVectorEnv(**{"num_envs": 1, "scenario": SHORT, **wrong})


def test_staggered_episodes_end_spread_in_time() -> None:
    env = MarketVectorEnv(6, SHORT, episode_seconds=100.0, stagger=True)
    env.reset(seed=1)
    ends = [[] for _ in range(6)]
    for step in range(60):
        *_, truncated, _ = env.step(np.ones(6, np.int64))
        for k in np.flatnonzero(truncated):
            ends[k].append(step)
    first = [e[0] for e in ends]
    assert len(set(first)) >= 4
    assert all(2 <= step <= 24 for step in first)
    # What follows has the usual length: about 20 decisions and one step that resets.
    assert all(17 <= e[1] - e[0] <= 26 for e in ends)
