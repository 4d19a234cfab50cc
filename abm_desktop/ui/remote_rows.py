"""What the preferences show of remote control: its address, its token, and the way to end it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui.remote import RemoteControl

__all__ = ["RemoteRows"]

WARNING = (
    "Whoever has the token can do all that you can here:\ngive it only to programs that you trust."
)


class RemoteRows(QWidget):
    """Address and buttons, which follow a server; so do its switch and the box of its port."""

    def __init__(self, remote: RemoteControl, switch: QCheckBox, port: QWidget) -> None:
        super().__init__()
        self._remote, self._switch, self._port = remote, switch, port
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address.setAccessibleName("Address")
        self.copy_address = self._button("Copy address", self._copy_address)
        self.copy_token = self._button("Copy token", self._copy_token)
        self.copy_token.setToolTip(WARNING)
        self.disconnect_all = self._button("Disconnect all", remote.disconnect_all)
        self.disconnect_all.setToolTip("Put every client out; the old token is of no use any more")
        self.warning = QLabel(WARNING)
        self.warning.setObjectName("panelNote")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.copy_address, self.copy_token, self.disconnect_all):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.address)
        layout.addLayout(row)
        layout.addWidget(self.warning)
        remote.changed.connect(self.follow)
        self.follow()

    @staticmethod
    def _button(title: str, act: object) -> QPushButton:
        button = QPushButton(title)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def follow(self) -> None:
        """Show how the server stands."""
        remote = self._remote
        self._switch.blockSignals(True)
        self._switch.setChecked(remote.is_wanted)
        self._switch.blockSignals(False)
        # A server keeps the port that it has begun with.
        self._port.setEnabled(not remote.is_wanted)
        self.address.setText(remote.url)
        self.address.setPlaceholderText("Starting …" if remote.is_wanted else "Off")
        self.address.setEnabled(remote.is_wanted)
        for button in (self.copy_address, self.copy_token, self.disconnect_all):
            button.setEnabled(bool(remote.url))

    def _copy_address(self) -> None:
        QApplication.clipboard().setText(self._remote.url)

    def _copy_token(self) -> None:
        QApplication.clipboard().setText(self._remote.token)
