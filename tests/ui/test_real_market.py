"""The window with the real market behind it, and the program as a person starts and ends it."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from support.long_tests import long

from abm_desktop import paths
from abm_desktop.live import RunState
from abm_desktop.ui.main_window import MainWindow

LOADED = 60_000
"""Milliseconds for the first market: includes compiling, where nothing is cached yet."""


@pytest.fixture
def window(qtbot, settings):
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    yield window
    window.close()
    window.session.close()


def snapshot(window):
    return window._snapshot


def test_load_run_inject_reset(qtbot, window):
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: snapshot(window) is not None, timeout=LOADED)
    assert snapshot(window).state is RunState.PAUSED and snapshot(window).time == 0.0
    assert "Best bid" in window.market.ladder.describe()

    events = snapshot(window).events
    # One event is one trader's turn: no message to the book, or a maker's dozen.
    for _ in range(2):
        time = snapshot(window).time
        window.commands["market.step_event"].trigger()
        qtbot.waitUntil(lambda time=time: snapshot(window).time > time, timeout=LOADED)
    assert events < snapshot(window).events < events + 50
    window.commands["market.step_interval"].trigger()
    qtbot.waitUntil(lambda: snapshot(window).time >= 10.0, timeout=LOADED)
    assert snapshot(window).state is RunState.PAUSED

    window.market.transport.set_speed(200.0)
    window.commands["market.toggle"].trigger()
    qtbot.waitUntil(lambda: snapshot(window).time > 60.0, timeout=LOADED)
    assert snapshot(window).state is RunState.RUNNING
    assert snapshot(window).events_per_second > 0
    assert len(window.market.price.trades) > 0
    # Slow enough that the shock lasts for many frames.
    window.market.transport.set_speed(20.0)
    window.market.stress.inject("liquidity_shock")
    qtbot.waitUntil(lambda: len(snapshot(window).stresses) == 1)
    assert snapshot(window).marks
    assert "Liquidity shock" in window.status.stress.words
    window.commands["view.analytics"].trigger()
    window.commands["analytics.traders"].trigger()
    table = window.analytics.page("traders").table
    qtbot.waitUntil(lambda: table.model().rowCount() >= 5)
    window.commands["analytics.stress"].trigger()
    report = window.analytics.page("stress")
    # Computed in the other process, while the market runs.
    qtbot.waitUntil(lambda: bool(report.reports), timeout=LOADED)
    (found,) = report.reports.values()
    assert found.stress.kind == "liquidity_shock" and found.since > 0
    assert abs(sum(c.pnl for c in found.classes)) < 0.5

    window.market.transport.seed.setValue(99)
    window.commands["market.reset"].trigger()
    qtbot.waitUntil(lambda: snapshot(window).seed == 99)
    assert snapshot(window).time == 0.0 and not snapshot(window).marks


def test_a_wrong_file_leaves_the_running_market_alone(qtbot, window, tmp_path):
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: snapshot(window) is not None, timeout=LOADED)
    window.commands["market.toggle"].trigger()
    qtbot.waitUntil(lambda: snapshot(window).state is RunState.RUNNING)
    before = snapshot(window)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 'x'\n[market]\ntick_sise = 1\n")
    window.session.open(wrong)
    not_data = tmp_path / "data.zip"
    not_data.write_bytes(b"this is no archive")
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.trouble.findings[0].line == 3
    window.session.open(not_data)
    qtbot.waitUntil(lambda: "data.zip" in window.notice.title.text())
    qtbot.waitUntil(lambda: snapshot(window).time > before.time)
    assert snapshot(window).generation == before.generation


@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, pytest.param(signal.SIGINT, marks=long("starts the program"))],
    ids=lambda number: number.name,
)
def test_the_program_ends_cleanly_on_a_signal(tmp_path, number):
    environment = dict(
        os.environ,
        QT_QPA_PLATFORM="offscreen",
        ABM_DESKTOP_CONFIG=str(tmp_path / "config"),
        ABM_DESKTOP_DATA=str(tmp_path / "data"),
    )
    ready = tmp_path / "config" / "window.ini"
    program = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c",
         "from abm_desktop.ui.app import run_window; raise SystemExit(run_window())"],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        # The file is written once the first scenario is open, so the window is up by then.
        deadline = time.monotonic() + 60
        while not (ready.exists() and "calm.toml" in ready.read_text()):
            assert program.poll() is None, program.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        children = psutil.Process(program.pid).children(recursive=True)
        program.send_signal(number)
        _, errors = program.communicate(timeout=15)
        assert program.returncode == 0, errors
        assert "Traceback" not in errors
        assert not psutil.wait_procs(children, timeout=5)[1]
    finally:
        program.kill()


def test_the_icon_is_there(qtbot, window):
    assert (paths.resource_dir() / "icon.svg").is_file()
    assert not window.windowIcon().isNull()
