"""The program on a real X display, driven with real keys and clicks, as a person would."""

import json
import os
import shutil
import subprocess
import sys
import time

import psutil
import pytest
from support.long_tests import IS_LONG

from abm_desktop import paths

NEEDED = ("Xvfb", "xdotool")
MISSING = [tool for tool in NEEDED if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING) or not sys.platform.startswith("linux"),
    reason=f"needs {' and '.join(MISSING or NEEDED)} (Debian: apt-get install xvfb xdotool)",
)

# The program as it is, but for a window that tells a file what it shows.
PROGRAM = """
import json, os, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from abm_desktop.ui import app, main_window

def typed():
    dialog = QApplication.activeModalWidget()
    edit = dialog.findChild(QLineEdit) if dialog is not None else None
    return edit.text() if edit is not None else None

def middle(window, text):
    # Where the button with this text can be clicked; None where it cannot.
    for button in window.findChildren(QPushButton):
        seen = button.isVisible() and button.isEnabled() and not button.visibleRegion().isEmpty()
        if button.text() == text and seen:
            where = button.mapTo(window, button.visibleRegion().boundingRect().center())
            return [where.x(), where.y()]
    return None

class Window(main_window.MainWindow):
    def load_rl_tab(self):
        super().load_rl_tab()
        # A short training: two rounds of little.
        for name, value in (("iterations", 2), ("envs_per_worker", 8), ("rollout_length", 32),
                            ("minibatch_size", 64), ("evaluate_after", False)):
            try:
                self.rl.form.set_value(name, value)
            except KeyError:
                pass

    def draw(self):
        super().draw()
        s = self.snapshot
        if s is None:
            return
        file = Path(sys.argv[2])
        file.with_suffix(".new").write_text(json.dumps({
            "title": self.windowTitle(), "state": str(s.state), "time": s.time, "seed": s.seed,
            "stresses": [[a.kind, a.start] for a in s.stresses], "tab": self.tabs.currentIndex(),
            "span": self.market.price.getPlotItem().getViewBox().viewRange()[0],
            "trouble": self.notice.title.text() if self.notice.isVisible() else "",
            "typed": typed(), "tour": self.tour is not None, "own": 0 if s.own is None else
            s.own.traded, "training": self.rl is not None and bool(self.rl.is_training),
            "start": middle(self, "Start training"), "load": middle(self, "Load into market"),
            "rl": sum(c.traders for c in s.classes if c.name == "rl"),
            "kept": self.autosave.file.exists(), "offer": self.offer.isVisible(),
            "recent": [str(p) for p in self.settings.recent],
        }))
        os.replace(file.with_suffix(".new"), file)

app.MainWindow = Window
raise SystemExit(app.run_window(Path(sys.argv[1])))
"""


