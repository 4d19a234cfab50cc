"""The plot inside a chart, without the fifty hidden widgets that pyqtgraph gives each.

They are the forms of its own menu of options (transforms, averages, downsampling), which our
charts never show. A window with all its pages has fifty charts: two and a half thousand widgets,
which cost memory, and which Qt would style again with every theme.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
import shiboken6
from PySide6.QtWidgets import QWidgetAction

__all__ = ["PlainPlotItem"]

_GROUPS = (
    "transformGroup", "decimateGroup", "averageGroup", "alphaGroup", "gridGroup", "pointsGroup",
)  # fmt: skip
"""What pyqtgraph calls the parts of that form."""


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
        super().__init__(axisItems=axes, enableMenu=False)
        form, menu = self.__dict__["ctrl"], self.__dict__["ctrlMenu"]
        self.ctrl: Any = _NoOptions()
        self.stateGroup = None
        for entry in self.findChildren(QWidgetAction):
            shiboken6.delete(entry)
        for name in _GROUPS:
            group = getattr(form, name)
            if shiboken6.isValid(group):
                shiboken6.delete(group)
        shiboken6.delete(menu)
        self.ctrlMenu: Any = None
