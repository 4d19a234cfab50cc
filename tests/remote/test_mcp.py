"""The tools of an assistant, asked by the protocol's own client."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from pathlib import Path

import anyio
import numpy as np
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from support.fake_clients import played_laboratory, progress_of, settle

import abm_desktop
from abm_desktop.cli import main
from abm_desktop.learning.process.messages import Status
from abm_desktop.live import LiveMarket
from abm_desktop.remote.assistant import server as assistant
from abm_desktop.remote.assistant.remedies import as_tools
from abm_desktop.remote.assistant.tools import READING, TOOLS
from abm_desktop.remote.client import connect
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession

LONGEST = 20_000
"""Letters of an answer, which an assistant has to read."""


class Assistant:
    """Calls tools one after the other, as an assistant does."""

    def __init__(self, session):
        self.server = assistant.tool_server(session)

    def ask(self, calls):
        """Answers of these (name, arguments); an error is its text in a dictionary."""

        async def all_of_them():
            found = []
            async with Client(self.server) as client:
                for name, arguments in calls:
                    result = await client.call_tool(name, arguments)
                    found.append(_answer(result))
            return found

        return anyio.run(all_of_them)

    def __call__(self, tool, /, **arguments):
        return self.ask([(tool, arguments)])[0]


def _answer(result):
    parts = result.content
    if result.is_error:
        return {"error": parts[0].text}
    if parts and parts[0].type == "image":
        return base64.b64decode(parts[0].data)
    texts = [part.text for part in parts]
    assert sum(map(len, texts)) < LONGEST
    values = [json.loads(text) for text in texts]
    return values[0] if len(values) == 1 else values


@pytest.fixture(scope="module")
def work():
    """A laboratory whose processes do nothing by themselves."""
    with played_laboratory() as found:
        yield found


@pytest.fixture(scope="module")
def session(tmp_path_factory, work):
    """A client of a server with that laboratory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv("ABM_DESKTOP_DATA", str(tmp_path_factory.mktemp("data")))
        live = LiveMarket()
        live.start()
        server = Server(ServedSession(live, work))
        server.start()
        with connect(client="assistant") as found:
            yield found
        server.stop()
        live.close()


@pytest.fixture(scope="module")
def tools(session):
    return Assistant(session)


def test_a_price_band_is_judged_by_the_tools_alone(tools):
    tools("open_scenario", name="calm", seed=11)
    at_open = tools("step_to", time=60.0)
    falls = {}
    for world in ("without", "with"):
        forked = tools("fork", time=60.0)
        assert tools("snapshot")["trades"] == at_open["trades"]
        if world == "with":
            tools("set_rule", name="luld", values={"band": 2 * 0.006})
            assert "luld" in tools("snapshot")["rules_on"]
        tools("inject_stress", kind="flash_crash", magnitude=0.05)
        tools("step_to", time=1200.0)
        falls[world] = tools("measure", left=60.0, right=1200.0)
        assert forked["time"] == 60.0
    assert falls["without"]["fall_percent"] > 1.0
    assert falls["with"]["mid_at_start"] == falls["without"]["mid_at_start"]
    assert falls["with"]["fall_percent"] < falls["without"]["fall_percent"]


def test_time_goes_back_by_a_fork_only(tools):
    tools("open_scenario", name="calm", seed=2)
    tools("run", seconds=20.0)
    refused = tools("step_to", time=10.0)["error"]
    assert "20 s already" in refused and "fork" in refused
    assert tools("step_to", time=20.0)["time"] == 20.0


def test_a_fork_tells_what_stays_or_undoes_it(tools):
    at_open = tools("open_scenario", name="calm", seed=2)
    tools("set_rule", name="luld", values={"band": 0.012})
    kept = tools("fork", time=0.0)
    assert "luld" in kept["rules_on"] and kept["commands_kept"][0]["rule"] == "luld"
    undone = tools("fork", time=0.0, before=True)
    assert "luld" not in undone["rules_on"] and "commands_kept" not in undone
    assert undone["mid"] == at_open["mid"]
    then = tools("step_to", time=20.3)
    tools("set_rule", name="luld", values={"band": 0.012})
    tools("run", seconds=5.0)
    undone = tools("fork", time=20.3, before=True)
    assert undone["time"] == 20.3 and undone["rules_on"] == then["rules_on"]
    assert [undone[k] for k in ("mid", "trades")] == [then[k] for k in ("mid", "trades")]


