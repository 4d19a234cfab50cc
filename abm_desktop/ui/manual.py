"""The manual inside the window: the pages of docs/, their links and pictures, and the glossary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop import paths
from abm_desktop.desk.glossary import glossary
from abm_desktop.statements import counted
from abm_desktop.ui import theme

__all__ = ["GLOSSARY", "Manual", "page_about"]

GLOSSARY = "glossary"
FIRST = "user_guide"
_ORDER = (
    FIRST, "market_tab", "analytics_tab", "rl_tab", "stress", "interventions", "experiments",
    "statistics", "stylised_facts", "learning", "files", "api",
)  # fmt: skip
"""Pages as they are read; others follow by name."""
_ABOUT = {
    "start": FIRST, "market": "market_tab", "analytics": "analytics_tab", "rl": "rl_tab",
    "analytics.stress": "stress", "analytics.facts": "stylised_facts",
    "analytics.experiments": "experiments",
}  # fmt: skip
_PICTURE_WIDTH = 640
"""Pixels that a picture of a page may take."""
_NAME = Qt.ItemDataRole.UserRole


def page_about(place: str) -> str:
    """The page about a tab ("market") or a page of Analytics ("analytics.facts")."""
    return _ABOUT.get(place) or _ABOUT.get(place.partition(".")[0], FIRST)


class Manual(QDialog):
    """A window of its own: the list of pages, the page on show, a line to search in all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Manual")
        self.setSizeGripEnabled(True)
        self._texts = _pages()
        self._plain = {name: _plain(text).casefold() for name, text in self._texts.items()}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search all pages; Enter: next place")
        self.search.setAccessibleName("Search the manual")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._count)
        self.search.returnPressed.connect(self.find_next)
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages of the manual")
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name, text in self._texts.items():
            item = QListWidgetItem(_title(text))
            item.setData(_NAME, name)
            item.setToolTip(item.text())
            self.pages.addItem(item)
        self.pages.currentRowChanged.connect(lambda _row: self._show_chosen())
        self.nothing = QLabel("No page has this.")
        self.nothing.setObjectName("emptyText")
        self.nothing.hide()
        self.text = _Page(self)
        self.text.anchorClicked.connect(self.follow)
        self.back = QToolButton()
        self.back.setText("Back")
        self.back.setToolTip("The page before (Alt+Left)")
        self.back.setShortcut("Alt+Left")
        self.back.clicked.connect(self.go_back)
        self._before: list[str] = []
        self.page = ""
        """The name of the page on show."""
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.search, self.nothing, self.pages, self.back):
            column.addWidget(widget)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(self.text)
        both.setStretchFactor(1, 1)
        both.setSizes([300, 740])
        layout = QVBoxLayout(self)
        layout.addWidget(both)
        self.resize(QSize(1060, 700).boundedTo(self.screen().availableSize()))
        theme.signals.changed.connect(self._restyle)
        self.show_page(FIRST)

    # -- pages ----------------------------------------------------------------------------------

    def show_page(self, name: str, section: str = "") -> None:
        """Show a page, from a section of it on. KeyError if there is no such page."""
        text = self._texts[name]
        if name != self.page:
            if self.page:
                self._before.append(self.page)
            self.page = name
            self._write(text)
        self.back.setEnabled(bool(self._before))
        row = list(self._texts).index(name)
        if self.pages.currentRow() != row:
            self.pages.setCurrentRow(row)
        if section:
            self._go_to_section(section)

    def go_back(self) -> None:
        """Show the page before."""
        if self._before:
            name = self._before.pop()
            self.show_page(name)
            self._before.pop()
            self.back.setEnabled(bool(self._before))

    def follow(self, link: QUrl) -> None:
        """Go where a link leads: to a page here, or with the program for it."""
        name, _, section = link.toString().partition("#")
        page = Path(unquote(name)).stem if name.endswith(".md") else ""
        if not name:
            self._go_to_section(section)
        elif page in self._texts:
            self.show_page(page, section)
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        else:
            file = (paths.docs_dir() / unquote(name)).resolve()
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _show_chosen(self) -> None:
        item = self.pages.currentItem()
        if item is not None:
            self.show_page(item.data(_NAME))

    def _write(self, text: str) -> None:
        # GitHub's dialect has the tables; HTML is none of our pages' business.
        features = QTextDocument.MarkdownFeature
        document = self.text.document()
        document.setDefaultFont(theme.ui_font(10.0))
        document.setMarkdown(text, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
        document.setDocumentMargin(16)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _restyle(self, _theme: object = None) -> None:
        # Links are written in the colour that they had when the page was.
        self._write(self._texts[self.page])

    def _go_to_section(self, section: str) -> None:
        block = self.text.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and _anchor(block.text()) == section:
                cursor = QTextCursor(block)
                self.text.moveCursor(QTextCursor.MoveOperation.End)  # so that it stands at the top
                self.text.setTextCursor(cursor)
                return
            block = block.next()

    # -- search ---------------------------------------------------------------------------------

    def _count(self, wanted: str) -> None:
        """Name the pages that have it, with how often, and show the first."""
        wanted = wanted.strip().casefold()
        found = []
        for row, (name, text) in enumerate(self._texts.items()):
            item = self.pages.item(row)
            times = self._plain[name].count(wanted) if wanted else 0
            item.setText(_title(text) + (f" ({times})" if times else ""))
            item.setHidden(bool(wanted) and not times)
            item.setToolTip(f"Found {counted(times, 'time')}" if times else _title(text))
            if times:
                found.append(name)
        self.nothing.setVisible(bool(wanted) and not found)
        if found:
            self.show_page(self.page if self.page in found else found[0])
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(wanted)

    def find_next(self) -> None:
        """Go to the next place, and after the last one of a page to the next page that has it."""
        wanted = self.search.text().strip()
        if not wanted or self.text.find(wanted):
            return
        names = [n for n in self._texts if wanted.casefold() in self._plain[n]]
        if names:
            after = [n for n in names if list(self._texts).index(n) > self.pages.currentRow()]
            self.show_page((after or names)[0])
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(wanted)


class _Page(QTextBrowser):
    """Shows pictures of the manual no wider than the text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName("Page of the manual")

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Read a picture from the folder of the manual, and nothing else."""
        name = QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or name.scheme():
            return None
        image = QImage(str(paths.docs_dir() / unquote(name.path())))
        if image.width() > _PICTURE_WIDTH:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaledToWidth(_PICTURE_WIDTH, smooth)
        return image


def _pages() -> dict[str, str]:
    """Markdown of every page by name, in the order of reading, the glossary last."""
    files = {file.stem: file for file in sorted(paths.docs_dir().glob("*.md"))}
    names = [name for name in _ORDER if name in files]
    names += [name for name in files if name not in names]
    return {name: files[name].read_text("utf-8") for name in names} | {GLOSSARY: _glossary_page()}


def _glossary_page() -> str:
    entries = "\n\n".join(
        f"**{_escaped(term)}**: {_escaped(told)}" for term, told in glossary().items()
    )
    return f"# Glossary\n\nA sentence for every term that the window shows.\n\n{entries}\n"


def _escaped(text: str) -> str:
    return re.sub(r"([*_|\[\]<>`])", r"\\\1", text)


def _title(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ").strip()


def _anchor(heading: str) -> str:
    """What a heading is called in links, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _plain(text: str) -> str:
    return re.sub(r"[*`#|]|\]\([^)]*\)", "", text).replace("[", "")
