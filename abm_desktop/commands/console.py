"""What commands share: how they fail, and how they show progress."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape


class Failed(Exception):  # noqa: N818  (a fact, told by its text)
    """A command that cannot do what was asked; the text says why, and how to mend it."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def fail(text: str, status: int = 1) -> int:
    """Print why on the error stream; returns ``status``."""
    if sys.stderr.isatty():
        Console(stderr=True, highlight=False).print(f"[bold red]Error[/] {escape(text)}")
    else:
        print(f"Error: {text}", file=sys.stderr)
    return status


def table(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print a table of text (first column, and any without a title) and numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for index, column in enumerate(columns):
        words = index == 0 or not column
        shown.add_column(column, justify="left" if words else "right")
    for row in rows:
        shown.add_row(*map(escape, row))
    console.print(shown)
