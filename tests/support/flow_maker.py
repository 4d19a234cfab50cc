"""Order-flow files as LOBSTER would write them, from a plain-Python market of random orders.

The market keeps its full depth; the files tell N levels of it and only those messages that touch
them, and begin in the middle of the day, so that they name orders nobody has seen arrive.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

BUY, SELL = 1, -1
DUMMY = 9999999999
Row = tuple[str, int, int, int, int, int]


@dataclass
class PlainBook:
    """Price-time priority with lists and dicts; obviously right, and slow."""

    queues: dict[tuple[int, int], list[list[int]]] = field(default_factory=dict)

    def prices(self, side: int) -> list[int]:
        return sorted((p for s, p in self.queues if s == side), reverse=side == BUY)

    def add(self, side: int, price: int, ident: int, size: int) -> None:
        self.queues.setdefault((side, price), []).append([ident, size])

    def take(self, side: int, price: int, index: int, size: int) -> int:
        """Reduce one order of a queue; returns what is left of it."""
        queue = self.queues[side, price]
        queue[index][1] -= size
        left = queue[index][1]
        if left == 0:
            queue.pop(index)
            if not queue:
                del self.queues[side, price]
        return left

    def levels(self, side: int, depth: int) -> list[tuple[int, int]]:
        return [
            (price, sum(size for _, size in self.queues[side, price]))
            for price in self.prices(side)[:depth]
        ]

    def row(self, depth: int) -> list[int]:
        asks, bids = self.levels(SELL, depth), self.levels(BUY, depth)
        out: list[int] = []
        for k in range(depth):
            out += asks[k] if k < len(asks) else (DUMMY, 0)
            out += bids[k] if k < len(bids) else (-DUMMY, 0)
        return out


def random_day(
    seed: int, rows: int, depth: int, *, thin: bool = False, unseen: int = 300
) -> tuple[list[Row], list[list[int]]]:
    """Return the rows of a message and an orderbook file; ``thin`` empties whole sides at times."""
    rng = random.Random(seed)
    book = PlainBook()
    ident, now, tick, mid = 1000, 34200_000_000_000, 100, 1_000_000
    messages: list[Row] = []
    books: list[list[int]] = []
    step = 0
    while len(messages) < rows:
        step += 1
        ident += 1
        now += rng.randrange(0, 40_000_000)
        stamp = f"{now // 10**9}.{now % 10**9:09d}".rstrip("0")
        before = book.row(depth)
        sides = [s for s in (BUY, SELL) if book.prices(s)]
        draw = rng.random()
        adding = 0.42 if thin else 0.55
        if not sides or (draw < adding and not (thin and step % 97 == 0)):
            side = rng.choice((BUY, SELL))
            others = book.prices(-side)
            best = others[0] if others else mid + side * tick
            price = best - side * tick * (1 + int(rng.expovariate(0.25)))
            size = rng.choice((1, 7, 100, 100, 300))
            book.add(side, price, ident, size)
            message = (stamp, 1, ident, size, price, side)
        else:
            side = rng.choice(sides)
            prices = book.prices(side)
            if draw < 0.85:
                price = rng.choice(prices[: 2 * depth])
                queue = book.queues[side, price]
                index = rng.randrange(len(queue))
                name, left = queue[index]
                part = rng.randrange(1, left) if left > 1 and draw < adding + 0.05 else left
                book.take(side, price, index, part)
                message = (stamp, 3 if part == left else 2, name, part, price, side)
            elif draw < 0.97:
                price = prices[0]
                name, left = book.queues[side, price][0]
                part = rng.randrange(1, left + 1)
                book.take(side, price, 0, part)
                message = (stamp, 4, name, part, price, side)
            elif draw < 0.985:
                message = (stamp, 5, 0, 25, prices[0] - side * 50, side)
            elif draw < 0.99:
                message = (stamp, 6, -1, 500, prices[0], -1)
            else:
                message = (stamp, 7, 0, 0, rng.choice((-1, 0, 1)), -1)
        after = book.row(depth)
        if step > unseen and (message[1] >= 5 or after != before):
            messages.append(message)
            books.append(after)
    return messages, books


def to_csv(rows, newline="\n", last=True):
    """Return rows as the text of a CSV file without header."""
    text = newline.join(",".join(map(str, row)) for row in rows)
    return text + (newline if last else "")


def write_pair(folder, messages, books, name="TEST_2012-06-21_34200000_57600000", **options):
    """Write a pair of files; returns the path of the message file."""
    depth = len(books[0]) // 4
    message = folder / f"{name}_message_{depth}.csv"
    message.write_text(to_csv(messages, **options), newline="")
    (folder / f"{name}_orderbook_{depth}.csv").write_text(to_csv(books, **options), newline="")
    return message
