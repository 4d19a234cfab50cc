"""Stress events: what is done to the market, when, and how hard.

Each kind has a ``magnitude``, whose meaning is its own, a ``duration``, and parameters. Where a
magnitude is a move of the price it may be given in daily standard deviations (``unit``), so that
markets of different volatility can be stressed alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, model_validator

from ..inputs import shown
from .base import Model, clash
from .bounds import (
    SMALLEST,
    Fraction,
    Lots,
    Multiple,
    Pause,
    PositiveMultiple,
    PositiveShare,
    Share,
    Span,
    WholeTicks,
)
from .busiest import VALUE_STEP, Busiest
from .durations import Duration
from .errors import Problem, ScenarioError
from .quantity import Described, Quantity, described, percent
from .reading import checked

Caution = Annotated[float, Quantity(1.0, 1000.0)]
Participation = Annotated[float, Quantity(SMALLEST, 0.95)]
Leverage = Annotated[float, Quantity(1.0, 100.0)]
Move = Annotated[float, Quantity(SMALLEST, 1000.0, percent=True)]

DAILY_SIGMA = 0.006
"""Standard deviation of a session's return in the default population, as measured."""


class _Event(Model):
    """What all kinds have in common."""

    sends_orders: ClassVar[bool] = True
    """False: it acts through those who trade in a simulated market, and a recorded one has none."""

    at: Pause = Field(0.0, description="start, time since the open")

    if TYPE_CHECKING:  # every kind has these, with a description and bounds of its own
        magnitude: float
        duration: float

    @property
    def strength(self) -> float:
        """The magnitude as the market takes it: a move of the price as a fraction of the price."""
        return self.magnitude

    @property
    def length(self) -> float:
        """How long the event acts, all phases included, seconds."""
        return self.duration

    def beyond_aim(self) -> str:
        """Why the market will not do what the magnitude says; "" if it can, as most can."""
        return ""

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        """Seconds of computing per simulated second, by the key that asks for them; mostly none."""
        yield from ()


class _Move(_Event):
    """A stress whose magnitude is a move of the price."""

    unit: Literal["fraction", "daily_sigma"] = Field(
        "fraction", description="what the magnitude counts: fractions of the price, or daily sigmas"
    )
    daily_sigma: Fraction = Field(
        DAILY_SIGMA, description="one daily sigma as a fraction of the price"
    )
    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = 1.0

    @property
    def strength(self) -> float:
        return self.magnitude * (self.daily_sigma if self.unit == "daily_sigma" else 1.0)

    @model_validator(mode="after")
    def _within(self) -> _Move:
        of = f" ({self.strength:g} of the price)" if self.unit == "daily_sigma" else ""
        for wrong, words, bound in (
            (self.strength <= self.lowest, "more than", self.lowest),
            (self.strength >= self.highest, "less than", self.highest),
            (self.strength == 0.0, "other than", 0.0),
        ):
            if wrong:
                share = f"is {percent(self.magnitude)}, must be {words} {percent(bound)}"
                raise clash(
                    "magnitude",
                    f"is {self.magnitude:g}{of}, must be {words} {bound:g}",
                    "change magnitude or unit",
                    in_percent="" if of else share,
                )
        return self


