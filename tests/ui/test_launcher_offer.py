"""At the first start the program offers to be put into the menu of programs."""

import sys

import pytest
from PySide6.QtCore import Qt

from abm_desktop import launcher
from abm_desktop.ui.launcher_offer import offer_launcher

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="menu entries of freedesktop.org"
)


def test_it_is_offered_once_and_done(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "shared"))
    entry, icon, kind = launcher.targets()

    # What else is being asked comes first.
    window.offer.ask("Recover?", "", (("Yes", "", lambda: None),))
    offer_launcher(window)
    assert window.offer.title.text() == "Recover?"
    qtbot.mouseClick(window.offer.buttons[0], Qt.MouseButton.LeftButton)

    offer_launcher(window)
    assert window.offer.isVisible() and "menu of programs" in window.offer.title.text()
    qtbot.mouseClick(window.offer.buttons[0], Qt.MouseButton.LeftButton)
    assert entry.is_file() and icon.is_file() and kind.is_file()
    assert "ABM Desktop is in the menu" in window.notices.table.item(0, 1).text()
    offer_launcher(window)
    assert window.offer.isHidden()

    # Nor where the entry is there already, or somebody has declined.
    window.settings.set_number("launcher_asked", 0)
    offer_launcher(window)
    assert window.offer.isHidden()
    launcher.uninstall()
    offer_launcher(window)
    qtbot.mouseClick(window.offer.buttons[1], Qt.MouseButton.LeftButton)
    offer_launcher(window)
    assert window.offer.isHidden() and not entry.exists()
    window.settings.set_number("launcher_asked", 0)
    shared = tmp_path / "shared" / "applications" / entry.name
    shared.parent.mkdir(parents=True)
    shared.touch()
    offer_launcher(window)
    assert window.offer.isHidden()


def test_it_covers_no_button_of_the_start_page(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "shared"))
    window.resize(1280, 800)
    window.show_start()
    offer_launcher(window)
    foot = window.offer.mapTo(window, window.offer.rect().topLeft()).y()

    def end_of_page():
        page = window.start
        return page.mapTo(window, page.rect().bottomLeft()).y()

    qtbot.waitUntil(lambda: end_of_page() < foot)
    qtbot.mouseClick(window.offer.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: end_of_page() > foot)
