"""Check what the program needs on this machine, and say how to mend what is wrong.

Each check really does the thing: it starts Qt, compiles and runs a market, and starts and stops
Ray, all in processes of their own, so that a crash there is a finding and not the end of the
examination. Standard library only, for it must run where packages are broken: ``python -m
abm_desktop.doctor``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from abm_desktop import child_python, qt_libraries
from abm_desktop.window_start import missing_display

OLDEST, NEWEST = (3, 11), (3, 13)

_GIB = 1 << 30
_BUSY = 2.0
"""Times longer than on an idle machine, from which on that is told."""
_REMEDY_INSTALL = "make setup in a checkout, or pip install --upgrade --force-reinstall abm-desktop"

_QT_CODE = """
from PySide6.QtGui import QGuiApplication, QImage, QPainter
app = QGuiApplication(["doctor"])
image = QImage(8, 8, QImage.Format.Format_RGB32)
QPainter(image).end()
print(app.platformName())
"""

_MARKET_CODE = """
from abm_desktop.market import compiled, warm_cache, warm_mark
warm = warm_mark.cache_is_warm()
warm_cache.main()
print("warm" if warm else "cold", compiled.compile_cache_dir())
"""

_RAY_CODE = """
from abm_desktop import cluster
running = cluster.start(num_cpus=1)
import ray
answer = ray.get(ray.remote(lambda: 6 * 7).remote())
running.leave()
print(answer)
"""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one check."""

    title: str
    state: str
    """"ok", "warning" (the program works without) or "failed"."""
    text: str
    remedy: str = ""


def examine() -> int:
    """Run all checks and print them as they come; returns 1 if something essential failed."""
    print(
        "Examining this machine; the checks of market and Ray take some seconds each, the first "
        "time some minutes.\n"
    )
    states = []
    for check in CHECKS:
        try:
            results = list(check())
        except Exception as error:  # a check that breaks is itself a finding
            name = check.__name__.removeprefix("check_")
            results = [Result(name, "failed", f"the check broke: {error!r}", "report this")]
        for result in results:
            _print(result)
            states.append(result.state)
    failed, warnings = states.count("failed"), states.count("warning")
    if failed:
        print(f"\n{failed} of {len(states)} checks failed. Mend them from the top down.")
    elif warnings:
        print(f"\nEverything essential works; {warnings} warning(s).")
    else:
        print("\nEverything works.")
    return 1 if failed else 0


def _print(result: Result) -> None:
    marks = {"ok": ("ok     ", "32"), "warning": ("warning", "33"), "failed": ("FAILED ", "31")}
    mark, colour = marks[result.state]
    if sys.stdout.isatty():
        mark = f"\033[1;{colour}m{mark}\033[0m"
    print(f"{mark}  {result.title}: {result.text}", flush=True)
    if result.remedy:
        print(f"         Remedy: {result.remedy}", flush=True)


