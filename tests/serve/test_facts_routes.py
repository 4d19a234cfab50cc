"""Stylised facts over HTTP: the table of the command, and of the running session."""

import json

import pytest

from abm_desktop.metrics.stylized_facts.sessions import simulate_session
from abm_desktop.metrics.stylized_facts.suite import measure
from abm_desktop.scenario import Scenario

SMALL = {"name": "small", "market": {"warm_up": "10s", "session": "10min"}}


def ended(http, answer):
    """The job of an answer, when it has ended."""
    assert answer.status_code == 202, answer.text
    while True:
        job = http.get(f"/jobs/{answer.json()['id']}", params={"wait": 60}).json()
        if job["state"] not in ("waiting", "running"):
            return job


def test_the_table_is_that_of_the_command(http):
    job = ended(http, http.post("/facts", json={"values": SMALL, "sessions": 2, "seed": 5}))
    assert job["state"] == "done", job
    found = job["result"]
    assert (found["subject"], found["seeds"], found["seconds"]) == ("small", [5, 6], 600.0)
    scenario = Scenario.model_validate(SMALL)
    facts = measure([simulate_session(scenario, seed) for seed in (5, 6)])
    assert found["facts"] == json.loads(json.dumps([fact.as_json() for fact in facts]))
    assert {"PASS", "FAIL"} & {fact["verdict"] for fact in found["facts"]}
    assert any(fact["low"] is not None and fact["low"] < fact["high"] for fact in found["facts"])


def test_the_running_session_is_measured_as_far_as_it_is(http):
    longer = {"name": "small", "market": {"warm_up": "10s", "session": "11min"}}
    http.post("/market", json={"values": longer, "seed": 9})
    early = ended(http, http.post("/facts", json={"running": True}))
    assert early["state"] == "failed" and early["problem"]["remedy"] == "Let the market run on."
    step = http.post("/market/step", json={"seconds": 660.0})
    assert step.status_code == 200, step.text
    job = ended(http, http.post("/facts", json={"running": True}))
    assert job["state"] == "done", job["problem"]
    found = job["result"]
    assert found["seeds"] == [9] and found["seconds"] == pytest.approx(660.0, abs=2.0)
    spread = next(fact for fact in found["facts"] if fact["name"] == "Spread: mean, ticks")
    assert spread["value"] > 0 and spread["low"] is None  # a single session has no interval
    # The same session, run without a window.
    alone = measure([simulate_session(Scenario.model_validate(longer), 9)])
    wanted = next(fact for fact in alone if fact.name == spread["name"])
    assert spread["value"] == pytest.approx(wanted.value, rel=0.01)


def test_facts_are_cancelled_in_their_middle(http):
    """Some minutes of sessions: their process is killed."""
    first = http.post("/facts", json={"scenario": "calm", "sessions": 100})
    http.delete(f"/jobs/{first.json()['id']}")
    assert ended(http, first)["state"] == "cancelled"


@pytest.mark.parametrize(
    ("given", "status", "key"),
    [
        ({}, 422, "scenario"),
        ({"scenario": "calm", "running": True}, 422, "scenario"),
        ({"scenario": "calm", "sessions": 0}, 422, "sessions"),
        ({"values": {"name": "long", "market": {"session": "24h"}}, "sessions": 200}, 422,
         "sessions"),
        ({"values": {"name": "x", "market": {"sesion": "1h"}}}, 422, "values.market.sesion"),
        ({"scenario": "none"}, 404, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_told_before_a_job_begins(http, given, status, key):
    answer = http.post("/facts", json=given)
    assert answer.status_code == status, answer.text
    assert answer.json()["key"] == key
