"""What clients of the control API cost the window and its market, and how long answers take."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from typing import Any

from abm_desktop import child_python
from abm_desktop.live.commands import RunMarket
from abm_desktop.ui.bench.watch import percentile

__all__ = ["measure"]

_WHO = {"MainThread": "window", "live-market": "market", "serve": "server"}
_SETTLING = 2.0
"""Seconds until a market at full speed, or a crowd of clients, is as it stays."""


async def measure(window: Any, seconds: float, clients: int) -> dict[str, Any]:
    """Run at full speed without clients, with them, and without them again.

    Args:
        window: a TimedWindow with a market.
        seconds: of each.
        clients: streams at 30 Hz each; one more client sends commands.
    """
    from abm_desktop.serve.server import Server
    from abm_desktop.serve.session import ServedSession

    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    server = Server(ServedSession(window.session.live))
    server.start()
    try:
        await asyncio.sleep(_SETTLING)
        spent = _Spent({})
        before = await _speed(window, seconds)
        cores_before = spent.cores()
        crowd = await asyncio.create_subprocess_exec(
            *child_python.command(
                "abm_desktop.serve.bench.clients", server.url, "--clients", str(clients),
                "--seconds", str(seconds + 2 * _SETTLING),
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=child_python.environment(),
        )  # fmt: skip
        telling = asyncio.ensure_future(
            crowd.communicate(f"{server.access.control_token}\n".encode())
        )
        await asyncio.sleep(_SETTLING)
        window.frames.clear()
        spent = _Spent({crowd.pid: "clients"})
        during = await _speed(window, seconds)
        cores = spent.cores()
        frames = list(window.frames)
        told, _ = await telling
        after = await _speed(window, seconds)
    finally:
        server.stop()
    found: dict[str, Any] = json.loads(told)
    return found | {
        "frame_p99": percentile(frames, 99) / 1000.0,
        "frames_per_second": len(frames) / seconds,
        "before": before,
        "during": during,
        "after": after,
        "cores": cores,
        "cores_before": cores_before,
    }


async def _speed(window: Any, seconds: float) -> float:
    """Book events a second."""
    events, begin = window.snapshot.events, time.perf_counter()
    await asyncio.sleep(seconds)
    return float(window.snapshot.events - events) / (time.perf_counter() - begin)


class _Spent:
    """How many cores the threads of this process, and others, are using from now on."""

    def __init__(self, others: dict[int, str]) -> None:
        self._others = others
        self._begin, self._then = time.perf_counter(), self._seconds()

    def _seconds(self) -> dict[str, float]:
        """CPU seconds so far by name: of each thread that we have named, of the rest, of others."""
        import psutil  # type: ignore[import-untyped]  # has no stubs

        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        found: dict[str, float] = {}
        for thread in psutil.Process().threads():
            name = _WHO.get(names.get(thread.id, ""), "the rest")
            found[name] = found.get(name, 0.0) + thread.user_time + thread.system_time
        for pid, name in self._others.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = psutil.Process(pid).cpu_times()
                found[name] = times.user + times.system
        return found

    def cores(self) -> dict[str, float]:
        """Cores used since this was made."""
        now, passed = self._seconds(), time.perf_counter() - self._begin
        return {name: (spent - self._then.get(name, 0.0)) / passed for name, spent in now.items()}
