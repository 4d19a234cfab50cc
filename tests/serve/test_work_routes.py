"""Trainings and experiments over HTTP; their processes are played, what they say comes through."""

import io
import json

import pyarrow as pa
import pytest
from serve.conftest import client_of
from support.fake_clients import played_laboratory, progress_of, settle
from websockets.sync.client import connect

from abm_desktop.experiments.process.messages import ExperimentStatus
from abm_desktop.learning.process.messages import Checkpoint, Done, Failure, Status
from abm_desktop.learning.statements import Diverged
from abm_desktop.live import LiveMarket
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession


@pytest.fixture
def work():
    """A laboratory whose processes do nothing by themselves."""
    with played_laboratory() as found:
        yield found


@pytest.fixture
def served(work):
    live = LiveMarket()
    server = Server(ServedSession(live, work))
    server.start()
    yield server
    server.stop()
    live.close()


@pytest.fixture
def api(served):
    with client_of(served) as client:
        yield client


def test_a_training_is_started_watched_steered_and_stopped(api, work):
    given = {"settings": {"algorithm": "DQN", "iterations": 50, "seed": 3}}
    begun = api.post("/trainings", json=given)
    assert begun.status_code == 202 and begun.json()["algorithm"] == "DQN"
    settle(work.loop)
    (config,) = work.client.configs
    assert (config.algorithm, config.iterations, config.seed) == ("DQN", 50, 3)
    work.trainings.take(Status("training"))
    work.trainings.take(progress_of(1, -2.0))
    work.trainings.take(progress_of(2, 1.5))
    seen = api.get("/trainings/1").json()
    assert (seen["state"], seen["iteration"], seen["reward_mean"]) == ("training", 2, 1.5)
    table = api.get(
        "/trainings/1/curves", headers={"Accept": "application/vnd.apache.arrow.stream"}
    )
    columns = pa.ipc.open_stream(io.BytesIO(table.content)).read_all()
    assert columns["reward_mean"].to_pylist() == [-2.0, 1.5]
    api.post("/trainings/1/pause")
    api.put("/trainings/1/learning-rate", json={"learning_rate": 1e-4})
    api.post("/trainings/1/save")
    stopping = api.delete("/trainings/1").json()
    settle(work.loop)
    assert stopping["state"] == "stopping"
    assert work.client.asked == ["pause", "set_learning_rate", "save_now", "stop"]
    work.trainings.take(Checkpoint("mine", "/x", 2))
    work.trainings.take(Done("stopped", 2, "mine", ""))
    assert api.get("/trainings/1").json()["state"] == "stopped"
    assert api.post("/trainings/1/pause").status_code == 409
    assert api.get("/trainings/9").status_code == 404


def test_a_second_training_waits_and_can_be_taken_back(api, work):
    api.post("/trainings", json={})
    second = api.post("/trainings", json={"settings": {"algorithm": "SAC"}}).json()
    assert second["state"] == "waiting"
    assert api.delete(f"/trainings/{second['id']}").json()["state"] == "stopped"


def test_what_cannot_be_trained_is_told_by_its_key(api):
    problem = api.post("/trainings", json={"settings": {"iterations": 0, "gama": 1}}).json()
    assert {each["key"] for each in problem["problems"]} == {"iterations", "gama"}
    code = {"settings": {"environment": "os:system"}}
    answer = api.post("/trainings", json=code)
    assert answer.status_code == 422 and answer.json()["key"] == "settings.environment"
    assert api.post("/trainings", json={"settings": {"scenario": "/etc/passwd"}}).status_code == 404


def test_why_a_training_failed_is_a_problem(api, work):
    api.post("/trainings", json={})
    settle(work.loop)
    work.trainings.take(Failure(Diverged(3)))
    problem = api.get("/trainings/1").json()["problem"]
    assert problem["code"] == Diverged(3).code and problem["detail"]


def test_a_training_is_heard_as_a_stream(served, api, work):
    headers = {"Authorization": f"Bearer {served.access.read_token}"}
    address = served.url.replace("http", "ws") + "/api/v1/stream"
    api.post("/trainings", json={})
    settle(work.loop)
    with connect(address, additional_headers=headers) as socket:
        socket.send(json.dumps({"subscribe": ["training"], "rate": 30}))
        work.trainings.take(Status("training"))
        work.trainings.take(progress_of(7, 0.5))
        while json.loads(socket.recv(30))["data"]["iteration"] < 7:
            pass


def test_an_experiment_is_planned_then_run(api, work):
    files = {each["name"]: each for each in api.get("/experiments/files").json()}
    assert files["research_question"]["is_shipped"] and files["research_question"]["question"]
    plan = api.get("/experiments/files/research_question/plan", params={"seeds": 2}).json()
    assert plan["seeds"] == 2 and plan["total"] > 0 and plan["primary"]
    begun = api.post("/experiments", json={"name": "research_question", "seeds": 2, "workers": 1})
    assert begun.status_code == 202
    settle(work.loop)
    (start,) = work.experimenter.starts
    assert (start.seeds, start.workers) == (2, 1)
    work.experiments.take(ExperimentStatus("running", 3, 12))
    seen = api.get("/experiments/1").json()
    assert (seen["state"], seen["finished"]) == ("running", 3)
    assert api.post("/experiments", json={"name": "research_question"}).status_code == 409
    assert api.post("/experiments/1/pause").json()["state"] == "pausing"
    assert api.delete("/experiments/1").json()["state"] == "stopping"
    assert api.get("/experiments/files/none-such/plan").status_code == 404


def test_an_experiment_is_kept_if_it_is_right(api):
    text = 'name = "x"\nquestion = "?"\nscenario = "calm"\nseeds = -1\n'
    problem = api.put("/experiments/files/mine", json={"toml": text}).json()
    assert problem["problems"][0]["line"] == 4
    assert api.put("/experiments/files/..%2Fx", json={"toml": text}).status_code in (404, 422)
