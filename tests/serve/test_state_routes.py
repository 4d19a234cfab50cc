"""Book, trades, series, measures, past, orders and traders, as a plain client sees them."""

import io

import numpy as np
import pyarrow as pa
import pytest

ARROW = {"Accept": "application/vnd.apache.arrow.stream"}


@pytest.fixture
def traded(http, market):
    """A market in which a minute has passed; its state."""
    http.post("/market/step", json={"seconds": 60.0})
    return http.get("/market").json()


def arrow(http, path, **params) -> pa.Table:
    answer = http.get(path, params=params, headers=ARROW)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == ARROW["Accept"]
    return pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()


def test_the_book_is_that_of_the_snapshot(http, traded):
    found = arrow(http, "/book", depth=10).to_pandas()
    bids = found[found["side"] == 1]
    assert bids["price"].tolist() == [level["price"] for level in traded["bids"]]
    assert bids["lots"].tolist() == [level["lots"] for level in traded["bids"]]
    assert found[found["side"] == -1]["price"].is_monotonic_increasing


def test_trades_come_without_gap_in_json_and_arrow(http, traded):
    rows, at = [], 0
    while True:
        part = http.get("/trades", params={"since": at, "most": 100}).json()
        assert part["first"] == at
        if not part["rows"]:
            break
        rows += part["columns"]["lots"]
        at = part["next"]
    assert len(rows) == traded["trades"] and sum(rows) == traded["volume"]
    table = arrow(http, "/trades", since=0, most=100_000)
    assert table["lots"].to_pylist() == rows
    assert table["number"].to_pylist() == list(range(len(rows)))


def test_series_have_the_spacing_asked_for(http, traded):
    table = arrow(http, "/series", left=10.0, right=50.0, spacing=5.0)
    assert np.diff(table["time"]).tolist() == pytest.approx([5.0] * 8)
    assert set(table.column_names) >= {"mid", "best_bid", "market_maker_inventory"}


def test_series_of_a_run_do_not_depend_on_its_pace(http, market):
    """Stepped in one go, or in pieces: what is kept between them differs, the rows do not."""
    told = []
    for pieces in ([60.0], [7.3, 52.7]):
        http.post("/market/reset", json={})
        for seconds in pieces:
            http.post("/market/step", json={"seconds": seconds})
        told.append(http.get("/series", params={"spacing": 0.25}).json()["columns"])
    assert told[0] == told[1] and told[0]["time"][:2] == [0.25, 0.5]
    assert len(told[0]["mid"]) == 240
    refused = http.get("/series", params={"left": 0.0, "right": 60.0, "spacing": 0.0})
    assert refused.status_code == 422


def test_events_of_the_book_are_told_with_their_numbers(http, traded):
    found = arrow(http, "/book/events", most=200)
    numbers = found["number"].to_pylist()
    assert numbers == list(range(numbers[0], traded["events"] + 1)) and 0 < len(numbers) <= 200
    assert set(found["kind"].to_pylist()) <= {"add", "cancel", "expire", "trade", "reduce"}
    assert "market_maker" in found["trader_class"].to_pylist()
    earlier = http.get("/book/events", params={"until": found["time"][0].as_py(), "most": 50})
    page = earlier.json()
    assert page["columns"]["number"][-1] >= numbers[0] and page["reaches_back"]
    wrong = http.get("/book/events", params={"until": 999.0})
    assert wrong.status_code == 422 and wrong.json()["key"] == "until"


def test_measures_of_a_stretch(http, traded):
    found = http.get("/metrics", params={"left": 0.0, "right": 60.0}).json()
    assert found["left"] <= 1.0 and found["right"] == pytest.approx(60.0)
    makers = {each["name"]: each for each in found["classes"]}["market_maker"]
    assert 0.0 < makers["maker_share"] <= 1.0
    assert http.get("/metrics", params={"left": 59.9, "right": 59.95}).status_code == 422


def test_measures_of_a_run_do_not_depend_on_its_pace(http, market):
    """As with the series: what is kept between the pieces differs, the measures do not."""
    told = []
    for pieces in ([40.0], [7.33, 32.67]):
        http.post("/market/reset", json={})
        for seconds in pieces:
            http.post("/market/step", json={"seconds": seconds})
        told.append(http.get("/metrics", params={"left": 10.05, "right": 39.97}).json())
    assert told[0] == told[1]
    assert (told[0]["left"], told[0]["right"]) == (11.0, 39.0)


