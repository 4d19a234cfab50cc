from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from support.flow_maker import BUY, DUMMY, SELL, PlainBook, random_day, to_csv, write_pair

from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.replay import Replay
from abm_desktop.market.statements import StatusTold


def shown(replay, depth):
    """The replayed book as a row of an orderbook file."""
    bids, asks = replay.book(depth)
    row = []
    for k in range(depth):
        row += _level(asks, k, DUMMY) + _level(bids, k, -DUMMY)
    return row


def _level(levels, k, dummy):
    if k >= len(levels):
        return [dummy, 0]
    return [round(levels[k, 0] * 10_000), int(levels[k, 1])]


def plain_replay(messages, books, depth):
    """The rule in plain Python, as a check on the compiled one: yields the book after each row."""
    book = PlainBook()
    first = messages[0]
    for side, columns in ((SELL, 0), (BUY, 2)):
        levels = {}
        for k in range(depth):
            price, size = books[0][4 * k + columns : 4 * k + columns + 2]
            if size:
                levels[price] = size
        _, kind, _, size, price, direction = first
        if direction == side and kind <= 4:
            levels[price] = levels.get(price, 0) + (-size if kind == 1 else size)
        for price, size in levels.items():
            if size > 0:
                book.add(side, price, None, size)
    for message, row in zip(messages, books, strict=True):
        _, kind, ident, size, price, side = message
        if kind == 1:
            book.add(side, price, ident, size)
        elif kind <= 4:
            queue = book.queues[side, price]
            names = [order[0] for order in queue]
            book.take(side, price, names.index(ident if ident in names else None), size)
        for side, columns in ((SELL, 0), (BUY, 2)):
            for extra in book.prices(side)[depth:]:
                del book.queues[side, extra]
            for k in range(len(book.prices(side)), depth):
                price, size = row[4 * k + columns : 4 * k + columns + 2]
                if size:
                    book.add(side, price, None, size)
        yield book.row(depth)


@pytest.mark.parametrize(
    ("seed", "depth", "thin"),
    [(1, 1, False), (2, 2, False), (3, 5, False), (4, 10, True), (5, 3, True), (6, 50, False)],
)
def test_every_row_of_a_synthetic_day_is_reproduced(tmp_path, seed, depth, thin):
    messages, books = random_day(seed, rows=600, depth=depth, thin=thin)
    replay = Replay.open(write_pair(tmp_path, messages, books))
    report = replay.check()
    assert report.ok, report.first
    assert report.rows == report.matching == 600
    assert report.levels == depth
    assert report.notes == ()
    assert report.unknown_ids > 0  # the day had begun before the file


def test_the_book_after_each_row_is_that_of_a_plain_replay(tmp_path, day):
    messages, books = day
    replay = Replay.open(write_pair(tmp_path, messages, books))
    for expected in plain_replay(messages[:400], books[:400], 5):
        assert replay.advance() == 1
        assert shown(replay, 5) == expected


def test_any_part_of_a_day_is_reproduced(tmp_path, day):
    messages, books = day
    for start in (1, 77, 400, 1100):
        replay = Replay.open(write_pair(tmp_path, messages[start:], books[start:]))
        assert replay.check().ok


def test_executions_go_through_matching(tmp_path, day):
    replay = Replay.open(write_pair(tmp_path, *day))
    report = replay.check()
    assert report.executions == sum(message[1] == 4 for message in day[0])
    # Orders that were there before count as one at the head of each queue, so nearly all match.
    assert report.matched > 0.8 * report.executions


def test_a_wrong_row_is_found_and_named(tmp_path, day):
    messages, books = day
    wrong = [list(row) for row in books]
    wrong[700][4 * 1 + 1] += 10  # size of the second ask
    report = Replay.open(write_pair(tmp_path, messages, wrong)).check()
    assert report.first.row == 701
    assert "ask level 2" in report.first.expected
    assert "ask level 2" in report.first.got
    # The book is set to the wrong row, so the next one may differ too; it does not go on for ever.
    assert 1 <= report.mismatches <= 60
    assert not report.ok


