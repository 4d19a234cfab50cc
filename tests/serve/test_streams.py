"""Streams: states of which the newest counts, events of which none is lost in silence."""

import json
import threading

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from abm_desktop.serve.feeds import Events, State


def socket_of(server, **headers):
    return connect(
        server.url.replace("http", "ws") + "/api/v1/stream",
        additional_headers=headers,
        open_timeout=30,
    )


@pytest.fixture
def socket(server):
    with socket_of(server, Authorization=f"Bearer {server.access.control_token}") as found:
        yield found


def told(socket, topic: str, timeout: float = 30.0) -> dict:
    while True:
        message = json.loads(socket.recv(timeout))
        if message.get("topic") == topic:
            return message


def test_a_snapshot_comes_when_the_market_changes(http, market, socket):
    socket.send(json.dumps({"subscribe": ["snapshot"], "rate": 30}))
    assert told(socket, "snapshot")["data"]["time"] == 0.0
    http.post("/market/step", json={"seconds": 3.0})
    while told(socket, "snapshot")["data"]["time"] < 3.0:
        pass


def test_trades_come_without_gap(http, market, socket):
    socket.send(json.dumps({"subscribe": ["trades", "snapshot"], "rate": 60}))
    told(socket, "snapshot")
    for _ in range(5):
        http.post("/market/step", json={"seconds": 5.0})
    total = http.get("/market").json()["trades"]
    at = 0
    while at < total:
        data = told(socket, "trades")["data"]
        assert data["first"] == at and data["left_out"] is None
        at += len(data["trades"])
    rows = http.get("/trades", params={"since": total - 1}).json()["columns"]
    assert data["trades"][-1] == [
        rows["time"][-1],
        rows["price"][-1],
        rows["lots"][-1],
        rows["side"][-1],
    ]


def test_the_commands_of_others_are_heard_with_who_asked(http, market, socket):
    socket.send(json.dumps({"subscribe": ["outcomes"]}))
    http.post("/market/step", json={"events": 5})
    data = told(socket, "outcomes")["data"]
    assert data["command"]["do"] == "step" and data["client"] == "tests"


def test_a_client_goes_on_where_it_stopped(server, http, market):
    token = {"Authorization": f"Bearer {server.access.control_token}"}
    with socket_of(server, **token) as first:
        first.send(json.dumps({"subscribe": ["outcomes"]}))
        http.post("/market/step", json={"events": 1})
        read = told(first, "outcomes")["sequence"]
    http.post("/market/step", json={"events": 2})
    http.post("/market/step", json={"events": 3})
    with socket_of(server, **token) as second:
        second.send(json.dumps({"subscribe": ["outcomes"], "since": {"outcomes": read}}))
        found = [told(second, "outcomes") for _ in range(2)]
    assert [each["sequence"] for each in found] == [read + 1, read + 2]
    assert [each["data"]["command"]["events"] for each in found] == [2, 3]


def test_the_same_as_server_sent_events(server, http, market):
    def lines(answer):
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])

    started = threading.Event()

    def step() -> None:
        started.wait(30)
        http.post("/market/step", json={"events": 4})

    thread = threading.Thread(target=step)
    thread.start()
    with httpx.stream(
        "GET", f"{server.url}/api/v1/events", params={"topics": ["outcomes"]}, timeout=30,
        headers={"Authorization": f"Bearer {server.access.read_token}"},
    ) as answer:  # fmt: skip
        assert answer.headers["content-type"].startswith("text/event-stream")
        started.set()
        assert next(lines(answer))["data"]["command"]["events"] == 4
    thread.join(30)


def test_a_stranger_hears_nothing(server, market):
    with socket_of(server) as socket:
        socket.send(json.dumps({"token": "wrong", "subscribe": ["snapshot"]}))
        assert json.loads(socket.recv(30))["problem"]["status"] == 401
        with pytest.raises(ConnectionClosed):
            socket.recv(30)
    with pytest.raises(Exception, match=r"403|1008|reject"):
        socket_of(server, Authorization="Bearer wrong").recv(30)


def test_a_topic_that_there_is_none_of(socket):
    socket.send(json.dumps({"subscribe": ["weather"]}))
    problem = json.loads(socket.recv(30))["problem"]
    assert problem["key"] == "subscribe" and "snapshot" in problem["remedy"]


def test_a_client_that_dies_is_forgotten(server, http, market):
    before = server.access.clients()
    streams = sum(each.streams for each in before)
    socket = socket_of(server, Authorization=f"Bearer {server.access.control_token}")
    socket.send(json.dumps({"subscribe": ["snapshot", "trades"], "rate": 60}))
    told(socket, "snapshot")
    assert sum(each.streams for each in server.access.clients()) == streams + 1
    gone = threading.Event()
    server.access.on_change = gone.set
    socket.socket.close()  # without a word
    for _ in range(20):
        http.post("/market/step", json={"seconds": 1.0})
    assert gone.wait(30)
    server.access.on_change = None
    assert sum(each.streams for each in server.access.clients()) == streams


def test_disconnect_all_puts_everybody_out(server, http, market, socket):
    socket.send(json.dumps({"subscribe": ["outcomes"]}))
    http.post("/market/step", json={"events": 1})
    told(socket, "outcomes")
    old = server.access.control_token
    server.disconnect_all()
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(30)
    assert http.get("/market").status_code == 401
    assert server.access.control_token != old


def test_events_are_bounded_and_what_went_is_told():
    events = Events("log", most=10)
    for k in range(25):
        events.tell({"k": k})
    missed, found = events.since(3)
    assert (missed.first, missed.last) == (4, 15)
    assert [number for number, _ in found] == list(range(16, 26))
    assert events.since(20)[0] is None and len(events.since(20, most=2)[1]) == 2
    small = Events("log", most_bytes=1000)
    for _ in range(100):
        small.tell({"text": "x" * 100})
    assert small.kept_bytes <= 1000 and small.newest == 100


def test_a_state_is_written_once_for_all():
    made = []

    def make():
        made.append(1)
        return {"n": len(made)}

    state = State("snapshot", make)
    state.changed()
    assert state.newest() == state.newest() and len(made) == 1
    state.changed()
    assert state.newest()[1] == b'{"topic":"snapshot","version":2,"data":{"n":2}}'
