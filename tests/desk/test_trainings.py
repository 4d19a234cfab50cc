"""Trainings of a session without a window: who listens, who steers, and how they end."""

import asyncio
import os
import signal
import threading
import time

import psutil
import pytest
from support.fake_clients import FakeTrainingClient, settle

from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.statements import CannotNow, NoSuchTraining, NotNowError, SessionClosed
from abm_desktop.desk.training_news import (
    ClusterState,
    Incident,
    NewState,
    QueueChange,
    TrainingState,
)
from abm_desktop.desk.trainings import Trainings
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import (
    Checkpoint,
    ClusterInfo,
    Done,
    Failure,
    Judging,
    Progress,
    Status,
)
from abm_desktop.learning.statements import (
    Diverged,
    LogFailed,
    NotStarted,
    ProcessEnded,
    Refused,
    Training,
    WorkerDied,
)

PATIENCE = 60.0


@pytest.fixture
def loop():
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.fixture
def client():
    return FakeTrainingClient()


@pytest.fixture
def trainings(client, loop):
    trainings = Trainings(client, loop)
    yield trainings
    trainings.close()


def config(seed=1, **changes):
    return TrainingConfig(seed=seed, iterations=50, **changes)


def training(name="calm-ppo-1"):
    return Status("training", Training(name), name)


def progress(iteration):
    return Progress(
        iteration, 50, 100 * iteration, 0, 0.5, 20.0, (0.25, 0.5, 0.25), 1000.0, 0.1, 0.1,
        6.0 * iteration, 60.0,
    )  # fmt: skip


def cluster(**changes):
    values = {
        "address": "127.0.0.1:1", "local": True, "nodes": 1, "slots": 2, "slots_used": 0.0,
        "processes": 3, "cpu": 1.0, "memory": 1, "machine_memory": 8 << 30,
        "machine_memory_free": 4 << 30, "store_used": 0, "store_size": 100, "workers": 0,
        "workers_wanted": 0, "restarts": 0,
    }  # fmt: skip
    return ClusterInfo(**(values | changes))


def refusal(call, *arguments):
    with pytest.raises(NotNowError) as raised:
        call(*arguments)
    assert len(raised.value.fault.told) > 10
    return raised.value.fault


def test_two_listeners_hear_the_same_in_order_and_a_slow_one_is_told_what_it_lost(trainings):
    woken = []
    first, second = trainings.listen(), trainings.listen(lambda: woken.append(1))
    slow = trainings.listen(most=4)
    number = trainings.start(config())
    for message in (training(), progress(1), progress(2), Checkpoint("calm-ppo-1", "there", 2)):
        trainings.take(message)
    trainings.take(Done("finished", 2, "calm-ppo-1", "there"))
    heard = first.take()
    assert heard == second.take() and len(woken) == len(heard)
    assert [event.sequence for event in heard] == list(range(1, len(heard) + 1))
    assert {event.training for event in heard} == {number}
    news = [event.news for event in heard]
    assert [each.state for each in news if isinstance(each, NewState)] == [
        ClusterState.STARTING, ClusterState.TRAINING, ClusterState.IDLE,
    ]  # fmt: skip
    assert [each.iteration for each in news if isinstance(each, Progress)] == [1, 2]
    assert isinstance(news[-1], Done)
    assert slow.take() == heard[-4:] and slow.lost == len(heard) - 4


def test_what_is_known_of_a_training(trainings):
    number = trainings.start(config(learning_rate=1e-3))
    info = trainings.read(number)
    assert (info.state, info.model, info.iteration) == (TrainingState.STARTING, "", 0)
    assert str(info.detail) == "Starting the training process" and info.seconds_left is None
    trainings.take(training("calm-ppo-1"))
    trainings.take(progress(1))
    info = trainings.read()
    assert (info.state, info.model) == (TrainingState.TRAINING, "calm-ppo-1")
    assert (info.iteration, info.iterations, info.config.learning_rate) == (1, 50, 1e-3)
    assert 59.0 < info.seconds_left <= 60.0
    trainings.take(Judging("evaluation", "value", 0.25))
    assert trainings.read().judging.share == 0.25 and trainings.read().seconds_left is None
    curves = trainings.curves(number)
    trainings.take(progress(2))
    assert curves.column("iteration").tolist() == [1.0]
    assert trainings.curves(number).column("reward_mean").tolist() == [0.5, 0.5]
    trainings.take(Done("finished", 2, "calm-ppo-1", "there", (LogFailed("MLflow", "no"),)))
    info = trainings.read(number)
    assert info.state is TrainingState.FINISHED and info.done.path == "there"
    assert [warning.told for warning in info.warnings] == ["MLflow could not be written: no."]
    assert info.judging is None and info.failure is None
    trainings.start(config(2))
    assert trainings.read(number) == info
    assert [each.number for each in trainings.list()] == [1, 2]