class FlashCrash(_Move):
    """A price-insensitive sell programme meets fading buyers and cautious market makers."""

    type: Literal["flash_crash"] = "flash_crash"
    magnitude: Annotated[Move, Quantity(step=0.005, drawn=(0.0, 0.06))] = Field(
        0.05,
        description="price drop aimed at, from 0.5 % to 10 % in the default market, as a fraction "
        "(0.05 is 5 %)",
    )
    duration: Span = Field(
        900.0,
        description="how long buyers and makers hold back; they come back sooner if a fall below "
        "5 % has come",
    )
    participation: Participation = Field(
        0.30, description="share of the traded volume that the sell programme makes up"
    )
    depth_share: Multiple = Field(
        0.35,
        description="largest child order, as a share of the bids on five levels; 0: no limit",
    )
    buyer_fade: Share = Field(
        1.0, description="factor on the buying of fundamental traders meanwhile"
    )
    maker_max_inventory: Lots = Field(
        80, description="inventory limit of the market makers meanwhile, lots"
    )
    momentum_max_inventory: Lots = Field(
        200, description="position limit of the momentum traders meanwhile, lots"
    )
    recovery: Pause = Field(
        0.0, description="time after the duration over which buyers and makers come back evenly"
    )
    fade: bool = Field(
        True, description="whether the others hold back; false leaves the sell programme alone"
    )
    quantity: Annotated[float, Quantity(0.0, 10.0)] = Field(
        0.0,
        description="lots to sell as a share of the usual daily volume; 0: as the magnitude asks",
    )
    tightening: Pause = Field(
        120.0, description="time over which the limits change, so that nobody has to dump at once"
    )
    buyer_caution: Caution = Field(
        13.0, description="factor on how cheap it must be for fundamental traders to buy meanwhile"
    )
    aims: ClassVar[tuple[float, float]] = (0.005, 0.10)
    """Falls that can be aimed at, as fractions of the price: those that were measured
    (docs/stress.md)."""

    @property
    def length(self) -> float:
        return self.duration + self.recovery

    def beyond_aim(self) -> str:
        """Why its fall cannot be aimed at.

        >>> FlashCrash(magnitude=0.2).beyond_aim()
        'asks for a fall of 20 %; from 0.5 % to 10 % can be aimed at, what comes of it is open'
        >>> FlashCrash(magnitude=0.05).beyond_aim()
        ''
        """
        low, high = self.aims
        if self.quantity > 0.0 or not self.fade or low <= self.strength <= high:
            return ""  # with these the magnitude is no fall that is aimed at
        return (
            f"asks for a fall of {percent(round(self.strength, 6))}; from {percent(low)} to "
            f"{percent(high)} can be aimed at, what comes of it is open"
        )


class VolatilitySpike(_Event):
    """The fundamental value moves faster for a while."""

    sends_orders: ClassVar[bool] = False

    type: Literal["volatility_spike"] = "volatility_spike"
    magnitude: Annotated[float, Quantity(1.0, 100.0, unit="×", step=0.5, drawn=(1.0, 5.0))] = Field(
        3.0, description="factor on the volatility of the fundamental value"
    )
    duration: Span = Field(600.0, description="how long it lasts")


class LiquidityShock(_Event):
    """Market makers cancel their quotes and stay away."""

    sends_orders: ClassVar[bool] = False

    type: Literal["liquidity_shock"] = "liquidity_shock"
    magnitude: Annotated[PositiveShare, Quantity(percent=True, step=0.05, drawn=(0.0, 1.0))] = (
        Field(1.0, description="share of the market makers that withdraw")
    )
    duration: Span = Field(120.0, description="how long they stay away")
    thinning: Share = Field(
        0.0, description="share of the other orders far from the touch that is cancelled at once"
    )
    far: Annotated[int, Quantity(0, 1_000_000, unit="ticks")] = Field(
        5, description="orders further than this from the best price of their side are far, ticks"
    )


class NewsJump(_Move):
    """News moves the fundamental value at once."""

    sends_orders: ClassVar[bool] = False

    type: Literal["news_jump"] = "news_jump"
    magnitude: Annotated[float, Quantity(-1000.0, 1000.0, percent=True, drawn=(0.0, -0.03))] = (
        Field(-0.02, description="jump of the fundamental value, as a fraction")
    )
    duration: Span = Field(60.0, description="how long it is shown as acting")
    lowest: ClassVar[float] = -0.9
    highest: ClassVar[float] = 3.0


class FatFinger(_Event):
    """One order many times too large, without a price limit."""

    type: Literal["fat_finger"] = "fat_finger"
    magnitude: Annotated[PositiveMultiple, Quantity(unit="×", drawn=(0.0, 5.0))] = Field(
        3.0, description="size of the order, as a multiple of the lots on the 20 best levels"
    )
    duration: Span = Field(60.0, description="how long it is shown as acting")
    side: Literal["buy", "sell"] = Field("sell", description="side of the order")
    collar: bool = Field(False, description="whether the price collar applies to the order")


