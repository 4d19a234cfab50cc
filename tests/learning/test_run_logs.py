"""What other programs find of a training: TensorBoard event files, and runs on MLflow."""

import math

import pytest
from tensorboardX.proto.event_pb2 import Event

from abm_desktop.learning.process.run_logs import RunLogs, measurements, outcome_of, run_folder
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import models

from .test_messages import PROGRESS
from .test_models import save

pytestmark = pytest.mark.usefixtures("data_folder")

EVALUATION = {"accepted": True, "rules": {"agent": {"pnl_median": 2.0}}}
STRESS = {
    "outcomes": [
        {"stress": {"type": "news_jump"}, "pnl": -1.0, "drawdown": 3.0,
         "volatility_amplification": 1.25}
    ]
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def log_a_training(name="mine"):
    logs = RunLogs(name, make_config(gamma=0.9), {"version": "1", "git": ""})
    logs.add(PROGRESS)
    logs.add_results("evaluation", EVALUATION)
    logs.add_results("stress_test", STRESS)
    logs.close("finished")
    logs.close()
    return logs


def events(folder):
    """The records of TensorBoard's files: length, its checksum, data, checksum."""
    for file in sorted(folder.glob("events.out.tfevents.*")):
        data = file.read_bytes()
        at = 0
        while at < len(data):
            size = int.from_bytes(data[at : at + 8], "little")
            event = Event()
            event.ParseFromString(data[at + 12 : at + 12 + size])
            yield event
            at += 16 + size


def scalars(folder):
    return {
        value.tag: (event.step, value.simple_value)
        for event in events(folder)
        for value in event.summary.value
        if value.HasField("simple_value")
    }


def test_tensorboard_finds_every_curve_of_a_training():
    assert not log_a_training().warnings
    found = scalars(run_folder("mine"))
    assert found["steps_per_second"] == (300, 1234.5)
    assert found["losses/entropy"] == (300, 1.0)
    assert found["actions/hold"] == (300, 0.5)
    assert found["evaluation/pnl_median/agent"] == (300, 2.0)
    assert found["stress/volatility_amplification/news_jump"] == (300, 1.25)
    assert "reward_mean" not in found, "no episode has ended yet"
    texts = [v.tag for e in events(run_folder("mine")) for v in e.summary.value]
    assert "settings/text_summary" in texts


def test_what_is_no_number_is_left_out():
    broken = PROGRESS.__class__(**{**_fields(PROGRESS), "losses": {"kl": math.nan, "entropy": 1.0}})
    assert measurements(broken)["losses/entropy"] == 1.0
    assert "losses/kl" not in measurements(broken)
    assert dict(outcome_of("stress_test", STRESS))["stress/pnl/news_jump"] == -1.0


def _fields(progress):
    return {name: getattr(progress, name) for name in progress.__dataclass_fields__}


def test_the_log_follows_its_model():
    save("mine")
    log_a_training("mine")
    models.rename_model("mine", "yours")
    assert scalars(run_folder("yours")) and not run_folder("mine").exists()
    models.delete_model("yours")
    assert not run_folder("yours").exists()


def test_a_log_that_is_there_is_kept():
    log_a_training("mine")
    before = scalars(run_folder("mine"))
    logs = RunLogs("mine", make_config(), {})
    logs.close("failed")
    assert scalars(run_folder("mine")) == {}
    assert scalars(run_folder("mine.old-1")) == before


def test_a_log_that_cannot_be_written_ends_no_training(data_folder, monkeypatch):
    (data_folder / "runs").write_text("in the way")
    logs = log_a_training()
    assert logs.warnings[0].kind == "TensorBoard"


def test_a_disk_that_fills_up_ends_the_log_only(monkeypatch):
    logs = RunLogs("mine", make_config(), {})
    monkeypatch.setattr(
        "tensorboardX.event_file_writer.EventsWriter.write_event",
        lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")),
    )
    for _ in range(100):
        logs.add(PROGRESS)
    logs.close("finished")
    assert len([w for w in logs.warnings if "No space left on device" in w.error]) == 1


def test_a_server_without_mlflow_is_told(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setitem(__import__("sys").modules, "mlflow.tracking", None)
    monkeypatch.setitem(__import__("sys").modules, "mlflow.entities", None)
    assert "pip install abm-desktop[mlflow]" in log_a_training().warnings[0].error


def test_mlflow_gets_settings_curves_and_results(data_folder, monkeypatch):
    pytest.importorskip("mlflow")
    from mlflow.tracking import MlflowClient

    uri = (data_folder / "tracking").as_uri()
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    assert not log_a_training("first").warnings
    assert not log_a_training("second").warnings
    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("mine")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {"first", "second"}
    run = runs["first"]
    assert run.info.status == "FINISHED"
    assert (run.data.params["gamma"], run.data.tags["version"]) == ("0.9", "1")
    assert run.data.metrics["losses/entropy"] == 1.0
    assert run.data.metrics["stress/volatility_amplification/news_jump"] == 1.25
    (point,) = client.get_metric_history(run.info.run_id, "steps_per_second")
    assert (point.step, point.value) == (300, 1234.5)
    assert {a.path for a in client.list_artifacts(run.info.run_id)} >= {"evaluation.md"}
