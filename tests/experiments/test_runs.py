"""Cells, their markets, and the results: the same numbers whoever runs them, and nothing lost."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest

from abm_desktop.experiments.design import Design, load_design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.experiments.running.doses import TAKEN, volumes
from abm_desktop.experiments.running.market_runs import run_market
from abm_desktop.experiments.running.missing_trainings import stand_ins
from abm_desktop.experiments.running.pilot import ExperimentError, Sizing
from abm_desktop.experiments.running.runner import Control, Stopped
from abm_desktop.experiments.running.store import Store
from abm_desktop.experiments.running.substitution import add_traders, make_room
from abm_desktop.learning.registry import models
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import TRADER_CLASSES
from abm_desktop.scenario import Scenario, ScenarioError

CLASSES = ["institutions", "momentum", "fundamental", "noise"]


def design(**values):
    """Short markets: a run takes some hundredths of a second."""
    rl = {"room_only": False, "shares": [0, 0.25], "policies": ["calm-dqn"]} | values.pop("rl", {})
    short = {"lead": 120, "burn_in": 30, "stress_window": 60, "after": 120, "seeds": 3, "paths": 1}
    crash = {"type": "flash_crash"}
    return Design.model_validate({"name": "t", "stress": [crash], "rl": rl} | short | values)


@pytest.fixture(autouse=True)
def quick_pilot(monkeypatch, tmp_path):
    """No pilot: ten traders are as good as any other number here."""

    def sizes(plan, name, displaces, shares, stress):
        return {share: Sizing(10, 2, 40, 1.0 - share, share) for share in shares}

    monkeypatch.setattr("abm_desktop.experiments.running.runner.size_population", sizes)
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))


@pytest.fixture(scope="module")
def trunk():
    market = Simulator(Scenario(name="calm"), 5)
    market.warm_up()
    market.run(300)
    market.tape.clear_rows()
    return market


def tape(market):
    return market.tape.trades.tobytes() + market.tape.samples.tobytes()


def test_traders_of_zero_size_are_the_control_bit_by_bit():
    plan = make_plan(design(rl={"placebos": ["zero_size"]}))
    pairs = [(0, c) for c in plan.cells if c.arm in ("control", "zero size")]
    sizing = {
        (c.policy, c.displaces, c.stress, c.rl_share): Sizing(30, 2, 40, 0.75, 0.25)
        for _, c in pairs
    }
    runs = {run.cell: run for run in run_market(plan, plan.seeds[0], pairs, sizing)}
    assert len(runs) == 4
    for stress in ("calm", "flash_crash"):
        control, connected = (r for key, r in runs.items() if key.startswith(stress))
        assert connected.values["rl_count"] == 30
        for name, value in control.values.items():
            if not name.startswith("rl_"):
                np.testing.assert_equal(connected.values[name], value, err_msg=name)
        np.testing.assert_equal(connected.path, control.path)


def test_the_tape_with_traders_of_zero_size(trunk):
    plain, connected = trunk.fork(), trunk.fork()
    add_traders(connected, [models.load_policy("calm-sac")], 50, 0, 40)
    for market in (plain, connected):
        market.run(600)
    assert tape(plain) == tape(connected)
    assert connected.agents["decisions"].sum() > 5000


def test_room_for_no_one_changes_nothing(trunk):
    plain, same = trunk.fork(), trunk.fork()
    make_room(same, CLASSES, 1.0)
    for market in (plain, same):
        market.run(300)
    assert tape(plain) == tape(same)


def test_making_room_lowers_what_the_displaced_take(trunk):
    def traded(change):
        market = trunk.fork()
        change(market)
        market.run(3600)
        return volumes(market, 300, 3900)

    usual = traded(lambda market: None)
    less = traded(lambda market: make_room(market, ["institutions"], 0.1))
    k = TRADER_CLASSES.index("institution")
    assert less[0, k] < 0.3 * usual[0, k]
    assert usual.sum() > 0
    assert TAKEN.share(usual) == 0.0


def test_clones_trade_as_much_as_those_they_replace(trunk):
    """Averaged over markets, since any replacement leads to another course of events."""
    usual = cloned = 0.0
    for k in range(4):
        start = trunk.fork()
        start.run(60.0 * k)
        for clones in (False, True):
            market = start.fork()
            if clones:
                old = len(market.agents)
                market.add_clones(CLASSES, 0.5)
                assert len(market.agents) == old + 136
            market.run(3600)
            rows = market.tape.trades
            rows = rows[rows["time"] > start.clock]
            if clones:
                mine = rows["size"][rows["taker"] >= old].sum()
                assert 0.35 < mine / rows["size"].sum() < 0.65
                cloned += rows["size"].sum()
            else:
                usual += rows["size"].sum()
    assert cloned / usual == pytest.approx(1.0, abs=0.15)


def test_the_mix_has_equal_parts(trunk):
    market = trunk.fork()
    policies = [models.load_policy(name) for name in ("calm-ppo", "calm-dqn", "calm-sac")]
    add_traders(market, policies, 8, 2, 40)
    rl = market.agents[market.agents["kind"] == TRADER_CLASSES.index("rl")]
    assert np.bincount(rl["policy"]).tolist() == [3, 3, 2]


def test_a_run_does_not_depend_on_the_others(tmp_path):
    experiment = Experiment(design(forks=2, fork_gap=60, rl={"placebos": ["rule_clones"]}))
    results = experiment.run(folder=tmp_path / "a")
    plan = experiment.plan
    cell, seed = plan.cells[-1], plan.seeds[1]
    (alone,) = run_market(plan, seed, [(1, cell)], {})
    row = results.runs.query("cell == @cell.key and seed == @seed and fork == 1").iloc[0]
    for name, value in alone.values.items():
        np.testing.assert_equal(row[name], value, err_msg=name)


def test_a_stopped_experiment_goes_on_where_it_was(tmp_path):
    experiment = Experiment(design())
    whole = experiment.run(folder=tmp_path / "whole").runs
    control, heard = Control(), []

    def stop(progress):
        heard.append(progress.done)
        if progress.done == 5:
            control.stop()

    with pytest.raises(Stopped):
        experiment.run(folder=tmp_path / "part", control=control, on_progress=stop)
    assert heard[-1] == 5
    assert len(experiment.results(tmp_path / "part").runs) == 5
    again = []
    resumed = experiment.run(folder=tmp_path / "part", on_progress=lambda p: again.append(p.done))
    assert again[-1] == experiment.plan.total
    # Nothing that was finished is run again.
    assert again.count(5) == 1
    pd.testing.assert_frame_equal(resumed.runs, whole, check_exact=True)


def test_more_markets_add_to_what_is_there(tmp_path):
    small, large = Experiment(design(), seeds=1), Experiment(design(), seeds=2)
    assert small.folder == large.folder
    first = small.run().runs
    heard = []
    both = large.run(on_progress=lambda p: heard.append((p.state, p.done))).runs
    assert ("running", 4) in heard
    assert ("running", 3) not in heard
    assert len(both) == 8
    pd.testing.assert_frame_equal(
        both[both["seed"] == first["seed"][0]].reset_index(drop=True), first
    )


def test_a_changed_design_has_another_folder(tmp_path):
    one, other = Experiment(design()), Experiment(design(after=180))
    assert one.folder != other.folder
    one.run(folder=tmp_path / "x")
    with pytest.raises(ExperimentError, match="another experiment"):
        other.run(folder=tmp_path / "x")
    other.run(folder=tmp_path / "x", fresh=True)


def test_two_programs_cannot_write_at_once(tmp_path):
    experiment = Experiment(design())
    with Store.open(tmp_path, experiment.plan, {}) as store:
        for fresh in (False, True):
            with pytest.raises(ExperimentError, match="Another program"):
                experiment.run(folder=tmp_path, fresh=fresh)
        store.note("still", "there")
    # To begin anew removes what was there, and nothing else.
    with Store.open(tmp_path, experiment.plan, {}) as store:
        assert store.about("still") == "there"
    with Store.open(tmp_path, experiment.plan, {}, fresh=True) as store:
        assert store.about("still") is None
    (tmp_path / "index.sqlite").unlink()
    (tmp_path / "poem.txt").write_text("no results here")
    Store.open(tmp_path, experiment.plan, {}, fresh=True).close()
    assert (tmp_path / "poem.txt").exists()


def test_parts_survive_a_crash_between_file_and_index(tmp_path):
    experiment = Experiment(design())
    experiment.run(folder=tmp_path)
    before = experiment.results(tmp_path).runs
    parts = list((tmp_path / "runs").glob("part-*.parquet"))
    assert len(parts) == 1
    # As if the program had died after renaming a second part.
    (tmp_path / "runs" / "part-000002.parquet").write_bytes(parts[0].read_bytes())
    pd.testing.assert_frame_equal(experiment.results(tmp_path).runs, before)
    pd.testing.assert_frame_equal(experiment.run(folder=tmp_path).runs, before)
    assert list((tmp_path / "runs").glob("part-*.parquet")) == parts
    with sqlite3.connect(tmp_path / "index.sqlite") as index:
        (waiting,) = index.execute("SELECT COUNT(*) FROM runs WHERE part IS NULL").fetchone()
    assert waiting == 0


@pytest.mark.parametrize("folder", ["runs", "paths"])
def test_a_damaged_part_is_told_and_its_runs_made_again(tmp_path, folder):
    experiment = Experiment(design(seeds=2), seeds=2)
    whole = experiment.run(folder=tmp_path)
    (part,) = (tmp_path / folder).glob("part-*.parquet")
    data = bytearray(part.read_bytes())
    data[len(data) // 3] ^= 4
    part.write_bytes(data)
    with pytest.raises(ExperimentError, match=rf"{part.name}: .*checksum.*Run the exp"):
        experiment.results(tmp_path)
    again = experiment.run(folder=tmp_path)
    pd.testing.assert_frame_equal(again.runs, whole.runs)
    pd.testing.assert_frame_equal(again.series, whole.series)
    assert [str(part) in line for line in experiment.damaged(tmp_path)] == [True]
    assert experiment.lost_workers(tmp_path) == 0


def test_room_for_nobody_is_the_removal_of_every_share(tmp_path, trunk):
    experiment = Experiment(design(calm=False, rl={"room_only": True, "shares": [0, 0.1, 0.25]}))
    arms = [(cell.arm, cell.rl_share) for cell in experiment.plan.cells]
    assert arms == [("control", 0), ("trained", 0.1), ("trained", 0.25), ("room only", 0.1),
                    ("room only", 0.25)]  # fmt: skip
    results = experiment.run(folder=tmp_path)
    assert results.placebo_names() == ["room only"] and results.kind_names() == [""]
    # It is the control with room made, and nothing else.
    plan, seed = experiment.plan, experiment.plan.seeds[0]
    alone = Simulator(plan.scenario, seed)
    alone.warm_up()
    alone.run_until(90)
    alone.inject(plan.stresses["flash_crash"], at=120)
    make_room(alone, CLASSES, 0.75)
    alone.run_until(240)
    taken = volumes(alone, 120, 240)[0]
    mine = results.runs.query("arm == 'room only' and rl_share == 0.25").iloc[0]
    assert mine["rl_share_reached"] == 0 and mine["rl_count"] == 0
    assert mine["recovery_volume"] == taken.sum() > 0
    rates = {"modes": ["learning"], "learning_rates": [0, 1], "room_only": True}
    plan = make_plan(design(level="learning_rate", rl=rates))
    assert "room only" not in {cell.arm for cell in plan.cells}


def test_a_control_can_have_copies_of_other_luck(tmp_path):
    given = {"calm": False, "stress_window": 120, "rl": {"room_only": True}}
    alone = Experiment(design(**given)).run(folder=tmp_path / "alone")
    experiment = Experiment(design(**given, control_copies=3))
    assert [(c.arm, c.copy) for c in experiment.plan.cells] == [
        *(("control", k) for k in range(3)), ("trained", 0), *(("room only", k) for k in range(3)),
    ]  # fmt: skip
    results = experiment.run(folder=tmp_path / "copies")
    # The first copy is the control as it was; the others are other runs of the same news.
    first = results.runs[results.runs["copy"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, alone.runs)
    wide = results.runs.pivot_table(index="seed", columns=["arm", "copy"], values="stress_rv_10s")
    assert (wide["control"].nunique(axis=1) == 3).all()
    # Changes are told against the geometric mean, once a treated run.
    volatility = results.measures[0]
    for base, arm in ((None, "control"), ("room only", "room only")):
        pairs = results.paired("flash crash", 0.25, volatility, base=base).set_index("seed")
        expected = np.log(wide["trained"][0]) - np.log(wide[arm]).mean(axis=1)
        pd.testing.assert_series_equal(pairs["change"], expected, check_names=False)
    assert len(results.paired("flash crash", 0.25, volatility, "room only")) == 9
    assert any("3 copies" in line and "%" in line for line in results.limits)


def test_rules_are_the_treatment(tmp_path):
    rules = [{"name": "velocity", "velocity_logic": {"ticks": 3}}]
    experiment = Experiment(design(intervention=rules, level="intervention", calm=False))
    results = experiment.run(folder=tmp_path)
    assert results.levels() == ["none", "velocity"]
    assert results.group_names() == ["flash crash, RL share 0 %", "flash crash, RL share 25 %"]
    assert len(results.runs) == 12
    usual = results.runs.query("rl_share == 0")
    halted = usual.groupby("intervention")["stress_halted_seconds"].sum()
    assert halted["none"] == 0
    assert halted["velocity"] > 0
    pairs = results.paired("flash crash, RL share 25 %", "velocity", results.measures[0])
    assert len(pairs) == 3


def test_placebos_are_told_apart(tmp_path):
    experiment = Experiment(design(calm=False, rl={"placebos": ["rule_clones", "untrained"]}))
    results = experiment.run(folder=tmp_path)
    assert results.placebo_names() == ["untrained", "rule clones"]
    assert set(results.series["level"]) == {0.0, 0.25}
    assert results.series["group"].unique().tolist() == ["flash crash"]
    for kind in ("untrained", "rule clones"):
        pairs = results.paired("flash crash", 0.25, results.measures[0], kind)
        assert pairs["seed"].nunique() == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seeds = 0", ["line 2: seeds", "at least 1"]),
        ("[rl]\nshares = [0.5, 1.5]", ["line 3: rl.shares[1]", "0 to 0.999"]),
        ("[[stress]]\ntype = 'flash_crush'", ["line 3: stress[0].type", "flash_crash"]),
        ("[[stress]]\ntype = 'flash_crash'\nat = 5", ["line 4: stress[0].at", "leave it out"]),
        ("[rl]\nplaceboes = []", ["line 3: rl.placeboes", 'did you mean "placebos"?']),
        ("lead = 30", ["line 2: lead", "not longer than burn_in"]),
        ("[[intervention]]\nname = 'a'\nluld.bend = 1", ["intervention[0].luld.bend", '"band"']),
        ("[[intervention]]\nname = 'none'", ["line 3: intervention[0].name", "is taken"]),
    ],
)
def test_a_wrong_file_is_told_by_line_and_key(tmp_path, text, told):
    path = tmp_path / "x.toml"
    path.write_text(f"name = 'x'\n{text}\n")
    with pytest.raises(ScenarioError) as caught:
        load_design(path)
    for words in [str(path), *told]:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"rl": {"policies": ["calm-poo"]}}, ["rl.policies[0]", 'did you mean "calm-ppo"?']),
        ({"rl": {"policies": ["none-*"]}}, ["no model matches", "calm-dqn"]),
        ({"scenario": "clam"}, ["scenario", "calm"]),
        ({"lead": 20000, "after": 9000}, ["after", "past the end"]),
    ],
)
def test_what_a_design_names_must_be_there(values, told):
    with pytest.raises(ScenarioError) as caught:
        make_plan(design(**values))
    for words in told:
        assert words in str(caught.value)


def test_a_pattern_gives_a_cell_for_each_model():
    plan = make_plan(design(calm=False, rl={"policies": ["calm-???"], "mixed": [["calm-???"]]}))
    assert [cell.policy for cell in plan.cells] == [
        "",
        "calm-dqn",
        "calm-ppo",
        "calm-sac",
        "mix calm-dqn+calm-ppo+calm-sac",
    ]
    assert [c.algorithm for c in plan.cells[1:]] == ["DQN", "PPO", "SAC", "mixed"]


def test_shipped_experiments_are_whole():
    from abm_desktop.experiments.design import bundled_experiments

    for path in bundled_experiments():
        experiment = Experiment.load(path, train=stand_ins)
        assert experiment.plan.total > 0
        assert json.dumps([cell.columns() for cell in experiment.plan.cells])
