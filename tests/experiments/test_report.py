"""The report's words and numbers follow from the results."""

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from abm_desktop.experiments.report.figures import INK, as_svg, figures
from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.limits import limits
from abm_desktop.experiments.report.tables import tables
from abm_desktop.experiments.report.words import _in_short, answer
from abm_desktop.experiments.report.writing import write_report
from abm_desktop.experiments.statistics.effects import amplification_table, effects_table
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.market.state import TRADER_CLASSES


def results(effect=0.5, noise=0.05, policies=5, markets=8, **more):
    """Volatility of markets that differ tenfold; the treatment adds ``effect`` a unit of share."""
    rng, rows = np.random.default_rng(2), []
    for seed in range(markets):
        usual = 0.01 * math.exp(rng.standard_normal())
        for stress in ("calm", "flash_crash"):
            for share in (0.0, 0.25, 0.5):
                for policy in range(policies if share else 1):
                    added = effect * share if stress != "calm" else 0.0
                    rows.append(
                        # Noise that is made up of as many pushes up as down, so means are exact.
                        {
                            "rl_share": share,
                            "stress": stress,
                            "seed": seed,
                            "policy": f"p{policy}" if share else "",
                            "stress_rv_10s": usual
                            * math.exp(added + noise * (-1) ** (seed + policy) * (share > 0)),
                            "drawdown_pct": -5.0 - 4 * share,
                            "recovery_50_since_shock_s": 100.0 + 400 * share + seed,
                            "recovery_50_censored": float(share == 0.5),
                            **{
                                f"traded_{a}_{b}_lots": float(k + j)
                                for k, a in enumerate(TRADER_CLASSES)
                                for j, b in enumerate(TRADER_CLASSES)
                            },
                        }
                    )
    return ExperimentResults("Trial <1>", "Does it?", pd.DataFrame(rows), **more)


def series(runs=3):
    """Paths of all runs, of one shape."""
    time = np.arange(-60.0, 601.0, 10.0)
    parts = []
    for level in (0.0, 0.5):
        for run in range(runs):
            columns = {
                "time": time,
                "price": -np.clip(time / 100, 0, 2) - 0.1 * run,
                "value": 0 * time,
                "spread_ticks": 1.0 + run + 0 * time,
                "depth": 50.0 + 0 * time,
                "inventory_rl": level * time,
            }
            parts.append(pd.DataFrame(columns).assign(level=level, group="flash_crash", run=run))
    return pd.concat(parts)


@pytest.fixture(scope="module")
def found():
    return find(results())


@pytest.fixture(scope="module")
def effects(found):
    return found.effects


def row_of(effects, group, level, measure="stress_rv_10s"):
    found = effects.query("group == @group and level == @level and measure == @measure")
    return found.iloc[0]


def test_a_known_effect_is_found_within_its_interval(effects):
    row = row_of(effects, "flash crash", 0.5)
    truth = math.exp(0.25) - 1
    assert row["low"] < truth < row["high"]
    assert row["change"] == pytest.approx(truth)
    assert (row["pairs"], row["markets"], row["policies"]) == (40, 8, 5)
    # All eight markets move one way: the least p that eight changes can give.
    assert row["p"] == pytest.approx(2 / 2**8)
    calm = row_of(effects, "calm", 0.5)
    assert calm["low"] < 0 < calm["high"]


def test_a_difference_without_noise_is_exact(effects):
    row = row_of(effects, "calm", 0.25, "drawdown_pct")
    assert (row["change"], row["low"], row["high"]) == pytest.approx((-1.0, -1.0, -1.0))
    assert row["p_holm"] >= row["p"]


def test_amplification_beyond_calm():
    got = amplification_table(results(noise=0.0)).query("level == 0.5").set_index("group")
    assert got.loc["flash crash", "vaf"] == pytest.approx(math.exp(0.25))
    assert got.loc["flash crash", "specific"] == pytest.approx(math.exp(0.25))
    assert got.loc["flash crash", "specific_hl"] == pytest.approx(math.exp(0.25))
    assert got.loc["calm", "vaf"] == pytest.approx(1.0)
    assert math.isnan(got.loc["calm", "specific"])


def test_the_words_say_what_the_numbers_do(found, effects):
    told = answer(results(), found)
    (crash,) = [line for line in told if line.startswith("Flash crash. ")]
    size = f"{100 * row_of(effects, 'flash crash', 0.5)['change']:.0f} %"
    assert f"50 %: raises the volatility on a 10-s grid by {size} (95 % interval" in crash
    (calm,) = [line for line in told if line.startswith("Calm. ")]
    assert "raises" not in calm
    assert calm.count("leaves the volatility on a 10-s grid as it is, within 5 %") == 2
    noisy = results(noise=0.6, policies=2)
    (calm,) = [line for line in answer(noisy, find(noisy)) if line.startswith("Calm. ")]
    assert calm.count("no difference in the volatility on a 10-s grid can be told") == 2
    falling = results(effect=-0.5, policies=2)
    text = " ".join(answer(falling, find(falling)))
    assert "50 %: lowers the volatility on a 10-s grid by 22 %" in text