class QuoteStuffing(_Event):
    """Orders posted and cancelled by the thousand fill the queue of the matching engine."""

    type: Literal["quote_stuffing"] = "quote_stuffing"
    magnitude: Annotated[float, Quantity(0.01, 1e6, unit="1/s", drawn=(0.0, 6000.0))] = Field(
        5000.0, description="messages per second, posts and cancels"
    )
    duration: Span = Field(10.0, description="how long it lasts; the queue runs off afterwards")
    capacity: Annotated[float, Quantity(0.0, 1e6, unit="1/s")] = Field(
        3000.0,
        description="messages per second that the matching engine takes meanwhile; 0: no limit",
    )
    distance: WholeTicks = Field(
        5, description="least distance of the orders from the best price of their side, ticks"
    )

    @model_validator(mode="after")
    def _engine(self) -> QuoteStuffing:
        if 0.0 < self.capacity < 1.0:
            raise clash(
                "capacity",
                f"is {self.capacity:g}, so that one message takes {1.0 / self.capacity:g} s",
                "give 0 for no limit, or at least 1 (usual: 3000)",
            )
        return self

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "magnitude", self.magnitude * at.turn()


class Spoofing(_Event):
    """Large orders behind the touch, meant to be seen; the real order is on the other side."""

    type: Literal["spoofing"] = "spoofing"
    magnitude: Annotated[PositiveMultiple, Quantity(unit="×", drawn=(0.0, 8.0))] = Field(
        5.0, description="size of each layer, as a multiple of the lots at the best price"
    )
    duration: Span = Field(300.0, description="how long it goes on")
    layers: Annotated[int, Quantity(1, 15)] = Field(4, description="number of layers")
    nearest: Annotated[int, Quantity(2, 1_000_000, unit="ticks")] = Field(
        2, description="distance of the first layer from the touch, ticks"
    )
    side: Literal["buy", "sell", "both"] = Field(
        "sell", description='side of the layers; "both" takes turns, so that positions are closed'
    )
    size: Lots = Field(10, description="size of the real order, lots")
    hold: Pause = Field(0.5, description="time from a fill of the real order to the cancels")
    pause: Pause = Field(1.0, description="time from the cancels to the next layers")
    reaction: Annotated[Duration, Quantity(0.001, 3600.0)] = Field(
        0.02, description="time between two looks at the touch"
    )

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "reaction", at.turn(16) / self.reaction


class ToxicFlow(_Event):
    """Institutions know where the value will be, and trade on it."""

    sends_orders: ClassVar[bool] = False

    type: Literal["toxic_flow"] = "toxic_flow"
    magnitude: Annotated[PositiveShare, Quantity(percent=True, drawn=(0.0, 1.0))] = Field(
        0.9, description="share of the new parent orders that are on the right side"
    )
    duration: Span = Field(900.0, description="how long it lasts")
    horizon: Annotated[Duration, Quantity(0.1, 3600.0)] = Field(
        60.0, description="how far ahead they know the fundamental value"
    )

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        if at.institutions:
            yield "horizon", 100.0 * self.horizon * VALUE_STEP


class LatencyShock(_Event):
    """Messages of market makers and RL traders take far longer."""

    sends_orders: ClassVar[bool] = False

    type: Literal["latency_shock"] = "latency_shock"
    magnitude: Annotated[float, Quantity(1.0, 1e5, unit="×", drawn=(1.0, 200.0))] = Field(
        100.0, description="factor on the data and order delay of market makers and RL traders"
    )
    duration: Span = Field(60.0, description="how long it lasts")
    base: Annotated[Duration, Quantity(0.0, 10.0)] = Field(
        0.005, description="usual delay assumed for those who have a smaller one"
    )


class Deleveraging(_Move):
    """Funds with debt lose equity, and those with too much leverage sell."""

    type: Literal["deleveraging"] = "deleveraging"
    magnitude: Annotated[Move, Quantity(drawn=(0.03, 0.08))] = Field(
        0.06,
        description="loss elsewhere that starts it, as a fraction of the funds' assets",
    )
    duration: Span = Field(3600.0, description="how long the funds watch their leverage")
    funds: Annotated[int, Quantity(1, 32)] = Field(10, description="number of funds")
    leverage_min: Leverage = Field(2.0, description="smallest target leverage, assets over equity")
    leverage_max: Leverage = Field(5.0, description="largest target leverage")
    tolerance: Leverage = Field(
        1.25, description="a fund sells when its leverage exceeds this multiple of its target"
    )
    participation: Participation = Field(
        0.10, description="share of the traded volume that each selling fund makes up"
    )
    max_participation: Participation = Field(0.5, description="largest share of all funds together")
    holdings: PositiveMultiple = Field(
        0.5, description="assets of all funds in lots, as a multiple of the usual daily volume"
    )

    depth_share: Multiple = Field(
        0.45,
        description="largest child order, as a share of the bids on five levels; 0: no limit",
    )
    buyer_caution: Caution = Field(
        5.0, description="factor on how cheap it must be for fundamental traders to buy meanwhile"
    )

    @model_validator(mode="after")
    def _leverages(self) -> Deleveraging:
        if self.leverage_max < self.leverage_min:
            raise clash("leverage_max", "is smaller than leverage_min", "exchange the two")
        return self


