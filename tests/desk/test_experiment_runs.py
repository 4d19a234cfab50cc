"""Experiments of a session without a window: who listens, who steers, what was found."""

import asyncio
import itertools
import os
import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from support.fake_clients import FakeExperimentClient, settle

from abm_desktop.desk import experiment_runs
from abm_desktop.desk.analytics.experiment_plan import PlanReport, Problems
from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.experiment_news import ExperimentState, NewExperimentState
from abm_desktop.desk.experiment_runs import ExperimentRuns
from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.desk.statements import (
    CannotNow,
    ComputationEnded,
    ExperimentRunsAlready,
    NoSuchExperiment,
    NotNowError,
    SessionClosed,
)
from abm_desktop.desk.worker_process import WorkerError
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentBegun,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
)
from abm_desktop.experiments.statements import (
    ExperimentNotStarted,
    ExperimentProcessEnded,
    MarketLost,
)

PATIENCE = 120.0

FILE = """
name = "short"
question = "What does a velocity logic do?"
lead = 120
burn_in = 30
stress_window = 60
after = 120
seeds = 3
paths = 0
level = "intervention"
[rl]
shares = [0]
[[stress]]
type = "liquidity_shock"
[[intervention]]
name = "velocity"
velocity_logic.ticks = 5
"""
CELLS = 4


@pytest.fixture
def loop():
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.fixture
def client():
    return FakeExperimentClient()


@pytest.fixture
def runs(client, loop):
    runs = ExperimentRuns(client, loop)
    yield runs
    runs.close()


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    path = tmp_path / "short.toml"
    path.write_text(FILE)
    return path


def states(events):
    return [e.news.state for e in events if isinstance(e.news, NewExperimentState)]


def refusal(call, *arguments):
    with pytest.raises(NotNowError) as raised:
        call(*arguments)
    return raised.value.fault


