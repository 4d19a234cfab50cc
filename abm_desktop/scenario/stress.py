"""Stress events: what is done to the market, when, and how hard.

Each kind has a ``magnitude``, whose meaning is its own, a ``duration``, and parameters. Where a
magnitude is a move of the price it may be given in daily standard deviations (``unit``), so that
markets of different volatility can be stressed alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

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
)
from .durations import Duration
from .errors import Problem, ScenarioError
from .explain import problems_of

Participation = Annotated[float, Field(ge=SMALLEST, le=0.95)]
Leverage = Annotated[float, Field(ge=1.0, le=100.0)]
Move = Annotated[float, Field(ge=SMALLEST, le=1000.0)]

DAILY_SIGMA = 0.006
"""Standard deviation of a session's return in the default population, as measured."""


class _Event(Model):
    """What all kinds have in common."""

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


class _Move(_Event):
    """A stress whose magnitude is a move of the price."""

    unit: Literal["fraction", "daily_sigma"] = Field(
        "fraction", description="what the magnitude counts: fractions of the price, or daily sigmas"
    )
    daily_sigma: Fraction = Field(
        DAILY_SIGMA, description="one daily sigma as a fraction of the price"
    )
    _low: ClassVar[float] = 0.0
    _high: ClassVar[float] = 1.0

    @property
    def strength(self) -> float:
        return self.magnitude * (self.daily_sigma if self.unit == "daily_sigma" else 1.0)

    @model_validator(mode="after")
    def _within(self) -> _Move:
        of = f" ({self.strength:g} of the price)" if self.unit == "daily_sigma" else ""
        for wrong, bound in (
            (self.strength <= self._low, f"more than {self._low:g}"),
            (self.strength >= self._high, f"less than {self._high:g}"),
            (self.strength == 0.0, "other than 0"),
        ):
            if wrong:
                raise clash(
                    "magnitude",
                    f"is {self.magnitude:g}{of}, must be {bound}",
                    "change magnitude or unit",
                )
        return self


class FlashCrash(_Move):
    """A price-insensitive sell programme meets fading buyers and cautious market makers."""

    type: Literal["flash_crash"] = "flash_crash"
    magnitude: Move = Field(0.05, description="price drop aimed at, as a fraction (0.05 is 5 %)")
    duration: Span = Field(900.0, description="how long buyers and makers hold back")
    participation: Participation = Field(
        0.30, description="share of the traded volume that the sell programme makes up"
    )
    depth_share: Multiple = Field(
        0.35,
        description="largest child order, as a share of the bids on five levels; 0: no limit",
    )
    buyer_fade: Share = Field(
        0.1, description="factor on the buying of fundamental traders meanwhile"
    )
    maker_max_inventory: Lots = Field(
        80, description="inventory limit of the market makers meanwhile, lots"
    )
    tightening: Pause = Field(
        120.0, description="time over which the limits change, so that nobody has to dump at once"
    )
    momentum_max_inventory: Lots = Field(
        200, description="position limit of the momentum traders meanwhile, lots"
    )
    fade: bool = Field(
        True, description="whether the others hold back; false leaves the sell programme alone"
    )
    quantity: Annotated[float, Field(ge=0.0, le=10.0)] = Field(
        0.0,
        description="lots to sell as a share of the usual daily volume; 0: as the magnitude asks",
    )
    recovery: Pause = Field(
        0.0, description="time after the duration over which buyers and makers come back evenly"
    )

    @property
    def length(self) -> float:
        return self.duration + self.recovery


class VolatilitySpike(_Event):
    """The fundamental value moves faster for a while."""

    type: Literal["volatility_spike"] = "volatility_spike"
    magnitude: Annotated[float, Field(ge=1.0, le=100.0)] = Field(
        3.0, description="factor on the volatility of the fundamental value"
    )
    duration: Span = Field(600.0, description="how long it lasts")


class LiquidityShock(_Event):
    """Market makers cancel their quotes and stay away."""

    type: Literal["liquidity_shock"] = "liquidity_shock"
    magnitude: PositiveShare = Field(1.0, description="share of the market makers that withdraw")
    duration: Span = Field(120.0, description="how long they stay away")
    thinning: Share = Field(
        0.0, description="share of the other orders far from the touch that is cancelled at once"
    )
    far: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        5, description="orders further than this from the best price of their side are far, ticks"
    )


class NewsJump(_Move):
    """News moves the fundamental value at once."""

    type: Literal["news_jump"] = "news_jump"
    magnitude: Annotated[float, Field(ge=-1000.0, le=1000.0)] = Field(
        -0.02, description="jump of the fundamental value, as a fraction"
    )
    duration: Span = Field(60.0, description="how long it is shown as acting")
    _low: ClassVar[float] = -0.9
    _high: ClassVar[float] = 3.0


class FatFinger(_Event):
    """One order many times too large, without a price limit."""

    type: Literal["fat_finger"] = "fat_finger"
    magnitude: PositiveMultiple = Field(
        3.0, description="size of the order, as a multiple of the lots on the 20 best levels"
    )
    duration: Span = Field(60.0, description="how long it is shown as acting")
    side: Literal["buy", "sell"] = Field("sell", description="side of the order")
    collar: bool = Field(False, description="whether the price collar applies to the order")


