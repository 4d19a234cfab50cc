"""Evaluation and stress test: what they measure, and when an agent is accepted."""

import json
import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from abm_desktop.inputs import InputError
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.baselines import Policy
from abm_desktop.learning.judging.evaluation import (
    AGENT,
    SYMMETRIC,
    evaluate,
    information,
    judge,
)
from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.learning.judging.several_markets import with_earlier
from abm_desktop.learning.judging.stress_test import load_agent, stress_test_agent
from abm_desktop.learning.judging.symmetric import SymmetricPolicy
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.judging.trading_days import trade_days
from abm_desktop.learning.process.after_training import examine
from abm_desktop.learning.process.preflight import check
from abm_desktop.learning.process.run_logs import outcome_of
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry.models import ModelError
from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.directional import rules as baselines
from abm_desktop.market.roles.judged import TradingDays, fixed
from abm_desktop.market.roles.maker import AVELLANEDA_STOIKOV as MAKER
from abm_desktop.market.roles.maker import AvellanedaStoikov
from abm_desktop.scenario import Scenario, ScenarioError
from abm_desktop.scenario.stress import STRESS_TYPES

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
GAP, INVENTORY = OBSERVATION_NAMES.index("fundamental gap"), OBSERVATION_NAMES.index("inventory")


def linear(weights, bias=(0.0, 0.0, 0.0)):
    """A policy whose logits are the features named, weighted."""
    matrix = np.zeros((13, 3), np.float32)
    for feature, row in weights.items():
        matrix[feature] = row
    return PolicyNet((matrix,), (np.asarray(bias, np.float32),))


VALUE = linear({GAP: (-1, 0, 1), INVENTORY: (2, 0, -2)}, bias=(0, 3, 0))
BUYER = linear({}, bias=(0, 0, 1))


def made_up(pnl, inventory=5.0, shares=(200, 600, 200), traded=400.0):
    """Days as they might have been."""
    n = len(pnl)
    return TradingDays(
        pnl=np.asarray(pnl, float), drawdown=np.ones(n), inventory=np.full(n, inventory),
        traded=np.full(n, traded), at_limit=np.zeros(n), actions=np.array(shares), hits=60,
        misses=40, position=np.full(n, -2.0), move=np.linspace(-1.0, 2.0, n),
        observations=np.random.default_rng(0).normal(size=(400, 13)).astype(np.float32),
    )  # fmt: skip


def verdict(agent, policy=VALUE):
    rng = np.random.default_rng(1)
    results = {AGENT: agent} | {
        name: made_up(rng.normal(mean, 5.0, 32))
        for name, mean in {
            "hold": 0.0, "random": -30.0, "buy and hold": 0.0, "value": 6.0,
            "momentum 60 s": -8.0, "order-book imbalance": -15.0,
        }.items()
    }  # fmt: skip
    return judge("calm", results, 6.5, policy)


PROFIT = np.random.default_rng(3).normal(10.0, 5.0, 32)


def test_a_policy_made_symmetric_decides_in_the_mirror_image_as_in_the_mirror():
    random = np.random.default_rng(0)
    places, signs, actions = find_role("directional").mirror()
    sides = {name for name, sign in zip(OBSERVATION_NAMES, signs, strict=True) if sign < 0}
    assert set(OBSERVATION_NAMES) - sides == {"volatility", "spread"}
    seen = random.normal(size=(500, 13)).astype(np.float32)
    leaning = PolicyNet(
        (random.normal(size=(13, 8)).astype(np.float32),
         random.normal(size=(8, 3)).astype(np.float32)),
        (random.normal(size=8).astype(np.float32), np.array([0.0, 0.5, 2.0], np.float32)),
    )  # fmt: skip
    here, there = (
        SymmetricPolicy(leaning)(observations, 0)
        for observations in (seen, seen[:, places] * signs)
    )
    assert np.array_equal(there, actions[here]) and len(set(here)) == 3
    plain = Policy(leaning)
    assert not np.array_equal(plain(seen[:, places] * signs, 0), actions[plain(seen, 0)])
    # A policy that is symmetric already stays what it is.
    assert np.array_equal(SymmetricPolicy(VALUE)(seen, 0), Policy(VALUE)(seen, 0))


