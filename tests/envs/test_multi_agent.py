"""Several RL traders in one market: the protocol, repeatability, money, and what each role does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test
from support.market_views import core_of, markets_of

from abm_desktop.envs import MultiAgentMarketEnv, RewardWeights, RoleSettings, SharedMarketVectorEnv
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import RoleSizes
from abm_desktop.market.roles.numbers import CLOSE_ACTION, ON_SCHEDULE
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
MIXED = ("directional", "maker", "executor")
PLAIN = RewardWeights(damping=0.0, inventory_cost=0.0, clip=1e9)


def test_pettingzoo_accepts_the_environment() -> None:
    env = MultiAgentMarketEnv(SHORT, roles=(*MIXED, "maker"), episode_seconds=60.0)
    assert env.possible_agents == ["directional_0", "maker_0", "executor_0", "maker_1"]
    parallel_api_test(env, num_cycles=30)


def play(env: MultiAgentMarketEnv, seed: int, rounds: int = 40) -> np.ndarray:
    observations, _ = env.reset(seed)
    rng = np.random.default_rng(seed)
    rows = list(observations.values())
    for _ in range(rounds):
        actions = {a: int(rng.integers(env.action_space(a).n)) for a in env.agents}
        observations, rewards, *_ = env.step(actions)
        rows += [*observations.values(), np.array(list(rewards.values()))]
    return np.concatenate(rows)


def test_a_seed_repeats_the_episode_on_any_number_of_threads() -> None:
    alone = [play(MultiAgentMarketEnv(SHORT, roles=MIXED), seed) for seed in (1, 2)]
    assert not np.array_equal(*alone)
    with ThreadPoolExecutor(2) as threads:
        together = list(
            threads.map(lambda seed: play(MultiAgentMarketEnv(SHORT, roles=MIXED), seed), (1, 2))
        )
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one, other)


def test_traders_that_only_hold_leave_the_market_as_it_is() -> None:
    paths = []
    for roles in (("directional",), ("directional", "directional", "executor")):
        env = MultiAgentMarketEnv(SHORT, roles=roles, episode_seconds=1000.0)
        env.reset(seed=3)
        path = []
        for n in range(60):
            actions = {a: 0 if a.startswith("executor") else 1 for a in env.agents}
            actions["directional_0"] = n % 3
            *_, infos = env.step(actions)
            path.append([infos["directional_0"][name] for name in ("mid", "cash", "inventory")])
        book = markets_of(env).levels[0]["volume"]
        paths.append((path, book.copy(), int(markets_of(env).market[0]["messages"])))
    assert paths[0][0] == paths[1][0]
    assert np.array_equal(paths[0][1], paths[1][1]) and paths[0][2] == paths[1][2]


def test_money_is_conserved_over_episodes_of_many_traders() -> None:
    env = MultiAgentMarketEnv(SHORT, roles=MIXED * 3, episode_seconds=60.0, stress_probability=1.0)
    rng = np.random.default_rng(0)
    env.reset(seed=8)
    for _ in range(60):
        if not env.agents:
            env.reset()
        env.step({a: int(rng.integers(env.action_space(a).n)) for a in env.agents})
    state = markets_of(env)
    for table in (state.agents, state.classes):
        assert (table["cash"].sum(axis=1) == 0).all()
        assert (table["inventory"].sum(axis=1) == 0).all()


def test_an_episode_begins_without_quotes_and_positions() -> None:
    env = MultiAgentMarketEnv(SHORT, roles=("maker", "maker"), episode_seconds=30.0)
    env.reset(seed=4)
    for _ in range(6):
        env.step({"maker_0": 4, "maker_1": 4})
    core = core_of(env)
    orders = markets_of(core).orders[0]
    mine = (orders["agent"] >= core.first) & (orders["size"] > 0)
    assert mine.sum() == 4
    env.reset()
    assert not ((orders["agent"] >= core.first) & (orders["size"] > 0)).any()
    assert (core.accounts()["inventory"] == 0).all()


def test_a_maker_is_filled_without_taking_and_keeps_its_limit() -> None:
    settings = RoleSettings(max_inventory=6, rewards={"maker": PLAIN})
    env = MultiAgentMarketEnv(SHORT, roles=("maker",), settings=settings)
    env.reset(seed=5)
    state = markets_of(env)
    taken = int(state.classes[0]["taker_volume"][5])
    inventories, total, sigma = [], 0.0, []
    for _ in range(120):
        sigma.append(float(state.market[0]["sigma_long"]))
        _, rewards, *_, infos = env.step({"maker_0": 0})
        total += rewards["maker_0"] * 6 * sigma[-1] * np.sqrt(5.0)
        inventories.append(infos["maker_0"]["inventory"])
    assert int(state.classes[0]["taker_volume"][5]) == taken, "quotes never take"
    assert len(set(inventories)) > 3 and max(np.abs(inventories)) <= 6
    tick = SHORT.market.tick_size * SHORT.market.lot
    assert total * tick == pytest.approx(infos["maker_0"]["equity"], abs=1e-6)
    for _ in range(4):
        *_, infos = env.step({"maker_0": CLOSE_ACTION})
    assert infos["maker_0"]["inventory"] == 0.0


def test_an_executor_on_schedule_finishes_and_an_idle_one_is_charged() -> None:
    settings = RoleSettings(RoleSizes(parent_lots=60, parent_seconds=120.0))
    env = MultiAgentMarketEnv(
        SHORT, roles=("executor", "executor"), settings=settings, episode_seconds=600.0
    )
    observations, _ = env.reset(seed=6)
    assert abs(observations["executor_0"][13]) == 1.0 and observations["executor_0"][14] == 1.0
    total = dict.fromkeys(env.possible_agents, 0.0)
    half = None
    while env.agents:
        observations, rewards, *_, infos = env.step({"executor_0": ON_SCHEDULE, "executor_1": 0})
        half = half or (abs(infos["executor_0"]["inventory"]), markets_of(env).market[0]["now"])
        for agent, reward in rewards.items():
            total[agent] += reward
    assert infos["executor_0"]["orders"] == 5 and infos["executor_0"]["left"] == 0
    assert half[0] in (2.0, 3.0), "an even slice of 60 lots over 24 decisions is 2.5"
    assert infos["executor_1"]["left"] == 5 * 60
    assert total["executor_0"] > total["executor_1"]


def test_the_vector_environment_has_a_slot_for_every_trader() -> None:
    env = SharedMarketVectorEnv(2, SHORT, traders=3, episode_seconds=40.0)
    observations, _ = env.reset(seed=7)
    assert observations.shape == (6, 13) and env.observation_space.contains(observations)
    ends = []
    for _ in range(10):
        *_, truncated, _ = env.step(np.full(6, 2))
        ends.append(truncated)
    assert ends[7].all() and not ends[6].any()
    assert not ends[8].any(), "the step after the last only resets"
    with pytest.raises(ValueError, match=r"\(6,\)"):
        env.step(np.zeros(2, np.int64))


def always_buys(bias: float = 9.0) -> PolicyNet:
    return PolicyNet(
        (np.zeros((13, 3), np.float32),), (np.array([0.0, 0.0, bias], np.float32),), name="buyer"
    )


def test_frozen_opponents_trade_in_the_same_market() -> None:
    env = SharedMarketVectorEnv(1, SHORT, traders=1, opponent=always_buys(), opponents=2)
    env.reset(seed=9)
    core = core_of(env)
    rows = markets_of(core).agents[0, -2:]
    assert (rows["inventory"] > 0).all(), "they trade from the warm-up on"
    core.set_opponent(always_buys(-9.0))  # now SELL, the first of the largest
    before = rows["inventory"].copy()
    for _ in range(5):
        env.step(np.ones(1, np.int64))
    assert (rows["inventory"] < before).all()
    with pytest.raises(ValueError, match="no opponents"):
        SharedMarketVectorEnv(1, SHORT, traders=1).set_opponent(always_buys())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"roles": ()}, "at least one"),
        ({"roles": ("banker",)}, "banker"),
        ({"opponents": 2}, "opponent"),
        ({"jitter": 2.0}, "jitter"),
    ],
)
def test_impossible_markets_are_refused(wrong: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        MultiAgentMarketEnv(SHORT, **wrong)
