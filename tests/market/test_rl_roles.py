"""Learned makers and executors inside the market: the decisions of training, and its laws."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.market_views import arrays_of, core_of, markets_of, traders_of

from abm_desktop.envs import SharedMarketVectorEnv, rounds
from abm_desktop.market import arrays, opening, state
from abm_desktop.market.kernel import advance
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_policy_traders
from abm_desktop.market.roles import (
    RoleSizes,
    action_names,
    find_role,
    observation_names,
    role_of_network,
)
from abm_desktop.market.roles.memory import ROLE_STATE
from abm_desktop.market.roles.numbers import CLOSE_ACTION, QUOTE_AT_BEST, QUOTE_INSIDE
from abm_desktop.market.sight import look, rl_traders
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})


def policy_of(
    role: str, seed: int = 0, greedy: bool = True, trained_for: RoleSizes | None = None
) -> PolicyNet:
    rng = np.random.default_rng(seed)
    sizes = (len(observation_names(role)), 16, len(action_names(role)))
    weights = tuple(rng.normal(0, 0.5, pair).astype(np.float32) for pair in pairwise(sizes))
    biases = tuple(np.zeros(n, np.float32) for n in sizes[1:])
    kept = trained_for or RoleSizes()
    return PolicyNet(weights, biases, greedy=greedy, name=role, role=role, sizes=kept)


def live_copy(env: SharedMarketVectorEnv, policy: PolicyNet) -> tuple[arrays.Markets, int]:
    """The environment's market with its trader inside, about to decide on what it has just seen."""
    core = core_of(env)
    live = arrays.copy(markets_of(core))
    row = core.first
    before = live.agents[0, row].copy()
    # A trader of the policy joins for its network and memory, which the old one takes over.
    live = with_policy_traders(
        live, policy, 1, size=2, max_inventory=40, step=5.0, jitter=0.0, greedy=True
    )
    agent = live.agents[0, row]
    for name in ("policy", "memory", "greedy"):
        agent[name] = live.agents[0, -1][name]
    agent["external"], agent["step"], agent["jitter"] = 0, 5.0, 0.0
    # One draw for its next step and two for its view of the value, which the reset has made.
    agent["draws"] = before["draws"] - np.uint64(3)
    for name in ROLE_STATE.names or ():
        live.roles[0, agent["memory"]][name] = traders_of(core)[0, 0][name]
    opening.schedule_event(live, 0, int(live.market["now"][0]), state.WAKE, row)
    return live, row


@pytest.mark.parametrize("role", ["maker", "executor"])
def test_a_live_trader_acts_as_in_the_environment_it_was_trained_in(role: str) -> None:
    env = SharedMarketVectorEnv(1, SHORT, traders=1, role=role, jitter=0.0, episode_seconds=5000.0)
    policy = policy_of(role)
    observations, _ = env.reset(seed=11)
    live, row = live_copy(env, policy)
    rounds = 260  # an executor's second and third parent orders included
    taken = []
    for _ in range(rounds):
        now = int(markets_of(env).market["now"][0])
        action = int(policy.logits(observations).argmax())
        advance(live, 0, now + 1, 0)
        assert int(live.agents[0, row]["last_action"]) == action
        taken.append(action)
        observations, *_ = env.step(np.array([action]))
    theirs = markets_of(env)
    advance(live, 0, int(theirs.market["now"][0]) - 1, 0)
    assert len(set(taken)) > 2, "the policy decides by what it sees"
    assert np.array_equal(live.orders, theirs.orders)
    assert np.array_equal(live.levels, theirs.levels)
    for name in ("mid", "messages", "trades", "volume", "sigma", "value", "spread_average"):
        assert live.market[0][name] == theirs.market[0][name], name
    others = np.arange(theirs.agents.shape[1]) != row
    others[opening.SEED_AGENT] = False  # it takes over an executor's finished orders
    assert np.array_equal(live.agents[0, :-1][others], theirs.agents[0][others])


