"""The language of the window's texts: a Qt translation file per language.

The texts in the code are English; ``tools/translations.py`` gathers them, and makes the files.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from abm_desktop import paths

__all__ = ["LANGUAGES", "install", "tr"]

log = logging.getLogger(__name__)

LANGUAGES: dict[str, str] = {"en": "English", "de": "Deutsch"}
"""Language codes, each with its own name for itself."""

_installed: list[QTranslator] = []


def tr(text: str) -> str:
    """Translate a text that belongs to no widget; widgets have a method of this name."""
    return QCoreApplication.translate("", text)


def install(app: QApplication, language: str) -> bool:
    """Let texts made from now on be in ``language``; False if there is no translation.

    Widgets that exist already keep their texts.
    """
    while _installed:
        app.removeTranslator(_installed.pop())
    if language == "en":
        return True
    folder = paths.resource_dir() / "translations"
    ours = QTranslator(app)
    if not ours.load(f"abm_desktop_{language}", str(folder)):
        log.warning("no translation into %r in %s", language, folder)
        return False
    # Qt's own texts (buttons of dialogs) where Qt was installed with them.
    qts = QTranslator(app)
    if qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qts)
        _installed.append(qts)
    app.installTranslator(ours)
    _installed.append(ours)
    return True