def test_the_lean_is_the_signed_position_and_what_it_earned_is_taken_out():
    days = replace(
        made_up([12.0, -8.0, 2.0]), position=np.array([9.0, 11.0, 10.0]),
        move=np.array([1.0, -1.0, 0.0]),
    )  # fmt: skip
    assert days.lean == 10.0
    assert days.pnl_without_lean.tolist() == [2.0, 2.0, 2.0]


def test_a_profit_that_comes_from_leaning_to_one_side_is_not_accepted():
    def failed(result):
        return {check.name for check in result.checks if not check.passed}

    # Ten lots held all day in a market that rose by one: that is all it earned.
    rose = np.random.default_rng(4).normal(1.0, 0.3, 32)
    held = replace(made_up(10.0 * rose), position=np.full(32, 10.0), move=rose)
    assert failed(verdict(held)) == {"without its mean position"}
    # Half of the profit was that: the other half is enough.
    half = replace(made_up(PROFIT + 10.0 * rose), position=np.full(32, 10.0), move=rose)
    assert not failed(verdict(half))
    # The same trader without its leaning, on the same days.
    judged = dict(verdict(made_up(PROFIT)).results)
    for kept, names in ((0.6, set()), (0.4, {"made symmetric"})):
        found = judge("calm", judged | {SYMMETRIC: made_up(kept * PROFIT)}, 6.5, VALUE)
        assert failed(found) == names


def test_nothing_is_left_of_always_buying_once_it_is_made_symmetric():
    result = evaluate(BUYER, SHORT, days=6, hours=0.04)
    agent, symmetric = result.results[AGENT], result.results[SYMMETRIC]
    assert 20.0 < agent.lean <= 40.0 and np.any(agent.pnl)
    assert not np.any(symmetric.pnl) and symmetric.lean == 0.0 and symmetric.shares[1] == 1.0
    assert np.all(np.sign(agent.move) == np.sign(agent.pnl - agent.pnl_without_lean))
    told = result.summary()["rules"]
    assert told[AGENT]["position"] == agent.lean
    assert told[AGENT]["pnl_without_lean"] == pytest.approx(agent.pnl_without_lean.mean())
    assert f"{agent.lean:+.1f} lots" in result.leaning() and "symmetric" in result.leaning()


def test_a_trader_that_earns_with_small_positions_is_accepted():
    result = verdict(made_up(PROFIT))
    assert result.accepted, result
    assert result.value_ratio > 1.0
    json.dumps(result.summary(), allow_nan=False)


@pytest.mark.parametrize(
    ("agent", "failed"),
    [
        (made_up(PROFIT - 12.0), "median day"),
        (made_up(PROFIT, inventory=25.0), "position"),
        (made_up(np.where(np.arange(32) < 18, 1.0, -80.0)), "against random"),
        (made_up(PROFIT - 30.0), "against momentum 60 s"),
    ],
)
def test_each_condition_counts(agent, failed):
    result = verdict(agent)
    assert not result.accepted
    assert failed in {check.name for check in result.checks if not check.passed}


@pytest.mark.parametrize(
    ("agent", "policy", "word"),
    [
        (made_up(PROFIT, shares=(10, 980, 10)), VALUE, "one action"),
        (made_up(PROFIT, traded=20.0), VALUE, "ten minutes"),
        (made_up(PROFIT), BUYER, "whatever it sees"),
        (made_up(PROFIT), replace(VALUE, weights=(VALUE.weights[0] / 100,), greedy=False), "nats"),
        (made_up(np.zeros(32)), VALUE, "hardly varies"),
    ],
)
def test_degenerate_policies_are_flagged_and_refused(agent, policy, word):
    result = verdict(agent, policy)
    assert any(word in flag for flag in result.flags)
    assert not result.accepted


