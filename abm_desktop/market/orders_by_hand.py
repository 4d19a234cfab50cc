"""Orders from the person at the desk: the public face of the book's order types."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from abm_desktop.inputs import InputError, one_of, real, shown, whole
from abm_desktop.market import opening, state
from abm_desktop.market.reading import MAX_TIME, NANO
from abm_desktop.market.refusals import PriceOffLadder
from abm_desktop.market.running import MarketRunning

OrderKind = Literal[
    "limit", "post_only", "slide", "immediate", "fill_or_kill", "stop", "stop_limit"
]
ORDER_KINDS: dict[str, int] = {
    "limit": state.LIMIT,
    "post_only": state.POST_ONLY,
    "slide": state.SLIDE,
    "immediate": state.IMMEDIATE,
    "fill_or_kill": state.FILL_OR_KILL,
    "stop": state.STOP,
    "stop_limit": state.STOP_LIMIT,
}
MAX_SIZE = 1_000_000
"""Lots of one order; keeps a level's volume within its integer."""
_MAY_REST = ("limit", "post_only", "slide")
_ANY_PRICE = ("immediate", "fill_or_kill", "stop")
_SAME_PRICE = 1e-12
"""Prices this near to each other, as a share, differ by rounding errors of float alone."""


def ticks_of(price: float, tick: float, up: bool) -> int:
    """A price in ticks; what lies between two is rounded up or down.

    A tick's price is taken for that tick, although 100.16 / 0.01 is not quite 10016 in float.

    >>> ticks_of(100.16, 0.01, up=False), ticks_of(100.157, 0.01, up=False)
    (10016, 10015)
    """
    nearest = round(price / tick)
    on_tick = nearest * tick
    if math.isclose(price, on_tick, rel_tol=_SAME_PRICE) or price == round(on_tick, 10):
        return nearest
    return math.ceil(price / tick) if up else math.floor(price / tick)


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What became of an order or a change of one."""

    accepted: bool
    reason: str
    """Why it was refused; empty if it was accepted."""
    filled: int
    """Lots traded at once."""
    order: tuple[int, int] | None
    """Names the order while it rests or waits, for :meth:`Simulator.cancel` and ``modify``."""


class OrdersByHand(MarketRunning):
    """The part of a :class:`Simulator` that places, changes and cancels the user's own orders."""

    def submit(
        self,
        kind: OrderKind,
        side: int,
        price: float | None,
        size: int,
        *,
        peak: int = 0,
        trigger: float | None = None,
        life: float = 0.0,
    ) -> OrderReport:
        """Place an order from the account of the person at the desk.

        Args:
            kind: limit, post_only, slide (a post-only order that moves away from a price at which
                it would trade), immediate (or cancel), fill_or_kill, stop (an immediate order once
                it is set off) or stop_limit (a limit order then).
            side: +1 buys, -1 sells.
            price: limit price in currency; None takes any price (not for orders that may rest).
                One between two ticks is rounded away from the market: a buy limit down, a sell
                limit up.
            size: whole lots; a size in parts of lots (1.9, also 2.0) is refused.
            peak: lots that an iceberg shows at a time; 0 shows all.
            trigger: last price that sets a stop off, in currency; one between two ticks is
                rounded to the first price that reaches it.
            life: simulated seconds after which a resting order expires; 0 is until cancelled.

        Returns:
            What became of it; a refusal has its reason.

        Raises:
            InputError: if the arguments cannot be an order at all.
        """
        one_of(kind, "kind", ORDER_KINDS)
        side = _side(side)
        broken = _parts_of_lots(size)
        size = 1 if broken else whole(size, "size", 1, MAX_SIZE, unit="lots")
        peak = whole(peak, "peak", 0, MAX_SIZE, unit="lots")
        if peak and kind not in _MAY_REST:
            raise InputError(
                f"is for orders that may rest ({', '.join(_MAY_REST)}), not for {kind}",
                key="peak",
                remedy="leave it out",
            )
        life = real(life, "life", 0.0, MAX_TIME, unit="simulated seconds")
        if price is None:
            if kind not in _ANY_PRICE:
                raise InputError(f"is missing: a {kind} order needs one", key="price")
            ticks = int(self._market["ladder"]) - 2 if side > 0 else 1
        else:
            # Away from the market: the order never trades at a price worse than its limit.
            ticks = self._ticks(price, "price", up=side < 0)
        extra = peak
        stop = kind in ("stop", "stop_limit")
        if stop:
            if trigger is None:
                raise InputError(f"is missing: a {kind} order needs one", key="trigger")
            # The first tick at which the last price is at or beyond it.
            extra = self._ticks(trigger, "trigger", up=side > 0)
        elif trigger is not None:
            raise InputError(
                f"is for stop orders, not for {kind}", key="trigger", remedy="leave it out"
            )
        if broken:
            return broken
        book_side = state.BUY if side > 0 else state.SELL
        number = ORDER_KINDS[kind]
        # 0 would be until cancelled.
        life_ns = max(1, round(life * NANO)) if life else 0
        (intent,) = self._command(
            [
                (
                    number,
                    book_side,
                    ticks,
                    size,
                    opening.HUMAN_AGENT,
                    -1,
                    -1,
                    -1,
                    extra,
                    0,
                    0,
                    0,
                    life_ns,
                )
            ]
        )
        slot, seq = int(intent["slot"]), int(intent["seq"])
        if stop and slot >= 0 and int(intent["kind"]) == number:  # it waits
            slot += self._state.orders.shape[1]
        resting = slot >= 0 and intent["result"] == state.ACCEPTED
        return OrderReport(
            accepted=int(intent["result"]) == state.ACCEPTED,
            reason=state.REFUSALS[int(intent["result"])],
            filled=int(intent["filled"]),
            order=(slot, seq) if resting else None,
        )

    def _ticks(self, price: float, key: str, *, up: bool) -> int:
        """A price in ticks of the ladder, rounded if it lies between two."""
        last = int(self._market["ladder"]) - 2
        # Off the ladder by far it need not be a number of ticks at all.
        number = real(price, key, unit="currency")
        ticks = ticks_of(number, self._tick, up) if abs(number) <= 2.0 * last * self._tick else 0
        if not 1 <= ticks <= last:
            low, high = self._tick, last * self._tick
            raise InputError(
                f"{number:g} is off the ladder of {low:g} to {high:g}",
                key=key,
                fault=PriceOffLadder(number, low, high),
            )
        return ticks

    def modify(self, order: tuple[int, int], price: float, size: int) -> OrderReport:
        """Change an order placed by hand: fewer lots at its price keep its place in the queue.

        A price between two ticks is rounded as by :meth:`submit`. Raises :class:`InputError` if
        the arguments cannot be an order at all.
        """
        broken = _parts_of_lots(size)
        size = 1 if broken else whole(size, "size", 1, MAX_SIZE, unit="lots")
        slot, seq = _handle(order)
        sells = self._is_mine(slot, seq) and self._state.orders[0, slot]["side"] == state.SELL
        ticks = self._ticks(price, "price", up=bool(sells))
        return broken or self._on_order(state.MODIFY, slot, seq, ticks, size)

    def cancel(self, order: tuple[int, int]) -> OrderReport:
        """Cancel an order placed by hand, a waiting stop order too.

        Raises :class:`InputError` if ``order`` is not a pair of whole numbers.
        """
        slot, seq = _handle(order)
        return self._on_order(state.CANCEL, slot, seq, 0, 0)

    def _is_mine(self, slot: int, seq: int) -> bool:
        """Whether this is an order in the book that was placed by hand."""
        orders = self._state.orders[0]
        return 0 <= slot < len(orders) and bool(
            orders[slot]["agent"] == opening.HUMAN_AGENT and orders[slot]["seq"] == seq
        )

    def _is_my_stop(self, slot: int, seq: int) -> bool:
        """Whether this is a waiting stop order that was placed by hand."""
        at = slot - self._state.orders.shape[1]
        pool = self._state.pool[0]
        return 0 <= at < len(pool) and bool(
            pool[at]["agent"] == opening.HUMAN_AGENT and pool[at]["seq"] == seq
        )

    def _on_order(self, kind: int, slot: int, seq: int, ticks: int, size: int) -> OrderReport:
        is_stop = kind == state.CANCEL and self._is_my_stop(slot, seq)
        if not (is_stop or self._is_mine(slot, seq)):
            return OrderReport(False, state.REFUSALS[state.UNKNOWN_ORDER], 0, None)
        (intent,) = self._command(
            [(kind, 0, ticks, size, opening.HUMAN_AGENT, -1, slot, seq, 0, 0, 0, 0, 0)]
        )
        accepted = int(intent["result"]) == state.ACCEPTED
        live = accepted and kind == state.MODIFY and int(intent["slot"]) >= 0
        return OrderReport(
            accepted=accepted,
            reason=state.REFUSALS[int(intent["result"])],
            filled=int(intent["filled"]),
            order=(int(intent["slot"]), int(intent["seq"])) if live else None,
        )

    def place_order(self, side: int, price: float | None, size: int) -> OrderReport:
        """Place a limit order by hand, or with price None an order that takes what is there.

        See :meth:`submit`.
        """
        return self.submit("immediate" if price is None else "limit", side, price, size)

    def cancel_orders(self) -> int:
        """Cancel every order placed by hand that rests in the book; returns how many."""
        orders = self._state.orders[0, : self._market["used_slots"]]
        mine = np.flatnonzero((orders["agent"] == opening.HUMAN_AGENT) & (orders["size"] > 0))
        reports = [self.cancel((int(slot), int(orders["seq"][slot]))) for slot in mine]
        return sum(report.accepted for report in reports)

    def _command(self, intents: list[tuple[Any, ...]]) -> np.ndarray:
        """Carry out intents now; returns them with their results."""
        rows = self._state.intents[0, : len(intents)]
        rows[:] = intents
        self._market["intents_n"] = len(intents)
        now = int(self._market["now"])
        # First the intents alone: what they set off, a stop order say, uses the same rows.
        self._advance(now - 1)
        reports = rows.copy()
        self._advance(now)
        return reports


def _side(side: object) -> int:
    number = whole(side, "side", -1, 1)
    if number == 0:
        raise InputError("must be +1 (buy) or -1 (sell), not 0", key="side")
    return number


def _parts_of_lots(size: object) -> OrderReport | None:
    """The refusal of an order whose size is a number, but not counted in whole lots."""
    if isinstance(size, float | np.floating) and math.isfinite(size):
        reason = f"the size must be a whole number of lots, not {shown(float(size))}"
        return OrderReport(False, reason, 0, None)
    return None


def _handle(order: object) -> tuple[int, int]:
    """The slot and number that name an order."""
    if not isinstance(order, tuple | list) or len(order) != 2:
        raise InputError(
            f"must be the pair that a report's `order` holds, not {shown(order)}", key="order"
        )
    return whole(order[0], "order[0]"), whole(order[1], "order[1]")
