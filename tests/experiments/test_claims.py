"""Published claims: their files, the statistics of a verdict, and the page."""

import math

import numpy as np
import pandas as pd
import pytest

from abm_desktop.cli import main
from abm_desktop.experiments.reproduction import page, trial
from abm_desktop.experiments.reproduction.claim import (
    FIRST_PILOT_SEED,
    FIRST_SEED,
    ClaimTest,
    PublishedClaim,
    cells_of,
    find_claims,
)
from abm_desktop.experiments.reproduction.contrasts import (
    ClaimContrast,
    contrast,
    power,
    together,
    verdict,
)
from abm_desktop.experiments.reproduction.trial import ClaimTrial
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.experiments.running.store import Store
from abm_desktop.experiments.statistics.trainings import spread_of
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.seed_ranges import first_seed
from abm_desktop.scenario import ScenarioError

CRASH = {"stress": "flash_crash"}


def a_test(**values):
    usual = {"says": "it falls", "measure": "x", "sign": -1, "bound": 0.1, "why": "so"}
    given = usual | {"of": [{"arm": "trained"}], "against": [{"arm": "control"}]} | values
    return ClaimTest.model_validate(given)


def runs_of(cells, value):
    """A table of runs with ``value(cell, seed)`` in 12 markets."""
    rows = [
        {"cell": c.key, "policy": c.policy, "seed": s, "fork": 0, "x": value(c, s)}
        for c in cells
        for s in range(12)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def cells():
    design = PublishedClaim.model_validate(
        {
            "number": 5,
            "work": "A",
            "claim": "B",
            "experiment": {
                "name": "x",
                "rl": {"shares": [0, 0.25], "policies": ["rq-ppo-10[1-4]", "rq-dqn-10[1-4]"]},
            },
            "test": [a_test().model_dump()],
        }
    ).design("calm")
    return make_plan(design).cells


def test_one_recipe_is_compared_as_in_every_report(cells):
    """The same mean, error and degrees of freedom as of crossed random effects elsewhere."""
    random = np.random.default_rng(4)
    of = {c.policy: random.normal(0, 0.3) for c in cells}
    at = random.normal(0, 0.5, 12)
    runs = runs_of(cells, lambda c, s: math.exp(of[c.policy] + at[s] + random.normal(0, 0.2)))
    found = contrast(a_test(of=[{"arm": "trained", "algorithm": "PPO"}]), runs, cells)
    wide = runs.assign(x=np.log(runs["x"]))
    untouched = next(c.key for c in cells if c.arm == "control")
    control = wide[wide["cell"] == untouched].set_index("seed")["x"]
    ppo = wide[wide["policy"].str.startswith("rq-ppo")].reset_index()
    changes = pd.DataFrame(
        {
            "policy_name": ppo["policy"],
            "seed": ppo["seed"],
            "change": ppo["x"] - control[ppo["seed"]].to_numpy(),
        }
    )
    told = spread_of(changes, ("seed",))
    assert found.mean == pytest.approx(told.mean)
    assert found.interval() == pytest.approx((told.low, told.high))
    assert found.p == pytest.approx(told.p)
    assert (found.trainings, found.markets) == (told.policies, 12)


def test_two_recipes_are_independent_samples(cells):
    """Of trainings that differ and markets that do not it is Welch's test."""
    from scipy import stats

    random = np.random.default_rng(5)
    of = {c.policy: random.normal(0, 0.3) for c in cells}
    runs = runs_of(cells, lambda c, s: of[c.policy])
    test = a_test(
        scale="difference",
        of=[{"arm": "trained", "algorithm": "PPO"}],
        against=[{"arm": "trained", "algorithm": "DQN"}],
    )
    found = contrast(test, runs, cells)
    groups = [[v for p, v in of.items() if p.startswith(f"rq-{a}-")] for a in ("ppo", "dqn")]
    welch = stats.ttest_ind(*groups, equal_var=False)
    assert found.p == pytest.approx(welch.pvalue)
    assert found.interval() == pytest.approx(tuple(welch.confidence_interval(0.95)))
    assert found.of_trainings == pytest.approx(found.error)


def test_the_interval_covers_the_truth_as_often_as_it_says(cells):
    random = np.random.default_rng(6)
    few = [c for c in cells if c.algorithm == "PPO" or c.arm == "control"]
    test = a_test(scale="difference", of=[{"arm": "trained", "algorithm": "PPO"}])

    def is_inside():
        of = {c.policy: random.normal(0, 0.3) for c in cells}
        at = random.normal(0, 0.4, 12)

        def value(c, s):
            return (0.7 + of[c.policy] + at[s] if c.policy else 0.0) + random.normal(0, 0.2)

        low, high = contrast(test, runs_of(few, value), few).interval()
        return low < 0.7 < high

    inside = sum(is_inside() for _ in range(200))
    assert 180 <= inside <= 199


def test_a_difference_of_differences(cells):
    of = [{"arm": "trained", "policy": "rq-ppo-101"}, {"arm": "control"}]
    test = a_test(
        scale="difference", of=of, against=[of[1], {"arm": "trained", "policy": "rq-dqn*1"}]
    )
    runs = runs_of(cells, lambda c, s: {"PPO": 5.0, "DQN": 2.0, "": 1.0}[c.algorithm] + 0.1 * s)
    found = contrast(test, runs, cells)
    assert (found.mean, found.error) == (pytest.approx(3.0), pytest.approx(0.0))


def test_markets_without_a_value_are_left_out_and_counted(cells):
    test = a_test(of=[{"arm": "trained", "policy": "rq-ppo-101"}])
    runs = runs_of(
        cells, lambda c, s: 0.0 if c.policy and s < 3 else 1.0 + 0.01 * s * bool(c.policy)
    )
    found = contrast(test, runs, cells)
    assert (found.markets, found.of_markets) == (9, 12)
    assert verdict(test, found) == "cannot be told", "in less than four fifths of the markets"


def found(mean, error, markets=30):
    return ClaimContrast(mean, error, 29.0, 0.0, markets, 30, 0, pd.DataFrame())


@pytest.mark.parametrize(
    ("sign", "mean", "error", "says"),
    [
        (-1, -0.5, 0.1, "confirmed"),
        (-1, +0.5, 0.1, "refuted"),
        (-1, -0.1, 0.1, "cannot be told"),
        (-1, -0.03, 0.01, "refuted"),  # of the sign, and too small to speak of
        (+1, +0.5, 0.1, "confirmed"),
        (0, 0.01, 0.02, "confirmed"),
        (0, 0.01, 0.20, "cannot be told"),
        (0, 0.90, 0.10, "refuted"),
        (-1, 0.0, 0.0, "refuted"),  # exactly nothing
    ],
)
def test_verdicts(sign, mean, error, says):
    assert verdict(a_test(sign=sign), found(mean, error)) == says


def test_one_of_many_tests_refutes_at_its_part_of_the_error():
    test, near = a_test(), found(0.23, 0.1)  # p = 0.03 on the other side
    assert verdict(test, near) == "refuted" and verdict(test, near, 6) == "cannot be told"
    assert together(["confirmed"] * 2) == "confirmed"
    assert together(["confirmed", "cannot be told"]) == "cannot be told"
    assert together(["cannot be told", "refuted"]) == "refuted"


def test_power_is_what_simulation_gives():
    random = np.random.default_rng(1)
    pilot = ClaimContrast(0.0, 0.4 / 2, 3.0, 0.0, 4, 4, 0, pd.DataFrame())
    can = power(a_test(), pilot, 64)
    draws = random.normal(can.smallest, 0.4, (4000, 64))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / 8)
    assert (t > 1.998).mean() == pytest.approx(0.8, abs=0.03)
    wide = power(a_test(bound=0.2), pilot, 64)
    draws -= can.smallest
    half = 1.669 * draws.std(axis=1, ddof=1) / 8
    none = np.abs(draws.mean(axis=1)) + half < math.log(1.2)
    assert none.mean() == pytest.approx(wide.none_told, abs=0.03)


