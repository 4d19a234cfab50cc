"""``--recording``: commands whose market is a recorded day."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from support.feed_maker import dbn_bytes, itch_bytes, random_feed
from support.recorded import ADD, hand_written, two_days

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
    for scenario in ("calm", tmp_path / "mine.toml"):
        status, _, errors = command("run", "--recording", scenario)
        assert status == 2 and "is a scenario" in errors and "without --recording" in errors
    # What is asked for now is not let by in silence as a scenario file's market is.
    for setting in ("market.session=1h", "population.noise.count=5"):
        status, _, errors = command("run", "calm", "--recording", day, "--set", setting)
        assert status == 2 and setting.split("=")[0].split(".")[0] in errors


def test_a_recorded_file_is_a_scenario_wherever_one_is_named(day, tmp_path):
    scenario = load_scenario(find_scenario(str(day)))
    assert scenario.recording == str(day)
    file = tmp_path / "beside.toml"
    file.write_text(f'name = "beside"\nrecording = "{day.name}"\n')
    assert load_scenario(file).recording == str(day)


def test_a_training_has_one_market(day):
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
        "day",
    ]
    none = dict.fromkeys(names)
    assert given_options(none | {"recording": str(day)}) == {"scenario": str(day)}
    with pytest.raises(Misused, match="give one"):
        given_options(none | {"recording": str(day), "scenario": "calm"})


def test_one_of_several_days_is_named(command, tmp_path):
    place = two_days(tmp_path)
    status, _, errors = command("run", "--recording", place)
    assert status == 2 and "name one after it, as days.zip/2012-06-21" in errors
    for given in (
        ("--recording", place, "--day", "2012-06-22"),
        ("--recording", f"{place}/2012-06-22"),
    ):
        status, output, errors = command("run", *given)
        assert (status, errors) == (0, "")
        assert "days 2012-06-22, seed 1, 1.5min from the open" in output
    for wrong, told in (
        (("calm", "--day", "2012-06-22"), "give --recording too"),
        (("--recording", f"{place}/2012-06-22", "--day", "2012-06-21"), "names 2012-06-22 already"),
        (("--recording", tmp_path / "2012-06-21", "--day", "2012-07-01"), "no day '2012-07-01'"),
    ):
        status, _, errors = command("run", *wrong)
        assert status == 2 and told in errors
    none = dict.fromkeys(("scenario", "algorithm", "iterations", "workers", "learning_rate", "seed",
                          "address", "name", "evaluate_after"))  # fmt: skip
    asked = given_options(none | {"recording": str(place), "day": "2012-06-22"})
    assert load_scenario(find_scenario(asked["scenario"])).recording == f"{place}/2012-06-22"
    folder = tmp_path / "2012-06-21"
    assert load_scenario(find_scenario(str(folder))).recording == str(folder)


def test_what_differs_from_the_record_is_told(command, day, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[[stress]]\ntype = "fat_finger"\nat = "20s"\n')
    out = tmp_path / "out"
    status, output, _ = command("run", file, "--recording", day, "--out", out)
    assert status == 0 and "Otherwise than in the record" in output
    told = json.loads((out / "run.json").read_text())["recorded_differences"]
    assert list(told) == [
        "orders_left_behind",
        "cancels_that_found_nothing",
        "lots_that_found_nothing",
    ]
    command("run", "calm", "--duration", "1s", "--out", tmp_path / "calm")
    assert "recorded_differences" not in json.loads((tmp_path / "calm" / "run.json").read_text())


def test_a_scenarios_file_is_named_with_its_recording(command, day, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n\nrecording = "gone.zip"\n')
    status, _, errors = command("run", file)
    assert status == 2
    assert f"{file}: line 3: recording: names gone.zip, which is not there" in errors
    file.write_text(f'name = "mine"\nrecording = "{day.name}"\n[market]\nsession = "10min"\n')
    status, _, errors = command("run", file)
    assert status == 2
    assert f"{file}: line 4: market.session: is 600.0, and the recording has 60.0" in errors
    # All that does not go with the day is told at once, each with its line.
    file.write_text(
        f'name = "mine"\nrecording = "{day.name}"\n[market]\nsession = "10min"\nlot = 5\n'
        "[fundamental]\nvolatility = 0.001\n"
        '[[stress]]\ntype = "fat_finger"\nat = "2min"\n'
        '[[stress]]\ntype = "fat_finger"\nat = "20s"\n'
        '[[stress]]\ntype = "flash_crash"\nat = "1h"\n'
    )
    status, _, errors = command("run", file)
    assert status == 2 and f"{file}: 5 problems" in errors
    for line, key in (
        (4, "market.session: is 600.0"), (5, "market.lot: is 5"), (7, "fundamental.volatility"),
        (10, "stress[0].at: is 120 s, after the end of the recording at 60 s"),
        (16, "stress[2].at: is 3600 s"),
    ):  # fmt: skip
        assert f"line {line}: {key}" in errors, errors
    file.write_text(
        f'name = "mine"\nrecording = "{day.name}"\n[population.noise]\nlimit_rate = 3.0\n'
        '[[stress]]\ntype = "volatility_spike"\nat = "2s"\n'
        '[[stress]]\ntype = "news_jump"\nat = "3s"\n'
    )
    status, _, errors = command("run", file)
    assert status == 2 and "3 problems" in errors
    for told in ("population: has traders", "stress[0].type: is vol", "stress[1].type: is news"):
        assert told in errors, errors
    status, _, errors = command("run", "--recording", day, "--set", "market.lot=5")
    assert status == 2 and "market.lot: is 5" in errors
    status, _, errors = command("run", "--recording", day, "--duration", "2min")
    assert status == 2 and "the recording is over after 1min" in errors
    # As an addition to a scenario of its own the prices and the session are the day's.
    file.write_text('name = "mine"\n[market]\nsession = "10min"\n')
    assert command("run", file, "--recording", day)[0] == 0


def test_one_stock_of_an_exchanges_day_is_run(command, tmp_path):
    """What NASDAQ or Databento send of several stocks: that which is named trades as it did."""
    feed = random_feed(seed=5, events=800)
    itch, dbn = tmp_path / "01302020.NASDAQ_ITCH50", tmp_path / "two.dbn.zst"
    itch.write_bytes(itch_bytes(feed))
    several = dbn_bytes(feed, {"ABC": 5, "XYZ": 7})
    dbn.write_bytes(pa.compress(several, codec="zstd", asbytes=True))
    volume = sum(size for _, size, _ in feed.trades)
    for file in (itch, dbn):
        out = tmp_path / f"{file.name}-out"
        status, output, errors = command("run", "--recording", file, "--day", "XYZ", "--out", out)
        assert (status, errors) == (0, ""), file
        told = json.loads((out / "run.json").read_text())
        assert set(told["recorded_differences"].values()) == {0}
        assert f"{volume:,} lots" in output, output
        assert load_scenario(out / "scenario.toml").recording == f"{file}/XYZ"
        status, _, errors = command("run", "--recording", file, "--day", "XYQ")
        assert status == 2 and "XYQ" in errors and "XYZ" in errors
        status, _, errors = command("run", "--recording", file)
        assert status == 2 and "ABC" in errors and "XYZ" in errors


def test_a_part_is_asked_for_with_one_recording(command, day):
    for wrong in (("--from", "9:30"), ("--recording", day, "--scenario", "calm", "--until", "30s")):
        status, _, errors = command("evaluate", "calm-ppo", *wrong)
        assert status == 2 and "is of a recorded day: give one --recording" in errors
    status, _, errors = command("evaluate", "calm-ppo", "--recording", day, "--from", "17:00")
    assert status == 2 and "the recording goes from 09:30:00 to 09:31:00" in errors