class StopLossCascade(_Event):
    """Stop orders below the price turn into market orders one after the other."""

    type: Literal["stop_loss_cascade"] = "stop_loss_cascade"
    magnitude: Annotated[float, Quantity(SMALLEST, 10.0, percent=True, drawn=(0.0, 0.1))] = Field(
        0.05, description="lots of all stops, as a share of the usual daily volume"
    )
    duration: Span = Field(1800.0, description="how long the stops stand")
    nearest: Share = Field(0.002, description="distance of the nearest stop from the price")
    spread: Fraction = Field(0.005, description="mean distance of the stops beyond the nearest")
    orders: Annotated[int, Quantity(1, 2000)] = Field(200, description="number of stops")
    protection: Share = Field(
        0.01, description="a stop trades at most this far below its trigger, as a fraction"
    )
    push: Annotated[float, Quantity(0.0, 0.999)] = Field(
        0.004, description="a first sale takes all bids down to this far below the price; 0: none"
    )
    depth_share: Share = Field(
        0.45,
        description="what a stop could not sell is offered again every second, up to this share of "
        "the bids on five levels; 0: it is cancelled",
    )


AnyStress = (
    FlashCrash
    | VolatilitySpike
    | LiquidityShock
    | NewsJump
    | FatFinger
    | QuoteStuffing
    | Spoofing
    | ToxicFlow
    | LatencyShock
    | Deleveraging
    | StopLossCascade
)
Stress = Annotated[AnyStress, Field(discriminator="type")]
"""Any stress event; the key ``type`` says which."""

STRESS_TYPES: dict[str, type[AnyStress]] = {
    kind.model_fields["type"].default: kind for kind in get_args(AnyStress)
}
"""The model of every kind of stress, by its name in a file."""


def own_parameters(kind: str) -> tuple[str, ...]:
    """What a kind has beside when, how hard and how long: the kernel reads it in this order."""
    model = STRESS_TYPES[kind]
    common = {"type", "magnitude", "duration"} | set(_Event.model_fields) | set(_Move.model_fields)
    return tuple(name for name in model.model_fields if name not in common)


def magnitude_of(kind: str) -> Described:
    """The magnitude of a kind of stress as it is set by hand: a move as a fraction of the price."""
    model = STRESS_TYPES[kind]
    found = described(model)["magnitude"]
    if not issubclass(model, _Move):
        return found
    low, high = found.quantity.low, found.quantity.high
    assert low is not None and high is not None, kind
    inside = Quantity(max(low, model.lowest + SMALLEST), min(high, model.highest - SMALLEST))
    return replace(found, quantity=found.quantity.under(inside))


def stress_of_severity(kind: str, severity: float) -> AnyStress:
    """A stress event of a kind with its defaults, and a severity in (0, 1]."""
    drawn = described(STRESS_TYPES[kind])["magnitude"].quantity.drawn
    assert drawn is not None, f"{kind} has no usual magnitudes"
    low, high = drawn
    return STRESS_TYPES[kind](magnitude=low + severity * (high - low))


def stress_from_dict(values: Mapping[str, Any]) -> AnyStress:
    """Build a stress event from e.g. ``{"type": "flash_crash", "magnitude": 0.1}``.

    Raises :class:`ScenarioError` that names every wrong key.
    """
    given: object = values
    if not isinstance(given, Mapping):
        remedy = 'write e.g. {"type": "flash_crash", "magnitude": 0.1}'
        raise ScenarioError(
            None, [Problem(None, "stress", f"must be a mapping, is {shown(values)}", remedy)]
        )
    found: AnyStress = checked(Stress, dict(values))
    return found
