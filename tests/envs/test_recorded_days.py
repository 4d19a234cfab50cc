"""Environments whose markets are a recorded day."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from support.flow_maker import random_day, write_pair

from abm_desktop.envs import (
    MarketEnv,
    MarketVectorEnv,
    MultiAgentMarketEnv,
    SharedMarketVectorEnv,
)
from abm_desktop.inputs import InputError
from abm_desktop.market.roles.numbers import OBSERVATION_NAMES

GAP = OBSERVATION_NAMES.index("fundamental gap")


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A random day of 6,000 messages, about two minutes."""
    return write_pair(tmp_path_factory.mktemp("day"), *random_day(3, rows=6000, depth=5))


def test_the_environment_is_one_of_gymnasium(day):
    check_env(MarketEnv(recording=day, episode_seconds=20.0, step=1.0), skip_render_check=True)


def episode(env, seed, **options):
    """Beginning, observations and rewards of one episode of random actions."""
    seen, info = env.reset(seed=seed, options=options or None)
    random, all_seen, rewards, over = np.random.default_rng(1), [seen], [], False
    while not over:
        seen, reward, _, over, _ = env.step(int(random.integers(3)))
        all_seen.append(seen)
        rewards.append(reward)
    return info["time"], np.array(all_seen), np.array(rewards)


def test_an_episode_is_repeated_by_its_seed_and_begins_at_random(day):
    env = MarketEnv(recording=day, episode_seconds=20.0, step=1.0)
    one, again, other = (episode(env, seed) for seed in (4, 4, 5))
    assert one[0] == again[0] != other[0]
    np.testing.assert_array_equal(one[1], again[1])
    np.testing.assert_array_equal(one[2], again[2])
    assert (one[1][:, GAP] == 0).all()
    assert np.isfinite(one[1]).all()
    assert (one[2] != 0).any()


def test_a_time_can_be_chosen_and_nothing_is_left_of_the_episode_before(day):
    env = MarketEnv(recording=day, episode_seconds=20.0, step=1.0, jitter=0.0)
    first = episode(env, 4, start=30.0)
    _, info = env.reset(options={"start": 30.0})
    assert 30.0 <= first[0] < 31.0 + 1e-9
    assert abs(info["time"] - first[0]) < 1.0
    assert info["inventory"] == 0
    with pytest.raises(InputError, match="end within the recording"):
        env.reset(options={"start": 1e4})
    with pytest.raises(InputError, match="recorded days only"):
        MarketEnv(episode_seconds=20.0).reset(options={"start": 30.0})


@pytest.mark.parametrize("kind", [MarketVectorEnv, SharedMarketVectorEnv])
def test_vectors_of_markets_take_a_recording(day, kind):
    env = kind(3, recording=day, episode_seconds=20.0, step=1.0, stress_probability=1.0)
    seen, _ = env.reset(seed=3)
    random, done = np.random.default_rng(2), 0
    for _ in range(30):
        seen, _, _, over, _ = env.step(random.integers(0, 3, env.num_envs))
        done += int(over.sum())
    assert np.isfinite(seen).all()
    assert done >= env.num_envs
    accounts = env.accounts()
    assert (accounts["inventory"] != 0).any()


def test_several_roles_share_a_recorded_day(day):
    env = MultiAgentMarketEnv(recording=day, episode_seconds=10.0, step=1.0)
    seen, _ = env.reset(seed=3, options={"start": 20.0})
    for _ in range(5):
        actions = {name: env.action_space(name).sample() for name in env.agents}
        seen, *_ = env.step(actions)
    assert all(np.isfinite(each).all() for each in seen.values())


def test_an_episode_longer_than_the_day_is_refused(day):
    with pytest.raises(InputError, match="at most the"):
        MarketEnv(recording=day, episode_seconds=3600.0)
    with pytest.raises(InputError):
        MarketEnv(recording=5)


def test_episodes_keep_to_a_part_of_the_day(day):
    def began(count=40, **part):
        env = MarketEnv(recording=day, episode_seconds=20.0, step=1.0, jitter=0.0, **part)
        times = [env.reset(seed=seed)[1]["time"] for seed in range(count)]
        return min(times), max(times)

    low, high = began(recording_until=60.0)
    assert low < 20.0 and 30.0 < high <= 41.0
    low, high = began(recording_from="1min", recording_until="100s")
    assert low >= 60.0 and high <= 81.0
    # The day begins at 9:30:06.
    first, last = began(recording_from="9:31")
    assert 54.0 <= first < last
    env = MarketEnv(recording=day, episode_seconds=20.0, recording_from="1min")
    with pytest.raises(InputError, match="where that part of the recording begins"):
        env.reset(options={"start": 30.0})
    vector = MarketVectorEnv(3, recording=day, episode_seconds=20.0, recording_from="1min")
    vector.reset(seed=1)
    vector.close()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"recording_from": "16:00"}, "recording_from is '16:00', and the recording goes from"),
        ({"recording_until": "noon"}, "recording_until is 'noon', which is no time; write a"),
        ({"recording_from": 60, "recording_until": 30}, "recording_until is 09:30:36.*later end"),
        ({"recording_from": 0, "recording_until": 10}, "at most the 10 s of that part"),
    ],
)
def test_a_part_that_cannot_be_is_refused(day, part, words):
    with pytest.raises(InputError, match=words):
        MarketEnv(recording=day, episode_seconds=20.0, **part)


def test_a_simulated_market_has_no_part():
    with pytest.raises(InputError, match="recording_from is '1h', and calm is no recorded day"):
        MarketEnv(recording_from="1h")
