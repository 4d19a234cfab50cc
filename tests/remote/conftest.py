"""A real server on loopback, and our client of it."""

from __future__ import annotations

import pytest

from abm_desktop import connect
from abm_desktop.live import LiveMarket
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that is found by these tests only; its market is loaded by them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv("ABM_DESKTOP_DATA", str(tmp_path_factory.mktemp("data")))
        live = LiveMarket()
        live.start()
        serving = Server(ServedSession(live))
        serving.start()
        yield serving
        serving.stop()
        live.close()


@pytest.fixture(scope="module")
def market(server):
    """A client that was given nothing: it has found the server."""
    with connect(client="tests") as found:
        yield found
