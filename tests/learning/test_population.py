"""Populations: seats, leagues, selections, and their models in the registry."""

from __future__ import annotations

import itertools
import json
import logging
from collections import Counter

import numpy as np
import pytest

from abm_desktop.commands import run_command
from abm_desktop.envs import RewardWeights, SharedMarketVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.population import markets
from abm_desktop.learning.population.config import (
    League,
    LearnerGroup,
    PopulationConfig,
    PopulationError,
    Selection,
    load_population,
)
from abm_desktop.learning.population.continuing import other_settings
from abm_desktop.learning.population.league import PastCopies
from abm_desktop.learning.population.markets import MarketTables
from abm_desktop.learning.population.measures import Episodes
from abm_desktop.learning.population.seats import SeatsSample, rollout_of
from abm_desktop.learning.population.selection import explored, replacements
from abm_desktop.learning.population.session import PopulationSession
from abm_desktop.learning.population.training import market_population
from abm_desktop.learning.process.continuing import config_to_continue, may_continue
from abm_desktop.learning.process.history import load_history
from abm_desktop.learning.registry import checkpoints, models
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.market.roles import RoleSizes
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

SHORT = '[market]\nwarm_up = "1min"\n'
SMALL = {"hidden": [8], "minibatch_size": 64, "epochs": 1}


@pytest.fixture
def short(tmp_path):
    file = tmp_path / "short.toml"
    file.write_text('name = "short"\n' + SHORT)
    return str(file)


def small(scenario, *groups, **own):
    return PopulationConfig(
        scenario=scenario,
        learners=groups,
        **{"markets": 2, "rollout_length": 48, "iterations": 4} | {"episode_seconds": 100.0} | own,
        parent_seconds=60.0,
    )


def test_seats_of_one_policy_play_what_a_shared_environment_plays(short):
    """With one policy in all seats nothing is new: the same markets, actions and rewards."""
    config = TrainingConfig(role="remembering", **SMALL)
    policy = holding_policy(config)
    # Draws from nearly equal logits.
    tables = MarketTables(
        short, 2, ("remembering",) * 3, [RewardWeights()] * 3,
        sizes=RoleSizes(), seed=5, episode_seconds=60.0, threads=1, stagger=False,
    )  # fmt: skip
    sample = tables.sample([policy], np.zeros((2, 3), np.int64), 30, np.random.default_rng(1))
    env = SharedMarketVectorEnv(
        2, short, traders=3, role="remembering", episode_seconds=60.0, seed=5, threads=1
    )
    observations, _ = env.reset(seed=5)
    assert np.array_equal(sample.observations[0].reshape(6, -1)[:, :17], observations)
    for t in range(30):
        observations, rewards, _, done, _ = env.step(sample.actions[t].ravel())
        assert np.array_equal(sample.observations[t + 1].reshape(6, -1)[:, :17], observations)
        assert np.allclose(sample.rewards[t].ravel(), rewards)
        assert np.array_equal(np.repeat(sample.done[t], 3), done)
    assert sample.done.any() and not sample.valid.all()
    assert len(sample.profits) == sample.done.sum()


def test_each_learner_learns_from_its_own_seats_alone(short):
    """Logits of the sampled actions are its own policy's; others' changes do not touch it."""
    config = small(
        short,
        LearnerGroup(role="directional", count=2, settings=SMALL),
        LearnerGroup(role="maker", count=2, shared=True, settings=SMALL),
        LearnerGroup(role="remembering-executor", settings=SMALL),
    )
    population, trainings = market_population(config)
    assert population.seats == (0, 1, 2, 2, 3)
    assert [one.role for one in trainings] == [
        "directional", "directional", "maker", "remembering-executor",
    ]  # fmt: skip
    players = population.players()
    seating = np.tile(population.seats, (2, 1))
    sample = population.tables.sample(players, seating, 48, np.random.default_rng(3))
    for who, player in enumerate(players):
        inputs = len(player.observations)
        rollout = rollout_of(sample, seating == who, inputs)
        assert rollout.observations.shape == (49, 4 if who == 2 else 2, inputs)
        seen = rollout.observations[:-1].reshape(-1, inputs)
        logits = player.logits(seen).astype(np.float64)
        logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        chosen = logp[np.arange(len(seen)), rollout.actions.ravel()]
        valid = rollout.valid.ravel()
        assert np.allclose(rollout.log_probabilities.ravel()[valid], chosen[valid], atol=1e-4)
        assert rollout.actions.max() < len(player.actions)
    before = [one.policy().weights[0].copy() for one in population.learners]
    assert not np.array_equal(before[0], before[1]), "first weights of their own"
    population.learners[0].learn(rollout_of(sample, seating == 0, 13))
    after = [one.policy().weights[0] for one in population.learners]
    assert not np.array_equal(before[0], after[0])
    assert all(np.array_equal(a, b) for a, b in zip(before[1:], after[1:], strict=True))
    population.close()