def test_what_is_in_force_is_told(tools):
    now = tools("open_scenario", name="flash_crash", seed=2)
    assert [(e["kind"], e["start"]) for e in now["scheduled"]] == [("flash_crash", 300.0)]
    stress = tools("inject_stress", kind="flash_crash", magnitude=0.02)["stress"]
    assert (stress["magnitude"], stress["start"], stress["end"]) == (0.02, 0.0, 900.0)
    planned = tools("inject_stress", kind="news_jump", magnitude=-0.01, at=60.0)["stress"]
    assert planned["start"] == 60.0
    rule = tools("set_rule", name="luld", values={"band": 0.012})["rule"]
    assert rule["on"] and rule["values"]["band"] == 0.012 and rule["values"]["pause"] == 300.0
    assert tools("snapshot")["rules_on"]["luld"] == rule["values"]
    assert not tools("clear_rule", name="luld")["rule"]["on"]
    assert "off already" in tools("clear_rule", name="luld")["note"]


def test_an_auction_has_no_quotes(tools, session):
    tools("open_scenario", name="calm", seed=2)
    session.hold_auction(30.0)
    tools("run", seconds=20.0)
    now = tools("snapshot")
    assert (now["phase"], now["best_bid"], now["best_ask"], now["spread"]) == ("auction",) + 3 * (
        None,
    )
    assert now["asks"][0][0] <= now["indicative_price"] <= now["bids"][0][0]
    assert tools("look_back", time=20.0)["indicative_price"] == now["indicative_price"]
    now = tools("run", seconds=20.0)
    assert (now["phase"], now["phase_reason"]) == ("continuous", None)
    assert now["spread"] > 0.0 and "indicative_price" not in now


def test_a_refusal_names_tools(tools, session):
    wrong = tools("open_scenario", name="flash crash")["error"]
    assert 'did you mean "flash_crash"' in wrong and "list_scenarios" in wrong
    assert "list_models" in tools("evaluate_model", name="none-such")["error"]
    session.close_market()
    assert "open_scenario" in tools("snapshot")["error"]
    sources = Path(abm_desktop.__file__).parent
    texts = [
        f.read_text("utf-8")
        for f in (*sources.glob("serve/**/*.py"), *sources.glob("*/refusals.py"))
    ]
    found = {
        m for text in texts for m in re.findall(r'[("]([^("]*(?:GET /api/v1/|\(Ctrl)[^"]*)"', text)
    }
    assert len(found) > 10
    for told in found:
        assert not re.search("GET |Ctrl", as_tools(told)), told


def test_measures_are_explained(tools):
    tools("open_scenario", name="calm", seed=2)
    tools("run", seconds=60.0)
    found = tools("measure", explain=True)
    assert [key for key in found["measures"] if not found["meanings"][key]] == []
    assert found["meanings"]["quoted_spread_bp"].endswith("[bp]")


def test_a_stretch_is_measured_on_the_samples_of_its_measures(tools, session):
    tools("open_scenario", name="calm", seed=2)
    tools("inject_stress", kind="flash_crash", magnitude=0.02)
    tools("step_to", time=2400.0)
    found = tools("measure", left=300.0, right=99_999.0)
    assert (found["left"], found["right"]) == (300.0, 2400.0)
    series = session.series(300.0, 2400.0, 1.0)
    mid = series["mid"].to_numpy()
    assert found["lowest_mid"] == mid.min()
    lowest = series["time"].to_numpy()[mid.argmin()]
    assert found["time_of_lowest"] == pytest.approx(lowest, abs=1e-6)
    fall = 100.0 * (1.0 - (mid / np.maximum.accumulate(mid)).min())
    assert found["measures"]["drawdown_pct"] == pytest.approx(-fall, rel=1e-12)
    assert found["fall_percent"] <= fall + 1e-4
    for wrong in ({"left": 60.0, "right": 30.0}, {"left": 60.0, "right": 60.0}):
        assert "must exceed left" in tools("measure", **wrong)["error"]
    assert "2400 s" in tools("measure", left=5000.0)["error"]


def test_a_past_moment_and_a_rule_taken_back(tools):
    tools("open_scenario", name="calm", seed=2)
    then = tools("run", seconds=30.0)
    tools("set_rule", name="transaction_tax", values={"rate": 0.001})
    tools("clear_rule", name="transaction_tax")
    tools("run", seconds=5.0)
    assert tools("look_back", time=30.0)["mid"] == then["mid"]
    assert "transaction_tax" not in tools("snapshot")["rules_on"]
    assert tools("pause")["time"] == 35.0


