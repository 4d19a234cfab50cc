"""Keeps Qt's binding from reading the source of every module that the program imports."""

from __future__ import annotations

import sys

import PySide6.QtCore  # noqa: F401  (brings the binding along)

__all__ = ["leave_sources_unread"]


def leave_sources_unread() -> None:
    """Let imports from now on be as quick, and take as little memory, as without Qt.

    PySide6 looks into the text of each module for the name "PySide6", for the sake of
    ``from __feature__ import snake_case``, which nobody here asks for. ``linecache`` keeps these
    texts: 24 MB before the window stands, and 60 MB once it has a market. A release of PySide6 that
    looks in another way is left alone.
    """
    binding = sys.modules.get("shibokensupport.feature")
    if hasattr(binding, "_mod_uses_pyside"):
        setattr(binding, "_mod_uses_pyside", lambda module: False)  # noqa: B010
