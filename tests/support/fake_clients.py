"""Clients of processes that do nothing: they note what is asked of them, and a test answers."""

import asyncio
import contextlib
from types import SimpleNamespace

from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.computing import Computing
from abm_desktop.desk.experiment_runs import ExperimentRuns
from abm_desktop.desk.trainings import Trainings
from abm_desktop.learning.process.messages import Checkpoint, Done, Progress, Status


class FakeTrainingClient:
    """Trains nothing; what the process says, a test says with ``Trainings.take``."""

    def __init__(self):
        self.asked = []
        self.given = []
        """Arguments of what it was asked for."""
        self.configs = []
        self.is_running = True
        self.pid = 1
        self.silent_seconds = 0.0

    async def start(self, config):
        self.configs.append(config)
        return False

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        async def ask(*arguments):
            self.asked.append(name)
            self.given.append(arguments)

        return ask


class _Noting:
    """Notes what it is asked for; what its process says is put into ``inbox``."""

    def messages(self):
        return _all_of(self.inbox)

    async def pause(self):
        self.asked.append("pause")

    async def resume(self):
        self.asked.append("resume")

    async def stop(self):
        self.asked.append("stop")


class PlayedTrainingClient(_Noting):
    """Trains nothing, beside another; what its process says, a test puts into ``inbox``."""

    def __init__(self):
        self.asked = []
        self.config = None
        self.inbox = asyncio.Queue()
        self.is_running, self.pid, self.silent_seconds = True, 2, 0.0

    async def start(self, config):
        self.config = config
        return True

    async def close(self, _seconds=0.0):
        self.asked.append("close")
        self.inbox.put_nowait(None)

    def say(self, loop, *messages):
        """Let the process say something, and wait until it is heard."""

        async def put():
            for message in messages:
                self.inbox.put_nowait(message)

        loop.submit(put()).result(10.0)
        settle(loop)


class FakeExperimentClient(_Noting):
    """Runs nothing; what the process says, a test says with ``ExperimentRuns.take``."""

    def __init__(self):
        self.asked = []
        self.starts = []
        self.inbox = None
        self.is_running = False
        self.pid = 1

    async def start(self, start):
        self.starts.append(start)
        self.inbox = asyncio.Queue()

    async def close(self):
        self.asked.append("close")
        if self.inbox is not None:
            self.inbox.put_nowait(None)


async def _all_of(inbox):
    while (message := await inbox.get()) is not None:
        yield message


def progress_of(iteration, reward):
    """What a training says after an iteration, of 50."""
    return Progress(
        iteration=iteration, iterations=50, env_steps=1000 * iteration, episodes=1,
        reward_mean=reward, episode_length_mean=720.0, action_shares=(0.2, 0.5, 0.3),
        steps_per_second=5000.0, sample_seconds=0.1, learn_seconds=0.1,
        elapsed_seconds=float(iteration), eta_seconds=10.0,
    )  # fmt: skip


class ObedientTrainingClient:
    """Its training goes on until it is asked to stop; ``model`` is what it leaves, a folder."""

    is_training = True

    def __init__(self, model):
        self.model = model
        self.said = []
        self._stopped = asyncio.Event()

    async def start(self, config):
        self.said.append(f"start {config.seed}")

    async def messages(self):
        name, place = self.model.name, str(self.model)
        if not self._stopped.is_set():
            yield Status("training")
            yield progress_of(1, 0.5)
            await self._stopped.wait()
        yield Checkpoint(name, place, 1)
        yield Done("stopped", 1, name, place)

    async def stop(self):
        self.said.append("stop")
        self._stopped.set()

    async def close(self, seconds):
        self.said.append("close")


def settle(loop):
    """Wait until a BackgroundLoop has done what was asked of it so far."""

    async def rest():
        for _ in range(5):
            await asyncio.sleep(0)

    loop.submit(rest()).result(10.0)


@contextlib.contextmanager
def played_laboratory():
    """A laboratory whose trainings and experiments do nothing by themselves; it does compute.

    ``client`` and ``experimenter`` are what it talks to, ``loop`` where it does.
    """
    found = SimpleNamespace(
        loop=BackgroundLoop(),
        computing=Computing(),
        client=FakeTrainingClient(),
        experimenter=FakeExperimentClient(),
        close=lambda: None,
    )
    found.trainings = Trainings(found.client, found.loop)
    found.experiments = ExperimentRuns(found.experimenter, found.loop, found.computing)
    try:
        yield found
    finally:
        found.trainings.close()
        found.experiments.close()
        found.computing.close()
        found.loop.close()