def test_information_is_that_between_what_is_seen_and_what_is_done():
    seen = np.zeros((4, 13), np.float32)
    seen[:, GAP] = (-5.0, -5.0, 5.0, 5.0)
    decided = linear({GAP: (-20, 0, 20)})
    assert information(decided, seen) == pytest.approx(math.log(2))
    assert information(replace(decided, greedy=False), seen) == pytest.approx(math.log(2))
    assert information(BUYER, seen) == 0.0
    assert information(replace(linear({}), greedy=False), seen) == pytest.approx(0.0)
    # A channel that says the truth in three of four cases.
    odds = 0.1 * math.log(3)
    noisy = replace(linear({GAP: (-odds, 0, odds)}, bias=(0, -99, 0)), greedy=False)
    expected = math.log(2) + 0.75 * math.log(0.75) + 0.25 * math.log(0.25)
    assert information(noisy, seen) == pytest.approx(expected, rel=1e-5)


def test_days_are_measured_as_they_were():
    days = trade_days(baselines(24)["buy and hold"], SHORT, days=6, hours=24 * 5 / 3600)
    assert days.shares.tolist() == [0.0, 0.0, 1.0]
    # Two lots a decision up to the limit of forty.
    np.testing.assert_array_equal(days.traded, 40.0)
    np.testing.assert_allclose(days.at_limit, 4 / 24)
    assert (days.drawdown >= -days.pnl).all()
    again = trade_days(baselines(24)["buy and hold"], SHORT, days=6, hours=24 * 5 / 3600)
    np.testing.assert_array_equal(again.pnl, days.pnl)


def test_rules_do_what_their_names_say():
    rules = baselines(100)
    observations = np.zeros((3, 13), np.float32)
    observations[:, GAP] = (-5.0, 0.0, 5.0)
    assert rules["value"](observations, 0).tolist() == [0, 1, 2]
    observations[:, INVENTORY] = (0.0, 0.0, 1.0)
    assert rules["value"](observations, 0).tolist() == [0, 1, 1]
    random = rules["random"]
    first = [random(observations, k).tolist() for k in range(5)]
    assert [random(observations, k).tolist() for k in range(5)] == first
    sampled = Policy(linear({}), sampled=True)
    drawn = np.concatenate([sampled(np.zeros((50, 13), np.float32), k) for k in range(20)])
    np.testing.assert_allclose(np.bincount(drawn, minlength=3) / 1000, 1 / 3, atol=0.06)


def test_an_evaluation_covers_every_rule_on_the_same_days():
    shares = []
    result = evaluate(
        VALUE, SHORT, days=6, hours=0.04, on_share=lambda name, share: shares.append(share)
    )
    assert set(result.results) == {AGENT, SYMMETRIC, MAKER, *baselines(10)}
    assert result.results["hold"].pnl.tolist() == [0.0] * 6
    assert shares == sorted(shares) and shares[-1] < 1.0
    with pytest.raises(ValueError, match="days"):
        evaluate(VALUE, SHORT, days=3)


def test_stress_is_measured_with_and_without_the_agent():
    crash = {"type": "news_jump", "magnitude": -0.03}
    settings = {"scenario": SHORT, "runs": 2, "lead": 60, "before": 60, "after": 240}
    shares = []
    buyer, calm = (
        stress_test_agent(BUYER, [crash], **settings, on_share=shares.append)[0],
        stress_test_agent(linear({}, bias=(0, 1, 0)), [crash], **settings)[0],
    )
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert buyer.stress == crash and buyer.runs == 2
    assert buyer.price_drop_without == calm.price_drop_without > 0.002
    assert buyer.inventory_max == 40.0
    # Who has bought all it may before a crash loses; who holds nothing changes nothing.
    assert buyer.pnl < 0.0 < buyer.drawdown
    assert (calm.pnl, calm.inventory_max, calm.shares) == (0.0, 0.0, (0.0, 1.0, 0.0))
    assert sum(buyer.shares) == pytest.approx(1.0)
    assert buyer.shares[2] > 0.2
    json.dumps(buyer.summary(), allow_nan=False)
    # Who changes nothing changes nothing for sure; two runs leave wide intervals for the other.
    assert calm.amplification_low == calm.volatility_amplification == calm.amplification_high == 1.0
    middle = math.log(buyer.amplification_high * buyer.amplification_low) / 2
    assert math.exp(middle) == pytest.approx(buyer.volatility_amplification)
    reach = math.log(buyer.amplification_high) - middle
    assert reach == pytest.approx(12.706 * buyer.amplification_error, rel=1e-4)  # t, 1 degree


