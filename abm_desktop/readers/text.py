"""CSV text as strangers save it, turned into one form: numbers between commas, a row a line.

Knows encodings (UTF-8, UTF-16 and 32, Latin-1), line ends, quotes, no-break spaces, headers, row
numbers as first column, and other separators with a decimal comma. What has two meanings is left
to be refused by whoever reads the numbers.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from abm_desktop.readers.streams import PIECE, Source

__all__ = ["SAMPLE_ROWS", "Block", "Table"]

SAMPLE_ROWS = 20
_MOST_ABOVE = 20
"""Lines that may stand above the first row of numbers."""
_LONGEST_LINE = 1 << 20
_BAD = b"\x01"
"""Stands for a mark that has no place in a number of this file."""
_NUMBER = re.compile(rb"[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?|[-+]?[0-9]+[.,]")
_SIGNS = str.maketrans("\u00a0\u202f\u2007\u2009\ufeff\u2212\u201c\u201d\u201e", "     " + '-"""')
"""Spaces that look like one, minus signs and typographic quotes."""
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
         (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip


class Block:
    """Some whole lines: as they are, and in one form."""

    __slots__ = ("_rows", "clean", "first_line", "raw")

    def __init__(self, raw: bytes, clean: bytes, first_line: int) -> None:
        self.raw, self.clean, self.first_line = raw, clean, first_line
        self._rows: list[tuple[int, bytes, bytes]] = []

    def row(self, index: int) -> tuple[int, bytes, bytes]:
        """Number of the line with the ``index``-th row, that line as it is, and in one form."""
        if not self._rows:
            raw, clean = self.raw.split(b"\n"), self.clean.split(b"\n")
            self._rows = [
                (self.first_line + line, raw[line] if line < len(raw) else b"", text)
                for line, text in enumerate(clean)
                if text.strip(b" \t\r")
            ]
        return self._rows[index] if index < len(self._rows) else (self.first_line, b"", b"")


class Table:
    """The rows of a CSV file, from a stream of its bytes.

    Raises :class:`.RecordingError` if there is no row of numbers at the top of the file.
    """

    def __init__(self, source: Source, stream: Any) -> None:
        self.source = source
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._carry = b""
        self._ended = False
        self._start()
        self.separator = b","
        self.header: list[str] = []
        """Names above the columns, in lower case, letters and digits only; empty without."""
        self._decimal = b""
        self._above()
        lines = [line for line in self._carry.split(b"\n")[: SAMPLE_ROWS + 1] if line.strip(b" \t")]
        self._choose_separator(lines[0])
        self.sample = [self._fields(line) for line in lines[:SAMPLE_ROWS]]
        """The first rows, in one form."""
        self.width = len(self.sample[0])
        """Columns of the first row."""
        self.ends_blank = self.width > 1 and not any(row[-1] for row in self.sample)
        """Whether the last column is empty: often there is a comma at the end of each line."""
        self._name_columns()

    def _start(self) -> None:
        data = b""
        while len(data) < PIECE and (piece := self._stream.read(PIECE - len(data))):
            data += piece
        for bom, name in _BOMS:
            if data.startswith(bom):
                data = data[len(bom) :]
                self._decoder = codecs.getincrementaldecoder(name)()
                break
        else:
            data = data.removeprefix(codecs.BOM_UTF8)
            head = data[:64]
            if b"\0" in head and len(head) >= 4:
                name = "utf-16-le" if not any(head[1::2]) else "utf-16-be"
                if not any(head[1::2]) or not any(head[0::2]):
                    self._decoder = codecs.getincrementaldecoder(name)()
        self._take(data)

    def _take(self, data: bytes) -> None:
        """Add to the text that waits; an empty piece is the end."""
        if not data:
            self._ended = True
        if self._decoder is not None:
            try:
                data = self._decoder.decode(data, not data).encode("utf-8", "replace")
            except UnicodeDecodeError as error:
                raise self.source.error(
                    f"is cut off in the middle of a letter, or no {error.encoding}",
                    "save it as UTF-8, or download it again",
                ) from error
        text = self._carry + data
        if b"\r" in text:
            held = b"\r" if text.endswith(b"\r") and not self._ended else b""
            text = text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            text += held
        self._carry = text

    def _above(self) -> None:
        """Drop what stands above the first row, and remember the names in it."""
        above: list[bytes] = []
        at = 0
        text = self._carry
        while at < len(text) and len(above) <= _MOST_ABOVE:
            end = text.find(b"\n", at)
            line = text[at : end if end >= 0 else len(text)]
            fields = re.split(rb"[,;\t| ]", self._plain(line).strip(b" \t"))
            numbers = sum(_NUMBER.fullmatch(f.strip()) is not None for f in fields)
            # A row with a fault in its first column is a row all the same.
            if _NUMBER.fullmatch(fields[0]) or (len(fields) >= 4 and 2 * numbers > len(fields)):
                self.lines_above = len(above)
                self._carry = text[at:]
                self._names = next((a for a in reversed(above) if a.strip()), b"")
                return
            if line.strip() and not re.search(rb"[A-Za-z]", line) and not _NUMBER.search(line):
                break
            above.append(line)
            at = len(text) if end < 0 else end + 1
        shown = next((a for a in above if a.strip()), self._carry[:60])
        why = " (it holds NUL bytes)" if b"\0" in self._carry[:PIECE] else ""
        raise self.source.error(
            f"holds no rows of numbers{why}"
            + (f"; it begins with {_words(shown)}" if shown else ""),
            "choose a LOBSTER message or orderbook CSV file",
        )

    def _choose_separator(self, line: bytes) -> None:
        for separator in (b";", b"\t", b"|", b",", b" "):
            if separator in line.strip(b" \t" if separator == b" " else b" "):
                self.separator = separator
                return

    def _plain(self, text: bytes) -> bytes:
        """Without quotes and with plain spaces and signs."""
        if not text.isascii():
            try:
                words = text.decode("utf-8")
            except UnicodeDecodeError:
                words = text.decode("cp1252", "replace")
            text = words.translate(_SIGNS).encode("utf-8")
        return self._unquoted(text) if b'"' in text else text

    def _unquoted(self, text: bytes) -> bytes:
        parts = text.split(b'"')
        # A separator or a line end between quotes belongs to no number.
        for k in range(1, len(parts), 2):
            parts[k] = parts[k].replace(self.separator, _BAD).replace(b"\n", _BAD + b"\n")
        if len(parts) % 2 == 0:
            parts[-1] = _BAD + parts[-1]
        return b"".join(parts)

    def clean(self, text: bytes) -> bytes:
        """Lines in one form, as many as there were."""
        text = self._plain(text)
        if self.separator == b",":
            return text
        if self.separator == b" ":
            return re.sub(rb"[ \t]+", b",", re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", text))
        if not self._decimal:
            self._decimal = b"," if b"," in text else b"." if b"." in text else b""
        other = b"." if self._decimal == b"," else b","
        if other in text and self._decimal:
            text = text.replace(other, _BAD)
        return text.replace(b",", b".").replace(self.separator, b",")

    def _fields(self, line: bytes) -> list[str]:
        return [f.strip() for f in self.clean(line).decode("utf-8", "replace").split(",")]

    def _name_columns(self) -> None:
        line = self._plain(self._names)
        names = [re.sub(r"[^a-z0-9]", "", f.lower()) for f in
                 line.decode("utf-8", "replace").split(self.separator.decode())]  # fmt: skip
        if len(names) == len(self.sample[0]) - 1 and self.counts(0):
            names = ["", *names]  # R names the columns, and not the numbers of the rows
        if len(names) >= self.width > 1 and any(names):
            self.header = names[: self.width]

    def counts(self, column: int) -> bool:
        """Whether the first rows number themselves in a column."""
        try:
            seen = [int(row[column]) for row in self.sample]
        except (ValueError, IndexError):
            return False
        return seen[0] in (0, 1) and seen == list(range(seen[0], seen[0] + len(seen)))

    def blocks(self) -> Iterator[Block]:
        """All rows. Raises :class:`.RecordingError` if the stream does."""
        line = self.lines_above + 1
        while True:
            end = len(self._carry) if self._ended else self._carry.rfind(b"\n") + 1
            if end:
                raw, self._carry = self._carry[:end], self._carry[end:]
                yield Block(raw, self.clean(raw), line)
                line += raw.count(b"\n")
            if self._ended:
                return
            if len(self._carry) > _LONGEST_LINE:
                raise self.source.error(
                    f"line {line} is longer than {_LONGEST_LINE:,} bytes: "
                    f"{_words(self._carry[:40])}",
                    "is it a CSV file?",
                )
            self._take(self._stream.read(PIECE))


def _words(line: bytes) -> str:
    text = line.decode("utf-8", "backslashreplace")
    shown = repr(text[:60])
    return shown if len(text) <= 60 else f"{shown[:-1]}...'"
