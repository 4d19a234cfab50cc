"""How the program starts Python again: its own modules, and never what lies in somebody's folder.

Python puts the current folder (``-m``, ``-c``) or the script's before the standard library, so that
a user's ``random.py`` or ``ray.py`` there would run in place of the real one. Every process of ours
is started with the command and the environment of this module; what those start in turn inherits
the environment.

The first module that the program imports: it needs nothing that such a folder could replace, so
only what Python has loaded by itself when it gets here (not even ``__future__``).
"""

import os
import sys

__all__ = ["command", "environment", "leave_current_folder", "protect_children"]

_SAFE_PATH = "PYTHONSAFEPATH"
_PACKAGE_PARENT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module in a new process of this Python."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment for such a process, which finds this very package; ``more`` is added."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    # An empty part, as in "PYTHONPATH=$PYTHONPATH:/mine", stands for the current folder.
    folders = [_PACKAGE_PARENT, *(part for part in named if part and part != _PACKAGE_PARENT)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(folders), _SAFE_PATH: "1"} | more


def protect_children() -> None:
    """Let processes that others start for us (multiprocessing, Ray) leave such folders out too."""
    os.environ[_SAFE_PATH] = "1"


def leave_current_folder() -> None:
    """Take the folder that Python has put before everything else out of this process.

    For the start of the program, before it imports anything; a no-op under ``-P``.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if not sys.flags.safe_path and sys.path:
        del sys.path[0]
    if "" in named and named != [""]:
        here = _current_folder()
        sys.path[:] = [folder for folder in sys.path if folder not in ("", here)]
    if not any(_is(folder, _PACKAGE_PARENT) for folder in sys.path):
        sys.path.append(_PACKAGE_PARENT)  # a checkout that is not installed
    protect_children()


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:  # it has been removed
        return ""


def _is(folder: str, other: str) -> bool:
    return os.path.realpath(folder) == other if folder else False
