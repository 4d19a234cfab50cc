"""Which models are being trained now, by any process of this user.

A file ``.training-<name>`` beside the models names the process. One that a killed process has left
behind counts for nothing, and is removed by whoever looks.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from abm_desktop import paths

__all__ = ["claim", "is_trained", "release", "trained_now"]

_PREFIX = ".training-"
_SAME = 1.0
"""Seconds that two readings of a process's start may differ by."""


def claim(name: str) -> None:
    """Say that this process trains the model ``name``. Raises OSError."""
    file = _file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".part{file.name}-{os.getpid()}")
    part.write_text(json.dumps([os.getpid(), _start_of(os.getpid())]), encoding="utf-8")
    part.replace(file)


def release(name: str) -> None:
    """Say that the training of the model ``name`` is over."""
    with contextlib.suppress(OSError):
        _file(name).unlink()


def is_trained(name: str) -> bool:
    """Whether a process that lives trains the model ``name``."""
    file = _file(name)
    try:
        pid, start = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, TypeError):
        pid, start = 0, 0.0  # torn or foreign: nobody's
    begun = _start_of(pid)
    if begun is not None and abs(begun - start) <= _SAME:
        return True
    release(name)
    return False


def trained_now() -> list[str]:
    """Names of all models that are being trained, sorted."""
    names = [file.name.removeprefix(_PREFIX) for file in paths.models_dir().glob(f"{_PREFIX}*")]
    return sorted(name for name in names if is_trained(name))


def _file(name: str) -> Path:
    return paths.models_dir() / f"{_PREFIX}{name}"


def _start_of(pid: int) -> float | None:
    """When a process began, in seconds of the system's clock; None where there is none."""
    # Here: a list of models without a training has no need of it.
    import psutil  # type: ignore[import-untyped]  # has no stubs

    try:
        process = psutil.Process(pid)
        ended = process.status() == psutil.STATUS_ZOMBIE
        return None if ended else float(process.create_time())
    except (psutil.Error, ValueError):
        return None