def test_the_page_needs_no_other_file(tmp_path):
    given = results(
        policies=2,
        series=series(),
        file_text='name = "a & b"',
        version="9.9",
        seeds="0 to 7",
        limits=("One.",),
    )
    page = write_report(given, tmp_path / "out")
    text = page.read_text()
    assert "Trial &lt;1&gt;" in text
    assert "a &amp; b" in text
    assert "<li>One.</li>" in text
    assert text.count("<svg") == 8
    assert INK not in text
    assert "src=" not in text
    names_of_formats = re.compile(r'xmlns(:\w+)?="http://www\.w3\.org/[^"]*"')
    assert "http" not in names_of_formats.sub("", text)
    saved = pd.read_parquet(page.parent / "tables" / "effects.parquet")
    from_csv = pd.read_csv(page.parent / "tables" / "effects.csv")
    assert from_csv["change"].to_numpy() == pytest.approx(saved["change"].to_numpy())
    assert len(pd.read_parquet(page.parent / "tables" / "runs.parquet")) == len(given.runs)
    told = row_of(saved, "flash crash", 0.5)
    assert f"<td>{100 * told['change']:+.0f} %</td>" in text


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        (1, "1 training of each kind of traders: the intervals are over markets"),
        (2, "2 trainings of each kind of traders: the intervals are over markets"),
        (4, "4 trainings of each kind of traders: the intervals are for other trainings too"),
        (5, "With 5 policies per cell"),
    ],
)
def test_the_limits_say_what_the_intervals_are_for(found, policies, told):
    given = results(policies=policies)
    here = limits(given, replace(found, effects=effects_table(given)))
    assert any(line.startswith(told) for line in here)


def test_without_trainings_the_limits_tell_of_none():
    given = results(policies=1)
    nobody = replace(given, runs=given.runs.assign(policy=""))
    found = find(nobody)
    assert not any("training" in line for line in limits(nobody, found))
    # Nor is there a policy, in the numbers and in the tables.
    assert (found.effects["policies"] == 0).all()
    of_effects = next(t for t in tables(nobody, found) if "policies" in t.columns)
    place = of_effects.columns.index("policies")
    assert {row[place] for row in of_effects.rows} == {"–"}


@pytest.mark.parametrize(("markets", "least"), [(4, "0.25"), (16, None)])
def test_markets_too_few_for_a_rank_test_are_told(found, markets, least):
    given = results(policies=1, markets=markets)
    here = limits(given, replace(found, effects=effects_table(given)))
    told = [line for line in here if "signed-rank" in line]
    assert bool(told) == (least is not None) and all(f"below {least}" in line for line in told)


def test_too_few_runs_are_told(tmp_path):
    given = results(markets=1, policies=1)
    text = write_report(given, tmp_path).read_text()
    assert "too few finished pairs" in text


def test_runs_without_a_needed_column():
    with pytest.raises(ValueError, match="rl_share"):
        ExperimentResults("x", "y", pd.DataFrame({"stress": []}))


@pytest.mark.filterwarnings("error")
def test_every_figure_has_room_for_all_its_parts(found):
    """Matplotlib warns where nothing is left for the axes, and leaves them as they fall."""
    for _, _, figure in figures(results(), found):
        as_svg(figure, "x")


def test_the_recovery_curve_keeps_censored_runs(found):
    figure, again = (
        next(f for name, _, f in figures(results(), found) if name == "recovery") for _ in range(2)
    )
    (axes,) = figure.axes
    usual, _, most = axes.lines[:3]
    assert usual.get_ydata()[-1] == 0.0
    # Nobody recovered at the highest level.
    assert set(most.get_ydata()) == {1.0}
    text = as_svg(figure, "x")
    # The same results give the same page: no identifier in it is drawn by chance.
    assert "currentColor" in text and text == as_svg(again, "x")


def test_the_short_answer_about_rules_tells_what_holds_after_holm():
    results = SimpleNamespace(numeric=False, is_calm=lambda group: group == "calm")
    rows = pd.DataFrame(
        {
            "group": ["calm", "fat finger", "flash crash"],
            "label": ["volatility on a 10-s grid"] * 3,
            "way": [0, 1, -1],
            "equivalent": [True, False, False],
            "ratio": [True] * 3,
            "p_holm": [1.0, 0.094, 0.01],
        }
    )
    (told,) = _in_short(results, rows)
    assert "by 95 % intervals one by one, of 2 comparisons" in told
    assert "rises in 1, falls in 1" in told
    assert told.endswith("Clear after Holm's correction: 1 of these 2.")
