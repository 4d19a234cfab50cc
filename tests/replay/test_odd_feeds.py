"""Feeds of every order as they should not be: refused with record and remedy, never half read."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from support.feed_maker import CSV_MAPPING, Feed, csv_text, dbn_bytes, itch_bytes, random_feed

from abm_desktop.market.replay import Replay
from abm_desktop.readers import RecordingError

RECORD = 56
"""Bytes of a record of Databento's market by order."""
TWICE = r"\d+ of \d+ new orders are there once more, .* the first is "


@pytest.fixture(scope="module")
def feed() -> Feed:
    return random_feed(seed=3, events=300)


def itch_messages(feed: Feed) -> list[bytes]:
    data, at, out = itch_bytes(feed, others=()), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big") + 2
        out.append(data[at : at + size])
        at += size
    return out


def put(data: bytes, at: int, form: str, value: object) -> bytes:
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def with_(data: bytes, kind: bytes, at: int, form: str, value: object) -> bytes:
    return put(data, at, form, value) if data[2:3] == kind else data


ITCH: dict[str, tuple[Callable[[list[bytes]], bytes], str]] = {
    "cut": (lambda m: b"".join(m)[:-7], r"ends within the message at byte [\d,]+; download it"),
    "twice": (
        lambda m: b"".join(m + m),
        r"event \d+, order 101: has a time of 34,200\.\d+ s, and one before it is of .*; .* sort",
    ),
    "out of order": (lambda m: b"".join(m[:9] + m[200:] + m[9:200]), "sort them by time"),
    "next week": (
        lambda m: b"".join(put(x, 7, ">H", 0xFFFF) for x in m),
        "not within 86,400 s after midnight; take a part",
    ),
    "each twice": (
        lambda m: b"".join(x + x for x in m),
        TWICE + r"event 2, order 101; .* copies",
    ),
    "no such side": (
        lambda m: b"".join(with_(x, b"A", 21, "c", b"X") for x in m),
        r"event \d+ of the stock, order \d+: has the side 'X', which is neither B \(buy\) nor S",
    ),
    "no such side of a hidden order": (
        lambda m: b"".join(with_(x, b"P", 21, "c", b"\xff") for x in m),
        r"event \d+ of the stock, trade 0: has the side '.*', which is neither B \(buy\) nor S",
    ),
    "no size": (
        lambda m: b"".join(with_(x, b"A", 22, ">I", 0) for x in m),
        r"event \d+, order \d+: has a size of 0; an order has a size of 1 at least",
    ),
}


@pytest.mark.parametrize("case", ITCH)
def test_itch(case: str, feed: Feed, tmp_path: Path) -> None:
    change, words = ITCH[case]
    path = tmp_path / "01302020.NASDAQ_ITCH50"
    path.write_bytes(change(itch_messages(feed)))
    refused(path, words)


DBN: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "twice": (lambda r: r + r, r"event \d+, order 101: has a time of .* and one before it"),
    "each twice": (
        lambda r: [x for each in r for x in (each, each)],
        TWICE + r"event 2, order 101; .* copies",
    ),
    "no time": (
        lambda r: [put(x, 8, "<Q", 0) for x in r],
        r"event 1, order 101: has no time \(ts_event\); download",
    ),
    "unknown action": (
        lambda r: [*r[:5], put(r[5], 38, "c", b"Z"), *r[6:]],
        r"record 6, order \d+: has the action 'Z', which market by order does not know",
    ),
    "nothing": (lambda r: [put(x, 38, "c", b"N") for x in r], "tells nothing of orders in its"),
    "no records": (lambda _r: [], "has no records of"),
}


@pytest.mark.parametrize("case", DBN)
def test_databento(case: str, feed: Feed, tmp_path: Path) -> None:
    change, words = DBN[case]
    data, head = dbn_bytes(feed), dbn_bytes(Feed([], [], []))
    assert data.startswith(head)
    records = [data[k : k + RECORD] for k in range(len(head), len(data), RECORD)]
    path = tmp_path / "x.dbn"
    path.write_bytes(head + b"".join(change(records)))
    refused(path, words)