def test_the_past_is_computed_again_and_forked_to_the_same_bits(http, market):
    at_20 = http.post("/market/step", json={"seconds": 20.0}).json()["checksum"]
    then = http.get("/market").json()
    http.post("/market/step", json={"seconds": 20.0})
    past = http.get("/past", params={"time": 20.0}).json()
    assert (past["trades"], past["mid"]) == (then["trades"], then["mid"])
    assert http.get("/market").json()["time"] == pytest.approx(40.0), "the session stays"
    fork = http.post("/fork", json={"time": 20.0})
    assert fork.status_code == 201 and fork.json()["checksum"] == at_20
    assert http.get("/past", params={"time": 999.0}).status_code == 422


def test_the_session_comes_as_commands_and_as_a_script(http, traded):
    http.post("/stresses", json={"stress": {"type": "volatility_spike"}})
    done = http.get("/commands").json()
    assert done["seed"] == 7
    assert done["commands"][-1]["command"]["do"] == "inject"
    text = http.get("/commands?form=python").text
    compile(text, "session.py", "exec")
    assert "VolatilitySpike" in text


def test_orders_rest_change_and_go(http, traded):
    price = traded["best_bid"] - 0.05
    placed = http.post("/orders", json={"side": 1, "size": 5, "price": price}).json()
    slot, number = placed["order"]
    (order,) = http.get("/orders").json()
    assert order["order"] == [slot, number] and order["size"] == 5
    change = {"price": price, "size": 2}
    assert http.put(f"/orders/{slot}/{number}", json=change).status_code == 200
    assert http.get("/orders").json()[0]["size"] == 2
    slot, number = http.get("/orders").json()[0]["order"]
    assert http.delete(f"/orders/{slot}/{number}").status_code == 200
    assert http.get("/orders").json() == []
    http.post("/orders", json={"side": -1, "size": 4})
    assert http.get("/account").json()["position"] == -4
    assert http.post("/orders", json={"side": 0, "size": 4}).status_code == 422


def test_traders_are_listed_and_those_with_a_policy_tell_what_they_see(http, traded):
    table = arrow(http, "/agents")
    assert sum(table["inventory"].to_pylist()) == 0, "every lot is somebody's"
    assert http.get("/agents/rl/0").status_code == 404
    assert http.post("/agents", json={"model": "calm-ppo", "count": 3}).status_code == 201
    http.post("/market/step", json={"seconds": 30.0})
    agent = http.get("/agents/rl/2").json()
    assert agent["traders"] == 3 and agent["role"] == "directional"
    assert sum(agent["probabilities"].values()) == pytest.approx(1.0)
    assert len(agent["observation"]) == 13
    page = http.get("/agents/rl/2/decisions", params={"most": 3}).json()
    last = page["decisions"][-1]
    assert len(page["decisions"]) == 3 and page["role"] == "directional"
    assert (last["number"], last["action"]) == (agent["decisions"], agent["last_action"])
    assert last["is_open"] and last["observation"].keys() == agent["observation"].keys()
    assert http.get("/agents/rl/7/decisions").status_code == 404
    rows = http.get("/agents").json()["columns"]["number"]
    gone = http.delete(f"/agents/{rows[-2]}", params={"count": 2})
    assert gone.status_code == 200, gone.text
    left = [each["text"] for each in http.get("/market").json()["marks"]]
    assert "2 RL out" in left
    for first, count in ((0, 1), (rows[-1], 2), (rows[-1], 0)):
        refused = http.delete(f"/agents/{first}", params={"count": count})
        assert refused.status_code == 422, refused.text
    assert http.put("/agents/population", json={"scenario": "calm"}).status_code == 200
    assert http.put("/agents/population", json={}).json()["key"] == "scenario"
    assert http.post("/agents", json={"model": "../x"}).status_code == 422
    assert http.post("/agents", json={"model": "none-such"}).status_code in (404, 422)


def test_equal_markets_have_equal_checksums(http, market):
    first = http.get("/checksum").json()["checksum"]
    http.post("/market/step", json={"events": 10})
    assert http.get("/checksum").json()["checksum"] != first
    http.post("/market/reset")
    assert http.get("/checksum").json()["checksum"] == first
