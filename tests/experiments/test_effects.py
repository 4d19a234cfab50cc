"""Which runs are compared with which, and what papers expected."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.words import answer
from abm_desktop.experiments.report.writing import write_report
from abm_desktop.experiments.statistics.effects import (
    effects_table,
    mixed_model,
    share_table,
    trend_table,
)
from abm_desktop.experiments.statistics.experiment_results import ExpectedSign, ExperimentResults
from abm_desktop.experiments.statistics.mixed_model import fit_mixed_model
from abm_desktop.experiments.statistics.recoveries import recovery_table
from abm_desktop.experiments.statistics.signs import signs_table

SLOPES = {"PPO": 1.0, "SAC": -0.5}


def runs_of_shares(markets=10, policies=3):
    """PPO adds to log volatility what its share is, SAC takes half of it; the rest is exact."""
    rows, rng = [], np.random.default_rng(1)
    for seed in range(markets):
        usual = math.exp(rng.standard_normal())

        def add(share, arm, algorithm, policy, change, usual=usual, seed=seed):
            rows.append(
                {
                    "seed": seed,
                    "fork": 0,
                    "stress": "flash_crash",
                    "rl_share": share,
                    "arm": arm,
                    "algorithm": algorithm,
                    "policy": policy,
                    "mode": "frozen",
                    "stress_rv_10s": usual * math.exp(change),
                    "rl_share_reached": 0.9 * share,
                    "recovery_50_since_shock_s": 100.0 + seed + (45 + seed) * (arm == "trained"),
                    "recovery_50_censored": 0.0,
                }
            )

        add(0.0, "control", "", "", 0.0)
        for share in (0.1, 0.2, 0.4):
            for algorithm, slope in SLOPES.items():
                for k in range(policies):
                    add(share, "trained", algorithm, f"{algorithm}-{k}", slope * share)
        add(0.4, "untrained", "untrained", "u-1", 0.05)
        add(0.4, "zero_size", "PPO", "PPO-0", 0.0)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def shares():
    return ExperimentResults("x", "?", runs_of_shares(), pair=("seed", "fork"))


def test_algorithms_are_told_apart_and_placebos_set_aside(shares):
    assert shares.kind_names() == ["PPO", "SAC"]
    assert shares.placebo_names() == ["untrained", "zero size"]
    table = effects_table(shares).set_index(["kind", "level"])
    for kind, slope in SLOPES.items():
        for level in (0.1, 0.2, 0.4):
            assert table.loc[(kind, level), "change"] == pytest.approx(math.expm1(slope * level))
    assert table.loc[("untrained", 0.4), "change"] == pytest.approx(math.expm1(0.05))
    assert table["placebo"].sum() == 2
    found = find(shares)
    text = " ".join(answer(shares, found))
    assert "zero size: exactly as the control" in text
    assert "RL share of taker volume 40 %: PPO +49 %" in text
    broken = found.effects.copy()
    broken.loc[broken["kind"] == "zero size", "change"] += 1e-9
    assert "Do not trust" in " ".join(answer(shares, replace(found, effects=broken)))


def test_what_is_compared_with_what_is_kept_apart_and_may_be_changed(shares):
    measure = shares.measures[0]
    first = shares.paired("flash crash", 0.4, measure, "PPO")
    assert first["change"].to_numpy() == pytest.approx(0.4)
    against = shares.paired("flash crash", 0.4, measure, "PPO", against=0.1)
    assert against["change"].to_numpy() == pytest.approx(0.3)
    first["change"] += 1.0
    first["more"] = 0.0
    again = shares.paired("flash crash", 0.4, measure, "PPO")
    assert again["change"].to_numpy() == pytest.approx(0.4) and "more" not in again


def test_trend_and_slope(shares):
    table = trend_table(shares).set_index("kind")
    assert table.loc["PPO", "slope"] == pytest.approx(math.expm1(0.1))
    assert table.loc["SAC", "slope"] == pytest.approx(math.expm1(-0.05))
    assert table.loc["PPO", "z"] > 5 > -5 > table.loc["SAC", "z"]
    assert table.loc["PPO", "doses"] == 4


def test_recoveries_and_realised_shares(shares):
    table = recovery_table(shares)
    usual = table[table["level"] == 0.0].iloc[0]
    most = table[(table["level"] == 0.4) & (table["kind"] == "PPO")].iloc[0]
    assert (usual["median_s"], most["median_s"]) == (104.0, 153.0)
    # Later by 45 to 54 s, paired, and the same with every policy.
    assert most["later_s"] == pytest.approx(49.5) and most["unit"] == "trainings"
    assert 45 < most["low"] < 49.5 < most["high"] < 54 and most["p_holm"] < 0.001
    realised = share_table(shares).set_index(["kind", "level"])
    assert realised.loc[("SAC", 0.2), "mean_pct"] == pytest.approx(18.0)


def runs_of_rules(markets=12):
    rows, rng = [], np.random.default_rng(2)
    for seed in range(markets):
        for share in (0.0, 0.25):
            usual = math.exp(rng.standard_normal())
            for rule, change in (("none", 0.0), ("pause", -0.4), ("tax_5_bp", 0.01)):
                rows.append(
                    {
                        "seed": seed,
                        "stress": "flash_crash",
                        "rl_share": share,
                        "intervention": rule,
                        "arm": "trained" if share else "control",
                        "algorithm": "PPO" if share else "",
                        "policy": "p" if share else "",
                        "stress_rv_10s": usual * math.exp(change + 0.01 * rng.standard_normal()),
                    }
                )
    return pd.DataFrame(rows)


def test_levels_may_be_names(tmp_path):
    given = ExperimentResults(
        "Rules",
        "Which helps?",
        runs_of_rules(),
        level="intervention",
        control="none",
        group=("stress", "rl_share"),
        level_name="intervention",
    )
    assert given.group_names() == ["flash crash, RL share 0 %", "flash crash, RL share 25 %"]
    assert given.levels() == ["none", "pause", "tax_5_bp"]
    table = effects_table(given).set_index(["group", "level"])
    for group in given.group_names():
        assert table.loc[(group, "pause"), "change"] == pytest.approx(math.expm1(-0.4), abs=0.01)
        assert bool(table.loc[(group, "tax_5_bp"), "equivalent"])
    assert not len(trend_table(given))
    assert mixed_model(given) is None
    text = write_report(given, tmp_path).read_text().replace("\xa0", " ")
    assert "Intervention pause: lowers the volatility on a 10-s grid by 33 %" in text
    assert (
        "Intervention tax 5 bp: leaves the volatility on a 10-s grid as it is, within 5 %" in text
    )


def test_a_policy_is_compared_with_itself_where_the_control_has_it():
    rows = [
        {
            "seed": seed,
            "stress": "flash_crash",
            "mode": mode,
            "arm": "trained",
            "algorithm": "PPO",
            "policy": policy,
            "stress_rv_10s": level * (2.0 if mode == "learning" else 1.0),
        }
        for seed in range(3)
        for policy, level in (("a", 1.0), ("b", 50.0))
        for mode in ("frozen", "learning")
    ]
    given = ExperimentResults("x", "?", pd.DataFrame(rows), level="mode", control="frozen")
    (row,) = effects_table(given).to_dict("records")
    assert (row["change"], row["low"], row["high"]) == pytest.approx((1.0, 1.0, 1.0))


def test_signs_of_papers():
    signs = (
        ExpectedSign("A 2019", "a pause calms", "stress_rv_10s", -1, "pause"),
        ExpectedSign("A 2019", "a tax calms", "stress_rv_10s", -1, "tax_5_bp"),
        ExpectedSign("B 2020", "a tax is worse", "stress_rv_10s", 1, "tax_5_bp", against="pause"),
        ExpectedSign("B 2020", "a tax does nothing", "stress_rv_10s", 0, "tax_5_bp"),
    )
    runs = runs_of_rules()
    # Without the noise' mean the tax has no sign to be told.
    tax = runs["intervention"] == "tax_5_bp"
    usual = runs.loc[runs["intervention"] == "none", "stress_rv_10s"].to_numpy()
    runs.loc[tax, "stress_rv_10s"] = usual * np.exp(0.01 * np.tile([1, 1, -1, -1], 6))
    given = ExperimentResults(
        "x", "?", runs, level="intervention", control="none", group=("rl_share",), expected=signs
    )
    found = signs_table(given)
    assert found["agrees"].tolist() == ["yes", "yes", "no", "no", "yes", "yes", "yes", "yes"]
    assert found["found"].tolist() == ["−", "−", "0", "0", "+", "+", "0", "0"]
    words = " ".join(answer(given, find(given)))
    assert "A 2019: of 4 expected signs 2 agree, 2 do not, and 0 cannot be told" in words


def test_the_mixed_model_finds_what_was_put_in():
    rng = np.random.default_rng(3)
    rows = []
    for market in range(30):
        its_own = rng.normal(0, 0.5)
        for scenario, slope in (("calm", 0.2), ("crash", 1.0)):
            for dose in (0.0, 0.25, 0.5):
                for policy in range(4 if dose else 1):
                    value = its_own + (scenario == "crash") + slope * dose + rng.normal(0, 0.2)
                    rows.append((value, dose, scenario, policy, market))
    table = pd.DataFrame(rows, columns=["value", "dose", "scenario", "policy", "market"])
    model = fit_mixed_model(table)
    assert model.converged
    effects = model.effects.set_index("term")
    for term, truth in (("dose", 0.2), ("crash", 1.0), ("dose, crash beyond calm", 0.8)):
        assert effects.loc[term, "low"] < truth < effects.loc[term, "high"]
    assert model.spreads["markets"] == pytest.approx(0.5, rel=0.3)
    assert model.residual_sd == pytest.approx(0.2, rel=0.1)
    few = fit_mixed_model(table[:5])
    assert not few.converged
    assert "Too few" in few.note


def test_the_mixed_model_is_that_of_statsmodels():
    """An independent reference: slopes of policies crossed with markets."""
    rng = np.random.default_rng(5)
    of_policy, of_market = rng.normal(0, 0.3, 6), rng.normal(0, 0.5, 12)
    rows = [
        (1 + 0.8 * dose + of_market[m] + of_policy[p] * dose + rng.normal(0, 0.2), p, m)
        + (dose, "calm")
        for m in range(12)
        for dose in (0.0, 0.25, 0.5)
        for p in range(6 if dose else 1)
    ]
    table = pd.DataFrame(rows, columns=["value", "policy", "market", "dose", "scenario"])
    table["policy"] = table["policy"].map("p{}".format)
    ours = fit_mixed_model(table)
    markets = pd.get_dummies(table["market"]).to_numpy(float)
    policies = pd.get_dummies(table["policy"]).to_numpy(float) * table[["dose"]].to_numpy()
    spec = VCSpec(
        ["market", "policy"],
        [[[f"m{k}" for k in range(12)]], [[f"p{k}" for k in range(6)]]],
        [[markets], [policies]],
    )
    x = np.column_stack([np.ones(len(table)), table["dose"]])
    theirs = MixedLM(table["value"], x, groups=np.zeros(len(table)), exog_vc=spec).fit()
    assert ours.effects["estimate"].to_numpy() == pytest.approx(theirs.fe_params, rel=1e-3)
    half = (ours.effects["high"] - ours.effects["estimate"]).to_numpy() / 1.959964
    # Theirs are by the Hessian of all parameters; these by generalised least squares.
    spread = theirs.vcomp[0] * markets @ markets.T + theirs.vcomp[1] * policies @ policies.T
    spread += theirs.scale * np.eye(len(table))
    least = np.sqrt(np.diag(np.linalg.inv(x.T @ np.linalg.solve(spread, x))))
    assert half == pytest.approx(least, rel=5e-3)
    assert ours.residual_sd**2 == pytest.approx(theirs.scale, rel=2e-3)
    assert [ours.spreads["markets"] ** 2, ours.spreads["policies"] ** 2] == pytest.approx(
        theirs.vcomp, rel=5e-3
    )


def test_policies_that_differ_by_scenario_widen_what_is_said_of_it():
    """Each policy has a bent of its own in a crash: no number of markets makes that go away."""
    rng = np.random.default_rng(6)
    bent = rng.normal(0, 0.5, 5)
    rows = [
        (rng.normal(0, 0.05) + (bent[p] if dose and s else 0), dose, ("calm", "crash")[s], p, m)
        for m in range(12)
        for s in (0, 1)
        for dose in (0.0, 1.0)
        for p in range(5 if dose else 1)
    ]
    table = pd.DataFrame(rows, columns=["value", "dose", "scenario", "policy", "market"])
    model = fit_mixed_model(table)
    assert model.spreads["policies by scenario"] > 0.2
    row = model.effects.set_index("term").loc["dose, crash beyond calm"]
    assert row["high"] - row["low"] > 0.5
    assert row["low"] < 0 < row["high"]