def test_what_there_is_is_listed(tools):
    assert {"calm", "flash_crash"} <= {e["name"] for e in tools("list_scenarios")}
    listed = tools("list_stresses_and_rules")
    assert "flash_crash" in listed["stresses"] and "luld" in listed["rules"]
    crash = tools("list_stresses_and_rules", name="flash_crash")
    assert crash["parameters"]["magnitude"]["default"] == 0.05
    bounds = crash["parameters"]["magnitude"]["bounds_by_unit"]
    assert "less than 1" in bounds["fraction"] and "166.7" in bounds["daily_sigma"]
    assert "maximum" not in crash["parameters"]["magnitude"]
    sigmas = {"unit": "daily_sigma"}
    tools("open_scenario", name="calm", seed=2)
    for magnitude, key in ((166.0, "stress"), (167.0, "error")):
        asked = {"kind": "flash_crash", "magnitude": magnitude, "settings": sigmas}
        assert key in tools("inject_stress", **asked)
    unknown = tools("list_stresses_and_rules", name="price_band")["error"]
    assert "price_band" in unknown and "price_collar" in unknown
    assert "calm-ppo" in {e["name"] for e in tools("list_models")}


def test_agents_join_and_what_is_wrong_is_told_in_a_sentence(tools):
    tools("open_scenario", name="calm", seed=2)
    tools("load_model", name="calm-ppo", count=3)
    seen = tools("run", seconds=10.0)
    assert sum(c["traders"] for c in seen["classes"].values()) > 3
    rows = [each["number"] for each in tools("list_rl_traders")["traders"]]
    assert len(rows) == 3
    tools("remove_traders", first=rows[1], count=2)
    assert "2 RL out" in str(tools("snapshot")["marks"])
    assert "RL traders" in tools("remove_traders", first=0)["error"]
    wrong = tools("inject_stress", kind="flash_crash", magnitude=9.0)
    assert "magnitude" in wrong["error"] and "Traceback" not in wrong["error"]
    assert "none-such" in tools("open_scenario", name="none-such")["error"]


def test_a_comparison_is_repeated_as_it_is_by_hand(tools):
    crash = {"type": "flash_crash", "magnitude": 0.08}
    asked = {"scenario": "calm", "rule": "luld", "values": {"band": 0.002}, "shock": crash}
    found = tools("repeat_comparison", **asked, at=30.0, after=240.0, seeds=2, wait=600.0)["result"]
    tools("open_scenario", name="calm", seed=found["seeds"][0])
    tools("step_to", time=30.0)
    for column, band in enumerate((0.002, None)):
        tools("fork", time=30.0, before=True)
        if band is not None:
            tools("set_rule", name="luld", values={"band": band})
        tools("inject_stress", kind="flash_crash", magnitude=0.08)
        tools("step_to", time=270.0)
        by_hand = tools("measure", left=30.0, right=270.0)
        assert found["fall_pct"][0][column] == pytest.approx(by_hand["fall_percent"], abs=1e-4)
    fall = found["differences"]["fall_pct"]
    gaps = [a - b for a, b in found["fall_pct"]]
    assert gaps[0] != gaps[1]
    assert fall["pairs"] == 2 and fall["difference"] == pytest.approx(sum(gaps) / 2)
    # Student's t with one degree of freedom: 12.7062.
    assert fall["high"] - fall["difference"] == pytest.approx(12.7062 * abs(gaps[0] - gaps[1]) / 2)
    wrong = tools("repeat_comparison", scenario="calm", shock=crash, wait=600.0)
    assert "give a rule, or a stress" in wrong["error"]
    wrong = tools("repeat_comparison", **(asked | {"shock": crash | {"at": 660.0}}))
    assert "shock.at is 660" in wrong["error"] and "comparison's own at" in wrong["error"]
    others = tools("repeat_comparison", **asked, at=30.0, after=240.0, seeds=2, seed=77, wait=600.0)
    assert (
        others["result"]["seeds"] == [77, 78] and others["result"]["fall_pct"] != found["fall_pct"]
    )
    low = others["result"]["differences"]["seconds_to_lowest"]
    assert 0.0 < low["without_change"] < 240.0
    late = tools("repeat_comparison", **asked, at=1e5, wait=600.0)
    assert "within the session" in late["error"]


def test_the_time_of_a_stress_is_kept_or_refused(tools):
    tools("open_scenario", name="calm", seed=11)
    done = tools("inject_stress", kind="flash_crash", magnitude=0.05, settings={"at": 200.0})
    assert done["stress"]["start"] == 200.0
    wrong = tools("inject_stress", kind="flash_crash", at=50.0, settings={"at": 200.0})
    assert "give one of the two" in wrong["error"]
    assert "session ends at" in tools("inject_stress", kind="flash_crash", at=99999.0)["error"]


