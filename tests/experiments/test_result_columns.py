"""Every column of an experiment's results, computed once more from what the market recorded."""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from support.plain_measures import CLASSES, plain_measures
from support.tapes import make_tape

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running import market_runs
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.experiments.running.market_runs import run_market
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.experiments.running.store import Store
from abm_desktop.market.state import SIMULATED_CLASSES
from abm_desktop.metrics.measures import measure

NAN = float("nan")


def same(found, expected, but=()):
    """Compare every column; one that nothing is known of fails."""
    assert set(expected) >= set(found) - set(but), sorted(set(found) - set(but) - set(expected))
    for name in found:
        if name not in but:
            np.testing.assert_allclose(
                found[name], expected[name], rtol=1e-7, atol=1e-9, err_msg=name
            )


@pytest.fixture(scope="module")
def eventful():
    """A walk of 6,000 s with a fall, halts, an auction, empty sides, and fills of all classes."""
    rng, n = np.random.default_rng(3), 6000
    assert SIMULATED_CLASSES == CLASSES
    t = np.arange(n)
    value = 1e4 * np.exp(np.cumsum(rng.normal(0, 1e-4, n)))
    fall = np.interp(t, [2500, 2600, 2900], [0.0, -0.03, 0.0])
    mid = np.round(2 * value * np.exp(fall + 1e-4 * rng.standard_normal(n))) / 2
    phase = np.zeros(n, int)
    phase[1000:1020], phase[2650:2700], phase[3100:3130], phase[1500:1510] = 3, 3, 2, 1
    fills = []
    for second in np.sort(rng.uniform(1.0, n - 1.0, 4000)):
        halted = phase[int(second)] == 3
        maker, taker = rng.choice(8, 2, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.15, 0.03, 0.02])
        if not halted:
            side = int(rng.choice([-1, 1]))
            fills.append({
                "time": second, "price": int(mid[int(second)] + side),
                "size": int(rng.geometric(0.3)),
                "side": side, "taker": 10 * taker + rng.integers(2),
                "maker": 10 * maker + rng.integers(2),
                "taker_class": CLASSES[taker], "maker_class": CLASSES[maker],
                "auction": int(phase[int(second)] == 2),
            })  # fmt: skip
    fills += [fills[-1]] * 2  # one order in three fills
    spread = 2 * rng.integers(1, 6, n)
    tape = make_tape(
        mid, value=value, spread=spread, depth=rng.integers(20, 90, n), phase=phase, trades=fills
    )
    rows, trades = tape.samples, tape.trades
    rows["messages"] = np.cumsum(rng.poisson(9, n))
    rows["bid_volume"], rows["ask_volume"] = rng.integers(1, 20, n), rng.integers(1, 20, n)
    rows["best_bid"][700:720], rows["ask_volume"][2610:2620] = -1, 0
    rows["last_price"] = np.round(mid)
    for k in range(8):
        signed = trades["side"] * trades["size"] * (
            (trades["taker_class"] == k).astype(int) - (trades["maker_class"] == k)
        )  # fmt: skip
        seen = np.searchsorted(trades["time"], rows["time"])
        tape.class_samples[:, k, 0] = np.concatenate(([0], signed.cumsum()))[seen]
        cash = np.concatenate(([0], (-signed * trades["price"]).cumsum()))
        tape.class_samples[:, k, 1] = cash[seen]
    return tape


RULES = {
    "shock": 2500.0, "warm_up": 0.0, "tick": 0.01, "lot": 10.0, "calm": (-2499.0, -60.0),
    "stress": (0.0, 2520.0), "recovery": 3300.0, "average_daily_volume": 5000.0,
}  # fmt: skip


@pytest.mark.parametrize("traders", [None, 5])
def test_every_measure_of_an_eventful_tape(eventful, traders):
    rules = RULES | {"traders": traders, "decisions": 2000 if traders else None}
    found = measure(eventful, **rules, max_inventory=12)
    expected = plain_measures(eventful, **rules, max_inventory=12)
    unknown = [name for name, value in found.items() if math.isnan(value)]
    # The windows are shorter than two returns over half an hour.
    unknown = [name for name in unknown if not name.endswith("_vol_1800s")]
    assert unknown == ([] if traders else ["rl_entropy"])
    same(found, expected, but=("crashes",))
    assert found["calm_halted_seconds"] == 20.0 and found["stress_one_sided_seconds"] == 10.0


def test_crashes_are_falls_that_are_made_up_for():
    """Three falls of 4 %, of which two come back, where a day's volatility is about 1 %."""
    rng, n = np.random.default_rng(1), 9000
    at = [2000, 2100, 2400, 4500, 4600, 4900, 7000, 7100]
    path = np.interp(np.arange(n), at, [0, -0.04, 0, 0, -0.04, 0, 0, -0.04])
    noise = np.cumsum(rng.normal(0, 0.01 / math.sqrt(23_400), n))
    noise[1999:] = noise[1999]
    tape = make_tape(1e4 * np.exp(path + noise), value=np.full(n, 1e4))
    rules = RULES | {"shock": 2000.0, "calm": (-1990.0, 0.0), "recovery": 6990.0}
    assert measure(tape, **rules)["crashes"] == 2


