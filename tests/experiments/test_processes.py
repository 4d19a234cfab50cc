"""Experiments in processes of their own, and on clusters: nothing lost, nobody left behind."""

import asyncio
import contextlib
import os

import pandas as pd
import psutil
import pytest
from support.long_tests import long

from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.process.client import ExperimentClient
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentBegun,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
    ProtocolError,
    encode,
    parse_command,
    parse_message,
)
from abm_desktop.experiments.statements import ExperimentProcessEnded, SharesTooLarge
from abm_desktop.learning.statements import JoiningCluster

FILE = """
name = "short"
lead = 120
burn_in = 30
stress_window = 60
after = 120
seeds = {seeds}
paths = 0
calm = false
[rl]
shares = [0]
[[stress]]
type = "liquidity_shock"
[[intervention]]
name = "velocity"
velocity_logic.ticks = 5
"""
"""Two cells, without RL traders: no pilot is needed."""
SEEDS, RUNS = 4, 8


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    path = tmp_path / "short.toml"
    path.write_text(FILE.format(seeds=SEEDS))
    return path


def converse(start, answer=None):
    """All messages of one experiment; ``answer(client, message)`` may send commands."""

    async def work():
        client, heard = ExperimentClient(), []
        await client.start(start)
        async for message in client.messages():
            heard.append(message)
            if answer is not None:
                await answer(client, message)
        await client.close()
        return heard

    return asyncio.run(work())


def test_the_window_s_process_runs_a_file_pauses_and_stops(file):
    path, seen = str(file), []

    async def stop_early(client, message):
        if (
            isinstance(message, ExperimentStatus)
            and message.state == "running"
            and message.done >= 2
        ):
            seen.append(message)
            if len(seen) == 1:
                await client.pause()
        if isinstance(message, ExperimentStatus) and message.state == "paused":
            seen.append(message)
            await client.stop()

    heard = converse(ExperimentStart(path), stop_early)
    assert isinstance(heard[-1], Ended)
    assert any(isinstance(m, ExperimentStatus) and m.state == "paused" for m in heard)
    kept = Experiment.load(path).finished()
    assert 2 <= kept < RUNS

    heard = converse(ExperimentStart(path))
    begun, done = [m for m in heard if not isinstance(m, ExperimentStatus)]
    assert heard[0] == begun == ExperimentBegun("short", done.folder, RUNS)
    assert isinstance(done, ExperimentDone)
    assert (done.runs, done.of) == (RUNS, RUNS)
    assert os.path.isfile(done.report)  # noqa: PTH113
    first = next(m for m in heard[1:] if m.state == "running")
    assert first.done == kept


def test_failures_are_told_with_a_remedy(file):
    file.write_text("name = 'x'\nsedes = 3\n")
    (failure,) = converse(ExperimentStart(str(file)))
    assert isinstance(failure, ExperimentFailure)
    told = str(failure.fault)
    assert "line 2: sedes: is not a known key" in told and 'did you mean "seeds"?' in told


def test_a_killed_process_loses_nothing_and_a_dead_owner_ends_it(file):
    path = str(file)

    async def kill(client, message):
        if (
            isinstance(message, ExperimentStatus)
            and message.state == "running"
            and message.done >= 2
        ):
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(client.pid).kill()

    heard = converse(ExperimentStart(path), kill)
    assert isinstance(heard[-1], ExperimentFailure)
    assert heard[-1].fault == ExperimentProcessEnded(-9)
    told = max(m.done for m in heard if isinstance(m, ExperimentStatus))
    kept = Experiment.load(path).finished()
    assert kept >= told

    async def leave():
        client = ExperimentClient()
        await client.start(ExperimentStart(path))
        process = psutil.Process(client.pid)
        async for message in client.messages():
            if isinstance(message, ExperimentStatus) and message.state == "running":
                # What the end of its owner does to it: its standard input ends.
                client._host.end_input()  # noqa: SLF001 - an owner that is killed calls nothing
                break
        await asyncio.to_thread(process.wait, 20)
        await client.close()

    asyncio.run(leave())
    whole = Experiment.load(path).run()
    assert len(whole.runs) == RUNS


def test_messages_are_read_back():
    for item in (
        ExperimentStatus("running", 3, 9, seconds_left=2.5),
        ExperimentStatus("starting", 0, 0, note=JoiningCluster("10.0.0.5:6379")),
        ExperimentBegun("short", "a", 9),
        ExperimentDone("a", "b", 9, 9, ("Yes.",)),
        ExperimentFailure(
            SharesTooLarge(("noise", "momentum"), "taker volume", 0.31, 0.5), "trace"
        ),
    ):
        assert parse_message(encode(item)) == item
    assert parse_command(encode(ExperimentStart("x.toml", workers=2))) == ExperimentStart(
        "x.toml", workers=2
    )
    with pytest.raises(ProtocolError):
        parse_command(b'{"type": "start"}')


@long("takes a minute")
def test_two_nodes_of_a_cluster_one_of_them_killed(file, tmp_path):
    """The numbers of one process, also from two nodes of which one dies at work."""
    import ray
    from ray.cluster_utils import Cluster

    file.write_text(FILE.format(seeds=80))
    experiment = Experiment.load(file)
    alone = experiment.run(folder=tmp_path / "alone").runs
    cluster = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 1,
            "include_dashboard": False,
            "object_store_memory": 80 << 20,
            # Else it takes half a minute until a silent node counts as dead.
            "_system_config": {
                "health_check_initial_delay_ms": 0,
                "health_check_period_ms": 500,
                "health_check_failure_threshold": 4,
            },
        },
    )
    second = cluster.add_node(num_cpus=1, object_store_memory=80 << 20)
    heard = []

    def kill_one(progress):
        heard.append(progress)
        at_work = progress.state == "running" and progress.done >= 12
        if at_work and second in cluster.list_all_nodes():
            cluster.remove_node(second, allow_graceful=False)

    try:
        shared = experiment.run(
            2, address=cluster.address, folder=tmp_path / "shared", on_progress=kill_one
        )
    finally:
        ray.shutdown()
        cluster.shutdown()
    pd.testing.assert_frame_equal(shared.runs, alone, check_exact=True)
    assert heard[-1].done == heard[-1].total == 160
    assert heard[-1].lost_workers >= 1
    assert experiment.lost_workers(tmp_path / "shared") == heard[-1].lost_workers