def _slower() -> float:
    """How many times longer work takes while others want the cores too."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return 1.0 + load / (os.cpu_count() or 1)


def run_code(code: str, seconds: float, **environment: str) -> tuple[int, str, str]:
    """Run code in a fresh interpreter; returns status (-1: too long), output, last error line.

    ``seconds``: what it may take on an idle machine; on a busy one it has longer.
    """
    slower = _slower()
    seconds *= slower
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
            env=child_python.environment(**environment),
        )
    except subprocess.TimeoutExpired:
        busy = ", though other programs keep the cores busy" if slower > _BUSY else ""
        return -1, "", f"no answer within {seconds:.0f} s{busy}"
    errors = [line for line in done.stderr.strip().splitlines() if line.strip()]
    output = done.stdout.strip().splitlines()
    return done.returncode, output[-1] if output else "", errors[-1] if errors else ""


def _why(status: int, error: str) -> str:
    if status < -1:
        return f"the process was ended by signal {-status}. {error}".rstrip()
    return error or f"exit status {status}"


def check_python() -> Iterator[Result]:
    version = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        yield Result("Python", "ok", f"{version} at {sys.executable}")
    else:
        yield Result(
            "Python",
            "failed",
            f"{version} is not one of the supported 3.11 to 3.13",
            "install Python 3.11, 3.12 or 3.13, then: make clean; make run PYTHON=python3.12",
        )


def check_packages() -> Iterator[Result]:
    try:
        wanted = metadata.requires("abm-desktop") or []
    except metadata.PackageNotFoundError:
        yield Result("Packages", "failed", "abm-desktop is not installed here", _REMEDY_INSTALL)
        return
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield Result("Packages", "failed", "packaging is missing", _REMEDY_INSTALL)
        return
    wrong, shown = [], []
    for requirement in map(Requirement, wanted):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}, needs {requirement.specifier}")
        if requirement.name in ("pyside6-essentials", "numba", "ray", "torch"):
            shown.append(f"{requirement.name} {found}")
    if wrong:
        yield Result("Packages", "failed", "; ".join(wrong), _REMEDY_INSTALL)
    else:
        yield Result("Packages", "ok", ", ".join(shown))


def check_qt() -> Iterator[Result]:
    finding = qt_libraries.probe()
    blocking = [name for name in finding.missing if "xcb" not in name.lower()]
    if finding.missing:
        yield Result(
            "Qt libraries",
            "failed" if blocking else "warning",
            f"missing: {' '.join(finding.missing)}"
            + ("" if blocking else " (needed for a window on X11)"),
            qt_libraries.remedy(finding.packages),
        )
    elif finding.failures:
        yield Result("Qt libraries", "failed", "; ".join(finding.failures), _REMEDY_INSTALL)
    else:
        yield Result("Qt libraries", "ok", "all found")
    if not finding.has_fonts:
        yield Result(
            "Fonts",
            "failed",
            "none is installed: the window would show boxes for letters",
            qt_libraries.remedy([qt_libraries.FONT_PACKAGE]),
        )
    status, _, error = run_code(_QT_CODE, 30, QT_QPA_PLATFORM="offscreen")
    if status == 0:
        yield Result("Qt", "ok", "starts and draws")
    else:
        yield Result(
            "Qt",
            "failed",
            f"does not start: {_why(status, error)}",
            "install the libraries above" if finding.missing else _REMEDY_INSTALL,
        )


def check_display() -> Iterator[Result]:
    if missing_display(os.environ, sys.platform):
        yield Result(
            "Display",
            "warning",
            "none: no window can open here, all commands work",
            "use abm-desktop run, ssh -X, or xvfb-run -a abm-desktop",
        )
        return
    status, platform, error = run_code(_QT_CODE, 30)
    if status == 0:
        where = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
        yield Result("Display", "ok", f"a window opens on {platform} {where}".rstrip())
    else:
        yield Result(
            "Display",
            "failed",
            f"no window opens: {_why(status, error)}",
            "check DISPLAY or WAYLAND_DISPLAY, and that this user may use that display",
        )


def check_market() -> Iterator[Result]:
    from abm_desktop import paths

    folder = paths.user_cache_dir()
    if (reason := _not_writable(folder)) is not None:
        yield Result(
            "Numba cache",
            "failed",
            f"{folder} cannot be written to: {reason}",
            f"free it, or name another folder in {paths.CACHE_VARIABLE}",
        )
        return
    started = time.monotonic()
    status, output, error = run_code(_MARKET_CODE, 300)
    seconds = time.monotonic() - started
    if status != 0:
        yield Result(
            "Market",
            "failed",
            f"does not compile or run: {_why(status, error)}",
            f"delete {folder / 'numba'} and try again; if that does not help, {_REMEDY_INSTALL}",
        )
        return
    state, _, where = output.partition(" ")
    first = "was filled before" if state == "warm" else "is filled now, later starts are quick"
    yield Result("Numba cache", "ok", f"{where} {first}")
    yield Result("Market", "ok", f"compiles and runs ({seconds:.1f} s with start-up)")


def check_ray() -> Iterator[Result]:
    started = time.monotonic()
    status, output, error = run_code(_RAY_CODE, 120)
    seconds = time.monotonic() - started
    if status == 0 and output == "42":
        yield Result("Ray", "ok", f"starts, works and stops ({seconds:.1f} s)")
        return
    why = _why(status, error) if status else f"gave {output!r} in place of 42"
    yield Result(
        "Ray",
        "failed",
        f"training is not possible: {why}",
        "check free memory and disk above, and that 127.0.0.1 is reachable (no proxy for it)",
    )


def check_memory() -> Iterator[Result]:
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        yield Result("Memory", "failed", "psutil is missing", _REMEDY_INSTALL)
        return
    free = psutil.virtual_memory().available / _GIB
    if free < 1.0:
        state, remedy = "failed", "close other programs; the window needs 0.5 GiB, training 1.5"
    elif free < 2.0:
        state, remedy = "warning", "close other programs before training; Ray needs about 1 GiB"
    else:
        state, remedy = "ok", ""
    yield Result("Memory", state, f"{free:.1f} GiB free", remedy)


def check_disk() -> Iterator[Result]:
    from abm_desktop import paths

    for title, folder, variable in (
        ("Data folder", paths.user_data_dir(), paths.DATA_VARIABLE),
        ("Settings folder", paths.user_config_dir(), paths.CONFIG_VARIABLE),
    ):
        if (reason := _not_writable(folder)) is not None:
            remedy = f"check its permissions, or name another folder in {variable}"
            yield Result(title, "failed", f"{folder} cannot be written to: {reason}", remedy)
            continue
        free = shutil.disk_usage(folder).free / _GIB
        state = "failed" if free < 0.2 else "warning" if free < 1.0 else "ok"
        remedy = "" if state == "ok" else "free at least 1 GiB; Ray and models are kept there"
        yield Result(title, state, f"{folder}, {free:.1f} GiB free", remedy)


def _not_writable(folder: Path) -> str | None:
    probe = folder / ".abm-desktop-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return None


CHECKS: tuple[Callable[[], Iterator[Result]], ...] = (
    check_python,
    check_packages,
    check_qt,
    check_display,
    check_memory,
    check_disk,
    check_market,
    check_ray,
)

if __name__ == "__main__":
    raise SystemExit(examine())