class QuoteStuffing(_Event):
    """Orders posted and cancelled by the thousand fill the queue of the matching engine."""

    type: Literal["quote_stuffing"] = "quote_stuffing"
    magnitude: Annotated[float, Field(ge=0.01, le=1e6)] = Field(
        5000.0, description="messages per second, posts and cancels"
    )
    duration: Span = Field(10.0, description="how long it lasts; the queue runs off afterwards")
    capacity: Annotated[float, Field(ge=0.0, le=1e6)] = Field(
        3000.0,
        description="messages per second that the matching engine takes meanwhile; 0: no limit",
    )
    distance: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
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


class Spoofing(_Event):
    """Large orders behind the touch, meant to be seen; the real order is on the other side."""

    type: Literal["spoofing"] = "spoofing"
    magnitude: PositiveMultiple = Field(
        5.0, description="size of each layer, as a multiple of the lots at the best price"
    )
    duration: Span = Field(300.0, description="how long it goes on")
    layers: Annotated[int, Field(ge=1, le=15)] = Field(4, description="number of layers")
    nearest: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        2, description="distance of the first layer from the touch, ticks"
    )
    side: Literal["buy", "sell", "both"] = Field(
        "sell", description='side of the layers; "both" takes turns, so that positions are closed'
    )
    size: Lots = Field(10, description="size of the real order, lots")
    hold: Pause = Field(0.5, description="time from a fill of the real order to the cancels")
    pause: Pause = Field(1.0, description="time from the cancels to the next layers")
    reaction: Annotated[Duration, Field(ge=0.001, le=3600.0)] = Field(
        0.02, description="time between two looks at the touch"
    )


class ToxicFlow(_Event):
    """Institutions know where the value will be, and trade on it."""

    type: Literal["toxic_flow"] = "toxic_flow"
    magnitude: PositiveShare = Field(
        0.9, description="share of the new parent orders that are on the right side"
    )
    duration: Span = Field(900.0, description="how long it lasts")
    horizon: Annotated[Duration, Field(ge=0.1, le=3600.0)] = Field(
        60.0, description="how far ahead they know the fundamental value"
    )


class LatencyShock(_Event):
    """Messages of market makers and RL traders take far longer."""

    type: Literal["latency_shock"] = "latency_shock"
    magnitude: Annotated[float, Field(ge=1.0, le=1e5)] = Field(
        100.0, description="factor on the data and order delay of market makers and RL traders"
    )
    duration: Span = Field(60.0, description="how long it lasts")
    base: Annotated[Duration, Field(ge=0.0, le=10.0)] = Field(
        0.005, description="usual delay assumed for those who have a smaller one"
    )


class Deleveraging(_Move):
    """Funds with debt lose equity, and those with too much leverage sell."""

    type: Literal["deleveraging"] = "deleveraging"
    magnitude: Move = Field(
        0.06,
        description="loss elsewhere that starts it, as a fraction of the funds' assets",
    )
    duration: Span = Field(3600.0, description="how long the funds watch their leverage")
    funds: Annotated[int, Field(ge=1, le=32)] = Field(10, description="number of funds")
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

    @model_validator(mode="after")
    def _leverages(self) -> Deleveraging:
        if self.leverage_max < self.leverage_min:
            raise clash("leverage_max", "is smaller than leverage_min", "exchange the two")
        return self


class StopLossCascade(_Event):
    """Stop orders below the price turn into market orders one after the other."""

    type: Literal["stop_loss_cascade"] = "stop_loss_cascade"
    magnitude: Annotated[float, Field(ge=SMALLEST, le=10.0)] = Field(
        0.05, description="lots of all stops, as a share of the usual daily volume"
    )
    duration: Span = Field(1800.0, description="how long the stops stand")
    nearest: Share = Field(0.002, description="distance of the nearest stop from the price")
    spread: Fraction = Field(0.005, description="mean distance of the stops beyond the nearest")
    orders: Annotated[int, Field(ge=1, le=2000)] = Field(200, description="number of stops")
    protection: Share = Field(
        0.01, description="a stop trades at most this far below its trigger, as a fraction"
    )
    push: Annotated[float, Field(ge=0.0, le=0.999)] = Field(
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
    kind.model_fields["type"].default: kind
    for kind in (
        FlashCrash,
        VolatilitySpike,
        LiquidityShock,
        NewsJump,
        FatFinger,
        QuoteStuffing,
        Spoofing,
        ToxicFlow,
        LatencyShock,
        Deleveraging,
        StopLossCascade,
    )
}

USUAL_MAGNITUDES: dict[str, tuple[float, float]] = {
    "flash_crash": (0.0, 0.06),
    "volatility_spike": (1.0, 5.0),
    "liquidity_shock": (0.0, 1.0),
    "news_jump": (0.0, -0.03),
    "fat_finger": (0.0, 5.0),
    "quote_stuffing": (0.0, 6000.0),
    "spoofing": (0.0, 8.0),
    "toxic_flow": (0.0, 1.0),
    "latency_shock": (1.0, 200.0),
    "deleveraging": (0.03, 0.08),
    "stop_loss_cascade": (0.0, 0.1),
}
"""Magnitudes of severity 0 and 1, where stress is drawn at random (training)."""

_ADAPTER: TypeAdapter[AnyStress] = TypeAdapter(Stress)


def stress_of_severity(kind: str, severity: float) -> AnyStress:
    """A stress event of a kind with its defaults, and a severity in (0, 1]."""
    low, high = USUAL_MAGNITUDES[kind]
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
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        raise ScenarioError(None, [problem for _, problem in problems_of(error, Stress)]) from None
