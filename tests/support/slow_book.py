"""A slow, plain order book: price-time priority with lists, to check the compiled one against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Order:
    ident: int
    side: int
    price: int
    size: int
    agent: int


class SlowBook:
    """BUY is 0, SELL is 1. Orders rest in arrival order; the best price trades first."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.fills: list[tuple[int, int, int, int, int]] = []
        self._next = 0

    def best(self, side: int) -> int | None:
        prices = [o.price for o in self.orders if o.side == side]
        if not prices:
            return None
        return max(prices) if side == 0 else min(prices)

    def submit(self, kind: str, side: int, price: int, size: int, agent: int) -> int | None:
        """Returns the id of what rests, if any. Fills are price, size, sign, taker, maker."""
        if kind == "slide":
            other = self.best(1 - side)
            if other is not None:
                price = min(price, other - 1) if side == 0 else max(price, other + 1)
        while size > 0 and kind != "slide":
            best = self.best(1 - side)
            if best is None or (best > price if side == 0 else best < price):
                break
            maker = next(o for o in self.orders if o.side == 1 - side and o.price == best)
            quantity = min(size, maker.size)
            self.fills.append((best, quantity, 1 - 2 * side, agent, maker.agent))
            maker.size -= quantity
            size -= quantity
            if maker.size == 0:
                self.orders.remove(maker)
        if size > 0 and kind != "immediate":
            order = Order(self._next, side, price, size, agent)
            self._next += 1
            self.orders.append(order)
            return order.ident
        return None

    def cancel(self, ident: int) -> bool:
        for order in self.orders:
            if order.ident == ident:
                self.orders.remove(order)
                return True
        return False

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        """(price, lots, orders), best first."""
        table: dict[int, list[int]] = {}
        for order in self.orders:
            if order.side == side:
                entry = table.setdefault(order.price, [0, 0])
                entry[0] += order.size
                entry[1] += 1
        return [(p, *table[p]) for p in sorted(table, reverse=side == 0)]
