"""What commands share: how they fail, and how they print text and tables."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from abm_desktop.inputs import InputError
from abm_desktop.plain_words import NOT_DONE, WRONG_USE, exit_status, printable

_WIDE = 10_000
"""Columns of what is no terminal: whoever reads on wants whole lines."""


class Failed(Exception):  # noqa: N818  (a fact, told by its text)
    """A command that cannot do what was asked; the text says why, and how to mend it.

    Raised ``from`` another error it has the exit status of that one.
    """

    @property
    def status(self) -> int:
        """The exit status of the command (:func:`abm_desktop.plain_words.exit_status`)."""
        return exit_status(self.__cause__)


class Misused(Failed):
    """A command that was given what it cannot use."""

    @property
    def status(self) -> int:
        """That of wrong usage."""
        return WRONG_USE


class Out(Console):
    """A console whose ``print`` shows text as it is: no markup, no emoji codes, nothing cropped.

    Styles are given with :meth:`say`, whose values are text as it is too. Piped, lines are as long
    as they are, unless COLUMNS says otherwise.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, stderr=stderr)
        if not self.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
            self.width = _WIDE

    def status(self, status: Any, **options: Any) -> Any:
        """What is under way, as it is; for the eyes of a terminal only."""
        if not self.is_terminal:
            return contextlib.nullcontext()
        return super().status(escape(printable(status)), **options)

    def say(self, pattern: str, *values: object, **options: Any) -> None:
        """Print a pattern with markup, as of ``str.format``; the values are shown as they are."""
        self.print(styled(pattern, *values), markup=True, **options)


def styled(pattern: str, *values: object) -> str:
    """A text with markup whose values are none.

    >>> styled("[bold]{}[/]", "[/x]")
    '[bold]\\\\[/x][/]'
    """
    return pattern.format(*(escape(printable(value)) for value in values))


def given_path(text: str) -> Path:
    """A path of the command line; empty text is none, although to ``Path`` it is this folder."""
    if not text.strip():  # "$FOLDER" of a shell that knows of no such name
        raise typer.BadParameter("is empty; name a file or a folder")
    return Path(text)


def check_target(option: str, file: Path | None) -> None:
    """Fail before the work, not after it, if a file of results cannot be written there."""
    if file is None:
        return
    place = file.absolute()
    if place.is_dir():
        raise Misused(f"{option} {file}: is a folder; name a file in it")
    if (place.exists() and not place.is_file()) or place.parent == Path("/dev"):
        raise Misused(f"{option} {file}: is no plain file; choose another")
    if not place.parent.is_dir():
        raise Misused(f"{option} {file}: there is no folder {place.parent}; make it first")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise Failed(f"{option} {file}: {place.parent} cannot be written to; choose another")


def fail(text: str, status: int = NOT_DONE) -> int:
    """Print why on the error stream; returns ``status``."""
    if sys.stderr is None:
        return status
    if sys.stderr.isatty():
        Out(stderr=True).say("[bold red]Error[/] {}", text)
    else:
        print(f"Error: {printable(text)}", file=sys.stderr)
    return status


def table(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print a table of text (first column, and any without a title) and numbers."""
    from rich.box import SIMPLE_HEAD

    shown = Table(title=Text(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for index, column in enumerate(columns):
        words = index == 0 or not column
        shown.add_column(Text(column), justify="left" if words else "right")
    for row in rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    print_table(console, shown)


def print_table(console: Console, shown: Table) -> None:
    """Print a table in which no word is ever cut: it may be wider than a narrow terminal."""
    for column in shown.columns:
        words = [
            word
            for cell in (column.header, *column.cells)
            for word in (cell.plain if isinstance(cell, Text) else str(cell)).split()
        ]
        column.min_width = max((len(Text(word)) for word in words), default=0)
        column.overflow = "fold"
    console.print(shown, crop=False, no_wrap=False)


def place_of(recording: str | None, day: str | None) -> str | None:
    """The place of a recording of which ``--day`` names a day or stock; itself without one.

    Raises :class:`Misused`, and :class:`.InputError` if there is no such file or nothing to choose.
    """
    if recording is None:
        if day is not None:
            raise Misused("--day says which day of a recording; give --recording too")
        return None
    from abm_desktop.readers.files import part_of, split_place
    from abm_desktop.scenario.files import SUFFIX, bundled_scenarios

    there = split_place(Path(recording).expanduser())[0].exists()
    shipped = {path.stem for path in bundled_scenarios()}
    if Path(recording).suffix == SUFFIX or (recording in shipped and not there):
        raise InputError(
            "is a scenario, not recorded order flow",
            path=recording,
            remedy="name it without --recording",
        )
    # Where it goes from here, a scenario of that name would do as well.
    if not there:
        raise InputError("there is no such file", path=recording, remedy="check the path")
    return recording if day is None else str(part_of(recording, day))
