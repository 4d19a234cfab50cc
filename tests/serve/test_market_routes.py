"""The market over HTTP: made, run, stepped, stressed, replaced, and refused with the remedy."""

import json

import pytest
from support.flow_maker import random_day, write_pair
from support.recorded import two_days

from abm_desktop import paths
from abm_desktop.live.session_record import SessionRecord


def test_a_market_is_made_run_and_read(http, market):
    assert market["state"] == "paused" and market["time"] == 0.0
    step = http.post("/market/step", json={"seconds": 5.0}).json()
    state = http.get("/market").json()
    assert state["generation"] == step["generation"] == market["generation"]
    assert state["time"] == pytest.approx(5.0)
    assert state["trades"] > 0 and len(state["bids"]) == 10
    assert state["spread"] == pytest.approx(state["asks"][0]["price"] - state["bids"][0]["price"])


def test_equal_commands_give_equal_checksums(http, market):
    def session() -> list[str]:
        http.post("/market/reset", json={"seed": 11})
        stress = {"type": "flash_crash", "magnitude": 0.05}
        return [
            answer.json()["checksum"]
            for answer in (
                http.post("/market/step", json={"seconds": 2.0}),
                http.post("/stresses", json={"stress": stress}),
                http.post("/market/step", json={"events": 500}),
            )
        ]

    first = session()
    assert first == session() and len(set(first)) == 3 and all(first)


def test_a_command_for_a_market_that_is_gone_is_refused(http, market):
    before = {"If-Match": str(market["generation"])}
    assert http.post("/market/step", json={"events": 1}, headers=before).status_code == 200
    http.post("/market/reset")
    answer = http.post("/market/step", json={"events": 1}, headers=before)
    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "market_replaced"


def test_what_is_wrong_is_told_with_key_and_remedy(http, market):
    answer = http.post("/stresses", json={"stress": {"type": "flash_crash", "magnitude": 7.0}})
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["key"] == "stress.magnitude" and problem["remedy"]
    answer = http.post("/stresses", json={"stress": {"type": "flash_krash"}})
    assert answer.status_code == 422 and "flash_crash" in json.dumps(answer.json())


def test_an_advance_is_a_job_with_an_end(http, market):
    job = http.post("/market/advance", json={"until": 20.0}).json()
    job = http.get(f"/jobs/{job['id']}", params={"wait": 60}).json()
    assert job["state"] == "done" and job["result"]["reached"]
    state = http.get("/market").json()
    assert state["time"] == pytest.approx(20.0) and state["state"] == "paused"


def test_a_cancelled_advance_holds_the_market(http, market):
    http.put("/market/speed", json={"speed": 1.0})
    job = http.post("/market/advance", json={"until": 3600.0, "fast": False}).json()
    http.delete(f"/jobs/{job['id']}")
    job = http.get(f"/jobs/{job['id']}", params={"wait": 60}).json()
    assert job["state"] == "done" and not job["result"]["reached"]
    assert http.get("/market").json()["state"] == "paused"


def test_rules_are_listed_set_and_cleared(http, market):
    names = [rule["name"] for rule in http.get("/rules").json()]
    name = "price_bands" if "price_bands" in names else names[0]
    assert http.put(f"/rules/{name}", json={"on": True}).status_code == 200
    assert name in http.get("/market").json()["interventions"]
    http.put("/rules/luld", json={"on": True, "values": {"band": 0.012}})
    values = {rule["name"]: rule["values"] for rule in http.get("/rules").json()}
    assert values["luld"]["band"] == 0.012
    assert http.delete(f"/rules/{name}").status_code == 200
    assert name not in http.get("/market").json()["interventions"]


def test_a_crash_tells_what_it_has_done(http, market):
    http.post("/market/step", json={"seconds": 60.0})
    http.post("/stresses", json={"stress": {"type": "flash_crash", "magnitude": 0.1}})
    http.post("/market/step", json={"seconds": 120.0})
    (crash,) = http.get("/stresses").json()["acting"]
    assert crash["kind"] == "flash_crash"
    assert crash["effect"]["drawdown"] < 0.0 < crash["effect"]["spread"]


