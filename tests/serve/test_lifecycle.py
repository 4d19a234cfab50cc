"""Servers come and go: nothing of them is left, and several may be there at once."""

import gc
import sys
import threading

import httpx
import psutil
import pytest
from serve.conftest import client_of
from support.long_tests import IS_LONG

from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.inputs import UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.remote.address import running_servers
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession

ROUNDS = 50 if IS_LONG else 5


def _left(folder):
    process = psutil.Process()
    threads = sorted(t.name for t in threading.enumerate() if t.name != "MainThread")
    sockets = [c.laddr for c in process.net_connections("inet") if c.status == "LISTEN"]
    return threads, sockets, sorted(folder.iterdir()), process.num_fds()


def _round(live, laboratory):
    server = Server(ServedSession(live, laboratory))
    server.start()
    with client_of(server) as client:
        assert client.get("/info").status_code == 200
        with client.stream("GET", "/events", params={"topics": "outcomes"}) as stream:
            assert stream.status_code == 200
    server.stop()
    return server


def test_many_starts_and_stops_leave_nothing(runtime_folder):
    live, laboratory = LiveMarket(), Laboratory()
    usual = sys.getswitchinterval()
    live.start()
    # Libraries that are loaded with the first answer keep files and threads of their own.
    _round(live, laboratory)
    gc.collect()
    before = _left(runtime_folder)
    for _ in range(ROUNDS):
        _round(live, laboratory)
    gc.collect()
    left = _left(runtime_folder)
    # A thread that another test has left behind may end meanwhile.
    assert not set(left[0]) - set(before[0]) and left[1:] == before[1:]
    assert sys.getswitchinterval() == usual  # threads take turns as before
    assert running_servers() == [] and not before[1] and not before[2]
    live.close()
    laboratory.close()


def test_a_server_that_does_not_start_says_why(monkeypatch):
    def breaks(app):
        raise RuntimeError("no route to be made")

    monkeypatch.setattr("abm_desktop.serve.app._make_routes", breaks)
    server = Server(ServedSession(LiveMarket()))
    server.start()
    try:
        with pytest.raises(UnavailableError, match="the server ended: no route to be made"):
            server.wait(60.0)
    finally:
        server.stop()


def test_two_sessions_are_served_at_once_each_with_its_own_market():
    lives = [LiveMarket(), LiveMarket()]
    servers = []
    for live in lives:
        live.start()
        servers.append(Server(ServedSession(live)))
        servers[-1].start()
    clients = [client_of(server) for server in servers]
    small = {"population": {"noise": {"count": 20}}, "market": {"warm_up": "10s"}}
    for k, client in enumerate(clients):
        values = {"values": {"name": f"market {k}", **small}}
        assert client.post("/market", json=values).status_code == 201
    assert [c.get("/market").json()["source"] for c in clients] == ["market 0", "market 1"]
    # Neither token opens the other's door.
    given = clients[0].headers["Authorization"]
    answer = httpx.get(f"{servers[1].url}/api/v1/info", headers={"Authorization": given})
    assert answer.status_code == 401
    servers[0].stop()
    assert clients[1].get("/market").json()["source"] == "market 1"
    assert running_servers() == [servers[1].address()]
    servers[1].stop()
    for each in (*clients, *lives):
        each.close()