# -- from the market to the store ---------------------------------------------------------------


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """(plan, tapes by cell, what the store gives back) of two seeds, calm and under a crash."""
    design = Design.model_validate(
        {
            "name": "columns", "stress": [{"type": "flash_crash"}], "lead": 400, "burn_in": 60,
            "stress_window": 200, "after": 300, "seeds": 1, "paths": 1,
            "rl": {"shares": [0, 0.25], "policies": ["calm-dqn"], "room_only": False},
        }
    )  # fmt: skip
    plan = make_plan(design)
    tapes = []

    def spy(tape, **rules):
        tapes.append((tape, rules))
        return measure(tape, **rules)

    sizing = {
        (c.policy, c.displaces, c.stress, c.rl_share): Sizing(10, 3, 30, 0.75, 0.21)
        for c in plan.cells
    }
    seed = plan.seeds[0]
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch, Store.open(folder, plan, {}) as store:
        patch.setattr(market_runs, "measure", spy)
        wanted = [(0, cell) for cell in plan.cells]
        for run in run_market(plan, seed, wanted, sizing):
            store.add(run)
        waiting = store.runs(plan.cells, plan.seeds)
    with Store.read(folder) as store:
        runs, paths = store.runs(plan.cells, plan.seeds), store.paths(plan.cells, plan.seeds)
    pd.testing.assert_frame_equal(waiting, runs)  # as rows that wait, and as a Parquet part
    return plan, dict(zip([cell.key for cell in plan.cells], tapes, strict=True)), runs, paths


_OWN = (
    "rl_share_reached", "remaining_drop_pct", "rl_share_pilot", "rl_count", "rl_size", "crashes",
    "dose_lots", "rl_dose_lots",
)  # fmt: skip


def test_every_column_of_a_run_in_the_store(study):
    plan, tapes, runs, _ = study
    assert len(runs) == len(plan.cells) == 4
    factors = list(asdict(plan.cells[0]))
    for cell, row in zip(plan.cells, runs.to_dict("records"), strict=True):
        tape, rules = tapes[cell.key]
        assert {name: row.pop(name) for name in factors} == asdict(cell)
        assert (row.pop("cell"), row.pop("seed"), row.pop("fork")) == (cell.key, plan.seeds[0], 0)
        shock, warm_up = rules["shock"], rules["warm_up"]
        trained = cell.rl_share > 0
        assert (rules["calm"], rules["stress"]) == ((-400.0, -60.0), (0.0, 200.0))
        assert rules["traders"] == (10 if trained else None)
        same(row, plain_measures(tape, **rules), but=_OWN)
        fills = tape.trades[tape.trades["auction"] == 0]
        when = fills["time"] / 1e9 - warm_up - shock
        near = fills[(when > 0.0) & (when <= 200.0)]
        of_rl = near["size"][near["taker_class"] == 5].sum()
        of_all = near["size"][near["taker_class"] != 6].sum()
        time = tape.samples["time"] / 1e9 - warm_up - shock
        gap = np.log(tape.samples["mid"] / tape.samples["value"])
        lasting = np.median(gap[time > 240.0]) - np.median(gap[(time > -60.0) & (time <= 0.0)])
        own = {
            "rl_share_reached": of_rl / of_all,
            "remaining_drop_pct": 100 * lasting,
            "rl_share_pilot": 0.21 if trained else NAN,
            "rl_count": 10.0 * trained,
            "rl_size": 3.0 * trained,
            "crashes": 0.0,
            "dose_lots": of_all,
            "rl_dose_lots": of_rl,
        }
        same({name: row[name] for name in _OWN}, own)
        assert (of_rl > 0) == trained
        assert row["rl_traders"] == 10.0 * trained


def test_every_column_of_a_path_in_the_store(study):
    plan, tapes, _, paths = study
    for cell in plan.cells:
        tape, rules = tapes[cell.key]
        found = paths[paths["cell"] == cell.key]
        assert {name: found[name].iloc[0] for name in asdict(cell)} == asdict(cell)
        assert (found["seed"] == plan.seeds[0]).all() and (found["fork"] == 0).all()
        rows = tape.samples
        time = rows["time"] / 1e9 - rules["warm_up"] - rules["shock"]
        grid = np.arange(-300.0, 301.0, 10.0)
        at = [int(np.flatnonzero(time <= g + 1e-6)[-1]) for g in grid]
        usual = np.median(rows["mid"][(time >= -60.0) & (time <= 0.0)])
        expected = {
            "time": grid,
            "price": 100 * (rows["mid"][at] / usual - 1),
            "value": 100 * (rows["value"][at] / usual - 1),
            "spread_ticks": rows["best_ask"][at] - rows["best_bid"][at],
            "depth": (rows["bid_depth"][at] + rows["ask_depth"][at]) / 2,
        } | {f"inventory_{n}": tape.class_samples[at, k, 0] for k, n in enumerate(CLASSES)}
        rest = [c for c in found.columns if c not in {*asdict(cell), "cell", "seed", "fork"}]
        assert set(rest) == set(expected)
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)
