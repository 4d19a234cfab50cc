"""Models over HTTP: listed, read, taken in, given out, changed, judged, and asked what they do."""

import io
import json
import zipfile

import httpx
import numpy as np
import pyarrow as pa
import pytest
from serve.conftest import client_of

from abm_desktop import model_folders
from abm_desktop.learning.judging.evaluation import evaluate
from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of
from abm_desktop.learning.registry import in_training, models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario
from abm_desktop.serve.columns import ARROW

SHORT = {"name": "short", "market": {"warm_up": "2min"}}


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def own(http):
    """A copy of a shipped model under the user's own name."""
    archive = http.get("/models/calm-ppo/export").content
    answer = http.post("/models", params={"name": "mine"}, content=archive, headers=ZIP)
    assert answer.status_code == 201, answer.text
    return answer.json()


ZIP = {"Content-Type": "application/zip"}


def ended(http, answer):
    """The job of an answer, when it has ended."""
    assert answer.status_code == 202, answer.text
    while True:
        job = http.get(f"/jobs/{answer.json()['id']}", params={"wait": 60}).json()
        if job["state"] not in ("waiting", "running"):
            return job


def refused(answer, status, key):
    problem = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["key"] == key
    return problem


def test_models_are_listed_as_the_registry_lists_them(http, own):
    def names(**filters):
        return [model["name"] for model in http.get("/models", params=filters).json()]

    assert names() == [model.name for model in models.list_models()]
    assert names()[0] == "mine" and "calm-maker" in names()
    assert names(role="maker") == ["calm-maker"]
    assert names(studies=True, algorithm="SAC") == [
        model.name for model in models.list_models(studies=True, algorithm="SAC")
    ]
    assert names(tag="nothing") == []


def test_a_model_is_read_whole(http, own):
    info = models.get_model("mine")
    assert own == http.get("/models/mine").json()
    assert own["observations"] == list(info.observations) and len(own["observations"]) == 13
    assert own["config"] == json.loads(json.dumps(info.config))
    assert own["evaluation"] == info.metrics["evaluation"]
    assert own["evaluation"]["scenario"] in own["accepted"]
    assert not own["is_shipped"] and http.get("/models/calm-ppo").json()["is_shipped"]


def test_a_model_that_goes_out_and_comes_in_is_the_same(http, own):
    ours, theirs = models.load_policy("mine"), models.load_policy("calm-ppo")
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    arrays = http.get("/models/mine/export", params={"format": "npz"}).content
    alone = http.post("/models", params={"name": "alone"}, content=arrays).json()
    assert (alone["algorithm"], alone["status"]) == ("imported", "imported")
    np.testing.assert_array_equal(models.load_policy("alone").weights[0], ours.weights[0])


def test_a_policy_goes_out_in_the_formats_of_others(http, own):
    onnx = pytest.importorskip("onnxruntime")
    answer = http.get("/models/mine/export", params={"format": "onnx"})
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.onnx"'
    session = onnx.InferenceSession(answer.content)
    seen = np.linspace(-1, 1, 26, dtype=np.float32).reshape(2, 13)
    logits = session.run(["logits"], {"observations": seen})[0]
    np.testing.assert_allclose(logits, models.load_policy("mine").logits(seen), atol=1e-5)


@pytest.mark.parametrize("name", ["..%2Fmine", ".mine", "a b", "%00"])
def test_names_stay_inside_the_data_folder(http, own, name):
    assert http.get(f"/models/{name}").status_code == 404
    assert http.post(f"/models/{name}/actions", json={"observations": []}).status_code == 404
    answer = http.post("/models", params={"name": httpx.URL(f"http://x/{name}").path[1:]})
    assert answer.status_code == 422 and answer.json()["key"] == "name"


def test_an_upload_is_data_within_limits_and_nothing_else(http, data_folder):
    def zipped(**members):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name.replace("__", "/"), content)
        return body.getvalue()

    pickled = io.BytesIO()
    np.save(pickled, np.array([{"run": "me"}], dtype=object), allow_pickle=True)
    for body in (
        b"",
        b"not a zip file",
        zipped(readme="nothing"),
        zipped(**{"x__meta.json": "{}"}),
        zipped(**{"x__meta.json": "[" * 100_000}),
        zipped(**{"x__meta.json": " " * 5_000_000, "x__policy.npz": ""}),
        zipped(**{"..__meta.json": "{}"}),
        zipped(**{"weights_0.npy": pickled.getvalue()}),
    ):
        answer = http.post("/models", params={"name": "taken"}, content=body, headers=ZIP)
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"]
    form = http.post("/models", files={"file": b"x"})
    assert form.status_code == 415 and "--data-binary" in form.json()["remedy"]
    assert [model.name for model in models.list_models() if not model.bundled] == []
    assert http.post("/models", content=b"x" * (64 * 2**20 + 1)).status_code == 413