def test_two_listeners_hear_the_same_in_order_and_a_slow_one_is_told_what_it_lost(
    runs, client, loop, monkeypatch
):
    clock = itertools.count(1000.0, 0.25)
    monkeypatch.setattr(experiment_runs, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    first, second, slow = runs.listen(), runs.listen(), runs.listen(most=2)
    number = runs.start("research_question", workers=2, seeds=4)
    settle(loop)
    assert client.starts == [ExperimentStart("research_question", 4, 2)]
    assert runs.read().title == "research_question" and runs.read().folder is None
    runs.take(ExperimentBegun("research question", "/there", 12))
    runs.take(ExperimentStatus("running", 5, 12, 1, 61.0))
    info = runs.read(number)
    assert (info.title, info.folder, info.total) == ("research question", Path("/there"), 12)
    assert info.state is ExperimentState.RUNNING and info.seconds_left == 60.75
    runs.take(ExperimentStatus("report", 12, 12))
    assert runs.read().seconds_left is None
    runs.take(ExperimentDone("/there", "/there/report/report.html", 12, 12, ("Yes.",)))
    heard = first.take()
    assert heard == second.take() and slow.take() == heard[-2:]
    assert slow.lost == len(heard) - 2
    assert [e.sequence for e in heard] == list(range(1, len(heard) + 1))
    assert states(heard) == ["starting", "running", "reporting", "none"]
    info = runs.read(number)
    assert info.state is ExperimentState.FINISHED and not runs.is_running
    assert info.report == Path("/there/report/report.html") and info.result.answer == ("Yes.",)
    assert [each.number for each in runs.list()] == [number]


def test_pause_resume_and_stop_from_several_threads(runs, client, loop):
    runs.start("research_question")
    runs.take(ExperimentStatus("running", 1, 12))

    def in_threads(call, n=8):
        threads = [threading.Thread(target=call) for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        settle(loop)

    in_threads(runs.pause)
    assert client.asked == ["pause"] and runs.state is ExperimentState.PAUSING
    runs.take(ExperimentStatus("running", 2, 12))
    assert runs.state is ExperimentState.PAUSING, "the runs under way are finished first"
    runs.take(ExperimentStatus("paused", 3, 12))
    assert runs.state is ExperimentState.PAUSED
    in_threads(runs.resume)
    assert client.asked == ["pause", "resume"]
    in_threads(runs.stop, 1)
    runs.take(ExperimentStatus("running", 4, 12))
    assert runs.read().state is ExperimentState.STOPPING
    in_threads(runs.stop, 1)
    assert client.asked == ["pause", "resume", "stop", "close"]
    assert runs.read().state is ExperimentState.STOPPED and isinstance(runs.read().result, Ended)


def test_what_cannot_be_is_refused_with_its_reason(runs):
    assert refusal(runs.read) == NoSuchExperiment(0)
    assert refusal(runs.stop, 4) == NoSuchExperiment(4)
    first = runs.start("research_question")
    assert refusal(runs.start, "interventions") == ExperimentRunsAlready(first, "research_question")
    assert refusal(runs.pause) == CannotNow("Experiment", first, "starting", "pause")
    assert refusal(runs.resume).verb == "go on"
    assert refusal(runs.effects).verb == "be read"
    runs.take(ExperimentFailure(MarketLost(7, 5, "it was killed"), "trace"))
    assert runs.read().fault == MarketLost(7, 5, "it was killed")
    assert refusal(runs.stop).state == "failed"
    second = runs.start("interventions")
    assert refusal(runs.stop, first).state == "failed" and runs.current == second
    runs.close()
    runs.close()
    assert refusal(runs.start, "interventions") == SessionClosed()
    assert runs.read().state is ExperimentState.STOPPED


def test_who_stops_at_once_stops_also_while_the_process_is_being_made(runs, client, loop):
    made, go = client.start, asyncio.Event()

    async def slowly(start):
        await go.wait()
        await made(start)

    client.start = slowly
    runs.start("research_question")
    runs.stop()
    runs.stop()
    settle(loop)
    assert client.asked == [] and runs.state is ExperimentState.STOPPING

    async def let_go():
        go.set()

    heard = runs.listen()
    loop.submit(let_go()).result(PATIENCE)
    assert last_word(heard) == Ended("") and len(client.starts) == 1
    assert client.asked == ["stop", "close"]


def test_a_process_that_cannot_be_made_is_a_failure(runs, client):
    async def start(_start):
        raise OSError("no memory")

    client.start = start
    heard = runs.listen()
    runs.start("research_question")
    while not isinstance(news := heard.wait(PATIENCE).news, ExperimentFailure):
        pass
    assert news.fault == ExperimentNotStarted("no memory") and not runs.is_running


def last_word(listener):
    while not isinstance(
        news := listener.wait(PATIENCE).news, ExperimentDone | Ended | ExperimentFailure
    ):
        pass
    return news


def test_a_real_experiment_from_its_plan_to_its_answer(file, tmp_path):
    before = set(threading.enumerate())
    with Laboratory() as laboratory:
        runs = laboratory.experiments
        plan = runs.plan(file, 1).result(PATIENCE)
        assert isinstance(plan, PlanReport)
        assert (plan.cells, plan.total, plan.finished) == (CELLS, CELLS, 0)
        file.with_name("wrong.toml").write_text("name = 'x'\nsedes = 3\n")
        wrong = runs.plan(str(file.with_name("wrong.toml"))).result(PATIENCE)
        assert isinstance(wrong, Problems) and wrong.findings[0][1] == "sedes"
        assert runs.results().result(PATIENCE) == []
        out = tmp_path / "elsewhere"
        heard = runs.listen()
        number = runs.start(file, seeds=1, out=out)
        done = last_word(heard)
        assert isinstance(done, ExperimentDone), done
        info = runs.read(number)
        assert info.title == "short" and info.folder == out and info.total == CELLS
        assert runs.report() == Path(done.report) == info.report
        found = runs.effects().result(PATIENCE)
        assert found.summary["runs"] == CELLS and not found.is_interim
        table = pq.read_table(runs.runs_table(out).result(PATIENCE))
        assert table.num_rows == CELLS and "seed" in table.column_names
        # Its process has said its last word, and the next starts at once.
        runs.start(file, seeds=2)
        process = _pid(laboratory)
        os.kill(process, signal.SIGKILL)
        killed = last_word(heard)
        assert killed.fault == ExperimentProcessEnded(-9)
    left = {t.name for t in set(threading.enumerate()) - before}
    assert not left & {"laboratory", "computing"}


def _pid(laboratory):
    while (pid := laboratory.experiments.host_pid) is None:
        os.sched_yield()
    return pid


def test_a_killed_computation_is_told_and_the_next_gets_another_process():
    with Laboratory() as laboratory:
        computing = laboratory.computing
        pid = computing.run(os.getpid).result(PATIENCE)
        stuck = computing.run(signal.pause)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerError, match="process for computations ended") as raised:
            stuck.result(PATIENCE)
        assert raised.value.fault == ComputationEnded()
        other = computing.run(os.getpid).result(PATIENCE)
        assert other != pid
        with pytest.raises(WorkerError, match="division"):
            computing.run(divmod, 1, 0).result(PATIENCE)
        running = computing.run(signal.pause)
        while not running.running():
            os.sched_yield()
        waiting = computing.run(os.getpid)
        computing.cancel(waiting)
        computing.cancel(running)
        assert waiting.cancelled() and isinstance(running.exception(PATIENCE), WorkerError)
        assert computing.run(os.getpid).result(PATIENCE) != other
    assert computing.run(os.getpid).cancelled()
