"""What stands in the title lines of the panels of the Market tab."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget

from abm_desktop.ui.commands import CommandTable

__all__ = ["Spring", "segment"]


def segment(commands: CommandTable, command_id: str, title: str, name: str) -> QToolButton:
    """Return a small button that switches a command on and off."""
    button = QToolButton()
    action = commands[command_id]
    action.setIconText(title)
    button.setDefaultAction(action)
    button.setProperty("role", "segment")
    button.setAccessibleName(name)
    return button


class Spring(QWidget):
    """Takes the free room of a title line."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        self.setSizePolicy(policy)
