"""The Python console of a window: output above, input below, history, completion, Ctrl+C."""

from __future__ import annotations

import codeop
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from abm_desktop.ui import theme
from abm_desktop.ui.session import Session

__all__ = ["ConsolePanel"]

LINES_KEPT = 2000
HISTORY_KEPT = 500
INPUT_LINES = 2
INDENT = "    "
PROMPT = 3 * ">"
_WORD = re.compile(r"[\w.]+$")
WELCOME = (
    "market is the market of this window; np is NumPy. Commands are values: "
    "market.inject(FlashCrash(magnitude=0.03)), market.run(60), market.mid. help(market) tells "
    "more, Tab completes, Ctrl+C interrupts."
)


class ConsolePanel(QWidget):
    """Types go to an interpreter on a thread of its own; the window never waits for it."""

    _woken = Signal()
    _completed = Signal(str, object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._engine: Any = None
        self.history: list[str] = []
        self._place = 0
        self.output = QPlainTextEdit()
        self.output.setReadOnly(True)
        self.output.setMaximumBlockCount(LINES_KEPT)
        self.output.setAccessibleName("Output of the console")
        self.output.setPlaceholderText(WELCOME)
        self.input = InputLines()
        self.input.setAccessibleName("Input of the console")
        self.input.setPlaceholderText(
            "Python; Enter runs it, Shift+Enter begins another line, Tab completes"
        )
        self.input.submitted.connect(self.submit)
        self.input.recalled.connect(self.recall)
        self.input.interrupted.connect(self.interrupt)
        self.input.completion_asked.connect(self.complete)
        self.stop_button = QPushButton("Interrupt")
        self.stop_button.setToolTip("End what runs (Ctrl+C)")
        self.stop_button.setEnabled(False)
        self.stop_button.clicked.connect(self.interrupt)
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Forget the output; names stay")
        self.clear_button.clicked.connect(self.output.clear)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.input, 1)
        below.addWidget(self.stop_button)
        below.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.output, 1)
        layout.addLayout(below)
        self.setMinimumHeight(150)
        self._woken.connect(self.pump, Qt.ConnectionType.QueuedConnection)
        self._completed.connect(self._show_completions, Qt.ConnectionType.QueuedConnection)
        theme.signals.changed.connect(self._restyle)
        self._restyle()

    @property
    def engine(self) -> Any:
        """The interpreter, made when it is first needed: it knows the commands of a market."""
        if self._engine is None:
            self._engine = _interpreter(self._session, self._woken.emit)
        return self._engine

    @property
    def is_busy(self) -> bool:
        """Whether an input runs."""
        return self._engine is not None and bool(self._engine.is_busy)

    def submit(self, text: str) -> None:
        """Run an input."""
        if not text.strip():
            return
        self.history = [*(h for h in self.history if h != text), text][-HISTORY_KEPT:]
        self._place = len(self.history)
        prompted = text.rstrip().replace("\n", "\n... ")
        self._append(f"{PROMPT} {prompted}\n", "muted")
        self.stop_button.setEnabled(True)
        self.engine.run(text)

    def interrupt(self) -> None:
        """End what runs."""
        if self._engine is not None:
            self._engine.interrupt()

    def recall(self, step: int) -> None:
        """Put an earlier input into the line, or with 1 a later one."""
        if self.history:
            self._place = min(max(self._place + step, 0), len(self.history))
            later = self._place == len(self.history)
            self.input.put("" if later else self.history[self._place])

    def complete(self, word: str) -> None:
        """Ask what a word can go on to."""
        if word and not self.is_busy:
            self.engine.complete(word, lambda found: self._completed.emit(word, found))

    def pump(self) -> None:
        """Show what was said since the last call."""
        for kind, text in self._engine.take():
            if kind == "done":
                self.stop_button.setEnabled(self.is_busy)
            else:
                self._append(text, "danger" if kind == "error" else "text")

    def close_console(self) -> None:
        """Run no more."""
        if self._engine is not None:
            self._engine.close()

    def _show_completions(self, word: str, found: list[str]) -> None:
        if self.input.word() != word or not found:
            return
        common = found[0]
        while not all(each.startswith(common) for each in found):
            common = common[:-1]
        if len(common) > len(word):
            self.input.insertPlainText(common[len(word) :])
        elif len(found) > 1:
            self._append("  ".join(each.rpartition(".")[2] for each in found) + "\n", "muted")

    def _append(self, text: str, role: str) -> None:
        bar = self.output.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.output.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        form = QTextCharFormat()
        form.setForeground(QColor(theme.current().colors[role]))
        cursor.insertText(text, form)
        if at_end:
            bar.setValue(bar.maximum())

    def _restyle(self, _theme: object = None) -> None:
        for box in (self.output, self.input):
            box.setFont(theme.mono_font(9.0))
        height = self.input.fontMetrics().lineSpacing() * INPUT_LINES
        self.input.setFixedHeight(height + 12)


class InputLines(QPlainTextEdit):
    """Some lines of Python: Enter runs what is whole, and goes on with what is not."""

    submitted = Signal(str)
    recalled = Signal(int)
    interrupted = Signal()
    completion_asked = Signal(str)

    def put(self, text: str) -> None:
        """Show a text, the cursor at its end."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def word(self) -> str:
        """The name before the cursor, with its dots."""
        cursor = self.textCursor()
        found = _WORD.search(cursor.block().text()[: cursor.positionInBlock()])
        return found.group() if found else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run, go on, recall, complete or interrupt."""
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        block = self.textCursor().block()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier), bool(control))
        elif key == Qt.Key.Key_C and control and not self.textCursor().hasSelection():
            self.interrupted.emit()
        elif key == Qt.Key.Key_Up and not block.previous().isValid():
            self.recalled.emit(-1)
        elif key == Qt.Key.Key_Down and not block.next().isValid():
            self.recalled.emit(1)
        elif key == Qt.Key.Key_Tab:
            if word := self.word():
                self.completion_asked.emit(word)
            else:
                self.insertPlainText(INDENT)
        else:
            super().keyPressEvent(event)

    def _enter(self, shift: bool, control: bool) -> None:
        text = self.toPlainText()
        if control or (not shift and is_whole(text)):
            self.clear()
            self.submitted.emit(text)
            return
        line = self.textCursor().block().text()
        indent = line[: len(line) - len(line.lstrip())]
        self.insertPlainText("\n" + indent + (INDENT if line.rstrip().endswith(":") else ""))


def is_whole(text: str) -> bool:
    """Whether an input can run: of several lines, the last one has to be empty."""
    lines = text.split("\n")
    if len(lines) > 1:
        return not lines[-1].strip()
    try:
        return codeop.compile_command(text, "<input>", "single") is not None
    except (SyntaxError, ValueError, OverflowError):
        return True  # to be told


def _interpreter(session: Session, wake: Callable[[], object]) -> Any:
    # Here: a start must not wait for what only a console needs.
    import numpy as np

    from abm_desktop.desk.console.interpreter import Interpreter
    from abm_desktop.desk.console.market import ConsoleMarket, in_words
    from abm_desktop.live.commands import COMMANDS
    from abm_desktop.scenario.stress import STRESS_TYPES

    market = ConsoleMarket(lambda: session.live)
    names: dict[str, Any] = {"market": market, "session": market, "np": np}
    for kind in (*COMMANDS.values(), *STRESS_TYPES.values()):
        names[kind.__name__] = kind
    return Interpreter(names, wake, in_words)