def test_a_name_that_is_taken_is_refused(http, own):
    archive = http.get("/models/mine/export").content
    answer = http.post("/models", params={"name": "mine"}, content=archive, headers=ZIP)
    assert answer.status_code == 409 and answer.json()["code"] == "taken"
    assert http.put("/models/mine/name", json={"name": "calm-ppo"}).status_code == 409
    assert http.put("/models/mine/name", json={"name": "../x"}).status_code == 422
    claim = in_training.claim("mine")
    try:
        assert http.delete("/models/mine").status_code == 409
    finally:
        claim.release()


def test_a_model_is_renamed_tagged_and_deleted(http, own):
    tagged = http.put("/models/mine/tags", json={"tags": ["good", "new"]}).json()
    assert tagged["tags"] == ["good", "new"]
    assert http.put("/models/mine/tags", json={"tags": ["new"]}).json()["tags"] == ["new"]
    refused(http.put("/models/mine/tags", json={"tags": ["two words"]}), 422, "tags[0]")
    assert http.put("/models/mine/name", json={"name": "other"}).json()["tags"] == ["new"]
    assert http.get("/models/mine").status_code == 404
    assert http.delete("/models/other").status_code == 204
    assert http.delete("/models/other").status_code == 404


def test_shipped_models_stay_as_they_are(http):
    for answer in (
        http.delete("/models/calm-ppo"),
        http.put("/models/calm-ppo/tags", json={"tags": ["mine"]}),
        http.put("/models/calm-ppo/name", json={"name": "mine"}),
    ):
        assert answer.status_code == 409 and answer.json()["code"] == "shipped"


def test_curves_are_those_of_the_training(http, own, data_folder):
    from abm_desktop.learning.process.history import load_history

    rows = load_history("mine")
    found = http.get("/models/mine/curves").json()
    assert found["rows"] == len(rows) and own["has_curves"] == bool(rows)
    assert found["columns"]["iteration"] == [row.iteration for row in rows]
    arrow = http.get("/models/mine/curves", headers={"Accept": ARROW})
    with pa.ipc.open_stream(arrow.content) as reader:
        table = reader.read_all()
    assert table.num_rows == len(rows)
    if rows:
        assert found["columns"]["share_BUY"][-1] == rows[-1].action_shares[2]
        later = http.get("/models/mine/curves", params={"since": rows[0].iteration}).json()
        assert later["rows"] == len(rows) - 1


def test_an_evaluation_is_that_of_the_command_and_is_kept(http, own):
    http.put("/scenarios/short", json={"values": SHORT})
    asked = {"scenarios": ["short"], "days": 6, "hours": 0.04}
    job = ended(http, http.post("/models/mine/evaluate", json=asked))
    assert job["state"] == "done", job
    alone = evaluate(
        models.load_policy("mine"), Scenario.model_validate(SHORT), days=6, hours=0.04
    ).summary()
    assert job["result"]["evaluation"] == json.loads(json.dumps(alone))
    assert job["result"]["is_kept"]
    kept = http.get("/models/mine").json()
    assert kept["accepted"]["short"] == alone["accepted"]
    assert len(kept["accepted"]) == 1 + len(own["accepted"])  # those in other markets stay


def test_a_stress_test_is_that_of_the_command_and_can_be_of_a_shipped_model(http):
    http.put("/scenarios/short", json={"values": SHORT})
    crash = {"deep": {"type": "flash_crash", "magnitude": 0.1}}
    asked = {"stresses": crash, "scenario": "short", "runs": 1, "lead": 30, "after": 60}
    job = ended(http, http.post("/models/calm-maker/stress-test", json=asked))
    assert job["state"] == "done", job
    outcomes = stress_test_agent(
        models.load_policy("calm-maker"),
        crash,
        scenario=Scenario.model_validate(SHORT),
        runs=1,
        lead=30.0,
        after=60.0,
    )
    wanted = summary_of(outcomes, "short", runs=1, traders=1, seed=0, after=60.0)
    assert job["result"]["stress_test"] == json.loads(json.dumps(wanted))
    assert not job["result"]["is_kept"]


def test_what_cannot_be_judged_is_told_before_a_job_begins(http):
    asked = {"stresses": [{"type": "flash_crash"}, {"type": "flash_crash", "magnitude": 7}]}
    answer = http.post("/models/calm-ppo/stress-test", json=asked)
    assert "magnitude" in refused(answer, 422, "stresses[1].magnitude")["detail"]
    assert http.post("/models/none/evaluate", json={}).status_code == 404
    answer = http.post("/models/calm-ppo/evaluate", json={"scenarios": ["../../etc/passwd"]})
    assert answer.status_code == 404
    refused(http.post("/models/calm-ppo/evaluate", json={"days": 5}), 422, "days")


