"""Whole trainings in the process that owns Ray, through its client."""

import contextlib
import itertools
import shutil
import subprocess
import time

import numpy as np
import psutil
import pytest
from support.long_tests import IS_LONG, long

from abm_desktop import paths
from abm_desktop.learning.process import history
from abm_desktop.learning.process.messages import (
    Checkpoint,
    Done,
    Failure,
    Judging,
    Progress,
    Status,
)
from abm_desktop.learning.process.session import TrainingSession
from abm_desktop.learning.registry import in_training, models
from abm_desktop.learning.statements import WorkersLost, WorkersReplaced

from .conftest import tiny_config
from .test_processes import LIMIT, assert_all_gone, session_folders


def of_type(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


def test_a_training_learns_reports_and_leaves_a_model(laboratory):
    messages = laboratory.train(tiny_config(iterations=40, checkpoint_interval=15, seed=3))
    # A cluster is started where no earlier training has left one.
    states = [s.state for s in of_type(messages, Status) if s.state != "starting"]
    assert states[:3] == ["ready", "building", "training"]
    progress = of_type(messages, Progress)
    assert progress[-1].iteration == progress[-1].iterations == 40
    assert [p.iteration for p in progress] == sorted({p.iteration for p in progress})
    assert progress[-1].eta_seconds == 0.0
    for report in progress:
        assert sum(report.action_shares) == pytest.approx(1.0)
        assert report.steps_per_second > 0
        assert all(np.isfinite(value) for value in report.losses.values())
    assert progress[-1].episode_length_mean == 20.0
    # A random policy earns 0; always right is 20.
    assert progress[-1].reward_mean > 8.0 > abs(progress[0].reward_mean)
    assert progress[-1].action_shares[1] < progress[0].action_shares[1]

    (done,) = of_type(messages, Done)
    assert (done.reason, done.iterations) == ("finished", 40)
    assert [c.iteration for c in of_type(messages, Checkpoint)] == [15, 30, 40]
    model = models.get_model(done.name)
    assert (model.status, model.iterations, model.seed) == ("finished", 40, 3)
    assert model.reward_mean == progress[-1].reward_mean
    assert (model.folder / model.checkpoint / "state.npz").is_file()

    policy = models.load_policy(done.name)
    observations = np.zeros((2, 13), np.float32)
    observations[:, 0] = (-2.0, 2.0)
    assert policy.logits(observations).argmax(axis=1).tolist() == [0, 2]


def test_before_an_episode_ends_reward_and_length_are_unknown(laboratory):
    messages = laboratory.train(tiny_config(iterations=2, episode_seconds=45))
    first, second = of_type(messages, Progress)
    assert (first.reward_mean, first.episode_length_mean, first.episodes) == (None, None, 0)
    assert second.episode_length_mean == 45.0
    assert second.episodes == 8


def test_one_seed_gives_one_training(laboratory):
    def curve(seed):
        (done,) = of_type(laboratory.train(tiny_config(iterations=3, seed=seed)), Done)
        # Not what was told: of iterations in quick succession only the last is.
        rows = history.load_history(done.name)
        assert len(rows) == 3
        return [(row.reward_mean, row.action_shares, row.losses) for row in rows]

    assert curve(5) == curve(5) != curve(6)


def test_stop_finishes_the_iteration_and_saves(laboratory):
    messages = laboratory.train(tiny_config(iterations=100_000), stop_at=3)
    (done,) = of_type(messages, Done)
    assert done.reason == "stopped"
    assert 3 <= done.iterations < 100_000
    assert models.get_model(done.name).status == "stopped"
    assert models.get_model(done.name).iterations == done.iterations


def test_a_training_is_paused_saved_slowed_and_goes_on(laboratory):
    seen = []

    async def answer(client, message):
        if message.type == "progress" and not seen:
            seen.append("paused")
            await client.pause()
        elif message.type == "status" and message.state == "paused":
            await client.set_learning_rate(1e-9)
            await client.save_now()
        elif message.type == "checkpoint" and seen == ["paused"]:
            seen.append(models.get_model(message.name).status)
            seen.append(models.load_policy(message.name))
            assert in_training.is_trained(message.name)
            await client.resume()
        elif message.type == "progress" and len(seen) == 3:
            seen.append(message.learning_rate)
            await client.stop()

    config = tiny_config(iterations=100_000, checkpoint_interval=0)
    (done,) = of_type(laboratory.converse(config, answer), Done)
    assert done.reason == "stopped" and not in_training.is_trained(done.name)
    assert seen[1] == "unfinished"
    assert seen[3] == pytest.approx(1e-9, rel=0.01)
    # At that rate whatever was learned after the pause changes next to nothing.
    for before, after in zip(seen[2].weights, models.load_policy(done.name).weights, strict=True):
        np.testing.assert_allclose(before, after, atol=1e-4)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_the_other_algorithms_train_and_leave_a_model(laboratory, algorithm):
    config = tiny_config(
        algorithm=algorithm, iterations=12, learning_starts=200, replay_ratio=4.0, gamma=0.5
    )
    messages = laboratory.train(config)
    (done,) = of_type(messages, Done)
    progress = of_type(messages, Progress)
    assert progress[-1].losses and all(np.isfinite(v) for v in progress[-1].losses.values())
    model = models.get_model(done.name)
    assert (model.algorithm, model.iterations) == (algorithm, 12)
    assert (model.folder / model.checkpoint / "state.npz").is_file()


SEEDS = (1, 2, 3, 4) if IS_LONG else (1,)


def test_stock_rllib_learns_as_well_as_the_fast_path(laboratory):
    """The same seeds, settings and decisions: the curves end at the same height."""

    def last_rewards(trainer):
        settings = {"iterations": 16, "gamma": 0.5, "rollout_length": 60, "trainer": trainer}
        return [
            of_type(laboratory.train(tiny_config(seed=seed, **settings)), Progress)[-1].reward_mean
            for seed in SEEDS
        ]

    fast, stock = last_rewards("fast"), last_rewards("rllib")
    # A random policy earns 0; always right is 20.
    assert min(np.mean(fast), np.mean(stock)) > 5.0
    assert np.mean(fast) == pytest.approx(np.mean(stock), abs=3.0), (fast, stock)


@pytest.mark.parametrize(
    ("algorithm", "network"), [("PPO", "perceptron"), ("DQN", "perceptron"), ("PPO", "gru")]
)
def test_a_training_goes_on_from_another(laboratory, algorithm, network):
    name = f"first-{algorithm}-{network}"
    settings = {"algorithm": algorithm, "learning_starts": 2000, "gamma": 0.5, "network": network}
    iterations = 12 if algorithm == "DQN" else 3
    laboratory.train(
        tiny_config(iterations=iterations, save_buffer=True, model_name=name, **settings)
    )
    before = models.load_policy(name)
    # At this rate nothing is learned: what comes out is what went in.
    second = tiny_config(iterations=2, resume_from=name, **(settings | {"learning_rate": 1e-9}))
    messages = laboratory.train(second)
    (done,) = of_type(messages, Done)
    for a, b in zip(before.weights, models.load_policy(done.name).weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    if algorithm == "DQN":  # its own decisions are too few to learn from: the buffer came along
        assert of_type(messages, Progress)[0].losses
    wrong = second.model_copy(update={"hidden": (8,)})
    (failure,) = of_type(laboratory.train(wrong), Failure)
    assert "hidden" in str(failure.fault)
    if network == "gru":
        wrong = second.model_copy(update={"network": "perceptron"})
        (failure,) = of_type(laboratory.train(wrong), Failure)
        assert "network" in str(failure.fault)


def test_a_name_that_is_taken_is_refused_and_the_model_kept(laboratory):
    laboratory.train(tiny_config(iterations=1, model_name="mine", seed=1))
    before = models.get_model("mine")
    (failure,) = of_type(laboratory.train(tiny_config(iterations=1, model_name="mine")), Failure)
    assert "mine" in str(failure.fault)
    assert models.get_model("mine") == before


def assert_whole(laboratory, name, iterations):
    """The last checkpoint of a training that failed can trade, and be gone on from."""
    model = models.get_model(name)
    assert (model.status, model.iterations) == ("failed", iterations)
    assert models.load_policy(name).logits(np.zeros((1, 13), np.float32)).shape == (1, 3)
    assert not [part for part in model.folder.iterdir() if "part" in part.name]
    again = tiny_config(iterations=1, resume_from=name, model_name=f"{name}-again")
    (done,) = of_type(laboratory.train(again), Done)
    assert models.get_model(done.name).parent == name


@pytest.mark.parametrize(
    ("environment", "message", "remedy", "details"),
    [
        ("broken", "the order book is on fire", "scenario", "environments.py"),
        ("poisoned", "diverged", "learning rate", "DivergenceError"),
        ("hungry", "Memory ran out", "fewer markets", "environments.py"),
        ("starving", "Memory ran out", "fewer markets", "starve"),
    ],
)
def test_a_fault_ends_the_training_with_the_reason_and_a_whole_checkpoint(
    laboratory, environment, message, remedy, details
):
    """All faults come in the second iteration."""
    name = f"was-{environment}"
    settings = {"rollout_length": 20, "checkpoint_interval": 1, "model_name": name}
    messages = laboratory.train(tiny_config(environment, iterations=5, **settings))
    (failure,) = of_type(messages, Failure)
    assert message in str(failure.fault)
    assert remedy in failure.fault.remedy
    assert details in failure.details
    assert_whole(laboratory, name, iterations=1)


@pytest.fixture
def cramped():
    """The folder of the model "cramped", on a disk of its own with 4 MiB."""
    folder = paths.models_dir() / "cramped"
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root, on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_ends_the_training_with_a_whole_checkpoint(laboratory, cramped):
    filler = cramped / "filler"
    kept = []

    async def answer(client, message):
        if message.type == "progress" and not kept:
            await client.pause()
        elif message.type == "status" and message.state == "paused":
            kept.append(models.get_model("cramped").iterations)
            with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
                while stream.write(b"x" * 1024):
                    pass
            await client.resume()

    config = tiny_config(iterations=100_000, checkpoint_interval=1, model_name="cramped")
    (failure,) = of_type(laboratory.converse(config, answer), Failure)
    assert "The disk is full" in str(failure.fault)
    assert "Free some space" in failure.fault.remedy
    model = models.get_model("cramped")
    assert [model.iterations] == kept
    assert (model.folder / model.checkpoint / "state.npz").is_file()
    filler.unlink()
    # Not even that it failed could be written.
    models.set_status("cramped", "failed")
    assert_whole(laboratory, "cramped", kept[0])


def test_a_training_that_does_not_fit_into_memory_is_refused_at_once(laboratory):
    messages = laboratory.train(market_config(workers=256, envs_per_worker=512))
    (failure,) = of_type(messages, Failure)
    assert "131,072 markets 384.0 GiB" in str(failure.fault)
    assert "fewer workers" in failure.fault.remedy


IN_THE_MARKET = {
    "iterations": 2, "episode_seconds": 60, "envs_per_worker": 2, "rollout_length": 20,
    "minibatch_size": 16, "evaluate_after": True,
}  # fmt: skip


def market_config(**settings):
    return tiny_config(**(IN_THE_MARKET | settings)).model_copy(update={"environment": ""})


def test_the_market_itself_can_be_trained_in_and_the_policy_is_judged(laboratory):
    config = market_config(evaluation_days=6, evaluation_hours=0.03, stress_runs=1)
    messages = laboratory.train(config)
    (done,) = of_type(messages, Done)
    model = models.get_model(done.name)
    assert (model.scenario, model.status, done.warnings) == ("calm", "finished", ())
    assert 10 <= of_type(messages, Progress)[-1].episode_length_mean <= 14
    assert model.metrics["evaluation"]["days"] == 6
    assert len(model.metrics["stress_test"]["outcomes"]) == 11
    shares = [message.share for message in of_type(messages, Judging)]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_the_judgement_is_left_off_when_asked_and_the_model_stays(laboratory):
    async def answer(client, message):
        if message.type == "judging":
            await client.stop()

    (done,) = of_type(laboratory.converse(market_config(evaluation_hours=6), answer), Done)
    model = models.get_model(done.name)
    assert (done.reason, model.status) == ("finished", "finished")
    assert "evaluation" not in model.metrics


def test_a_scenario_with_a_fault_is_told_in_the_words_of_its_file(laboratory, tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text('name = "wrong"\n[market]\ntick_sise = 0.01\n')
    (failure,) = of_type(
        laboratory.train(
            tiny_config().model_copy(update={"environment": "", "scenario": str(file)})
        ),
        Failure,
    )
    assert "wrong.toml" in str(failure.fault)
    assert "tick_sise" in str(failure.fault)


@long("starts four workers, a minute")
def test_remote_workers_train_and_a_dead_one_is_told(laboratory):
    """Near the end: after it the training process starts another cluster."""
    settings = {"rollout_length": 20, "checkpoint_interval": 1, "model_name": "was-suicidal"}
    messages = laboratory.train(tiny_config("suicidal", workers=1, **settings))
    progress = of_type(messages, Progress)
    assert progress, messages[-1]
    # Those that took its place died quickly, and so would any other.
    notes = [m.note for m in of_type(messages, Status)]
    assert [n.count for n in notes if isinstance(n, WorkersReplaced)] == [1, 2, 3]
    (failure,) = of_type(messages, Failure)
    assert "worker died" in str(failure.fault)
    assert "memory" in failure.fault.remedy
    assert_whole(laboratory, "was-suicidal", iterations=4)


def is_sampler(name):
    return "RolloutRunner" in name or "StockRunner" in name


@long("kills workers, half a minute")
@pytest.mark.parametrize("trainer", ["fast", "rllib"])
def test_a_killed_worker_is_replaced_and_the_training_goes_on(laboratory, trainer):
    killed, seen = [], []

    async def answer(client, message):
        if message.type != "progress":
            return
        if not killed and message.iteration >= 3:
            host = psutil.Process(client.pid)
            workers = [p for p in host.children(recursive=True) if is_sampler(p.name())]
            workers = workers or [
                p for p in host.children(recursive=True)
                if any(is_sampler(word) for word in p.cmdline())
            ]  # fmt: skip
            workers[0].kill()
            killed.append(message.iteration)
        seen.append(message)
        if killed and message.iteration >= killed[0] + 20:
            await client.stop()

    config = tiny_config(workers=2, rollout_length=20, iterations=100_000, trainer=trainer)
    messages = laboratory.converse(config, answer)
    assert isinstance(messages[-1], Done), messages[-1]
    done = messages[-1]
    assert WorkersReplaced(1) in [m.note for m in of_type(messages, Status)]
    assert done.warnings == (WorkersLost(1),)
    # No worker's decisions are missing: 2 workers x 8 markets x 20 steps an iteration, of which
    # some only begin an episode.
    for before, after in itertools.pairwise(seen):
        taken = after.env_steps - before.env_steps
        assert taken >= (after.iteration - before.iteration) * 2 * 8 * (20 - 2)


def listeners(host):
    """Addresses on which the host and its children wait for connections."""
    addresses = set()
    for process in [host, *host.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            addresses |= {
                connection.laddr.ip.removeprefix("::ffff:")
                for connection in process.net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            }
    return addresses


def test_closing_while_training_leaves_nothing(laboratory):
    """Last of all: the process that the tests above share ends here."""
    seconds, tree, (folders, addresses) = laboratory.close_while_training(
        tiny_config(iterations=1_000_000), lambda host: (session_folders(host), listeners(host))
    )
    assert seconds < LIMIT
    assert folders
    assert addresses == {"127.0.0.1"}, "nobody outside this machine can reach the cluster"
    assert_all_gone(tree, folders)


@pytest.mark.parametrize(
    ("interval", "since", "due"),
    [(10**6, 0.0, False), (10**6, 55.0, True), (0, 1e6, False), (3, 0.0, True)],
)
def test_a_checkpoint_is_due_every_minute_too(interval, since, due):
    session = object.__new__(TrainingSession)
    session.config = tiny_config(checkpoint_interval=interval)
    session._saved_at = time.monotonic() - since
    assert session._is_time_to_save(iteration=6, seconds=1.0) is due
