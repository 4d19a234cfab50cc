"""What can be done with any chart: make a figure of it, save its numbers, copy it, fill the screen.

:func:`chart_menu` builds the menu; every :class:`~abm_desktop.ui.widgets.plots.Plot` shows it on a
right click. A chart may tell more than its curves do by a method ``export_columns()`` that returns
a mapping of column names to arrays; else the CSV file has the points of the curves as drawn. What
makes a table of its own is an object with that method, which ``further_data()`` names.
"""

from __future__ import annotations

import csv
import errno
import itertools
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui import theme
from abm_desktop.ui.widgets.figure_dialog import FigureDialog
from abm_desktop.ui.widgets.figure_reading import content_of, has_figure, maker_of
from abm_desktop.ui.widgets.mnemonics import give_distinct_letters
from abm_desktop.whole_files import whole_file

__all__ = [
    "FullScreen",
    "by_own_names",
    "chart_columns",
    "chart_menu",
    "compose",
    "picture",
    "save_csv",
    "save_png",
]

EMPTY = np.empty(0)
SHARPNESS = 2.0
"""Pixels of a saved picture for one pixel of the screen."""
_last_folder = Path.home()


def chart_menu(chart: QWidget, name: str = "") -> QMenu:
    """Return the menu of ``chart``, a plot or any other widget; ``name`` is the file name offered.

    Entries that make no sense for the widget (CSV without curves, reset without axes) are left out;
    what is no chart, such as a table, is saved as a picture in place of a figure.
    """
    name = name or chart.accessibleName() or "chart"
    menu = QMenu(chart)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(object_name: str, title: str, run: Any) -> None:
        action = menu.addAction(title)
        action.setObjectName(object_name)
        action.triggered.connect(lambda _checked=False: run())

    if has_figure(chart):
        add("chart.figure", "&Make a figure…", lambda: compose(chart, name))
        if not any(panel.layers for panel in content_of(chart).panels):
            menu.actions()[-1].setEnabled(False)
            menu.actions()[-1].setToolTip("Nothing is drawn yet")
            menu.setToolTipsVisible(True)
    else:
        add("chart.png", "Save as &PNG…", lambda: ask_and_save(chart, name, ".png"))
    if has_columns(chart):
        add("chart.csv", "Save data as &CSV…", lambda: ask_and_save(chart, name, ".csv"))
    further = chart.further_data() if hasattr(chart, "further_data") else {}
    for what, data in further.items():
        add(
            f"chart.csv.{what}",
            f"Save {what} as CSV…",
            lambda what=what, data=data: ask_and_save(chart, f"{name} {what}", ".csv", data),
        )
    menu.addSeparator()
    add("chart.copy", "&Copy picture", lambda: QGuiApplication.clipboard().setImage(
        picture(chart, SHARPNESS)))  # fmt: skip
    if hasattr(chart, "reset_view"):
        add("chart.reset", "&Reset view", chart.reset_view)
    if FullScreen.of(chart) is None:
        add("chart.full_screen", "&Full screen", lambda: FullScreen(chart))
    else:
        add("chart.leave", "Leave &full screen", lambda: FullScreen.leave(chart))
    give_distinct_letters(menu)
    return menu


def ask_and_save(chart: QWidget, name: str, suffix: str, data: Any = None) -> Path | None:
    """Ask where to, and save; returns the file, None if the person thought better of it.

    ``data`` is what is saved as numbers, if it is not the chart itself.
    """
    global _last_folder
    stem = re.sub(r"[^\w-]+", "_", name.lower()).strip("_")
    file_name, _ = QFileDialog.getSaveFileName(
        chart.window(), "Save chart", str(_last_folder / (stem + suffix)), f"(*{suffix})"
    )
    if not file_name:
        return None
    file = Path(file_name)
    file = file if file.suffix else file.with_suffix(suffix)
    try:
        if not file.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        {".png": save_png, ".csv": save_csv}[suffix](chart if data is None else data, file)
    except OSError as error:
        QMessageBox.warning(
            chart.window(),
            "The chart was not saved",
            f"{file}: {error.strerror or error}. Choose another folder or free some space.",
        )
        return None
    _last_folder = file.parent
    maker = maker_of(chart)
    if maker is not None:
        maker.tell_saved(f"{name} was saved: {file}")
    return file


def compose(chart: QWidget, name: str = "") -> FigureDialog | None:
    """Open the window that makes a figure of ``chart``; None outside of a main window."""
    maker = maker_of(chart)
    if maker is None:
        return None
    dialog = FigureDialog(content_of(chart, name), maker, chart.window())
    dialog.show()
    return dialog


# -- pictures -----------------------------------------------------------------------------------


