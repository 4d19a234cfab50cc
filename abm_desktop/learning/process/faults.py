"""What went wrong in a training, in words that say what to do."""

from __future__ import annotations

import errno
import traceback

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.learning.process.messages import Failure
from abm_desktop.plain_words import in_words, one_line

_LESS_MEMORY = (
    "Use fewer workers, fewer markets per worker, shorter rollouts or a smaller replay buffer"
)
_TORCH_MEMORY = "can't allocate memory"
"""Torch raises a plain RuntimeError with these words."""
_REPORT = "Copy the details into a report; the last checkpoint, if there was one, is whole."


def explain(error: BaseException) -> Failure:
    """The failure message for ``error``: one sentence, one remedy, and the traceback."""
    message, remedy = _words(error)
    if not message.endswith((".", "!", "?")):
        message += "."
    return Failure(message, remedy, "".join(traceback.format_exception(error)).strip())


def _words(error: BaseException) -> tuple[str, str]:
    # By name: naming the classes would load Ray and torch into whoever asks.
    kind, text = type(error).__name__, str(error).strip()
    first = text.splitlines()[0] if text else kind
    if kind == "EnvironmentFailureError":
        return first, "Check the scenario: run it in the Market tab first. " + _REPORT
    if kind == "DivergenceError":
        return (
            f"Training diverged: {first}.",
            "Lower the learning rate or the gradient limit. The last checkpoint is from before.",
        )
    if kind in ("ActorDiedError", "ActorUnavailableError", "WorkerCrashedError", "NodeDiedError"):
        return (
            "A sampling worker died.",
            "Most often memory ran out: use fewer workers or fewer markets per worker.",
        )
    if kind == "MemoryShortageError":
        return text, f"{_LESS_MEMORY}, or close other programs."
    if kind == "OutOfMemoryError" or isinstance(error, MemoryError) or _TORCH_MEMORY in text:
        return "Memory ran out.", f"{_LESS_MEMORY}. The last checkpoint is whole."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full: {error.filename or first}.",
            "Free some space, for example by deleting models. The last checkpoint is whole.",
        )
    if isinstance(error, InputError | UnavailableError):
        return one_line(text), ""
    if kind in ("ClusterError", "ConfigError", "ScenarioError", "ModelError"):
        return text, ""
    if isinstance(error, OSError) and (words := in_words(error)):
        return words[:1].upper() + words[1:], ""
    return f"{kind}: {first}", _REPORT
