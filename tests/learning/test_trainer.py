"""The face for scripts: one call, synchronous."""

import asyncio
import contextlib

import pytest
from support.fake_clients import ObedientTrainingClient

from abm_desktop import model_folders
from abm_desktop.learning import trainer as module
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.process.messages import Status
from abm_desktop.learning.registry import models
from abm_desktop.learning.rllib import samplers
from abm_desktop.learning.trainer import RLTrainer

from .conftest import TESTS, TINY, heeding_interrupts, interrupting


def test_a_wrong_setting_is_told_before_anything_starts():
    with pytest.raises(ConfigError, match="gamma"):
        RLTrainer(gamma=3.0)


def test_the_names_of_the_public_face_are_the_configurations(monkeypatch):
    monkeypatch.setattr(samplers, "processors", lambda: 8)
    trainer = RLTrainer(algorithm="PPO", num_workers=4, training_iterations=7, gamma=0.9)
    config = trainer.config
    assert (config.workers, config.iterations, config.gamma) == (4, 7, 0.9)


def test_a_second_interrupt_abandons_a_training(monkeypatch):
    """Also if it comes when the first was answered, but not yet by the training."""
    said = []

    class Busy:
        """A training that is in a long iteration and does not stop."""

        is_training = True

        async def start(self, config):
            said.append("start")

        async def messages(self):
            if said == ["start"]:
                yield Status("training")
            await asyncio.Event().wait()

        async def stop(self):
            said.append("stop")

        async def close(self, seconds):
            said.append("close")

    monkeypatch.setattr(module, "TrainingClient", Busy)
    heard = []

    async def interrupted_twice():
        work = asyncio.ensure_future(
            RLTrainer(num_workers=0).train_in_loop(lambda m: heard.append(m.state))
        )
        while heard != ["training"]:
            await asyncio.sleep(0)
        work.cancel()
        while said != ["start", "stop"]:
            await asyncio.sleep(0)
        work.cancel()
        await work

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(asyncio.wait_for(interrupted_twice(), 20.0))
    assert said == ["start", "stop", "close"] and heard == ["training", "stopping"]


def test_an_interrupt_of_a_script_stops_its_training(monkeypatch, capsys):
    client = ObedientTrainingClient(model_folders.bundled_dir() / "calm-ppo")
    monkeypatch.setattr(module, "TrainingClient", lambda: client)
    with heeding_interrupts():
        results, folder = RLTrainer(num_workers=0, seed=3).train(interrupting())
    assert client.said == ["start 3", "stop", "close"]
    assert (results.reason, folder) == ("stopped", client.model)
    assert [row.iteration for row in results.history] == [1]
    assert "Iteration" not in capsys.readouterr().err


def test_an_interrupt_in_a_notebook_keeps_what_was_learned(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    trainer = RLTrainer(
        num_workers=0,
        training_iterations=1_000_000,
        environment="learning.environments:sign",
        **TINY,
    )

    async def cell():
        return trainer.train(interrupting())

    with heeding_interrupts(), contextlib.closing(asyncio.new_event_loop()) as loop:
        # Notebooks run their loop themselves, and leave interrupts as they are.
        results, folder = loop.run_until_complete(cell())
    assert "Iteration" in capsys.readouterr().err
    assert results.reason == "stopped"
    columns = results.columns()
    assert columns["iteration"] == sorted(columns["iteration"])
    (model,) = (m for m in models.list_models() if not m.bundled)
    assert (model.folder, model.status) == (folder, "stopped")
    assert model.iterations == results.last.iteration