def picture(chart: QWidget, sharpness: float = 1.0) -> QImage:
    """Return what ``chart`` shows, ``sharpness`` pixels for each of the screen's."""
    size = QSize(round(chart.width() * sharpness), round(chart.height() * sharpness))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(theme.current().colors.panel)
    painter = QPainter(image)
    _render(chart, painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return image


def save_png(chart: QWidget, file: Path) -> None:
    """Write a PNG picture. Raises OSError if the file cannot be written."""
    with whole_file(file) as part:
        if not picture(chart, SHARPNESS).save(str(part), "PNG"):  # type: ignore[call-overload]
            raise OSError("it cannot be written")


def _render(chart: QWidget, painter: QPainter, target: QRectF) -> None:
    if isinstance(chart, pg.GraphicsView):
        chart.render(painter, target, chart.rect())
        return
    painter.scale(target.width() / max(1, chart.width()), target.height() / max(1, chart.height()))
    chart.render(painter, QPoint())


# -- numbers ------------------------------------------------------------------------------------


def has_columns(chart: QWidget) -> bool:
    """Whether the chart can be written as numbers."""
    return hasattr(chart, "export_columns") or isinstance(chart, pg.PlotWidget)


def chart_columns(chart: Any) -> Mapping[str, np.ndarray]:
    """Return the numbers behind a chart; the columns may differ in length."""
    if hasattr(chart, "export_columns"):
        columns: Mapping[str, np.ndarray] = chart.export_columns()
        return columns
    found: list[tuple[str, np.ndarray]] = []
    curves = 0
    for item in chart.getPlotItem().items:
        if not isinstance(item, pg.PlotCurveItem | pg.ScatterPlotItem | pg.PlotDataItem):
            continue
        x, y = item.getData()
        if x is None or not len(x):
            continue
        curves += 1
        title = item.name() if callable(getattr(item, "name", None)) and item.name() else ""
        title = title or f"curve {curves}"
        found += [(f"{title} x", np.asarray(x)), (f"{title} y", np.asarray(y))]
    return by_own_names(found)


def by_own_names(columns: Iterable[tuple[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns by name, in their order; those called like an earlier one get a number.

    >>> list(by_own_names([("run", EMPTY), ("Δ", EMPTY), ("run", EMPTY), ("Δ", EMPTY)]))
    ['run', 'Δ', 'run (2)', 'Δ (2)']
    """
    found: dict[str, np.ndarray] = {}
    for title, values in columns:
        name = title
        number = itertools.count(2)
        while name in found:
            name = f"{title} ({next(number)})"
        found[name] = values
    return found


def save_csv(chart: Any, file: Path) -> None:
    """Write the numbers of a chart, one column a series, in full precision; NaN is left empty.

    Raises OSError if the file cannot be written.
    """
    columns = chart_columns(chart)
    with whole_file(file) as part, part.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for row in itertools.zip_longest(*(c.tolist() for c in columns.values())):
            writer.writerow("" if v is None or v != v else v for v in row)


# -- the whole screen ---------------------------------------------------------------------------


@runtime_checkable
class _StandsAlone(Protocol):
    def stand_alone(self, alone: bool) -> None: ...


class FullScreen(QDialog):
    """Shows one chart on the whole screen; Esc puts it back where it was. It goes on drawing."""

    def __init__(self, chart: QWidget) -> None:
        super().__init__(chart.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(chart.accessibleName())
        self._chart = chart
        self._hold = QWidget()
        self._hold.setMinimumSize(chart.minimumSize())
        self._hold.setSizePolicy(chart.sizePolicy())
        _exchange(chart, self._hold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(chart)
        chart.show()
        self._stand_alone(True)
        self.showFullScreen()

    @staticmethod
    def of(chart: QWidget) -> FullScreen | None:
        """Return the full-screen window ``chart`` is in, if any."""
        window = chart.window()
        return window if isinstance(window, FullScreen) else None

    @staticmethod
    def leave(chart: QWidget) -> None:
        """Put ``chart`` back where it was."""
        window = FullScreen.of(chart)
        if window is not None:
            window.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Put the chart back and close."""
        self._put_back()
        super().done(result)

    def closeEvent(self, event: Any) -> None:
        """Put the chart back and close."""
        self._put_back()
        super().closeEvent(event)

    def _stand_alone(self, alone: bool) -> None:
        # Charts of time above another leave their labels of time to that one.
        if isinstance(self._chart, _StandsAlone):
            self._chart.stand_alone(alone)

    def _put_back(self) -> None:
        if self._hold.parentWidget() is None:
            return
        self._stand_alone(False)
        _exchange(self._hold, self._chart)
        self._chart.show()
        self._hold.setParent(None)
        self._hold.deleteLater()


def _exchange(old: QWidget, new: QWidget) -> None:
    """Put ``new`` in the place of ``old``."""
    parent = old.parentWidget()
    layout = None if parent is None else parent.layout()
    if isinstance(parent, QSplitter):
        parent.replaceWidget(parent.indexOf(old), new)
    elif layout is not None:
        layout.replaceWidget(old, new)