def test_a_policys_sizes_are_kept_in_its_file_and_by_the_traders_that_follow_it(
    tmp_path: Path,
) -> None:
    sizes = RoleSizes(quote_size=7, parent_lots=33, parent_seconds=60.0)
    market = Simulator(SHORT, 8)
    for role in ("maker", "executor"):
        policy_of(role, trained_for=sizes).save(tmp_path / f"{role}.npz")
        policy = PolicyNet.load(tmp_path / f"{role}.npz")
        assert policy.sizes == sizes
        market.add_policy_traders(policy)
    market.add_policy_traders(policy_of("maker", trained_for=sizes), size=3)
    maker, executor, other = market.agents[-3:]
    assert (maker["size"], other["size"], executor["max_inventory"]) == (7, 3, 33)
    memory = market.arrays.roles[0, executor["memory"]]
    assert (memory["parent"], memory["horizon"]) == (33, 60_000_000_000)
    with pytest.raises(ValueError, match=r"^parent_lots must be a whole number from 1"):
        RoleSizes(parent_lots=0)


@pytest.mark.parametrize("action", [QUOTE_AT_BEST, QUOTE_INSIDE])
def test_an_executor_that_quotes_rests_at_its_own_side_and_never_trades_more_than_its_order(
    action: int,
) -> None:
    biases = np.zeros(len(action_names("executor")), np.float32)
    biases[action] = 1.0
    weights = (np.zeros((len(observation_names("executor")), len(biases)), np.float32),)
    sizes = RoleSizes(parent_lots=40, parent_seconds=300.0)
    quoting = PolicyNet(weights, (biases,), role="executor", sizes=sizes)
    market = Simulator(SHORT, 9)
    market.warm_up()
    market.add_policy_traders(quoting, 1, jitter=0.0)
    row, held, resting = len(market.agents) - 1, [], 0
    for _ in range(59):
        market.run(5.0)
        m = market.arrays.market[0]
        memory = market.arrays.roles[0, market.agents[row]["memory"]]
        mine = market.arrays.orders[0][market.arrays.orders[0]["agent"] == row]
        mine = mine[mine["size"] > 0]
        resting += len(mine)
        assert (
            len(mine) <= 1
            and (mine["side"] == (state.BUY if memory["side"] > 0 else state.SELL)).all()
        )
        assert (mine["size"] <= 40 - abs(market.agents[row]["inventory"])).all()
        assert m["best_bid"] < m["best_ask"]
        held.append(int(memory["side"]) * int(market.agents[row]["inventory"]))
    assert resting > 10 and held == sorted(held) and 0 < held[-1] <= 40
    rl = market.classes[state.RL]
    assert rl["maker_volume"] == held[-1] and rl["taker_volume"] == 0


def test_a_seller_sees_the_market_upside_down() -> None:
    env = SharedMarketVectorEnv(8, SHORT, traders=1, role="executor", episode_seconds=600.0)
    seen, _ = env.reset(seed=12)
    sides = traders_of(core_of(env))["side"][:, 0]
    assert set(sides) == {-1, 1}
    core = core_of(env)
    for k in (int(np.argmax(sides)), int(np.argmin(sides))):
        traders_of(core)["side"][k] *= -1
        turned = np.zeros(core.observations.shape[2], np.float32)
        agent = markets_of(core).agents[k, core.first].copy()
        rounds.look(markets_of(core), k, core.first, traders_of(core)[k, 0], turned)
        markets_of(core).agents[k, core.first] = agent
        assert np.array_equal(turned[2:4], seen[k, 2:4])
        assert np.allclose(turned[[0, 4, 5, 6, 7, 8, 9, 10]], -seen[k, [0, 4, 5, 6, 7, 8, 9, 10]])
        assert turned[13] == seen[k, 13] == 1.0


def digest(market: Simulator) -> str:
    tape = market.tape
    return hashlib.sha256(
        tape.trades.tobytes() + tape.samples.tobytes() + tape.class_samples.tobytes()
    ).hexdigest()


