"""A main window with a recording market, on an offscreen display."""

import itertools
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# pytest imports tests by path here, so helpers beside them have to be put within reach.
sys.path.insert(0, str(Path(__file__).parent))

import pytest
from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import QCoreApplication, QEvent
from support.memory import give_back

from abm_desktop.desk import busy_machine
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import styled_at_the_end
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.settings import Settings


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Let go of windows between tests: each holds a session, and a history of megabytes.

    A window and its parts know each other, so only the collector frees them. By itself it looks at
    all objects when there is a quarter more of them, which is after a hundred windows. Fixtures
    hold theirs to the very end of a test, hence this hook. Not after every test: a collection takes
    as long as a third of a window.
    """
    result = yield
    if QCoreApplication.instance() is not None:
        # Qt puts off deletions to an event loop, and between tests none runs.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if next(_ended) % 6 == 0:
            give_back()
    return result


_ended = itertools.count(1)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Keep the user's own settings out of the tests, and the tests out of them."""
    monkeypatch.setenv("ABM_DESKTOP_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def idle_machine(monkeypatch):
    """What the window says is not to depend on what else the machine does."""
    monkeypatch.setattr(busy_machine, "_load", lambda: 0.0)


class Shared:
    """What all tests of a module have in common: a window, its market and its settings."""

    def __init__(self, folder):
        self.live = FakeLive()
        self.settings = Settings(folder / "window.ini")
        self.window = None
        self._generations = itertools.count(1000)

    def renew(self):
        """Another market, and nothing done to it yet."""
        self.live.commands.clear()
        self.live.calls.clear()
        self.live.compile_progress = self.live.progress = self.live.past = None
        self.live.snapshot = make_snapshot(generation=next(self._generations))
        if self.window is not None:
            self.window.session.scenario = self.window.session.file = None
            self.window.notice.dismiss()
            self.window.market.back_to_live()
            self.window.draw()

    def close(self):
        if self.window is not None:
            self.window.session.close()
            self.window.close()
            self.window.deleteLater()


@pytest.fixture(scope="module")
def shared_by_module(request, tmp_path_factory):
    """None, unless the module says ``ONE_WINDOW = True``: a window takes longer than most tests."""
    if not getattr(request.module, "ONE_WINDOW", False):
        yield None
        return
    shared = Shared(tmp_path_factory.mktemp("shared"))
    yield shared
    shared.close()


@pytest.fixture
def own_window():
    """Ask for it, and the test has a window to itself where the others share one."""


@pytest.fixture
def shared(request, shared_by_module):
    return None if "own_window" in request.fixturenames else shared_by_module


@pytest.fixture
def live(shared):
    if shared is None:
        return FakeLive(make_snapshot())
    shared.renew()
    return shared.live


@pytest.fixture
def settings(tmp_path, shared):
    settings = Settings(tmp_path / "window.ini") if shared is None else shared.settings
    # Tests close windows as they like.
    settings.choose("confirm_quit", "0")
    return settings


@pytest.fixture
def window(qtbot, qapp, live, settings, shared):
    if theme.current().name != "dark" or not qapp.styleSheet():
        theme.apply(qapp, "dark")
    if shared is not None and shared.window is not None:
        shared.window.activateWindow()
        yield shared.window
        return
    with styled_at_the_end(qapp):
        window = MainWindow(live, settings)
    if shared is None:
        qtbot.addWidget(window)
    else:
        shared.window = window
    with qtbot.waitExposed(window):
        window.show()
    # Frames are drawn by hand in the tests, so that each sees exactly the snapshot it set.
    window.frame_timer.stop()
    window.draw()
    yield window
    if shared is None:
        window.session.close()
