"""Clients without regard for HTTP, WebSockets or manners; all others are served meanwhile."""

import itertools
import json
import os
import socket as sockets
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve.conftest import SMALL
from support.long_tests import IS_LONG
from support.plain_http import NOBODY
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from abm_desktop.serve import access, connections
from abm_desktop.serve.access import MOST_STREAMS
from abm_desktop.serve.feeds import Events
from abm_desktop.serve.topics import EVENTS, STATES

FUZZ = settings(
    max_examples=int(os.environ.get("ABM_DESKTOP_EXAMPLES", "2000")) if IS_LONG else 15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def resident_mib() -> float:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def address_of(server):
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return host, int(port)


def said(server, data: bytes, is_all: bool = False) -> bytes:
    """What the server says to these bytes, until it hangs up, or after the client has."""
    with sockets.create_connection(address_of(server), timeout=20.0) as plain:
        try:
            plain.sendall(data)
            if is_all:
                plain.shutdown(sockets.SHUT_WR)
            found = b""
            while part := plain.recv(65536):
                found += part
        except (ConnectionError, TimeoutError):
            pass
        return found


def head_of(server, *lines: str, method: str = "GET", path: str = "/api/v1/info") -> bytes:
    host, port = address_of(server)
    first = (
        f"{method} {path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {server.access.control_token}",
    )
    return "\r\n".join((*first, *lines, "", "")).encode("latin-1")


@pytest.fixture
def alive(server):
    """Afterwards the server answers, its market goes on, and nobody is left over."""
    yield
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=30.0, verify=NOBODY) as client:
        client.headers["Authorization"] = f"Bearer {server.access.control_token}"
        assert client.get("/health").json() == {"status": "ok"}
        assert client.post("/market", json={"values": {"name": "x", **SMALL}}).status_code == 201
        assert client.post("/market/step", json={"seconds": 1.0}).status_code == 200
        assert client.get("/market").json()["time"] == 1.0


WORDS = st.sampled_from(
    [
        b"GET /api/v1/info HTTP/1.1\r\n", b"POST /api/v1/market HTTP/1.1\r\n", b"\r\n", b"\n",
        b"Host: 127.0.0.1\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"ffffffffff\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"Sec-WebSocket-Key: x\r\n", b"\0",
        b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02",
        b"Expect: 100-continue\r\n", b": \r\n", b"Authorization: Bearer \xff\r\n",
    ]
)  # fmt: skip


@FUZZ
@given(data=st.lists(st.one_of(WORDS, st.binary(max_size=50)), max_size=12).map(b"".join))
def test_any_bytes_are_answered_or_hung_up_on(server, alive, data):
    answer = said(server, data, is_all=True)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert b" 500 " not in answer[:20] and b"Traceback" not in answer


