"""Whether the window is wanted, whether it can be shown, and its start. Imports nothing large."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from abm_desktop import paths

COMMANDS = (
    "window",
    "run",
    "replay",
    "train",
    "evaluate",
    "population",
    "stress-test",
    "models",
    "facts",
    "compare",
    "calibrate",
    "experiment",
    "reproduce",
    "bench",
    "serve",
    "remote",
    "mcp",
    "doctor",
    "install-launcher",
)

_DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@dataclass(frozen=True, slots=True)
class Serving:
    """That the window is to be controlled by other programs too."""

    port: int | None = None
    """None: that of the preferences."""


def serving_arguments(arguments: Sequence[str]) -> tuple[list[str], Serving | None]:
    """Take ``--serve`` and ``--port N`` out of a window's arguments; None if they are not there.

    What cannot be is left in, for the parser of the commands to tell.

    >>> serving_arguments(["--serve", "calm", "--port", "8000"])
    (['calm'], Serving(port=8000))
    """
    rest, port = [], None
    given = iter(arguments)
    for word in given:
        name, _, value = word.partition("=")
        if name == "--port":
            value = value or next(given, "")
            if not (value.isascii() and value.isdecimal() and int(value) <= 65535):
                return list(arguments), None
            port = int(value)
        elif word != "--serve":
            rest.append(word)
    if "--serve" not in arguments:
        return list(arguments), None
    return rest, Serving(port)


def window_argument(arguments: Sequence[str]) -> str | None:
    """Return what the window is to open ("" for nothing in particular), None for a command."""
    rest = list(arguments)
    if rest[:1] == ["window"]:
        rest = rest[1:]
    elif rest and rest[0] in COMMANDS:
        return None
    if not rest:
        return ""
    first = rest[0]
    if len(rest) > 1 or first.startswith("-"):
        return None
    looks_like_a_file = Path(first).suffix or os.sep in first or Path(first).exists()
    return first if looks_like_a_file or _scenario_named(first) else None


def open_window(wanted: str, serving: Serving | None = None) -> int:
    """Open the window, with a scenario (file or name) or a replay file; returns exit status."""
    if missing := missing_display(os.environ, sys.platform):
        print(missing, file=sys.stderr)
        return 1
    path: Path | None = None
    if wanted:
        path = Path(wanted).expanduser()
        if not path.exists():
            path = _scenario_named(wanted) or path
    try:
        from abm_desktop.ui.app import run_window
    except ImportError as error:
        print(_import_failure(error), file=sys.stderr)
        return 1
    if serving is None:
        return run_window(path)
    return run_window(path, serves=True, port=serving.port)


def missing_display(environment: Mapping[str, str], platform: str) -> str | None:
    """Return what to tell a person where no window can be shown, else None."""
    if not platform.startswith("linux") or any(environment.get(v) for v in _DISPLAY_VARIABLES):
        return None
    # Outside an activated environment the plain name would not be found.
    program = sys.argv[0] if Path(sys.argv[0]).name == "abm-desktop" else "abm-desktop"
    return (
        "There is no display to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
        f"Without a window:   {program} run --headless calm --duration 10min\n"
        f"Over ssh:           ssh -X HOST, then {program}\n"
        f"On a virtual one:   xvfb-run -a {program}      (Debian package xvfb)"
    )


def _scenario_named(name: str) -> Path | None:
    """The file of a scenario of this name, without reading it (see scenario.find_scenario)."""
    for folder in (paths.scenario_dir(), paths.user_scenario_dir()):
        path = folder / f"{name.removesuffix('.toml')}.toml"
        if path.is_file():
            return path
    return None


def _import_failure(error: ImportError) -> str:
    from abm_desktop import qt_libraries

    finding = qt_libraries.probe()
    if finding.missing:
        remedy = qt_libraries.remedy(finding.packages)
        return f"Qt cannot start, since system libraries are missing: {error}\nRemedy: {remedy}"
    return f"The window cannot be loaded: {error}\nRemedy: run abm-desktop doctor"
