"""Trainings and experiments on a Ray cluster that somebody else has started, and that stays."""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from support.long_tests import long

from abm_desktop import cluster
from abm_desktop.experiments.process.client import ExperimentClient
from abm_desktop.experiments.process.messages import ExperimentDone as ExperimentDone
from abm_desktop.experiments.process.messages import ExperimentStart
from abm_desktop.learning.process.messages import Done, Status
from abm_desktop.learning.statements import JoiningCluster

from .conftest import TESTS, tiny_config

HEAD = """
import sys
from ray._private import services
services.resolve_ip_for_localhost = lambda host: host  # else it listens on all addresses
from ray.scripts.scripts import main
sys.argv[0] = "ray"
main()
"""

EXPERIMENT = """
name = "joined"
lead = 60
burn_in = 30
stress_window = 30
after = 60
seeds = 2
paths = 1
[rl]
shares = [0]
[[stress]]
type = "liquidity_shock"
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture(scope="module")
def head():
    """(address, process) of `ray start --head`, as a user would type it on another machine."""
    # Not pytest's folder: a socket's path in it would be too long.
    folder = Path(tempfile.mkdtemp(prefix="abm-head-"))
    log = folder / "head.log"
    port, *agent = free_ports(4)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")} | {
        "HOME": str(folder), "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS))),
    }  # fmt: skip
    command = [
        sys.executable, "-c", HEAD, "start", "--head", "--block", "--num-cpus=2",
        "--node-ip-address=127.0.0.1", "--include-dashboard=false", f"--temp-dir={folder}",
        "--object-store-memory=80000000", "--min-worker-port=0", "--max-worker-port=0",
        f"--port={port}", f"--dashboard-agent-listen-port={agent[0]}",
        f"--dashboard-agent-grpc-port={agent[1]}", f"--runtime-env-agent-port={agent[2]}",
    ]  # fmt: skip
    with log.open("wb") as stream:
        process = psutil.Popen(command, env=environment, stdout=stream, stderr=stream)
    try:
        end = time.monotonic() + 60.0
        while "Ray runtime started" not in log.read_text():
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield f"127.0.0.1:{port}", process
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            tree = [process, *process.children(recursive=True)]
            for each in tree:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            psutil.wait_procs(tree, timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def answers(head):
    """Whether the cluster lives, with everything that belongs to it."""
    _, process = head
    names = {child.name() for child in process.children(recursive=True)}
    return process.is_running() and {"gcs_server", "raylet"} <= names


@long("takes half a minute")
def test_a_training_and_an_experiment_join_a_cluster_and_leave_it_running(
    head, laboratory, tmp_path, monkeypatch
):
    """The training process had a cluster of its own before."""
    address, _ = head
    assert answers(head)
    laboratory.train(tiny_config(iterations=1))
    messages = laboratory.train(tiny_config(iterations=2, workers=1, address=address))
    assert any(isinstance(m, Status) and m.note == JoiningCluster(address) for m in messages)
    assert isinstance(messages[-1], Done), messages[-1]
    assert answers(head)

    (tmp_path / "joined.toml").write_text(EXPERIMENT)
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))

    async def run():
        client = ExperimentClient()
        await client.start(
            ExperimentStart(str(tmp_path / "joined.toml"), workers=1, address=address)
        )
        heard = [message async for message in client.messages()]
        await client.close()
        return heard

    done = asyncio.run(run())[-1]
    assert isinstance(done, ExperimentDone), done
    assert (done.runs, done.of) == (4, 4)
    assert answers(head)


def test_an_address_at_which_nobody_answers_is_told_at_once():
    (port,) = free_ports(1)
    began = time.monotonic()
    with pytest.raises(cluster.ClusterError, match=f"No Ray cluster answers at 127.0.0.1:{port}"):
        cluster.start(address=f"127.0.0.1:{port}")
    assert time.monotonic() - began < 10.0
