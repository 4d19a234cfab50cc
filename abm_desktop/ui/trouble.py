"""What went wrong, in words for a person: what a notice shows."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Finding", "Trouble", "file_trouble", "trace_of"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file."""

    line: int | None
    key: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person should know, and what to do about it."""

    title: str
    text: str
    findings: tuple[Finding, ...] = ()
    details: str = ""
    """Text for a bug report; shown on request."""
    file: Path | None = None


def file_trouble(path: Path, error: BaseException) -> Trouble:
    """Return what to tell a person about a file that could not be opened."""
    title = f"{path.name} was not opened"
    problems = getattr(error, "problems", None)
    if problems:
        return Trouble(
            title,
            "The market that was running goes on unchanged. Mend the file, then open it again.",
            tuple(Finding(p.line, p.key or "", p.message, p.remedy) for p in problems),
            file=path,
        )
    if isinstance(error, FileNotFoundError):
        text = "There is no file {path}. It may have been moved or renamed; choose it again."
    elif isinstance(error, PermissionError):
        text = "You may not read {path}. Change its permissions, or copy it to your own folder."
    elif isinstance(error, OSError):
        text = "{path} could not be read: {error}. Check the disk, or copy it."
    else:
        text = "{error} ({kind}). Check that the file is whole."
    why = getattr(error, "strerror", None) or error
    text = text.format(path=path, error=why, kind=type(error).__name__)
    return Trouble(title, text, details=trace_of(error), file=path)


def trace_of(error: BaseException) -> str:
    """Return the traceback of an error, for its details."""
    return "".join(traceback.format_exception(error))