def test_a_second_start_waits_and_begins_when_the_first_has_ended(trainings, client, loop):
    first, second = trainings.start(config(1)), trainings.start(config(2))
    third = trainings.start(config(3))
    assert trainings.waiting == (second, third)
    assert trainings.read(second).state is TrainingState.WAITING
    assert trainings.move(third, -5) == 0 and trainings.waiting == (third, second)
    heard = trainings.listen()
    trainings.remove(third)
    assert [event.news for event in heard.take()] == [QueueChange((second,), False)]
    assert trainings.read(third).state is TrainingState.STOPPED
    trainings.take(training())
    trainings.take(progress(1))
    trainings.take(Done("finished", 1, "calm-ppo-1", "there"))
    settle(loop)
    assert [each.seed for each in client.configs] == [1, 2]
    assert trainings.current == second and trainings.waiting == ()
    assert trainings.read(first).state is TrainingState.FINISHED


def test_one_that_is_put_into_the_queue_waits_until_somebody_begins_it(trainings, client, loop):
    number = trainings.enqueue(config(5))
    settle(loop)
    assert client.configs == [] and trainings.waiting == (number,)
    assert trainings.start_next() == number
    assert trainings.start_next() is None
    settle(loop)
    assert [each.seed for each in client.configs] == [5]


def test_a_stop_holds_the_queue_and_the_next_start_lets_it_go(trainings, client, loop):
    trainings.start(config(1))
    second = trainings.start(config(2))
    trainings.take(training())
    trainings.stop()
    assert trainings.is_held and trainings.read().state is TrainingState.STOPPING
    trainings.take(training())
    assert trainings.state is ClusterState.STOPPING, "what comes before the end is no news"
    trainings.take(Done("stopped", 1, "calm-ppo-1", "there"))
    settle(loop)
    assert client.asked == ["stop"] and trainings.waiting == (second,)
    assert trainings.read(1).state is TrainingState.STOPPED
    trainings.start(config(3))
    assert not trainings.is_held
    trainings.take(Done("finished", 1, "calm-ppo-2", "there"))
    settle(loop)
    assert [each.seed for each in client.configs] == [1, 3, 2]


def test_a_fault_after_it_began_lets_the_next_go_on_one_before_it_holds_the_queue(
    trainings, client, loop
):
    for seed in (1, 2, 3):
        trainings.start(config(seed))
    trainings.take(training())
    trainings.take(progress(1))
    trainings.take(Failure(WorkerDied(), "trace"))
    settle(loop)
    assert trainings.read(1).fault == WorkerDied() and trainings.current == 2
    trainings.take(Failure(Refused("There is no such scenario.")))
    settle(loop)
    assert trainings.is_held and trainings.waiting == (3,) and len(client.configs) == 2
    assert trainings.state is ClusterState.FAILED
    assert trainings.detail == Refused("There is no such scenario.")
    assert [incident.is_fault for incident in trainings.incidents] == [True, True]


def test_a_training_that_has_not_begun_ends_at_once_and_a_second_stop_ends_any(
    trainings, client, loop
):
    heard = trainings.listen()
    trainings.start(config())
    trainings.stop()
    settle(loop)
    assert client.asked == ["close"]
    assert heard.take()[-1].news == Done("stopped", 0, "", "")
    trainings.take(Status("closed"))
    assert trainings.state is ClusterState.STOPPED
    trainings.start(config())
    trainings.take(training())
    trainings.stop()
    trainings.stop()
    settle(loop)
    assert client.asked == ["close", "stop", "close"]
    trainings.take(Status("closed"))
    assert trainings.read().state is TrainingState.STOPPED and not trainings.is_training


