"""A calibration beside a session: refused in words, paused, gone on with, and read back."""

from __future__ import annotations

import json
import time

import pytest
from support.recorded import ADD, hand_written

from abm_desktop import paths
from abm_desktop.calibration.process.client import CalibrationClient
from abm_desktop.calibration.process.messages import (
    CalibrationBegun,
    CalibrationStart,
    CalibrationStatus,
    Stop,
    encode,
    parse_command,
    parse_message,
)
from abm_desktop.desk.calibrations import (
    AT_WORK,
    CalibrationRun,
    CalibrationState,
    keep_scenario,
    read_found,
)
from abm_desktop.inputs import InputError
from abm_desktop.metrics.likeness.scores import SCORES
from abm_desktop.scenario import find_scenario, load_scenario


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))


def waited(run):
    """How it stands as soon as it is not at work any more."""
    end = time.monotonic() + 60.0
    while run.view.state in AT_WORK and time.monotonic() < end:
        time.sleep(0.02)
    return run.view


def test_each_message_is_read_as_it_was_written():
    for command in (CalibrationStart(("a.zip", "b.zip"), "out", minutes=2.5, seed=3), Stop()):
        assert parse_command(encode(command)) == command
    for message in (
        CalibrationBegun("x", ("A 2012-06-21",), 5, 31, 0),
        CalibrationStatus("search", 3, None, 60.0, None),
    ):
        assert parse_message(encode(message)) == message


def test_a_day_that_tells_too_little_is_refused_in_words_and_can_be_tried_again(tmp_path):
    day = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, 1)])
    run = CalibrationRun(CalibrationClient())
    try:
        assert run.view.state is CalibrationState.NONE
        with pytest.raises(RuntimeError, match="nothing was begun"):
            run.go_on()
        run.start(CalibrationStart((str(day),), str(tmp_path / "out")))
        with pytest.raises(RuntimeError, match="at work"):
            run.start(CalibrationStart((str(day),), str(tmp_path / "out")))
        view = waited(run)
        assert view.state is CalibrationState.FAILED
        assert day.name in view.told or "limit orders" in view.told
        assert not (tmp_path / "out").exists()
        run.pause()  # nothing is at work
        assert run.view is view
    finally:
        run.close()
    with pytest.raises(RuntimeError, match="closed"):
        run.go_on()


@pytest.fixture
def folder(tmp_path):
    """What a calibration has written, in short."""
    folder = tmp_path / "calibration"
    folder.mkdir()
    (folder / "scenario.toml").write_text('name = "mine"\n')
    (folder / "distributions.png").write_bytes(b"png")
    scores = {score.name: 0.25 for score in SCORES}
    values = {
        "answer": ["The mean distance is 0.250."],
        "found": {"w1": 0.25, "scores": scores},
        "itself": {"w1": 0.1, "scores": scores | {SCORES[0].name: None}},
        "began": None,
        "base": {"w1": 0.8, "scores": {}},
        "pictures": [{"file": "../../distributions.png", "caption": "Distributions"}],
    }
    (folder / "result.json").write_text(json.dumps(values))
    return folder


def test_what_was_found_is_read_from_its_folder_and_from_nowhere_else(folder):
    found = read_found(folder)
    assert found.sentences == ("The mean distance is 0.250.",)
    assert found.pictures == (("Distributions", b"png"),)
    assert len(found.scores) == len(SCORES) + 1
    first, *_, mean = found.scores
    assert first.found == 0.25 and first.itself != first.itself and first.began != first.began
    assert (mean.title, mean.found, mean.itself, mean.base) == ("mean", 0.25, 0.1, 0.8)
    (folder / "result.json").write_text("[]")
    with pytest.raises(ValueError, match=r"result\.json"):
        read_found(folder)


def test_its_scenario_is_kept_under_a_name_that_is_free(folder):
    found = read_found(folder)
    kept = keep_scenario(found.scenario, "my_day")
    assert kept == paths.user_scenario_dir() / "my_day.toml"
    assert load_scenario(find_scenario("my_day")).name == "mine"
    for name in ("my_day", "calm"):
        with pytest.raises(InputError, match="is taken"):
            keep_scenario(found.scenario, name)
    for name in ("", "../x", "a b"):
        with pytest.raises(InputError, match="must be letters"):
            keep_scenario(found.scenario, name)
