"""A role of one's own is an object and a registration: nothing else knows its name."""

import json
from itertools import pairwise

import numpy as np
import pytest
from support.long_tests import long

from abm_desktop import model_folders
from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.envs import MultiAgentMarketEnv, RoleSettings, SharedMarketVectorEnv
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running import cells
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.judging.evaluation import AGENT, SYMMETRIC, evaluate
from abm_desktop.learning.judging.evaluation_columns import evaluation_columns
from abm_desktop.learning.judging.stress_test import stress_test_agent
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import models
from abm_desktop.learning.rllib.algorithms import make_environment
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.learning.trainer import RLTrainer
from abm_desktop.market import roles
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles.executor import Executor
from abm_desktop.market.roles.judged import Check, Contender, fixed
from abm_desktop.market.roles.numbers import SHARES
from abm_desktop.market.roles.role import Mirror
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, ScenarioError
from abm_desktop.scenario.quantity import described

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "1min"}})


class Crosser(Executor):
    """An executor without quotes, that does not see one either: it only takes."""

    name = "crosser"
    noun = "a crosser"
    own_observations = Executor.own_observations[:4]
    own_features = Executor.own_features[:4]
    actions = Executor.actions[: len(SHARES)]
    sides = Executor.sides[: len(SHARES)]
    side_names = ("WAIT", "REST", "CROSS")
    share_title = "wait/rest/cross"
    own_columns = Executor.own_columns[:1]

    def mirror(self):
        return Mirror(np.arange(17), np.ones(17, np.float32), np.arange(5))

    def contenders(self, decisions, seed):
        return {"even": Contender(fixed(2)), "random": Contender(fixed(1)), "fast": FAST}

    def checks(self, judged):
        ahead = judged.agent.pnl.mean() - judged.results["even"].pnl.mean()
        return [Check("cheaper than even", bool(ahead > 0.0), f"{ahead:+.2f}")]

    def words(self, rules):
        return []

    def numbers_told(self, rules):
        return []


FAST = Contender(fixed(4))


@pytest.fixture
def crosser():
    yield roles.register(Crosser())
    roles.unregister("crosser")


