"""What other libraries ask of an environment: pictures, named episodes, infos, equal seeds."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from abm_desktop.envs import MarketEnv, MarketVectorEnv, MultiAgentMarketEnv, SharedMarketVectorEnv
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "1min"}})


def lit(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((picture == colour).all(axis=2).sum())


def test_a_picture_shows_book_price_and_position() -> None:
    env = MarketEnv(SHORT, render_mode="rgb_array")
    with pytest.raises(UnavailableError, match="reset"):
        env.render()
    env.reset(seed=1)
    flat = env.render()
    assert flat.shape == (360, 640, 3) and flat.dtype == np.uint8
    green, red, line = (38, 166, 154), (239, 83, 80), (230, 200, 90)
    bottom = slice(-26, None)
    assert lit(flat[: bottom.start], green) > 500 and lit(flat[: bottom.start], red) > 500
    assert lit(flat[bottom], green) == lit(flat[bottom], red) == 0
    before = lit(flat, line)
    for _ in range(30):
        *_, info = env.step(2)
    long = env.render()
    assert info["inventory"] > 30
    assert lit(long[bottom], green) > 1000 and lit(long, line) > 10 * before
    for _ in range(60):
        *_, info = env.step(0)
    assert info["inventory"] < 0
    assert lit(env.render()[bottom], red) > 1000
    env.reset()
    assert lit(env.render(), line) <= 2 * before  # another episode, another line


def test_text_shows_the_best_prices() -> None:
    env = MarketEnv(SHORT, render_mode="ansi")
    env.reset(seed=1)
    *_, info = env.step(2)
    head, *lines = env.render().splitlines()
    assert "position +2 of 40 lots" in head and f"profit {info['profit']:+.2f}" in head
    prices = [float(line.split()[1]) for line in lines]
    assert prices == sorted(prices, reverse=True)
    sides = [line.split()[0] for line in lines]
    assert sides == sorted(sides) and {"ask", "bid"} == set(sides)
    asks = [price for price, side in zip(prices, sides, strict=True) if side == "ask"]
    bids = [price for price, side in zip(prices, sides, strict=True) if side == "bid"]
    assert max(bids) < info["mid"] < min(asks)


def test_nothing_is_drawn_unless_it_is_asked_for() -> None:
    env = MarketEnv(SHORT)
    env.reset(seed=1)
    assert env.render() is None
    with pytest.raises(InputError, match="render_mode"):
        MarketEnv(SHORT, render_mode="human")
    several = MultiAgentMarketEnv(SHORT, render_mode="ansi")
    several.reset(seed=1)
    assert "position +0" in several.render()


def path(env: MarketEnv, steps: int = 20) -> np.ndarray:
    return np.concatenate([np.append(*env.step(k % 3)[:2]) for k in range(steps)])


def test_an_episode_has_a_name() -> None:
    env, other = MarketEnv(SHORT), MarketEnv(SHORT)
    first, _ = env.reset(seed=7, options={"episode": 3})
    then = path(env)
    # The other has played otherwise before, and comes to the same episode.
    other.reset(seed=7)
    path(other, 5)
    again, _ = other.reset(options={"episode": 3})
    assert np.array_equal(first, again) and np.array_equal(path(other), then)
    fourth, _ = other.reset(seed=7, options={"episode": 4})
    eighth, _ = other.reset(seed=8, options={"episode": 3})
    assert not np.array_equal(fourth, first) and not np.array_equal(eighth, first)
    many = MarketVectorEnv(2, SHORT)
    seen, _ = many.reset(seed=7, options={"episode": 3})
    assert np.array_equal(seen, [first, eighth])
    several = MultiAgentMarketEnv(SHORT)
    one, _ = several.reset(seed=7, options={"episode": 3})
    several.step(dict.fromkeys(several.agents, 0))
    two, _ = several.reset(options={"episode": 3})
    assert all(np.array_equal(one[agent], two[agent]) for agent in one)
    for wrong in (-1, 0.5, "three", True):
        with pytest.raises(InputError, match="episode"):
            env.reset(options={"episode": wrong})


def test_make_vec_has_the_markets_of_the_vector_environment() -> None:
    name = "abm_desktop.envs:abm_desktop/Market-v0"
    given = {"num_envs": 3, "scenario": SHORT, "episode_seconds": 60.0}
    ours = gym.make_vec(name, vectorization_mode="vector_entry_point", **given)
    assert isinstance(ours.unwrapped, MarketVectorEnv)
    theirs = gym.make_vec(name, vectorization_mode="sync", **given)
    # Gymnasium's own gives the seeds from the first on to its parts.
    for one, two in zip(ours.reset(seed=[5, 6, 7])[:1], theirs.reset(seed=5)[:1], strict=True):
        assert np.array_equal(one, two)
    random = np.random.default_rng(0)
    ended = 0
    for _ in range(30):
        actions = random.integers(3, size=3)
        for one, two in zip(ours.step(actions)[:4], theirs.step(actions)[:4], strict=True):
            assert np.allclose(one, two, rtol=0, atol=0)
        ended += int(one.sum())
    assert ended >= 3
    ours.close()
    theirs.close()


def test_make_vec_of_our_own_takes_no_picture() -> None:
    name = "abm_desktop.envs:abm_desktop/Market-v0"
    given = {"num_envs": 2, "scenario": SHORT, "vectorization_mode": "vector_entry_point"}
    gym.make_vec(name, render_mode=None, **given).close()
    with pytest.raises(InputError, match=r"render_mode is 'rgb_array'.*MarketEnv"):
        gym.make_vec(name, render_mode="rgb_array", **given)


def test_infos_tell_what_an_episode_came_to() -> None:
    env = MarketEnv(SHORT, episode_seconds=60.0, statistics=True)
    env.reset(seed=1)
    rewards, over = [], False
    while not over:
        _, reward, _, over, info = env.step(len(rewards) % 3)
        rewards.append(reward)
        assert {"profit", "inventory", "equity", "mid"} <= set(info)
    assert info["return"] == pytest.approx(sum(rewards)) and info["length"] == len(rewards)
    assert info["episode"]["r"] == info["return"] and info["episode"]["l"] == info["length"]


@pytest.mark.parametrize("shared", [False, True])
def test_infos_of_many_tell_it_as_gymnasiums_own_wrapper_does(shared: bool) -> None:
    def make(statistics: bool) -> MarketVectorEnv | SharedMarketVectorEnv:
        common = {"episode_seconds": 60.0, "seed": 2, "stagger": True, "statistics": statistics}
        if shared:
            return SharedMarketVectorEnv(2, SHORT, traders=2, **common)
        return MarketVectorEnv(4, SHORT, **common)

    ours, theirs = make(statistics=True), RecordEpisodeStatistics(make(statistics=False))
    ours.reset(seed=2)
    theirs.reset(seed=2)
    ends = 0
    for k in range(40):
        actions = np.full(4, k % 3)
        *_, over, infos = ours.step(actions)
        *_, expected = theirs.step(actions)
        assert ("episode" in infos) == ("episode" in expected) == bool(over.any())
        if over.any():
            ends += 1
            final = infos["final_info"]
            assert np.array_equal(infos["_episode"], over)
            assert np.array_equal(infos["episode"]["l"], expected["episode"]["l"])
            assert np.allclose(infos["episode"]["r"], expected["episode"]["r"])
            assert np.array_equal(final["return"], infos["episode"]["r"])
            assert np.array_equal(final["profit"][over], ours.accounts()["profit"][over])
            assert not final["profit"][~over].any()
    assert ends > 2


def test_a_central_critic_sees_what_all_traders_see() -> None:
    env = MultiAgentMarketEnv(SHORT, roles=("directional", "maker"), episode_seconds=30.0)
    with pytest.raises(UnavailableError, match="reset"):
        env.state()
    seen, _ = env.reset(seed=1)
    assert np.array_equal(env.state(), np.concatenate(list(seen.values())))
    assert env.state_space.contains(env.state())
    total, steps = dict.fromkeys(env.agents, 0.0), 0
    while env.agents:
        seen, rewards, *_, infos = env.step(dict.fromkeys(env.agents, 1))
        total = {agent: total[agent] + reward for agent, reward in rewards.items()}
        steps += 1
    assert np.array_equal(env.state(), np.concatenate(list(seen.values())))
    for agent, value in total.items():
        assert infos[agent]["return"] == pytest.approx(value) and infos[agent]["length"] == steps


def test_errors_name_the_agents_that_are_missing_or_unknown() -> None:
    env = MultiAgentMarketEnv(SHORT, roles=("directional", "maker"))
    env.reset(seed=1)
    with pytest.raises(InputError, match=r"none for maker_0;"):
        env.step({"directional_0": 1})
    with pytest.raises(InputError, match=r"none for maker_0 and knows no agent 'taker_0'"):
        env.step({"directional_0": 1, "taker_0": 1})
