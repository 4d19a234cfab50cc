"""What clients of the control API cost the window and its market, and how long answers take."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from typing import Any

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop import child_python
from abm_desktop.live.commands import RunMarket
from abm_desktop.serve.server import Server
from abm_desktop.serve.session import ServedSession
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
        clients: streams at 30 Hz each, in one process; one more client sends commands, in another.
    """
    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    server = Server(ServedSession(window.session.live))
    server.start()
    try:
        await asyncio.sleep(_SETTLING)
        spent = _Spent({})
        before = await _speed(window, seconds)
        cores_before = spent.cores()
        lasting = str(seconds + 2 * _SETTLING)
        crowd = await _clients(server, "--clients", str(clients), "--seconds", lasting)
        commander = await _clients(server, "--clients", "0", "--commands", "--seconds", lasting)
        telling = asyncio.gather(*map(_told, (crowd, commander)))
        await asyncio.sleep(_SETTLING)
        window.frames.clear()
        spent = _Spent({crowd.pid: "streams", commander.pid: "commands"})
        during = await _speed(window, seconds)
        cores = spent.cores()
        frames = list(window.frames)
        heard, sent = await telling
        after = await _speed(window, seconds)
    finally:
        server.stop()
    return {
        **heard,
        **{k: v for k, v in sent.items() if k.startswith(("trip", "request", "commands"))},
        "frame_p99": percentile(frames, 99) / 1000.0,
        "frames_per_second": len(frames) / seconds,
        "before": before,
        "during": during,
        "after": after,
        "cores": cores,
        "cores_before": cores_before,
    }


async def _clients(server: Server, *options: str) -> asyncio.subprocess.Process:
    """Start clients in a process of their own, as those of other programs are."""
    started = await asyncio.create_subprocess_exec(
        *child_python.command("abm_desktop.serve.bench.clients", server.url, *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=child_python.environment(),
    )
    assert started.stdin is not None
    # No list of processes shows it there.
    started.stdin.write(f"{server.access.control_token}\n".encode())
    return started


async def _told(clients: asyncio.subprocess.Process) -> dict[str, float]:
    """What they have measured, when they are over."""
    out, _ = await clients.communicate()
    found: dict[str, float] = json.loads(out)
    return found


async def _speed(window: Any, seconds: float) -> float:
    """Book events a second."""
    events, begin = window.snapshot.events, time.perf_counter()
    await asyncio.sleep(seconds)
    return float(window.snapshot.events - events) / (time.perf_counter() - begin)


class _Spent:
    """How many cores everybody uses from now on.

    Args:
        named: processes of ours by their numbers; other children are the training.
    """

    def __init__(self, named: dict[int, str]) -> None:
        self._named = named
        self._begin, self._then = time.perf_counter(), self._seconds()

    def _seconds(self) -> dict[str, float]:
        """CPU seconds so far: of each thread that has a name here, of processes, of all others."""
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        found = dict.fromkeys((*_WHO.values(), "the rest"), 0.0)
        here = psutil.Process()
        for thread in here.threads():
            name = _WHO.get(names.get(thread.id, ""), "the rest")
            found[name] += thread.user_time + thread.system_time
        for child in here.children(recursive=True):
            name = self._named.get(child.pid, "training")
            with contextlib.suppress(psutil.NoSuchProcess):
                times = child.cpu_times()
                found[name] = found.get(name, 0.0) + times.user + times.system
        all_cores = psutil.cpu_times()
        busy = sum(all_cores) - all_cores.idle - getattr(all_cores, "iowait", 0.0)
        return found | {"other programs": busy - sum(found.values())}

    def cores(self) -> dict[str, float]:
        """Cores used since this was made."""
        now, passed = self._seconds(), time.perf_counter() - self._begin
        return {name: (spent - self._then.get(name, 0.0)) / passed for name, spent in now.items()}