def test_no_figure_depends_on_the_number_of_threads(monkeypatch):
    crash, jump = ({"type": "news_jump", "magnitude": size} for size in (-0.03, 0.02))
    found = []
    for count in (1, 3):
        for module in ("learning.judging.threads", "thread_team"):
            monkeypatch.setattr(f"abm_desktop.{module}.processors", lambda count=count: count)
        stressed = stress_test_agent(
            VALUE, [crash, jump], scenario=SHORT, runs=3, lead=30, before=30, after=60
        )
        judged = evaluate(VALUE, SHORT, days=6, hours=0.03)
        found.append((stressed, judged.summary(), judged.results[AGENT].pnl.tolist()))
    assert found[0] == found[1]


def test_a_maker_trades_the_same_days_within_its_limit():
    settings = {"days": 6, "hours": 0.1, "max_inventory": 6}
    maker = trade_days(AvellanedaStoikov(max_inventory=6), SHORT, "maker", **settings)
    idle = trade_days(fixed(8), SHORT, "maker", **settings | {"max_inventory": 1})
    assert (maker.traded > 0).all() and maker.inventory.max() <= 6.0
    assert maker.shares.sum() == pytest.approx(1.0) and maker.shares.max() < 1.0
    assert np.isnan(maker.accuracy) and (maker.drawdown >= -maker.pnl).all()
    assert idle.inventory.max() <= 1.0