def test_a_stress_can_wait_and_be_taken_back(http, market):
    stress = {"type": "liquidity_shock"}
    planned = http.post("/stresses", json={"stress": stress, "at": 300.0}).json()["planned"]
    now = http.get("/stresses").json()
    assert [each["number"] for each in now["planned"]] == [planned]
    assert http.delete(f"/stresses/planned/{planned}").status_code == 200
    assert http.get("/stresses").json()["planned"] == []
    assert http.delete(f"/stresses/planned/{planned}").status_code == 404


def test_every_command_of_a_session_can_be_sent_as_it_is_recorded(http, market):
    answer = http.post("/commands", json={"do": "place_order", "side": 1, "size": 3})
    assert answer.json()["filled"] == 3


def test_a_command_opens_no_file_of_the_machine(http, market):
    record = SessionRecord("x", 1, 5.0, 3, 1.7e9, replay="/etc/passwd").values()
    for command in (
        {"do": "open_recording", "path": "/etc/passwd"},
        {"do": "recover", "record": record},
    ):
        answer = http.post("/commands", json=command)
        assert answer.status_code == 422 and "POST /api/v1/market" in answer.text
    assert http.get("/market").json()["generation"] == market["generation"]


def test_a_scenario_is_judged_line_by_line(http):
    text = 'name = "x"\n[market]\ntick_size = -1\n'
    verdict = http.post("/scenarios/validate", json={"toml": text}).json()
    assert not verdict["is_valid"]
    assert verdict["problems"][0]["line"] == 3
    assert verdict["problems"][0]["key"] == "market.tick_size"
    calm = http.get("/scenarios/calm").json()
    assert http.post("/scenarios/validate", json={"values": calm}).json()["is_valid"]


def test_a_scenario_is_kept_under_a_plain_name_only(http):
    calm = http.get("/scenarios/calm").json()
    assert http.put("/scenarios/mine", json={"values": calm}).json() == {"name": "mine"}
    assert http.get("/scenarios/mine").json() == calm
    assert http.put("/scenarios/calm", json={"values": calm}).status_code == 409
    for name in ("..%2Fx", ".hidden", "-x"):
        assert http.put(f"/scenarios/{name}", json={"values": calm}).status_code in (404, 422)


def test_a_recording_becomes_a_market_by_its_name_only(http, market):
    folder = paths.user_data_dir() / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    file = write_pair(folder, *random_day(3, rows=500, depth=5))
    given = {"recording": file.name, "trade": True}
    assert http.post("/market", json=given).status_code == 201
    state = http.get("/market").json()
    assert not state["is_replay"]
    assert http.post("/market/step", json={"seconds": 2.0}).status_code in (200, 202)
    order = {"side": 1, "price": None, "size": 5}
    assert http.post("/orders", json=order).status_code in (200, 201)
    assert http.post("/market", json={"scenario": "calm", "trade": True}).status_code == 422
    days = two_days(folder)
    given["recording"] = days.name
    answer = http.post("/market", json=given)
    assert answer.status_code == 422 and "as days.zip/2012-06-21" in answer.text
    given["recording"] = f"{days.name}/2012-06-22"
    assert http.post("/market", json=given).status_code == 201
    assert http.post("/market", json={"recording": given["recording"]}).status_code == 201
    for wrong in ("days.zip/../x", "../days.zip", "days.zip/.hidden", "gone.zip/2012-06-22"):
        answer = http.post("/market", json=given | {"recording": wrong})
        assert answer.status_code in (404, 422), wrong
    values = {"name": "x", "recording": str(file)}
    answer = http.post("/market", json={"values": values})
    assert answer.status_code == 422 and "opens no file" in answer.text
