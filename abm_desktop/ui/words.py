"""The window's words for what the rooms below it tell as values, in the window's language.

The rooms know no Qt and no language: the processes of trainings and experiments, the market's
thread, the measures. What they say is a :class:`~abm_desktop.statements.Statement`, whose texts are
the sources of the translations; ``tools/translations.py`` gathers them.
"""

from __future__ import annotations

from abm_desktop.desk.worker_process import WorkerError
from abm_desktop.statements import Fault, Statement, filled

__all__ = ["of_worker", "sentence", "told", "words"]


def words(statement: Statement) -> str:
    """What a value of a room below says. The words of a library's error stay as they are."""
    return filled(statement.text, statement.values(), words)


def told(fault: Fault) -> str:
    """What went wrong, and what to do about it."""
    remedies = (filled(text, fault.values(), words) for text in fault.remedies)
    return " ".join((words(fault), *remedies))


def of_worker(error: WorkerError) -> str:
    """Why a job of the process beside the window failed."""
    return told(error.fault) if error.fault is not None else str(error)


def sentence(statement: Statement) -> str:
    """The same as :func:`words`, with a capital letter."""
    text = words(statement)
    return text[:1].upper() + text[1:]
