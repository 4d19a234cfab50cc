"""What clients of the control API cost the window and its market, and how long answers take."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from abm_desktop import child_python
from abm_desktop.live.commands import RunMarket
from abm_desktop.ui.bench.watch import percentile

__all__ = ["measure"]

_SETTLING = 2.0
"""Seconds until a market at full speed, or a crowd of clients, is as it stays."""


async def measure(window: Any, seconds: float, clients: int) -> dict[str, float]:
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
        before = await _speed(window, seconds)
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
        during = await _speed(window, seconds)
        frames = list(window.frames)
        told, _ = await telling
        after = await _speed(window, seconds)
    finally:
        server.stop()
    found: dict[str, float] = json.loads(told)
    return found | {
        "frame_p99": percentile(frames, 99) / 1000.0,
        "frames_per_second": len(frames) / seconds,
        "before": before,
        "during": during,
        "after": after,
    }


async def _speed(window: Any, seconds: float) -> float:
    """Book events a second."""
    events, begin = window.snapshot.events, time.perf_counter()
    await asyncio.sleep(seconds)
    return float(window.snapshot.events - events) / (time.perf_counter() - begin)
