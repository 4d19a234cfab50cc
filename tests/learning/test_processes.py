"""However a training ends, no process and no folder is left after five seconds."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from support.long_tests import long

from abm_desktop.learning.process.client import TrainingClient
from abm_desktop.learning.process.messages import Failure

from .conftest import TESTS, tiny_config

LIMIT = 5.0

OWNER = textwrap.dedent(
    """
    import asyncio
    from abm_desktop.learning.process.client import TrainingClient
    from learning.conftest import tiny_config

    async def main():
        client = TrainingClient()
        await client.start(tiny_config(iterations=1_000_000))
        async for message in client.messages():
            if message.type == "status":
                print(message.state, flush=True)

    asyncio.run(main())
    """
)


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


def session_folders(process):
    """Ray session folders that ``process`` and its children use."""
    folders = set()
    for child in process.children(recursive=True):
        try:
            arguments = child.cmdline()
        except psutil.NoSuchProcess:  # it has just ended, or its parent has not looked yet
            continue
        for argument in arguments:
            if "--session-dir=" in argument or "--session_dir=" in argument:
                folders.add(argument.partition("=")[2])
    return folders


def assert_all_gone(processes, folders):
    """Every process has ended (a zombie has: only its parent has not looked) within the limit."""
    _, alive = psutil.wait_procs(processes, timeout=LIMIT)
    left = []
    for process in alive:
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                left.append(process.cmdline())
        except psutil.NoSuchProcess:
            pass
    assert left == []
    assert [folder for folder in folders if Path(folder).exists()] == []


@pytest.mark.parametrize(
    "state", ["ready", pytest.param("training", marks=long("starts a cluster"))]
)
def test_killing_the_owner_leaves_nothing(tmp_path, monkeypatch, state):
    """The training process ends with it, before it has a cluster too.

    That of the cluster then is what it is after the training process was killed, see below.
    """
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, cwd=TESTS.parent, text=True
    ) as owner:
        assert owner.stdout is not None
        assert f"{state}\n" in iter(owner.stdout.readline, "")
        tree = psutil.Process(owner.pid)
        children, folders = tree.children(recursive=True), session_folders(tree)
        assert len(children) > (5 if state == "training" else 0)
        assert folders or state != "training"
        owner.send_signal(signal.SIGKILL)
    assert_all_gone(children, folders)


def name_of(process):
    try:
        return process.name()
    except psutil.Error:
        return ""


COMMAND = """\
import signal, sys
# A shell has what it starts in the background ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from abm_desktop.cli import main
sys.exit(main(["train", "--set", "environment=learning.environments:sign", *sys.argv[1:]]))
"""


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=long("starts a cluster")),
        pytest.param(signal.SIGHUP, marks=long("starts a cluster")),
    ],
)
def test_an_interrupt_while_a_training_starts_is_answered_at_once(tmp_path, monkeypatch, number):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=TESTS.parent, text=True,
    ) as owner:  # fmt: skip
        tree = psutil.Process(owner.pid)
        # Ray is half started when its first process is there.
        children = []
        while not any("gcs_server" in name_of(child) for child in children):
            assert owner.poll() is None
            children = tree.children(recursive=True)
        began = time.monotonic()
        owner.send_signal(number)
        _, errors = owner.communicate(timeout=30)
        seconds = time.monotonic() - began
    assert "Traceback" not in errors
    assert owner.returncode == 130
    assert seconds < 3.0, "aimed at 2, on an idle machine"
    assert_all_gone(children, set())
    assert {p.name for p in tmp_path.iterdir()} <= {"logs", "models", "ray"}
    assert not [p for p in (tmp_path / "models").iterdir() if p.name != ".claims"]


def _ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@long("starts a cluster")
@pytest.mark.parametrize(
    ("number", "in_background"),
    [(signal.SIGTERM, False), (signal.SIGHUP, False), (signal.SIGTERM, True)],
)
def test_a_training_that_is_ended_from_outside_keeps_its_model(
    tmp_path, monkeypatch, number, in_background
):
    """As of a terminal that is closed: all of its processes are told, and nobody reads any more.

    Or in the background of a script, whose jobs ignore interrupts.
    """
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    options = ["--iterations", "1000000", "--name", "kept", "--no-evaluate"]
    owner = subprocess.Popen(
        [sys.executable, "-u", "-c", COMMAND, *options], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, cwd=TESTS.parent, text=True, start_new_session=True,
        preexec_fn=_ignore_interrupts if in_background else None,
    )  # fmt: skip
    assert owner.stdout is not None
    assert any("steps/s" in line for line in owner.stdout), "no iteration was told"
    children = psutil.Process(owner.pid).children(recursive=True)
    if in_background:
        owner.send_signal(signal.SIGINT)
        assert any("steps/s" in line for line in owner.stdout), "it goes on"
    owner.stdout.close()
    if number == signal.SIGHUP:
        os.killpg(owner.pid, number)
    else:
        owner.send_signal(number)
    owner.wait(60)
    assert_all_gone(children, set())
    meta = json.loads((tmp_path / "models" / "kept" / "meta.json").read_text())
    assert meta["status"] == "stopped"


def test_killing_the_training_process_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))

    async def work():
        client = TrainingClient()
        await client.start(tiny_config(iterations=1_000_000))
        children, folders, heard = [], set(), []
        async for message in client.messages():
            if message.type == "progress" and not children:
                host = psutil.Process(client.pid)
                children, folders = host.children(recursive=True), session_folders(host)
                assert len(children) > 4
                # Ray makes them writable for everybody: nobody else gets there.
                inside = [Path(folder) for folder in folders if Path(folder).is_dir()]
                modes = {stat.S_IMODE(folder.parent.parent.stat().st_mode) for folder in inside}
                assert modes == {0o700}
                host.kill()
            heard.append(message)
        await client.close()
        return children, folders, heard

    children, folders, heard = asyncio.run(work())
    (failure,) = [message for message in heard if isinstance(message, Failure)]
    assert "signal 9" in str(failure.fault)
    assert_all_gone(children, folders)
