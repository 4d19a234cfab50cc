"""Why a line of a TOML file cannot be read: the usual causes, each with its own remedy."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST = 60
_ODD_SPACES = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_ODD_QUOTES = re.compile("[“”„‟«»‘’‚‹›]")
_NUMBER = r"[+-]?[0-9][0-9_]*"

_BACKSLASH = (
    "in double quotes a backslash begins a special character: put a path in 'single quotes', "
    "or write each backslash twice (\\\\)"
)

Cause = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_VALUES: tuple[Cause, ...] = (
    (
        re.compile(rf"{_NUMBER},[0-9]+"),
        lambda m: f"write a decimal point: {m.group().replace(',', '.')}",
    ),
    (
        re.compile(r"\"[^\"]*\\.*"),
        lambda m: (
            "in double quotes a backslash begins a special character: put a path in "
            "'single quotes', or write each backslash twice (\\\\)"
        ),
    ),
    (
        re.compile(rf"({_NUMBER}(?:\.[0-9]+)?)\s*%"),
        lambda m: f"write a fraction: {float(m.group(1).replace('_', '')) / 100:g}",
    ),
    (
        re.compile(rf"({_NUMBER}(?:\.[0-9]+)?\s*[A-Za-zµ]+)(?:\s+[0-9.]+\s*[a-z]+)*"),
        lambda m: f'put text in "quotes": "{m.group().strip()}"',
    ),
    (
        re.compile(r"[+-]?(\.[0-9]+|[0-9]+\.)(?:[eE].*)?"),
        lambda m: "numbers need digits on both sides of the point",
    ),
    (
        re.compile(r"[+-]?0+([0-9]+(?:\.[0-9]+)?)"),
        lambda m: f"write {m.group(1)}, without zeros before it",
    ),
    (
        re.compile(r"(?i)(true|yes|on)"),
        lambda m: "write true, in small letters",
    ),
    (
        re.compile(r"(?i)(false|no|off)"),
        lambda m: "write false, in small letters",
    ),
    (
        re.compile(r"(?i)(none|null|nil|na|n/a|)"),
        lambda m: "leave the key out if it is to have its usual value",
    ),
    (
        re.compile(r"(.+?)\s*;"),
        lambda m: "take away the semicolon",
    ),
    (
        re.compile(r"([\"'])(?:(?!\1).)*"),
        lambda m: f"close the text with another {m.group(1)}",
    ),
)
"""What a value looks like as a whole, and the remedy. The first that fits is told."""


def words_of(line: str, column: int, message: str, *, has_key: bool) -> tuple[str, str, int | None]:
    """What is wrong with a line, quoting it, how to mend it, and the column.

    ``message`` is the parser's own; it decides only if no usual cause fits.
    """
    for pattern, name, remedy in (
        (_ODD_SPACES, "a space that is none of the keyboard's", "type an ordinary space there"),
        (_ODD_QUOTES, "a typographic quotation mark", 'write straight quotes: "..."'),
    ):
        # Inside straight quotes both are plain text, and not what is wrong.
        outside = re.sub(r"\"[^\"]*\"|'[^']*'", lambda m: " " * len(m.group()), line)
        if hit := pattern.search(outside):
            return f"has {name} in {_cut(line.strip())}", remedy, hit.start() + 1
    lowered = message.lower()
    if "overwrite" in lowered or "declare" in lowered or "twice" in lowered:
        return "is given twice", "keep one of the two", column or None
    if has_key:
        value = line.split("=", 1)[1]
        at = len(line) - len(value.lstrip()) + 1
        value = _without_comment(value).strip()
        what = f"has a value that cannot be read: {_cut(value) or 'nothing'}"
        if "\\" in value and ("unescaped" in lowered or "hex" in lowered):
            return what, _BACKSLASH, at
        for pattern, told in _VALUES:
            if match := pattern.fullmatch(value):
                return what, told(match), at
        if re.fullmatch(r"[A-Za-z_][\w ./-]*", value):
            return what, f'put text in "quotes": "{_cut(value)}"', at
        if "value" in lowered or "statement" in lowered or "string" in lowered:
            remedy = 'put text in "quotes"; numbers need digits on both sides of the point'
            return what, remedy, at
    elif ":" in line:
        return _not_a_pair(line), "write key = value, with an equals sign", None
    elif line.lstrip().startswith(("//", ";", "--", "/*")):
        return _not_a_pair(line), "start a comment with #", None
    if "=" in lowered or "key" in lowered:
        return _not_a_pair(line), "write key = value, or start a comment with #", None
    return f"cannot be read: {lowered}", "check quotes and brackets", column or None


def _not_a_pair(line: str) -> str:
    return f'"{_cut(line.strip())}" is not "key = value"'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _without_comment(value: str) -> str:
    if value.lstrip().startswith(('"', "'")):
        return value
    return value.partition("#")[0]
