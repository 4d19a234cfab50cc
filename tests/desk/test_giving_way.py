"""What computes beside a market that is watched has the cores after it."""

import asyncio
import os
import sys

import psutil
import pytest

from abm_desktop.host_process import HostProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such priorities")


def niceness(*, gives_way: bool) -> int:
    """Of a process of which nothing is known but that it reads its input."""

    async def look() -> int:
        host = HostProcess(
            "json.tool", "test.log", read=lambda _: None, ended=lambda _: (), gives_way=gives_way
        )
        await host.start()
        found = psutil.Process(host.pid).nice()
        await host.close(10.0)
        return found

    return asyncio.run(look())


def test_a_process_gives_way_if_it_is_to(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    own = os.nice(0)
    assert niceness(gives_way=False) == own
    assert niceness(gives_way=True) == max(own, 10)