def test_a_policy_may_have_several_traders_and_a_stress_be_held_out(short, monkeypatch):
    given, core = {}, markets.MarketCore

    def noted(*names, **values):
        given.update(values)
        return core(*names, **values)

    monkeypatch.setattr(markets, "MarketCore", noted)
    config = small(
        short,
        LearnerGroup(role="directional", count=2, traders_each=3, settings=SMALL),
        stress_probability=0.5,
        held_out_stress="liquidity_shock",
    )
    population, trainings = market_population(config)
    population.close()
    assert population.seats == (0, 0, 0, 1, 1, 1)
    assert (given["stress_probability"], given["held_out_stress"]) == (0.5, "liquidity_shock")
    assert config.decisions_per_iteration == 2 * 3 * 2 * 48
    assert config.decisions_per_iteration == sum(one.steps_per_iteration for one in trainings)
    assert {one.held_out_stress for one in trainings} == {"liquidity_shock"}
    with pytest.raises(ValueError, match="traders_each"):
        LearnerGroup(count=2, shared=True, traders_each=2)


def test_a_population_of_before_there_was_a_setting_learned_as_is_usual(short):
    config = small(short, LearnerGroup(role="directional", settings=SMALL))
    before = config.model_dump(mode="json")
    del before["held_out_stress"]
    assert other_settings(config, before) == []
    held_out = config.model_copy(update={"held_out_stress": "news_jump", "iterations": 9})
    assert other_settings(held_out, before) == ["held_out_stress"]


def test_a_seed_repeats_a_population_on_any_number_of_threads(short):
    group = LearnerGroup(role="remembering", count=3, settings=SMALL)
    rules = {"league": League(seats=1, interval=2), "selection": Selection(interval=2)}
    found = []
    for threads in (1, 2):
        config = small(short, group, threads=threads, **rules)
        population, _ = market_population(config)
        rows = [[row.reward for row in progress.learners] for progress in population]
        found.append((rows, population.learners[0].policy().weights[0]))
        population.close()
    assert found[0][0] == found[1][0] and np.array_equal(found[0][1], found[1][1])


def test_risk_aversion_and_horizon_are_each_learner_s_own(short):
    """The inventory cost of its settings is in its reward, and nobody else's."""
    own = {"reward_inventory": [0.0, 0.5], "gamma": [0.5, 0.9]} | SMALL
    group = LearnerGroup(role="directional", count=2, settings=own)
    population, trainings = market_population(small(short, group, episode_seconds=2000.0))
    assert [one.gamma for one in trainings] == [0.5, 0.9]
    buyer = holding_policy(trainings[0])
    buyer.biases[-1][:] = (-9.0, -9.0, 9.0)
    sample = population.tables.sample(
        [buyer], np.zeros((2, 2), np.int64), 60, np.random.default_rng(0)
    )
    full = (sample.observations[:, :, :, 11] == 1.0).all(axis=2)
    held = full[:-1] & full[1:] & sample.valid.all(axis=2)
    gap = (sample.rewards[:, :, 0] - sample.rewards[:, :, 1])[held]
    assert len(gap) > 10 and np.allclose(gap, 0.5, atol=1e-5), "what else they earn is the same"
    progress = population.iterate()
    costs = [row.score - row.reward for row in progress.learners]
    assert costs[0] == 0.0 and costs[1] > 0.0, "ranked without the cost of its own inventory"
    population.close()


def test_a_league_draws_the_newest_as_often_as_it_says():
    league = PastCopies(League(seats=2, newest=0.8, keep=3), 3, [[0, 1], [2]])
    for copy in range(5):
        league.keep([(copy, who) for who in range(3)])
    league.draw(2000, np.random.default_rng(0))
    players, seating = league.seat(7)
    assert seating.shape == (2000, 2) and seating.min() == 7
    first = Counter(players[k - 7] for k in seating[:, 0])
    assert {who for _, who in first} == {0, 1}, "of its group, all alike"
    assert {copy for copy, _ in first} == {2, 3, 4}, "no more than are kept"
    newest = sum(n for (copy, _), n in first.items() if copy == 4) / 2000
    assert newest == pytest.approx(0.8, abs=0.03)
    older = [sum(n for (copy, _), n in first.items() if copy == k) for k in (2, 3)]
    assert older[0] == pytest.approx(older[1], rel=0.25)
    assert {who for _, who in (players[k - 7] for k in seating[:, 1])} == {2}


