"""One training process and one Ray cluster for all learning tests of a session."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
import torch

from abm_desktop import model_folders
from abm_desktop.learning.process.client import TrainingClient
from abm_desktop.learning.process.messages import Done, Failure
from abm_desktop.learning.recipes import make_config

torch.set_num_threads(1)  # as in a training; more threads are slower on busy cores

TESTS = Path(__file__).resolve().parents[1]

TINY = {
    "envs_per_worker": 8,
    "rollout_length": 30,
    "minibatch_size": 48,
    "epochs": 2,
    "episode_seconds": 20,
    "hidden": (16,),
    "learning_rate": 0.003,
    "evaluate_after": False,
}
"""Settings of a training that takes milliseconds per iteration."""


def tiny_config(environment="sign", **settings):
    """A configuration on one of the environments beside this file."""
    return make_config(environment=f"learning.environments:{environment}", **(TINY | settings))


@contextlib.contextmanager
def heeding_interrupts():
    """A shell has what it starts in the background ignore them."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def interrupting():
    """Hears messages, a training's last, and interrupts this process at the first progress."""
    interrupted = []

    def interrupt(*heard):
        message = heard[-1]
        if message.type == "progress" and not interrupted:
            interrupted.append(message)
            os.kill(os.getpid(), signal.SIGINT)

    return interrupt


class Laboratory:
    """Runs trainings to their end in one process that lives as long as the test session."""

    def __init__(self, runner):
        self._runner = runner
        self.client = TrainingClient()

    def train(self, config, stop_at=None):
        """Every message until Done or Failure; asks to stop once ``stop_at`` is reached."""

        async def answer(client, message):
            # Fast iterations share a message: the exact number may never be heard.
            if stop_at and message.type == "progress" and message.iteration >= stop_at:
                await client.stop()

        return self.converse(config, answer)

    def converse(self, config, answer):
        """Every message until Done or Failure; ``answer(client, message)`` may send commands."""

        async def work():
            await self.client.start(config)
            heard = []
            async for message in self.client.messages():
                heard.append(message)
                await answer(self.client, message)
                if isinstance(message, Done | Failure):
                    return heard
            return heard

        return self._runner.run(work())

    def close_while_training(self, config, look):
        """Seconds it took, the processes there were, and what ``look(host)`` saw before."""

        async def work():
            await self.client.start(config)
            async for message in self.client.messages():
                if message.type == "progress":
                    host = psutil.Process(self.client.pid)
                    tree, seen = [host, *host.children(recursive=True)], look(host)
                    began = time.monotonic()
                    await self.client.close()
                    return time.monotonic() - began, tree, seen
            raise AssertionError("the training ended by itself")

        return self._runner.run(work())

    def close(self):
        self._runner.run(self.client.close())


@pytest.fixture(scope="session")
def laboratory():
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(TESTS)
    with asyncio.Runner() as runner:
        lab = Laboratory(runner)
        yield lab
        lab.close()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """A data folder of its own for tests that need no training process."""
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.setattr(model_folders, "bundled_dir", lambda: tmp_path / "shipped")
    return tmp_path
