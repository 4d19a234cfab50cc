"""The Analytics tab of a window, with computations done at once instead of in another process."""

import asyncio
import pickle
from types import SimpleNamespace

import pytest
import qasync
from support.fake_clients import FakeExperimentClient, settle

from abm_desktop.desk import experiment_runs
from abm_desktop.desk.worker_process import WorkerError
from abm_desktop.ui.worker import Job


class InlineWorker:
    """Computes at once, from pickled arguments as the other process would get them."""

    def __init__(self):
        self.jobs = []

    def run(self, work, *arguments, done, failed, progress=None):
        job = Job(done, failed, progress, lambda _job: None)
        self.jobs.append(job)
        named = {} if progress is None else {"progress": progress}
        sent = pickle.loads(pickle.dumps(arguments))
        try:
            answer = pickle.loads(pickle.dumps(work(*sent, **named)))
        except Exception as error:
            job.is_over = True
            failed(WorkerError(str(error)))
            return job
        job.is_over = True
        done(answer)
        return job

    def close(self):
        pass


@pytest.fixture
def inline(window):
    window.session.worker.close()
    window.session.worker = InlineWorker()
    return window.session.worker


@pytest.fixture
def analytics(window, inline):
    """The tab on show, with half an hour of a market."""
    from fake_live import make_snapshot

    live = window.session.live
    live.snapshot = make_snapshot(1800, generation=live.snapshot.generation)
    window.commands["view.analytics"].trigger()
    window.draw()
    return window.analytics


@pytest.fixture
def loop(qapp):
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def client(monkeypatch):
    """A client of an experiment during which no time passes, however busy the machine is."""
    monkeypatch.setattr(experiment_runs, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    client = FakeExperimentClient()
    monkeypatch.setattr(experiment_runs, "ExperimentClient", lambda **_: client)
    return client


@pytest.fixture
def page(loop, client, window, analytics):
    window.commands["analytics.experiments"].trigger()
    page = analytics.page("experiments")
    controller = page.controller
    yield page
    loop.run_until_complete(controller.close())


@pytest.fixture
def settled(window):
    """Wait until what was asked for is done."""

    def wait():
        settle(window.session.laboratory.loop)

    return wait