@pytest.fixture
def data(monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.setattr(model_folders, "bundled_dir", lambda: tmp_path / "shipped")
    return tmp_path


def policy(seed=0, sizes=roles.RoleSizes(parent_lots=40, parent_seconds=60.0)):  # noqa: B008
    rng = np.random.default_rng(seed)
    pairs = list(pairwise((17, 8, 5)))
    weights = tuple(rng.normal(0, 0.5, pair).astype(np.float32) for pair in pairs)
    biases = tuple(np.zeros(n, np.float32) for _, n in pairs)
    return PolicyNet(weights, biases, role="crosser", sizes=sizes, name="own")


@long("compiles environments of its own")
def test_it_steps_in_every_environment(crosser):
    env = SharedMarketVectorEnv(2, SHORT, traders=2, role="crosser", episode_seconds=30.0)
    assert env.single_observation_space.shape == (17,) and env.single_action_space.n == 5
    observations, _ = env.reset(seed=1)
    assert observations.shape == (4, 17)
    assert np.allclose(observations[:, 13], 1.0), "all of its order is left"
    for _ in range(6):
        observations, rewards, _, over, _ = env.step(np.full(4, 4))
    assert over.all() and (np.abs(env.accounts()["inventory"]) > 0).all() and rewards.any()
    with pytest.raises(InputError, match="0 to 4"):
        env.step(np.full(4, 5))  # QUOTE AT BEST is not its
    both = MultiAgentMarketEnv(SHORT, roles=("crosser", "maker"), episode_seconds=20.0)
    seen, _ = both.reset(seed=1)
    assert seen["crosser_0"].shape == (17,) and seen["maker_0"].shape == (16,)
    both.step({"crosser_0": 1, "maker_0": 0})


def test_it_can_be_trained_although_it_came_after_the_settings(crosser):
    """Which roles there are is asked for each time: the settings were loaded long ago."""
    assert RLTrainer(role="crosser", num_workers=0).config.role == "crosser"
    assert described(TrainingConfig)["role"].choices[-1] == "crosser"
    assert "crosser: " in described(TrainingConfig)["role"].tip
    assert TrainingConfig.model_json_schema()["properties"]["role"]["enum"][-1] == "crosser"
    roles.unregister("crosser")
    try:
        with pytest.raises(ConfigError, match=r'"crosser", must be one of .*sizing.*; choose one'):
            make_config(role="crosser")
        with pytest.raises(ConfigError, match='did you mean "maker"'):
            make_config(role="makers")
        assert "crosser" not in described(TrainingConfig)["role"].choices
    finally:
        roles.register(crosser)


def test_it_is_set_up_for_training_with_frozen_opponents(crosser):
    config = make_config(role="crosser", envs_per_worker=2, minibatch_size=8, frozen_traders=1)
    env = make_environment(config, 2, 0)
    assert env.single_observation_space.shape == (17,)
    idle = holding_policy(config)
    assert idle.role == "crosser" and idle.sizes.parent_lots == config.parent_lots
    env.reset(seed=3)
    env.step(np.zeros(2, np.int64))


def test_it_trades_inside_the_market_and_is_looked_at(crosser):
    market = Simulator(SHORT, 3)
    market.warm_up()
    market.add_policy_traders(policy(), 1)
    market.run(40.0)
    watched = market.watched_trader(0)
    assert watched.role == "crosser"
    assert watched.observation.shape == (17,) and watched.probabilities.shape == (5,)
    assert watched.decisions >= 6 and abs(watched.position) > 0
    again = Simulator(SHORT, 3)
    again.warm_up()
    again.add_policy_traders(policy(), 1)
    again.run(40.0)
    assert np.array_equal(again.tape.trades, market.tape.trades)


def test_it_is_evaluated_and_put_under_stress_by_its_own_rules(crosser):
    found = evaluate(policy(), SHORT, days=6, hours=0.04)
    assert found.role == "crosser"
    assert set(found.results) == {AGENT, "even", "random", "fast"}, "its mirror image is itself"
    assert SYMMETRIC not in found.results
    assert [check.name for check in found.checks] == ["cheaper than even"]
    summary = json.loads(json.dumps(found.summary(), allow_nan=False))
    titles = [title for title, _ in evaluation_columns("crosser")]
    assert "wait/rest/cross" in titles and "shortfall, bp" in titles and "left" not in titles
    for rule in summary["rules"].values():
        assert all(text(rule) for _, text in evaluation_columns("crosser"))
    (outcome,) = stress_test_agent(
        policy(), [{"type": "news_jump"}], scenario=SHORT, runs=1, lead=20, before=20, after=30
    )
    assert outcome.inventory_max > 0


def test_its_models_are_kept_listed_and_named(crosser, data):
    policy().save(data / "own.npz")
    info = models.import_model(data / "own.npz", "own")
    assert (info.role, info.trained_as, len(info.observations)) == (
        "crosser",
        "imported crosser",
        17,
    )
    assert [model.name for model in models.list_models(role="crosser")] == ["own"]
    assert models.load_policy("own").sizes == policy().sizes
    models.set_metrics("own", evaluation=evaluate(policy(), SHORT, days=6, hours=0.04).summary())
    assert models.get_model("own").metrics["evaluation"]["role"] == "crosser"
    scenario = SHORT.model_copy(
        update={"rl": Scenario.model_validate({"name": "x", "rl": [{"model": "own"}]}).rl}
    )
    market = Simulator(scenario, 3)
    market.run_until(-30.0)
    assert market.agents["decisions"][-1] > 2
    rl = {"policies": ["own"], "shares": [0.0, 0.1]}
    given = {"name": "x", "scenario": "calm", "rl": rl}
    with pytest.raises(ScenarioError, match="whose place a crosser does not take"):
        cells.make_plan(Design.model_validate(given))
    rl["displaces"] = ["institutions"]
    assert cells.make_plan(Design.model_validate(given)).dose.name == crosser.dose == "parents"


def test_its_actions_have_kinds_for_charts(crosser):
    history = TrainingHistory()
    history.role = roles.role_with_actions(Crosser.actions)
    assert history.role is crosser
    assert crosser.side_shares((0.5, 0.1, 0.1, 0.1, 0.2)) == pytest.approx((0.5, 0.0, 0.5))
    assert crosser.action_colors() == ("ask", "bid", "bid", "bid", "bid")


def test_a_role_that_does_not_fit_its_compiled_side_is_refused():
    class Wide(Executor):
        name = "wide"
        actions = (*Executor.actions, "SHOUT")
        sides = (*Executor.sides, 0)

    class Forgetful(Executor):
        name = "forgetful"
        has_parent = False

    class Unknown(Executor):
        name = "unknown"
        code = 7

    for wrong, says in ((Wide, "more than"), (Forgetful, "remembers"), (Unknown, "side 7")):
        with pytest.raises(InputError, match=says):
            roles.register(wrong())
    with pytest.raises(InputError, match="already"):
        roles.register(Executor())
    with pytest.raises(InputError, match="ships"):
        roles.unregister("maker")
    with pytest.raises(InputError, match="no role 'crosser'"):
        RoleSettings(rewards={"crosser": None})
    assert roles.role_names() == (
        "directional",
        "maker",
        "executor",
        "remembering",
        "remembering-maker",
        "remembering-executor",
        "sizing",
        "queueing-maker",
        "queueing-executor",
    )
