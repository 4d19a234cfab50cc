"""Help inside the window: the manual, its links and search, and a sentence behind every term."""

import re
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtWidgets import QTableWidget

from abm_desktop import paths
from abm_desktop.desk.analytics.titles import (
    RETURN_MEASURES,
    STRESS_MEASURES,
    WINDOW_MEASURES,
)
from abm_desktop.desk.glossary import PLAIN, glossary, meaning
from abm_desktop.scenario.files import bundled_scenarios, described_as
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.analytics.series import MEASURES
from abm_desktop.ui.manual import Manual
from abm_desktop.ui.palette import file_entries


def at_the_top(manual):
    return manual.text.cursorForPosition(manual.text.rect().topLeft()).block().text()


def test_the_manual_opens_at_what_is_on_show_and_its_links_lead_on(window, monkeypatch):
    window.tabs.setCurrentIndex(1)
    window.commands["help.manual"].trigger()
    (manual,) = window.findChildren(Manual)
    assert manual.isVisible() and manual.page == "market_tab"
    window.controls.show_analytics("facts")
    window.commands["help.manual"].trigger()
    assert window.findChildren(Manual) == [manual] and manual.page == "stylised_facts"
    manual.show_page("user_guide")
    assert "ABM Desktop is a market" in manual.text.toPlainText()
    manual.follow(QUrl("stress.md"))
    assert manual.page == "stress"
    manual.follow(QUrl("user_guide.md#remote-control"))
    assert manual.page == "user_guide"
    assert manual.text.textCursor().block().text() == "Remote control"
    manual.follow(QUrl("#preferences"))
    assert manual.text.textCursor().block().text() == "Preferences"
    manual.go_back()
    assert manual.page == "stress" and manual.pages.currentItem().text() == "Stress"
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    manual.follow(QUrl("https://example.org/paper"))
    manual.follow(QUrl("examples/remote_control.ipynb"))
    assert opened[0] == "https://example.org/paper"
    assert Path(QUrl(opened[1]).toLocalFile()).is_file()
    # Search in all pages; Enter goes on to the next page.
    manual.search.setText("hodges")
    shown = [manual.pages.item(k) for k in range(manual.pages.count())]
    shown = [item.text() for item in shown if not item.isHidden()]
    assert shown and all(re.search(r"\(\d+\)$", title) for title in shown)
    assert manual.text.textCursor().selectedText().casefold() == "hodges"
    first = manual.page
    for _ in range(40):
        manual.find_next()
        if manual.page != first:
            break
    assert (manual.page != first) == (len(shown) > 1)
    manual.search.setText("no such word anywhere")
    assert manual.nothing.isVisible()
    manual.search.clear()
    assert not manual.nothing.isVisible()
    window.commands["help.glossary"].trigger()
    assert manual.page == "glossary" and "Kyle's lambda" in manual.text.toPlainText()
    window.controls.set_theme("light")
    try:
        assert manual.text.palette().color(manual.text.viewport().foregroundRole()) == QColor(
            theme.current().colors.text
        )
    finally:
        window.controls.set_theme("dark")


def test_every_link_and_picture_of_the_manual_is_there(window):
    manual = window.controls.show_manual()
    broken = []
    for file in paths.docs_dir().glob("*.md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text("utf-8")):
            name, _, section = target.partition("#")
            if target.startswith("http") or name.startswith("../"):
                continue
            if name and not (paths.docs_dir() / name).exists():
                broken.append((file.name, target))
            if section and (not name or name.endswith(".md")) and "/" not in name:
                manual.show_page(Path(name).stem if name else file.stem)
                manual.text.textCursor().setPosition(0)
                manual._go_to_section(section)
                block = manual.text.textCursor().block()
                if not block.blockFormat().headingLevel():
                    broken.append((file.name, target))
    assert broken == []


def test_every_term_has_a_sentence(window):
    for page in PAGES:
        window.controls.show_analytics(page.name)
        window.draw()
    shown = {m.title for m in (*WINDOW_MEASURES, *STRESS_MEASURES, *RETURN_MEASURES)}
    shown |= {measure.title for measure in MEASURES if not measure.tip}
    unexplained = set()
    for table in window.analytics.findChildren(QTableWidget):
        for k in range(table.columnCount()):
            item = table.horizontalHeaderItem(k)
            if item is not None and item.text() and item.toolTip() in ("", item.text()):
                unexplained.add(item.text())
    unexplained |= {title for title in shown if not meaning(title)}
    assert sorted(unexplained - PLAIN) == []
    for term, told in glossary().items():
        assert told.endswith(".") and len(told) > 10, term


def test_shipped_scenarios_are_described_where_they_are_opened(window):
    menu = window.menus.bundled
    menu.aboutToShow.emit()
    told = {action.objectName(): action.toolTip() for action in menu.actions()}
    assert told["bundled.flash_crash"].startswith("A sell programme hits a market")
    assert all(len(line) > 20 for line in told.values())
    assert [a.statusTip() for a in menu.actions()] == list(told.values())
    tips = {entry.title: entry.tip for entry in file_entries(window.session)}
    assert tips["Open scenario: flash_crash"] == told["bundled.flash_crash"]
    assert all(map(described_as, bundled_scenarios()))
