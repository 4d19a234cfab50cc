"""Commands on the WebSocket: what the route answers, without a request for each."""

import json

import pytest
from serve.conftest import client_of
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from abm_desktop.serve import access


def socket_of(server, token):
    return connect(
        server.url.replace("http", "ws") + "/api/v1/stream",
        additional_headers={"Authorization": f"Bearer {token}", "X-Client": "socket"},
        open_timeout=30,
    )


@pytest.fixture
def socket(server):
    with socket_of(server, server.access.control_token) as found:
        yield found


def asked(socket, command, number: int = 1, **more) -> dict:
    """The answer to one command."""
    socket.send(json.dumps({"do": command, "id": number, **more}))
    while "answer" not in (answer := json.loads(socket.recv(60))):
        assert "topic" in answer, answer
    assert answer.pop("answer") == number
    return answer


def test_answers_are_those_of_the_route(http, market, socket):
    commands = (
        {"do": "step", "events": 30},
        {"do": "place_order", "side": 1, "size": 3},
        {"do": "place_order", "side": 1, "size": 2, "price": 99.5},
        {"do": "inject", "stress": {"type": "flash_crash", "magnitude": 0.01}, "at": 20.0},
        {"do": "set_rule", "rule": "transaction_tax", "values": {"rate": 0.001}},
        {"do": "step_time", "seconds": 30.0},
        {"do": "advance", "until": 40.0},
    )
    seen = []
    for ask in (
        lambda command: http.post("/commands", json=command).json(),
        lambda command: asked(socket, command),
    ):
        http.post("/market/reset", json={"seed": 7})
        answers = [ask(command) for command in commands]
        assert all("status" not in each for each in answers), answers
        numbers = [(each.pop("command"), each.pop("sequence")) for each in answers]
        assert numbers == sorted(numbers)
        assert len({each.pop("generation") for each in answers}) == 1
        seen.append(answers)
    assert seen[0] == seen[1]
    by_kind = seen[1]
    assert by_kind[1]["filled"] == 3 and by_kind[2]["order"] and by_kind[3]["planned"] == 1
    assert by_kind[6]["reached"] and by_kind[6]["time"] == 40.0


@pytest.mark.parametrize(
    "command",
    [
        {"do": "dance"},
        {"events": 3},
        17,
        None,
        {"do": "step", "events": 0},
        {"do": "step", "events": 3, "more": 1},
        {"do": "place_order", "side": 1},
        {"do": "inject", "stress": {"type": "flash_crash", "duration": -1.0, "depth": "x"}},
        {"do": "inject", "stress": {"type": "flash_crash"}, "at": -5.0},
        {"do": "set_rule", "rule": "speeed"},
        {"do": "cancel_order", "order": [0, 1]},
        {"do": "open_recording", "path": "/etc/passwd"},
        {"do": "load", "scenario": {"name": "x"}, "file": "/etc/passwd"},
    ],
)
def test_problems_are_those_of_the_route(http, socket, command):
    answer = http.post("/commands", content=json.dumps(command))
    problem = asked(socket, command)
    assert problem == answer.json()
    assert problem["status"] == answer.status_code >= 400 and problem["detail"]
    assert asked(socket, {"do": "pause"}, 2)["command"] > 0  # the stream goes on


def test_a_command_for_a_market_that_was_replaced_is_refused(http, market, socket):
    there = market["generation"]
    assert asked(socket, {"do": "step"}, if_match=there)["generation"] == there
    http.post("/market/reset")
    refused = asked(socket, {"do": "step"}, if_match=there)
    assert (refused["status"], refused["code"]) == (412, "market_replaced")
    answer = http.post("/commands", json={"do": "step"}, headers={"If-Match": str(there)})
    assert answer.json() == refused


def test_the_read_token_carries_out_nothing(server, http, market):
    with socket_of(server, server.access.read_token) as reader:
        refused = asked(reader, {"do": "step", "events": 5})
        with client_of(server, server.access.read_token) as client:
            assert client.post("/commands", json={"do": "step"}).json() == refused
        assert refused["status"] == 403 and refused["code"] == "read_only"
        reader.send(json.dumps({"subscribe": ["snapshot"]}))
        assert json.loads(reader.recv(30))["data"]["events"] == market["events"]


