"""`abm-desktop bench ui`: the figures are there, and of what they claim."""

import json
import time

import pytest
from PySide6.QtCore import QTimer
from support.long_tests import long

from abm_desktop.commands.bench import bench
from abm_desktop.commands.console import Failed
from abm_desktop.ui.bench import run, yardstick
from abm_desktop.ui.bench.watch import LoopDelay, TimedWindow, percentile

LOAD = {
    "seconds": 5.0, "frames": 150.0, "frame_median": 5.0, "frame_p99": 40.0,
    "delay_p99": 8.0, "delay_max": 60.0, "events_per_second": 1e6,
    "memory_start": 200.0, "memory_end": 220.0,
}  # fmt: skip

IN_USE = {
    "seconds": 20.0, "frames": 470.0, "frame_median": 2.0, "frame_p99": 21.0,
    "delay_p99": 6.0, "delay_max": 30.0, "first_sight_most": 390.0,
    "turns": 8.0, "turn_median": 50.0, "turn_most": 110.0,
    "theme_median": 140.0, "theme_most": 310.0, "memory_most": 710.0, "worker_most": 270.0,
}  # fmt: skip


def answers(what, *_options):
    """What the probes of a usual report find."""
    first = {"first_frame": 1.0, "first_market": 6.0}
    return {"first": first, "pages": IN_USE}.get(what, LOAD)


@long("plays four windows in processes of their own")
def test_report_and_json(capsys, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert bench("ui", lobster=[], peers=False, repeats=1, messages=10_000, as_json=True,
                 seconds=1.0, training=False) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    rows = {row["case"]: row["value"] for row in found["rows"]}
    assert found["bench"] == "ui"
    assert 0 < rows["first frame"] < rows["first market"]
    assert 0 < rows["full speed: frame, median"] <= rows["full speed: frame, p99"]
    assert rows["full speed: event loop delay, p99"] <= rows["full speed: event loop delay, most"]
    assert rows["full speed: market"] > 10_000 and rows["full speed: memory"] > 50
    assert 0 < rows["Analytics: frame, median"] <= rows["Analytics: frame, p99"]
    assert 0 < rows["Analytics: turn to a page, median"] <= rows["Analytics: turn to a page, most"]
    assert 0 < rows["Analytics: theme change, median"] <= rows["Analytics: theme change, most"]
    # The worker has loaded what it measures with.
    assert rows["Analytics: memory, most"] > 50 and rows["Analytics: memory of the worker"] > 20


@long("plays a session of its own")
def test_scrubbing_and_memory_are_measured_when_asked_for(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = run._probe("scrub", "--trades", "1500", "--looks", "8")
    assert found["trades"] >= 1500 and found["looks"] == 8 and found["session"] > 60
    assert 0 < found["scrub_median"] <= found["scrub_p95"] <= found["scrub_max"]
    asked = []
    kept = {"memory_start": 300.0, "memory_end": 330.0, "trades": 1e7}

    def probe(what, *options):
        asked.append((what, *options))
        if what == "scrub":
            return found | {"scrub_p95": 140.0}
        return kept if what == "memory" else answers(what)

    monkeypatch.setattr(run, "_probe", probe)
    report = run.run(repeats=1, seconds=0.1, training=False, minutes=30, trades=10_000_000)
    assert ("memory", "--seconds", "1800") in [(a, b, c.split(".")[0]) for a, b, c in asked[3:]]
    assert ("scrub", "--trades", "10000000") in asked
    rows = {row.case: row.value for row in report.rows}
    assert rows["30 min: memory growth"] == pytest.approx(10.0)
    assert "scrub, p95: 140.0 ms, aimed at 100" in report.notes
    assert "30 min: memory growth: 10.0 %, aimed at 5" in report.notes


def test_a_probe_that_fails_says_why(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    with pytest.raises(Failed, match="could not be measured"):
        bench("ui", lobster=[], peers=False, repeats=1, messages=10_000, as_json=True)


def test_growth_and_misses_are_noted(monkeypatch):
    monkeypatch.setattr(run, "_probe", answers)
    uneven = {"median": 0.01, "p99": 0.034}
    monkeypatch.setattr(run.yardstick, "measure", lambda _seconds: uneven)
    report = run.run(repeats=2, seconds=5.0)
    rows = {row.case: row.value for row in report.rows}
    assert rows["full speed and PPO: memory growth"] == pytest.approx(10.0)
    assert "full speed: frame, p99: 40.0 ms, aimed at 33" in report.notes
    assert "full speed: memory growth: 10.0 %, aimed at 5" in report.notes
    assert not any("delay, p99" in note for note in report.notes)
    assert "first market: 6000.0 ms, aimed at 5000" in report.notes
    assert "Analytics: theme change, most: 310.0 ms, aimed at 250" in report.notes
    assert "Analytics and PPO: memory, most: 710.0 MiB, aimed at 700" in report.notes
    assert rows["Analytics and PPO: frame, p99"] == 21.0
    assert rows["Analytics: memory of the worker"] == 270.0
    assert rows["machine: the same work, p99"] == pytest.approx(34.0)
    assert any("uneven by itself" in note and "3.4 times" in note for note in report.notes)
    uneven["p99"] = 0.012
    assert not any("uneven" in note for note in run.run(repeats=2, seconds=5.0).notes)


def test_the_same_work_is_measured():
    found = yardstick.measure(0.2)
    assert 0 < found["median"] <= found["p99"]


def test_a_late_event_loop_is_seen(qtbot):
    delay = LoopDelay()
    qtbot.waitUntil(lambda: len(delay.delays) > 3)

    def block():
        end = time.perf_counter() + 0.1
        while time.perf_counter() < end:
            pass

    QTimer.singleShot(0, block)
    qtbot.waitUntil(lambda: max(delay.delays) > 0.08)
    assert percentile([0.001] * 99 + [0.1], 50) == pytest.approx(1.0)


def test_frames_count_taking_and_painting(qtbot, live, settings):
    window = TimedWindow()
    qtbot.addWidget(window)
    window.frame_timer.stop()
    window.session.attach(live)
    window.show()
    qtbot.waitUntil(lambda: window.first_paint is not None)
    window.draw()
    before = len(window.frames)
    window.market.ladder.update()
    window.repaint()
    window.draw()
    assert len(window.frames) == before + 1 and window.frames[-1] > 0
    window.session.close()