def test_a_selection_copies_the_best_and_changes_settings_within_bounds(short):
    random = np.random.default_rng(0)
    pairs = replacements([5.0, 1.0, 4.0, 2.0, 3.0, 0.0, 6.0, 7.0], 0.25, random)
    assert {loser for loser, _ in pairs} == {1, 5} and {w for _, w in pairs} <= {6, 7}
    config = TrainingConfig(gamma=0.99, learning_rate=0.9, entropy=0.0)
    rules = Selection(explore=("gamma", "learning_rate", "entropy"), factor=2.0)
    draws = [explored(config, rules, random) for _ in range(20)]
    assert {round(draw["gamma"], 6) for draw in draws} == {0.98, 0.995}
    assert {draw["learning_rate"] for draw in draws} == {0.45, 1.0}, "not beyond its bound"
    group = LearnerGroup(role="directional", count=4, settings=SMALL)
    selection = Selection(interval=2, explore=("learning_rate", "reward_inventory"))
    population, _ = market_population(small(short, group, selection=selection))
    told = [progress.replaced for progress in population]
    assert [len(one) for one in told] == [0, 1, 0, 0], "not after the last iteration"
    (one,) = population.history
    loser = population.learners[one.loser].config
    assert loser.reward_inventory == one.values["reward_inventory"]
    population.close()


def test_a_loser_goes_on_from_the_winner_s_weights_and_moments(short, tmp_path):
    group = LearnerGroup(role="directional", count=2, settings=SMALL)
    population, _ = market_population(small(short, group))
    population.iterate()
    taker, giver = population.learners
    taker.take_over(giver)
    taker.change({"gamma": 0.7, "entropy": 0.2})
    for number, one in enumerate((taker, giver)):
        (tmp_path / str(number)).mkdir()
        one.save(tmp_path / str(number))
    with (
        np.load(tmp_path / "0" / checkpoints.ARRAYS_FILE) as a,
        np.load(tmp_path / "1" / checkpoints.ARRAYS_FILE) as b,
    ):
        assert all(np.array_equal(a[key], b[key]) for key in b.files if "extra" not in key)
    assert taker.config.gamma == 0.7 and giver.config.gamma != 0.7
    population.iterate()
    population.close()


def test_returns_and_lengths_of_episodes_across_samples():
    """An episode that runs over the end of a sample is counted once, whole."""
    episodes = Episodes(2, 1)

    def part(rewards, done):
        rewards = np.array(rewards, np.float32)[:, :, None]
        done = np.array(done)
        empty = np.zeros((len(done) + 1, 2, 1, 1), np.float32)
        ones = np.ones(rewards.shape, np.bool_)
        return SeatsSample(
            empty, np.zeros(rewards.shape, np.int64), rewards, rewards, done, done, ones,
            np.zeros((int(done.sum()), 1)),
        )  # fmt: skip

    tables, returns, lengths = episodes.add(part([[1, 5], [2, 5]], [[0, 1], [0, 0]]))
    assert (tables.tolist(), returns.ravel().tolist(), lengths.tolist()) == ([1], [5.0], [1])
    tables, returns, lengths = episodes.add(part([[3, 7], [4, 0]], [[1, 1], [1, 0]]))
    assert tables.tolist() == [0, 1, 0]
    assert returns.ravel().tolist() == [6.0, 12.0, 4.0] and lengths.tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("markets = 2", "learners"),
        ("[[learners]]\ncount = 65", "at most 64"),
        ("[[learners]]\ncount = 60\n[league]\nseats = 5", "65 traders"),
        ('[[learners]]\nrole = "banker"', "banker"),
        ("[[learners]]\ncount = 3\nsettings = { gamma = [0.9, 0.8] }", "2 values for 3"),
        ("[[learners]]\nsettings = { iterations = 5 }", "no setting that a learner"),
        ("[[learners]]\nsettings = { gamma = 7.0 }", "gamma"),
        ("[[learners]]\n[selection]", "several policies"),
        ('[[learners]]\ncount = 2\n[selection]\nexplore = ["hidden"]', "cannot change"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path, text, told):
    file = tmp_path / "population.toml"
    file.write_text(text)
    with pytest.raises(PopulationError, match=told):
        load_population(file)


