"""A small file that says what the columns of somebody's CSV file of order flow mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ..inputs import shown
from ..readers import RecordingError
from .base import Model, clash
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

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = {key: [column] for key, column in self.model_dump().items() if column is not None}
        _refuse_twice(named, "the column", "name another column of the header")
        return self


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

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _refuse_twice(self.model_dump(), "the word", "list it once")
        return self


class SideWords(Model):
    """The words in the column ``side``."""

    buy: list[str] = Field(["B", "buy", "bid", "1"], description="of a buy order")
    sell: list[str] = Field(["S", "sell", "ask", "-1"], description="of a sell order")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = {key: [word.lower() for word in words] for key, words in self.model_dump().items()}
        _refuse_twice(named, "the word", "list it once, in any case of its letters")
        return self


def _refuse_twice(named: Mapping[str, Iterable[str]], what: str, remedy: str) -> None:
    """Raise a clash at the second key under which a word stands."""
    first: dict[str, str] = {}
    for key, words in named.items():
        for word in words:
            if (other := first.setdefault(word, key)) != key:
                raise clash(key, f"has {what} {shown(word)}, which {other} has, too", remedy)


class CsvMapping(Model):
    """What :mod:`abm_desktop.market.recorded.mapped_csv` needs to know of a CSV file."""

    name: str = Field("", description="what to call the day; empty: the file's name")
    separator: Literal[",", ";", "\t", "|", " "] = Field(",", description="between two columns")
    decimal: Literal[".", ","] = Field(".", description="mark before the decimals")
    time_unit: Literal["s", "ms", "us", "ns"] = Field("s", description="of the column time")
    time_from: Literal["midnight", "1970"] = Field(
        "midnight", description="where the column time counts from; 1970 is in UTC"
    )
    price_unit: float = Field(1.0, gt=0.0, description="currency that 1 in the column price is")
    columns: Columns
    kinds: Kinds
    sides: SideWords = SideWords()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.decimal == self.separator:
            raise clash("decimal", "is the separator, too", 'write separator = ";"')
        return self


def load_mapping(path: Path) -> CsvMapping:
    """Read a mapping file. Raises :class:`MappingError`, which lists all that is wrong."""
    return load_model(path, CsvMapping, error=MappingError)
