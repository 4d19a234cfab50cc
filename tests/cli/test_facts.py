from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.flow_maker import random_day, write_pair

REAL_DAY = Path(__file__).parents[3] / "shared/data/lobster/AMZN_2012-06-21_5.zip"


def test_facts_of_a_scenario(command, small, tmp_path):
    out = tmp_path / "facts.json"
    status, output, _ = command("facts", small, "--sessions", 2, "--json", out)
    assert status in (0, 1)
    assert "small, 2 sessions, seeds 5 to 6" in output
    assert "Hill" in output and "too few data" in output
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["seeds"] == [5, 6]
    assert {"number", "name", "value", "low", "high", "verdict", "source"} <= set(
        written["facts"][0]
    )
    failed = any(f["gate"] == "hard" and f["verdict"] == "FAIL" for f in written["facts"])
    assert status == int(failed)


def test_the_same_seeds_give_the_same_table(command, small, tmp_path):
    tables = []
    for name in ("a.json", "b.json"):
        command("facts", small, "--sessions", 2, "--seed", 3, "--json", tmp_path / name)
        tables.append((tmp_path / name).read_text(encoding="utf-8"))
    assert tables[0] == tables[1]


def test_facts_of_recorded_order_flow(command, tmp_path):
    path = write_pair(tmp_path, *random_day(seed=3, rows=600, depth=4))
    out = tmp_path / "facts.json"
    status, _, told = command("facts", path, "--sessions", 2)
    assert status == 2 and "--sessions is of simulated sessions" in told
    command("facts", path, "--json", out)
    rows = json.loads(out.read_text(encoding="utf-8"))["facts"]
    notes = {row["number"]: row["note"] for row in rows}
    assert notes["10"] == "the file does not name the traders"
    assert "levels reach" in notes["13"]


def test_what_cannot_be_opened(command, tmp_path):
    assert command("facts", "nowhere")[0] == 2
    assert command("facts", "calm", "--json", tmp_path / "absent" / "facts.json")[0] == 2
    (tmp_path / "some.zip").write_text("no zip", encoding="utf-8")
    status, _, errors = command("facts", tmp_path / "some.zip")
    assert status == 2 and "some.zip" in errors


@pytest.mark.skipif(not REAL_DAY.exists(), reason="the LOBSTER sample is not here")
def test_facts_of_a_real_day(command, tmp_path):
    out = tmp_path / "facts.json"
    command("facts", REAL_DAY, "--json", out)
    rows = {row["name"]: row for row in json.loads(out.read_text(encoding="utf-8"))["facts"]}
    assert 2.0 < rows["Fat tails: Hill exponent, 1 min"]["value"] < 5.0
    assert 10.0 < rows["Spread: mean, ticks"]["value"] < 16.0
    assert rows["Order signs: lag 1"]["value"] > 0.3
    assert rows["Message arrivals: Weibull shape"]["value"] == pytest.approx(0.29, abs=0.01)
