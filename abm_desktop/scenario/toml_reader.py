"""TOML files of people and of strangers: read within limits, everything wrong told at once.

The standard parser stops at the first fault and has faults of its own that are no
``TOMLDecodeError`` (thousands of digits, deep nesting); keys of thousands of parts take it seconds.
Here each is one problem with its line.
"""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from .errors import Problem
from .toml_causes import words_of

MAX_BYTES = 256 * 1024
"""A file of ours has some 10 kB; one of more than this is something else."""

_MAX_SYNTAX_ERRORS = 20
_MAX_PARTS = 32
"""Parts of a dotted key; ours have up to three."""
_LONGEST_NUMBER = 400
"""Digits. The largest float has 309."""

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]")
_WHERE = re.compile(r"^(.*?)\s*\(at line (\d+), column (\d+)\)$", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_DIGITS = re.compile(rf"[0-9_]{{{_LONGEST_NUMBER},}}")


class UnreadableError(Exception):
    """A file that cannot be read as text at all; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_text(path: Path) -> str:
    """Text of a file, without a byte order mark, its line ends as they are.

    Raises :class:`UnreadableError` if it is not there, no plain file, too large, or not UTF-8.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            what = "is a folder" if stat.S_ISDIR(about.st_mode) else "is not a plain file"
            raise UnreadableError(Problem(None, None, what, "name a file"))
        if about.st_size > MAX_BYTES:
            raise UnreadableError(
                Problem(
                    None,
                    None,
                    f"has {about.st_size:,} bytes; at most {MAX_BYTES:,} are read",
                    "choose another file",
                )
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableError(
            Problem(None, None, f"cannot be read: {reason}", "check path and permissions")
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        what = "is UTF-16, not UTF-8 text" if utf16 else "is not UTF-8 text"
        raise UnreadableError(
            Problem(None, None, what, "save it as UTF-8, or choose another file")
        ) from error


def parse(text: str) -> tuple[dict[str, Any], str, list[Problem]]:
    """Parse as far as possible: a line that cannot be read is reported, blanked, and passed over.

    Returns the values, the text they were read from, and what could not be read.

    >>> values, _, problems = parse("a = 1\\nb = 0,05\\n")
    >>> values
    {'a': 1}
    >>> print(problems[0])
    line 2: b: has a value that cannot be read: 0,05 (column 5); write a decimal point: 0.05
    """
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    problems: list[Problem] = []
    for index, line in enumerate(lines):
        if _too_many_parts(line):
            problems.append(
                Problem(
                    index + 1,
                    None,
                    f"has a key of more than {_MAX_PARTS} parts",
                    "write short keys, one table in [brackets] for those that belong together",
                )
            )
            lines[index] = ""
            if len(problems) >= _MAX_SYNTAX_ERRORS:
                return {}, "", problems
    while True:
        readable = "\n".join(lines) + "\n"
        try:
            return tomllib.loads(readable), readable, problems
        except tomllib.TOMLDecodeError as error:
            match = _WHERE.search(str(error))
            number = int(match.group(2)) if match else len(lines)
            column = int(match.group(3)) if match else 0
            message = match.group(1) if match else str(error).removesuffix(" (at end of document)")
            # A key whose line break was taken as its end is reported at the start of the next line.
            if match and column == 1 and number > 1 and message.startswith("Expected"):
                number, column = number - 1, len(lines[number - 2]) + 1
        except RecursionError:
            problems.append(
                Problem(None, None, "is nested too deeply", "take out lists within lists")
            )
            return {}, "", problems
        except ValueError:
            # Python reads no whole number of more than some thousands of digits.
            found = next(
                ((n, hit) for n, line in enumerate(lines, 1) if (hit := _DIGITS.search(line))), None
            )
            if found is None:
                problems.append(Problem(None, None, "cannot be read", "check its values"))
                return {}, "", problems
            number, hit = found
            match, message, column = None, "Number too long", hit.start() + 1
            key = lines[number - 1].partition("=")[0].strip()
            digits = len(hit.group())
            problems.append(
                Problem(
                    number,
                    key[:80] or None,
                    f"has a number of {digits:,} digits",
                    "write a shorter one",
                    column,
                )
            )
            lines[number - 1] = ""
            if len(problems) >= _MAX_SYNTAX_ERRORS:
                return {}, "", problems
            continue
        here = lines[number - 1] if number <= len(lines) else ""
        problems.append(_syntax_problem(number, column, here, message, _table_above(lines, number)))
        open_to_the_end = number > len(lines) or not here.strip()
        if not match or open_to_the_end or len(problems) >= _MAX_SYNTAX_ERRORS:
            return {}, "", problems
        lines[number - 1] = ""
        if here.lstrip().startswith("["):
            # Without their header, the keys below would count for the table above.
            for index in range(number, len(lines)):
                if _HEADER.match(lines[index]):
                    break
                lines[index] = ""


def _too_many_parts(line: str) -> bool:
    if line.count(".") <= _MAX_PARTS:
        return False
    bare = re.sub(r"\s+", "", _QUOTED.sub("q", line.partition("#")[0]))
    return any(run.count(".") > _MAX_PARTS and ".." not in run for run in _KEY.findall(bare))


def _table_above(lines: list[str], number: int) -> str:
    for line in reversed(lines[: number - 1]):
        if match := _HEADER.match(line):
            return match.group(1).strip()
    return ""


def _syntax_problem(number: int, column: int, line: str, message: str, table: str) -> Problem:
    key = line.split("=", 1)[0].strip() if "=" in line else None
    if key and table:
        key = f"{table}.{key}"
    words, remedy, at = words_of(line, column, message, has_key=bool(key))
    return Problem(number, key[:80] if key else None, words, remedy, at)
