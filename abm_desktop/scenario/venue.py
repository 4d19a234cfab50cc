"""The venue of a scenario: prices, session, and the limits of its order book."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .base import Model, clash
from .bounds import LONGEST, LONGEST_WARM_UP, PositiveShare
from .durations import Duration
from .quantity import Quantity

Call = Annotated[Duration, Quantity(0.0, LONGEST_WARM_UP)]


def _power_of_two(value: int) -> int:
    if value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        raise clash("", f"{value} is not a power of two", f"use {below} or {2 * below}")
    return value


class Market(Model):
    """The venue: prices, session, and the limits of the order book."""

    tick_size: Annotated[float, Quantity(1e-8, 1e6)] = Field(
        0.01, description="smallest price step, currency"
    )
    start_price: Annotated[float, Quantity(1e-6, 1e9)] = Field(
        100.0, description="price at the start, currency"
    )
    lot: Annotated[int, Quantity(1, 1_000_000_000)] = Field(1, description="shares in one lot")
    ladder_ticks: Annotated[int, Quantity(1024, 2**22), AfterValidator(_power_of_two)] = Field(
        32768, description="price levels of the book, from 0 up; a power of two"
    )
    warm_up: Call = Field(
        1800.0, description="simulated time before the open in which the book fills, seconds"
    )
    session: Annotated[Duration, Quantity(0.1, LONGEST)] = Field(
        23400.0, description="length of the session, seconds"
    )
    average_daily_volume: Annotated[float, Quantity(1.0, 1e9, unit="lots")] = Field(
        138_000.0, description="usual volume of a session, lots; scales the flash crash"
    )
    collar: PositiveShare = Field(
        0.01, description="market orders trade at most this far from the mid, as a fraction"
    )
    max_orders: Annotated[int, Quantity(1024, 2**20)] = Field(
        65536, description="resting orders the book can hold"
    )

    self_trade_prevention: Literal["off", "cancel_resting", "cancel_incoming"] = Field(
        "off", description="what happens where a trader would trade with itself"
    )
    opening_auction: Call = Field(
        0.0, description="length of the call phase that ends with the open; 0 is none"
    )
    closing_auction: Call = Field(
        0.0, description="length of the call phase that ends the session; 0 is none"
    )

    @model_validator(mode="after")
    def _auctions(self) -> Market:
        if self.opening_auction > self.warm_up:
            raise clash(
                "opening_auction", "is longer than warm_up", "shorten it or lengthen warm_up"
            )
        if self.closing_auction >= self.session:
            raise clash("closing_auction", "is as long as the session", "shorten it")
        return self

    @model_validator(mode="after")
    def _ladder(self) -> Market:
        ticks = self.start_price / self.tick_size
        if abs(ticks - round(ticks)) > 1e-6:
            raise clash(
                "start_price",
                f"{self.start_price:g} is not a whole number of ticks of {self.tick_size:g}",
                "choose a multiple of tick_size",
            )
        # Room for a doubling above and for a fall below keeps a crash off the ladder's edges.
        if not 100 <= round(ticks) <= self.ladder_ticks // 2:
            raise clash(
                "start_price",
                f"is {round(ticks)} ticks, not 100 to {self.ladder_ticks // 2} (half the ladder)",
                "raise ladder_ticks or tick_size, or choose another start_price",
            )
        return self
