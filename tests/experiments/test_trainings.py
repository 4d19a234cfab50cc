"""The training as the unit: who plays where, how much trainings differ; and checks beside."""

import math
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from abm_desktop import paths
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.tables import tables
from abm_desktop.experiments.report.words import answer
from abm_desktop.experiments.running import pilot
from abm_desktop.experiments.running.cells import OPEN, UNTRAINED, make_plan
from abm_desktop.experiments.running.facts import checks
from abm_desktop.experiments.running.market_runs import run_market
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.experiments.statistics.effects import (
    effects_table,
    share_table,
    unforked_table,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.trainings import spread_of, spread_table, trainings_table
from abm_desktop.learning.registry import models

NAMES = ("a-1", "a-2", "a-3")
CLASSES = ("institutions", "momentum", "fundamental", "noise")


@pytest.fixture(autouse=True)
def three_trainings(monkeypatch, tmp_path):
    """Three models of one algorithm, and no pilot."""

    def sizes(plan, name, displaces, shares, stress):
        return {share: Sizing(10, 2, 40, 1.0 - share, share) for share in shares}

    monkeypatch.setattr("abm_desktop.experiments.running.runner.size_population", sizes)
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    for name, source in zip(NAMES, ("calm-ppo", "calm-dqn", "calm-sac"), strict=True):
        file = tmp_path / f"{name}.npz"
        shutil.copy(paths.resource_dir() / "models" / source / "policy.npz", file)
        models.import_model(file, name)


def design(**values):
    """Short markets: a run takes some hundredths of a second."""
    rl = {"room_only": False, "shares": [0, 0.1, 0.25], "policies": ["a-*"]} | values.pop("rl", {})
    short = {"lead": 120, "burn_in": 30, "stress_window": 60, "after": 120, "seeds": 4, "paths": 0}
    crash = {"type": "flash_crash"}
    return Design.model_validate({"name": "t", "stress": [crash], "rl": rl} | short | values)


def test_policies_divide_the_markets_of_other_shares():
    plan = make_plan(design(hypothesis=0.25, rl={"split_markets": "other_shares"}))
    met = {name: set() for name in NAMES}
    for seed in plan.seeds:
        cells = [c for c in plan.cells_in(seed) if c.stress == "calm"]
        assert [c.policy for c in cells if c.rl_share == 0.25] == list(NAMES)
        (one,) = [c for c in cells if c.rl_share == 0.1]
        met[one.policy].add(seed - plan.seeds[0])
        assert sum(c.arm == "control" for c in cells) == 1
    assert met == {"a-1": {0, 3}, "a-2": {1}, "a-3": {2}}
    assert plan.total == sum(len(plan.cells_in(seed)) for seed in plan.seeds) == 2 * 4 * (1 + 1 + 3)
    assert plan.with_seeds(6).total == 2 * 6 * (1 + 1 + 3)


def test_untrained_policies_divide_the_markets_too_if_all_do():
    given = {"shares": [0, 0.25], "placebos": ["untrained"], "untrained_policies": 2}
    for split, each in (("always", 1), ("never", 2), ("other_shares", 2)):
        plan = make_plan(design(rl=given | {"split_markets": split}, hypothesis=0.25))
        cells = [c.policy for s in plan.seeds for c in plan.cells_in(s) if c.arm == UNTRAINED]
        assert len(cells) == 2 * len(plan.seeds) * each  # in calm and in the crash
        assert set(cells) == {"untrained-1", "untrained-2"}


def test_mixes_divide_no_markets_and_those_of_one_algorithm_are_a_kind():
    rl = {"shares": [0, 0.25], "split_markets": "always", "mixed": [["a-1", "a-2"], ["a-*"]]}
    plan = make_plan(design(rl=rl))
    (algorithm,) = {c.algorithm for c in plan.cells if c.policy in NAMES}
    for seed in plan.seeds:
        crash = [c for c in plan.cells_in(seed) if c.stress == "flash_crash"]
        assert sum(c.policy in NAMES for c in crash) == 1
        mixes = [c.algorithm for c in crash if c.policy.startswith("mix ")]
        assert mixes == [f"mixed {algorithm}"] * 2


def test_an_algorithm_may_have_one_number_of_traders_found_with_some_of_its_trainings(
    monkeypatch, tmp_path
):
    asked = []

    def sizes(plan, population, displaces, shares, stress):
        asked.append((population.name, len(population.policies), stress))
        return {share: Sizing(7 + len(asked), 2, 40, 1.0 - share, share) for share in shares}

    monkeypatch.setattr("abm_desktop.experiments.running.runner.size_population", sizes)
    given = {"shares": [0, 0.25], "pilot_policies": 2, "split_markets": "always"}
    results = Experiment(design(rl=given)).run(folder=tmp_path / "two")
    algorithm = make_plan(design()).populations["a-1"].algorithm
    assert asked == [(f"pilot {algorithm}", 2, "calm"), (f"pilot {algorithm}", 2, "flash_crash")]
    trained = results.runs.query("rl_share > 0")
    assert set(trained["policy"]) == set(NAMES)
    assert trained.groupby("stress")["rl_count"].unique().map(list).to_dict() == {
        "calm": [8.0],
        "flash_crash": [9.0],
    }
    asked.clear()
    Experiment(design(rl=given | {"pilot_policies": 3})).run(folder=tmp_path / "three")
    assert [name for name, *_ in asked] == 2 * list(NAMES), "there are no more than three"


def test_the_share_of_all_volume_is_that_of_all_runs_together(tmp_path):
    results = Experiment(design(rl={"shares": [0, 0.25]})).run(folder=tmp_path / "x")
    table = share_table(results).set_index("group")
    crash = results.runs.query("rl_share > 0 and stress == 'flash_crash'")
    whole = crash["rl_dose_lots"].sum() / crash["dose_lots"].sum()
    assert table.loc["flash crash", "whole_pct"] == pytest.approx(100 * whole)
    assert table.loc["flash crash", "mean_pct"] == pytest.approx(
        100 * (crash["rl_dose_lots"] / crash["dose_lots"]).mean()
    )
    old = replace(results, runs=results.runs.drop(columns=["dose_lots", "rl_dose_lots"]))
    before = share_table(old)
    assert before["whole_pct"].to_numpy() == pytest.approx(before["mean_pct"].to_numpy())


def test_the_whole_session_of_a_control_is_its_copy():
    """So one control serves both: what differs without matched copies is the treatment."""
    plan = make_plan(design(rl={"shares": [0]}))
    control = next(c for c in plan.cells if c.stress == "flash_crash")
    runs = run_market(plan, plan.seeds[0], [(0, control), (0, replace(control, start=OPEN))], {})
    forked, whole = (run.values for run in runs)
    for name, value in forked.items():
        np.testing.assert_equal(whole[name], value, err_msg=name)


def test_traders_from_the_open_are_a_line_of_their_own(tmp_path):
    experiment = Experiment(design(unforked=True, hypothesis=0.25, calm=False))
    results = experiment.run(folder=tmp_path / "x")
    assert len(results.runs) + len(results.unforked) == experiment.plan.total
    # Each market is met once, at the hypothesis's share.
    assert len(results.unforked) == 4
    assert set(results.unforked["rl_share"]) == {0.25}
    results = replace(results, measures=results.measures[:1])
    found = find(results)
    assert set(found.effects["level"]) == {0.1, 0.25}
    table = unforked_table(results, found.effects).set_index("group")
    usual = results.runs.query("rl_share == 0").set_index("seed")
    mine = results.unforked.set_index("seed")
    change = np.log(mine["stress_rv_10s"] / usual["stress_rv_10s"]).mean()
    assert table.loc["flash crash", "change"] == pytest.approx(math.expm1(change))
    assert table["forked"].notna().all()
    assert any(line.startswith("Without matched copies") for line in answer(results, found))


def test_policies_that_only_differ_by_themselves():
    """Changes that are a policy's plus a market's, exactly: what is due to each is known."""
    policy, market = np.array([-0.2, 0.0, 0.5]), np.array([-1.0, 0.0, 0.0, 1.0])
    rows = [
        {"policy_name": f"p{k}", "seed": m, "change": 0.3 + a + b}
        for k, a in enumerate(policy)
        for m, b in enumerate(market)
    ]
    got = spread_of(pd.DataFrame(rows), ("seed",))
    assert (got.policies, got.mean) == (3, pytest.approx(0.4))
    assert got.sd == pytest.approx(np.std(policy, ddof=1))
    assert (got.least, got.most) == (pytest.approx(0.1), pytest.approx(0.8))
    error = math.sqrt(np.var(policy, ddof=1) / 3 + np.var(market, ddof=1) / 4)
    # Satterthwaite's degrees of freedom lie between the smaller ones and their sum.
    assert 2.0 < (got.high - got.mean) / error < 4.31
    alone = spread_of(pd.DataFrame(rows[:4]), ("seed",))
    assert math.isnan(alone.sd)


def test_the_interval_of_trainings_covers_the_truth():
    """Five policies that differ as much as markets do: the bootstrap's interval would not."""
    rng, covered, repetitions = np.random.default_rng(3), 0, 120
    keys = pd.MultiIndex.from_product([range(5), range(20)], names=["policy_name", "seed"])
    frame = keys.to_frame(index=False)
    for _ in range(repetitions):
        noise = 0.4 * rng.standard_normal((5, 20))
        values = 0.2 * rng.standard_normal((5, 1)) + 0.2 * rng.standard_normal((1, 20)) + noise
        got = spread_of(frame.assign(change=values.ravel()), ("seed",))
        covered += got.low <= 0.0 <= got.high
    assert 0.91 <= covered / repetitions <= 0.99


def test_the_table_and_the_words_of_trainings():
    rows = [
        {
            "seed": seed,
            "rl_share": share,
            "stress": stress,
            "policy": f"p{k}" if share else "",
            "stress_rv_10s": math.exp(0.01 * seed + share * (0.4 * k + (stress != "calm"))),
        }
        for seed in range(6)
        for stress in ("calm", "crash")
        for share in (0.0, 0.5)
        for k in range(3 if share else 1)
    ]
    given = ExperimentResults("x", "?", pd.DataFrame(rows))
    table = spread_table(given).set_index(["group", "measure"])
    assert table.loc[("crash", "stress_rv_10s"), "sd"] == pytest.approx(0.2)
    # What policies add in calm as well is taken off.
    assert table.loc[("crash", "specific"), "change"] == pytest.approx(math.expm1(0.5))
    assert table.loc[("crash", "specific"), "sd"] == pytest.approx(0.0, abs=1e-9)
    single = trainings_table(given).query("group == 'calm'")
    assert single["change"].tolist() == pytest.approx([0.0, math.expm1(0.2), math.expm1(0.4)])
    text = " ".join(answer(given, find(given)))
    assert "single trainings +65 to +146 %" in text


def test_the_pilot_finds_its_way_out_of_a_market_that_tips_over(monkeypatch):
    """Where more traders than some 100 take ever less, the share is reached from below."""

    def share(forks, population, displaces, sizing):
        traders = sizing.count * sizing.size / 2
        return traders / (traders + 60) if traders < 100 else 0.4 - 0.0001 * traders

    monkeypatch.setattr(pilot, "_reached", share)
    plan = make_plan(design())
    population, rl = plan.populations["a-1"], plan.design.rl
    nowhere = pilot.Pilots((), None, 0.0, 0.0)
    found, _ = pilot.search_size(nowhere, population, CLASSES, 0.5, 0.5, rl, 150.0)
    assert (found.count, found.size) == (pytest.approx(60, abs=3), 2)


def test_facts_of_every_kind_of_market(tmp_path):
    two = make_plan(design(rl={"policies": ["calm-ppo", "calm-dqn"], "shares": [0.25]}))
    assert [[c.policy for c in cells] for cells in checks(two).values()] == [
        ["calm-ppo"],
        ["calm-dqn"],
    ]
    (tmp_path / "short.toml").write_text('name = "short"\n[market]\nsession = "10min"\n')
    wanted = design(facts=2, scenario=str(tmp_path / "short.toml"), seeds=2, calm=False)
    experiment = Experiment(wanted)
    grouped = checks(experiment.plan)
    assert [[c.policy for c in cells] for cells in grouped.values()] == [[""], [*NAMES], [*NAMES]]
    results = experiment.run(folder=tmp_path / "x")
    assert results.facts["cell"].unique().tolist() == [
        "control",
        "imported, 10 %",
        "imported, 25 %",
    ]
    spread = results.facts[results.facts["fact"] == "Spread: mean, ticks"]
    assert len(spread) == 3
    found = find(replace(results, measures=results.measures[:1]))
    (table,) = [table for table in tables(results, found) if table.name == "facts"]
    assert table.columns[4:] == ["control", "imported, 10 %", "imported, 25 %"]
    assert len(table.rows) * 3 == len(results.facts)
    assert any(line.startswith("Stylised facts: in ") for line in answer(results, found))


def test_auctions_only_are_measured_by_their_prices(tmp_path):
    rules = [{"name": "auctions", "batch_auction": {"interval": 5}}]
    results = Experiment(
        design(
            intervention=rules,
            level="intervention",
            calm=False,
            primary="trade_drawdown_pct",
            also=["trade_rv_60s"],
            rl={"split_markets": "always", "shares": [0, 0.25]},
        )
    ).run(folder=tmp_path)
    called = results.runs[results.runs["intervention"] == "auctions"]
    assert called["stress_rv_10s"].isna().all()
    assert (called["stress_volume"] > 0).all()
    assert (called["trade_drawdown_pct"] < 0).all()
    measures = effects_table(results)["measure"].unique()
    assert {"trade_drawdown_pct", "trade_rv_60s", "stress_volume"} <= set(measures)
    assert "stress_rv_10s" not in measures


def test_learning_rates_are_levels(tmp_path):
    wanted = design(
        level="learning_rate",
        seeds=3,
        calm=False,
        lead=620,
        burn_in=615,
        after=60,
        rl={
            "shares": [0.25],
            "modes": ["learning"],
            "learning_rates": [0, 10],
            "learn_from": "fork",
            "split_markets": "always",
        },
    )
    results = Experiment(wanted).run(folder=tmp_path)
    assert (results.control, results.levels()) == (0.0, [0.0, 10.0])
    pairs = results.paired("flash crash", 10.0, results.measure_of("trade_drawdown_pct"))
    assert sorted(pairs["policy_name"]) == list(NAMES)
    assert (pairs["change"] != 0).any()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"level": "learning_rate"}, "there are not several"),
        ({"rl": {"learning_rates": [1, 3]}}, "has several"),
        ({"rl": {"split_markets": "other_shares"}}, "no share is the hypothesis's"),
        ({"unforked": True, "level": "intervention"}, "not about shares"),
    ],
)
def test_designs_that_contradict_themselves(values, told):
    with pytest.raises(ValueError, match=told):
        design(**values)
