"""Which of Qt's system libraries are missing, and which packages hold them.

The PySide6 wheel brings Qt itself, but neither the C libraries of the desktop underneath nor fonts:
without any, every letter of the window is an empty box. This module
finds out what is missing by loading things as Qt will: Qt's own libraries and its platform
plugins. It needs nothing but the standard library, so that it runs before anything else works:
``python -m abm_desktop.qt_libraries [--install]``.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Debian and Ubuntu package of each system library that Qt's Linux build may ask for."""

RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}
"""New names of packages in releases from 2024 on (64-bit time)."""

ESSENTIAL = ("libQt6Core", "libQt6Gui", "libQt6Widgets", "libQt6Svg", "libQt6DBus")
PLUGINS = ("libqoffscreen.so", "libqxcb.so")
"""What a window needs: the first draws without a display (tests), the second on X11."""

FONT_PACKAGE = "fonts-dejavu-core"
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb")

DISPLAY_TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
"""Programs for trying the window on a virtual display."""


@dataclass(frozen=True, slots=True)
class QtFinding:
    """What keeps Qt from starting."""

    missing: tuple[str, ...]
    """Names of system libraries that are not there."""
    failures: tuple[str, ...]
    """Anything else that went wrong while loading, in the loader's words."""
    has_fonts: bool = True
    """Whether there is any font to write with."""

    @property
    def ok(self) -> bool:
        return not self.missing and not self.failures and self.has_fonts

    @property
    def packages(self) -> tuple[str, ...]:
        """Debian packages of the missing libraries, as far as known."""
        needed = {PACKAGES[name] for name in self.missing if name in PACKAGES}
        return tuple(sorted(needed if self.has_fonts else needed | {FONT_PACKAGE}))


def probe() -> QtFinding:
    """Load Qt's libraries and platform plugins; other systems than Linux always pass."""
    if not sys.platform.startswith("linux"):
        return QtFinding((), ())
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return QtFinding((), ("PySide6 is not installed: run pip install -e .",))
    qt = Path(next(iter(spec.submodule_search_locations))) / "Qt"
    files = [p for name in ESSENTIAL for p in sorted((qt / "lib").glob(f"{name}.so.6"))]
    files += [qt / "plugins" / "platforms" / name for name in PLUGINS]
    missing: set[str] = set()
    failures: list[str] = []
    for file in files:
        absent = _absent(file)
        missing |= absent
        if not absent and (reason := _load(file)):
            failures.append(reason)
    return QtFinding(tuple(sorted(missing)), tuple(failures), any(map(_holds_font, font_folders())))


def font_folders() -> tuple[Path, ...]:
    """Where fontconfig looks on Linux: the folders of the system, and the user's own."""
    home = Path.home()
    own = os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS", "").split(":")
    data = dict.fromkeys([own, *shared, "/usr/local/share", "/usr/share"])
    return (home / ".fonts", *(Path(folder) / "fonts" for folder in data if folder))


def _holds_font(folder: Path) -> bool:
    return any(
        name.lower().endswith(FONT_SUFFIXES) for _, _, names in os.walk(folder) for name in names
    )


def _absent(file: Path) -> set[str]:
    """Libraries that the dynamic loader does not find for ``file``, directly or further down."""
    if shutil.which("ldd"):
        result = subprocess.run(
            ["ldd", str(file)], capture_output=True, text=True, check=False, timeout=30
        )
        return set(re.findall(r"^\s*(\S+) => not found", result.stdout, re.MULTILINE))
    reason = _load(file) or ""
    match = re.match(r"(\S+\.so[.\d]*): cannot open shared object file", reason)
    return {match.group(1)} if match else set()


def _load(file: Path) -> str | None:
    try:
        ctypes.CDLL(str(file), mode=os.RTLD_LAZY)
    except OSError as error:
        return str(error)
    return None


def missing_tools() -> tuple[str, ...]:
    """Debian packages of the virtual display that are not there."""
    return tuple(sorted(p for tool, p in DISPLAY_TOOLS.items() if not shutil.which(tool)))


def install_command(packages: Sequence[str]) -> list[str] | None:
    """The command that installs ``packages``, or None if there is no apt."""
    if not shutil.which("apt-get"):
        return None
    options = ["-y", "-qq", "--no-install-recommends"]
    return ["apt-get", "install", *options, *map(_package_here, packages)]


def _package_here(name: str) -> str:
    if name not in RENAMED or not shutil.which("apt-cache"):
        return name
    shown = subprocess.run(
        ["apt-cache", "show", RENAMED[name]], capture_output=True, check=False, timeout=60
    )
    return RENAMED[name] if shown.returncode == 0 else name


def remedy(packages: Sequence[str]) -> str:
    """What a person types to install ``packages``."""
    command = install_command(packages)
    if command is None:
        return f"install with your system's package manager: {' '.join(packages)} (Debian's names)"
    return f"sudo apt-get update && sudo {' '.join(command)}"


def _install(packages: Sequence[str]) -> bool:
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    command = install_command(packages)
    if command is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environment).returncode == 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Report what is missing, and install it where that is asked for and allowed."""
    parser = argparse.ArgumentParser(description="Check (and install) Qt's system libraries.")
    parser.add_argument("--install", action="store_true", help="install what is missing, as root")
    parser.add_argument("--tools", action="store_true", help="also the virtual display for tests")
    options = parser.parse_args(arguments)
    finding = probe()
    tools = missing_tools() if options.tools and sys.platform.startswith("linux") else ()
    wanted = finding.packages + tools
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if wanted and options.install and may_install:
        print(f"Installing Qt's system packages: {' '.join(wanted)}", flush=True)
        _install(wanted)
        finding = probe()
    for failure in finding.failures:
        print(f"Qt cannot load: {failure}", file=sys.stderr)
    if finding.missing:
        print(f"Missing system libraries: {' '.join(finding.missing)}", file=sys.stderr)
    if not finding.has_fonts:
        print("No font is installed: the window would show boxes for letters.", file=sys.stderr)
    if finding.packages:
        print(f"Remedy: {remedy(finding.packages)}", file=sys.stderr)
    if options.tools and (still := missing_tools()):
        print(f"For tests on a virtual display: {remedy(still)}", file=sys.stderr)
    return 0 if finding.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
