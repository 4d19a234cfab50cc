"""Set up this checkout so that it runs: virtual environment, packages, Qt's system libraries.

Called by ``make`` before every target; does nothing where nothing has changed. Standard library
only. Usage: python3 tools/setup.py [test]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
SUPPORTED = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"


def venv_python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_supported(python: str) -> bool:
    """Whether ``python`` runs and is of a supported version."""
    code = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.run([python, "-c", code], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def find_python() -> str:
    """The interpreter to build the environment with; ends the program where there is none."""
    names = [os.environ.get("PYTHON", ""), sys.executable, "python3"]
    names += [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for name in names:
        path = shutil.which(name) if name else None
        if path and is_supported(path):
            return path
    sys.exit(
        f"ABM Desktop needs Python {SUPPORTED}; this is {sys.version.split()[0]}.\n"
        "Remedy: install one (Debian 12: sudo apt-get install python3 python3-venv), or name it: "
        "make run PYTHON=/path/to/python3.11"
    )


def make_environment() -> None:
    """Create .venv where it is missing or belongs to another Python."""
    if venv_python().exists() and is_supported(str(venv_python())):
        return
    python = find_python()
    print(f"Creating .venv with {python}", flush=True)
    command = [python, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command).returncode == 0:
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"])
        subprocess.run(["apt-get", "install", "-y", "python3-venv"])
        if subprocess.run(command).returncode == 0:
            return
    sys.exit(
        "Could not create .venv. Remedy on Debian and Ubuntu: sudo apt-get install python3-venv"
    )


def install(extras: str) -> bool:
    """Install the package in place with its dependencies, once per change of pyproject.toml.

    Returns whether there was something to install.
    """
    stamp = VENV / ".abm-desktop-installed"
    source = (CHECKOUT / "pyproject.toml").read_bytes() + str(CHECKOUT).encode()
    wanted = hashlib.sha256(source).hexdigest()
    done = stamp.read_text().split() if stamp.exists() else []
    if done[:1] == [wanted] and extras in ("", *done[1:]):
        return False
    target = f"{CHECKOUT}[{extras}]" if extras else str(CHECKOUT)
    print("Installing packages into .venv (a few minutes the first time) ...", flush=True)
    started = time.monotonic()
    pip = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    if subprocess.run([*pip, "-e", target]).returncode != 0:
        sys.exit("pip could not install the packages: see its message above; then run make again.")
    kept = done[1:] if done[:1] == [wanted] else []
    stamp.write_text(" ".join([wanted, *kept, extras]))
    print(f"Packages installed in {time.monotonic() - started:.0f} s.", flush=True)
    return True


def begin_to_compile(for_tests: bool) -> subprocess.Popen[bytes]:
    """Let the market be compiled while the rest is set up.

    A window waits for it, or does it itself. The tests have a cache of their own.
    """
    own = {"ABM_DESKTOP_CACHE": str(CHECKOUT / ".pytest_cache" / "abm-desktop")}
    if for_tests:
        Path(own["ABM_DESKTOP_CACHE"]).mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [str(venv_python()), "-P", "-m", "abm_desktop.bench.warm_cache"],
        cwd=CHECKOUT,
        env={**os.environ, **(own if for_tests else {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C in the terminal ends what waits for it only
    )


def begin_to_check_types() -> subprocess.Popen[bytes]:
    """Let mypy read the packages while the compiler has the other core: it keeps what it finds.

    What it says of the checkout is said by the tests.
    """
    return subprocess.Popen(
        [str(venv_python()), "-m", "mypy"],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def check_qt(with_display: bool) -> None:
    """Install Qt's system libraries as root on Debian and Ubuntu; say what to do elsewhere.

    ``with_display``: also the virtual display on which the tests use a real window.
    """
    command = [str(venv_python()), "-m", "abm_desktop.qt_libraries", "--install"]
    subprocess.run([*command, "--tools"] if with_display else command, cwd=CHECKOUT)


def main() -> None:
    """Bring this checkout into working order."""
    extras = sys.argv[1] if len(sys.argv) > 1 else ""
    make_environment()
    is_test = extras == "test"
    begun = []
    if install(extras):
        begun.append(begin_to_compile(is_test))
        if is_test:
            begun.append(begin_to_check_types())
    check_qt(with_display=is_test)
    if is_test and begun:
        print("Compiling the market for the tests (two or three minutes) ...", flush=True)
        for each in begun:
            each.wait()


if __name__ == "__main__":
    main()
