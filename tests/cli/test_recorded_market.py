"""``--recording``: commands whose market is a recorded day."""

from __future__ import annotations

import pytest
from support.recorded import ADD, hand_written

from abm_desktop.commands.console import Misused
from abm_desktop.commands.train import given_options
from abm_desktop.scenario import find_scenario, load_scenario


@pytest.fixture
def day(tmp_path):
    """A minute of quotes of 100 shares on both sides."""
    return hand_written(tmp_path, [(60, ADD, 9, 1, 9990, 1)])


def test_a_run_replays_a_day_and_a_scenario_is_done_to_it(command, day, tmp_path):
    status, output, errors = command("run", "--recording", day)
    assert (status, errors) == (0, "")
    assert "recorded" in output and "stress" not in output
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[[stress]]\ntype = "fat_finger"\nat = "20s"\n')
    out = tmp_path / "out"
    status, output, errors = command("run", file, "--recording", day, "--out", out)
    assert (status, errors) == (0, "")
    assert "stress" in output
    kept = load_scenario(out / "scenario.toml")
    assert kept.recording == str(day)
    assert kept.stress[0].type == "fat_finger"


def test_what_a_recording_cannot_take_is_told(command, day, tmp_path):
    assert command("run")[0] == 2
    status, _, errors = command("run", "volatility_spike", "--recording", day)
    assert status == 2 and "a recording has none" in errors
    status, _, errors = command("run", "--recording", tmp_path / "nowhere.zip")
    assert status == 2 and "no such file" in errors


def test_a_recorded_file_is_a_scenario_wherever_one_is_named(day, tmp_path):
    scenario = load_scenario(find_scenario(str(day)))
    assert scenario.recording == str(day)
    file = tmp_path / "beside.toml"
    file.write_text(f'name = "beside"\nrecording = "{day.name}"\n')
    assert load_scenario(file).recording == str(day)


def test_a_training_has_one_market():
    names = [
        "scenario",
        "recording",
        "algorithm",
        "iterations",
        "workers",
        "learning_rate",
        "seed",
        "address",
        "name",
        "evaluate_after",
    ]
    none = dict.fromkeys(names)
    assert given_options(none | {"recording": "day.zip"}) == {"scenario": "day.zip"}
    with pytest.raises(Misused, match="give one"):
        given_options(none | {"recording": "day.zip", "scenario": "calm"})
