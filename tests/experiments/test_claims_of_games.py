"""Claims that a game tries: who plays, what is registered, and what the page tells."""

import json

import pandas as pd
import pytest

from abm_desktop.cli import main
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.games import insider
from abm_desktop.experiments.reproduction import instrument_trial
from abm_desktop.experiments.reproduction.claim import find_claims
from abm_desktop.experiments.reproduction.instrument import Instrument
from abm_desktop.experiments.reproduction.instrument_trial import InstrumentTrial
from abm_desktop.experiments.running.runner import Control, Stopped
from abm_desktop.inputs import InputError
from abm_desktop.scenario import ScenarioError, find_scenario, load_scenario

SMALL = """
number = 9
work = "Nobody (2026)"
claim = "Who trades evenly holds less after a tenth of the time."
markets = ["calm"]

[experiment]
name = "x"
game = "insider"
seeds = 3

[experiment.rl]
policies = ["plain-ppo-10[12]"]

[[test]]
says = "it holds less"
measure = "first_tenth"
scale = "difference"
sign = -1
bound = 0.05
why = "a twentieth is little"
of = [{ arm = "rule", algorithm = "evenly" }]
against = [{ arm = "rule", algorithm = "at once" }]
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(instrument_trial, "PILOTS", 2)
    monkeypatch.setattr(insider, "EPISODES", 1)
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


def test_a_game_is_tried_told_and_registered(small, tmp_path, capsys):
    out = tmp_path / "page.md"
    arguments = ["reproduce", str(small), "--out", str(out)]
    assert main([*arguments, "--dry-run"]) == 0
    assert main(arguments) == 0
    text = out.read_text()
    assert "In `calm`: **confirmed**." in text and "Registered before run 1" in text
    assert "12 runs, pilots apart" in text, "two models and two rules in three markets"
    values = pd.read_csv(tmp_path / "reproductions.csv")
    assert len(values) == 6 and set(values["seed"]) == {1_000_009_000 + k for k in range(3)}
    capsys.readouterr()
    assert main([*arguments, "--report-only", "--json"]) == 0
    assert '"verdict": "confirmed"' in capsys.readouterr().out
    assert out.read_text() == text
    # Another prediction after the runs leaves its trace, and decides nothing of the runs there.
    small.write_text(SMALL.replace("sign = -1", "sign = 1"))
    assert main(arguments) == 0
    changed = out.read_text()
    assert "**refuted**" in changed and "Changed after 12 runs" in changed and "tests" in changed


def test_a_game_goes_on_where_it_stopped(small):
    ((path, claim),) = find_claims([str(small)])
    control = Control()

    def stop(step):
        if step.done >= 6:
            control.stop()

    trial = InstrumentTrial(path, claim, "calm")
    with pytest.raises(Stopped):
        trial.run(control=control, on_progress=stop)
    part = InstrumentTrial(path, claim, "calm")
    assert (part.finished(), part.result().missing, part.result().verdict) == (
        6, 6, "cannot be told",
    )  # fmt: skip
    part.run()
    assert part.finished() == part.total == 12 and part.result().missing == 0
    kept = json.loads((part.folder / "registration.json").read_text())
    assert len(kept) == 1 and kept[0]["runs"] == 0


def test_what_is_wrong_with_a_game_is_told(small):
    for given, told in (
        ('game = "insider"\nlead = "5min"', r"lead: means nothing to a game"),
        ('game = "poker"', "game"),
    ):
        small.write_text(SMALL.replace('game = "insider"', given))
        with pytest.raises(ScenarioError, match=told):
            find_claims([str(small)])
    small.write_text(SMALL.replace("[12]", "[89]"))
    given = find_claims([str(small)])
    with pytest.raises(InputError, match=r"experiment\.rl\.policies\[0\] names no model"):
        InstrumentTrial(*given[0], "calm")
    small.write_text(SMALL.replace('"at once"', '"never"'))
    given = find_claims([str(small)])
    with pytest.raises(InputError, match=r"test\[0\]\.against\[0\] names no cell"):
        InstrumentTrial(*given[0], "calm")
    with pytest.raises(ScenarioError, match="no experiment plays it"):
        Experiment(Design(name="x", game="insider"))


def test_groups_of_networks_have_none_in_common():
    ((_, claim),) = find_claims(["4"])
    scenario = load_scenario(find_scenario("calm"))
    found = Instrument(claim.design("calm"), scenario, {})
    groups = found.groups()
    assert len(groups) == 10 and len({name for one in groups for name in one}) == 120
    assert all(len([n for n in one if "dqn" in n]) == 4 for one in groups)
    assert [cell.arm for cell in found.parts[0]] == ["representations", "forecasts"]
    assert len(found.cells) == 20
