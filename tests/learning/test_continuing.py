"""A training that stopped goes on where it was: iteration, schedules, curve, name."""

from __future__ import annotations

import itertools
import json

import pytest

from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.process.continuing import config_to_continue, may_continue
from abm_desktop.learning.process.history import load_history
from abm_desktop.learning.process.messages import Done, Progress
from abm_desktop.learning.process.preflight import check
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import checkpoints, models
from abm_desktop.learning.rllib import algorithms

from .conftest import tiny_config

SIGN = {"environment": "learning.environments:sign"}


def of_kind(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


@pytest.mark.parametrize("algorithm", ["PPO", "DQN"])
def test_a_stopped_training_goes_on_where_it_was(laboratory, algorithm):
    name = f"stopped-{algorithm.lower()}"
    settings = {"algorithm": algorithm, "iterations": 60, "final_rate": 0.1, "model_name": name}
    if algorithm == "DQN":
        settings |= {"learning_starts": 0, "exploration_share": 1.0, "exploration_end": 0.0}
    heard = laboratory.train(tiny_config(**settings), stop_at=20)
    assert of_kind(heard, Done)[0].reason == "stopped"
    before = models.get_model(name)
    assert before.status == "stopped" and may_continue(before)
    assert 20 <= before.iterations < 60
    folder = before.folder / before.checkpoint
    assert (folder / checkpoints.REPLAY_FILE).is_file() == (algorithm == "DQN")

    heard = laboratory.train(config_to_continue(name, SIGN))
    done = of_kind(heard, Done)[0]
    assert (done.reason, done.iterations, done.name) == ("finished", 60, name)
    rows = load_history(name)
    assert [row.iteration for row in rows] == list(range(1, 61))
    each = 8 * 30
    # Steps that only reset are none, so an iteration has a few less.
    counts = [row.env_steps for row in rows]
    assert all(0 < b - a <= each for a, b in itertools.pairwise(counts))
    # The schedules go on: a new training would have begun at the full rate.
    rates = [row.learning_rate for row in rows]
    assert all(b < a for a, b in itertools.pairwise(rates))
    assert rates[-1] < 0.2 * rates[0]
    elapsed = [row.elapsed_seconds for row in rows]
    assert elapsed == sorted(elapsed)
    after = models.get_model(name)
    assert (after.status, after.iterations) == ("finished", 60) and not may_continue(after)
    if algorithm == "PPO":
        assert rows[-1].reward_mean > rows[0].reward_mean
    else:
        # At first all decisions are random, in the end hardly any: then none begins again.
        assert rows[before.iterations].losses
    with pytest.raises(models.ModelError, match="at its end"):
        config_to_continue(name, SIGN)
    assert config_to_continue(name, SIGN | {"iterations": 70}).iterations == 70


def test_what_cannot_be_continued_is_refused(laboratory):
    name = "refused"
    laboratory.train(tiny_config(iterations=40, model_name=name), stop_at=5)
    with pytest.raises(models.ModelError, match="names a module to run"):
        config_to_continue(name)
    for few in (1, models.get_model(name).iterations):  # meant as more of them
        with pytest.raises(models.ModelError, match=r"of its 40 iterations.*not for what is"):
            config_to_continue(name, SIGN | {"iterations": few})
    with pytest.raises(models.ModelError, match="gamma cannot be given"):
        config_to_continue(name, SIGN, ["gamma=0.5"])
    assert config_to_continue(name, None, ["environment=learning.environments:sign"]).continues
    flight = check(config_to_continue(name, SIGN))
    with pytest.raises(models.ModelError, match="is being trained already"):
        check(config_to_continue(name, SIGN))
    flight.release()
    check(config_to_continue(name, SIGN)).release()
    with pytest.raises(models.ModelError, match="no checkpoint"):
        config_to_continue("calm-ppo")
    for wrong in ({"model_name": ""}, {"resume_from": "x"}, {"trainer": "rllib"}):
        with pytest.raises(ConfigError, match="continues"):
            make_config(**({"continues": True, "model_name": "a"} | wrong))


def test_it_meets_other_markets_than_in_its_beginning():
    config = tiny_config()
    seeds = {algorithms.seed_after(config, done) for done in (0, 1, 20)}
    assert len(seeds) == 3 and config.seed in seeds


def test_a_curve_goes_on_from_the_checkpoint(tmp_path):
    from abm_desktop.learning.process.history import HistoryWriter

    def row(iteration: int) -> Progress:
        return Progress(
            iteration=iteration, iterations=9, env_steps=iteration, episodes=0, reward_mean=None,
            episode_length_mean=None, action_shares=(1.0,), actions=("A",), steps_per_second=1.0,
            elapsed_seconds=0.0, eta_seconds=0.0, learning_rate=0.1, losses={}, pnl_mean=None,
            position_mean=None, sample_seconds=0.0, learn_seconds=0.0,
        )  # fmt: skip

    first = HistoryWriter()
    for k in (1, 2, 3):
        first.add(row(k))
    first.write(tmp_path)
    then = HistoryWriter(goes_on=True)
    then.add(row(3))  # done again: the checkpoint was older
    then.write(tmp_path)
    then.add(row(4))
    then.write(tmp_path)
    lines = (tmp_path / "history.jsonl").read_text().splitlines()
    assert [json.loads(line)["iteration"] for line in lines] == [1, 2, 3, 4]
