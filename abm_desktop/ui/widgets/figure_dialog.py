"""Makes a figure of a chart: size, letters and what stands on it are chosen beside a preview.

Figures are drawn in the process beside the window, the preview as well as the file, so that what
is shown is what is written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from abm_desktop.desk.figures.content import FigureContent
from abm_desktop.desk.figures.drawing import render, write_figure
from abm_desktop.desk.figures.look import FORMATS, SIZES, Look
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.widgets.figure_reading import FigureMaker
from abm_desktop.ui.widgets.model_input import ModelInput
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["FigureDialog"]

_SOON = 200
"""Milliseconds without an edit before the preview is drawn again."""
_KEPT = ("width", "height", "letters", "dots", "legend", "marks", "grid", "source")
"""What the next figure begins with; titles and labels are those of its chart."""
_TEXTS, _SIZES, _PARTS = (
    ("title", "x_label", "y_label"),
    ("width", "height", "letters", "dots"),
    ("legend", "marks", "grid", "source"),
)
_MOST_DOTS = 4_000_000
"""Of a preview."""
OWN_SIZE = "As below"


class FigureDialog(QDialog):
    """A window, not shown yet, for one figure. It holds what the chart showed when it was made."""

    _last: ClassVar[dict[str, Any]] = {}
    _last_kind = ".pdf"
    _last_folder = Path.home()

    def __init__(self, content: FigureContent, maker: FigureMaker, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Make a figure")
        self.content, self._maker = content, maker
        self._job: Job | None = None
        self.picture = QPixmap()
        """What the preview shows."""
        self.inputs = {name: ModelInput(field) for name, field in described(Look).items()}
        first = content.panels[0]
        begin = {"title": content.title, "x_label": first.x.label, "y_label": first.y.label}
        for name, value in (begin | self._last).items():
            self.inputs[name].show(value)
        for given in self.inputs.values():
            given.on_edit(self._edited)

        self.size_box = QComboBox()
        self.size_box.setAccessibleName("Size")
        self.size_box.addItem(OWN_SIZE)
        for size in SIZES:
            self.size_box.addItem(f"{size.title} ({size.width:g} × {size.height:g} cm)")
        self.size_box.activated.connect(self._take_size)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of file")
        for suffix, name in FORMATS.items():
            self.kind.addItem(name, suffix)
        self.kind.setCurrentIndex(self.kind.findData(self._last_kind))

        form = QVBoxLayout()
        form.addWidget(self._group("Labels", _TEXTS))
        sizes = self._group("Size", _SIZES)
        self._form_of(sizes).insertRow(0, "For", self.size_box)
        form.addWidget(sizes)
        parts = self._group("Show", ())
        row = QHBoxLayout()
        for name in _PARTS:
            box: Any = self.inputs[name].box
            box.setText(self.inputs[name].field.title)
            row.addWidget(box)
        self._form_of(parts).addRow(row)
        form.addWidget(parts)
        kind = self._group("File", ())
        self._form_of(kind).addRow("Format", self.kind)
        form.addWidget(kind)
        form.addStretch(1)

        self.preview = QLabel()
        self.preview.setAccessibleName("Preview of the figure")
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setMinimumSize(QSize(420, 300))
        self.preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save_button = buttons.addButton("Save…", QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(lambda _checked=False: self.ask_and_save())
        buttons.rejected.connect(self.reject)
        shown = QVBoxLayout()
        shown.addWidget(self.preview, 1)
        shown.addWidget(self.note)
        across = QHBoxLayout()
        across.setSpacing(14)
        across.addLayout(form)
        across.addLayout(shown, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addLayout(across, 1)
        layout.addWidget(buttons)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._draw)
        self.finished.connect(lambda _result: self._leave())
        self.resize(QSize(1040, 600).boundedTo(parent.window().size()))
        self._match_size()
        self._draw()

    def look(self) -> Look:
        """What is chosen."""
        return Look(**{name: given.value() for name, given in self.inputs.items()})

    # -- the form -------------------------------------------------------------------------------

    def _group(self, title: str, names: tuple[str, ...]) -> QGroupBox:
        group = QGroupBox(title)
        form = QFormLayout(group)
        for name in names:
            given = self.inputs[name]
            given.box.setMinimumWidth(210)
            form.addRow(given.field.title, given.box)
        return group

    @staticmethod
    def _form_of(group: QGroupBox) -> QFormLayout:
        form = group.layout()
        assert isinstance(form, QFormLayout)
        return form

    def _take_size(self, place: int) -> None:
        if place:
            size = SIZES[place - 1]
            for name in ("width", "height", "letters"):
                self.inputs[name].show(getattr(size, name))
        self._soon.start(0)

    def _match_size(self) -> None:
        """Name the size that is chosen, if it has a name."""
        look = self.look()
        mine = (look.width, look.height, look.letters)
        same = [k for k, s in enumerate(SIZES, 1) if (s.width, s.height, s.letters) == mine]
        self.size_box.setCurrentIndex(same[0] if same else 0)

    def _edited(self) -> None:
        self._match_size()
        self._soon.start(_SOON)

    # -- the preview ----------------------------------------------------------------------------

    def _draw(self) -> None:
        look = self.look()
        if self._job is not None and not self._job.is_over:
            self._soon.start(_SOON)  # what was asked for is still being drawn
            return
        if self.picture.isNull():
            self.note.setText("Drawing …")
        area = look.width * look.height / 2.54**2
        dots = int(min(2 * 96, look.dots, (_MOST_DOTS / area) ** 0.5))
        shown = look.model_copy(update={"dots": max(50, dots)})
        self._job = self._maker.figure_worker().run(
            render, self.content, shown, ".png", done=self._show, failed=self._failed
        )

    def _show(self, png: bytes) -> None:
        self.picture.loadFromData(png, "PNG")
        self._fit()
        look = self.look()
        across, down = look.pixels
        self.note.setText(
            f"{look.width:g} × {look.height:g} cm; as a PNG {across:,} × {down:,} "
            "dots. It shows what the chart showed when this window was opened."
        )

    def _failed(self, error: WorkerError) -> None:
        self.note.setText(f"The figure could not be drawn: {error}")

    def _fit(self) -> None:
        if self.picture.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = self.preview.size() * ratio
        fitted = self.picture.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.preview.setPixmap(fitted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the preview fill its room."""
        super().resizeEvent(event)
        self._fit()

    # -- the file -------------------------------------------------------------------------------

    def ask_and_save(self) -> None:
        """Ask where to, and write the figure there."""
        suffix = str(self.kind.currentData())
        stem = re.sub(r"[^\w-]+", "_", (self.look().title or self.content.title).lower()).strip("_")
        kinds = ";;".join(f"{name} (*{end})" for end, name in FORMATS.items())
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Save the figure",
            str(self._last_folder / f"{stem or 'figure'}{suffix}"),
            kinds,
            f"{FORMATS[suffix]} (*{suffix})",
        )
        if name:
            file = Path(name)
            self.save(file if file.suffix.lower() in FORMATS else Path(f"{name}{suffix}"))

    def save(self, file: Path) -> None:
        """Write the figure; the window tells where, or why not."""
        if not file.parent.is_dir():
            self.note.setText(f"There is no folder {file.parent}: choose another one.")
            return
        self.save_button.setEnabled(False)
        self.note.setText(f"Writing {file.name} …")
        self._maker.figure_worker().run(
            write_figure, self.content, self.look(), file, done=self._saved, failed=self._not_saved
        )

    def _saved(self, file: Path) -> None:
        FigureDialog._last_folder = file.parent
        if isValid(self):  # it may have been closed meanwhile
            self.save_button.setEnabled(True)
            self.note.setText(f"Saved: {file}")
        self._maker.tell_saved(f"The figure was saved: {file}")

    def _not_saved(self, error: WorkerError) -> None:
        told = f"The figure was not saved: {error}"
        if isValid(self):
            self.save_button.setEnabled(True)
            self.note.setText(told)
        else:
            self._maker.tell_saved(told)

    def _leave(self) -> None:
        """The next figure begins with what was chosen for this one."""
        look = self.look()
        FigureDialog._last = {name: getattr(look, name) for name in _KEPT}
        FigureDialog._last_kind = str(self.kind.currentData())
        self._soon.stop()
        if self._job is not None and not self._job.is_over:
            self._job.done = self._job.failed = lambda _answer: None
