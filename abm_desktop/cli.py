"""The one command, ``abm-desktop``: a window by default, and commands for what needs none.

The window should be there in a moment, so it is started without the libraries of the command line;
those are imported for commands only, and each command imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import paths, plain_words

COMMANDS = (
    "window",
    "run",
    "replay",
    "train",
    "evaluate",
    "stress-test",
    "models",
    "facts",
    "experiment",
    "bench",
    "doctor",
    "install-launcher",
)

_BROKEN_PIPE = 141
"""As of a program that SIGPIPE ends."""

_DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process); returns exit status.

    ``abm-desktop``, ``abm-desktop FILE`` and ``abm-desktop window FILE`` open the window; anything
    else is a command. Whatever goes wrong in either is told in one line on the error stream, with
    status 1 (see :mod:`abm_desktop.plain_words`); what is broken off with Ctrl+C has status 130.
    """
    for stream in (sys.stdout, sys.stderr):
        # Names need not be UTF-8, nor is every terminal.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    before = sys.unraisablehook
    interrupts = _note_swallowed_interrupts()
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return _tell("stopped", 130)
    except BrokenPipeError:
        # Whoever read the output has enough of it, as in "| head"; Python shall not flush again.
        _give_up_output()
        return _BROKEN_PIPE
    except Exception as error:
        if os.environ.get(plain_words.DEBUG_VARIABLE):
            raise
        if interrupts:
            return _tell("stopped", 130)
        words = plain_words.report(error)
        if isinstance(error, OSError) and error.filename is None:
            _give_up_output()  # a full disk under it, perhaps
        return _tell(words, 1)
    finally:
        sys.unraisablehook = before
    return status


def _note_swallowed_interrupts() -> list[object]:
    """A list that fills if Ctrl+C comes where Python has to swallow it.

    That is in a call back from compiled code: the compiler then fails with an error of its own.
    """
    noted: list[object] = []
    before = sys.unraisablehook

    def note(unraisable: sys.UnraisableHookArgs) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            noted.append(unraisable.exc_type)
        else:
            before(unraisable)

    sys.unraisablehook = note
    return noted


def _run(given: list[str]) -> int:
    wanted = window_argument(given)
    if wanted is not None:
        return open_window(wanted)
    from abm_desktop.commands import run_command

    return run_command(given)


def _tell(text: str, status: int) -> int:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(f"Error: {text}", file=sys.stderr, flush=True)
    return status


def _give_up_output() -> None:
    """Forget what could not be written: Python would try again at its end, and complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


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


def open_window(wanted: str) -> int:
    """Open the window, with a scenario (file or name) or a replay file; returns exit status."""
    if missing := missing_display(os.environ, sys.platform):
        print(missing, file=sys.stderr)
        return 2
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
    return run_window(path)


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
