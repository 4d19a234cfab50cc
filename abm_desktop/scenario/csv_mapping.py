"""A small file that says what the columns of somebody's CSV file of order flow mean."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from ..readers import RecordingError
from .base import Model
from .errors import ProblemsError
from .reading import load_model

__all__ = ["Columns", "CsvMapping", "Kinds", "MappingError", "SideWords", "load_mapping"]


class MappingError(ProblemsError, RecordingError):
    """A mapping file that cannot be used."""

    what: ClassVar[str] = "mapping"


class Columns(Model):
    """The header's name of each column."""

    time: str = Field(description="time of the event")
    kind: str = Field(description="what happened")
    order: str = Field(description="number or name of the order")
    side: str = Field(description="side of the order")
    price: str = Field(description="price of the order")
    size: str = Field(description="size of the event")
    new_order: str | None = Field(None, description="the order that replaces another")


class Kinds(Model):
    """The words in the column ``kind``, by what they mean."""

    added: list[str] = Field(min_length=1, description="a new order")
    cancelled: list[str] = Field([], description="the size is taken off an order")
    deleted: list[str] = Field([], description="all of an order is gone")
    executed: list[str] = Field([], description="the size of a resting order traded")
    replaced: list[str] = Field([], description="new_order takes the order's place")
    modified: list[str] = Field([], description="the order has this price and size now")
    hidden: list[str] = Field([], description="a hidden order traded")
    cleared: list[str] = Field([], description="the book is empty")
    ignored: list[str] = Field([], description="rows to pass over")


class SideWords(Model):
    """The words in the column ``side``."""

    buy: list[str] = Field(["B", "buy", "bid", "1"], description="of a buy order")
    sell: list[str] = Field(["S", "sell", "ask", "-1"], description="of a sell order")


class CsvMapping(Model):
    """What :mod:`abm_desktop.market.recorded.mapped_csv` needs to know of a CSV file."""

    name: str = Field("", description="what to call the day; empty: the file's name")
    separator: Literal[",", ";", "\t", "|", " "] = Field(",", description="between two columns")
    time_unit: Literal["s", "ms", "us", "ns"] = Field("s", description="of the column time")
    time_from: Literal["midnight", "1970"] = Field(
        "midnight", description="where the column time counts from; 1970 is in UTC"
    )
    price_unit: float = Field(1.0, gt=0.0, description="currency that 1 in the column price is")
    columns: Columns
    kinds: Kinds
    sides: SideWords = SideWords()


def load_mapping(path: Path) -> CsvMapping:
    """Read a mapping file. Raises :class:`MappingError`, which lists all that is wrong."""
    return load_model(path, CsvMapping, error=MappingError)
