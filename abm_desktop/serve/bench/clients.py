"""Clients of one server in a process of their own; prints one JSON object.

    python -m abm_desktop.serve.bench.clients URL --clients 8 --rate 30 --seconds 20
    python -m abm_desktop.serve.bench.clients URL --clients 0 --commands --seconds 20

The token comes on the input, so that no list of processes shows it. Clients stream snapshots,
trades and outcomes: they take every message and read when it was published, and parse no more of
it. With ``--commands`` one more sends commands, every second one over a WebSocket and as a request,
and measures how long each takes to be answered.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import connect

COMMANDS_PER_SECOND = 20.0


def main() -> int:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--commands", action="store_true")
    given = parser.parse_args()
    token = sys.stdin.readline().strip()
    print(json.dumps(asyncio.run(_measure(given, token))))
    return 0


async def _measure(given: argparse.Namespace, token: str) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {token}", "X-Client": "bench"}
    end = time.perf_counter() + given.seconds
    heard: list[dict[str, Any]] = [
        {"ages": [], "messages": 0, "bytes": 0, "missed": 0, "states": 0}
        for _ in range(given.clients)
    ]
    trips: dict[str, list[float]] = {"trip": [], "request": []}
    await asyncio.gather(
        *(_listen(given.url, headers, given.rate, end, each) for each in heard),
        *([_command(given.url, headers, end, trips)] if given.commands else []),
    )
    ages = [age for each in heard for age in each["ages"]]
    return {
        "trip_median": _percentile(trips["trip"], 50),
        "trip_p99": _percentile(trips["trip"], 99),
        "request_median": _percentile(trips["request"], 50),
        "request_p99": _percentile(trips["request"], 99),
        "commands": float(sum(map(len, trips.values()))),
        "age_median": _percentile(ages, 50),
        "age_p99": _percentile(ages, 99),
        "states_per_second": sum(each["states"] for each in heard)
        / max(len(heard), 1)
        / given.seconds,
        "messages": float(sum(each["messages"] for each in heard)),
        "bytes": float(sum(each["bytes"] for each in heard)),
        "missed": float(sum(each["missed"] for each in heard)),
    }


async def _listen(
    url: str, headers: dict[str, str], rate: float, end: float, heard: dict[str, Any]
) -> None:
    address = url.replace("http", "ws", 1) + "/api/v1/stream"
    async with connect(address, additional_headers=headers, max_size=None) as socket:
        topics = ["snapshot", "trades", "outcomes"]
        await socket.send(json.dumps({"subscribe": topics, "rate": rate}))
        while (left := end - time.perf_counter()) > 0:
            try:
                text = str(await asyncio.wait_for(socket.recv(decode=True), left))
            except TimeoutError:
                break
            heard["messages"] += 1
            heard["bytes"] += len(text)
            # Only the beginning is looked at: a client that draws parses in its own time.
            if text.startswith('{"topic":"snapshot"'):
                published = float(text[-80:].rpartition('"published":')[2].rstrip("}"))
                heard["ages"].append(time.time() - published)
                heard["states"] += 1
            elif '"missed":[' in text[:60]:
                heard["missed"] += 1


async def _command(
    url: str, headers: dict[str, str], end: float, trips: dict[str, list[float]]
) -> None:
    """A command that the market carries out between two steps: who is to be watched."""
    command = {"do": "watch_trader", "number": 0}
    address = url.replace("http", "ws", 1) + "/api/v1/stream"
    async with (
        httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=60.0) as client,
        connect(address, additional_headers=headers, compression=None) as socket,
    ):
        for number in itertools.count():
            begin = time.perf_counter()
            if begin > end:
                break
            if number % 2:
                (await client.post("/commands", json=command)).raise_for_status()
            else:
                await socket.send(json.dumps({"do": command, "id": number}))
                answer = json.loads(await socket.recv())
                if answer["answer"] != number or "status" in answer:
                    raise RuntimeError(f"a command was answered with {answer}")
            took = time.perf_counter() - begin
            trips["request" if number % 2 else "trip"].append(took)
            await asyncio.sleep(max(1.0 / COMMANDS_PER_SECOND - took, 0.0))


def _percentile(values: list[float], q: float) -> float:
    return float(np.percentile(values, q)) if values else float("nan")


if __name__ == "__main__":
    sys.exit(main())
