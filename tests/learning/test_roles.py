"""Training of makers and executors: settings, models, and how they are judged."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from support.market_views import core_of, markets_of, traders_of

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running import cells
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.evaluation import AGENT, evaluate, judge
from abm_desktop.learning.judging.evaluation_columns import evaluation_columns
from abm_desktop.learning.judging.stress_test import stress_test_agent
from abm_desktop.learning.judging.trading_days import trade_days
from abm_desktop.learning.process.messages import Done, Progress, encode, parse_message
from abm_desktop.learning.process.preflight import check
from abm_desktop.learning.process.run_logs import measurements
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import models
from abm_desktop.learning.rllib.algorithms import make_environment
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import RoleSizes, action_names, observation_names
from abm_desktop.market.roles.executor import TWAP, AlmgrenChriss
from abm_desktop.market.roles.judged import RANDOM, TradingDays, fixed
from abm_desktop.market.roles.maker import AVELLANEDA_STOIKOV as MAKER
from abm_desktop.market.roles.maker import skew_of
from abm_desktop.market.roles.numbers import ON_SCHEDULE, SHARES
from abm_desktop.scenario import Scenario, ScenarioError

from .conftest import TINY

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})


def policy_of(role, seed=0):
    rng = np.random.default_rng(seed)
    sizes = (len(observation_names(role)), 16, len(action_names(role)))
    weights = tuple(rng.normal(0, 0.5, pair).astype(np.float32) for pair in pairwise(sizes))
    biases = tuple(np.zeros(n, np.float32) for n in sizes[1:])
    return PolicyNet(weights, biases, name=role, role=role)


def test_a_role_has_its_own_environment_and_opponents():
    for role, width, actions in (("maker", 16, 10), ("executor", 18, 7)):
        config = make_config(role=role, envs_per_worker=2, minibatch_size=8, frozen_traders=1)
        env = make_environment(config, 2, 0)
        assert isinstance(env, SharedMarketVectorEnv)
        assert env.single_observation_space.shape == (width,)
        assert env.single_action_space.n == actions
        idle = holding_policy(config)
        choice = int(idle.logits(np.zeros((1, width), np.float32)).argmax())
        assert idle.actions[choice] == ("BID -5 ASK +5" if role == "maker" else "0 x SCHEDULE")


def test_roles_are_for_markets_and_are_named():
    with pytest.raises(ConfigError, match=r"role: .*no roles"):
        make_config(role="maker", environment="learning.environments:sign")
    with pytest.raises(ConfigError, match="role"):
        make_config(role="banker")


@pytest.mark.parametrize("algorithm", ["PPO", "DQN"])
def test_a_maker_is_trained_judged_and_gone_on_with(laboratory, algorithm, tmp_path):
    scenario = tmp_path / "short.toml"
    scenario.write_text('name = "short"\n\n[market]\nwarm_up = "2min"\n')
    settings = TINY | {
        "scenario": str(scenario),
        "algorithm": algorithm,
        "role": "maker",
        "mirror": True,
        "iterations": 2,
        "episode_seconds": 60,
        "learning_starts": 100,
        "evaluate_after": algorithm == "PPO",
        "evaluation_days": 6,
        "evaluation_hours": 0.02,
        "stress_runs": 1,
    }
    messages = laboratory.train(make_config(**settings))
    done = messages[-1]
    assert isinstance(done, Done) and not done.warnings, messages[-1]
    last = [m for m in messages if isinstance(m, Progress)][-1]
    assert last.actions == action_names("maker") and sum(last.action_shares) == pytest.approx(1.0)
    assert last.pnl_mean is not None and np.isfinite(list(last.losses.values())).all()
    model = models.get_model(done.name)
    assert "-maker-" in model.name and model.trained_as == f"{algorithm} maker"
    assert (model.role, len(model.observations), model.actions[9]) == ("maker", 16, "CLOSE")
    assert models.load_policy(done.name).role == "maker"
    if algorithm == "PPO":
        found = model.metrics["evaluation"]
        assert found["role"] == "maker" and {AGENT, MAKER, RANDOM} <= set(found["rules"])
        assert {"spread", "skew", "closes"} <= set(found["rules"][AGENT])
        assert len(model.metrics["stress_test"]["outcomes"]) > 5
        again = laboratory.train(make_config(**settings | {
            "resume_from": done.name, "iterations": 1, "evaluate_after": False,
        }))  # fmt: skip
        assert isinstance(again[-1], Done)
        assert models.get_model(again[-1].name).parent == done.name
    with pytest.raises(models.ModelError, match="its role is maker, not directional"):
        check(make_config(**TINY | {"algorithm": algorithm, "resume_from": done.name}))


def test_progress_of_a_maker_survives_the_protocol_and_is_logged():
    shares = tuple(k / 45 for k in range(10))
    values = {
        **dict.fromkeys(("iteration", "iterations", "env_steps", "episodes"), 1),
        **dict.fromkeys(("steps_per_second", "sample_seconds", "learn_seconds"), 1.0),
        **dict.fromkeys(("elapsed_seconds", "eta_seconds"), 1.0),
        **dict.fromkeys(("reward_mean", "episode_length_mean")),
    }
    progress = Progress(**values, action_shares=shares, actions=action_names("maker"))
    assert parse_message(encode(progress)) == progress
    logged = measurements(progress)
    assert sum(name.startswith("actions/") for name in logged) == 10
    assert logged["actions/close"] == 9 / 45


@pytest.mark.parametrize("role", ["maker", "executor"])
def test_models_of_a_role_are_listed_exported_and_taken_in(data_folder, tmp_path, role):
    policy = replace(policy_of(role), sizes=RoleSizes(3, 50, 90.0))
    policy.save(tmp_path / "mine.npz")
    info = models.import_model(tmp_path / "mine.npz", "mine")
    assert (info.role, info.actions) == (role, policy.actions)
    assert [m.name for m in models.list_models(role=role)] == ["mine"]
    assert models.list_models(role="directional") == []
    seen = np.random.default_rng(3).normal(size=(200, len(policy.observations)))
    seen = seen.astype(np.float32)
    expected = policy.logits(seen)
    module = torch.jit.load(str(models.export_model("mine", tmp_path / "mine.pt")))
    np.testing.assert_allclose(module(torch.from_numpy(seen)).detach(), expected, atol=1e-5)
    graph = ReferenceEvaluator(str(models.export_model("mine", tmp_path / "mine.onnx")))
    logits, actions = graph.run(None, {"observations": seen})
    np.testing.assert_allclose(logits, expected, atol=1e-5)
    assert np.array_equal(actions, expected.argmax(axis=1))
    assert models.load_policy("mine").sizes == policy.sizes == RoleSizes(3, 50, 90.0)
    models.export_model("mine", tmp_path / "mine.zip")
    assert models.import_model(tmp_path / "mine.zip", "yours").role == role


def test_an_experiment_names_the_remedy_for_a_makers_model(data_folder, tmp_path):
    policy_of("maker").save(tmp_path / "m.npz")
    models.import_model(tmp_path / "m.npz", "quoter")
    design = Design.model_validate(
        {"name": "x", "scenario": "calm", "rl": {"policies": ["quoter"], "shares": [0.0, 0.1]}}
    )
    with pytest.raises(
        ScenarioError, match=r"displaces.*whose place a maker does not take[\s\S]*market_makers"
    ):
        cells.make_plan(design)


def test_the_slope_of_quotes_on_inventory_has_the_known_value():
    load = np.array([-1.0, 0.0, 1.0, 0.5])
    # BID -1 ASK +3 (mean +1), BID -1 ASK +1 (0), BID -3 ASK +1 (-1); CLOSE is left out.
    assert skew_of(np.array([6, 0, 5, 9]), load) == pytest.approx(-1.0)
    assert np.isnan(skew_of(np.array([0, 5]), np.zeros(2)))


def days_of(pnl, taken, **measures):
    pnl = np.asarray(pnl, float)
    n = len(pnl)
    return TradingDays(
        pnl=pnl, drawdown=np.zeros(n), inventory=np.full(n, 5.0), traded=np.full(n, 500.0),
        at_limit=np.zeros(n), actions=np.array([1, 1, 1]), hits=0, misses=0,
        position=np.zeros(n), move=np.ones(n),
        observations=np.random.default_rng(0).normal(size=(300, 16)).astype(np.float32),
        taken=np.asarray(taken), measures=measures,
    )  # fmt: skip


def test_a_maker_is_accepted_where_it_beats_the_rule_and_flagged_where_it_does_not_look():
    random = np.random.default_rng(4)
    good, few = random.normal(10, 1, 16), {"spread": 1.0, "skew": -0.3, "closes": 0.1}
    results = {
        AGENT: days_of(good, [3] * 10, **few),
        MAKER: days_of(good - 2, [3] * 10, **few),
        RANDOM: days_of(random.normal(0, 3, 16), [3] * 10, **few),
    }
    verdict = judge("calm", results, 2.0, policy_of("maker"))
    assert verdict.accepted and verdict.role == "maker", (verdict.checks, verdict.flags)
    summary = json.loads(json.dumps(verdict.summary(), allow_nan=False))
    assert summary["rules"][AGENT]["skew"] == -0.3 and summary["value_ratio"] is None
    for rule in summary["rules"].values():
        assert all(text(rule) for _, text in evaluation_columns("maker"))
    results[MAKER] = days_of(good + 2, [3] * 10, **few)
    failed = judge("calm", results, 2.0, policy_of("maker")).checks
    assert [c.name for c in failed if not c.passed] == [f"against {MAKER}"]
    blind = PolicyNet((np.zeros((16, 10), np.float32),), (np.eye(10)[0].astype(np.float32),),
                      role="maker")  # fmt: skip
    results[AGENT] = days_of(good, [100, *[0] * 9], spread=1.0, skew=np.nan, closes=0.0)
    flags = " ".join(judge("calm", results, 2.0, blind).flags)
    assert "BID -1 ASK +1" in flags and "whatever it sees" in flags


def test_an_executor_is_measured_against_twap_on_the_same_orders():
    sizes = RoleSizes(parent_lots=60, parent_seconds=300.0)
    policy = replace(policy_of("executor"), sizes=sizes)
    found = evaluate(policy, SHORT, days=6, hours=1 / 6)
    summary = found.summary()
    assert found.role == "executor" and set(found.results) > {AGENT, TWAP, "Almgren-Chriss"}
    schedule = found.results[TWAP]
    assert schedule.measures["unfinished"] == 0.0
    # Two orders a day; on schedule it trades at every decision.
    assert (schedule.traded == 120.0).all() and schedule.actions.tolist() == [0, 0, 720]
    # The same shortfall twice: in currency a day, and in basis points of some 100.00 a share.
    worth = 6 * 120 * SHORT.market.lot * SHORT.market.start_price
    assert schedule.measures["shortfall_bp"] == pytest.approx(
        -1e4 * schedule.pnl.sum() / worth, rel=0.02
    )
    assert {c["name"] for c in summary["checks"]} == {f"against {TWAP}", "finishes"}
    for rule in summary["rules"].values():
        assert all(text(rule) for _, text in evaluation_columns("executor"))


def test_what_an_order_cost_is_that_of_the_orders_that_are_over():
    days = trade_days(fixed(ON_SCHEDULE), SHORT, "executor", days=6, hours=0.125,
                     sizes=RoleSizes(parent_lots=60, parent_seconds=300.0))  # fmt: skip
    same = trade_days(fixed(ON_SCHEDULE), SHORT, "executor", days=6, hours=0.1,
                     sizes=RoleSizes(parent_lots=60, parent_seconds=300.0))  # fmt: skip
    assert (days.traded == 60.0).all(), "the second order of 450 s is not over"
    assert np.array_equal(days.pnl, same.pnl) and days.measures == same.measures


def test_the_schedule_of_almgren_and_chriss_is_twap_without_urgency_and_earlier_with():
    seen = np.zeros((21, len(observation_names("executor"))), np.float32)
    seen[:, 14] = np.linspace(1.0, 0.0, 21)
    assert (AlmgrenChriss(1e-6)(seen, 0) == ON_SCHEDULE).all()
    multiples = np.array(SHARES)[AlmgrenChriss(3.0)(seen, 0)]
    # 3 coth 3 = 3.015 is nearer to 4 than to 2; with no time left an even schedule is all there is.
    assert multiples[0] == 4.0 and multiples[-1] == 1.0 and (np.diff(multiples) <= 0).all()


def test_the_sizes_of_a_role_are_settings_of_its_training():
    config = make_config(role="executor", parent_lots=33, parent_seconds=60, envs_per_worker=2,
                         minibatch_size=8, frozen_traders=1)  # fmt: skip
    assert config.sizes == RoleSizes(2, 33, 60.0) == holding_policy(config).sizes
    core = core_of(make_environment(config, 2, 0))
    assert (traders_of(core)["parent"] == 33).all() and (
        markets_of(core).roles["parent"][:, -1] == 33
    ).all()
    maker = core_of(make_environment(make_config(role="maker", quote_size=5), 1, 0))
    assert markets_of(maker).agents["size"][0, maker.first] == 5
    with pytest.raises(ConfigError, match=r"parent_seconds: is 7200 s, more than an episode"):
        make_config(role="executor", parent_seconds=7200)
    with pytest.raises(ConfigError, match=r"quote_size: .*40"):
        make_config(role="maker", quote_size=41)
    assert make_config(role="directional", parent_seconds=7200).sizes.parent_seconds == 7200


def test_a_maker_is_stress_tested_by_its_fills():
    (outcome,) = stress_test_agent(
        policy_of("maker"), [{"type": "news_jump"}], scenario=SHORT, runs=1, traders=2,
        lead=60.0, before=60.0, after=120.0,
    )  # fmt: skip
    sells, holds, buys = outcome.shares
    assert sells > 0 and buys > 0 and 0 <= holds < 1
