"""Orders from the person at the desk: the public face of the book's order types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from abm_desktop.market import arrays, opening, state

_NANO = 1_000_000_000
OrderKind = Literal["limit", "post_only", "slide", "immediate", "fill_or_kill", "stop"]
ORDER_KINDS: dict[str, int] = {
    "limit": state.LIMIT,
    "post_only": state.POST_ONLY,
    "slide": state.SLIDE,
    "immediate": state.IMMEDIATE,
    "fill_or_kill": state.FILL_OR_KILL,
    "stop": state.STOP,
}
MAX_SIZE = 1_000_000
"""Lots of one order; keeps a level's volume within its integer."""
MAX_TIME = 1e9
"""Simulated seconds; beyond it the clock of int64 nanoseconds would come near its end."""


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What became of an order or a change of one."""

    accepted: bool
    reason: str
    """Why it was refused; empty where it was accepted."""
    filled: int
    """Lots traded at once."""
    order: tuple[int, int] | None
    """Names the order while it rests or waits, for :meth:`Simulator.cancel` and ``modify``."""


class OrdersByHand:
    """The part of a :class:`Simulator` that places, changes and cancels the user's own orders."""

    _state: arrays.Markets
    _tick: float

    @property
    def _market(self) -> Any:
        return self._state.market[0]

    def _advance(self, until: int, events: int = 0) -> None:
        raise TypeError("orders need a simulator to carry them out")

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
                it would trade), immediate (or cancel), fill_or_kill, or stop.
            side: +1 buys, -1 sells.
            price: limit price in currency; None takes any price (not for orders that may rest).
            size: lots.
            peak: lots that an iceberg shows at a time; 0 shows all.
            trigger: last price that sets a stop off, in currency.
            life: simulated seconds after which a resting order expires; 0 is until cancelled.

        Returns:
            What became of it; a refusal has its reason.

        Raises:
            ValueError: if the arguments cannot be an order at all.
        """
        if kind not in ORDER_KINDS:
            raise ValueError(f"kind must be one of {', '.join(ORDER_KINDS)}, not {kind!r}")
        if side not in (1, -1):
            raise ValueError(f"side must be +1 (buy) or -1 (sell), not {side}")
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"size must be 1 to {MAX_SIZE} lots, not {size}")
        if not 0 <= peak <= MAX_SIZE or (peak and kind not in ("limit", "post_only", "slide")):
            raise ValueError(f"peak must be 0, or lots of an order that may rest, not {peak}")
        if not 0.0 <= life <= MAX_TIME:
            raise ValueError(f"life must be 0 to {MAX_TIME:g} s, not {life}")
        ladder = int(self._market["ladder"])
        if price is None:
            if kind not in ("immediate", "fill_or_kill", "stop"):
                raise ValueError(f"a {kind} order needs a price")
            ticks = ladder - 2 if side > 0 else 1
        else:
            ticks = self._ticks(price)
        extra = peak
        if kind == "stop":
            if trigger is None:
                raise ValueError("a stop order needs a trigger price")
            extra = self._ticks(trigger)
        elif trigger is not None:
            raise ValueError(f"a {kind} order has no trigger")
        book_side = state.BUY if side > 0 else state.SELL
        number = ORDER_KINDS[kind]
        life_ns = round(life * _NANO)
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
        if kind == "stop" and slot >= 0:
            slot += self._state.orders.shape[1]
        resting = slot >= 0 and intent["result"] == state.ACCEPTED
        return OrderReport(
            accepted=int(intent["result"]) == state.ACCEPTED,
            reason=state.REFUSALS[int(intent["result"])],
            filled=int(intent["filled"]),
            order=(slot, seq) if resting else None,
        )

    def _ticks(self, price: float) -> int:
        ladder = int(self._market["ladder"])
        ticks = price / self._tick
        if not 1 <= ticks <= ladder - 2:
            raise ValueError(
                f"price {price:g} is off the ladder of {self._tick:g} to "
                f"{(ladder - 2) * self._tick:g}"
            )
        return round(ticks)

    def modify(self, order: tuple[int, int], price: float, size: int) -> OrderReport:
        """Change an order placed by hand: fewer lots at its price keep its place in the queue."""
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"size must be 1 to {MAX_SIZE} lots, not {size}")
        return self._on_order(state.MODIFY, order, self._ticks(price), size)

    def cancel(self, order: tuple[int, int]) -> OrderReport:
        """Cancel an order placed by hand, a waiting stop order too."""
        return self._on_order(state.CANCEL, order, 0, 0)

    def _on_order(self, kind: int, order: tuple[int, int], ticks: int, size: int) -> OrderReport:
        slot, seq = order
        most = self._state.orders.shape[1]
        is_stop = kind == state.CANCEL and most <= slot < most + self._state.pool.shape[1]
        mine = 0 <= slot < most and (
            self._state.orders[0, slot]["agent"] == opening.HUMAN_AGENT
            and self._state.orders[0, slot]["seq"] == seq
        )
        if not (mine or is_stop):
            return OrderReport(False, state.REFUSALS[state.UNKNOWN_ORDER], 0, None)
        (intent,) = self._command(
            [(kind, 0, ticks, size, opening.HUMAN_AGENT, -1, slot, seq, 0, 0, 0, 0, 0)]
        )
        accepted = int(intent["result"]) == state.ACCEPTED
        live = accepted and kind == state.MODIFY and intent["filled"] < size
        return OrderReport(
            accepted=accepted,
            reason=state.REFUSALS[int(intent["result"])],
            filled=int(intent["filled"]),
            order=(int(intent["slot"]), int(intent["seq"])) if live else None,
        )

    def place_order(self, side: int, price: float | None, size: int) -> OrderReport:
        """Place a limit order by hand, or with price None an order that takes what is there."""
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
