"""The one command, ``abm-desktop``: a window by default, and commands for what needs none.

The window should be there in a moment, so it is started without the libraries of the command line;
those are imported for commands only, and each command imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from abm_desktop import plain_words
from abm_desktop.window_start import open_window, serving_arguments, window_argument

_BROKEN_PIPE = 141
"""As of a program that SIGPIPE ends."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process); returns exit status.

    ``abm-desktop``, ``abm-desktop FILE`` and ``abm-desktop window FILE`` open the window, with
    ``--serve`` for other programs too; anything else is a command. Whatever goes wrong in either is
    told in one line on the error stream, with status 2 for what was given wrongly and else 1 (see
    :mod:`abm_desktop.plain_words`); what is broken off with Ctrl+C has status 130.
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
        return _tell(words, plain_words.exit_status(error))
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
    rest, serving = serving_arguments(given)
    wanted = window_argument(rest)
    if wanted is not None:
        return open_window(wanted, serving)
    from abm_desktop.commands import run_command

    if given[0].partition("=")[0] in ("--serve", "--port"):
        given = ["window", *given]
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
