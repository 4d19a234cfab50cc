"""Servers and clients that end without a word, readers that do not read, and ways to listen."""

import json
import os
import shutil
import signal
import socket as sockets
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from serve.conftest import SMALL
from support.plain_http import NOBODY
from websockets.sync.client import connect

import abm_desktop
from abm_desktop.inputs import UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.remote.address import find_server, running_servers
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession

PROMPT_SECONDS = 10.0
"""Ends take two seconds on a machine with nothing else to do."""
NEVER_READS = """
import base64, json, os, socket, struct, sys
host, port, token = sys.argv[1:4]
plain = socket.socket()
plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
plain.connect((host, int(port)))
plain.sendall((
    f"GET /api/v1/stream HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nConnection: Upgrade\\r\\n"
    f"Upgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nAuthorization: Bearer {token}\\r\\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n").encode())
plain.recv(500)
text = json.dumps({"subscribe": ["snapshot", "book", "trades", "outcomes"], "rate": 60}).encode()
plain.sendall(struct.pack("!BB", 0x81, 0x80 | len(text)) + bytes(4) + text)
print("there", flush=True)
sys.stdin.read()
"""


def never_reads(server):
    """A process with an open stream that it does not read."""
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    process = subprocess.Popen(
        [sys.executable, "-c", NEVER_READS, host, port, server.access.control_token],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == b"there\n"
    return process


def streams(server) -> int:
    return sum(each.streams for each in server.access.visitors.values())


def until(what, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end, tick = time.monotonic() + seconds, threading.Event()
    while not what():
        assert time.monotonic() < end
        tick.wait(0.02)


def resident_mib(pid: str = "self") -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def test_who_never_reads_holds_up_nobody_and_is_forgotten_when_killed(server, http):
    assert http.post("/market", json={"values": {"name": "x", **SMALL}}).status_code == 201
    http.put("/market/speed", json={"speed": 60.0})
    http.post("/market/run")

    def heard(seconds: float) -> int:
        with connect(
            server.url.replace("http", "ws") + "/api/v1/stream",
            additional_headers={"Authorization": f"Bearer {server.access.read_token}"},
            close_timeout=1,
        ) as stream:
            stream.send(json.dumps({"subscribe": ["snapshot"], "rate": 30}))
            stream.recv(30)
            end, count = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                try:
                    stream.recv(0.5)
                    count += 1
                except TimeoutError:
                    pass
        return count

    heard(0.2)
    alone = heard(1.5)
    processes = [never_reads(server) for _ in range(3)]
    try:
        until(lambda: streams(server) == 3)
        before = resident_mib()
        beside = heard(1.5)
        assert beside > 0.5 * alone > 5, (beside, alone)
        for _ in range(30):
            http.post("/market/step", json={"seconds": 2.0})
        assert resident_mib() - before < 60
        for process in processes:
            process.kill()
            process.wait()
        until(lambda: streams(server) == 0)
    finally:
        for process in processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
    assert http.get("/info").status_code == 200


def test_disconnect_all_ends_events_that_are_silent(server, http):
    ended = threading.Event()

    def listen():
        with (
            httpx.Client(timeout=60.0, verify=NOBODY) as client,
            client.stream(
                "GET", f"{server.url}/api/v1/events", params={"topics": ["log"]},
                headers={"Authorization": f"Bearer {server.access.read_token}"},
            ) as answer,
        ):  # fmt: skip
            for _ in answer.iter_bytes():
                pass
        ended.set()

    thread = threading.Thread(target=listen)
    thread.start()
    until(lambda: streams(server) == 1)
    server.disconnect_all()
    assert ended.wait(PROMPT_SECONDS)
    thread.join()


def served(folder, *arguments: str, **environment: str):
    """``abm-desktop serve`` in a process of its own, and its output."""
    return subprocess.Popen(
        [sys.executable, "-m", "abm_desktop", "serve", *arguments],
        env={**os.environ, "ABM_DESKTOP_RUNTIME": str(folder), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ended(process, sent: signal.Signals, code: int = 0) -> float:
    """Send a signal; returns how many seconds the process took to end."""
    begun = time.monotonic()
    process.send_signal(sent)
    output, _ = process.communicate(timeout=60)
    took = time.monotonic() - begun
    assert process.returncode == code, output
    assert "Traceback" not in output, output
    return took


def test_a_killed_server_is_cleared_away(runtime_folder):
    process = served(runtime_folder)
    try:
        until(running_servers, 60.0)
        assert find_server().pid == process.pid
    finally:
        process.kill()
        process.communicate()
    assert list(runtime_folder.glob("server-*.json"))
    with pytest.raises(UnavailableError, match="no server runs"):
        find_server()
    assert list(runtime_folder.iterdir()) == []


def test_ctrl_c_ends_a_server_at_once_while_streams_are_open(runtime_folder):
    process = served(runtime_folder, "calm")
    try:
        until(running_servers, 60.0)
        at = find_server()
        headers = {"Authorization": f"Bearer {at.token}"}
        address = at.url.replace("http", "ws") + "/api/v1/stream"
        with (
            connect(address, additional_headers=headers, close_timeout=1) as stream,
            httpx.Client(
                base_url=f"{at.url}/api/v1", headers=headers, timeout=60.0, verify=NOBODY
            ) as client,
            client.stream("GET", "/events", params={"topics": ["log"]}) as events,
        ):
            assert events.status_code == 200
            stream.send(json.dumps({"subscribe": ["snapshot", "trades"], "rate": 60}))
            client.put("/market/speed", json={"speed": None})
            client.post("/market/run")
            stream.recv(60)
            took = ended(process, signal.SIGINT)
        assert took < PROMPT_SECONDS
    finally:
        process.kill()
        process.wait()
    assert list(runtime_folder.iterdir()) == []


def test_sigterm_ends_a_server_at_once_while_the_market_compiles(runtime_folder, tmp_path):
    process = served(runtime_folder, "calm", ABM_DESKTOP_CACHE=str(tmp_path / "cold"))
    try:
        until(running_servers, 60.0)
        at = find_server()
        headers = {"Authorization": f"Bearer {at.token}"}

        def compiles() -> bool:
            said = httpx.get(f"{at.url}/api/v1/info", headers=headers, timeout=60.0).json()
            return said["doing"] is not None

        until(compiles, 60.0)
        assert ended(process, signal.SIGTERM) < 2 * PROMPT_SECONDS
    finally:
        process.kill()
        process.wait()
    assert list(runtime_folder.iterdir()) == []


# -- ways to listen ----------------------------------------------------------------------------


@pytest.fixture
def live():
    found = LiveMarket()
    yield found
    found.close()


def test_a_port_that_is_taken_is_told(live):
    with sockets.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"port {port}.*--port"):
            Server(ServedSession(live), port=port).start()
    assert running_servers() == []


def test_loopback_of_ipv6(live):
    try:
        with sockets.socket(sockets.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    server = Server(ServedSession(live), host="::1")
    server.start()
    try:
        assert server.url.startswith("http://[::1]:")
        at = find_server()
        headers = {"Authorization": f"Bearer {at.token}"}
        assert httpx.get(f"{at.url}/api/v1/info", headers=headers, timeout=60.0).status_code == 200
        with connect(
            at.url.replace("http", "ws") + "/api/v1/stream", additional_headers=headers
        ) as stream:
            stream.send('{"subscribe": ["weather"]}')
            assert "problem" in json.loads(stream.recv(30))
    finally:
        server.stop()


def test_tls_is_verified_with_the_certificate_in_the_servers_file(live, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = Server(ServedSession(live), host="0.0.0.0", certificate=certificate, key=key)
    server.start()
    try:
        at = find_server()
        assert at.certificate == str(certificate) and at.url.startswith("https://")
        url = at.url.replace("0.0.0.0", "127.0.0.1") + "/api/v1/info"
        headers = {"Authorization": f"Bearer {at.token}"}
        import ssl

        context = ssl.create_default_context(cafile=at.certificate)
        assert httpx.get(url, headers=headers, verify=context, timeout=60.0).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, headers=headers, timeout=60.0)
        with pytest.raises(httpx.TransportError):
            httpx.get(url.replace("https", "http"), headers=headers, timeout=60.0)
        with connect(
            url.replace("https", "wss").replace("/info", "/stream"),
            additional_headers=headers, ssl=context, open_timeout=60,
        ) as stream:  # fmt: skip
            stream.send('{"subscribe": ["weather"]}')
            assert "problem" in json.loads(stream.recv(30))
        with (
            sockets.create_connection(("127.0.0.1", httpx.URL(url).port), 60) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
        ):
            tls.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert tls.recv(1000).startswith(b"HTTP/1.1 200")
            # Nothing comes that a thread that writes meanwhile would have to know of.
            assert not tls.session.has_ticket
        # Our client, as from another machine.
        address = url.removesuffix("/api/v1/info")
        with pytest.raises(UnavailableError, match=r"not trusted.*certificate=FILE"):
            abm_desktop.connect(address, token=at.token)
        live.start()
        with abm_desktop.connect(address, token=at.token, certificate=certificate) as market:
            market.load("calm", seed=3)
            market.run(1.0)
            with market.stream("snapshot") as messages:
                assert next(messages).data.time == market.now == 1.0
    finally:
        server.stop()