def test_what_a_test_names_has_to_be_there(cells):
    with pytest.raises(InputError, match=r"^here names no cell: stress = quake"):
        cells_of({"stress": "quake"}, cells, "here")
    with pytest.raises(InputError, match="leaves open which arm"):
        cells_of({"stress": "calm"}, cells, "here")
    for wrong, told in (({"strss": "x"}, "is no factor"), ({}, None)):
        if told:
            with pytest.raises(ValueError, match=told):
                a_test(of=[wrong])
    with pytest.raises(ValueError, match="has 1 entries"):
        a_test(of=[{}, {}])


def test_every_shipped_claim_can_be_planned():
    """Each names cells that there are, a measure, and a bound; seeds are its own."""
    claims = find_claims([])
    assert [claim.number for _, claim in claims] == list(range(1, len(claims) + 1))
    seen = set()
    for _, claim in claims:
        if claim.needs:
            continue
        seeds = claim.design(claim.markets[0]).first_seed
        pilots = claim.design(claim.markets[0], pilot=True).first_seed
        assert FIRST_SEED <= seeds < FIRST_PILOT_SEED <= pilots and not seen & {seeds, pilots}
        seen |= {seeds, pilots}
    latest = max(first_seed(purpose) for purpose in ("choice", "acceptance", "report"))
    assert latest + 30_000_000 < FIRST_SEED
    assert main(["reproduce", "--dry-run"]) == 0


