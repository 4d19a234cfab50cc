"""What is wrong with a scenario, so that a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..inputs import InputError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and how to mend it."""

    line: int | None
    """Line in the file, from 1; None where the file does not come into it."""
    key: str | None
    """Dotted key, e.g. ``population.noise.limit_rate`` or ``stress[0].at``."""
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        key = f"{self.key}: " if self.key else ""
        return f"{where}{key}{self.message}; {self.remedy}"


class ScenarioError(InputError):
    """A scenario that cannot be used. ``str()`` lists every problem, one a line."""

    def __init__(self, path: Path | str | None, problems: list[Problem]) -> None:
        first = problems[0] if problems else Problem(None, None, "cannot be used", "check it")
        super().__init__(first.message, key=first.key or "", remedy=first.remedy, path=path)
        self.problems = problems
        self.args = (path, problems)  # what a copy in another process is made from

    def __str__(self) -> str:
        source = str(self.path) if self.path else "scenario"
        if len(self.problems) == 1:
            return f"{source}: {self.problems[0]}"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        return f"{source}: {len(self.problems)} problems\n{lines}"