def test_odd_requests_are_refused(server, alive):
    many = "".join(f"X-{k}: {'y' * 100}\r\n" for k in range(1000)).rstrip()
    for data, status in (
        (head_of(server, "Content-Length: 5", "Content-Length: 6", method="POST"), 400),
        (head_of(server, many), 200),
        (head_of(server, "X: " + "y" * 200_000), 400),
        (head_of(server, path="/api/v1/info?" + "x" * 200_000), 400),
        (head_of(server, "Content-Length: " + "9" * 5000, method="POST"), 413),
        (head_of(server, "If-Match: \xff\xfe", method="POST", path="/api/v1/market/pause"), 422),
        (head_of(server, "Origin: http://[", method="POST", path="/api/v1/market/pause"), 403),
        (head_of(server, "X-Client: \xff\x80\t", path="/api/v1/info"), 200),
        (head_of(server, method="TRACE"), 405),
        (head_of(server, method="BREW"), 405),
        (head_of(server, "Host: evil.example"), 400),
    ):
        answer = said(server, data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        found = int(answer[9:12] or 0)
        assert found in (status, 400), (status, data[:200], answer[:200])


def test_requests_one_behind_the_other_are_answered_in_turn(server, alive):
    answer = said(server, head_of(server) * 20 + head_of(server, "Connection: close"))
    assert answer.count(b"HTTP/1.1 200 OK") == 21


def test_a_body_in_pieces_is_read_and_one_cut_short_is_not(server, http, alive):
    head = head_of(
        server, "Transfer-Encoding: chunked", "Content-Type: application/json",
        "Connection: close", method="POST", path="/api/v1/market/step",
    )  # fmt: skip
    http.post("/market", json={"values": {"name": "x", **SMALL}})
    body = b'{"events": 3}'
    pieces = b"".join(b"1\r\n%c\r\n" % c for c in body)
    assert said(server, head + pieces + b"0\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert not said(server, head + pieces, is_all=True).startswith(b"HTTP/1.1 200")


def test_a_request_that_never_ends_is_let_go(server, alive, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    for begin in (b"", b"GET /api/v1/hea", head_of(server, "X-Part: 1")[:-4]):
        with sockets.create_connection(address_of(server), timeout=20) as plain:
            plain.sendall(begin)
            begun = time.monotonic()
            assert plain.recv(100) == b""
            assert time.monotonic() - begun < 10.0


def test_a_body_that_never_comes_is_let_go(server, alive, monkeypatch):
    monkeypatch.setattr(access, "BODY_SECONDS", 0.3)
    with sockets.create_connection(address_of(server), timeout=20) as plain:
        plain.sendall(
            head_of(
                server, "Content-Length: 100", "Content-Type: application/json", method="POST",
                path="/api/v1/market/step",
            )
        )  # fmt: skip
        assert plain.recv(4096).startswith(b"HTTP/1.1 408")


ODD_BODIES = (
    b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50, b"{" * 50, b"nul", b"\xff\xfe", b"",
    b'{"values": {"name": "\\ud800"}}', b'{"values": {"\\ud800": 1}}',
    b'{"values": ' + b'{"a":' * 900 + b"1" + b"}" * 901, b'{"events": ' + b"9" * 5000 + b"}",
    b'{"events": NaN}', b'{"seconds": Infinity}', b'{"seconds": 1e999}', b'{"speed": -0.0}',
    b'{"seed": 18446744073709551616}', b'{"events": true}', b'[]', b'"x"', b"null", b"1e400",
    b'{"toml": "' + b"x = [" * 40_000 + b'"}', b'{"toml": "' + b"[a.b]\\n" * 30_000 + b'"}',
    b'{"toml": "name = \\"' + b"x" * 262_144 + b'\\""}',
)  # fmt: skip


def test_an_odd_body_is_a_problem_with_a_reason(server, http, alive):
    routes = (
        ("POST", "/market"), ("POST", "/market/step"), ("POST", "/commands"),
        ("POST", "/environments"), ("POST", "/stresses"), ("PUT", "/scenarios/odd"),
        ("POST", "/scenarios/validate"), ("POST", "/facts"), ("PUT", "/agents/population"),
        ("POST", "/models/calm-ppo/actions"), ("POST", "/trainings"), ("PUT", "/market/speed"),
    )  # fmt: skip
    for body, (method, route) in itertools.product(ODD_BODIES, routes):
        answer = http.request(
            method, route, content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code < 500, (body[:50], route, answer.text[:500])
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"] and len(answer.content) < 100_000


HUGE = (
    {"population": {"noise": {"count": 10**9}}},
    {"population": {"noise": {"count": 10**19}}},
    {"population": {"market_makers": {"count": 10**8}}},
    {"market": {"session": "1000000h"}},
    {"market": {"tick_size": 1e-300}},
    {"market": {"price": 1e300}},
    {"market": {"warm_up": "100000h"}},
    {"rl": [{"model": "calm-ppo", "count": 10**9}]},
    {"stress": [{"type": "flash_crash", "at": 1.0}] * 20_000},
)


def test_a_market_that_would_take_all_memory_is_refused(server, http, alive):
    for values in HUGE:
        before = resident_mib()
        for route in ("/market", "/environments"):
            answer = http.post(route, json={"values": {"name": "huge", **values}})
            assert answer.status_code in (201, 409, 422), answer.text[:500]
            if route == "/environments" and answer.status_code == 201:
                http.delete(f"{route}/{answer.json()['id']}")
        assert resident_mib() - before < 700, values


@FUZZ
@given(
    given=st.one_of(
        st.text(max_size=30), st.integers().map(str), st.sampled_from(['"1"', "*", "W/1", "1,2"])
    )
)
def test_if_match_is_a_generation_or_refused(http, alive, given):
    try:
        value = given.encode("latin-1").strip()
    except UnicodeEncodeError:
        return
    if any(b < 32 or b == 127 for b in value):
        return
    answer = http.post("/market/pause", headers={"If-Match": value})
    assert answer.status_code in (200, 409, 412, 422), answer.text


@FUZZ
@given(body=st.binary(max_size=300), is_real=st.booleans(), at=st.integers(0, 2000))
def test_arrow_that_is_damaged_is_a_problem(http, alive, body, is_real, at):
    if is_real:
        whole = arrow()
        at %= len(whole)
        body = whole[:at] + body + whole[at + len(body) :]
    answer = http.post(
        "/models/calm-ppo/actions",
        content=body,
        headers={"Content-Type": "application/vnd.apache.arrow.stream"},
    )
    assert answer.status_code in (200, 422), answer.text


def arrow() -> bytes:
    import pyarrow as pa

    from abm_desktop.market.roles import DEFAULT_ROLE, find_role

    names = find_role(DEFAULT_ROLE).observations
    table = pa.table({name: np.zeros(3, np.float32) for name in names})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


# -- streams -----------------------------------------------------------------------------------


def stream_of(server, **more):
    return connect(
        server.url.replace("http", "ws") + "/api/v1/stream",
        additional_headers={"Authorization": f"Bearer {server.access.control_token}"},
        open_timeout=30,
        close_timeout=1,  # one that does not read all that it is sent hears no farewell
        **more,
    )


NAMES = st.one_of(st.sampled_from((*STATES, *EVENTS)), st.text(max_size=10))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
WISHES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "subscribe": st.lists(NAMES, max_size=4) | PLAIN,
            "unsubscribe": st.lists(NAMES, max_size=4),
            "since": st.dictionaries(NAMES, st.integers(-5, 2**70), max_size=3) | PLAIN,
            "rate": st.floats() | st.integers(),
            "token": PLAIN,
        },
    ).map(lambda wish: json.dumps(wish)),
    PLAIN.map(json.dumps),
    st.text(max_size=40),
    st.binary(max_size=40),
)


@FUZZ
@given(wishes=st.lists(WISHES, min_size=1, max_size=4))
def test_any_message_is_taken_or_told_to_be_wrong(server, market_once, alive, wishes):
    with stream_of(server) as stream:
        try:
            for wish in wishes:
                stream.send(wish)
            stream.send('{"subscribe": ["snapshot"], "unsubscribe": ["log"], "rate": 60}')
            while True:
                message = json.loads(stream.recv(20))
                if "problem" in message:
                    assert message["problem"]["status"] in (401, 422)
                    break
                if message["topic"] == "snapshot":
                    break
        except ConnectionClosed:
            pass


@pytest.fixture
def market_once(http):
    http.post("/market", json={"values": {"name": "x", **SMALL}})


def test_a_number_from_before_the_server_began_hides_nothing(server, http, market_once, alive):
    with stream_of(server) as stream:
        stream.send(json.dumps({"subscribe": ["outcomes"], "since": {"outcomes": 2**60}}))
        http.post("/market/pause")
        assert json.loads(stream.recv(20))["topic"] == "outcomes"


def test_a_flood_of_wishes_holds_up_nobody(server, http, market_once, alive):
    over = threading.Event()

    def flood():
        with stream_of(server) as stream:
            for k in range(2000):
                if over.is_set():
                    return
                stream.send(json.dumps({"subscribe": ["snapshot", "trades"], "rate": 1 + k % 60}))

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        waits = []
        for _ in range(30):
            begun = time.monotonic()
            assert http.get("/health").status_code == 200
            waits.append(time.monotonic() - begun)
        assert np.median(waits) < 0.2
    finally:
        over.set()
        thread.join(60)


@FUZZ
@given(
    last=st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
        st.integers().map(lambda n: f"outcomes:{n}"),
        st.just("trades:1,log:2,outcomes:"),
    )
)
def test_any_last_event_id_begins_a_stream(server, alive, last):
    lines = head_of(
        server, f"Last-Event-ID: {last.strip()[:300]}", path="/api/v1/events?topics=outcomes"
    )
    with sockets.create_connection(address_of(server), timeout=20) as plain:
        plain.sendall(lines)
        assert plain.recv(4096).startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))


