"""A slow, plain order book: the contract of docs/book.md with lists, to check the compiled one."""

from __future__ import annotations

from dataclasses import dataclass, field

BUY, SELL = 0, 1
MOST_LOTS = 2**31 - 1
RESTING = ("limit", "slide", "post_only")


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
    hides: bool = False
    """Whether it rested with a hidden part, and so has a place among the icebergs."""

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
    becomes: str = "immediate"

    def reached(self, last: int) -> bool:
        return last >= self.trigger if self.side == BUY else last <= self.trigger


@dataclass
class SlowBook:
    """Orders rest in arrival order; the best price trades first.

    ``prevention``: off, cancel_resting or cancel_incoming, where an agent meets itself.
    ``trading`` False collects orders for an auction, ``closed`` refuses them. ``fills`` are (price,
    size, sign, taker, maker); ``rows`` are messages: (kind, side, price, size, agent, order,
    aggressor, cause); ``result`` is why the last command was refused, empty if it was not.
    """

    prevention: str = "off"
    orders: list[Order] = field(default_factory=list)
    fills: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    rows: list[tuple] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    trading: bool = True
    closed: bool = False
    ladder: int = 32_768
    band: tuple[int, int] = (0, 32_768)
    """No trade below the first or above the second price; what is left of an order waits there."""
    last: int = 10_000
    now: int = 0
    room: int = 1 << 30
    """Orders that the book can hold."""
    hidden_room: int = 1 << 30
    """Icebergs that it can hold."""
    result: str = ""
    _next: int = 0
    _traded: bool = False
    stopped: bool = False

    def best(self, side: int) -> int | None:
        prices = [o.price for o in self.orders if o.side == side]
        if not prices:
            return None
        return max(prices) if side == BUY else min(prices)

    def _crosses(self, side: int, price: int) -> bool:
        best = self.best(1 - side)
        return best is not None and (best <= price if side == BUY else best >= price)

    def _note(
        self, kind: str, order: Order, size: int, aggressor: int = 0, cause: str = ""
    ) -> None:
        side = 1 - 2 * order.side
        row = (kind, side, order.price, size, order.agent, order.ident, aggressor, cause)
        self.rows.append(row)

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
        """Returns the id of what rests or waits; ``peak`` is the trigger of a stop.

        The stops that it sets off follow: buys before sells, nearest trigger first, of equal ones
        the oldest; those that these set off come after them.
        """
        ident = self._submit(kind, side, price, size, agent, peak, life)
        self.let_stops_go()
        alive = any(o.ident == ident for o in self.orders + self.stops)
        return ident if alive else None

    def let_stops_go(self) -> None:
        """Send the stops that the last command set off, and those that these set off."""
        result = self.result
        waiting = self._reached()
        while waiting:
            stop = waiting.pop(0)
            self._submit(stop.becomes, stop.side, stop.price, stop.size, stop.agent)
            waiting += self._reached()
        self.result = result

    def _reached(self) -> list[Stop]:
        if not self._traded:
            return []
        found = [s for s in self.stops if s.reached(self.last)]
        self.stops = [s for s in self.stops if s not in found]
        return sorted(found, key=lambda s: (s.side, s.trigger if s.side == BUY else -s.trigger))

    def pass_time(self, nanoseconds: int) -> None:
        until = self.now + nanoseconds
        due = [o for o in self.orders if o.expires is not None and o.expires <= until]
        for order in sorted(due, key=lambda o: o.expires or 0):
            self.now = order.expires or 0
            self._note("expire", order, order.size)
            self.orders.remove(order)
        self.now = until

    def _refuse(self, why: str) -> None:
        self.result = why

    def _submit(
        self,
        kind: str,
        side: int,
        price: int,
        size: int,
        agent: int,
        peak: int = 0,
        life: int = 0,
        replaces: Order | None = None,
    ) -> int | None:
        self.result, self._traded = "", False
        if size < 1 or (size > MOST_LOTS and kind not in ("immediate", "fill_or_kill")):
            return self._refuse("size")
        if self.closed:
            return self._refuse("closed")
        if not self.trading and kind == "fill_or_kill":
            return self._refuse("not_trading")
        if not self.trading and kind == "immediate":
            kind, peak, life = "limit", 0, 1  # it waits for the auction
        other = self.best(1 - side)
        if kind == "slide" and other is not None:
            price = min(price, other - 1) if side == BUY else max(price, other + 1)
        if not 1 <= price <= self.ladder - 2:
            return self._refuse("ladder")
        if kind in ("stop", "stop_limit"):
            becomes = "immediate" if kind == "stop" else "limit"
            stop = Stop(self._next, side, peak, price, size, agent, becomes)
            if not (self.trading and stop.reached(self.last)):
                self._next += 1
                self.stops.append(stop)
                return stop.ident
            kind, peak = becomes, 0
        if kind == "post_only" and self._crosses(side, price):
            return self._refuse("post_only")
        price = min(price, self.band[1]) if side == BUY else max(price, self.band[0])
        if kind == "fill_or_kill" and self._try(side, price, size, agent)[0] > 0:
            return self._refuse("fok")
        if kind in RESTING and not self._finds_room(side, price, size, agent, peak, replaces):
            return self._refuse("full")
        if replaces is not None:
            self._note("cancel", replaces, replaces.size, 0, "replace")
            self.orders.remove(replaces)
        if self.trading:
            size = self._match(side, price, size, agent)
        if size > 0 and kind in RESTING:
            shown = min(peak, size) if peak else size
            order = Order(self._next, side, price, shown, agent, peak, size - shown)
            order.hides = shown < size
            order.peak = peak if order.hides else 0
            order.expires = self.now + life if life else None
            self._next += 1
            self.orders.append(order)
            self._note("add", order, shown, 0, "replace" if replaces else "")
            return order.ident
        return None

    def _match(self, side: int, price: int, size: int, agent: int) -> int:
        while size > 0 and self._crosses(side, price):
            best = self.best(1 - side)
            maker = next(o for o in self.orders if o.side == 1 - side and o.price == best)
            if maker.agent == agent and self.prevention != "off":
                if self.prevention == "cancel_incoming":
                    return 0
                self._note("cancel", maker, maker.size, 0, "self-trade")
                self.orders.remove(maker)
                continue
            quantity = min(size, maker.size)
            sign = 1 - 2 * side
            self.fills.append((maker.price, quantity, sign, agent, maker.agent))
            self._note("trade", maker, quantity, sign)
            size -= quantity
            self.last = maker.price
            self._traded = True
            self._fill(maker, quantity)
        return size

    def _try(self, side: int, price: int, size: int, agent: int) -> tuple[int, SlowBook]:
        """Lots that would find no counterpart, and the book after it."""
        copy = SlowBook(self.prevention, [Order(**vars(o)) for o in self.orders])
        if not self.trading:
            return size, copy
        left = copy._match(side, price, size, agent)
        filled = sum(fill[1] for fill in copy.fills)
        # What a cancelled incoming order leaves is not filled, but will not rest either.
        copy.stopped = left == 0 and filled < size
        return size - filled, copy

    def _finds_room(
        self, side: int, price: int, size: int, agent: int, peak: int, replaces: Order | None
    ) -> bool:
        left, after = self._try(side, price, size, agent)
        if left == 0 or after.stopped:
            return True
        orders = [o for o in after.orders if replaces is None or o.ident != replaces.ident]
        hidden = sum(o.hides for o in orders)
        wants_hidden = bool(peak) and peak < left
        return len(orders) < self.room and not (wants_hidden and hidden >= self.hidden_room)

    def _fill(self, maker: Order, quantity: int) -> None:
        maker.size -= quantity
        if maker.size == 0:
            self.orders.remove(maker)
            if maker.reserve > 0:
                maker.size = min(maker.peak, maker.reserve)
                maker.reserve -= maker.size
                self.orders.append(maker)
                self._note("add", maker, maker.size, 0, "iceberg")

    def cancel(self, ident: int) -> bool:
        self.result = ""
        for order in self.orders:
            if order.ident == ident:
                self._note("cancel", order, order.size)
                self.orders.remove(order)
                return True
        for stop in self.stops:
            if stop.ident == ident:
                self.stops.remove(stop)
                return True
        self.result = "unknown"
        return False

    def modify(self, ident: int, price: int, size: int) -> int | None:
        """Fewer lots at the same price keep the place; anything else queues up anew."""
        self.result = ""
        order = next((o for o in self.orders if o.ident == ident), None)
        if order is None:
            self.result = "unknown"
            return None
        if 1 <= size <= order.total and price == order.price:
            less = order.total - size
            unseen = min(less, order.reserve)
            order.reserve -= unseen
            if less > unseen:
                order.size -= less - unseen
                self._note("reduce", order, less - unseen)
            return ident
        life = max(order.expires - self.now, 1) if order.expires is not None else 0
        new = self._submit("limit", order.side, price, size, order.agent, order.peak, life, order)
        self.let_stops_go()
        if self.result:
            return ident
        return new if any(o.ident == new for o in self.orders) else None

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        """(price, lots shown, orders), best first."""
        table: dict[int, list[int]] = {}
        for order in self.orders:
            if order.side == side:
                entry = table.setdefault(order.price, [0, 0])
                entry[0] += order.size
                entry[1] += 1
        return [(p, *table[p]) for p in sorted(table, reverse=side == BUY)]

    def queues(self) -> list[tuple[int, ...]]:
        """(side, price, order, shown, hidden, agent): bids, then asks, best first, oldest first."""
        return [
            (o.side, o.price, o.ident, o.size, o.reserve, o.agent)
            for side in (BUY, SELL)
            for price, *_ in self.levels(side)
            for o in self.orders
            if o.side == side and o.price == price
        ]

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

    def uncross(self, reference: float, pro_rata: bool = False) -> int:
        """Hold the auction; returns its price, -1 if nothing crosses."""
        price, lots = self.clearing(reference)
        if lots == 0:
            return -1
        bids = self._allot(BUY, lots, pro_rata)
        asks = self._allot(SELL, lots, pro_rata)
        while bids and asks:
            buyer, seller = bids[0], asks[0]
            part = min(buyer[1], seller[1])
            self.fills.append((price, part, 1, buyer[0].agent, seller[0].agent))
            self.last, self._traded = price, True
            for side in (bids, asks):
                self._take(side[0][0], part)
                side[0][1] -= part
                if side[0][1] == 0:
                    side.pop(0)
        return price

    def _allot(self, side: int, lots: int, pro_rata: bool) -> list[list]:
        out: list[list] = []
        for price, *_ in self.levels(side):
            queue = [o for o in self.orders if o.side == side and o.price == price]
            total = sum(o.total for o in queue)
            share = min(lots, total)
            if pro_rata:
                parts = [o.total * share // total for o in queue]
                for k in range(share - sum(parts)):
                    parts[k] += 1
            else:
                parts, left = [], share
                for order in queue:
                    parts.append(min(order.total, left))
                    left -= parts[-1]
            out += [[o, part] for o, part in zip(queue, parts, strict=True) if part]
            lots -= share
            if lots == 0:
                break
        return out

    def _take(self, order: Order, lots: int) -> None:
        """Take lots off an order in an auction; hidden ones that trade are added all at once."""
        first = min(lots, order.size)
        self._note("trade", order, first, 0, "auction")
        more, shown = lots - first, order.size - first
        order.size = shown
        if shown > 0:
            return
        self.orders.remove(order)
        if order.reserve == 0:
            return
        left = more
        while True:
            part = min(order.peak, order.reserve)
            order.reserve -= part
            order.size = part - min(left, part)
            left -= min(left, part)
            if order.size > 0 or order.reserve == 0:
                break
        self._note("add", order, more + order.size, 0, "iceberg")
        if more > 0:
            self._note("trade", order, more, 0, "auction")
        if order.size > 0:
            self.orders.append(order)
