"""Every column of the tables of trends, spread, trainings, signs, means, behaviour, mixed model."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.study_runs import GROUPS, MARKETS, SHARES, changes_of, holm, results_of, runs_of

from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.tables import tables
from abm_desktop.experiments.statistics import behaviour, trainings
from abm_desktop.experiments.statistics import effects as of
from abm_desktop.experiments.statistics.experiment_results import (
    ComparedMeasure,
    ExpectedSign,
    ExperimentResults,
)
from abm_desktop.experiments.statistics.signs import signs_table


@pytest.fixture(scope="module")
def results():
    return results_of(runs_of())


def stress_of(group):
    return next(key for key, name in GROUPS.items() if name == group)


def test_every_column_of_the_trends(results):
    table = of.trend_table(results)
    assert list(table) == [
        "kind", "group", "measure", "label", "ratio", "slope", "low", "high", "z", "p", "page_p",
        "markets", "doses", "p_holm",
    ]  # fmt: skip
    assert len(table) == 2 * 2
    for row in table.to_dict("records"):
        ratio = row["measure"] == "stress_rv_10s"
        assert row["ratio"] == ratio and row["label"] == ("volatility" if ratio else "fall, %")
        lines, blocks = {}, {m: [0.0] for m in range(MARKETS)}
        for share in SHARES[1:]:
            found, _ = changes_of(
                results.runs, row["measure"], ratio, stress_of(row["group"]), share, "trained"
            )
            for policy, market, change, _value in found:
                lines.setdefault((policy, market), []).append((share, change))
            for market in range(MARKETS):
                blocks[market].append(np.mean([c for _, m, c, _ in found if m == market]))
        # A line through no change at no share, by least squares, for every policy and market.
        slopes = [
            np.linalg.lstsq(np.array([[x] for x, _ in line]), np.array([y for _, y in line]))[0][0]
            for line in lines.values()
        ]
        slope = 0.1 * np.mean(slopes)
        assert row["slope"] == pytest.approx(math.expm1(slope) if ratio else slope)
        assert row["low"] < row["slope"] < row["high"]
        # Of 3 values without ties 3 pairs: a mean of 1.5 and a variance of 3*2*11/72 a market.
        ups = sum(a < b for v in blocks.values() for a, b in itertools.combinations(v, 2))
        z = (ups - 1.5 * MARKETS) / math.sqrt(MARKETS * 66 / 72)
        assert row["z"] == pytest.approx(z) and row["p"] == pytest.approx(2 * stats.norm.sf(abs(z)))
        ranks = np.array([stats.rankdata(v) for v in blocks.values()])
        reached = float((ranks @ [1, 2, 3]).sum())
        sums = {0.0: 1.0}  # how often each sum comes out if the ranks of a market mean nothing
        for _ in range(MARKETS):
            more: dict[float, float] = {}
            for total, chance in sums.items():
                for ordered in itertools.permutations((1, 2, 3)):
                    at = total + float(np.dot(ordered, [1, 2, 3]))
                    more[at] = more.get(at, 0.0) + chance / 6
            sums = more
        up = sum(chance for total, chance in sums.items() if total >= reached - 1e-9)
        down = sum(chance for total, chance in sums.items() if total <= reached + 1e-9)
        assert row["page_p"] == pytest.approx(min(1.0, 2 * min(up, down)))
        assert (row["markets"], row["doses"]) == (MARKETS, 3)
    np.testing.assert_allclose(table["p_holm"], holm(table["p"].to_numpy()))


def table_of_changes(runs, group, level, beyond=False):
    """Log ratios of volatility, a row a policy and a column a market; beyond those of calm."""
    found, _ = changes_of(runs, "stress_rv_10s", True, stress_of(group), level, "trained")
    calm, _ = changes_of(runs, "stress_rv_10s", True, "calm", level, "trained")
    quiet = {(p, m): c for p, m, c, _ in calm} if beyond else {}
    values = {(p, m): c - quiet.get((p, m), 0.0) for p, m, c, _ in found}
    return np.array([[values[p, m] for m in range(MARKETS)] for p in ("a", "b")])


def test_every_column_of_the_spread_and_of_single_trainings(results):
    spread = trainings.spread_table(results)
    assert list(spread) == [
        "kind", "group", "level", "told", "measure", "label", "ratio", "change", "low", "high",
        "sd", "least", "most", "p", "p_alike", "policies", "p_holm",
    ]  # fmt: skip
    assert len(spread) == 5 and (spread["measure"] == "specific").sum() == 1
    for row in spread.to_dict("records"):
        values = table_of_changes(
            results.runs, row["group"], row["level"], row["measure"] == "specific"
        )
        means, columns, mean = values.mean(axis=1), values.mean(axis=0), values.mean()
        rest = sum(
            (values[p, m] - means[p] - columns[m] + mean) ** 2
            for p in range(2) for m in range(MARKETS)
        ) / (MARKETS - 1)  # fmt: skip
        of_policies = MARKETS * ((means - mean) ** 2).sum()
        of_markets = 2 * ((columns - mean) ** 2).sum() / (MARKETS - 1)
        assert row["change"] == pytest.approx(math.expm1(mean))
        assert row["least"] == pytest.approx(math.expm1(means.min()))
        assert row["most"] == pytest.approx(math.expm1(means.max()))
        assert row["sd"] == pytest.approx(
            math.sqrt(max((means[0] - means[1]) ** 2 / 2 - rest / MARKETS, 0.0))
        )
        alike = stats.f.sf(of_policies / rest, 1, MARKETS - 1)
        assert row["p_alike"] == pytest.approx(alike)
        total = max(of_policies + of_markets - rest, of_policies, of_markets)
        freedom = total**2 / (of_policies**2 + of_markets**2 / (MARKETS - 1)
                              + rest**2 / (MARKETS - 1))  # fmt: skip
        error = math.sqrt(total / (2 * MARKETS))
        ends = mean + error * stats.t.ppf([0.025, 0.975], freedom)
        assert (row["low"], row["high"]) == pytest.approx(tuple(np.expm1(ends)))
        assert row["p"] == pytest.approx(2 * stats.t.sf(abs(mean) / error, freedom))
        assert row["policies"] == 2 and row["ratio"] and row["told"] == (row["level"] == 0.5)
    for _, some in spread.groupby(["measure", "told"]):
        np.testing.assert_allclose(some["p_holm"], holm(some["p"].to_numpy()))
    single = trainings.trainings_table(results)
    assert list(single) == [
        "kind", "group", "level", "policy", "selected", "measure", "label", "ratio", "change",
        "low", "high", "pairs",
    ]  # fmt: skip
    assert len(single) == 2 * 3 and set(single["level"]) == {0.5}
    for row in single.to_dict("records"):
        values = table_of_changes(results.runs, row["group"], 0.5, row["measure"] == "specific")
        mine = values[("a", "b").index(row["policy"])]
        assert row["change"] == pytest.approx(math.expm1(mine.mean()))
        half = stats.t.ppf(0.975, MARKETS - 1) * mine.std(ddof=1) / math.sqrt(MARKETS)
        told = np.log1p([row["low"], row["high"]]) - mine.mean()
        assert told == pytest.approx([-half, half], abs=0.5 * half) and row["pairs"] == MARKETS


def test_every_column_of_the_signs(results):
    expected = (
        ExpectedSign("A 2020", "rises", "stress_rv_10s", 1, 0.5),
        ExpectedSign("B 2021", "falls more", "drawdown_pct", 1, 0.5, 0.25, "flash_crash"),
        ExpectedSign("C 2022", "falls less", "drawdown_pct", 1, 0.5),
    )
    table = signs_table(replace(results, expected=expected))
    assert list(table) == [
        "paper", "says", "group", "kind", "measure", "ratio", "expected", "found", "agrees",
        "change", "low", "high", "markets",
    ]  # fmt: skip
    first, second, third = table.to_dict("records")
    mean = table_of_changes(results.runs, "flash crash", 0.5).mean()
    assert first["change"] == pytest.approx(math.expm1(mean))
    runs = results.runs[(results.runs["stress"] == "flash_crash")]
    here = runs[(runs["arm"] == "trained")].set_index(["rl_share", "policy", "seed"])
    falls = here["drawdown_pct"]
    assert second["change"] == pytest.approx((falls[0.5] - falls[0.25]).mean())
    told = (
        ("A 2020", "rises", "volatility"),
        ("B 2021", "falls more", "fall, %"),
        ("C 2022", "falls less", "fall, %"),
    )
    for row, names in zip((first, second, third), told, strict=True):
        sign = "+"
        assert (row["paper"], row["says"], row["measure"]) == names
        assert row["low"] < row["change"] < row["high"] and row["markets"] == MARKETS
        found = "+" if row["low"] > 0 else "−" if row["high"] < 0 else "not told"
        assert row["found"] == found and row["expected"] == sign
        assert row["agrees"] == {sign: "yes", "not told": "not told"}.get(found, "no")
    found, _ = changes_of(results.runs, "drawdown_pct", False, "flash_crash", 0.5, "trained")
    assert third["change"] == pytest.approx(np.mean([c for *_, c, _ in found]))
    assert [row["found"] for row in (first, second, third)] == ["+", "not told", "−"]


def test_every_number_of_the_means(results):
    (table,) = [t for t in tables(results, find(results)) if t.name == "means"]
    assert list(table.data) == ["kind", "group", "level", "measure", "mean"]
    assert set(table.data["measure"]) == {
        "stress_rv_10s", "drawdown_pct", "recovery_50_since_shock_s", "recovery_50_censored",
        "rl_share_reached",
    }  # fmt: skip
    assert len(table.data) == 5 * 2 * (1 + 2 * 2)
    for row in table.data.to_dict("records"):
        values = [
            r[row["measure"]]
            for r in results.runs.to_dict("records")
            if r["stress"] == stress_of(row["group"]) and r["rl_share"] == row["level"]
            and (r["arm"] == "untrained") == (row["kind"] == "untrained")
            and not math.isnan(r[row["measure"]])
        ]  # fmt: skip
        assert row["mean"] == pytest.approx(np.mean(values) if values else math.nan, nan_ok=True)
    for line in table.rows:
        assert len(line) == len(table.columns) == 1 + 2 * 5


def test_every_column_of_the_mixed_model(results):
    """Given the spreads, the fixed effects are those of generalised least squares."""
    fit = of.mixed_model(results)
    assert fit is not None and fit.converged
    assert list(fit.effects) == ["term", "estimate", "low", "high", "p"]
    assert list(fit.effects["term"]) == [
        "intercept", "dose", "flash crash", "dose, flash crash beyond calm",
    ]  # fmt: skip
    runs = results.runs[results.runs["arm"] != "untrained"]
    y, dose = np.log(runs["stress_rv_10s"].to_numpy()), runs["rl_share"].to_numpy()
    shocked = (runs["stress"] == "flash_crash").to_numpy(float)
    x = np.column_stack([np.ones(len(y)), dose, shocked, shocked * dose])
    covariance = fit.residual_sd**2 * np.eye(len(y))
    for name, sd in fit.spreads.items():
        label = runs["seed"].astype(str) if name.startswith("markets") else runs["policy"]
        if name.endswith("by scenario"):
            label = label + runs["stress"]
        same = label.to_numpy()[:, None] == label.to_numpy()[None, :]
        slopes = np.outer(dose, dose) if name.startswith("policies") else 1.0
        covariance += sd**2 * same * slopes
    precision = np.linalg.inv(covariance)
    around = np.linalg.inv(x.T @ precision @ x)
    beta, errors = around @ x.T @ precision @ y, np.sqrt(np.diag(around))
    np.testing.assert_allclose(fit.effects["estimate"], beta, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(fit.effects["low"], beta - 1.959964 * errors, rtol=1e-4)
    np.testing.assert_allclose(fit.effects["high"], beta + 1.959964 * errors, rtol=1e-4)
    np.testing.assert_allclose(fit.effects["p"], 2 * stats.norm.sf(abs(beta / errors)), rtol=1e-3)


def test_every_column_of_behaviour():
    rng, kinds, rows = np.random.default_rng(8), ("p", "q"), []
    entropy = {f"{kind}{k}": rng.normal() for kind in kinds for k in range(5)}
    for market, stress, share in itertools.product(range(3), GROUPS, (0.0, 0.5)):
        for policy in entropy if share else [""]:
            push = 0.2 * entropy[policy] + 0.05 * rng.normal() if share else 0.0
            rows.append({
                "seed": market, "stress": stress, "rl_share": share, "policy": policy,
                "arm": "trained" if share else "control", "algorithm": policy[:1],
                "stress_rv_10s": 0.01 * math.exp(0.3 * market + push),
                "rl_entropy": entropy[policy] + 0.1 * rng.normal() if share else math.nan,
            })  # fmt: skip
    runs = pd.DataFrame(rows)
    measures = (ComparedMeasure("stress_rv_10s", "volatility", True),)
    some = ExperimentResults("b", "?", runs, measures=measures, kinds=("algorithm",))
    points = behaviour.behaviour_points(some)
    table = behaviour.behaviour_table(points)
    assert list(table) == [
        "group", "label", "seen", "column", "rho", "p", "trainings", "p_holm",
    ]  # fmt: skip
    assert len(table) == 3 and set(table["label"]) == {"entropy of the actions"}
    for row in table.to_dict("records"):
        stress = stress_of(row["group"])
        change, seen = [], []
        for policy in entropy:
            mine = runs[(runs["policy"] == policy)].set_index(["stress", "seed"])
            bare = runs[(runs["arm"] == "control")].set_index(["stress", "seed"])
            there = mine["stress_rv_10s"][stress] / bare["stress_rv_10s"][stress]
            change.append(np.log(there).mean())
            where = "calm" if row["seen"] == behaviour.IN_CALM else stress
            seen.append(mine["rl_entropy"][where].mean())
        assert (
            row["column"] == ("calm: " if row["seen"] == behaviour.IN_CALM else "") + "rl_entropy"
        )
        # Ranks of all, and of each what its algorithm has on average taken off, by a regression.
        of_kind = np.array([[policy[0] == kind for kind in kinds] for policy in entropy], float)
        a, b = (
            r - of_kind @ np.linalg.lstsq(of_kind, r)[0]
            for r in map(stats.rankdata, (seen, change))
        )
        rho = np.corrcoef(a, b)[0, 1]
        t = rho * math.sqrt(7 / (1 - rho**2))
        assert row["rho"] == pytest.approx(rho) and row["trainings"] == 10
        assert row["p"] == pytest.approx(2 * stats.t.sf(abs(t), 7))
    np.testing.assert_allclose(table["p_holm"], holm(table["p"].to_numpy()))