def test_streams_are_counted(server, alive):
    access = server.access
    open_ones = [stream_of(server) for _ in range(MOST_STREAMS)]
    try:
        with stream_of(server) as one_too_many:
            problem = json.loads(one_too_many.recv(20))["problem"]
            assert problem["status"] == 429 and problem["code"] == "too_many"
        events = httpx.get(
            f"{server.url}/api/v1/events",
            params={"topics": "log"},
            headers={"Authorization": f"Bearer {access.read_token}"},
            verify=NOBODY,
        )
        assert events.status_code == 429
    finally:
        for each in open_ones:
            each.close()


def test_names_of_clients_are_bounded(server, http):
    for k in range(400):
        assert http.get("/health", headers={"X-Client": f"client {k}"}).status_code == 200
    assert len(server.access.visitors) <= 258
    server.access.visitors.clear()


def test_a_day_of_events_is_kept_in_bounded_memory():
    most, events = (16 * 2**20, 50_000) if IS_LONG else (2**20, 4_000)
    trades = Events("trades", most_bytes=most)
    row = {"generation": 1, "first": 0, "trades": [[1.25, 100.01, 3, 1]] * 20}
    reader = 0
    for k in range(events):
        trades.tell(row)
        if k == 10:
            reader = trades.newest
    assert trades.kept_bytes <= most and trades.newest == events
    missed, found = trades.since(reader, 10)
    assert missed is not None and (missed.first, found[0][0]) == (reader + 1, missed.last + 1)