def test_a_few_copies_are_told_and_change_nothing(feed: Feed, tmp_path: Path) -> None:
    messages = itch_messages(feed)
    path = tmp_path / "01302020.NASDAQ_ITCH50"
    path.write_bytes(b"".join(messages))
    wanted = Replay.open(path).flow
    at = next(k for k, each in enumerate(messages) if each[2:3] == b"A")
    path.write_bytes(b"".join([*messages[: at + 1], *messages[at:]]))
    flow = Replay.open(path).flow
    assert flow.notes == ("1 order was added while one of that number rested",)
    assert (flow.price.tolist(), flow.size.tolist()) == (
        wanted.price.tolist(),
        wanted.size.tolist(),
    )


def test_a_time_that_is_not_told_is_that_of_receipt_and_a_little_early_is_told(
    feed: Feed, tmp_path: Path
) -> None:
    data, head = dbn_bytes(feed), dbn_bytes(Feed([], [], []))
    records = [data[k : k + RECORD] for k in range(len(head), len(data), RECORD)]
    path = tmp_path / "x.dbn"
    path.write_bytes(head + b"".join(put(each, 8, "<Q", 2**64 - 1) for each in records))
    late = Replay.open(path)
    path.write_bytes(data)
    assert (late.flow.time - Replay.open(path).flow.time == 1000).all()
    first = struct.unpack("<Q", records[0][8:16])[0]
    early = put(records[1], 8, "<Q", first - 10**8)
    path.write_bytes(head + b"".join([records[0], early, *records[2:]]))
    replay = Replay.open(path)
    assert replay.flow.notes == (
        "1 event is up to 0.1 s earlier than one before; its time is taken",
    )
    assert replay.flow.time[1] == replay.flow.time[0]


def cell(row: int, column: int, text: str) -> Callable[[str], str]:
    def change(content: str) -> str:
        lines = content.splitlines()
        fields = lines[row].split(",")
        fields[column] = text
        lines[row] = ",".join(fields)
        return "\n".join(lines) + "\n"

    return change


def times(change: Callable[[float], str]) -> Callable[[str], str]:
    def changed(content: str) -> str:
        head, *rows = content.splitlines()
        out = [row.split(",") for row in rows]
        return "\n".join([head, *(",".join([f[0], change(float(f[1])), *f[2:]]) for f in out)])

    return changed


def said(line: str) -> str:
    return CSV_MAPPING.replace('name = "mine"\n', f"{line}\n")