def test_pause_resume_save_and_rate_from_several_threads(trainings, client, loop):
    trainings.start(config())
    trainings.take(training())
    calls = [
        trainings.pause, trainings.resume, trainings.save_now,
        lambda: trainings.set_learning_rate(1e-4), lambda: trainings.enqueue(config(9)),
    ]  # fmt: skip
    began = threading.Barrier(len(calls))

    def ask(call):
        began.wait(PATIENCE)
        for _ in range(20):
            call()

    threads = [threading.Thread(target=ask, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    settle(loop)
    assert {name: client.asked.count(name) for name in set(client.asked)} == {
        "pause": 20, "resume": 20, "save_now": 20, "set_learning_rate": 20,
    }  # fmt: skip
    assert (1e-4,) in client.given and trainings.waiting == tuple(range(2, 22))
    trainings.take(Status("paused", None, "calm-ppo-1"))
    assert trainings.read().state is TrainingState.PAUSED


def test_what_cannot_be_is_refused_with_its_reason(trainings):
    assert refusal(trainings.read) == NoSuchTraining(0)
    assert refusal(trainings.stop, 7) == NoSuchTraining(7)
    first, second = trainings.start(config()), trainings.start(config(2))
    assert refusal(trainings.pause) == CannotNow("Training", first, "starting", "pause")
    assert refusal(trainings.resume, second).state == "waiting"
    assert refusal(trainings.remove, first).state == "starting"
    assert refusal(trainings.move, first, 1).state == "starting"
    with pytest.raises(InputError, match="learning_rate"):
        trainings.set_learning_rate(2.0)
    trainings.stop(second)
    assert trainings.waiting == () and refusal(trainings.stop, second).state == "stopped"
    trainings.close()
    assert refusal(trainings.start, config()) == SessionClosed()


def test_warnings_of_the_cluster_are_told_once_each(trainings):
    heard = trainings.listen()
    trainings.start(config())
    for _ in range(2):
        trainings.take(cluster(restarts=1, machine_memory_free=100, store_used=95))
    told = [e.news.told for e in heard.take() if isinstance(e.news, Incident)]
    assert len(told) == 3 and "(1 so far)" in told[0]
    assert "400 MB" in told[1] and "object store" in told[2]
    assert trainings.cluster.store_used == 95
    trainings.take(Status("closed"))
    assert trainings.cluster is None
    assert len(trainings.read().warnings) == 3 == len(trainings.incidents)


def test_the_cluster_goes_when_nobody_trains_and_a_start_keeps_it(client, loop):
    trainings = Trainings(client, loop, idle_seconds=0.05)
    closed = threading.Event()

    async def close(*_seconds):
        closed.set()

    client.close = close
    trainings.start(config())
    trainings.take(training())
    trainings.take(Done("finished", 1, "calm-ppo-1", "there"))
    assert closed.wait(PATIENCE)
    closed.clear()
    trainings.start(config())
    trainings.take(Done("finished", 1, "calm-ppo-1", "there"))
    trainings.start(config())
    # A later timer of the same loop has come; that of the cluster was taken back.
    later = threading.Event()
    loop.submit(_after(0.2, later))
    assert later.wait(PATIENCE) and not closed.is_set()


async def _after(seconds, event):
    await asyncio.sleep(seconds)
    event.set()


def test_a_process_that_cannot_be_made_is_a_failure(trainings, client):
    async def start(_config):
        raise OSError("no memory")

    client.start = start
    heard = trainings.listen()
    number = trainings.start(config())
    while not isinstance(news := heard.wait(PATIENCE).news, Failure):
        pass
    assert news.fault == NotStarted("no memory")
    assert trainings.read(number).fault == news.fault and trainings.is_held


def test_a_silent_process_is_told(trainings, client):
    client.silent_seconds = 9.0
    assert trainings.silent_seconds == 0.0
    client.silent_seconds = 11.0
    assert trainings.silent_seconds == 11.0
    assert trainings.host_pid == 1


def threads():
    for thread in threading.enumerate():
        if thread.name.startswith("asyncio-waitpid"):
            thread.join(PATIENCE)  # asyncio's own: it ends just after the process it waited for
    return {thread.name for thread in threading.enumerate()}


def test_an_unused_session_starts_nothing():
    before = threads()
    trainings = Trainings()
    trainings.enqueue(config())
    assert threads() == before
    trainings.close()


def test_a_close_is_quick_and_leaves_nothing():
    """The real process, while it loads its libraries."""
    before = threads()
    trainings = Trainings()
    heard = trainings.listen()
    trainings.start(config())
    process = psutil.Process(_pid(trainings))
    began = time.monotonic()
    trainings.close()
    assert time.monotonic() - began < 8.0
    assert not process.is_running() and threads() == before
    assert trainings.read().state is TrainingState.STOPPED
    assert heard.take()[-1].news == NewState(ClusterState.STOPPED)


def test_a_killed_process_is_a_failure_and_the_next_training_gets_another():
    trainings = Trainings()
    try:
        heard = trainings.listen()
        trainings.start(config(1))
        trainings.enqueue(config(2))
        pid = _pid(trainings)
        os.kill(pid, signal.SIGKILL)
        while not isinstance(news := heard.wait(PATIENCE).news, Failure):
            pass
        assert news.fault == ProcessEnded(-9, True)
        assert trainings.read(1).failure is news and "memory" in news.fault.remedy
        assert trainings.is_held, "it could not even begin"
        assert trainings.start_next() == 2
        assert _pid(trainings, other_than=pid) != pid
    finally:
        trainings.close()


def _pid(trainings, other_than=None):
    """Process id of the host, once there is one."""
    deadline = time.monotonic() + PATIENCE
    while (pid := trainings.host_pid) in (None, other_than):
        assert time.monotonic() < deadline
        os.sched_yield()
    return pid


def test_a_fault_of_ones_own_settings_names_the_remedy(trainings):
    trainings.start(config())
    trainings.take(training())
    trainings.take(progress(1))
    trainings.take(Failure(Diverged("value_loss")))
    assert "learning rate" in trainings.read().fault.remedy
