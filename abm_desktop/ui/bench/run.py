"""`abm-desktop bench ui`: the probes, each in a process of its own, and the report of them."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from abm_desktop import child_python
from abm_desktop.bench.report import OURS, Report
from abm_desktop.ui.bench import yardstick

__all__ = ["run", "run_served"]

TARGETS = {
    "first frame": 2000.0,
    "first market": 5000.0,
    "frame, median": 12.0,
    "frame, p99": 33.0,
    "event loop delay, p99": 16.0,
    "memory growth": 5.0,
    "memory, most": 700.0,
    "theme change, most": 250.0,
    "scrub, p95": 100.0,
}
"""What each figure should stay under: ms, MiB, and percent."""

UNEVEN = 1.5
"""A machine whose p99 of the same work is so many times its median is told to be uneven."""


def run(
    *, repeats: int, seconds: float, training: bool = True, minutes: float = 0.0, trades: int = 0
) -> Report:
    """Measure the window with the default market, and the Analytics tab in use.

    Args:
        repeats: starts of the window; the median counts.
        seconds: how long the market runs at full speed, with and without a training beside it.
        training: whether to measure beside a PPO training too.
        minutes: how long memory is watched at full speed besides; 0 leaves it out.
        trades: length of the session in which past moments are looked at; 0 leaves it out.

    Raises:
        RuntimeError: if a probe fails; the text says why.
    """
    report = Report("ui")
    starts = [_probe("first") for _ in range(repeats)]
    report.add("first frame", OURS, [s["first_frame"] * 1000 for s in starts], "ms")
    report.add("first market", OURS, [s["first_market"] * 1000 for s in starts], "ms")
    even = yardstick.measure(seconds)
    report.add("machine: the same work, median", OURS, [even["median"] * 1000], "ms")
    report.add("machine: the same work, p99", OURS, [even["p99"] * 1000], "ms")
    loads = [("full speed", False)] + ([("full speed and PPO", True)] if training else [])
    for name, beside in loads:
        options = ["--training"] if beside else []
        found = _probe("load", "--seconds", str(seconds), *options)
        for title, key in (
            ("frame, median", "frame_median"),
            ("frame, p99", "frame_p99"),
            ("event loop delay, p99", "delay_p99"),
            ("event loop delay, most", "delay_max"),
        ):
            report.add(f"{name}: {title}", OURS, [found[key]], "ms")
        report.add(f"{name}: market", OURS, [found["events_per_second"]], "events/s")
        growth = 100.0 * (found["memory_end"] / found["memory_start"] - 1.0)
        report.add(f"{name}: memory", OURS, [found["memory_end"]], "MiB")
        report.add(f"{name}: memory growth", OURS, [growth], "%")
        report.notes.append(
            f"{name}: {found['frames']:.0f} frames in {found['seconds']:.0f} s; memory grew from "
            f"{found['memory_start']:.0f} to {found['memory_end']:.0f} MiB in the last four fifths"
        )
    for _, beside in loads:
        options = ["--training"] if beside else []
        name = "Analytics and PPO" if beside else "Analytics"
        _add_pages(report, name, _probe("pages", "--seconds", str(seconds), *options))
    if minutes > 0:
        found = _probe("memory", "--seconds", str(60.0 * minutes))
        growth = 100.0 * (found["memory_end"] / found["memory_start"] - 1.0)
        report.add(f"{minutes:g} min: memory", OURS, [found["memory_end"]], "MiB")
        report.add(f"{minutes:g} min: memory growth", OURS, [growth], "%")
        report.notes.append(
            f"memory: {found['memory_start']:.0f} MiB after a third of the time, "
            f"{found['memory_end']:.0f} MiB at the end, {found['trades']:,.0f} trades"
        )
    if trades > 0:
        found = _probe("scrub", "--trades", str(trades))
        for title, key in (("median", "scrub_median"), ("p95", "scrub_p95"), ("most", "scrub_max")):
            report.add(f"scrub, {title}", OURS, [found[key]], "ms")
        report.notes.append(
            f"scrub: {found['looks']:.0f} moments of a session of {found['trades']:,.0f} trades "
            f"({found['session'] / 3600.0:.1f} simulated hours), each with the five minutes around"
        )
    for row in report.rows:
        limit = next((v for k, v in TARGETS.items() if row.case.endswith(k)), None)
        if limit is not None and row.value > limit:
            report.notes.append(f"{row.case}: {row.value:.1f} {row.unit}, aimed at {limit:g}")
    uneven = even["p99"] / even["median"]
    if uneven > UNEVEN:
        report.notes.append(
            f"this machine is uneven by itself: work that is always the same took {uneven:.1f} "
            "times its median once in a hundred, so what is p99 or most here is the machine's too"
        )
    return report


def _add_pages(report: Report, name: str, found: dict[str, float]) -> None:
    """Add what :func:`abm_desktop.ui.bench.pages.measure` has found."""
    for title, key in (
        ("frame, median", "frame_median"),
        ("frame, p99", "frame_p99"),
        ("event loop delay, p99", "delay_p99"),
        ("event loop delay, most", "delay_max"),
        ("first sight of a page, most", "first_sight_most"),
        ("turn to a page, median", "turn_median"),
        ("turn to a page, most", "turn_most"),
        ("theme change, median", "theme_median"),
        ("theme change, most", "theme_most"),
    ):
        report.add(f"{name}: {title}", OURS, [found[key]], "ms")
    report.add(f"{name}: memory, most", OURS, [found["memory_most"]], "MiB")
    report.add(f"{name}: memory of the worker", OURS, [found["worker_most"]], "MiB")
    report.notes.append(
        f"{name}: {found['turns']:.0f} pages, {found['frames']:.0f} frames in "
        f"{found['seconds']:.0f} s; sights, turns and theme changes: how long the loop stood still"
    )


SERVED_TARGETS = {
    "command round trip, median": 5.0,
    "command round trip, p99": 20.0,
    "snapshot age, p99": 50.0,
    "frame, p99": 33.0,
    "slower with clients": 10.0,
}
"""What each figure should stay under: ms, and percent."""


def run_served(*, seconds: float, clients: int = 8, training: bool = True) -> Report:
    """Measure the control API of a window whose market runs at full speed.

    Args:
        seconds: of each stretch: without clients, with them, without them again.
        clients: streams of snapshots, trades and outcomes at 30 Hz each.
        training: whether to measure beside a PPO training too.

    Raises:
        RuntimeError: if a probe fails; the text says why.
    """
    report = Report("serve")
    for name, beside in [("full speed", False)] + (
        [("full speed and PPO", True)] if training else []
    ):
        options = ["--training"] if beside else []
        found = _probe("served", "--seconds", str(seconds), "--clients", str(clients), *options)
        for title, key in (
            ("command round trip, median", "trip_median"),
            ("command round trip, p99", "trip_p99"),
            ("command as a request, median", "request_median"),
            ("command as a request, p99", "request_p99"),
            ("snapshot age, median", "age_median"),
            ("snapshot age, p99", "age_p99"),
            ("frame, p99", "frame_p99"),
        ):
            report.add(f"{name}: {title}", OURS, [found[key] * 1000.0], "ms")
        without = (found["before"] + found["after"]) / 2.0
        report.add(f"{name}: market without clients", OURS, [without], "events/s")
        report.add(f"{name}: market with clients", OURS, [found["during"]], "events/s")
        slower = 100.0 * (1.0 - found["during"] / without)
        report.add(f"{name}: slower with clients", OURS, [slower], "%")
        report.notes.append(
            f"{name}: {clients} clients heard {found['states_per_second']:.1f} snapshots a second "
            f"each, {found['messages']:,.0f} messages, {found['bytes'] / 2**20:.1f} MiB in all, "
            f"{found['missed']:.0f} times told of missed events; {found['commands']:.0f} commands; "
            f"without clients {found['before']:,.0f} events/s before, {found['after']:,.0f} after"
        )
        for when, cores in (("with", found["cores"]), ("without", found["cores_before"])):
            told = ", ".join(f"{name} {used:.2f}" for name, used in cores.items())
            report.notes.append(f"{name}: cores in use {when} clients: {told}")
    for row in report.rows:
        limit = next((v for k, v in SERVED_TARGETS.items() if row.case.endswith(k)), None)
        if limit is not None and row.value > limit:
            report.notes.append(f"{row.case}: {row.value:.1f} {row.unit}, aimed at {limit:g}")
    return report


def _probe(*arguments: str) -> dict[str, Any]:
    environment = child_python.environment(PYTHONUNBUFFERED="1")
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        child_python.command("abm_desktop.ui.bench.probe", *arguments),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"the window could not be measured: {last}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