def test_makers_and_executors_of_a_scenario_trade_repeatably_and_conserve_money(
    tmp_path: Path,
) -> None:
    groups = []
    for role in ("maker", "executor"):
        file = tmp_path / f"{role}.npz"
        policy_of(role).save(file)
        groups.append({"model": str(file), "count": 3, "greedy": role == "maker"})
    scenario = Scenario.model_validate(
        {"name": "mixed", "market": {"warm_up": "2min"}, "rl": groups}
    )
    tapes = []
    for cut in (False, True):
        market = Simulator(scenario, 5)
        market.run_until(100.0)
        if cut:  # a copy, and small steps, change nothing
            market = market.fork()
            for k in range(20):
                market.run_until(100.0 + 10.0 * k)
        market.run_until(300.0)
        tapes.append(digest(market))
    assert tapes[0] == tapes[1]
    agents, classes = market.agents, market.classes
    for table in (agents, classes):
        assert table["cash"].sum() == 0 and table["inventory"].sum() == 0
    mine = agents[agents["kind"] == state.RL]
    assert (mine["decisions"] > 60).all()
    rl = classes[state.RL]
    assert rl["traders"] == 6 and rl["maker_volume"] > 0 and rl["taker_volume"] > 0
    assert (np.abs(mine["inventory"][mine["role"] == 1]) <= 40).all()


def test_looking_through_a_makers_eyes_tells_its_next_action_and_changes_nothing() -> None:
    market = Simulator(SHORT, 6)
    market.warm_up()
    market.add_policy_traders(policy_of("maker"), 1, jitter=0.0)
    market.run(63.0)
    place = int(rl_traders(market.arrays)[0])
    assert (market.arrays.orders[0]["agent"] == place).any()
    before = digest(market)
    sight = look(arrays_of(market), place)
    assert sight.role == "maker"
    assert sight.observation.shape == (16,) and sight.probabilities.shape == (10,)
    assert sight.probabilities.sum() == pytest.approx(1.0)
    assert digest(market) == before


def test_sizes_tell_the_role_and_a_policy_of_other_sizes_is_refused() -> None:
    for code, inputs, outputs, name in (
        *((0, 13, 3, "directional"), (1, 16, 10, "maker"), (2, 18, 7, "executor")),
    ):
        assert role_of_network(code, inputs, outputs) is find_role(name)
    assert role_of_network(0, 12, 3) is None and role_of_network(0, 16, 10) is None
    with pytest.raises(ValueError, match=r"layer 0: expected weights \(16, 10\)"):
        PolicyNet((np.zeros((13, 10), np.float32),), (np.zeros(10, np.float32),), role="maker")
    with pytest.raises(ValueError, match="10 outputs, not 3"):
        PolicyNet((np.zeros((16, 3), np.float32),), (np.zeros(3, np.float32),), role="maker")
    with pytest.raises(ValueError, match="banker"):
        PolicyNet((np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),), role="banker")  # type: ignore[arg-type]


def test_a_policys_role_is_kept_in_its_file(tmp_path: Path) -> None:
    policy_of("maker").save(tmp_path / "m.npz")
    back = PolicyNet.load(tmp_path / "m.npz")
    assert back.role == "maker" and back.actions[CLOSE_ACTION] == "CLOSE"
    seen = np.random.default_rng(0).normal(size=(5, 16)).astype(np.float32)
    assert np.array_equal(back.logits(seen), policy_of("maker").logits(seen))


def test_mirror_images_and_kinds_of_actions() -> None:
    for role in ("directional", "maker", "executor"):
        places, signs, actions = find_role(role).mirror()
        seen = np.random.default_rng(1).normal(size=(4, len(places))).astype(np.float32)
        image = seen[:, places] * signs
        assert np.array_equal(image[:, places] * signs, seen)
        assert np.array_equal(actions[actions], np.arange(len(actions)))
        sides = np.array(find_role(role).sides)
        if role != "executor":  # it is the other side's executor: as fast as before
            told = sides >= 0
            assert np.array_equal(sides[actions][told], 2 - sides[told])
    # BID -3 ASK +1 (5) leans to sell; BID -1 ASK +3 (6) is its mirror image.
    assert find_role("maker").mirror().actions[5] == 6 and find_role("maker").sides[5:7] == (0, 2)
    shares = (0.5, 0.0, 0.0, 0.0, 0.0, 0.25, 0.0, 0.0, 0.125, 0.125)
    assert find_role("maker").side_shares(shares) == (0.25, 0.5, 0.125)