def test_the_command_trains_keeps_models_that_trade_and_tells_what_came_of_it(
    short, tmp_path, data_folder, capsys
):
    file, out = tmp_path / "population.toml", tmp_path / "out.json"
    file.write_text(
        f"""
scenario = "{short}"
name = "crowd"
markets = 2
iterations = 3
checkpoint_interval = 1
rollout_length = 48
episode_seconds = 100.0
[[learners]]
role = "remembering"
count = 2
settings = {{ hidden = [8], minibatch_size = 64, epochs = 1, reward_at_value = true }}
[[learners]]
role = "maker"
name = "quoter"
count = 2
settings = {{ hidden = [8], minibatch_size = 64, epochs = 1 }}
[league]
seats = 1
[judging]
days = 6
hours = 0.03
response_iterations = 1
benchmarks = true
"""
    )
    assert run_command(["population", str(file), "--json", str(out)]) == 0
    # RLlib tells at this level of deprecated calls of its own.
    assert not logging.getLogger("ray.rllib").isEnabledFor(logging.WARNING)
    printed = capsys.readouterr().out
    assert "4 policies" in printed and "Crowding of 4 traders" in printed
    found = json.loads(out.read_text())
    names = ["crowd-remembering-1", "crowd-remembering-2", "crowd-quoter-1", "crowd-quoter-2"]
    assert found["models"] == names
    assert found["collusion"]["makers"] == 2 and len(found["collusion"]["payoffs"]) == 5
    assert [one["name"] for one in found["exploitability"]] == [names[0], names[2]]
    assert found["exploitability"][0]["decisions"] > 0
    for name in names:
        info = models.get_model(name)
        assert info.status == "finished" and info.iterations == 3
        assert info.metrics["population_judgement"]["days"] == 6
        assert len(load_history(name)) == 3
        checkpoints.check(info.folder / info.checkpoint)
    market = Simulator(Scenario.model_validate({"name": "x", "market": {"warm_up": "1min"}}), 3)
    market.warm_up()
    for name in names:
        market.add_policy_traders(models.load_policy(name), 1)
    market.run(30.0)
    assert (market.agents["decisions"][-4:] > 3).all()
    # A second time: the names are taken; and going on from one of them.
    assert run_command(["population", str(file)]) != 0
    assert "crowd-remembering-1" in capsys.readouterr().err
    again = small(
        short,
        LearnerGroup(role="remembering", start=names[0], settings=SMALL),
        name="more",
    )
    session = PopulationSession(again)
    ours = session.population.learners[0].policy().weights[0]
    assert np.array_equal(ours, models.load_policy(names[0]).weights[0])
    assert session.trainings[0].resume_from == names[0]
    session.close()


def test_a_stopped_population_goes_on_and_no_learner_of_it_alone(short, data_folder):
    groups = (
        LearnerGroup(role="remembering", count=2, settings=SMALL),
        LearnerGroup(role="maker", settings=SMALL),
    )
    rules = {"league": League(seats=1), "selection": Selection(interval=1)}
    config = small(short, *groups, name="long", **rules)
    session = PopulationSession(config)
    ends = []
    assert session.run(lambda now: (ends.append(now.iteration), session.stop())) == "stopped"
    session.close()
    assert ends == [1]
    kept = [models.get_model(name) for name in session.names]
    assert {(one.status, one.iterations) for one in kept} == {("stopped", 1)}
    assert any(one.metrics["population"]["replaced"] for one in kept)
    with pytest.raises(models.ModelError, match=r"population FILE --continue"):
        config_to_continue(session.names[0])
    assert not may_continue(kept[0])
    with pytest.raises(InputError, match="name is needed"):
        PopulationSession(config.model_copy(update={"name": ""}), continues=True)
    with pytest.raises(InputError, match=r"markets is not as it was when .long-remembering-1."):
        PopulationSession(config.model_copy(update={"markets": 3}), continues=True)

    again = PopulationSession(config, continues=True)
    assert again.done == 1
    for learner, model in zip(again.population.learners, kept, strict=True):
        assert learner.decisions == model.env_steps
        assert learner.config.learning_rate == model.config["learning_rate"]
        ours = learner.policy().weights[0]
        assert np.array_equal(ours, models.load_policy(model.name).weights[0])
    assert len(again.population.history) == 1
    heard = []
    assert again.run(heard.append) == "finished"
    again.close()
    assert [now.iteration for now in heard] == [2, 3, 4]
    for name, before in zip(session.names, kept, strict=True):
        after = models.get_model(name)
        assert (after.status, after.iterations) == ("finished", 4)
        assert after.env_steps > before.env_steps
        rows = load_history(name)
        assert [row.iteration for row in rows] == [1, 2, 3, 4]
        assert all(b.env_steps > a.env_steps for a, b in itertools.pairwise(rows))
    with pytest.raises(models.ModelError, match="at its end"):
        PopulationSession(config, continues=True)
