"""How alike two days are: known answers of scores, distances and responses, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import wasserstein_distance
from support.flow_maker import random_day, write_pair

from abm_desktop.cli import main
from abm_desktop.market.flow_kinds import ADD, DELETE, EXECUTE, HALT
from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.state import BUY, SELL
from abm_desktop.metrics.likeness.comparing import compare, distance, total
from abm_desktop.metrics.likeness.responses import LAGS, responses
from abm_desktop.metrics.likeness.scores import SCORES, day_of, scores_of

SECOND = 10**9
ROWS = (
    # seconds, kind, order, size, price, side, bid, bid size, ask, ask size (after it)
    (0, ADD, 1, 10, 9900, BUY, 9900, 10, 0, 0),
    (1, ADD, 2, 20, 10100, SELL, 9900, 10, 10100, 20),
    (3, ADD, 3, 5, 9950, BUY, 9950, 5, 10100, 20),  # moves the mid up by 25
    (7, DELETE, 3, 5, 9950, BUY, 9900, 10, 10100, 20),  # and down again
    (8, EXECUTE, 2, 4, 10100, SELL, 9900, 10, 10100, 16),  # a buyer; the mid stays
    (8, EXECUTE, 2, 16, 10100, SELL, 9900, 10, 10200, 7),  # of the same instant: one order
    (70, ADD, 4, 3, 10200, SELL, 9900, 10, 10200, 10),
    (130, ADD, 5, 1, 9800, BUY, 9900, 10, 10200, 10),  # deeper than the one level
)


def flow_of(rows: tuple[tuple[int, ...], ...]) -> OrderFlow:
    table = np.array(rows, np.int64)
    book = table[:, 6:].reshape(-1, 2, 2)
    return OrderFlow(
        name="made", source=Path("made"), levels=1, time=table[:, 0] * SECOND,
        kind=table[:, 1].astype(np.int8), order_id=table[:, 2], size=table[:, 3].astype(np.int32),
        price=table[:, 4], side=table[:, 5].astype(np.int8), book_price=book[:, :, :1],
        book_size=book[:, :, 1:],
    )  # fmt: skip


def test_scores_of_a_day_told_by_hand():
    scores = {name: sample.values.tolist() for name, sample in scores_of(flow_of(ROWS)).items()}
    assert scores["spread"] == pytest.approx([0.02, 0.015, 0.02, 0.02, 0.03, 0.03, 0.03])
    gaps = np.exp(scores["log_gap"])
    assert gaps == pytest.approx([1, 2, 4, 1, 1e-9, 62, 60])
    assert np.exp(scores["log_time_to_cancel"]) == pytest.approx([4.0])
    assert scores["bid_volume"] == [10, 5, 10, 10, 10, 10, 10]
    assert scores["ask_depth"] == [20, 20, 20, 16, 7, 10, 10]
    # Before: mid 10000, so 9950 is 50 away; mid 10050: 10200 is 150 away, 9800 is 250.
    assert scores["limit_distance"] == pytest.approx([0.005, 0.015, 0.025])
    assert scores["cancel_distance"] == pytest.approx([0.0075])
    assert scores["limit_level"] == [1, 1] and scores["cancel_level"] == [1]
    assert scores["volume_per_minute"] == [20.0, 0.0]
    assert scores["imbalance"][0] == pytest.approx((10 - 20) / 30)
    assert set(scores) == {score.name for score in SCORES}


def test_responses_of_a_day_told_by_hand():
    found = responses(flow_of(ROWS))
    spread = 100 * np.mean([2, 1.5, 2, 2, 3, 3, 3])
    # Joined, both fills moved the mid from 10000 to 10050, a buyer's way; so it stayed.
    assert found["MO1"].count == 1 and found["MO0"].count == 0
    assert found["MO1"].mean[:2] == pytest.approx([50 / spread] * 2)
    assert found["LO1"].count == 1 and found["CA1"].count == 1
    assert found["LO1"].mean[:2] == pytest.approx([25 / spread, 0.0])
    assert found["CA1"].mean[0] == pytest.approx(25 / spread)  # a cancelled bid: -1, and down
    assert found["LO0"].count == 1 and found["LO0"].mean[0] == 0.0
    assert np.isnan(found["MO1"].mean[LAGS.index(100)])


def test_halts_have_neither_spread_nor_response():
    halted = (*ROWS[:4], (7, HALT, 0, 0, -1, -1, 9900, 10, 10100, 20), *ROWS[4:])
    assert len(scores_of(flow_of(halted))["spread"].values) == 3
    assert responses(flow_of(halted))["MO1"].count == 0


def test_the_distance_is_wasserstein_in_standard_deviations():
    assert distance(np.array([0.0, 1.0]), np.array([1.0, 2.0])) == pytest.approx(1 / np.sqrt(0.5))
    rng = np.random.default_rng(5)
    one, two = rng.standard_t(3, 400), rng.exponential(size=701)
    mixed = np.concatenate((np.tile(one, 701), np.tile(two, 400)))
    assert distance(one, two) == pytest.approx(wasserstein_distance(one, two) / mixed.std())
    assert distance(one, two) == pytest.approx(distance(10 * one + 3, 10 * two + 3))
    assert distance(one, one) == 0.0 and np.isnan(distance(one, np.empty(0)))


def test_a_day_is_itself_and_units_do_not_hide_a_difference(tmp_path):
    messages, books = random_day(seed=2, rows=1500, depth=5)
    day = day_of(read_order_flow(write_pair(tmp_path, messages, books)))
    assert total([d.w1 for d in compare(day, day)]) == 0.0
    larger = [(t, k, i, s * 100, p, d) for t, k, i, s, p, d in messages]
    wider = [[v * 100 if k % 2 else v for k, v in enumerate(row)] for row in books]
    (tmp_path / "b").mkdir()
    other = day_of(read_order_flow(write_pair(tmp_path / "b", larger, wider)))
    for d in compare(day, other):
        if d.score.name == "volume_per_minute":
            assert np.isnan(d.w1)  # the day is shorter than a minute
        elif d.score.kind == "size":
            assert d.w1 > 0.5 and d.own_units == pytest.approx(0.0, abs=1e-12), d.score.name
        else:
            assert d.w1 == pytest.approx(0.0, abs=1e-12), d.score.name


def test_the_command_compares_scenarios_runs_and_recordings(tmp_path, capsys):
    scenario = tmp_path / "short.toml"
    scenario.write_text(
        'name = "short"\n[market]\nwarm_up = "30s"\nsession = "2min"\n'
        "[population.noise]\ncount = 50\n"
    )
    messages, books = random_day(seed=2, rows=800, depth=5)
    recording = write_pair(tmp_path, messages, books)
    out = tmp_path / "found.json"
    arguments = ["compare", str(scenario), str(recording), "--levels", "10", "--json", str(out)]
    assert main([*arguments, "--max", "0.01"]) == 1
    text = capsys.readouterr().out
    assert "compared on 5 levels" in text and "is over 0.01" in text
    told = json.loads(out.read_text())
    assert told["levels"] == 5 and told["mean_w1"] > 0.01
    assert set(told["scores"]) == {score.name for score in SCORES}
    run, files = tmp_path / "run", tmp_path / "files"
    ran = ["run", str(scenario), "--seed", "4", "--out", str(run), "--lobster", str(files)]
    assert main(ran) == 0
    assert main(["compare", str(run), str(scenario), "--seed", "4", "--max", "0"]) == 0
    # Of the ten levels in the files three are compared, and what is deeper is left out of both.
    same = ["compare", str(run), str(files), "--max", "0", "--levels"]
    assert main([*same, "10"]) == 0 and main([*same, "3"]) == 0
    capsys.readouterr()
    facts = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(facts | {"events": facts["events"] + 1}))
    assert main(["compare", str(run), str(scenario)]) == 2
    assert "when it was run again: the market is another one since" in capsys.readouterr().err
    assert main(["compare", str(run), "nothing_there"]) == 2
