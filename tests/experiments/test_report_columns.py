"""Every column of ``summary.json`` and of the exported effects, from runs with plain sums."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.study_runs import GROUPS, MARKETS, changes_of, holm, results_of, runs_of

from abm_desktop.desk.analytics.experiments import ResultEntry, export_tables
from abm_desktop.experiments.report.summary import read_summary, summarise, write_summary
from abm_desktop.experiments.statistics import effects as of
from abm_desktop.experiments.statistics.recoveries import recovery_table


@pytest.fixture(scope="module")
def results():
    return results_of(runs_of())


@pytest.fixture(scope="module")
def effects(results):
    return of.effects_table(results)


def signed_ranks(means):
    """Two-sided p, by every way to give the ranks a sign."""
    ranks = np.argsort(np.argsort(np.abs(means))) + 1
    there = min(ranks[means > 0].sum(), ranks[means < 0].sum())
    sums = [
        sum(r for r, up in zip(ranks, signs, strict=True) if up)
        for signs in itertools.product([0, 1], repeat=len(ranks))
    ]
    return min(1.0, 2 * np.mean([s <= there for s in sums]))


def test_every_column_of_the_effects(results, effects):
    assert list(effects) == [
        "kind", "group", "level", "measure", "label", "ratio", "change", "low", "high", "hl",
        "hl_low", "hl_high", "d_z", "cliffs_delta", "p", "p_equivalent", "equivalent", "pairs",
        "markets", "policies", "placebo", "primary", "p_holm",
    ]  # fmt: skip
    assert len(effects) == 2 * 2 * 2 * 2
    for row in effects.to_dict("records"):
        arm = "untrained" if row["kind"] == "untrained" else "trained"
        stress = next(key for key, name in GROUPS.items() if name == row["group"])
        ratio = row["measure"] == "stress_rv_10s"
        found, usual = changes_of(results.runs, row["measure"], ratio, stress, row["level"], arm)
        by_market = [[c for _, m, c, _ in found if m == market] for market in range(MARKETS)]
        means = np.array([np.mean(c) for c in by_market])

        def told(x, ratio=ratio):
            return math.exp(x) - 1 if ratio else x

        assert row["label"] == ("volatility" if ratio else "fall, %") and row["ratio"] == ratio
        assert row["change"] == pytest.approx(told(np.mean([c for *_, c, _ in found])))
        assert row["low"] < row["change"] < row["high"]
        walsh = sorted((means[i] + means[j]) / 2 for i in range(MARKETS) for j in range(i, MARKETS))
        assert row["hl"] == pytest.approx(told(np.median(walsh)))
        # Of 2^7 ways to give the ranks signs 3 have a sum of 2 at most: 2.3 %; 5 have one of 3.
        assert row["hl_low"] == pytest.approx(told(walsh[2]))
        assert row["hl_high"] == pytest.approx(told(walsh[-3]))
        assert row["d_z"] == pytest.approx(means.mean() / means.std(ddof=1))
        wins = [np.sign(v - u) for *_, v in found for u in usual]
        assert row["cliffs_delta"] == pytest.approx(np.mean(wins))
        assert row["p"] == pytest.approx(signed_ranks(means))
        if ratio:
            error = means.std(ddof=1) / math.sqrt(MARKETS)
            above = stats.t.sf((means.mean() - math.log(0.95)) / error, MARKETS - 1)
            below = stats.t.cdf((means.mean() - math.log(1.05)) / error, MARKETS - 1)
            assert row["p_equivalent"] == pytest.approx(max(above, below))
            assert not row["equivalent"] or row["p_equivalent"] < 0.05
        else:
            assert math.isnan(row["p_equivalent"]) and not row["equivalent"]
        assert (row["pairs"], row["markets"]) == (len(found), MARKETS)
        assert row["policies"] == (2 if arm == "trained" else 1)
        assert row["placebo"] == (arm == "untrained") and row["primary"] == ratio
    secondary = ~effects["primary"] & ~effects["placebo"]
    np.testing.assert_allclose(effects["p_holm"][~secondary], effects["p"][~secondary])
    np.testing.assert_allclose(
        effects["p_holm"][secondary], holm(effects["p"][secondary].to_numpy())
    )


def test_intervals_cover_about_what_a_plain_bootstrap_does(results, effects):
    rng = np.random.default_rng(0)
    row = effects[(effects["kind"] != "untrained") & effects["primary"]].iloc[-1]
    found, _ = changes_of(results.runs, "stress_rv_10s", True, "flash_crash", 0.5, "trained")
    table = {(p, m): c for p, m, c, _ in found}
    drawn = [
        np.mean([table[p, m] for p in rng.choice(["a", "b"], 2)
                 for m in rng.integers(0, MARKETS, MARKETS)])
        for _ in range(4000)
    ]  # fmt: skip
    low, high = np.expm1(np.quantile(drawn, [0.025, 0.975]))
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.35 * (high - low))


def test_every_key_of_the_summary(results, effects, tmp_path):
    more = replace(results, unforked=runs_of(5).head(6))
    write_summary(tmp_path, summarise(more, effects, ["It does."], ["Little."]))
    told = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert told == read_summary(tmp_path)
    rows = told.pop("effects")
    assert told == {
        "name": "columns", "question": "What?", "level_name": "RL share of taker volume",
        "levels": ["25 %", "50 %"], "runs": len(results.runs) + 6, "answer": ["It does."],
        "limits": ["Little."], "told_level": "50 %", "headline": [], "parts": [],
        "registration": [], "seeds": "",
    }  # fmt: skip
    for row, effect in zip(rows, effects.to_dict("records"), strict=True):
        assert row.pop("level") == f"{100 * effect['level']:.0f} %"
        assert set(row) == {
            "kind", "group", "measure", "label", "change", "low", "high", "d_z", "p", "p_holm",
            "pairs", "markets", "policies", "ratio", "placebo", "primary",
        }  # fmt: skip
        for name, value in row.items():
            assert value == effect[name] and type(value) in (str, int, float, bool), name


def test_the_other_tables_of_numbers(results, effects):
    factors = of.amplification_table(results)
    for row in factors.to_dict("records"):
        stress = next(key for key, name in GROUPS.items() if name == row["group"])
        here, _ = changes_of(results.runs, "stress_rv_10s", True, stress, row["level"], "trained")
        assert row["vaf"] == pytest.approx(math.exp(np.mean([c for *_, c, _ in here])))
        if stress == "calm":
            assert math.isnan(row["specific"]) and row["pairs"] == 0
            continue
        calm, _ = changes_of(results.runs, "stress_rv_10s", True, "calm", row["level"], "trained")
        beyond = [a[2] - b[2] for a in here for b in calm if a[:2] == b[:2]]
        assert row["specific"] == pytest.approx(math.exp(np.mean(beyond)))
        assert row["pairs"] == len(beyond) == 2 * MARKETS
        means = np.array(
            [np.mean([a[2] - b[2] for a in here for b in calm if a[:2] == b[:2] and a[1] == m])
             for m in range(MARKETS)]
        )  # fmt: skip
        assert row["p"] == pytest.approx(signed_ranks(means))
        for name in ("vaf", "vaf_hl", "specific", "specific_hl"):
            assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]
    for row in recovery_table(results).to_dict("records"):
        stress = next(key for key, name in GROUPS.items() if name == row["group"])
        runs = results.runs
        arm = "control" if row["level"] == 0 else "trained"
        mine = runs[(runs["stress"] == stress) & (runs["rl_share"] == row["level"])
                    & (runs["arm"] == arm)]  # fmt: skip
        seconds = np.sort(mine["recovery_50_since_shock_s"].to_numpy())
        half, three = (seconds[math.ceil(q * len(seconds)) - 1] for q in (0.5, 0.75))
        assert (row["median_s"], row["three_quarters_s"]) == (half, three)
        assert (row["runs"], row["not_recovered"]) == (len(mine), 0)
    for row in of.share_table(results).to_dict("records"):
        runs = results.runs
        stress = next(key for key, name in GROUPS.items() if name == row["group"])
        mine = 100 * runs[(runs["stress"] == stress) & (runs["rl_share"] == row["level"])
                          & (runs["arm"] == "trained")]["rl_share_reached"]  # fmt: skip
        low, high = np.quantile(mine, [0.05, 0.95])
        assert row["aimed_pct"] == 100 * row["level"] and row["runs"] == len(mine)
        assert (row["mean_pct"], row["low_pct"], row["high_pct"]) == pytest.approx(
            (mine.mean(), low, high)
        )


def test_tables_are_exported_whole_or_the_runs_anew(results, tmp_path, monkeypatch):
    """A report that tells of fewer runs than there are is not handed out as if it were all."""
    more = replace(results, unforked=runs_of(5).head(6))
    assert list(more.run_tables()) == ["runs", "unforked_runs"]
    folder = tmp_path / "study"
    (folder / "report" / "tables").mkdir(parents=True)
    (folder / "report" / "tables" / "effects.csv").write_text("change\n0.1\n")
    write_summary(folder / "report", summarise(more, of.effects_table(results).head(1), [], []))

    class Loaded:
        def results(self, _folder):
            return more

    monkeypatch.setattr(
        "abm_desktop.experiments.experiment.Experiment.load", lambda *_a, **_k: Loaded()
    )
    for runs, files in ((more.count(), {"effects.csv"}),
                        (more.count() + 1, {"runs.csv", "unforked_runs.csv"})):  # fmt: skip
        entry = ResultEntry(folder, "t", runs, None, None, None, tmp_path / "t.toml", None)
        where, count = export_tables(entry, tmp_path)
        assert {p.name for p in where.iterdir()} == files and count == len(files)
    again = pd.read_csv(where / "runs.csv", keep_default_na=True)
    pd.testing.assert_frame_equal(again.fillna({"policy": ""}), results.runs, check_dtype=False)
    assert len(pd.read_csv(where / "unforked_runs.csv")) == 6
