"""A directional trader that chooses how much, and sees more of trades and book."""

import numpy as np
import pytest
from support.market_views import core_of, markets_of

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.learning.judging.baselines import contenders
from abm_desktop.learning.recipes import make_config
from abm_desktop.market.even_handed import even_handed, mirrored
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.judged import AGENT, SYMMETRIC
from abm_desktop.market.roles.numbers import MULTIPLES
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
ROLE = find_role("sizing")
FLOW = ROLE.observations.index("trade balance 30 s")
BOOK = ROLE.observations.index("book balance, 1 levels")


def doing(action, greedy=True):
    """A policy that always takes one action."""
    biases = np.zeros(len(ROLE.actions), np.float32)
    biases[action] = 9.0
    weights = np.zeros((len(ROLE.observations), len(biases)), np.float32)
    return PolicyNet((weights,), (biases,), role="sizing", greedy=greedy)


@pytest.mark.parametrize("action", range(7))
def test_it_trades_what_it_chose_within_its_limit(action):
    market = Simulator(SHORT, 3)
    market.add_policy_traders(doing(action), 1, size=4, max_inventory=9, step=5.0, jitter=0.0)
    held, multiple = [0], MULTIPLES[action]
    for _ in range(8):
        market.run(5.0)
        held.append(int(market.agents[-1]["inventory"]))
    steps = np.diff(held)
    assert set(np.abs(steps[steps != 0])) <= {abs(int(4 * multiple)), 1}
    assert abs(held[-1]) == (9 if multiple else 0) and np.sign(held[-1]) == np.sign(multiple)


def test_a_size_of_one_lot_has_no_half():
    market = Simulator(SHORT, 3)
    half = ROLE.actions.index("BUY 0.5x")
    market.add_policy_traders(doing(half), 1, size=1, max_inventory=3, jitter=0.0)
    market.run(60.0)
    assert market.agents[-1]["inventory"] == 3


def test_what_it_sees_of_trades_and_book_is_in_the_market():
    env = SharedMarketVectorEnv(2, SHORT, traders=1, role="sizing", episode_seconds=500.0)
    seen, _ = env.reset(seed=6)
    met = []
    for _ in range(40):
        seen, *_ = env.step(np.full(2, ROLE.idle))
        state = markets_of(core_of(env))
        for k in range(2):
            m, ring = state.market[k], state.ring[k]
            for place, seconds in ((FLOW, 30), (FLOW + 1, 300)):
                past = (m["second"] - seconds) % len(ring)
                volume, signed = m["volume"] - ring[past, 2], m["signed_volume"] - ring[past, 3]
                assert seen[k, place] == pytest.approx(signed / max(volume, 1.0), abs=1e-6)
            best = [
                float(state.levels[k, side, m[price] - m["origin"]]["volume"])
                for side, price in ((0, "best_bid"), (1, "best_ask"))
            ]
            expected = (best[0] - best[1]) / sum(best)
            assert abs(seen[k, BOOK]) == pytest.approx(abs(expected), abs=1e-6)
            met.append(seen[k, FLOW:])
    spread = np.std(met, axis=0)
    assert (np.abs(met) <= 1.0).all() and (spread > 0.02).all()


def test_upside_down_it_does_the_reverse():
    mirror = ROLE.mirror()
    assert [ROLE.actions[k] for k in mirror.actions] == [
        name.replace("SELL", "?").replace("BUY", "SELL").replace("?", "BUY")
        for name in ROLE.actions
    ]
    random = np.random.default_rng(1)
    sizes = ((len(ROLE.observations), 8), (8, 7))
    policy = even_handed(
        PolicyNet(
            tuple(random.normal(size=s).astype("f4") for s in sizes),
            tuple(random.normal(size=s[1]).astype("f4") for s in sizes),
            role="sizing",
        )
    )
    seen = random.normal(size=(50, len(ROLE.observations))).astype("f4")
    image = policy.logits(mirrored(seen, mirror))[:, mirror.actions]
    np.testing.assert_allclose(image, policy.logits(seen), atol=1e-5)


def test_it_is_judged_by_the_sides_of_what_it_did_against_rules_of_three_actions():
    found = contenders(doing(0), 100)
    assert found[AGENT].role == "" and SYMMETRIC in found
    assert {one.role for name, one in found.items() if name not in (AGENT, SYMMETRIC)} == {
        "remembering",
        "maker",
    }
    symmetric = found[SYMMETRIC].rule
    seen = np.zeros((3, len(ROLE.observations)), np.float32)
    assert (symmetric(seen, 0) == ROLE.idle).all(), "nothing is left of always selling"
    accounts = {
        "inventory": np.zeros((31, 2)),
        "mid": np.tile(np.arange(31.0)[:, None], (1, 2)),
        "equity": np.zeros((31, 2)),
        "liquidation": np.zeros((31, 2)),
    }
    taken = np.full((30, 2), ROLE.actions.index("BUY 2x"))
    taken[:, 1] = ROLE.actions.index("SELL 0.5x")
    measured = ROLE.measure(accounts, taken, lot=1.0, max_inventory=40, sizes=None)
    assert measured["actions"].tolist() == [30, 0, 30]
    assert measured["hits"] == measured["misses"] > 0


def test_its_recipe_is_that_of_the_trader_with_memory():
    config = make_config(role="sizing", algorithm="PPO")
    assert config.role == "sizing" and config.reward_at_value and config.even_handed
