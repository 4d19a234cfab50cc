"""How the training process and its Ray cluster are doing, and what went wrong so far."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.learning.process.messages import ClusterInfo
from abm_desktop.statements import counted
from abm_desktop.ui import theme
from abm_desktop.ui.rl.controller import TrainingController
from abm_desktop.ui.widgets.panel import EmptyState

__all__ = ["ClusterPanel"]

_MIB = 2.0**20


class ClusterPanel(QWidget):
    """A view of a controller's ``cluster`` and ``incidents``."""

    def __init__(self, controller: TrainingController) -> None:
        super().__init__()
        self._controller = controller
        self.bars: dict[str, QProgressBar] = {}
        self.values: dict[str, QLabel] = {}
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(10, 6, 10, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        rows = (
            ("cpu", "Processor", "Cores in use by the training process, Ray's own processes and "
             "the workers on this machine", True),
            ("memory", "Memory", "Memory of the same processes, and what is free on this machine",
             True),
            ("store", "Object store", "Holds the samples of workers", True),
            ("workers", "Workers", "Sampling workers that answer, and how often one had to be "
             "started again", False),
            ("address", "Ray address", "Where another program can join this cluster", False),
        )  # fmt: skip
        for k, (key, title, tip, has_bar) in enumerate(rows):
            label, value = QLabel(title), QLabel()
            label.setObjectName("panelNote")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setFont(theme.mono_font(9.0))
            value.setAccessibleName(title)
            for widget in (label, value):
                widget.setToolTip(tip)
            grid.addWidget(label, k, 0)
            self.values[key] = value
            if has_bar:
                bar = QProgressBar()
                bar.setTextVisible(False)
                bar.setFixedHeight(16)
                bar.setMinimumWidth(80)
                bar.setRange(0, 1000)
                bar.setAccessibleName(title)
                bar.setToolTip(tip)
                self.bars[key] = bar
                grid.addWidget(bar, k, 1)
                grid.addWidget(value, k, 2)
            else:
                grid.addWidget(value, k, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(rows), 1)
        self.empty = EmptyState(
            "No cluster runs",
            "It starts with a training and ends two minutes after the last. To train on "
            "other machines, give the address of a Ray cluster under “More settings”.",
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName("Warnings of this session")
        self.list_title = QLabel()
        self.list_title.setObjectName("panelTitle")
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy all warnings to the clipboard")
        self.copy_button.clicked.connect(self._copy)
        top = QHBoxLayout()
        top.addWidget(self.list_title, 1)
        top.addWidget(self.copy_button)
        right = QVBoxLayout()
        right.setContentsMargins(8, 4, 8, 4)
        right.setSpacing(2)
        right.addLayout(top)
        right.addWidget(self.list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._pages, 1)
        layout.addLayout(right, 1)
        controller.cluster_changed.connect(self.refresh)
        self._told = -1
        self.refresh()

    def refresh(self) -> None:
        """Show what the controller knows now."""
        info = self._controller.cluster
        self._pages.setCurrentIndex(0 if info is None else 1)
        if info is not None:
            self._show(info)
        self._list()

    def _show(self, info: ClusterInfo) -> None:
        cores = os.cpu_count() or 1
        self._bar("cpu", info.cpu / cores)
        self.values["cpu"].setText(f"{info.cpu:.1f} of {cores} cores, {info.processes} processes")
        self._bar("memory", info.memory / max(1, info.machine_memory))
        self.values["memory"].setText(
            f"{_size(info.memory)}, {_size(info.machine_memory_free)} free"
        )
        self._bar("store", info.store_used / max(1, info.store_size))
        self.values["store"].setText(f"{_size(info.store_used)} of {_size(info.store_size)}")
        if info.workers_wanted:
            workers = f"{info.workers} of {info.workers_wanted} answer"
        else:
            workers = "none: the training process samples itself"
        restarts = counted(info.restarts, "restart")
        self.values["workers"].setText(f"{workers}, {restarts}")
        kind = "local" if info.local else "joined"
        nodes = f"{info.nodes} nodes" if info.nodes != 1 else "1 node"
        slots = counted(info.slots, "slot")
        self.values["address"].setText(f"{info.address} ({kind}, {nodes}, {slots})")

    def _bar(self, key: str, share: float) -> None:
        self.bars[key].setValue(round(1000 * min(max(share, 0.0), 1.0)))

    def _list(self) -> None:
        incidents = self._controller.incidents
        if len(incidents) == self._told:
            return
        self._told = len(incidents)
        self.list_title.setText(f"Warnings ({len(incidents)})" if incidents else "No warnings")
        self.copy_button.setEnabled(bool(incidents))
        self.list.clear()
        for incident in reversed(incidents):
            item = QListWidgetItem(f"{incident.moment:%H:%M:%S}  {incident.told}")
            item.setToolTip(incident.told)
            self.list.addItem(item)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(
            "\n".join(f"{i.moment:%Y-%m-%d %H:%M:%S} {i.told}" for i in self._controller.incidents)
        )


def _size(count: int) -> str:
    """Bytes as MB or GB."""
    mib = count / _MIB
    return f"{mib / 1024:.1f} GB" if mib >= 1000 else f"{mib:.0f} MB"
