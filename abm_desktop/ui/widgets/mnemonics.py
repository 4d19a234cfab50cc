"""Letters that choose an entry of a menu: each once."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

__all__ = ["give_distinct_letters"]


def give_distinct_letters(menu: QMenu) -> None:
    """Let no two entries share the letter after "&": pressed, it would only highlight one of them.

    An entry whose letter is taken gets its first free one; if none is free, none.
    """
    taken: set[str] = set()
    others = []
    for action in menu.actions():
        letter = action.text().partition("&")[2][:1].lower()
        if letter and letter not in taken:
            taken.add(letter)
        else:
            others.append(action)
    for action in others:
        plain = action.text().replace("&", "")
        free = next((c for c in plain if c.isalnum() and c.lower() not in taken), "")
        taken.add(free.lower())
        title = plain.replace(free, f"&{free}", 1) if free else plain
        if title != action.text():
            action.setText(title)