@pytest.fixture
def display():
    """A virtual X display of 1280 x 800 pixels."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Person:
    """Somebody at the keyboard of one window, who reads what it shows."""

    def __init__(self, environment, program, report):
        self.environment, self.program, self.report = environment, program, report

    def does(self, *command):
        return subprocess.run(
            ["xdotool", *command], env=self.environment, capture_output=True, text=True, timeout=20
        ).stdout

    def presses(self, *keys):
        self.does("key", "--clearmodifiers", *keys)

    def clicks(self, window, where):
        x, y = where
        self.does("mousemove", "--window", window, str(x), str(y), "click", "1")

    def types(self, text, attempts=5):
        """Type into the dialog that is open, again where keys of a busy display were lost."""
        for _ in range(attempts):
            self.sees(lambda s: s["typed"] is not None)
            self.presses("ctrl+a")
            self.does("type", "--delay", "15", text)
            try:
                self.sees(lambda s: s["typed"] == text, seconds=8.0)
            except AssertionError:
                continue
            return
        raise AssertionError(f"{text!r} could not be typed in {attempts} attempts")

    def sees(self, condition, seconds=60.0):
        """Wait until what the window shows fulfils ``condition``; returns it."""
        end = time.monotonic() + seconds
        shown = None
        while time.monotonic() < end:
            assert self.program.poll() is None, self.program.stderr.read()
            if self.report.exists():
                shown = json.loads(self.report.read_text())
                if condition(shown):
                    return shown
            time.sleep(0.03)
        raise AssertionError(f"did not come within {seconds} s; the window shows {shown}")


@pytest.fixture
def person(display, tmp_path):
    environment = dict(
        os.environ, DISPLAY=display, QT_QPA_PLATFORM="xcb",
        ABM_DESKTOP_CONFIG=str(tmp_path / "config"), ABM_DESKTOP_DATA=str(tmp_path / "data"),
    )  # fmt: skip
    report = tmp_path / "shown.json"
    scenario = paths.scenario_dir() / "flash_crash.toml"
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(scenario), str(report)],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield Person(environment, program, report)
    program.kill()
    program.wait(10)


def train_and_load(person, window):
    """Train a model beside the market, and let it trade there."""
    person.does("windowfocus", "--sync", window)
    person.presses("Escape")
    person.presses("ctrl+3")
    before = person.sees(lambda s: s["tab"] == 3 and s["start"])
    person.clicks(window, before["start"])
    person.sees(lambda s: s["training"])
    trained = person.sees(lambda s: not s["training"] and s["load"], seconds=200)
    assert not trained["trouble"] and trained["time"] > before["time"]
    person.clicks(window, trained["load"])
    person.sees(lambda s: s["rl"] >= 1)


@pytest.mark.timeout(400)
def test_a_person_opens_runs_stresses_and_closes(person, tmp_path):
    person.sees(lambda s: "flash crash" in s["title"] and s["state"] == "paused", seconds=180)
    window = person.does("search", "--onlyvisible", "--name", "ABM Desktop").split()[0]
    person.does("windowfocus", "--sync", window)
    # The first start shows the tour, once; Esc skips it.
    person.sees(lambda s: s["tour"])
    person.presses("Escape")
    person.sees(lambda s: not s["tour"])
    person.presses("F5")
    person.sees(lambda s: s["state"] == "running" and s["time"] > 1)
    person.presses("F6")
    person.sees(lambda s: s["own"] == 5)
    person.presses("ctrl+shift+l")
    shown = person.sees(lambda s: any(kind == "liquidity_shock" for kind, _ in s["stresses"]))
    # Through the palette, by a few letters.
    person.presses("ctrl+k")
    person.does("type", "--delay", "20", "inject vol")
    person.presses("Return")
    shown = person.sees(lambda s: any(kind == "volatility_spike" for kind, _ in s["stresses"]))
    assert not shown["trouble"]
    # The wheel over the price chart shows less time.
    before = shown["span"][1] - shown["span"][0]
    person.does("mousemove", "--window", window, "600", "350", "click", "4", "click", "4")
    person.sees(lambda s: s["span"][1] - s["span"][0] < 0.9 * before)
    for tab in (0, 2, 3, 1):
        person.presses(f"ctrl+{tab}")
        person.sees(lambda s, tab=tab: s["tab"] == tab)
    # A wrong file is refused; the market goes on.
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 'x'\n[market]\ntick_sise = 1\n")
    person.presses("ctrl+o")
    person.does("search", "--sync", "--onlyvisible", "--name", "Open scenario")
    person.types(str(wrong))
    person.presses("Return")
    running = person.sees(lambda s: "wrong.toml" in s["trouble"] and s["state"] == "running")
    person.sees(lambda s: s["time"] > running["time"])
    assert not any("wrong" in file for file in running["recent"])
    if IS_LONG:
        train_and_load(person, window)
    children = psutil.Process(person.program.pid).children(recursive=True)
    person.does("windowfocus", "--sync", window)
    person.presses("ctrl+q")
    _, errors = person.program.communicate(timeout=15)
    assert person.program.returncode == 0 and "Traceback" not in errors, errors
    assert not psutil.wait_procs(children, timeout=5)[1]
    # A proper end leaves nothing to recover.
    assert not list((tmp_path / "data" / "sessions").glob("*.json"))
