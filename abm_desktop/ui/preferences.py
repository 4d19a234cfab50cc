"""The preferences: what a person can choose. Every choice acts at once, and is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.choices import Choices
from abm_desktop.desk.formats import scenario_title
from abm_desktop.scenario.quantity import described
from abm_desktop.ui import theme
from abm_desktop.ui.remote import RemoteControl
from abm_desktop.ui.remote_rows import RemoteRows
from abm_desktop.ui.settings import FRAME_RATES, Settings
from abm_desktop.ui.widgets.model_input import ModelInput

__all__ = ["LAST_FILE", "START_PAGE", "Preferences"]

LAST_FILE = "last"
"""Choice of what to open at the start that means the file last used."""
START_PAGE = "page"
"""... and the start page, with the calm market behind it."""


class Preferences(QDialog):
    """A window, not shown yet, with every choice."""

    changed = Signal(str)
    """Name of the choice that was changed."""

    def __init__(
        self,
        settings: Settings,
        scenarios: list[Path],
        parent: QWidget,
        remote: RemoteControl | None = None,
    ) -> None:
        """``scenarios``: those that can be opened at the start; ``remote``: what is switched."""
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self.boxes: dict[str, QComboBox] = {}
        self.inputs: dict[str, ModelInput] = {}
        self.checks: dict[str, QCheckBox] = {}
        self.folders: dict[str, QLineEdit] = {}
        starts = {START_PAGE: "The start page", LAST_FILE: "The file last used"}
        starts |= {p.stem: scenario_title(p.stem) for p in scenarios}

        looks = self._group("Appearance")
        self._box(looks, "theme", "Theme",
                  {name: t.title for name, t in theme.THEMES.items()})  # fmt: skip
        self._box(looks, "sides", "Bids and asks",
                  {name: s.title for name, s in theme.SIDES.items()})  # fmt: skip
        self._box(looks, "frame_rate", "Frames per second",
                  {str(n): str(n) for n in FRAME_RATES},
                  "Fewer leave more of a small machine to the market")  # fmt: skip
        start = self._group("Session")
        self._box(start, "start", "At the start, open", starts)
        self._check(start, "autosave", "Keep the session for after a crash",
                    "Scenario, seed and commands, written aside")  # fmt: skip
        self._number(start, "autosave_seconds")
        self._number(start, "rl_traders")
        asks = self._group("Ask before")
        self._check(asks, "confirm_quit", "Closing while a training or an experiment runs",
                    "")  # fmt: skip
        self._check(asks, "confirm_reset", "A reset, which ends the session so far", "")
        folders = self._group("Folders")
        self._folder(folders, "scenario", "Scenarios")
        self._folder(folders, "replay", "Recorded order flow")
        control = self._group("Remote control")
        self._check(control, "remote", "Let other programs control this session",
                    "By the control API, from this machine only")  # fmt: skip
        self._number(control, "remote_port")
        self._check(control, "console", "Python console (View, Console)",
                    "Python that commands this session, from within the window")  # fmt: skip
        self.remote: RemoteRows | None = None

        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.defaults = self.buttons.addButton(
            "Restore defaults", QDialogButtonBox.ButtonRole.ResetRole
        )
        self.defaults.clicked.connect(self.restore_defaults)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for group in (looks, start, asks, folders, control):
            layout.addWidget(group)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        # Enter would press the first button of the window, which asks for a folder.
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.setMinimumWidth(520)
        self._show()
        if remote is not None:
            self.remote = RemoteRows(remote, self.checks["remote"], self.numbers["remote_port"])
            self._add(control, "Address", self.remote, "Where other programs find it")

    def restore_defaults(self) -> None:
        """Return to the defaults of every choice; files, folders and the layout stay."""
        self._settings.forget_choices()
        self._show()
        for name in (*self.boxes, *self.numbers, *self.checks):
            self.changed.emit(name)

    def _show(self) -> None:
        """Show what is stored."""
        widgets = (*self.boxes.values(), *self.numbers.values(), *self.checks.values())
        for widget in widgets:
            widget.blockSignals(True)
        for name, box in self.boxes.items():
            box.setCurrentIndex(max(0, box.findData(self._settings.choice(name))))
        for name, given in self.inputs.items():
            given.set(self._settings.chosen_number(name))
        for name, check in self.checks.items():
            check.setChecked(self._settings.is_on(name))
        for widget in widgets:
            widget.blockSignals(False)
        self.numbers["autosave_seconds"].setEnabled(self._settings.is_on("autosave"))

    def _choose(self, name: str, value: str) -> None:
        self._settings.choose(name, value)
        self.numbers["autosave_seconds"].setEnabled(self._settings.is_on("autosave"))
        self.changed.emit(name)

    # -- rows -----------------------------------------------------------------------------------

    @staticmethod
    def _group(title: str) -> QGroupBox:
        group = QGroupBox(title)
        form = QFormLayout(group)
        form.setContentsMargins(12, 8, 12, 8)
        form.setVerticalSpacing(6)
        form.setHorizontalSpacing(16)
        return group

    @staticmethod
    def _add(group: QGroupBox, title: str, widget: QWidget, tip: str) -> None:
        label = QLabel(title)
        label.setBuddy(widget)
        label.setMinimumWidth(150)
        widget.setAccessibleName(title)
        widget.setToolTip(tip)
        form = group.layout()
        assert isinstance(form, QFormLayout)
        form.addRow(label, widget)

    def _box(
        self, group: QGroupBox, name: str, title: str, choices: Mapping[str, str], tip: str = ""
    ) -> None:
        box = QComboBox()
        for value, text in choices.items():
            box.addItem(text, value)
        box.currentIndexChanged.connect(lambda _at: self._choose(name, str(box.currentData())))
        self.boxes[name] = box
        self._add(group, title, box, tip)

    @property
    def numbers(self) -> dict[str, QWidget]:
        """The widget of each number."""
        return {name: given.box for name, given in self.inputs.items()}

    def _number(self, group: QGroupBox, name: str) -> None:
        given = ModelInput(described(Choices)[name])
        given.on_edit(lambda: self._choose(name, str(given.value())))
        self.inputs[name] = given
        self._add(group, given.field.title, given.box, given.box.toolTip())

    def _check(self, group: QGroupBox, name: str, title: str, tip: str) -> None:
        check = QCheckBox(title)
        check.setToolTip(tip)
        check.toggled.connect(lambda on: self._choose(name, str(int(on))))
        self.checks[name] = check
        form = group.layout()
        assert isinstance(form, QFormLayout)
        form.addRow(check)

    def _folder(self, group: QGroupBox, kind: str, title: str) -> None:
        line = QLineEdit(self._settings.folder(kind))
        line.setPlaceholderText("Where the program keeps them")
        line.editingFinished.connect(lambda: self._set_folder(kind, line.text()))
        button = QPushButton("Choose…")
        button.setAccessibleName(f"Choose the folder: {title}")
        button.clicked.connect(lambda: self._ask_folder(kind))
        self.folders[kind] = line
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(line, 1)
        layout.addWidget(button)
        self._add(group, title, row, "Where the dialog for such files starts")
        line.setAccessibleName(title)

    def _ask_folder(self, kind: str) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, "Choose a folder", self.folders[kind].text()
        )
        if chosen:
            self._set_folder(kind, chosen)

    def _set_folder(self, kind: str, folder: str) -> None:
        """Remember the folder; one that is none is refused, and the old one shown again."""
        if folder and not Path(folder).expanduser().is_dir():
            self.folders[kind].setText(self._settings.folder(kind))
            return
        self.folders[kind].setText(folder)
        self._settings.set_folder(kind, folder)
