"""After a crash the session is offered again, and comes back at the same moment, bit by bit."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_live import FakeLive, make_snapshot

from abm_desktop.live.commands import PlaceOrder, read_command
from abm_desktop.live.refusals import OpeningCancelled
from abm_desktop.live.session_record import SessionRecord, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.scenario import Scenario
from abm_desktop.ui.autosave import find_left, folder
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.whole_files import claim

LOADED = 60_000
# The program as it is, with somebody who runs the market, stresses it, and reports.
PROGRAM = """
import json, sys
from pathlib import Path
from abm_desktop.live.commands import Inject, PlaceOrder, RunMarket, StepTime
from abm_desktop.scenario import FlashCrash, LiquidityShock
from abm_desktop.ui import app, main_window

class Window(main_window.MainWindow):
    done = 0

    def draw(self):
        super().draw()
        s = self.snapshot
        if s is None:
            return
        if self.done == 0:
            self.done = 1
            do = self.session.live.do
            do(StepTime(seconds=30.0))
            do(Inject(stress=LiquidityShock(magnitude=1.0, duration=60.0)))
            do(PlaceOrder(side=1, size=5))
            do(StepTime(seconds=30.0))
            do(Inject(stress=FlashCrash(magnitude=0.02, duration=60.0), at=90.0))
        do = self.session.live.do
        if self.done == 1 and s.time >= 60.0 and s.planned:
            self.done = 2
            self.autosave.save()
            self.session.set_speed(None)
            do(RunMarket())
        elif self.done == 2 and self.autosave.file.exists() and s.time > 65.0:
            print(json.dumps({"time": s.time}), flush=True)

app.MainWindow = Window
raise SystemExit(app.run_window(Path(sys.argv[1])))
"""


@pytest.fixture
def crashed(tmp_path):
    """What a program that was killed while its market ran at full speed has left."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    scenario = tmp_path / "short.toml"
    scenario.write_text('name = "short"\n[market]\nwarm_up = "2min"\n')
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(scenario)],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    line = program.stdout.readline()
    program.send_signal(signal.SIGKILL)
    program.wait(10)
    program.stdout.close()
    assert json.loads(line)["time"] > 65.0
    return scenario


@pytest.fixture
def next_start(qtbot, settings):
    """The window at the start after it."""
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    window.autosave.begin()
    yield window
    window.session.close()
    window.autosave.end()


@pytest.mark.timeout(200)
def test_a_killed_session_is_recovered_bit_by_bit(qtbot, crashed, next_start):
    window = next_start
    qtbot.waitUntil(window.offer.isVisible, timeout=10_000)
    assert "short" in window.offer.text.text() and "1:00" in window.offer.text.text()
    (left,) = find_left()
    window.offer.buttons[0].click()
    qtbot.waitUntil(lambda: window.snapshot.source == "short", timeout=LOADED)
    snapshot = window.snapshot
    # The same market, computed here without any of it.
    alone = SimulatedFeed(Scenario.model_validate(left.record.scenario), snapshot.seed)
    alone.advance(30.0)
    alone.do(read_command(left.record.commands[0]["command"]))
    alone.do(PlaceOrder(side=1, size=5))
    alone.advance(60.0)
    assert snapshot.time == 60.0 and snapshot.events == alone.events
    assert window.session.live._feed.simulator.checksum() == alone.simulator.checksum()
    assert snapshot.own.traded == 5
    assert [p.kind for p in snapshot.planned] == ["flash_crash"]
    assert window.session.file == crashed and window.session.scenario.name == "short"
    assert [(s.kind, s.start, s.end) for s in window.session.stress_log.spans] == [
        ("liquidity_shock", 30.0, 90.0)
    ]
    assert len(snapshot.history) > 500
    # What was recovered is not offered again, and is kept anew.
    assert not left.file.exists() and not window.offer.isVisible()
    window.autosave.save()
    qtbot.waitUntil(window.autosave.file.exists)
    assert SessionRecord.read(window.autosave.file).checksum == left.record.checksum
    assert find_left() == []


def left_behind(source="calm", **changes):
    """A session of a process that is gone."""
    values = {"source": source, "seed": 3, "time": 61.0, "events": 10, "saved": time.time(),
              "scenario": {"name": source}, "next_scenario": {"name": source},
              "program": {"pid": 2**22 + 1}} | changes  # fmt: skip
    file = folder() / f"{source}.json"
    SessionRecord(**values).write(file)
    return file


@pytest.fixture
def begun(qtbot, window):
    window.autosave.begin()
    yield window
    window.autosave.end()


def test_discarding_offers_the_next_and_leaves_the_market(qtbot, live, settings):
    old = left_behind("old", saved=time.time() - 100)
    new = left_behind("new")
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.show()
    window.autosave.begin()
    qtbot.waitUntil(window.offer.isVisible)
    assert "new" in window.offer.text.text()
    window.offer.buttons[1].click()
    assert not new.exists() and "old" in window.offer.text.text()
    window.offer.buttons[1].click()
    assert not old.exists() and not window.offer.isVisible()
    assert not live.called("recover")
    window.session.close()
    window.autosave.end()