def test_traders_are_listed_with_their_models(tools):
    tools("open_scenario", name="calm", seed=11)
    assert "calm-ppo" in tools("load_model", name="calm-pp0")["error"]
    assert "1 or more" in tools("load_model", name="calm-ppo", count=0)["error"]
    tools("load_model", name="calm-maker")
    both = tools("load_model", name="calm-ppo")["traders"]
    assert [(r["model"], r["role"]) for r in both] == [
        ("calm-maker", "maker"),
        ("calm-ppo", "directional"),
    ]
    tools("run", seconds=10.0)
    tools("remove_traders", first=both[0]["number"])
    assert [r["acts"] for r in tools("list_rl_traders")["traders"]] == [False, True]
    kept = tools("fork", time=0.0)["commands_kept"]
    assert kept and "policy" not in kept[0]


def test_a_stretch_within_a_halt_is_no_fault_of_the_program(tools):
    tools("open_scenario", name="calm", seed=3)
    tools("run", seconds=60.0)
    tools("set_rule", name="luld", values={"band": 0.006})
    tools("inject_stress", kind="flash_crash", magnitude=0.05)
    while tools("snapshot")["phase"] != "auction":
        assert tools("run", seconds=5.0)["time"] < 600.0
    begun = tools("snapshot")["time"]
    tools("run", seconds=100.0)
    told = tools("measure", left=begun + 20.0, right=begun + 90.0)["error"]
    assert "no continuous trading" in told and "report it" not in told


def test_a_training_is_started_and_followed(tools, work):
    begun = tools("train", settings={"algorithm": "DQN", "iterations": 50})
    settle(work.loop)
    work.trainings.take(Status("training"))
    work.trainings.take(progress_of(4, 1.5))
    seen = tools("training_status", number=begun["id"])
    assert (seen["state"], seen["iteration"], seen["reward_mean"]) == ("training", 4, 1.5)


def test_long_work_is_a_job(tools):
    refused = tools("evaluate_model", name="none-such", wait=0)
    assert "none-such" in refused["error"]
    tools("open_scenario", name="calm", seed=2)
    tools("step_to", time=3.0)
    found = tools("job_status", number=1)
    assert found["state"] == "done" and found["result"]["reached"]
    assert "no job 99" in tools("job_status", number=99)["error"]


def test_an_experiment_runs_only_after_its_plan(tools, work):
    assert "research_question" in tools("plan_experiment")["experiments"]
    refused = tools("run_experiment", name="research_question", seeds=2)
    assert "plan_experiment" in refused["error"] and not work.experimenter.starts
    plan = tools("plan_experiment", name="research_question", seeds=2)
    assert plan["seeds"] == 2 and plan["total"] > 0
    assert set(plan["power"][0]) == {"effect", "pairs_needed", "power"}
    assert "20 runs" in str(plan["notes"])
    alone = tools("plan_experiment", name="research_question", seeds=1)
    assert "no interval" in str(alone["notes"])
    assert "error" in tools("run_experiment", name="research_question", seeds=3)
    begun = tools("run_experiment", name="research_question", seeds=2)
    settle(work.loop)
    assert work.experimenter.starts[0].seeds == 2
    answer = tools("read_answer", number=begun["id"])
    assert answer["experiment"]["title"]


def test_a_server_without_a_window_has_no_picture(tools):
    assert "error" in tools("screenshot")


def test_hints_tell_which_tools_only_read(tools):
    async def listed():
        async with Client(tools.server) as client:
            return (await client.list_tools()).tools

    found = {tool.name: tool for tool in anyio.run(listed)}
    assert set(found) == set(TOOLS) and 20 <= len(found) <= 26
    assert {n for n, tool in found.items() if tool.annotations.read_only_hint} == set(READING)
    assert all(tool.description for tool in found.values())
    source = Path(__file__).read_text("utf-8")
    assert [name for name in TOOLS if f'tools("{name}"' not in source] == [], "nobody calls it"


def test_it_starts_a_server_of_its_own_over_stdio(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path))
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-P", "-m", "abm_desktop", "mcp", "--start"],
        env=dict(os.environ),
    )

    async def ask():
        async with Client(parameters) as client:
            return _answer(await client.call_tool("list_scenarios", {}))

    assert "calm" in {each["name"] for each in anyio.run(ask)}
    assert list(tmp_path.glob("*.json")) == [], "its server has gone with it"


def test_without_a_server_or_the_package_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path))
    assert main(["mcp"]) == 1
    assert "--start" in capsys.readouterr().err
    monkeypatch.setattr("abm_desktop.commands.mcp.find_spec", lambda name: None)
    assert main(["mcp"]) == 1
    assert 'pip install "abm-desktop[mcp]"' in capsys.readouterr().err
