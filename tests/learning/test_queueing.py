"""A maker and an executor that see where their quotes stand in the queue."""

import numpy as np
import pytest
from support.market_views import core_of, markets_of

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.numbers import QUOTE_AT_BEST
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})


def queues(state, k, agent):
    """Share before the trader's resting orders by side: all that came earlier (lower ``seq``)."""
    orders = state.orders[k][: state.market[k]["used_slots"]]
    orders = orders[orders["size"] > 0]
    shares = {0: 1.0, 1: 1.0}
    for mine in orders[orders["agent"] == agent]:
        level = orders[(orders["side"] == mine["side"]) & (orders["price"] == mine["price"])]
        before = level["size"][level["seq"] < mine["seq"]].sum()
        shares[int(mine["side"])] = before / level["size"].sum()
    return shares


@pytest.mark.parametrize(("role", "action"), [("queueing-maker", 0), ("queueing-executor", None)])
def test_what_it_sees_of_its_queue_is_what_came_before_it(role, action):
    of = find_role(role)
    env = SharedMarketVectorEnv(2, SHORT, traders=1, role=role, episode_seconds=900.0)
    seen, _ = env.reset(seed=6)
    met = []
    for _ in range(60):
        seen, *_ = env.step(np.full(2, QUOTE_AT_BEST if action is None else action))
        core = core_of(env)
        state = markets_of(core)
        for k in range(2):
            agent = int(state.market[k]["n_agents"]) - 1
            shares = queues(state, k, agent)
            if action is None:  # it has one quote, on the side of its parent order
                expected = [min(shares.values())]
            else:
                expected = [shares[0], shares[1]]
            place = of.observations.index(
                "own quote's queue" if action is None else "own bid's queue"
            )
            np.testing.assert_allclose(seen[k, place : place + len(expected)], expected, atol=1e-6)
            met.extend(expected)
    assert min(met) == 0.0 and np.std(met) > 0.05
    assert any(0.0 < share < 1.0 for share in met)


def test_upside_down_the_queues_change_places():
    of = find_role("queueing-maker")
    mirror = of.mirror()
    bid = of.observations.index("own bid's queue")
    assert mirror.places[bid] == bid + 1 and mirror.places[bid + 1] == bid
    assert mirror.signs[bid] == mirror.signs[bid + 1] == 1.0
    own = of.observations.index("own bid's distance")
    assert mirror.places[own] == own + 1


def test_those_who_do_not_see_it_see_what_they_saw():
    for wide, narrow in (
        ("queueing-maker", "remembering-maker"),
        ("queueing-executor", "remembering-executor"),
    ):
        both = []
        for role in (wide, narrow):
            env = SharedMarketVectorEnv(2, SHORT, traders=1, role=role, episode_seconds=600.0)
            env.reset(seed=3)
            both.append(np.array([env.step(np.full(2, n % 7))[0] for n in range(20)]))
        width = len(find_role(narrow).observations)
        assert both[0].shape[2] > width == both[1].shape[2]
        np.testing.assert_array_equal(both[0][..., :width], both[1])