def test_a_session_that_cannot_be_recovered_says_why_and_stays(qtbot, window, live):
    file = left_behind("broken", next_scenario={"name": "broken", "market": {"tick_size": -1}})
    window.autosave.begin()
    qtbot.waitUntil(window.offer.isVisible)
    window.offer.buttons[0].click()
    qtbot.waitUntil(window.notice.isVisible)
    assert "tick_size" in window.notice.text.text() and "Discard" in window.notice.text.text()
    assert window.offer.isVisible() and file.exists()
    window.autosave.end()


def test_cancelling_a_recovery_offers_it_again(qtbot, window, live):
    left_behind("calm")
    window.autosave.begin()
    qtbot.waitUntil(window.offer.isVisible)
    window.offer.buttons[0].click()
    qtbot.waitUntil(lambda: bool(live.called("recover")))
    live.refuse(OpeningCancelled(), live.ticket.number)
    window.draw()
    assert window.offer.isVisible() and not window.notice.isVisible()
    assert "Cancelled" in window.status.message.words
    window.autosave.end()


def test_files_that_are_none_are_put_aside_and_running_programs_left_alone(tmp_path):
    """Neither the number of a process nor a clock tells which is which."""
    folder().mkdir(parents=True)
    (folder() / "half.json").write_text('{"version": 1, "sour')
    running = left_behind("running", program={"pid": 2**22 + 1})
    held = claim(folder(), "running")
    gone = left_behind("gone", program={"pid": os.getpid()})
    assert [left.file for left in find_left()] == [gone]
    assert (folder() / "half.unreadable").exists()
    held.release()
    assert {left.file for left in find_left()} == {gone, running}


BAD = {
    "empty": "",
    "list": "[]",
    "deep": "[" * 100_000,
    "digits": '{"version": 1, "seed": ' + "9" * 5000 + "}",
    "nan": '{"saved": NaN}',
    "seed": '{"seed": -1}',
    "time": '{"time": 1e300}',
    "bool": '{"time": true}',
    "clock": '{"saved": "today"}',
    "commands": '{"commands": {"do": "run"}}',
    "flat": '{"commands": [{"do": "x", "at": 5.0}]}',
    "turned": '{"commands": [{"command": {}, "at": 5.0}, {"command": {}, "at": 4.0}]}',
    "program": '{"program": []}',
    "file": '{"program": {"file": 5}}',
    "more": '{"further": 1}',
    "bytes": "\udcff",
}


def test_one_bad_record_hides_no_other(caplog):
    good = left_behind("good")
    plain = json.loads(good.read_text())
    for name, text in BAD.items():
        if text.startswith("{") and "version" not in text:
            text = json.dumps(plain)[:-1] + ", " + text[1:]  # the later of two keys holds
        (folder() / f"{name}.json").write_text(text, errors="surrogateescape")
    (folder() / "folder.json").mkdir()
    assert [left.file for left in find_left()] == [good]
    (warning,) = caplog.records
    assert f"{len(BAD) + 1} sessions" in warning.getMessage()
    assert not list(folder().glob("seed.json"))


def test_a_command_of_another_program_is_told(tmp_path):
    for command in ({"do": "fly"}, {"do": "place_order"}, {"do": "inject", "stress": 5}):
        record = SessionRecord("x", 3, 5.0, 1, 1.0, scenario={"name": "x"},
                               commands=[{"at": 1.0, "command": command}])  # fmt: skip
        with pytest.raises(ValueError):
            restore(record)


def test_autosave_keeps_only_what_is_new_and_can_be_switched_off(qtbot, window, live, settings):
    window.autosave.save()
    window.autosave.save()
    assert len(live.called("keep")) == 1
    file, program = live.called("keep")[0]
    assert file.parent == folder() and program["pid"] == os.getpid()
    assert settings.bytes("desk") is not None
    live.show(time=700.0)
    window.autosave.save()
    assert len(live.called("keep")) == 2
    settings.choose("autosave_seconds", "40")
    window.controls.follow_preference("autosave_seconds")
    assert window.autosave.timer.isActive() and window.autosave.timer.interval() == 40_000
    settings.choose("autosave", "0")
    window.controls.follow_preference("autosave")
    assert not window.autosave.timer.isActive()


def test_a_proper_end_leaves_nothing(qtbot, settings):
    window = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(window)
    window.autosave.file.parent.mkdir(parents=True)
    window.autosave.file.write_text("{}")
    window.session.close()
    window.autosave.end()
    assert list(Path(folder()).iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_once(window, tmp_path):
    folder().parent.mkdir(parents=True, exist_ok=True)
    folder().write_text("")
    troubles = []
    window.session.trouble.connect(troubles.append)
    for _ in range(3):
        window.autosave.save()
    (trouble,) = troubles
    assert str(folder()) in trouble.text and "ABM_DESKTOP_DATA" in trouble.text
