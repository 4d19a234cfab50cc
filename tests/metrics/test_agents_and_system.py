"""Measures of traders, of stress and of the system against answers worked out by hand."""

import math

import numpy as np
import pytest
from support.tapes import make_tape

from abm_desktop.market.state import MARKET_MAKER, NOISE, RL
from abm_desktop.metrics import agents, stress, systemic

FILLS = make_tape(
    [100.0],
    trades=[
        {"time": t, "price": p, "size": s, "side": d, "taker": a, "taker_class": "rl",
         "maker": 1, "maker_class": m, "auction": x}
        for t, p, s, d, a, m, x in (
            (1, 10, 2, 1, 7, "market_maker", 0),
            (1, 11, 3, 1, 7, "noise", 0),
            (2, 12, 4, -1, 8, "noise", 0),
            (3, 12, 9, 1, 8, "noise", 1),
        )
    ],
).trades  # fmt: skip


def test_positions_are_rebuilt_from_fills():
    found = agents.positions(FILLS, "rl", np.array([0.5e9, 1e9, 2.5e9]))
    assert found.agents.tolist() == [7, 8]
    assert found.inventory.tolist() == [[0, 0], [5, 0], [5, -4]]
    assert found.cash.tolist() == [[0, 0], [-53, 0], [-53, 48]]
    assert found.equity(np.array([10.0, 12.0, 13.0]))[2].tolist() == [12.0, -4.0]
    maker = agents.positions(FILLS, "market_maker", np.array([9e9]))
    assert (maker.inventory.tolist(), maker.cash.tolist()) == ([[-2]], [[20]])


def test_fills_of_one_order_are_one_order():
    assert agents.net_orders(FILLS, "rl").tolist() == [[10**9, 7, 1], [2 * 10**9, 8, -1]]


def test_shares_of_volume_and_who_trades_with_whom():
    maker, taker = agents.volume_shares(FILLS)
    assert taker[RL] == 1.0
    assert (maker[MARKET_MAKER], maker[NOISE]) == pytest.approx((2 / 9, 7 / 9))
    matrix = systemic.interaction_matrix(FILLS)
    assert (matrix[MARKET_MAKER, RL], matrix[NOISE, RL], matrix.sum()) == (2, 7, 9)


def test_sharpe_and_sortino_by_hand():
    changes = np.array([3.0, -1.0])
    assert agents.sharpe(changes, 1.0) == pytest.approx(1 / math.sqrt(8))
    assert agents.sortino(changes, 1.0) == pytest.approx(math.sqrt(2))
    assert math.isnan(agents.sharpe(np.ones(5)))


def test_half_life_of_an_autoregression():
    rng, q = np.random.default_rng(3), np.zeros(100_000)
    for t, z in enumerate(rng.standard_normal(len(q) - 1)):
        q[t + 1] = 0.8 * q[t] + z
    assert agents.half_life(q, 10.0) == pytest.approx(10 * math.log(2) / -math.log(0.8), rel=0.03)
    assert agents.half_life(np.array([1.0, -1.0, 1.0, -1.0])) == 0.0
    assert math.isnan(agents.half_life(np.ones(9)))


def test_entropy_and_information_of_actions():
    assert agents.action_entropy([5, 5, 5]) == pytest.approx(1.0)
    assert agents.action_entropy([0, 9, 0]) == 0.0
    sure = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    assert agents.conditional_action_entropy(sure) == 0.0
    assert agents.mutual_information(sure) == pytest.approx(math.log(3))
    same = np.full((4, 3), 1 / 3)
    assert agents.conditional_action_entropy(same) == pytest.approx(1.0)
    assert agents.mutual_information(same) == pytest.approx(0.0)


def test_prediction_accuracy_and_information_coefficient():
    sides, returns = np.array([1, -1, 1, -1, 1]), np.array([2.0, -1.0, -1.0, 0.0, np.nan])
    assert agents.prediction_accuracy(sides, returns) == pytest.approx(2 / 3)
    got = agents.information_coefficient(np.array([1, -1, 1]), np.array([2.0, 1, 2]))
    assert got == pytest.approx(1.0)
    assert math.isnan(agents.prediction_accuracy(sides[:1], np.array([0.0])))


