"""A real server on loopback with a market behind it, and clients that are not ours."""

from __future__ import annotations

import httpx
import pytest
from support.plain_http import NOBODY

from abm_desktop.live import LiveMarket
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession


@pytest.fixture(autouse=True)
def runtime_folder(tmp_path_factory, monkeypatch):
    """Servers of tests are found by tests only."""
    folder = tmp_path_factory.mktemp("runtime")
    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(folder))
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server whose market is loaded by the tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path_factory.mktemp("runtime")))
        live = LiveMarket()
        live.start()
        serving = Server(ServedSession(live))
        serving.start()
        yield serving
        try:
            assert not serving.wait(0.0), "the server ended before it was stopped"
        finally:
            serving.stop()
            live.close()


def client_of(server: Server, token: str | None = None, **headers: str) -> httpx.Client:
    """A plain HTTP client with the control token, or another."""
    given = server.access.control_token if token is None else token
    return httpx.Client(
        base_url=f"{server.url}/api/v1",
        headers={"Authorization": f"Bearer {given}", "X-Client": "tests", **headers},
        timeout=120.0,
        verify=NOBODY,
    )


@pytest.fixture
def http(server):
    """A client that may do everything."""
    with client_of(server) as client:
        yield client


SMALL = {"population": {"noise": {"count": 20}}, "market": {"warm_up": "10s", "session": "10min"}}


@pytest.fixture
def market(http):
    """A fresh market, paused at its open; its state."""
    answer = http.post("/market", json={"scenario": "calm", "seed": 7})
    assert answer.status_code == 201, answer.text
    return http.get("/market").json()
