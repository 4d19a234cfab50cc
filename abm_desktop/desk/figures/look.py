"""How a figure is to look: its size, its letters, what stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from abm_desktop.scenario.base import Model
from abm_desktop.scenario.quantity import Quantity

__all__ = ["FORMATS", "SIZES", "FigureSize", "Look"]

FORMATS = {".pdf": "PDF", ".svg": "SVG", ".png": "PNG"}
"""What can be written, by the ending of the file."""

Centimetres = Annotated[float, Quantity(3.0, 60.0, unit="cm", step=0.5)]


class Look(Model):
    """What a person chooses for a figure."""

    title: str = Field("", max_length=200, title="Title", description="stands above the figure")
    x_label: str = Field("", max_length=120, title="x axis", description="label of the x axis")
    y_label: str = Field("", max_length=120, title="y axis", description="label of the y axis")
    width: Centimetres = Field(17.5, title="Width", description="width of the figure")
    height: Centimetres = Field(8.5, title="Height", description="height of the figure")
    letters: Annotated[float, Quantity(4.0, 40.0, unit="pt", step=0.5)] = Field(
        8.0, title="Font size", description="size of the letters"
    )
    dots: Annotated[int, Quantity(50, 1200, unit="dpi")] = Field(
        300, title="Resolution", description="dots per inch of a PNG, and of a heatmap in any file"
    )
    legend: bool = Field(True, title="Legend", description="names of the curves, below the axes")
    marks: bool = Field(True, title="Events", description="stresses and other events, by name")
    grid: bool = Field(True, title="Grid", description="faint lines at the labels of the axes")
    source: bool = Field(
        True, title="Source", description="scenario, seed, time and version, in small print below"
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of a PNG, dots; what is less than one is cut off."""
        return int(self.width / 2.54 * self.dots), int(self.height / 2.54 * self.dots)


@dataclass(frozen=True, slots=True)
class FigureSize:
    """A usual size."""

    title: str
    width: float
    """Centimetres, as the height."""
    height: float
    letters: float
    """Points."""


SIZES = (
    FigureSize("Paper, one column", 8.5, 6.5, 7.0),
    FigureSize("Paper, two columns", 17.5, 8.5, 8.0),
    FigureSize("Slide, 16:9", 25.4, 14.29, 16.0),
)