def test_a_judging_that_is_cancelled_ends_in_its_middle(http):
    """Its process is killed: what it is at takes hours."""
    first = http.post("/models/calm-ppo/evaluate", json={"days": 200, "hours": 24})
    number = first.json()["id"]
    http.delete(f"/jobs/{number}")
    assert ended(http, first)["state"] == "cancelled"


def test_actions_are_those_of_the_policy(http):
    policy = models.load_policy("calm-sac")
    seen = np.random.default_rng(3).normal(size=(50, 13)).astype(np.float32)
    found = http.post("/models/calm-sac/actions", json={"observations": seen.tolist()}).json()
    logits = policy.logits(seen).astype(float)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    columns = found["columns"]
    assert found["rows"] == 50 and found["is_greedy"] == policy.greedy
    assert columns["action"] == logits.argmax(axis=1).tolist()
    assert columns["name"] == [policy.actions[k] for k in logits.argmax(axis=1)]
    told = np.column_stack([columns[f"p_{name}"] for name in policy.actions])
    np.testing.assert_allclose(told, chances, rtol=1e-12)


def test_many_actions_go_as_arrow(http):
    policy = models.load_policy("calm-executor")
    seen = np.random.default_rng(4).normal(size=(100_000, 18)).astype(np.float32)

    def streamed(rows):
        # In another order than the policy's: names count.
        names = sorted(policy.observations)
        order = [policy.observations.index(name) for name in names]
        table = pa.table({name: rows[:, j] for name, j in zip(names, order, strict=True)})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=30_000)
        return sink.getvalue().to_pybytes()

    body, both = streamed(seen), {"Content-Type": ARROW, "Accept": ARROW}
    answer = http.post("/models/calm-executor/actions", content=body, headers=both)
    with pa.ipc.open_stream(answer.content) as reader:
        table = reader.read_all()
    wanted = policy.logits(seen).argmax(axis=1)
    np.testing.assert_array_equal(table["action"].to_numpy(), wanted)
    answer = http.post(
        "/models/calm-executor/actions", content=body, headers={"Content-Type": ARROW}
    )
    assert ARROW in refused(answer, 422, "observations")["remedy"]
    body = streamed(np.concatenate((seen, seen[:1])))
    refused(http.post("/models/calm-executor/actions", content=body, headers=both), 422,
            "observations")  # fmt: skip
    seen[77_777, 5] = np.nan
    answer = http.post("/models/calm-executor/actions", content=streamed(seen), headers=both)
    assert policy.observations[5] in refused(answer, 422, "observations[77777][5]")["detail"]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "body"),
        (b"[1, 2]", "observations"),
        (b'{"observations": []}', "observations"),
        (b'{"observations": [[0, 0]]}', "observations[0]"),
        (b'{"observations": [%s, 7]}', "observations[1]"),
        (b'{"observations": [%s, [0,0,0,"1",0,0,0,0,0,0,0,0,0]]}', "observations[1][3]"),
        (b'{"observations": [%s, [0,0,0,0,true,0,0,0,0,0,0,0,0]]}', "observations[1][4]"),
        (b'{"observations": [[NaN,0,0,0,0,0,0,0,0,0,0,0,0]]}', "observations[0][0]"),
        (b'{"observations": [[0,1e999,0,0,0,0,0,0,0,0,0,0,0]]}', "observations[0][1]"),
        (b'{"observations": [%s], "run": "me"}', "run"),
        (b'{"observations": [' + b"[0]," * 10_000 + b"[0]]}", "observations"),
    ],
)  # fmt: skip
def test_what_is_no_observation_is_told_with_row_and_column(http, body, key):
    body = body.replace(b"%s", json.dumps([0.5] * 13).encode())
    answer = http.post("/models/calm-ppo/actions", content=body)
    refused(answer, 422, key)


def test_what_is_no_arrow_stream_is_told(http):
    def sent(body):
        return http.post("/models/calm-ppo/actions", content=body, headers={"Content-Type": ARROW})

    refused(sent(b"not arrow"), 422, "body")
    table = pa.table({"gap": [1.0]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    answer = sent(sink.getvalue().to_pybytes())
    assert answer.status_code == 422 and "fundamental gap" in answer.json()["remedy"]


def test_a_policy_whose_weights_overflow_is_told(http):
    huge = np.full((13, 3), 3e38, np.float32)
    body = io.BytesIO()
    PolicyNet((huge,), (np.zeros(3, np.float32),), name="huge").save(body)
    assert http.post("/models", content=body.getvalue()).json()["name"] == "huge"
    answer = http.post("/models/huge/actions", json={"observations": [[5.0] * 13]})
    assert answer.status_code in (409, 503) and "row 0" in answer.json()["detail"]


def test_a_client_that_may_only_read_changes_nothing(server, own):
    with client_of(server, server.access.read_token) as reader:
        assert reader.get("/models/mine").status_code == 200
        assert reader.delete("/models/mine").status_code == 403
    assert model_folders.folder_of("mine").is_dir()