def test_pieces_of_work_run_side_by_side_and_one_fault_ends_them_all():
    heard = []

    def piece(tell):
        for k in range(4):
            tell(k / 4)
        return threading.current_thread().name

    work = {f"piece {k}": piece for k in range(5)}
    results = side_by_side(work, lambda name, share: heard.append(share))
    assert list(results) == list(work)
    assert threading.main_thread().name not in results.values()
    assert heard == sorted(heard) and all(0.0 <= share < 1.0 for share in heard)

    forever = threading.Event()

    def endless(tell):
        while not forever.wait(0.001):
            tell(0.5)

    def broken(tell):
        raise RuntimeError("out of order")

    with pytest.raises(RuntimeError, match="out of order"):
        side_by_side({"endless": endless, "broken": broken})

    def enough(name, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side({"endless": endless, "other": endless}, enough)


def test_a_finished_policy_is_judged_without_being_asked():
    kept, told = {}, []
    examine(
        VALUE, SHORT, lambda *news: told.append(news), keep=kept.__setitem__,
        days=6, hours=0.04, runs=1, after=60.0,
    )  # fmt: skip
    assert list(kept) == ["evaluation", "stress_test"]
    assert set(kept["evaluation"]["rules"]) == {AGENT, SYMMETRIC, MAKER, *baselines(10)}
    kinds = [outcome["stress"]["type"] for outcome in kept["stress_test"]["outcomes"]]
    assert kinds == list(STRESS_TYPES) and len(kinds) == 11
    shares = [share for _, _, share in told]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert {stage for stage, _, _ in told} == {"evaluation", "stress_test"}
    json.dumps(kept, allow_nan=False)


def test_a_policy_is_judged_in_every_market_that_is_named():
    """The first gives the verdict; what was found elsewhere before stays beside the new."""
    kept, told = {}, []
    other = SHORT.model_copy(update={"name": "other"})
    examine(
        VALUE, SHORT, lambda *news: told.append(news), keep=kept.__setitem__,
        days=6, hours=0.04, runs=1, after=60.0, markets=(other, SHORT),
    )  # fmt: skip
    found = kept["evaluation"]
    assert found["scenario"] == "other"
    assert [e["scenario"] for e in everywhere(found)] == ["other", SHORT.name]
    alone = evaluate(VALUE, SHORT, days=6, hours=0.04).summary()
    assert everywhere(found)[1] == alone
    places = {what.rpartition(" in ")[2] for stage, what, _ in told if stage == "evaluation"}
    assert places == {"other", SHORT.name}
    shares = [share for stage, _, share in told if stage == "evaluation"]
    assert shares == sorted(shares) and 0.6 < shares[-1] <= 0.7
    again = with_earlier(alone | {"days": 9}, found)
    assert [(e["scenario"], e["days"]) for e in everywhere(again)] == [
        (SHORT.name, 9),
        ("other", 6),
    ]
    assert with_earlier(alone, None) == alone
    logged = dict(outcome_of("evaluation", found))
    assert logged[f"evaluation in {SHORT.name}/accepted"] == float(alone["accepted"])


def test_markets_of_the_evaluation_are_named_once_and_are_there(data_folder):
    with pytest.raises(ConfigError, match=r"evaluation_scenarios: names 'calm' twice"):
        make_config(evaluation_scenarios=("calm", "dr1", "calm"))
    with pytest.raises(ScenarioError, match="atlantis"):
        check(make_config(evaluation_scenarios=("atlantis",)))


def test_stress_scenarios_have_the_names_they_are_given():
    named = {
        "a fall": {"type": "flash_crash", "magnitude": 0.02},
        "another": {"type": "flash_crash", "magnitude": 0.01},
    }
    settings = {"scenario": SHORT, "runs": 1, "lead": 10, "before": 10, "after": 30}
    by_name = stress_test_agent(BUYER, named, **settings)
    assert [outcome.name for outcome in by_name] == list(named)
    assert [outcome.stress for outcome in by_name] == list(named.values())
    assert by_name[0].summary()["name"] == "a fall"
    listed = stress_test_agent(BUYER, list(named.values()), **settings)
    assert [outcome.name for outcome in listed] == ["flash_crash", "flash_crash"]
    assert [replace(outcome, name="") for outcome in by_name] == [
        replace(outcome, name="") for outcome in listed
    ]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"type": "flash_crash", "magnitude": 0.1}, r"stress_scenarios\.type"),
        ({"crash": "flash_crash"}, r"stress_scenarios\.crash"),
        ({7: {"type": "flash_crash"}}, "stress_scenarios"),
        ({"crash": {"type": "flash_crash", "magnitude": "big"}}, r"stress_scenarios\.crash\.magni"),
        ([{"type": "flash_crash"}, {"magnitude": 0.1}], r"stress_scenarios\[1\]\.type"),
        (["flash_crash"], r"stress_scenarios\[0\]"),
        ("flash_crash", "stress_scenarios"),
        (0.1, "stress_scenarios"),
        ({}, "stress_scenarios"),
    ],
)
def test_what_is_no_stress_scenario_is_told_with_its_place(given, key):
    with pytest.raises(InputError, match=key):
        stress_test_agent(VALUE, given)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("runs", 0), ("runs", 1.5), ("traders", True), ("seed", -1), ("after", 0.0), ("lead", "1h")],
)
def test_settings_of_a_stress_test_are_checked(setting, value):
    with pytest.raises(InputError, match=f"^{setting} must be"):
        stress_test_agent(VALUE, [{"type": "flash_crash"}], **{setting: value})


def test_what_cannot_be_tested_is_told(tmp_path, data_folder):
    with pytest.raises(ScenarioError, match="meteor"):
        stress_test_agent(VALUE, [{"type": "meteor"}])
    with pytest.raises(ModelError, match="nobody"):
        load_agent("nobody")
    file = tmp_path / "policy.npz"
    VALUE.save(file)
    assert load_agent(file).logits(np.ones((1, 13))).shape == (1, 3)
    (tmp_path / "broken.npz").write_bytes(b"no policy")
    with pytest.raises(ModelError, match="broken"):
        load_agent(tmp_path / "broken.npz")
