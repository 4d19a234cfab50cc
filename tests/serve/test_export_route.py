"""A session as files: the folder holds the run that the market has had, bit by bit."""

import json
import time
from pathlib import Path

import pytest

from abm_desktop import paths
from abm_desktop.live.saved_run import read_saved_run
from abm_desktop.serve import tasks
from abm_desktop.whole_files import whole_folder

SMALL = {"population": {"noise": {"count": 20}}, "market": {"warm_up": "10s", "session": "10min"}}


@pytest.fixture
def stressed(http):
    """A market that was stressed at 20 s, and stands at 60 s."""
    http.post("/market", json={"values": {"name": "small", **SMALL}, "seed": 5})
    http.post("/market/step", json={"seconds": 20})
    http.post("/stresses", json={"stress": {"type": "flash_crash", "magnitude": 0.02}})
    return http.post("/market/step", json={"seconds": 40}).json()


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))


def done(http, answer):
    assert answer.status_code == 202, answer.text
    job = http.get(f"/jobs/{answer.json()['id']}", params={"wait": 60}).json()
    assert job["state"] == "done", job
    return job["result"]


def test_a_session_is_written_as_a_run_that_can_be_read_back(http, stressed):
    result = done(http, http.post("/market/export", json={"name": "mine"}))
    assert result["time"] == 60.0 and result["checksum"] == stressed["checksum"]
    folder = paths.user_data_dir() / "runs" / "mine"
    state = http.get("/market").json()
    assert result["files"]["trades.parquet"] == state["trades"]
    run = read_saved_run(folder)
    assert len(run.history) >= 60 and run.seed == 5
    assert int(run.fills["size"].sum()) == state["volume"]
    assert json.loads((folder / "run.json").read_text())["end"] == 60.0

    again = http.post("/market/export", json={"name": "mine"})
    assert again.status_code == 409 and again.json()["remedy"]
    done(http, http.post("/market/export", json={"name": "mine", "overwrite": True}))


def test_a_session_is_written_as_lobster_files(http, stressed):
    given = {"name": "pair", "form": "lobster", "levels": 5}
    result = done(http, http.post("/market/export", json=given))
    assert len(result["files"]) == 2 and min(result["files"].values()) > 0


def write_for_ever(values, tell):
    with whole_folder(Path(values["folder"])) as part:
        (part / "trades.parquet").write_bytes(b"half of it")
        tell(0.9, "writing")
        time.sleep(600)


def test_what_is_cancelled_leaves_nothing(http, stressed, monkeypatch):
    monkeypatch.setattr(tasks, "export_run", write_for_ever)
    job = http.post("/market/export", json={"name": "half"}).json()["id"]
    runs = paths.user_data_dir() / "runs"
    wait_until(lambda: http.get(f"/jobs/{job}").json()["progress"] == 0.9)
    assert [path.suffix for path in runs.iterdir()] == [".part"]
    assert http.delete(f"/jobs/{job}").status_code == 200
    wait_until(lambda: not list(runs.iterdir()))


def wait_until(holds):
    end = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".hidden"])
def test_a_run_is_written_into_its_own_place_only(http, stressed, name):
    answer = http.post("/market/export", json={"name": name})
    assert (answer.status_code, answer.json()["key"]) == (422, "name")
