"""On which line, and where in it, each key of a TOML text stands.

The standard parser forgets positions, so this walks the text once more. It expects text that
parses; on anything else it stops early and returns what it has found so far.
"""

from __future__ import annotations

import contextlib
import re

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


Place = tuple[int, int]
"""Line and column, both from 1."""


def key_places(text: str) -> dict[Path, Place]:
    """Return where every key, table and list position in ``text`` stands."""
    scanner = _Scanner(text)
    with contextlib.suppress(IndexError, ValueError, RecursionError):
        scanner.document()
    return scanner.places


def nearest_place(places: dict[Path, Place], path: Path) -> tuple[int | None, int | None]:
    """Return where ``path`` stands, or else the closest table around it."""
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return None, None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self._tables: dict[Path, int] = {}  # how many [[tables]] of a name there are so far
        self._counted = 0
        self._line = 1
        self._begins = 0  # position at which that line does

    def document(self) -> None:
        prefix: Path = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            start = self.at
            if self.text.startswith("[[", self.at):
                self.at += 2
                name = self._resolve(self._key())
                self.at += 2
                index = self._tables.get(name, 0)
                self._tables[name] = index + 1
                self._note(name, start)
                prefix = (*name, index)
                self._note(prefix, start)
            elif self.text[self.at] == "[":
                self.at += 1
                prefix = self._resolve(self._key())
                self.at += 1
                self._note(prefix, start)
            else:
                self._pair(prefix)
            self._skip(_GAP)

    def _resolve(self, key: Path) -> Path:
        """Put the position of the newest [[table]] behind each name of one on the way down."""
        path: Path = ()
        for index, part in enumerate(key):
            path = (*path, part)
            if index < len(key) - 1 and path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _pair(self, prefix: Path) -> None:
        start = self.at
        path = prefix
        key = self._key()
        for part in key:
            path = (*path, part)
            self._note(path, start)
        if self.text[self.at] != "=":
            raise ValueError
        self.at += 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> Path:
        parts: list[str | int] = []
        while True:
            self._skip(_SPACE)
            if self.text[self.at] in "\"'":
                start = self.at
                self._string()
                parts.append(self.text[start + 1 : self.at - 1])
            else:
                match = _BARE.match(self.text, self.at)
                if not match:
                    raise ValueError
                parts.append(match.group())
                self.at = match.end()
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def _value(self, path: Path) -> None:
        mark = self.text[self.at]
        if mark in "\"'":
            self._string()
        elif mark == "[":
            self._list(path)
        elif mark == "{":
            self._inline_table(path)
        else:
            match = _SCALAR.match(self.text, self.at)
            if not match:
                raise ValueError
            self.at = match.end()

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        self._skip(_GAP)
        while self.text[self.at] != "]":
            self._note((*path, index))
            self._value((*path, index))
            index += 1
            self._skip(_GAP)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_GAP)
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_GAP)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip(_GAP)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_GAP)
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        triple = self.text.startswith(quote * 3, self.at)
        end = quote * 3 if triple else quote
        self.at += len(end)
        while not self.text.startswith(end, self.at):
            escaped = quote == '"' and self.text[self.at] == "\\"
            self.at += 2 if escaped else 1
        self.at += len(end)
        while triple and self.at < len(self.text) and self.text[self.at] == quote:
            self.at += 1  # a triple-quoted text may end in up to two quotes of its own

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _note(self, path: Path, at: int | None = None) -> None:
        at = self.at if at is None else at
        # Positions are noted left to right, but a table header is noted after it was read.
        self._line += self.text.count("\n", self._counted, at)
        last = self.text.rfind("\n", self._counted, at)
        self._begins = last + 1 if last >= 0 else self._begins
        self._counted = max(self._counted, at)
        self.places.setdefault(path, (self._line, at - self._begins + 1))
