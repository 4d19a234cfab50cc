"""What to tell a person of an error: one line that names the folder or variable, never a traceback.

Errors of the machine and of what was given to the program are told in words of their own. Anything
else is a fault of the program: its traceback goes to a file, which the line names, so that it can
be reported. ``ABM_DESKTOP_DEBUG=1`` lets tracebacks through.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
import traceback
from pathlib import Path

from abm_desktop import paths
from abm_desktop.inputs import InputError, UnavailableError

__all__ = [
    "DEBUG_VARIABLE",
    "NOT_DONE",
    "WRONG_USE",
    "exit_status",
    "in_words",
    "one_line",
    "printable",
    "report",
    "tells_of_memory",
]

DEBUG_VARIABLE = "ABM_DESKTOP_DEBUG"

NOT_DONE = 1
"""Exit status: it could not be done, although nothing is wrong with what was asked; or a check of a
command (``facts``, ``evaluate``, ``replay --check``, ``doctor``) has found what it looks for."""
WRONG_USE = 2
"""Exit status: what was given cannot be used, be it an option, a name, a file or a setting."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user's share of the disk is full",
    errno.EROFS: "it is on a read-only file system",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EFBIG: "files may not grow that large here (ulimit -f, or the file system)",
    errno.ENOENT: "it is not there",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "it is a folder",
    errno.EEXIST: "something of that name is there already",
    errno.ENOTEMPTY: "it is not empty",
    errno.ENAMETOOLONG: "that name is too long",
    errno.ELOOP: "its links lead in a circle",
    errno.EIO: "the device reports an error",
    errno.EMFILE: "this process has too many files open (ulimit -n)",
    errno.ENFILE: "the machine has too many files open",
}
_LONGEST = 2000
_NO_MEMORY = (
    *("annot allocate memory", "can't allocate memory", "failed to map segment"),
    *("std::bad_alloc", "can't start new thread", "MemoryError", "mmap failed", "mmap error: 12"),
    "pthread_create failed",
)
"""What the system's loader, torch, Ray and Python say in errors of other kinds."""


def printable(text: object) -> str:
    """A text for any stream: control characters, and bytes that are not UTF-8, become escapes.

    >>> printable("b\\udcff")
    'b\\\\xff'
    """
    shown = "".join(
        f"\\x{ord(c) - 0xDC00:02x}"
        if "\udc80" <= c <= "\udcff"
        else f"\\x{ord(c):02x}"
        if (c < " " and c not in "\n\t") or c == "\x7f"  # a terminal would act on them
        else c
        for c in str(text)
    )
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")


def one_line(text: object) -> str:
    """A text in one line of bounded length, printable."""
    shown = " ".join(printable(text).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def in_words(error: BaseException) -> str | None:
    """One line for an error of the machine or of the input; None for a fault of the program."""
    if isinstance(error, InputError | UnavailableError):
        return one_line(error)
    wanting = _want_of_memory(error)
    if wanting is not None:
        detail = one_line(wanting)
        return "memory ran out" + (f" ({detail})" if detail else "") + (
            "; close other programs, or ask for less (shorter, fewer traders, fewer workers)"
        )  # fmt: skip
    if isinstance(error, UnicodeError):
        return _not_utf8(error)
    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, ImportError):
        return f"a part of the program cannot be loaded: {one_line(error)}; run abm-desktop doctor"
    if isinstance(error, RuntimeError) and "home directory" in str(error):
        return "HOME is not set to a folder; set it, and start again"
    return None


def exit_status(error: BaseException | None) -> int:
    """The exit status of a command that an error ends.

    >>> exit_status(InputError("must be positive", key="size")), exit_status(MemoryError())
    (2, 1)
    """
    is_wrong = isinstance(error, InputError | FileNotFoundError) and _want_of_memory(error) is None
    return NOT_DONE if not is_wrong or getattr(error, "cannot_now", False) else WRONG_USE


def tells_of_memory(text: str) -> bool:
    """Whether a text of another program, such as a log, says that memory ran out."""
    return any(words in text for words in _NO_MEMORY)


def _want_of_memory(error: BaseException) -> BaseException | None:
    """The error that says that memory ran out: this one or one behind it; None if none does."""
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, MemoryError) or tells_of_memory(str(behind)):
            return behind
        behind = behind.__cause__ or behind.__context__
    return None


def report(error: BaseException) -> str:
    """One line for any error; for a fault of the program its traceback is kept in a file first."""
    words = in_words(error)
    if words is not None:
        return words
    text = f"{type(error).__name__}: {one_line(error)}" if str(error) else type(error).__name__
    file = _keep(error)
    kept = f"the details are in {printable(file)}" if file else f"{DEBUG_VARIABLE}=1 shows where"
    return f"unexpected {text}. This is a fault of the program, please report it; {kept}"


def _of_the_system(error: OSError) -> str | None:
    number, name = error.errno, error.filename if error.filename is not None else ""
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    name = str(name)
    if number in (errno.ENOMEM, errno.EAGAIN) and not name:
        return f"no memory or no process is left ({error.strerror}); close other programs"
    if number == errno.ENOENT and not name and _is_removed():
        return "the current folder has been removed; change to another one, and start again"
    if number in _REASONS:
        reason = _REASONS[number]
    elif number is not None or name:
        reason = (error.strerror or type(error).__name__).lower()
    else:
        return one_line(error) or None
    if not name:
        folder = "the output" if number in _FULL else "a file"
        return f"{folder} cannot be used: {reason}; {_remedy('')}"
    shown = printable(name)
    return f"{shown} cannot be used: {reason}; {_remedy(name)}"


def _remedy(name: str) -> str:
    """The variable that names another folder, for what lies in one of the program's own."""
    for variable, folder in (
        (paths.CACHE_VARIABLE, paths.user_cache_dir),
        (paths.CONFIG_VARIABLE, paths.user_config_dir),
        (paths.DATA_VARIABLE, paths.user_data_dir),
        ("TMPDIR", lambda: Path(tempfile.gettempdir())),
    ):
        with contextlib.suppress(OSError, InputError):
            inside = folder()
            if name and (Path(name) == inside or inside in Path(name).parents):
                return f"mend that, or name another folder in {variable}"
            if name and Path(name) in inside.parents:
                return f"mend that, or name another folder in {variable}"
    return "mend that, or choose another place"


def _not_utf8(error: UnicodeError) -> str:
    given = getattr(error, "object", "")
    if isinstance(error, UnicodeEncodeError) and isinstance(given, str):
        return f"a name is not UTF-8: {one_line(given)[:200]}; rename it, or give another one"
    return f"a text is not UTF-8 ({one_line(error)}); save it as UTF-8"


def _is_removed() -> bool:
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def _keep(error: BaseException) -> Path | None:
    """Write the traceback to a new file; returns it, None if there is no place."""
    text = "".join(traceback.format_exception(error))
    name = time.strftime("error-%Y%m%d-%H%M%S") + f"-{os.getpid()}.txt"
    for folder in (_logs, _private):
        with contextlib.suppress(OSError, InputError, UnicodeError):
            file = folder() / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(printable(text), encoding="utf-8")
            return file
    return None


def _logs() -> Path:
    return paths.user_data_dir() / "logs"


def _private() -> Path:
    return paths.private_dir(Path(tempfile.gettempdir()) / f"{paths.APP_NAME}-{os.getpid()}-log")
