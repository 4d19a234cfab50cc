"""A slow, plain order book: price-time priority with lists, to check the compiled one against."""

from __future__ import annotations

from dataclasses import dataclass

BUY, SELL = 0, 1


@dataclass
class Order:
    ident: int
    side: int
    price: int
    size: int
    """Lots shown."""
    agent: int
    peak: int = 0
    reserve: int = 0
    """Lots hidden; the next part is shown, at the back of the queue, when the shown one is gone."""

    expires: int | None = None

    @property
    def total(self) -> int:
        return self.size + self.reserve


@dataclass
class Stop:
    ident: int
    side: int
    trigger: int
    price: int
    size: int
    agent: int

    def reached(self, last: int) -> bool:
        return last >= self.trigger if self.side == BUY else last <= self.trigger


class SlowBook:
    """Orders rest in arrival order; the best price trades first.

    ``prevention``: off, cancel_resting or cancel_incoming, where an agent meets itself.
    ``trading`` False collects orders for an auction.
    """

    def __init__(self, prevention: str = "off") -> None:
        self.orders: list[Order] = []
        self.fills: list[tuple[int, int, int, int, int]] = []
        self.prevention = prevention
        self.trading = True
        self.ladder = 32_768
        self.stops: list[Stop] = []
        self.last = 10_000
        self.now = 0
        self._next = 0

    def best(self, side: int) -> int | None:
        prices = [o.price for o in self.orders if o.side == side]
        if not prices:
            return None
        return max(prices) if side == BUY else min(prices)

    def _crosses(self, side: int, price: int) -> bool:
        best = self.best(1 - side)
        return best is not None and (best <= price if side == BUY else best >= price)

    def _reachable(self, side: int, price: int) -> int:
        return sum(
            o.total
            for o in self.orders
            if o.side != side and (o.price <= price if side == BUY else o.price >= price)
        )

    def submit(
        self,
        kind: str,
        side: int,
        price: int,
        size: int,
        agent: int,
        peak: int = 0,
        life: int = 0,
    ) -> int | None:
        """Returns the id of what rests or waits. Fills are price, size, sign, taker, maker.

        ``peak`` is the trigger of a stop; the stops that a trade reaches follow at once, buys
        first, nearest trigger first, and those that they set off come after them.
        """
        if kind == "stop":
            stop = Stop(self._next, side, peak, price, size, agent)
            if not (self.trading and stop.reached(self.last)):
                self._next += 1
                self.stops.append(stop)
                return stop.ident
            kind, peak = "immediate", 0
        ident = self._submit(kind, side, price, size, agent, peak, life)
        waiting = self._reached()
        while waiting:
            stop = waiting.pop(0)
            self._submit("immediate", stop.side, stop.price, stop.size, stop.agent)
            waiting += self._reached()
        return ident if any(o.ident == ident for o in self.orders) else None

    def _reached(self) -> list[Stop]:
        found = [s for s in self.stops if s.reached(self.last)]
        self.stops = [s for s in self.stops if s not in found]
        return sorted(found, key=lambda s: (s.side, s.trigger if s.side == BUY else -s.trigger))

    def pass_time(self, nanoseconds: int) -> None:
        self.now += nanoseconds
        self.orders = [o for o in self.orders if o.expires is None or o.expires > self.now]

    def _submit(
        self,
        kind: str,
        side: int,
        price: int,
        size: int,
        agent: int,
        peak: int = 0,
        life: int = 0,
    ) -> int | None:
        if not self.trading and kind == "fill_or_kill":
            return None
        if not self.trading and kind == "immediate":
            kind = "limit"  # it waits for the auction
        other = self.best(1 - side)
        if kind == "slide" and other is not None:
            price = min(price, other - 1) if side == BUY else max(price, other + 1)
        if not 1 <= price <= self.ladder - 2:
            return None
        if kind == "post_only" and self._crosses(side, price):
            return None
        if kind == "fill_or_kill" and self._reachable(side, price) < size:
            return None
        while self.trading and size > 0 and self._crosses(side, price):
            best = self.best(1 - side)
            maker = next(o for o in self.orders if o.side == 1 - side and o.price == best)
            if maker.agent == agent and self.prevention != "off":
                if self.prevention == "cancel_incoming":
                    return None
                self.orders.remove(maker)
                continue
            quantity = min(size, maker.size)
            self.fills.append((maker.price, quantity, 1 - 2 * side, agent, maker.agent))
            size -= quantity
            self.last = maker.price
            self._fill(maker, quantity)
        if size > 0 and kind in ("limit", "slide", "post_only"):
            shown = min(peak, size) if peak else size
            order = Order(self._next, side, price, shown, agent, peak, size - shown)
            order.expires = self.now + life if life else None
            self._next += 1
            self.orders.append(order)
            return order.ident
        return None

    def _fill(self, maker: Order, quantity: int) -> None:
        maker.size -= quantity
        if maker.size == 0:
            self.orders.remove(maker)
            if maker.reserve > 0:
                maker.size = min(maker.peak, maker.reserve)
                maker.reserve -= maker.size
                self.orders.append(maker)

    def cancel(self, ident: int) -> bool:
        for order in self.orders:
            if order.ident == ident:
                self.orders.remove(order)
                return True
        for stop in self.stops:
            if stop.ident == ident:
                self.stops.remove(stop)
                return True
        return False

    def modify(self, ident: int, price: int, size: int) -> int | None:
        """Fewer lots at the same price keep the place; anything else queues up anew."""
        order = next((o for o in self.orders if o.ident == ident), None)
        if order is None:
            return None
        if price == order.price and size <= order.size:
            order.size = size
            return ident
        self.orders.remove(order)
        return self.submit("limit", order.side, price, size, order.agent)

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        """(price, lots shown, orders), best first."""
        table: dict[int, list[int]] = {}
        for order in self.orders:
            if order.side == side:
                entry = table.setdefault(order.price, [0, 0])
                entry[0] += order.size
                entry[1] += 1
        return [(p, *table[p]) for p in sorted(table, reverse=side == BUY)]

    def clearing(self, reference: float) -> tuple[int, int]:
        """Price and lots of a call auction: most lots, least imbalance, nearest the reference."""
        bid, ask = self.best(BUY), self.best(SELL)
        if bid is None or ask is None or bid < ask:
            return -1, 0

        def rank(price: int) -> tuple[int, int, float]:
            demand = sum(o.total for o in self.orders if o.side == BUY and o.price >= price)
            supply = sum(o.total for o in self.orders if o.side == SELL and o.price <= price)
            return -min(demand, supply), abs(demand - supply), abs(price - reference)

        price = min(range(ask, bid + 1), key=rank)
        return price, -rank(price)[0]
