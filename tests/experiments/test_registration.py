"""What is fixed before the first run leaves a trace if it changes; so do seeds seen before."""

import json

import pytest

from abm_desktop import paths
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running import registration
from abm_desktop.experiments.running.registration import FILE, LEDGER, fingerprint, market_digest
from abm_desktop.scenario import find_scenario, load_scenario


def design(**values):
    """A control in short markets: a run takes some hundredths of a second."""
    short = {"lead": 120, "burn_in": 30, "stress_window": 60, "after": 60, "seeds": 2, "paths": 0}
    return Design.model_validate({"name": "t", "rl": {"shares": [0]}} | short | values)


@pytest.fixture(autouse=True)
def own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(paths, "studies_dir", lambda: tmp_path / "studies")


def test_what_is_fixed_is_there_before_the_first_run(tmp_path):
    heard = []

    def look(progress):
        if progress.state == "running" and not heard:
            heard.append((progress.done, json.loads((tmp_path / "a" / FILE).read_text())))

    experiment = Experiment(design(question="Does it?"))
    results = experiment.run(folder=tmp_path / "a", on_progress=look)
    ((done, (entry,)),) = heard
    assert done == entry["runs"] == 0 and entry["content"]["question"] == "Does it?"
    assert entry["sha256"] == fingerprint(entry["content"])
    (told,) = results.registration
    assert told.startswith("Registered before run 1 (") and entry["sha256"][:12] in told
    # To go on, or only to look, changes nothing.
    assert experiment.run(folder=tmp_path / "a").registration == (told,)


def test_a_change_is_told_with_the_runs_that_were_there(tmp_path, monkeypatch):
    Experiment(design()).run(folder=tmp_path / "a")
    other = Experiment(design(primary="stress_rv_1s", hypothesis=0.1))
    (_, told) = other.results(tmp_path / "a").registration
    assert told == "Changed after 2 runs, for this report: primary measure, hypothesis."
    more = Experiment(design(primary="stress_rv_1s", hypothesis=0.1), seeds=3)
    (_, told) = more.run(folder=tmp_path / "a").registration
    assert told.startswith("Changed after 2 runs (")
    assert told.endswith(": primary measure, hypothesis, seeds.")
    monkeypatch.setattr(registration, "_analysis", lambda: "another")
    assert "analysis (code" in more.results(tmp_path / "a").registration[-1]


def test_seeds_that_were_seen_are_told(tmp_path):
    assert len(Experiment(design()).run(folder=tmp_path / "a").registration) == 1
    again = Experiment(design(name="again", first_seed=design().first_seed + 1))
    told = again.run(folder=tmp_path / "b").registration[-1]
    assert told.startswith("1 of its markets were seen before: 't' on ")
    # To begin anew is to see them again; another market has other days under the same seeds.
    told = Experiment(design()).run(folder=tmp_path / "a", fresh=True).registration
    assert len(told) == 3 and told[1].startswith("2 of its markets")
    (tmp_path / "m.toml").write_text('name = "m"\n[population.noise]\nlimit_rate = 8.0\n')
    elsewhere = Experiment(design(scenario=str(tmp_path / "m.toml")))
    assert len(elsewhere.run(folder=tmp_path / "c").registration) == 1
    # What ships has been looked at as well; a ledger that cannot be read is none.
    (tmp_path / "data" / "experiments" / LEDGER).write_text("{")
    shipped = tmp_path / "studies" / "old"
    shipped.mkdir(parents=True)
    first = design().first_seed
    (shipped / "summary.json").write_text(json.dumps({"seeds": f"{first - 9} to {first}"}))
    told = Experiment(design()).run(folder=tmp_path / "d").registration
    assert [line[:40] for line in told[1:]] == ["1 of its markets were seen before: the s"]


def test_whose_orders_tell_of_the_value_makes_another_market():
    calm = load_scenario(find_scenario("calm"))
    other = calm.fundamental.model_copy(update={"informative_orders": "undirected"})
    assert market_digest(calm.model_copy(update={"fundamental": other})) != market_digest(calm)
