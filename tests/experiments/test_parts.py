"""Removal, addition and total; grids; equal dose; counts; selected trainings: known answers."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.grid_figure import grid_figure
from abm_desktop.experiments.report.tables import tables
from abm_desktop.experiments.report.words import answer
from abm_desktop.experiments.report.writing import write_report
from abm_desktop.experiments.statistics.counts import counts_table
from abm_desktop.experiments.statistics.dose import dose_table, equal_dose
from abm_desktop.experiments.statistics.experiment_results import ExpectedSign, ExperimentResults
from abm_desktop.experiments.statistics.parts import grids_table, parts_table
from abm_desktop.experiments.statistics.signs import signs_table

MARKETS, TRAININGS = 8, 4
REMOVAL = -0.5
ADDED = {"PPO": 0.6, "SAC": 0.3}
"""Logarithms, on the fine grid; nothing is added on the long one."""
SLOPE = 4.0
"""Of the addition on the realised share, which differs between trainings."""


def runs(seed=5):
    """Room halves volatility and more; who comes adds what the share is that the training takes."""
    rng, rows = np.random.default_rng(seed), []
    shares = {(kind, k): 0.25 + 0.02 * (k - 1.5) + 0.03 * (kind == "PPO")
              for kind in ADDED for k in range(TRAININGS)}  # fmt: skip
    for market in range(MARKETS):
        usual, push = 0.01 * math.exp(rng.normal()), 0.05 * rng.normal()

        def add(arm, algorithm, policy, fine, long, share, usual=usual, market=market):
            noise = 0.01 * rng.normal(size=2) if arm != "control" else (0.0, 0.0)
            fine, long = fine + noise[0], long + noise[1]
            rows.append({
                "seed": market, "stress": "flash_crash", "arm": arm, "algorithm": algorithm,
                "policy": policy, "rl_share": 0.0 if arm == "control" else 0.25,
                "stress_rv_10s": usual * math.exp(fine), "stress_vol_300s": usual * math.exp(long),
                "stress_vol_1s": usual * math.exp(fine), "recovery_vol_600s": usual,
                "rl_share_reached": share, "crashes": float(market < 2 and arm != "control"),
            })  # fmt: skip

        add("control", "", "", 0.0, 0.0, math.nan)
        add("room only", "", "", REMOVAL + push, REMOVAL + push, 0.0)
        add("rule clones", "", "", 0.02, 0.02, 0.0)
        for (kind, k), share in shares.items():
            more = ADDED[kind] + SLOPE * (share - 0.25)
            add("trained", kind, f"{kind}-{k}", REMOVAL + push + more, REMOVAL + push, share)
    return pd.DataFrame(rows)


def results(**more):
    return ExperimentResults("parts", "?", runs(), second="stress_vol_300s", **more)


def test_removal_and_addition_make_the_total():
    table = parts_table(results())
    assert set(table["part"]) == {"removal", "addition", "total"}
    fine = table[table["measure"] == "stress_rv_10s"].set_index(["part", "kind"])
    for kind, added in ADDED.items():
        mean = added + SLOPE * 0.03 * (kind == "PPO")
        parts = [np.log1p(fine.loc[key, "change"]) for key in
                 (("removal", ""), ("addition", kind), ("total", kind))]  # fmt: skip
        assert parts[0] + parts[1] == pytest.approx(parts[2])
        assert parts[1] == pytest.approx(mean, abs=0.02)
        row = fine.loc[("addition", kind)]
        assert row["unit"] == "trainings" and row["policies"] == TRAININGS
        assert row["least"] < row["change"] < row["most"]
    removal = fine.loc[("removal", "")]
    paired = runs().pivot_table(index="seed", columns="arm", values="stress_rv_10s")
    changes = np.log(paired["room only"] / paired["control"])
    half = stats.t.ppf(0.975, MARKETS - 1) * changes.std() / math.sqrt(MARKETS)
    assert np.log1p([removal["low"], removal["high"]]) == pytest.approx(
        [changes.mean() - half, changes.mean() + half]
    )
    assert removal["unit"] == "markets" and removal["p_holm"] < 1e-3
    long = table[(table["measure"] == "stress_vol_300s") & (table["part"] == "addition")]
    assert (long.loc[~long["placebo"], "p_holm"] > 0.05).all()
    # Rules that come into the same room stand beside, and are not corrected for.
    clones = fine.loc[("addition", "rule clones")]
    assert clones["placebo"] and clones["p_holm"] == clones["p"]
    without = replace(results(), runs=runs().query("arm != 'room only'"))
    assert not len(parts_table(without))


def test_grids_tell_bounce_from_the_rest():
    table = grids_table(results()).set_index(["window", "step", "part", "kind"])
    assert table.loc[("stress", 1, "addition", "PPO"), "low"] > 0.5
    assert abs(table.loc[("stress", 300, "addition", "PPO"), "change"]) < 0.02
    assert table.loc[("recovery", 600, "removal", ""), "change"] == 0.0
    without = replace(results(), runs=runs().query("arm != 'room only'"))
    assert set(grids_table(without)["part"]) == {"total"}


def test_effects_at_equal_dose_are_what_the_line_says():
    table = dose_table(results()).set_index(["measure", "kind"])
    for kind, added in ADDED.items():
        row = table.loc[("stress_rv_10s", kind)]
        assert row["change"] == pytest.approx(math.expm1(added), abs=0.03)
        assert row["low"] < math.expm1(added) < row["high"]
        assert math.log1p(row["slope"]) == pytest.approx(0.1 * SLOPE, abs=0.05)
        assert row["explained"] > 0.9 and row["part"] == "addition"
    assert table.loc[("stress_rv_10s", "PPO"), "reached_pct"] == pytest.approx(28.0)
    # The line itself, against a regression by least squares.
    rng = np.random.default_rng(0)
    y, x, kinds = rng.normal(size=9), rng.normal(size=9), np.array(list("aaabbbccc"))
    means, slope, error, freedom = equal_dose(y, x, kinds, 0.5)
    design = np.column_stack([kinds == k for k in "abc"] + [x]).astype(float)
    beta, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert (slope, freedom) == (pytest.approx(beta[3]), 5)
    assert [means[k][0] for k in "abc"] == pytest.approx(list(beta[:3] + 0.5 * beta[3]))
    covariance = rest[0] / 5 * np.linalg.inv(design.T @ design)
    at = np.array([1.0, 0.0, 0.0, 0.5])
    assert means["a"][1] == pytest.approx(math.sqrt(at @ covariance @ at))
    assert error == pytest.approx(math.sqrt(covariance[3, 3]))
    few = runs()
    few = few[~few["policy"].str.contains("2|3")]
    assert not len(dose_table(replace(results(), runs=few)))


def test_intervals_at_equal_dose_cover_the_truth():
    """Trainings that differ, markets that all share: in about 95 % of repetitions."""
    rng, covered, repetitions = np.random.default_rng(11), 0, 30
    base = runs()
    treated = (base["arm"] == "trained").to_numpy()
    for _ in range(repetitions):
        some = base.copy()
        of_training = {p: 0.1 * rng.normal() for p in some.loc[treated, "policy"].unique()}
        of_market = {m: 0.2 * rng.normal() for m in range(MARKETS)}
        added = some["policy"].map(of_training).fillna(0) + some["seed"].map(of_market) * treated
        added += 0.1 * rng.normal(size=len(some))
        some["stress_rv_10s"] *= np.exp(added)
        table = dose_table(ExperimentResults("x", "?", some)).set_index("kind")
        covered += table.loc["SAC", "low"] < math.expm1(ADDED["SAC"]) < table.loc["SAC", "high"]
    assert 0.85 * repetitions <= covered


def test_counts_have_exact_intervals():
    table = counts_table(results()).set_index(["level", "kind"])
    control = table.loc[(0.0, "")]
    assert (control["events"], control["runs"], control["low_pct"]) == (0, MARKETS, 0.0)
    # Nobody of 8: 1 - 0.025 ** (1 / 8).
    assert control["high_pct"] == pytest.approx(100 * (1 - 0.025 ** (1 / MARKETS)))
    assert table.loc[(0.25, "PPO"), "events"] == 2 * TRAININGS


def test_signs_may_be_of_the_addition_or_the_removal():
    expected = (
        ExpectedSign("A", "more", "stress_rv_10s", 1, 0.25, "room_only"),
        ExpectedSign("B", "less", "stress_rv_10s", -1, 0.25, kind="room only"),
    )
    table = signs_table(results(expected=expected))
    assert table["agrees"].tolist() == ["yes", "yes", "yes"]
    assert table["change"].iloc[-1] == pytest.approx(math.expm1(REMOVAL), abs=0.05)


def test_the_report_leads_with_the_parts_and_bolds_nothing_that_is_not_carried(tmp_path):
    given = results(registration=("Registered before run 1 (then).",))
    chosen = given.runs[given.runs["policy"] == "PPO-0"].assign(policy="PPO-chosen")
    given = replace(given, selected=chosen)
    found = find(given)
    (first, *_) = tables(given, found)
    assert first.name == "parts" and first.leads
    cells = {tuple(row[:4]): row[4:] for row in first.rows}
    group = "flash crash"
    long = cells[(group, "volatility on a 300-s grid", "25 %", "PPO")]
    fine = cells[(group, "volatility on a 10-s grid", "25 %", "PPO")]
    assert fine[0].endswith("*") and fine[1].endswith("*") and not long[1].endswith("*")
    assert "rule clones (placebo)" in {row[3] for row in first.rows}
    short, *rest = answer(given, found)
    removal = parts_table(given).iloc[0]
    size = f"({100 * removal['change']:.0f} %)"
    assert f"room made and nobody coming lowers it {size}" in short
    assert "RL traders who come raise it with PPO" in short
    assert "of volatility on a 300-s grid they are not shown to change it" in short
    assert any(line.startswith("At an equal realised share of 25 %") for line in rest)
    assert any("PPO-chosen" in line and "no interval" in line for line in rest)
    assert "PPO-chosen" not in set(parts_table(given).get("policy", []))
    marked = found.trainings.set_index("policy")["selected"]
    assert marked["PPO-chosen"] and not marked["PPO-0"]
    assert (
        found.spread.set_index(["kind", "measure"]).loc[("PPO", "stress_rv_10s"), "policies"] == 4
    )
    page = write_report(given, tmp_path / "out").read_text(encoding="utf-8")
    assert page.index("Registered before run 1") < page.index('id="answer"')
    assert page.index('<figure id="grids">') < page.index('<figure id="effect">')
    assert (tmp_path / "out" / "tables" / "selected_runs.csv").is_file()


def test_the_figure_of_grids_cuts_no_line():
    rows = [
        {"window": "stress", "step": step, "group": "calm", "part": part, "kind": "",
         "change": change, "low": change / 2, "high": change * 40.0}
        for step in (1, 10)
        for part, change in (("removal", -0.1), ("addition", 19.0))
    ]  # fmt: skip
    figure = grid_figure(None, pd.DataFrame(rows))
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    assert lines["RL traders added"].tolist() == [20.0, 20.0]
    assert figure.axes[0].get_ylim()[1] < 40.0, "an interval reaches to the edge at most"
