"""Rules of the venue that a scenario can switch on: one table each under ``[interventions]``.

A table that is there is on; ``on = false`` keeps its numbers but switches it off.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args

from pydantic import Field

from .base import Model
from .bounds import SHORTEST, Fraction, Pause, Span
from .durations import Duration
from .quantity import Quantity

Window = Annotated[Duration, Quantity(0.1, 100.0)]
MessageWindow = Annotated[Duration, Quantity(0.1, 100_000.0)]


class Intervention(Model):
    """Common to all."""

    on: bool = Field(True, description="false keeps the numbers but switches the rule off")
    for_rl_traders: ClassVar[bool] = False
    """True: it acts on RL traders alone, and does nothing in a market without any."""


class LimitUpLimitDown(Intervention):
    """Price bands around the mean trade price of five minutes (SEC plan, 2012)."""

    band: Fraction = Field(
        0.016, description="half width of the band; in calm 0.012 is 2 daily sigma"
    )
    update_step: Fraction = Field(0.01, description="the reference moves when the mean is this far")
    update_time: Span = Field(30.0, description="shortest time between two moves of the reference")
    limit_state: Span = Field(15.0, description="time at the band before trading pauses")
    pause: Span = Field(300.0, description="length of the pause; it ends with an auction")


class MarketBreaker(Intervention):
    """Halt of the whole market after a fall since the open; the third level closes it."""

    level_1: Fraction = Field(0.07, description="fall that halts trading, once a session")
    level_2: Fraction = Field(0.13, description="second such fall")
    level_3: Fraction = Field(0.20, description="fall that ends the session")
    pause: Span = Field(900.0, description="length of a halt; it ends with an auction")


class VelocityLogic(Intervention):
    """A pause when a trade would be far from the prices of the last moment."""

    ticks: Annotated[float, Quantity(1.0, 1e6, unit="ticks")] = Field(
        20.0, description="largest distance, ticks"
    )
    window: Window = Field(1.0, description="that moment")
    pause: Span = Field(5.0, description="length of the pause; it ends with an auction")


class VolatilityAuction(Intervention):
    """A call auction when a trade would leave a short or a long price range."""

    short_window: Window = Field(1.0, description="window")
    short_range: Fraction = Field(0.005, description="largest distance from its prices")
    long_window: Window = Field(60.0, description="window")
    long_range: Fraction = Field(0.015, description="largest distance from its prices")
    call: Span = Field(120.0, description="length of the call phase")
    random_end: Pause = Field(30.0, description="longest random addition to it")


class PriceCollar(Intervention):
    """Market orders trade at most this far from the mid. On unless switched off."""

    width: Fraction = Field(0.01, description="largest distance from the mid")


class TransactionTax(Intervention):
    """Tax on the notional of every trade."""

    rate: Annotated[float, Quantity(0.0, 0.1, percent=True)] = Field(
        0.0005, description="share of notional"
    )
    makers_exempt: bool = Field(False, description="only the aggressor pays")


class MinimumRestingTime(Intervention):
    """Orders must rest for a while before they can be cancelled."""

    time: Span = Field(0.5, description="shortest time")


class CancelFee(Intervention):
    """A fee for every cancelled lot."""

    fee: Annotated[float, Quantity(0.0, 10_000.0, unit="ticks")] = Field(
        0.1, description="ticks per lot cancelled"
    )


class OrderToTradeCap(Intervention):
    """Messages are refused beyond a ratio to trades."""

    ratio: Annotated[float, Quantity(1.0, 1e6)] = Field(100.0, description="messages per trade")
    window: MessageWindow = Field(60.0, description="over this time")


class BatchAuction(Intervention):
    """Frequent batch auctions instead of continuous trading (Budish, Cramton and Shim 2015)."""

    interval: Annotated[Duration, Quantity(SHORTEST, 86_400.0)] = Field(
        1.0, description="time between batches"
    )


class KillSwitch(Intervention):
    """Blocks a trader, and cancels its orders, beyond a limit; 0 is no limit."""

    inventory: Annotated[float, Quantity(0.0, 1e9, unit="lots")] = Field(
        500.0, description="position, lots"
    )
    loss: Annotated[float, Quantity(0.0, 1e15)] = Field(
        0.0, description="loss in 60 s, ticks x lots"
    )
    messages: Annotated[float, Quantity(0.0, 1e9)] = Field(0.0, description="messages in 60 s")


class AIHalt(Intervention):
    """RL traders may not trade for a while after a large move of the market; all others may."""

    for_rl_traders: ClassVar[bool] = True
    move: Fraction = Field(0.02, description="rise or fall that stops them")
    window: Window = Field(60.0, description="within this time")
    pause: Span = Field(300.0, description="how long they are stopped; then the rule looks again")


class CalledAuction(Model):
    """An auction that the operator calls: continuous trading stops, and resumes at one price."""

    seconds: Span = Field(60.0, description="how long orders are gathered, in simulated seconds")


class Interventions(Model):
    """All rules; a missing one is off, but for the price collar."""

    luld: LimitUpLimitDown | None = Field(None, title="Limit up, limit down")
    market_breaker: MarketBreaker | None = None
    velocity_logic: VelocityLogic | None = None
    volatility_auction: VolatilityAuction | None = None
    price_collar: PriceCollar | None = None
    transaction_tax: TransactionTax | None = None
    minimum_resting_time: MinimumRestingTime | None = None
    cancel_fee: CancelFee | None = None
    order_to_trade_cap: OrderToTradeCap | None = Field(None, title="Order-to-trade cap")
    batch_auction: BatchAuction | None = None
    kill_switch: KillSwitch | None = None
    ai_halt: AIHalt | None = Field(None, title="AI-only halt")


def _model(annotation: Any) -> type[Intervention]:
    found: type[Intervention] = get_args(annotation)[0]
    return found


RULES: dict[str, type[Intervention]] = {
    name: _model(field.annotation) for name, field in Interventions.model_fields.items()
}
"""The model of every rule, by its name in a file."""
