"""Framed panels with a title line, legends, and pages for places without data yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui import theme
from abm_desktop.ui.widgets.elided_label import ElidedLabel
from abm_desktop.ui.widgets.plots import resolve_color
from abm_desktop.ui.widgets.steady_label import SteadyLabel

__all__ = ["EmptyState", "Legend", "Panel"]

LEGIBLE = 0.6
"""Share of a note that is worth to be shown: a few letters only look like a fault."""


class Panel(QFrame):
    """A frame with a title, an optional note beside it, controls at the right, and one body."""

    def __init__(self, title: str, body: QWidget, note: str = "") -> None:
        super().__init__()
        self.setObjectName("panel")
        self.title = QLabel(title)
        self.title.setObjectName("panelTitle")
        self.note = ElidedLabel(note, legible=LEGIBLE)
        self.note.setObjectName("panelNote")
        self.header = QWidget()
        self.header.setObjectName("panelBody")
        self._header = QHBoxLayout(self.header)
        self._header.setContentsMargins(8, 4, 6, 2)
        self._header.setSpacing(8)
        self._header.addWidget(self.title)
        self._header.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 3)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(body, 1)
        self.body = body
        self._controls: list[QWidget] = []
        self._optional: list[QWidget] = []

    def take_header(self) -> QWidget:
        """Give the title line away, to be the title bar of a dock around this panel."""
        box = QFrame()
        box.setObjectName("dockHeader")
        layout = QVBoxLayout(box)
        layout.setContentsMargins(1, 1, 1, 0)
        layout.addWidget(self.header)
        self.setObjectName("dockBody")
        return box

    def add_control(self, widget: QWidget, *, optional: bool = False) -> None:
        """Put ``widget`` at the right end of the title line.

        An ``optional`` one is left out while the panel is too narrow for it: the last added first.
        """
        self._header.addWidget(widget)
        self._controls.append(widget)
        if optional:
            self._optional.append(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the optional controls where they do not fit."""
        super().resizeEvent(event)
        self.fit_controls()

    def fit_controls(self) -> None:
        """Show the optional controls there is room for; called again when their width changes."""
        if not self._optional:
            return
        gap = self._header.spacing()
        free = self.width() - 20 - self.title.sizeHint().width() - gap
        for widget in self._controls:
            if widget not in self._optional and not widget.isHidden():
                free -= widget.sizeHint().width() + gap
        for widget in self._optional:
            free -= widget.width() + gap
            widget.setVisible(free >= 0)


class Legend(SteadyLabel):
    """A line of coloured names; follows the theme."""

    def __init__(self, entries: Sequence[tuple[str, str]] = ()) -> None:
        """``entries``: (colour role, text)."""
        super().__init__()
        self.setObjectName("panelNote")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.entries = tuple(entries)
        self._write()
        theme.signals.changed.connect(self._write)

    def set_entries(self, entries: Sequence[tuple[str, str]]) -> bool:
        """Show these (colour role, text) pairs; return whether they are new."""
        if tuple(entries) == self.entries:
            return False
        self.entries = tuple(entries)
        self._write()
        return True

    def _write(self, _theme: object = None) -> None:
        self.show_text(
            "   ".join(f"■ {text}" for _role, text in self.entries),
            "&nbsp;&nbsp; ".join(
                f'<span style="color:{resolve_color(role).name()}">■</span>&nbsp;{text}'
                for role, text in self.entries
            ),
        )


SIDE, LINE = 40, 900
"""Pixels beside the lines of an empty page, at least; and of a line, at most."""


class EmptyState(QWidget):
    """A page for a place without data: what is going on, and what a person can do about it."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title = QLabel(title)
        self.title.setObjectName("emptyTitle")
        self.text = QLabel(text)
        self.text.setObjectName("emptyText")
        self.text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.setContentsMargins(SIDE, 8, SIDE, 8)
        layout.addStretch(2)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # At full width, so that a wrapped text is given the height it needs.
            layout.addWidget(label)
        layout.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the lines short enough to be read, on a wide screen too."""
        super().resizeEvent(event)
        side = max(SIDE, (self.width() - LINE) // 2)
        layout = self.layout()
        assert layout is not None
        if layout.contentsMargins().left() != side:
            layout.setContentsMargins(side, 8, side, 8)

    def offer(self, title: str) -> QPushButton:
        """Put a button below the lines, and return it."""
        button = QPushButton(title)
        button.setProperty("role", "primary")
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, button, 0, Qt.AlignmentFlag.AlignCenter)
        return button

    def say(self, title: str, text: str) -> None:
        """Change both lines."""
        if self.title.text() != title:
            self.title.setText(title)
            self.setAccessibleName(title)
        if self.text.text() != text:
            self.text.setText(text)
