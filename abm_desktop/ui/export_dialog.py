"""Asks how the session is to be exported: as tables, as LOBSTER files, a script or a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.live.session_export import SessionExport
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.session_files import SessionFiles
from abm_desktop.ui.widgets.model_input import ModelInput

__all__ = ["ExportDialog"]


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A way to take the session home."""

    name: str
    title: str
    tip: str
    ending: str = ""
    """Of the file; none for a folder."""
    options: tuple[str, ...] = ()
    """Fields of SessionExport."""


FORMS = (
    ExportForm(
        "parquet", "Tables (Parquet)",
        "A folder with trades, samples, marks, the scenario and checksums, as “abm-desktop run "
        "--out” writes it; Analytics compares with it.",
        options=("messages", "sample_interval"),
    ),
    ExportForm(
        "lobster", "Order flow (LOBSTER)",
        "A folder with a message and an orderbook file, as LOBSTER has them; “Open replay” plays "
        "it.",
        options=("levels",),
    ),
    ExportForm(
        "script", "Python script",
        "Makes the same market again, bit by bit, with every command at its time.",
        ".py",
    ),
    ExportForm(
        "scenario", "Scenario",
        "The scenario with the seed and the stresses injected by hand, at their times; rules and "
        "traders as they stand now, from before the open on. Orders and traders loaded by hand are "
        "no part of it: for the same market bit by bit take the script.",
        ".toml",
    ),
)  # fmt: skip


class ExportDialog(QDialog):
    """A window, not shown yet; what is chosen is written in the background."""

    def __init__(self, files: SessionFiles, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the session")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._files, self._folder = files, folder
        self.kinds = QButtonGroup(self)
        fields = described(SessionExport)
        self.inputs: dict[str, ModelInput] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(4)
        for k, form in enumerate(FORMS):
            button = QRadioButton(form.title)
            self.kinds.addButton(button, k)
            note = QLabel(form.tip)
            note.setObjectName("panelNote")
            note.setWordWrap(True)
            note.setContentsMargins(24, 0, 0, 0)
            button.setAccessibleDescription(form.tip)
            layout.addWidget(button)
            layout.addWidget(note)
            if not form.options:
                continue
            options = QFormLayout()
            options.setContentsMargins(24, 2, 0, 6)
            for name in form.options:
                given = self.inputs[name] = ModelInput(fields[name])
                given.box.setMaximumWidth(140)
                options.addRow(fields[name].title, given.box)
            layout.addLayout(options)
        self.kinds.idToggled.connect(lambda _id, _on: self._allow())
        self.kinds.button(0).setChecked(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        agree = buttons.addButton("Export…", QDialogButtonBox.ButtonRole.ActionRole)
        agree.setDefault(True)
        agree.clicked.connect(lambda _checked=False: self.ask_and_export())
        buttons.rejected.connect(self.reject)
        layout.addSpacing(6)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)

    @property
    def form(self) -> ExportForm:
        """What is chosen."""
        return FORMS[self.kinds.checkedId()]

    def ask_and_export(self) -> None:
        """Ask where to, and begin."""
        form, name = self.form, self._files.suggested_name()
        if form.ending:
            place, _ = QFileDialog.getSaveFileName(
                self,
                f"Export: {form.title}",
                str(self._folder / f"{name}{form.ending}"),
                f"{form.title} (*{form.ending})",
            )
        else:
            place, _ = QFileDialog.getSaveFileName(
                self, f"Export: name of a new folder: {form.title}", str(self._folder / name)
            )
        if place:
            self.export(Path(place))
            self.accept()

    def export(self, place: Path) -> None:
        """Write what is chosen to ``place``; the window tells what came of it."""
        form = self.form
        if form.ending:
            place = place if place.suffix else place.with_suffix(form.ending)
            save: dict[str, Callable[[Path], None]] = {
                "script": self._files.save_script,
                "scenario": self._files.save_scenario,
            }
            save[form.name](place)
            return
        chosen = {name: self.inputs[name].value() for name in form.options}
        self._files.save_files(place, SessionExport(form=form.name, **chosen))  # type: ignore[arg-type]

    def _allow(self) -> None:
        for name, given in self.inputs.items():
            given.box.setEnabled(name in self.form.options)
