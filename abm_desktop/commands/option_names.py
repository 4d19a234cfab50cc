"""What is wrong with a setting that an option gave, told by the name of that option."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from abm_desktop.scenario.errors import ProblemsError

__all__ = ["told_of_options"]


def told_of_options(error: ProblemsError, options: Iterable[str], **names: str) -> ProblemsError:
    """The same error, in which a setting that an option of the command gave goes by that option.

    Args:
        error: what is wrong.
        options: keys of the settings that options gave.
        names: of options that are not called as their setting.

    >>> from abm_desktop.scenario.errors import Problem
    >>> wrong = [Problem(None, "learning_rate", "is -1", "give more than 0")]
    >>> print(told_of_options(ProblemsError(None, wrong), ["learning_rate", "seed"]))
    --learning-rate: is -1; give more than 0
    """
    given = {key: names.get(key, f"--{key.replace('_', '-')}") for key in options}
    problems = [
        replace(problem, key=given[problem.key])
        if problem.line is None and problem.key in given
        else problem
        for problem in error.problems
    ]
    return type(error)(error.path, problems)
