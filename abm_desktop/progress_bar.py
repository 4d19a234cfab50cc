"""A progress bar for scripts and notebooks: tqdm's if it is installed, else a line of text."""

from __future__ import annotations

import importlib
import sys
import time
from types import TracebackType
from typing import Any

__all__ = ["ProgressBar"]

_LOOK_SECONDS = 0.2
_WIDTH = 30


class ProgressBar:
    """How far something is, on standard error; in a notebook tqdm draws it as a widget.

    Args:
        what: is done.
        shown: otherwise nothing is printed.
    """

    def __init__(self, what: str, *, shown: bool = True) -> None:
        self._what, self._shown = what, shown
        self._bar: Any = None
        self._share, self._told_at, self._line = 0.0, -1.0, ""

    def __enter__(self) -> ProgressBar:
        if self._shown:
            try:
                tqdm = importlib.import_module("tqdm.auto").tqdm
            except ImportError:
                tqdm = None
            if tqdm is not None:
                self._bar = tqdm(total=100, desc=self._what, bar_format="{l_bar}{bar}| {postfix}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._line:
            self._write(self._line, last=True)

    def say(self, what: str) -> None:
        """What is done now."""
        self.update(self._share, what)

    def update(self, share: float, what: str = "", more: str = "") -> None:
        """The finished share, 0 to 1, what is done now, and what is worth saying beside it."""
        self._share, self._what = share, what or self._what
        if self._bar is not None:
            self._bar.set_description(self._what, refresh=False)
            self._bar.set_postfix_str(more, refresh=False)
            self._bar.n = round(100 * share, 1)
            self._bar.refresh()
        elif self._shown:
            full = round(_WIDTH * min(max(share, 0.0), 1.0))
            bar = "#" * full + "-" * (_WIDTH - full)
            self._line = f"{self._what} [{bar}] {share:4.0%} {more}".rstrip()
            if time.monotonic() - self._told_at >= _LOOK_SECONDS:
                self._write(self._line)

    def _write(self, line: str, *, last: bool = False) -> None:
        self._told_at = time.monotonic()
        sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if last else ""))
        sys.stderr.flush()
