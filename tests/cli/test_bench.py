"""`abm-desktop bench`: the figures are of what they claim, and the JSON has the agreed form."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.long_tests import long
from support.slow_book import SlowBook

from abm_desktop.bench import engine, envs, market
from abm_desktop.commands import run_command
from abm_desktop.market import flow as flows
from abm_desktop.market.state import CANCEL, IMMEDIATE, LIMIT


def test_the_synthetic_flow_has_its_shares_and_its_size() -> None:
    prepared = engine.synthetic(500, 40, 4096, 60_000)
    timed = prepared.flow[prepared.untimed :]
    shares = [float((timed["kind"] == kind).mean()) for kind in (LIMIT, IMMEDIATE, CANCEL)]
    assert shares == pytest.approx([0.51, 0.10, 0.39], abs=0.01)
    book = engine.BenchBook(prepared.orders, prepared.ladder, prepared.places)
    done = flows.play(*book.arrays, prepared.flow, book.slots, 0, len(prepared.flow))
    assert done == len(prepared.flow), "every message does something"
    assert 400 < book.arrays[0][0]["resting"] < 600


def test_the_flow_leaves_the_book_that_a_slow_one_has() -> None:
    prepared = engine.synthetic(50, 10, 1024, 1_500)
    fast = engine.BenchBook(prepared.orders, prepared.ladder, prepared.places)
    flows.play(*fast.arrays, prepared.flow, fast.slots, 0, len(prepared.flow))
    slow, ids = SlowBook(), {}
    for kind, side, price, size, place in prepared.flow.tolist():
        if kind == CANCEL:
            slow.cancel(ids[place])
        else:
            name = "limit" if kind == LIMIT else "immediate"
            ident = slow.submit(name, side, price, size, place)
            if kind == LIMIT:
                ids[place] = ident
    for side in (0, 1):
        lots = {p: int(fast.arrays[2][side, p]["volume"]) for p, *_ in slow.levels(side)}
        assert lots == {p: v for p, v, _ in slow.levels(side)}
    assert fast.arrays[0][0]["resting"] == len(slow.orders)


def test_what_traders_ask_leaves_the_same_book_and_is_paid() -> None:
    prepared = engine.synthetic(500, 40, 4096, 60_000)
    bare = engine.BenchBook(prepared.orders, prepared.ladder, prepared.places)
    done = flows.play(*bare.arrays, prepared.flow, bare.slots, 0, len(prepared.flow))
    market = engine.traded_market(prepared)
    notes = np.full(prepared.places, -1, np.int64)
    assert flows.ask(market, 0, prepared.flow, notes, 0, len(prepared.flow)) == done
    assert (market.levels[0]["volume"] == bare.arrays[2]["volume"]).all()
    assert market.market["resting"] == bare.arrays[0]["resting"]
    assert market.market["trades"] > 1_000
    for of in (market.agents, market.classes):
        assert of["cash"].sum() == of["inventory"].sum() == 0
    assert np.abs(market.agents["inventory"]).sum() > 1_000
    assert market.classes["taker_volume"].sum() == market.market["volume"][0]


def test_json_of_the_engine_bench(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["bench", "engine", "--json", "--messages", "20000", "--repeats", "1"]
    assert run_command(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["bench"] == "engine"
    cases = ["synthetic-shallow", "synthetic-deep"]
    wanted = [case for of in cases for case in (of, f"execute:{of}")]
    assert [row["case"] for row in found["rows"]] == wanted
    for row in found["rows"]:
        assert row["subject"] == "abm_desktop" and row["unit"] == "messages/s"
        assert row["value"] > 0


def test_market_and_env_benches_have_their_cases() -> None:
    found = market.run(repeats=1, seconds=60.0)
    assert [row.case for row in found.rows] == ["default", "agents-1100", "agents-10000"]
    assert "peak memory" in found.notes[0]
    steps = envs.run(repeats=1, num_envs=2, steps=5, seconds=10.0)
    assert [(row.case, row.unit) for row in steps.rows] == [
        ("vector", "steps/s"),
        ("single", "steps/s"),
        ("rl-traders-1000", "decisions/s"),
    ]


def test_the_crowd_is_as_large_as_it_says() -> None:
    population = market.crowd(1_100).population
    sections = (population.noise, population.fundamental, population.momentum)
    assert sum(s.count for s in sections) + 10 == 1_100


def test_wrong_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["bench", "warp"]) == 2
    assert "engine, market, env, training, experiment, serve and ui" in capsys.readouterr().err
    assert run_command(["bench", "training", "--case", "ppo-dark"]) == 2
    assert 'no case "ppo-dark"; there are ppo-light, dqn-light' in capsys.readouterr().err
    assert run_command(["bench", "engine", "--lobster", "missing.zip"]) == 2
    assert "missing.zip" in capsys.readouterr().err


@long("compiles the market once more")
def test_the_hot_kernels_count_no_references() -> None:
    from abm_desktop.market import kernel
    from abm_desktop.market.building import build
    from abm_desktop.market.compiled import assembly
    from abm_desktop.scenario import Scenario

    state = build(Scenario(name="assembly"))
    prepared = engine.synthetic(50, 10, 1024, 1_000)
    book = engine.BenchBook(prepared.orders, prepared.ladder, prepared.places)
    for function, arguments in (
        (kernel.advance, (state, 0, 0, 0)),
        (flows.play, (*book.arrays, prepared.flow, book.slots, 0, np.int64(0))),
    ):
        text = assembly(function, *arguments)
        assert "advance" in text or "play" in text
        assert text.count("NRT_incref") + text.count("NRT_decref") == 0
