"""What the rooms below the window say in English, in the language of the window.

They know no Qt: the processes of trainings and experiments, the market's thread, the stylised
facts. Their sentences stand here once more, with names for what changes in them; what is not among
these stays as it is, such as the words of an exception. Reports of experiments are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from abm_desktop.ui.translations import tr

__all__ = ["SENTENCES", "translated"]

SENTENCES = (
    # learning: the conditions of an evaluation, and signs of degeneracy
    "{x} a day",
    "{x} a day, p = {p}",
    "p = {p}, below {limit} is asked",
    "{n} lots on average, below {most} is asked",
    "one action takes {share} of the decisions",
    "the actions carry almost no information (entropy below 15 %)",
    "the profit hardly varies: it hardly trades",
    "less than one trade in ten minutes",
    "the position is full more than half of the time",
    "it decides the same whatever it sees",
    "what it does tells nothing of what it sees (below 0.01 nats)",
    "its profit cannot be told from that of {name}",
)
_NAME = re.compile(r"{(\w+)}")
_ENDS = re.compile(r"(?<=[.!?]) ")


def translated(text: str) -> str:
    """Return a sentence, or several, in the language of the window where they are known to it."""
    whole = _one(text)
    if whole != text:
        return whole
    return " ".join(_one(sentence) for sentence in _ENDS.split(text))


def _one(sentence: str) -> str:
    for template, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            inside = {name: _one(value) for name, value in found.groupdict().items()}
            return tr(template).format(**inside)
    return sentence


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile("".join(_parts(template)))) for template in SENTENCES)


def _parts(template: str) -> Iterator[str]:
    """The template as a regular expression: names become groups."""
    for k, part in enumerate(_NAME.split(template)):
        yield f"(?P<{part}>.+)" if k % 2 else re.escape(part)