def test_a_lost_message_is_found(tmp_path, day):
    messages, books = day
    at = next(i for i in range(500, 600) if messages[i][1] == 1)
    report = Replay.open(
        write_pair(tmp_path, messages[:at] + messages[at + 1 :], books[:at] + books[at + 1 :])
    ).check()
    assert not report.ok
    assert report.first.row == at + 1


def test_stepping_by_time_or_by_row_is_the_same(tmp_path, day):
    path = write_pair(tmp_path, *day)
    one, other = Replay.open(path), Replay.open(path)
    half = float(one.times[749])
    one.step_to(half)
    other.advance(one.row)
    assert one.row >= 750
    assert one.now == other.now <= half
    for mine, theirs in zip(one.book(5), other.book(5), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert one.step_to(half) == 0
    assert one.advance(10**9) == len(one) - other.row
    assert one.done
    assert one.advance(5) == 0


def test_reset_starts_the_day_again(tmp_path, day):
    replay = Replay.open(write_pair(tmp_path, *day))
    first = replay.book(5)
    replay.advance(900)
    replay.reset()
    assert replay.row == 0
    for mine, theirs in zip(replay.book(5), first, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert replay.check().ok


def test_trades_carry_the_side_of_the_aggressor(tmp_path):
    books = [
        [1_000_100, 30, 999_900, 40],
        [1_000_100, 20, 999_900, 40],
        [1_000_100, 20, 999_900, 35],
    ]
    messages = [
        ("34200.5", 1, 1, 10, 999_900, BUY),
        ("34201", 4, 2, 10, 1_000_100, SELL),
        ("34202.25", 4, 1, 5, 999_900, BUY),
    ]
    messages.append(("34203", 5, 0, 9, 1_000_050, SELL))
    books.append(books[-1])
    replay = Replay.open(write_pair(tmp_path, messages, books))
    assert replay.check().ok
    assert replay.trades().tolist() == [
        (34201.0, 100.01, 10, 1),
        (34202.25, 99.99, 5, -1),
        (34203.0, 100.005, 9, 1),
    ]
    assert replay.trades(2, 3)["size"].tolist() == [5]


def test_halts_are_told_and_change_nothing(tmp_path):
    row = [1_000_100, 30, 999_900, 40]
    messages = [
        ("36023", 7, 0, 0, -1, -1),
        ("36323", 7, 0, 0, 0, -1),
        ("36723", 7, 0, 0, 1, -1),
        ("36724", 1, 5, 10, 999_900, BUY),
    ]
    replay = Replay.open(write_pair(tmp_path, messages, [row, row, row, [*row[:3], 50]]))
    assert replay.check().ok
    assert replay.halts() == [
        (36023.0, StatusTold(-1)),
        (36323.0, StatusTold(0)),
        (36723.0, StatusTold(1)),
    ]


def test_both_sides_may_be_empty(tmp_path):
    nothing = [DUMMY, 0, -DUMMY, 0]
    messages = [
        ("1.0", 3, 7, 10, 999_900, BUY),
        ("2.0", 1, 8, 10, 1_000_000, SELL),
        ("3.0", 4, 8, 10, 1_000_000, SELL),
    ]
    replay = Replay.open(
        write_pair(tmp_path, messages, [nothing, [1_000_000, 10, -DUMMY, 0], nothing])
    )
    assert replay.check().ok
    assert math.isnan(replay.best_bid)
    assert math.isnan(replay.best_ask)
    assert [len(side) for side in replay.book(5)] == [0, 0]


def test_crossed_and_equal_prices_are_kept_as_the_file_has_them(tmp_path):
    messages = [
        ("1.0", 1, 1, 10, 1_000_000, BUY),
        ("2.0", 1, 2, 20, 1_000_000, SELL),
        ("3.0", 1, 3, 30, 1_000_200, BUY),
        ("4.0", 4, 1, 10, 1_000_000, BUY),
        ("5.0", 2, 2, 5, 1_000_000, SELL),
    ]
    books = [
        [DUMMY, 0, 1_000_000, 10],
        [1_000_000, 20, 1_000_000, 10],
        [1_000_000, 20, 1_000_200, 30],
        [1_000_000, 20, 1_000_200, 30],
        [1_000_000, 15, 1_000_200, 30],
    ]
    assert Replay.open(write_pair(tmp_path, messages, books)).check().ok


def test_more_is_cancelled_than_an_order_has(tmp_path):
    messages = [
        ("1.0", 1, 1, 10, 999_900, BUY),
        ("2.0", 2, 1, 25, 999_900, BUY),
        ("3.0", 3, 1, 400, 999_900, BUY),
    ]
    books = [
        [1_000_100, 30, 999_900, 50],
        [1_000_100, 30, 999_900, 25],
        [1_000_100, 30, -DUMMY, 0],
    ]
    report = Replay.open(write_pair(tmp_path, messages, books)).check()
    assert report.ok, report.first
    assert any("more off an order" in note for note in report.notes)
    assert any("has none" in note for note in report.notes)


def test_an_order_number_may_come_back(tmp_path):
    messages = [
        ("1.0", 1, 1, 10, 999_900, BUY),
        ("2.0", 3, 1, 10, 999_900, BUY),
        ("3.0", 1, 1, 20, 1_000_100, SELL),
        ("4.0", 4, 1, 20, 1_000_100, SELL),
    ]
    books = [
        [1_000_100, 30, 999_900, 50],
        [1_000_100, 30, 999_900, 40],
        [1_000_100, 50, 999_900, 40],
        [1_000_100, 30, 999_900, 40],
    ]
    assert Replay.open(write_pair(tmp_path, messages, books)).check().ok


def test_levels_hold_more_than_an_order_can(tmp_path):
    """Orders of the largest size that a file can name, many at one price."""
    most, rows, books = 2**31 - 1, [], []
    for k in range(49):
        rows.append((f"34200.{k:09d}", 1, 100 + k, most, 1_000_000, BUY))
        books.append([1_000_100, 5 * most, 1_000_000, (k + 1) * most])
    for k in range(10):
        rows.append((f"34201.{k:09d}", 4, 100 + k, most, 1_000_000, BUY))
        books.append([1_000_100, 5 * most, 1_000_000, (48 - k) * most])
    replay = Replay.open(write_pair(tmp_path, rows, books))
    report = replay.check()
    assert report.ok, report.first
    assert replay.book(1)[0][0].tolist() == [100.0, 39 * most, 39]
    assert replay.book(1)[1][0, 1] == 5 * most


def test_prices_of_any_size_fit(tmp_path):
    high = 6_000_000_000  # 600 000.00, beyond 32 bits
    messages = [("1.0", 1, 1, 10, high - 100, BUY), ("2.0", 3, 1, 10, high - 100, BUY)]
    books = [[high, 3, high - 100, 10], [high, 3, 100, 7]]
    replay = Replay.open(write_pair(tmp_path, messages, books))
    assert replay.check().ok
    assert replay.best_ask == 600_000.0
    assert replay.best_bid == 0.01


def _real_files():
    named = os.environ.get("ABM_DESKTOP_LOBSTER")
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "lobster"
    folder = Path(named) if named else beside
    return sorted(folder.glob("*.zip")) if folder.is_dir() else []


@pytest.mark.parametrize("path", _real_files() or [None], ids=lambda p: p.name if p else "absent")
def test_real_days_are_reproduced_on_every_row(path):
    if path is None:
        pytest.skip("no LOBSTER samples; name their folder in ABM_DESKTOP_LOBSTER")
    report = Replay(read_order_flow(path)).check()
    assert report.ok, report.first
    assert report.notes == ()


def test_the_maker_names_orders_nobody_saw_arrive(day):
    added = {message[2] for message in day[0] if message[1] == 1}
    assert any(message[2] not in added for message in day[0] if message[1] in (2, 3, 4))
    assert to_csv([(1, 2)], newline="\r\n") == "1,2\r\n"