SMALL = """
number = 9
work = "Nobody (2026)"
claim = "Makers with room for less trade less."

[experiment]
name = "x"
scenario = "calm"
seeds = 3
lead = "2min"
burn_in = "30s"
stress_window = "1min"
after = "2min"
level = "variant"

[experiment.rl]
shares = [0]

[[experiment.vary]]
name = "tight"
times = ["population.market_makers.size=0.05"]

[[test]]
says = "makers take part in less"
measure = "market_maker_maker_share"
sign = -1
bound = 0.05
why = "a twentieth is little"
of = [{ variant = "tight" }]
against = [{ variant = "as it is" }]
"""


def test_a_claim_is_tried_told_and_registered(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(trial, "PILOTS", 2)
    file, out = tmp_path / "small.toml", tmp_path / "page.md"
    file.write_text(SMALL.replace('claim = "', 'markets = ["calm"]\nclaim = "'))
    arguments = ["reproduce", str(file), "--out", str(out)]
    assert main(arguments) == 0
    text = out.read_text()
    assert "In `calm`: **confirmed**." in text and "Registered before run 1" in text
    values = pd.read_csv(tmp_path / "reproductions.csv")
    assert len(values) == 6 and set(values["side"]) == {"of 1", "against 1"}
    capsys.readouterr()
    assert main([*arguments, "--report-only", "--json"]) == 0
    assert '"verdict": "confirmed"' in capsys.readouterr().out
    assert out.read_text() == text
    # Of a claim that only just began nothing is told yet.
    begun = file.read_text().replace("number = 9", "number = 8")
    later = tmp_path / "later.toml"
    later.write_text(begun)
    ((_, claim),) = find_claims([str(later)])
    just = ClaimTrial(later, claim, "calm").experiment
    with Store.open(just.folder, just.plan, {}):
        pass
    both = ["reproduce", str(file), str(later), "--out", str(tmp_path / "both.md")]
    assert main([*both, "--report-only"]) == 0
    assert "## 8." in (text_of := (tmp_path / "both.md").read_text()) and "not run yet" in text_of
    # Another prediction after the runs leaves its trace.
    file.write_text(file.read_text().replace("sign = -1", "sign = 1"))
    assert main([*arguments, "--report-only"]) == 0
    changed = out.read_text()
    assert "**refuted**" in changed and "Changed after 6 runs, for this report: tests" in changed


def test_a_claim_with_runs_missing_is_unfinished_and_not_decided():
    ((_, claim),) = find_claims(["16"])
    done, part = (
        trial.Tried(claim, market, (), "refuted", (), 10, missing)
        for market, missing in (("calm", 0), ("amzn_2012", 4))
    )
    text = page.page([claim], [done, part])
    assert "| **refuted** | unfinished |" in text
    assert "In `amzn_2012`: **unfinished**. 4 runs are missing." in text
    assert "0 refuted, 0 cannot be told, 1 unfinished" in text
    assert "in a market or more: 1." in text
    assert "in a market or more: 0." in page.page([claim], [part])


def test_a_claim_says_what_it_needs_or_has_an_experiment(tmp_path):
    claim = {"number": 1, "work": "A", "claim": "B"}
    assert PublishedClaim.model_validate(claim | {"needs": "leverage"}).experiment is None
    for wrong, told in (
        ({}, "both missing"),
        ({"needs": "x", "experiment": {"name": "x"}}, "both"),
    ):
        with pytest.raises(ValueError, match=told):
            PublishedClaim.model_validate(claim | wrong)
    with pytest.raises(InputError, match="has no experiment; leverage"):
        PublishedClaim.model_validate(claim | {"needs": "leverage"}).design("calm")
    with pytest.raises(InputError, match="'77' is no claim"):
        find_claims(["77"])
    file = tmp_path / "x.toml"
    file.write_text(SMALL.replace('variant = "tight"', 'variant = "loose"'))
    given = find_claims([str(file)])
    with pytest.raises(InputError, match=r"test\[0\]\.of\[0\] names no cell"):
        ClaimTrial(*given[0], "calm")
    file.write_text(SMALL.replace("sign = -1", "sign = 2"))
    with pytest.raises(ScenarioError, match="sign"):
        find_claims([str(file)])
