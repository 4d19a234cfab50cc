"""Which fault an error is that ended a training."""

from __future__ import annotations

import errno
import signal
import traceback

from abm_desktop import paths
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.learning.process.messages import Failure
from abm_desktop.learning.statements import (
    DiskFull,
    MemoryRanOut,
    ProcessEnded,
    Refused,
    TrainingFault,
    Unexpected,
    WorkerDied,
)
from abm_desktop.plain_words import in_words, one_line, tells_of_memory
from abm_desktop.statements import FaultError

_TORCH_MEMORY = "can't allocate memory"
"""Torch raises a plain RuntimeError with these words."""
_AFTER_RAY = "core worker has already been shutdown"
"""Ray's last words to a process that used it after its end."""
_DEAD_WORKER = ("ActorDiedError", "ActorUnavailableError", "WorkerCrashedError", "NodeDiedError")
"""Ray's, by name: naming the classes would load Ray into whoever asks."""


def explain(error: BaseException) -> Failure:
    """The failure message for ``error``: what it is, and the traceback."""
    return Failure(_fault(error), "".join(traceback.format_exception(error)).strip())


def fault_of_end(code: int, trained: bool, printed: str) -> TrainingFault:
    """Why the training process is gone: its exit code (negative: a signal) and what it printed."""
    # A kill has its own remedy, and leaves nothing printed. What Ray ended did not want memory,
    # whatever was printed before.
    told = code == -signal.SIGKILL or _AFTER_RAY in printed
    if trained and not told and tells_of_memory(printed):
        return MemoryRanOut()
    return ProcessEnded(code, trained)


def _fault(error: BaseException) -> TrainingFault:
    if isinstance(error, FaultError):
        fault: TrainingFault = error.fault  # type: ignore[assignment]
        return fault
    kind, text = type(error).__name__, str(error).strip()
    first = text.splitlines()[0] if text else kind
    if kind in _DEAD_WORKER:
        return WorkerDied()
    if kind == "OutOfMemoryError" or isinstance(error, MemoryError) or _TORCH_MEMORY in text:
        return MemoryRanOut()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(str(error.filename or paths.user_data_dir()))
    if isinstance(error, InputError | UnavailableError):
        return Refused(_sentence(one_line(text)))
    if isinstance(error, OSError) and (words := in_words(error)):
        return Refused(_sentence(words[:1].upper() + words[1:]))
    return Unexpected(kind, first.rstrip("."))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
