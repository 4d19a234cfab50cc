"""``abm-desktop remote``, in this process, against a real server."""

from __future__ import annotations

import json

import pytest

from abm_desktop.live import LiveMarket
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv("ABM_DESKTOP_DATA", str(tmp_path_factory.mktemp("data")))
        live = LiveMarket()
        live.start()
        serving = Server(ServedSession(live))
        serving.start()
        yield serving
        serving.stop()
        live.close()


@pytest.fixture
def remote(command):
    """Run ``abm-desktop remote ...``, which must succeed; returns what it printed."""

    def run(*arguments):
        status, out, errors = command("remote", *arguments)
        assert (status, errors) == (0, "")
        return json.loads(out) if "--json" in arguments else out

    return run


@pytest.fixture
def loaded(remote, small):
    return remote("load", small, "--seed", "3", "--json")


def test_a_market_is_loaded_run_stressed_and_read(remote, loaded):
    assert loaded["checksum"] and remote("info", "--json")["market"]["time"] == 0.0
    assert "is at 10 s" in remote("run", "10s")
    assert remote("step", "5", "--json")["checksum"] != loaded["checksum"]
    remote("inject", "volatility_spike=2", "--set", "duration=40")
    remote("rule", "luld", "--set", "band=0.012")
    assert remote("advance", "30s", "--json")["reached"]
    text = remote("info")
    assert "Rules: luld" in text and "Stress: volatility_spike" in text
    assert "luld" in remote("rule")
    assert "bid" in remote("book", "--depth", "3")
    assert len(remote("book", "--json")["bids"]) == 10
    trades = remote("trades", "--last", "5", "--json")
    assert len(trades) == 5 and trades[0]["number"] + 4 == trades[4]["number"]
    assert "sell" in remote("trades") or "buy" in remote("trades")
    assert remote("metrics", "--to", "30s", "--json")["right"] == pytest.approx(30.0)
    assert "measure" in remote("metrics")
    assert "is at 10 s" in remote("fork", "10s")
    assert remote("reset", "--json")["checksum"] == loaded["checksum"]
    remote("run", "--speed", "10")
    assert remote("info", "--json")["market"]["speed_target"] == 10.0
    remote("pause")


def test_a_rule_is_compared_in_matched_markets(remote, command):
    asked = ("compare", "calm", "--rule", "luld", "--at", "5s", "--after", "10s", "--seeds", "2")
    table = remote(*asked, "--set", "band=0.012", "--shock", "flash_crash=0.05")
    assert "luld in calm" in table and "fall_pct" in table
    asked = ("compare", "calm", "--change", "liquidity_shock", *asked[4:], "--json")
    depth = remote(*asked)["differences"]
    assert depth["depth_5"]["difference"] < 0.0 and depth["fall_pct"]["pairs"] == 2
    for odd in (("--rule", "lulu"), ("--rule", "luld", "--set", "band=7"), ("--change", "crash")):
        status, out, errors = command("remote", "compare", "calm", *odd)
        assert status == 2 and not out and odd[1].split("=")[0] in errors


def test_traders_come_decide_and_go(remote, loaded):
    remote("traders", "--add", "calm-ppo", "--count", "2", "--set", "size=2")
    remote("run", "30s")
    rl = remote("traders", "--class", "rl", "--json")
    assert len(rl) == 2
    table = remote("traders")
    assert "market_maker" in table and "rl" in table
    found = remote("decisions", "1", "--last", "2", "--json")["decisions"]
    assert len(found) == 2 and found[1]["action"] in remote("decisions", "1", "--last", "2")
    events = remote("events", "--last", "30", "--until", "20s", "--json")
    assert 0 < len(events) <= 30 and events[-1]["time"] <= 20.0
    assert f"{events[-1]['number']:,}" in remote("events", "--last", "30", "--until", "20s")
    remote("traders", "--remove", str(rl[0]["number"]), "--count", "2")
    assert "2 RL out" in str(remote("info", "--json")["market"]["marks"])


def test_orders_are_placed_listed_and_cancelled(remote, loaded):
    remote("run", "5s")
    assert remote("orders", "--sell", "2", "--json")["filled"] == 2
    assert "rests" in remote("orders", "--buy", "3", "--price", "99")
    found = remote("orders", "--json")
    assert [order["size"] for order in found["orders"]] == [3]
    assert found["account"]["position"] == -2
    assert "Position -2" in remote("orders")
    assert "1 cancelled" in remote("orders", "--cancel-all")


def test_what_is_streamed_is_a_line_a_message(remote, loaded):
    (line,) = remote("stream", "snapshot", "--count", "1").splitlines()
    assert json.loads(line)["data"]["seed"] == 3


def test_experiments_are_planned_and_trainings_listed(remote):
    assert remote("experiment", "research_question", "--plan", "--seeds", "2", "--json")["total"]
    assert remote("train", "--list", "--json") == []
    assert remote("experiment", "--json") == []


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["load", "none-such"], 2, "none-such"),
        (["inject", "flash_crash=9"], 2, "magnitude"),
        (["inject", "flash_crash", "--at", "soon"], 2, "--at"),
        (["rule", "luld", "--set", "band"], 2, "band"),
        (["advance", "--when", "spread"], 2, "--when"),
        (["orders", "--buy", "1", "--sell", "1"], 2, "one of them"),
        (["traders", "--add", "calm-ppo", "--remove", "3"], 2, "one of them"),
        (["traders", "--remove", "0"], 2, "RL traders"),
        (["traders", "--class", "fools"], 2, "fools"),
        (["decisions", "7"], 2, "RL trader"),
        (["events", "--until", "soon"], 2, "--until"),
        (["screenshot", "--out", "x.png"], 1, "window"),
        (["info", "--address", "http://127.0.0.1:9"], 1, "abm-desktop serve"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(command, loaded, arguments, status, text):
    found, _, errors = command("remote", *arguments)
    assert (found, errors.count("\n")) == (status, 1) and text in errors


def test_a_goal_that_is_not_reached_fails(command, loaded):
    found, out, _ = command("remote", "advance", "1s", "--when", "phase is halted")
    assert found == 1 and "did not come to that" in out
