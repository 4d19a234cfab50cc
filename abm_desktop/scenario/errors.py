"""What is wrong with a file or with the values of a call, so that a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ..inputs import InputError

MAX_PROBLEMS = 50
"""Told of one file. Whoever has more has another file in hand, or one mistake many times."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and how to mend it."""

    line: int | None
    """Line in the file, from 1; None if the file does not come into it."""
    key: str | None
    """Dotted key, e.g. ``population.noise.limit_rate`` or ``stress[0].at``."""
    message: str
    remedy: str
    column: int | None = None
    """Where in the line, from 1."""
    in_percent: str = ""
    """The message about a share that forms show in percent; "" for all else."""

    @property
    def in_form(self) -> str:
        """The message with its numbers as forms show them."""
        return self.in_percent or self.message

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        key = f"{self.key}: " if self.key else ""
        column = f" (column {self.column})" if self.column else ""
        return f"{where}{key}{self.message}{column}; {self.remedy}"


class ProblemsError(InputError):
    """Values that cannot be used. ``str()`` lists every problem, one a line."""

    what: ClassVar[str] = "input"
    """What was to be read, for a list of problems that are from no file."""

    def __init__(self, path: Path | str | None, problems: list[Problem]) -> None:
        first = problems[0] if problems else Problem(None, None, "cannot be used", "check it")
        super().__init__(first.message, key=first.key or "", remedy=first.remedy, path=path)
        self.problems = problems
        self.args = (path, problems)  # what a copy in another process is made from

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.path}: {self.problems[0]}" if self.path else str(self.problems[0])
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        return f"{self.path or self.what}: {len(self.problems)} problems\n{lines}"


class ScenarioError(ProblemsError):
    """A scenario, or a part of one, that cannot be used."""

    what: ClassVar[str] = "scenario"
