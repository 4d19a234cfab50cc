"""What computes beside a market that is watched has the cores after it."""

import asyncio
import os
import sys

import psutil
import pytest

from abm_desktop.host_process import EQUAL_SHARES, HostProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such priorities")


def priority(*, gives_way: bool) -> tuple[int, int]:
    """Niceness and scheduling class of a process that only reads its input."""

    async def look() -> tuple[int, int]:
        host = HostProcess(
            "json.tool", "test.log", read=lambda _: None, ended=lambda _: (), gives_way=gives_way
        )
        await host.start()
        policy = os.sched_getscheduler(host.pid) if hasattr(os, "sched_getscheduler") else 0
        found = psutil.Process(host.pid).nice(), policy
        await host.close(10.0)
        return found

    return asyncio.run(look())


def test_a_process_gives_way_if_it_is_to(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.delenv(EQUAL_SHARES)
    own, usual = priority(gives_way=False)
    assert own == os.nice(0)
    niceness, policy = priority(gives_way=True)
    if hasattr(os, "SCHED_IDLE"):
        assert policy == os.SCHED_IDLE != usual
    else:
        assert niceness == max(own, 10)
    monkeypatch.setenv(EQUAL_SHARES, "1")
    assert priority(gives_way=True) == (own, usual)
