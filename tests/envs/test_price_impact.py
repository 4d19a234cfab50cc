"""Trading without an impact: own orders are filled at what stands, and nobody notices."""

import numpy as np
import pytest

from abm_desktop.envs import RoleSettings, SharedMarketVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario

CALM = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
SELL, HOLD, BUY = 0, 1, 2
ACTIONS = [BUY, HOLD, SELL, SELL, BUY, BUY, SELL, HOLD, BUY, BUY, BUY, SELL] * 4


def played(actions, role="remembering", *, price_impact):
    """Accounts before the first step and after each, (k, n)."""
    settings = RoleSettings(price_impact=price_impact)
    env = SharedMarketVectorEnv(
        4, CALM, traders=1, role=role, settings=settings, threads=1, episode_seconds=600.0
    )
    env.reset(seed=3)
    accounts = [env.accounts()]
    for action in actions:
        env.step(np.full(4, action))
        accounts.append(env.accounts())
    env.close()
    return {key: np.array([a[key] for a in accounts]) for key in accounts[0]}


def test_the_market_goes_on_as_if_nobody_had_traded():
    holding = played([HOLD] * len(ACTIONS), price_impact=True)
    on_paper = played(ACTIONS, price_impact=False)
    traded = played(ACTIONS, price_impact=True)
    np.testing.assert_array_equal(on_paper["mid"], holding["mid"])
    assert (traded["mid"] != holding["mid"]).any()
    assert np.abs(np.diff(on_paper["inventory"], axis=0)).sum() > 100


def test_orders_are_filled_at_the_prices_that_stand():
    on_paper = played(ACTIONS, price_impact=False)
    lots = np.diff(on_paper["inventory"], axis=0)
    paid = -np.diff(on_paper["cash"], axis=0)
    price = np.divide(paid, lots, out=np.full(lots.shape, np.nan), where=lots != 0)
    # Never better than the mid of the moment, and in a calm market not far from that of the step.
    away = np.sign(lots) * (price - on_paper["mid"][1:])
    assert np.nanmedian(away) > 0
    assert np.nanmax(np.abs(away)) < 0.5
    assert set(np.unique(lots)) <= {-2, -1, 0, 1, 2}


def test_sizes_are_those_of_the_role():
    on_paper = played([5, 5, 0, 3], role="sizing", price_impact=False)
    assert np.abs(np.diff(on_paper["inventory"], axis=0)).max() == 4


@pytest.mark.parametrize("role", ["maker", "executor", "directional"])
def test_other_orders_need_a_book(role):
    settings = RoleSettings(price_impact=False)
    with pytest.raises(InputError, match=r"price_impact.*remembering or sizing"):
        SharedMarketVectorEnv(1, CALM, traders=1, role=role, settings=settings)
