"""Ray waits half a minute for its own processes; on a busy machine they need longer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ray._private import node as nodes
from ray._private import services

from abm_desktop import cluster


class Machine:
    """A clock, and a process of Ray's that tells of itself after so many seconds, or ends."""

    def __init__(self, monkeypatch, *, tells_at, ends_at=1e9):
        self.now, self.tells_at, self.ends_at = 0.0, tells_at, ends_at
        monkeypatch.setattr(cluster.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(cluster.time, "sleep", self.wait)
        monkeypatch.setattr(nodes.Node, "start_gcs_server", lambda node: None)
        monkeypatch.setattr(services, "get_node", self.answer)
        monkeypatch.setattr(nodes, "wait_for_persisted_port", self.answer)
        process = SimpleNamespace(poll=lambda: -9 if self.now >= self.ends_at else None)
        ray_node = SimpleNamespace(all_processes={"raylet": [SimpleNamespace(process=process)]})
        self.begin = lambda: nodes.Node.start_gcs_server(ray_node)

    def wait(self, _seconds):
        self.now += 10.0

    def answer(self, *_place, timeout_ms=0):
        assert timeout_ms <= 1000, "no other thread works meanwhile"
        if self.now < self.tells_at:
            raise RuntimeError("no such node")
        return "the node"

    def asks(self):
        """What Ray asks for when it starts."""
        return (
            lambda: services.get_node("127.0.0.1:1", "a node"),
            lambda: nodes.wait_for_persisted_port("folder", "a node", "port", timeout_ms=30_000),
        )


@pytest.mark.parametrize("what", [0, 1])
def test_it_waits_for_minutes(monkeypatch, what):
    machine = Machine(monkeypatch, tells_at=cluster.START_SECONDS - 60)
    with cluster._patience():  # noqa: SLF001  # a whole cluster would need a busy machine
        machine.begin()
        assert machine.asks()[what]() == "the node"
    assert services.get_node == machine.answer, "Ray has its own way again"


@pytest.mark.parametrize("what", [0, 1])
def test_it_does_not_wait_for_ever_nor_for_what_has_ended(monkeypatch, what):
    machine = Machine(monkeypatch, tells_at=1e9)
    with cluster._patience():  # noqa: SLF001
        machine.begin()
        with pytest.raises(RuntimeError, match="no such node"):
            machine.asks()[what]()
    assert cluster.START_SECONDS < machine.now < cluster.START_SECONDS + 60
    machine = Machine(monkeypatch, tells_at=1e9, ends_at=50)
    with cluster._patience():  # noqa: SLF001
        machine.begin()
        with pytest.raises(ChildProcessError, match="raylet has ended"):
            machine.asks()[what]()
    assert machine.now == 50