def test_falls_and_drawdowns():
    price = np.array([100.0, 95.0, 104.0])
    assert stress.drop(price, 100.0) == pytest.approx(-0.05)
    assert stress.drop(price, 90.0) == 0.0
    assert stress.excursion(price, 98.0) == pytest.approx(6 / 98)
    assert stress.overshoot(price, np.array([100.0, 96.0, 103.0])) == pytest.approx(-1 / 96)
    assert stress.max_drawdown(np.array([1.0, 5.0, 2.0, 6.0, 4.0])) == 3.0


def test_recovery_follows_the_fundamental_value():
    clock = np.arange(200.0)
    # Falls to 90 at 50 s, then comes back by a tenth a second.
    price = np.where(clock <= 50, 100 - clock / 5, 90 + (clock - 50) / 10)
    assert stress.recovery_time(clock, price, 100.0, 0.5) == (50.0, False)
    assert stress.recovery_time(clock, price, 100.0, 0.9) == (90.0, False)
    assert stress.recovery_time(clock, price, np.full(200, 96.0), 0.5) == (30.0, False)
    assert stress.recovery_time(clock, price, 120.0, 0.9) == (149.0, True)


def test_amplification_is_the_geometric_mean_of_ratios():
    treated, control = np.array([2.0, 8.0, 0.0]), np.array([1.0, 1.0, 1.0])
    assert stress.amplification(treated, control) == pytest.approx(4.0)
    calm = np.array([2.0, 2.0, 2.0])
    got = stress.stress_specific_amplification(treated, control, calm, control)
    assert got == pytest.approx(2.0)
    # Means of pairs of 0, 1, 10: 0, 0.5, 5, 1, 5.5, 10.
    assert stress.hodges_lehmann(np.array([0.0, 1.0, 10.0, np.nan])) == pytest.approx(3.0)


def test_vpin_divides_bars_among_buckets():
    # 10 bought, then 10 sold; buckets of 8: all bought, 2 bought and 6 sold, the rest not full.
    got = systemic.vpin(np.array([10.0, 0.0]), np.array([0.0, 10.0]), 8.0)
    assert got == pytest.approx([1.0, 0.5])
    with pytest.raises(ValueError, match="bucket"):
        systemic.vpin(np.ones(1), np.ones(1), 0.0)


def test_bulk_classification_by_hand():
    bought, sold = systemic.bulk_split(np.array([1.0, -1.0]), np.array([100.0, 10.0]))
    assert bought == pytest.approx([84.134, 1.5866], abs=1e-3)
    assert (bought + sold).tolist() == [100.0, 10.0]


def test_tail_dependence():
    own = np.arange(101.0)
    # At or below the 5 % quantile, 5, the others have 0..5; within 40..60 they have 40..60.
    got = systemic.tail_dependence(own, own)
    assert got == pytest.approx(0.25 - 41.0)
    assert math.isnan(systemic.tail_dependence(own[:10], own[:10]))


def test_joint_loss_counts_times_with_half_the_traders_at_the_limit():
    equity = np.array([[0.0, 0], [5, 1], [-5, 1], [-5, -9], [5, 1]])
    assert systemic.joint_loss_index(equity, 10.0) == pytest.approx(0.4)


def test_crowding_is_the_mean_of_the_pairwise_correlations():
    flows = np.random.default_rng(5).standard_normal((50, 4))
    pairs = np.corrcoef(flows.T)[np.triu_indices(4, 1)]
    still = np.column_stack((flows, np.zeros(50)))
    assert systemic.crowding(still) == pytest.approx(pairs.mean())
    assert systemic.crowding(np.repeat(flows[:, :1], 3, axis=1)) == pytest.approx(1.0)
    assert math.isnan(systemic.crowding(flows[:, :1]))


def test_price_efficiency():
    value = np.exp(np.array([0.0, 1.0, 2.0]))
    assert systemic.price_efficiency(value * 3, value) == pytest.approx(1.0)
    assert systemic.price_efficiency(np.ones(3), value) == pytest.approx(0.0)


def test_a_crash_is_a_fall_that_is_made_up_for():
    t = np.arange(3000.0)
    logs = np.interp(t, [0, 500, 700, 900], [0, 0, -0.04, -0.01])
    (found,) = systemic.crashes(np.exp(logs), 0.01)
    assert (found.low, found.fall) == pytest.approx((700.0, 0.04))
    assert found.recovered == pytest.approx(834.0)
    assert systemic.crashes(np.exp(logs), 0.02) == []
    stays = np.interp(t, [0, 500, 700], [0, 0, -0.04])
    assert systemic.crashes(np.exp(stays), 0.01) == []
