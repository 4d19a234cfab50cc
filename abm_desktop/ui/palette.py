"""The command palette: type a few letters of what you want, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.readers.files import place_name
from abm_desktop.scenario.files import described_as
from abm_desktop.ui import theme
from abm_desktop.ui.commands import GROUPS, CommandTable, plain_title
from abm_desktop.ui.session import Session
from abm_desktop.ui.stress_kinds import more_stresses

__all__ = [
    "Palette",
    "PaletteEntry",
    "command_entries",
    "file_entries",
    "match",
    "panel_entries",
    "stress_entries",
    "theme_entries",
]

ROWS_SHOWN = 12
WIDTH = 520


_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS_SHOWN,
    Qt.Key.Key_PageUp: -ROWS_SHOWN,
}


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line of the palette."""

    title: str
    run: Callable[[], object]
    keys: str = ""
    tip: str = ""
    reason: str = ""
    """Why it cannot be used now; "" if it can."""


def command_entries(commands: CommandTable) -> list[PaletteEntry]:
    """Return an entry for every command, with the reason if it cannot be used now."""
    entries = []
    for command, action in commands:
        if command.id == "view.palette":
            continue
        menu = plain_title(GROUPS[command.group])
        reason = "" if action.isEnabled() else action.toolTip().partition("\n")[2] or "not now"
        entries.append(
            PaletteEntry(
                f"{menu}: {plain_title(action.text())}",
                action.trigger,
                QKeySequence(command.keys).toString() if command.keys else "",
                action.statusTip(),
                reason,
            )
        )
    return entries


def stress_entries(inject: Callable[[str], object], reason: str) -> list[PaletteEntry]:
    """Return an entry for every kind of stress that is not a command of its own."""
    return [
        PaletteEntry(
            f"Market: Inject {stress.title.lower()}",
            partial(inject, stress.kind),
            tip=stress.tip,
            reason=reason,
        )
        for stress in more_stresses()
    ]


def file_entries(session: Session) -> list[PaletteEntry]:
    """Return an entry for every shipped scenario and every recent file."""
    shipped = [
        PaletteEntry(
            f"Open scenario: {path.stem}",
            partial(session.open, path),
            tip=described_as(path),
        )
        for path in session.bundled()
    ]
    recent = [
        PaletteEntry(
            f"Open recent file: {place_name(path)}",
            partial(session.open, path),
            tip=str(path),
        )
        for path in session.settings.recent
    ]
    return shipped + recent


def theme_entries(set_theme: Callable[[str], None]) -> list[PaletteEntry]:
    """Return an entry for every theme."""
    return [
        PaletteEntry(
            f"Theme: {entry.title}",
            partial(set_theme, name),
        )
        for name, entry in theme.THEMES.items()
    ]


def panel_entries(docks: Mapping[str, QDockWidget]) -> list[PaletteEntry]:
    """Return an entry that shows each of these panels and brings it to the front."""

    def show(dock: QDockWidget) -> None:
        dock.show()
        dock.raise_()

    return [
        PaletteEntry(f"Panel: {dock.windowTitle()}", partial(show, dock)) for dock in docks.values()
    ]


def match(query: str, title: str) -> float | None:
    """Return how well ``title`` fits ``query`` (the higher the better), None if it does not.

    Every word of the query must be found: best at the beginning of a word, then within one, then as
    letters in their order ("fc" finds "Flash crash").
    """
    text = title.lower()
    total = 0.0
    for word in query.lower().split():
        score = _match_word(word, text)
        if score is None:
            return None
        total += score
    return total - 0.01 * len(text)


def _match_word(word: str, text: str) -> float | None:
    at = text.find(word)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return 10.0 + len(word)
        next_at = text.find(word, at + 1)
        if next_at < 0:
            return 5.0 + len(word)
        at = next_at
    place, starts = -1, 0
    for letter in word:
        place = text.find(letter, place + 1)
        if place < 0:
            return None
        starts += place == 0 or not text[place - 1].isalnum()
    # Letters strewn over the text are no match: some must begin a word.
    return float(starts) if 2 * starts >= len(word) else None


class Palette(QDialog):
    """A field and the list of what fits; closes when something is chosen or on Esc."""

    def __init__(self, entries: Iterable[PaletteEntry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setWindowTitle("Command palette")
        self._entries = list(entries)
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Search for a command")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands that fit")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setContentsMargins(6, 0, 6, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self.note)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self.choose())
        self.list.currentRowChanged.connect(lambda _row: self._describe())
        self._shown: list[PaletteEntry] = []
        self._filter("")

    def show_over(self, window: QWidget) -> None:
        """Show the palette at the upper middle of ``window``."""
        width = min(WIDTH, window.width() - 40)
        self.setFixedWidth(width)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 70)
        self.show()
        self.field.setFocus()

    @property
    def titles(self) -> list[str]:
        """Titles on show, the best first."""
        return [entry.title for entry in self._shown]

    def choose(self) -> None:
        """Run the entry that is marked; one that cannot be used now says why instead."""
        row = self.list.currentRow()
        if not 0 <= row < len(self._shown):
            return
        entry = self._shown[row]
        if entry.reason:
            self.note.setText(entry.reason)
            return
        self.close()
        entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys of the field move the mark in the list, and Enter choose."""
        if (
            watched is not self.field
            or not isinstance(event, QKeyEvent)
            or event.type() != QEvent.Type.KeyPress
        ):
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
            return True
        step = _STEPS.get(event.key())
        if step is not None:
            last = self.list.count() - 1
            self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
            return True
        return super().eventFilter(watched, event)

    def _filter(self, query: str) -> None:
        scored = [(match(query, entry.title), entry) for entry in self._entries]
        found = [(score, entry) for score, entry in scored if score is not None]
        if query.strip():
            found.sort(key=lambda pair: -pair[0])
        self._shown = [entry for _score, entry in found]
        self.list.clear()
        for entry in self._shown:
            item = QListWidgetItem(self.list)
            row = _PaletteRow(entry)
            item.setSizeHint(row.sizeHint())
            self.list.setItemWidget(item, row)
        height = self.list.sizeHintForRow(0) if self._shown else 24
        self.list.setFixedHeight(height * min(ROWS_SHOWN, max(1, len(self._shown))) + 4)
        self.list.setCurrentRow(0)
        self._describe()
        self.adjustSize()

    def _describe(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            entry = self._shown[row]
            self.note.setText(entry.reason or entry.tip)
        else:
            self.note.setText("Nothing is called so.")


class _PaletteRow(QWidget):
    """A title at the left, its keys at the right."""

    def __init__(self, entry: PaletteEntry) -> None:
        super().__init__()
        title, keys = QLabel(entry.title), QLabel(entry.keys)
        keys.setObjectName("panelNote")
        if entry.reason:
            title.setObjectName("panelNote")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.addWidget(title, 1)
        layout.addWidget(keys)
