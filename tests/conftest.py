"""Set-up shared by all tests: no real display, and nothing in the user's own folders.

This runs before any test module is imported, since the package reads these variables at import.
"""

from __future__ import annotations

import atexit
import functools
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from support.memory import give_back

_CHECKOUT = Path(__file__).resolve().parent.parent
_SCRATCH = Path(tempfile.mkdtemp(prefix="abm-desktop-tests-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ABM_DESKTOP_DATA"] = str(_SCRATCH / "data")
os.environ["ABM_DESKTOP_CONFIG"] = str(_SCRATCH / "config")
os.environ["ABM_DESKTOP_EQUAL_SHARES"] = "1"  # the other tests leave nothing of the processors
# Compiled code is kept between runs (it is keyed by the sources), but apart from the user's.
os.environ.setdefault("ABM_DESKTOP_CACHE", str(_CHECKOUT / ".pytest_cache" / "abm-desktop"))

# Each of the two workers has a core: several threads of BLAS for each would wait for one another,
# and they wait busily.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Trainings and experiments that a window starts give way to a market that somebody watches. Nobody
# does here, and tests that wait for a training must not be held up by all the others.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.nice(10)

# Some machines turn bytecode off: then each of the processes that the tests start compiles the
# whole program, and each of the two workers rewrites all tests, in every run.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Before anything large is imported: without it Qt's binding, which a plugin imports, would read the
# source of all that, a second and 200 MB of each process.
import abm_desktop.ui  # noqa: E402, F401

# The same examples in every run: a red build must be one that anyone can repeat.
settings.register_profile("fixed", derandomize=True)
settings.load_profile("fixed")


_RAY = re.compile(
    r"tests/learning/test_(continuing|history|joined_cluster|multi_agent|processes|roles|train)"
    r"|tests/ui/rl/test_rl_tab\.py"
)
"""Where trainings run in clusters. One worker has them all: most share a Ray cluster, and no second
one ever takes memory beside it."""
_STYLE = "tests/packaging/test_style.py"
_LONG = (
    "tests/experiments/", "tests/serve/", "tests/docs/test_snippets.py", "tests/envs/",
    "tests/cli/test_bench", "tests/market/",
    "tests/ui/test_real_display.py", "tests/ui/test_real_market.py", "tests/ui/test_window.py",
)  # fmt: skip
"""Begun early: if one of them came last, the other worker would wait for it."""
_WITHOUT_MARKET = re.compile(
    r"tests/(common|packaging|ui)/|tests/desk/test_trainings|tests/scenario/test_(?!bounds)"
    r"|tests/metrics/test_(market|streaming|stylized_facts)\.py"
    r"|tests/learning/test_(?!commands|evaluation|multi_agent|public_face|recipes|replay|roles|stable)"
)
"""Run while the market is being compiled, in a process of its own."""
_WITH_MARKET = re.compile(r"real_|_recover|bench|scrub|population|by_hand|test_training\.py|rl_tab")
"""Files that need it nevertheless, by their names or those of a test in them."""


@functools.cache
def _compile_market() -> None:
    """Compile the market, or wait until another process has; later processes find it cached."""
    from abm_desktop.live.compilation import cold_start_command

    folder = Path(os.environ["ABM_DESKTOP_CACHE"])
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "tests.lock"):
        command = cold_start_command()
        if command is not None:
            subprocess.run(command, check=True)


def pytest_sessionstart(session) -> None:
    """Let the compiler begin while the workers, if there are any, import the tests."""
    if getattr(session.config.option, "numprocesses", None):
        threading.Thread(target=_compile_market, daemon=True).start()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Compile before the clock of the first test in which the market runs."""
    if _file(item.nodeid) in _needing:
        _compile_market()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep what all test modules import, half a million objects, out of garbage collections.

    Between modules and windows everything is collected; by itself Python would do it several times
    while a window is built.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


@pytest.fixture(scope="module", autouse=True)
def nothing_kept():
    # Before a module, when the last test of the one before has let go of what it had.
    give_back()
    gc.freeze()  # what is left, such as imports, is not looked at again


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _unit(nodeid: str) -> str:
    """What a worker gets at a time: a file, so that fixtures of a module are made only once."""
    return "ray" if _RAY.match(nodeid) else _file(nodeid)


_needing: set[str] = set()
"""The files that need the market."""


def _place(nodeid: str) -> tuple[int, bool]:
    needs = _file(nodeid) in _needing
    if _unit(nodeid) == "ray":
        return 0, needs
    if nodeid.startswith(_STYLE):
        return 1, False
    return (2 if not needs else 3 if nodeid.startswith(_LONG) else 4), False


def pytest_collection_modifyitems(items) -> None:
    """Let several workers (``make test``) begin with Ray, and with what needs no market."""
    names = [item.nodeid for item in items]
    strays = {_file(i.nodeid) for i in items if "laboratory" in getattr(i, "fixturenames", ())}
    if strays := {file for file in strays if not _RAY.match(file)}:
        raise pytest.UsageError(f"{', '.join(strays)}: to be named in _RAY of tests/conftest.py")
    _needing.update(
        _file(n) for n in names if not _WITHOUT_MARKET.match(n) or _WITH_MARKET.search(n)
    )
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: _place(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand out files, in the order above."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit(nodeid)

    config.option.loadscopereorder = False
    return Scheduling(config, log)
