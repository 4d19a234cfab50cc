"""The plot inside a chart, without the fifty hidden widgets that pyqtgraph gives each.

They are the forms of its own menu of options (transforms, averages, downsampling), which our
charts never show. A window with all its pages has fifty charts: two and a half thousand widgets,
which take most of the time in which a chart is built, and which Qt would style again with every
theme.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyqtgraph as pg
import shiboken6
from pyqtgraph.graphicsItems.PlotItem import plotConfigTemplate_generic as forms
from PySide6.QtWidgets import QGroupBox, QWidget, QWidgetAction

__all__ = ["PlainPlotItem"]

_GROUPS = (
    "transformGroup", "decimateGroup", "averageGroup", "alphaGroup", "gridGroup", "pointsGroup",
)  # fmt: skip
"""What pyqtgraph calls the parts of that form."""


class _NoWidget:
    """Stands for a widget of the form, and for its signals: nobody ever hears of it."""

    def __getattr__(self, name: str) -> _NoWidget:
        return self

    def connect(self, slot: object) -> None:
        """Do nothing."""


class _EmptyForm:
    """The form while a plot is built: the groups that go into the menu, with nothing in them."""

    def __init__(self) -> None:
        self.groups: list[QGroupBox] = []

    def setupUi(self, widget: QWidget) -> None:
        """Make the groups."""
        for name in _GROUPS:
            group = QGroupBox(widget)
            group.setObjectName(name)
            setattr(self, name, group)
            self.groups.append(group)

    def __getattr__(self, name: str) -> _NoWidget:
        if name.startswith("_"):
            raise AttributeError(name)
        return _NoWidget()


@contextmanager
def _empty_forms() -> Iterator[None]:
    """Let pyqtgraph build plots with an :class:`_EmptyForm`."""
    full = forms.Ui_Form
    forms.Ui_Form = _EmptyForm
    try:
        yield
    finally:
        forms.Ui_Form = full


class _Off:
    """An option that nobody can switch on."""

    def isChecked(self) -> bool:
        """Return False."""
        return False


class _NoOptions:
    """What a plot asks its form for when a curve is added: the scales are not logarithmic.

    Anything else that it may ask for is an AttributeError, rather than a wrong answer.
    """

    def __init__(self) -> None:
        self.logXCheck = self.logYCheck = _Off()


class PlainPlotItem(pg.PlotItem):
    """A plot without a menu. Takes ``PlotCurveItem`` and ``ScatterPlotItem``, no ``PlotDataItem``.

    Args:
        axes: its axes by place ("left", "bottom").
    """

    def __init__(self, axes: dict[str, pg.AxisItem]) -> None:
        with _empty_forms():
            super().__init__(axisItems=axes, enableMenu=False)
        form, menu = self.__dict__["ctrl"], self.__dict__["ctrlMenu"]
        self.ctrl: Any = _NoOptions()
        self.stateGroup = None
        for entry in self.findChildren(QWidgetAction):
            shiboken6.delete(entry)
        for group in form.groups:
            if shiboken6.isValid(group):
                shiboken6.delete(group)
        shiboken6.delete(menu)
        self.ctrlMenu: Any = None
