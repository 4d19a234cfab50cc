"""Runs what is typed on a thread of its own, keeps what it prints, and can be interrupted."""

from __future__ import annotations

import ast
import contextlib
import ctypes
import io
import linecache
import queue
import rlcompleter
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

__all__ = ["MOST_OUTPUT", "Interpreter"]

MOST_OUTPUT = 20_000
"""Characters of one input that are kept."""
MOST_COMPLETIONS = 200
CUT = "\n… the rest of the output was cut\n"

Kind = Literal["out", "error", "done"]


class Interpreter:
    """One namespace and one thread, which starts with the first input.

    Args:
        names: what is there at first.
        wake: called on that thread when there is something to :meth:`take`.
        show: how a value is written.
    """

    def __init__(
        self,
        names: dict[str, Any],
        wake: Callable[[], object],
        show: Callable[[Any], str] = repr,
    ) -> None:
        self._show = show
        self.names: dict[str, Any] = {
            "__name__": "__console__",
            "help": self._help,
            "input": _no_input,
            **names,
        }
        self._wake = wake
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._said: deque[tuple[Kind, str]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting = 0
        self._works = False
        """Whether code of a person runs at this moment."""
        self._left = 0
        self._inputs = 0

    @property
    def is_busy(self) -> bool:
        """Whether an input is not finished yet."""
        with self._lock:
            return self._waiting > 0

    def run(self, text: str) -> None:
        """Run an input after those before; what it says and that it is done can be taken then."""
        self._put(lambda: self._execute(text))

    def complete(self, text: str, tell: Callable[[list[str]], object]) -> bool:
        """Find what a name, dotted or not, can go on to; False if an input runs just now.

        ``tell`` is called on the other thread.
        """
        if self.is_busy:
            return False
        self._start()
        self._jobs.put(lambda: tell(self._completions(text)))
        return True

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in what runs, as soon as it comes back from a call of C."""
        with self._lock:
            thread = self._thread
            if self._works and thread is not None and thread.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt)
                )

    def take(self) -> list[tuple[Kind, str]]:
        """What was said since the last call, in order."""
        with self._lock:
            found = list(self._said)
            self._said.clear()
        return found

    def close(self) -> None:
        """Run no more; what runs is interrupted."""
        self.interrupt()
        self._jobs.put(None)

    # -- on the other thread --------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="console", daemon=True)
            self._thread.start()

    def _put(self, job: Callable[[], None]) -> None:
        with self._lock:
            self._waiting += 1
        self._start()
        self._jobs.put(job)

    def _serve(self) -> None:
        while True:
            # An interrupt may come a moment after what it was meant for.
            with contextlib.suppress(KeyboardInterrupt):
                job = self._jobs.get()
                if job is None:
                    return
                job()

    def _execute(self, text: str) -> None:
        self._left = MOST_OUTPUT
        try:
            with _routed(self._write):
                with self._lock:
                    self._works = True
                try:
                    self._run(text)
                finally:
                    with self._lock:
                        self._works = False
        except SystemExit:
            self._say("error", "The console goes on: close it in the menu View.\n")
        except BaseException as error:  # what a person types may raise anything
            self._say("error", _told(error))
        finally:
            with self._lock:
                self._waiting -= 1
            self._say("done", "")

    def _run(self, text: str) -> None:
        self._inputs += 1
        name = f"<input {self._inputs}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        tree = ast.parse(text, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), self.names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), self.names)
            if value is not None:
                self.names["_"] = value
                self._write(f"{self._show(value)}\n")

    def _completions(self, text: str) -> list[str]:
        completer = rlcompleter.Completer(self.names)
        found: list[str] = []
        with contextlib.suppress(Exception):  # a property of somebody's own may raise anything
            for k in range(MOST_COMPLETIONS):
                each = completer.complete(text, k)
                if each is None:
                    break
                found.append(each)
        return [each for each in found if "._" not in each or "._" in text]

    def _help(self, thing: object = None) -> None:
        """Tell what something is."""
        if thing is None:
            self._write("help(market) tells what a market can do.\n")
            return
        import pydoc

        self._write(pydoc.plain(pydoc.render_doc(thing)))

    def _write(self, text: str) -> None:
        if self._left < 0:
            return  # cut already
        part = text[: self._left]
        self._left -= len(part)
        if part:
            self._say("out", part)
        if len(part) < len(text) and self._left == 0:
            self._left = -1
            self._say("out", CUT)

    def _say(self, kind: Kind, text: str) -> None:
        with self._lock:
            first = not self._said
            self._said.append((kind, text))
        if first:
            self._wake()


class _Router(io.TextIOBase):
    """Text of one thread goes to a function, that of all others where it went before."""

    def __init__(self, write: Callable[[str], None], before: Any) -> None:
        self._to, self._before, self._thread = write, before, threading.get_ident()

    def write(self, text: str) -> int:
        """Take some text."""
        if threading.get_ident() == self._thread:
            self._to(text)
        elif self._before is not None:
            self._before.write(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back here."""
        if threading.get_ident() != self._thread and self._before is not None:
            self._before.flush()


@contextlib.contextmanager
def _routed(write: Callable[[str], None]) -> Any:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Router(write, before[0]), _Router(write, before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _told(error: BaseException) -> str:
    """The traceback, from what was typed on."""
    if isinstance(error, KeyboardInterrupt):
        return "KeyboardInterrupt\n"
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<input "):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))


def _no_input(*_prompt: object) -> str:
    raise RuntimeError("there is nobody to ask: the console takes whole inputs only")