def test_many_at_once_are_answered_each_in_their_order(http, market, socket):
    socket.send(json.dumps({"subscribe": ["outcomes"]}))
    for k in range(250):
        socket.send(json.dumps({"do": {"do": "step", "events": 1 + k % 3}, "id": k}))
    answers, outcomes = [], []
    while len(answers) < 250 or len(outcomes) < 250:
        message = json.loads(socket.recv(60))
        (answers if "answer" in message else outcomes).append(message)
    assert [each["answer"] for each in answers] == list(range(250))
    assert [each["data"]["checksum"] for each in outcomes] == [x["checksum"] for x in answers]
    assert {each["data"]["client"] for each in outcomes} == {"socket"}


def test_others_are_carried_out_while_one_goes_on(http, market, socket):
    http.put("/market/speed", json={"speed": 1.0})
    goal = {"do": "advance", "until": 500.0, "fast": False}
    socket.send(json.dumps({"do": goal, "id": 1}))
    assert asked(socket, {"do": "watch_trader", "number": None}, 2)["time"] < 500.0
    socket.send(json.dumps({"do": {"do": "pause"}, "id": 3}))
    found = [json.loads(socket.recv(30)) for _ in range(2)]
    assert sorted(each["answer"] for each in found) == [1, 3]
    assert next(each for each in found if each["answer"] == 1)["reached"] is False


def test_who_asks_too_often_is_told_so_and_may_go_on(server, market, socket, monkeypatch):
    assert asked(socket, {"do": "step"})["command"]
    monkeypatch.setattr(access, "PER_SECOND", 0.0)
    monkeypatch.setattr(access, "BURST", 2.0)
    found = [asked(socket, {"do": "step"}, k) for k in range(4)]
    assert [each.get("code") for each in found] == [None, None, "too_many", "too_many"]
    monkeypatch.undo()
    while asked(socket, {"do": "step"}, 9).get("status") == 429:
        pass


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{", ""),
        ("[1]", ""),
        ('{"do": {"do": "run"}}', "id"),
        ('{"do": {"do": "run"}, "id": "x"}', "id"),
        ('{"do": {"do": "run"}, "id": 1, "if_match": -1}', "if_match"),
        ('{"do": {"do": "run"}, "id": 1, "subscribe": ["snapshot"]}', "subscribe"),
        ("[" * 5000, ""),
    ],
)
def test_what_is_no_message_ends_the_stream_and_nothing_is_done(http, market, socket, text, key):
    before = http.get("/market").json()["events"]
    socket.send(text)
    problem = json.loads(socket.recv(30))["problem"]
    assert (problem["status"], problem["key"]) == (422, key) and '"do"' in problem["remedy"]
    with pytest.raises(ConnectionClosed):
        socket.recv(30)
    state = http.get("/market").json()
    assert (state["events"], state["state"]) == (before, "paused")


def test_a_stream_that_ends_tells_of_the_last_command_that_was_taken(server, market, socket):
    assert asked(socket, {"do": "step"}, 41)["command"]
    server.access.loop.call_soon_threadsafe(server.access.hang_up)
    assert json.loads(socket.recv(30)) == {"taken": 41}
    with pytest.raises(ConnectionClosed):
        socket.recv(30)


def test_a_stranger_carries_out_nothing(server, http, market):
    with connect(server.url.replace("http", "ws") + "/api/v1/stream", open_timeout=30) as socket:
        socket.send(json.dumps({"do": {"do": "step"}, "id": 1}))
        assert json.loads(socket.recv(30))["problem"]["status"] == 401


def test_the_route_says_what_is_wrong_with_a_body_or_a_generation(http, market):
    for body in (b"", b"{", b"\xff"):
        answer = http.post("/commands", content=body)
        assert answer.status_code == 422 and answer.json()["remedy"], body
    for generation in ("x", "-1", "9" * 19, "1" * 30):
        answer = http.post("/commands", json={"do": "step"}, headers={"If-Match": generation})
        assert answer.status_code == 422 and answer.json()["key"] == "If-Match", generation
