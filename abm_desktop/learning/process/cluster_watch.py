"""Measures the cluster of the training process: processor, memory, object store, workers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.learning.process.messages import ClusterInfo

WATCH_SECONDS = 2.0

Workers = tuple[int, int, int]
"""Sampling workers that answer, that were asked for, and that were started again."""


class ClusterWatch:
    """Call :meth:`look` every :data:`WATCH_SECONDS` from one thread of Ray's owner."""

    def __init__(self, address_given: str) -> None:
        self._local = not address_given
        self._own = psutil.Process()
        self._known: dict[int, psutil.Process] = {}

    def look(self, workers: Callable[[], Workers]) -> ClusterInfo | None:
        """How it is now; None while Ray does not answer (it starts, or is about to end)."""
        import ray

        if not ray.is_initialized():
            return None
        try:
            have, free = ray.cluster_resources(), ray.available_resources()
            nodes = sum(1 for node in ray.nodes() if node.get("Alive"))
            address = str(ray.get_runtime_context().gcs_address)
        except Exception:  # Ray has no common class for "not now"
            return None
        cpu, memory = self._processes()
        machine = psutil.virtual_memory()
        slots, store = float(have.get("CPU", 0.0)), float(have.get("object_store_memory", 0.0))
        answering, wanted, restarts = workers()
        return ClusterInfo(
            address=address,
            local=self._local,
            nodes=nodes,
            slots=int(slots),
            slots_used=slots - float(free.get("CPU", 0.0)),
            processes=len(self._known),
            cpu=cpu,
            memory=memory,
            machine_memory=machine.total,
            machine_memory_free=machine.available,
            store_used=int(max(0.0, store - float(free.get("object_store_memory", store)))),
            store_size=int(store),
            workers=answering,
            workers_wanted=wanted,
            restarts=restarts,
        )

    def _processes(self) -> tuple[float, int]:
        """Cores in use since the last look, and memory in bytes, of this process and its offspring.

        Memory shared between them (the object store) is counted once: as none of theirs.
        """
        found = {self._own.pid: self._own}
        with contextlib.suppress(psutil.Error):
            found |= {p.pid: p for p in self._own.children(recursive=True)}
        # The same objects as before: each remembers the processor time of the last look.
        self._known = {pid: self._known.get(pid, process) for pid, process in found.items()}
        cpu, memory = 0.0, 0
        for process in self._known.values():
            with contextlib.suppress(psutil.Error):
                cpu += process.cpu_percent() / 100.0
                info = process.memory_info()
                memory += max(0, info.rss - getattr(info, "shared", 0))
        return cpu, memory