CSV: dict[str, tuple[Callable[[str], str], str, str]] = {
    "each twice": (
        lambda c: "\n".join([r for k, r in enumerate(c.splitlines()) for _ in range(1 + (k > 0))]),
        CSV_MAPPING,
        TWICE + r"row 3, order 'o101'; .* copies",
    ),
    "no time": (cell(5, 1, ""), CSV_MAPPING, "row 6, order 'o105': the column 'when' is empty"),
    "no size": (cell(5, 6, " "), CSV_MAPPING, "row 6, order 'o105': the column 'qty' is empty"),
    "no name": (cell(5, 3, ""), CSV_MAPPING, "row 6, order '': the column 'ref' is empty"),
    "size 0": (cell(5, 6, "0"), CSV_MAPPING, "row 6, order 'o105': has a size of 0; an order"),
    "back": (cell(9, 1, "100"), CSV_MAPPING, "row 10, order 'o108': has a time of 100.0+ s, and"),
    "ms": (times(lambda t: f"{1000 * t:.6f}"), CSV_MAPPING, "check time_unit and time_from"),
    "1970": (times(lambda t: f"{t + 1.6e9}"), CSV_MAPPING, "check time_unit and time_from"),
    "ns": (times(lambda t: f"{t:.0f}"), said('time_unit = "ns"'), "events within .* time_unit"),
    "day": (lambda c: c, said('time_from = "1970"'), "begins 34,200.* s after 1970; check time"),
    "column": (lambda c: c.replace("qty", "number"), CSV_MAPPING, "no column 'qty'; its header is"),
    "twice": (lambda c: c.replace("seq", "when", 1), CSV_MAPPING, "2 columns 'when'; rename"),
    "comma": (
        lambda c: c.replace(",", ";").replace(".", ","), said('separator = ";"'),
        r"row 2, column 'when': '34200,\d+' is no decimal .* say decimal = \",\" in the mapping",
    ),
    "thousands": (cell(5, 6, '"1,000"'), CSV_MAPPING, "marks between thousands are not read"),
    "empty": (lambda _c: "", CSV_MAPPING, "is empty; choose another file"),
    "word": (
        lambda c: c, CSV_MAPPING.replace('["cancel"]', '["cancel", "add"]'),
        "kinds.cancelled: has the word 'add', which added has, too",
    ),
    "side": (
        lambda c: c, CSV_MAPPING.replace('["offer"]', '["offer", "BID"]'),
        "sides.sell: has the word 'bid', which buy has, too",
    ),
    "column used twice": (
        lambda c: c, CSV_MAPPING.replace('"px"', '"qty"'),
        "columns.size: has the column 'qty', which price has, too",
    ),
    "no new order": (
        lambda c: c, CSV_MAPPING.replace('new_order = "next"\n', ""),
        "row .*: is replaced, and no column tells by which order; name that column as new_order",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CSV)
def test_csv(case: str, feed: Feed, tmp_path: Path) -> None:
    change, mapping, words = CSV[case]
    path = tmp_path / "day.csv"
    path.write_text(change(csv_text(feed)))
    (tmp_path / "day.mapping.toml").write_text(mapping)
    refused(path, words)


def test_a_csv_file_as_other_programs_save_it(feed: Feed, tmp_path: Path) -> None:
    text = csv_text(feed)
    comma = text.replace(",", ";").replace(".", ",")
    forms = {
        "crlf": (text.replace("\n", "\r\n").encode("utf-8-sig"), CSV_MAPPING),
        "utf-16": (text.encode("utf-16"), CSV_MAPPING),
        "blanks": (text.replace(",", " , ").encode(), CSV_MAPPING),
        "comma": (comma.encode(), said('separator = ";"\ndecimal = ","')),
        "packed": (gzip.compress(text.encode()), CSV_MAPPING),
    }
    wanted = None
    for name, (data, mapping) in {"plain": (text.encode(), CSV_MAPPING), **forms}.items():
        (tmp_path / f"{name}.csv").write_bytes(data)
        (tmp_path / f"{name}.mapping.toml").write_text(mapping)
        flow = Replay.open(tmp_path / f"{name}.csv").flow
        found = (flow.time.tolist(), flow.price.tolist(), flow.size.tolist(), flow.kind.tolist())
        wanted = wanted or found
        assert found == wanted, name


def test_names_of_orders_that_are_like_numbers_stay_apart(tmp_path: Path) -> None:
    rows = [
        "when,event,ref,way,qty,px",
        "1,add,7,bid,10,99",
        "2,add,007,bid,5,99",
        "3,fill,7,bid,10,99",
    ]
    (tmp_path / "d.csv").write_text("\n".join(rows) + "\n")
    mapping = CSV_MAPPING.replace('new_order = "next"\n', "").replace(
        'replaced = ["replace"]\n', ""
    )
    (tmp_path / "d.mapping.toml").write_text(mapping)
    replay = Replay.open(tmp_path / "d.csv")
    replay.step_to(replay.end)
    assert [tuple(level) for level in replay.book(5)[0]] == [(99.0, 5.0, 1.0)]


def refused(path: Path, words: str) -> None:
    with pytest.raises(RecordingError, match=words) as caught:
        Replay.open(path)
    told = str(caught.value)
    assert str(path.parent) in told and ";" in told
