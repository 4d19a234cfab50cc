"""Feeds of every order: one market, written in three formats, is one market when read."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pytest
from support.feed_maker import CSV_MAPPING, TICK, csv_text, dbn_bytes, itch_bytes, random_feed
from support.flow_maker import random_day, write_pair

from abm_desktop.market.replay import Replay, with_levels
from abm_desktop.metrics.stylized_facts.lobster import lobster_session
from abm_desktop.readers import RecordingError
from abm_desktop.readers.choices import choices


@pytest.fixture(scope="module")
def feed():
    return random_feed(seed=3, events=1200)


@pytest.fixture(scope="module")
def files(feed, tmp_path_factory):
    """The same feed as the files of three formats."""
    import pyarrow as pa

    folder = tmp_path_factory.mktemp("feeds")
    (folder / "01302020.NASDAQ_ITCH50").write_bytes(itch_bytes(feed) + b"\0\0")
    packed = folder / "01302020.NASDAQ_ITCH50.gz"
    packed.write_bytes(gzip.compress(itch_bytes(feed, others=())))
    (folder / "xyz.dbn").write_bytes(dbn_bytes(feed))
    several = dbn_bytes(feed, {"ABC": 5, "XYZ": 7})
    (folder / "two.dbn.zst").write_bytes(pa.compress(several, codec="zstd", asbytes=True))
    (folder / "xyz.dbn.gz").write_bytes(gzip.compress(dbn_bytes(feed)))
    (folder / "day.csv").write_text(csv_text(feed))
    (folder / "day.mapping.toml").write_text(CSV_MAPPING)
    return folder


@pytest.mark.parametrize("seed", range(4))
def test_an_order_that_is_changed_keeps_its_place_only_if_it_is_smaller(seed, tmp_path):
    feed = random_feed(seed, 500, modifies=True)
    (tmp_path / "a.dbn").write_bytes(dbn_bytes(feed))
    (tmp_path / "b.csv").write_text(csv_text(feed))
    (tmp_path / "b.mapping.toml").write_text(CSV_MAPPING)
    for name in ("a.dbn", "b.csv"):
        replay = Replay.open(tmp_path / name)
        for event, expected in zip(feed.events, feed.books, strict=True):
            replay.step_to(event.time / 1e9 + 1e-10)
            assert whole_book(replay) == expected, (name, event)
        report = replay.check()
        assert report.ok and report.unknown_ids == 0 and not report.notes
        # Who traded stood first in the queue, every time: the places are right.
        assert report.matched == report.executions > 50


def test_a_cleared_book_begins_anew(tmp_path):
    rows = [
        ("1", "add", "a", "bid", "10", "99"),
        ("2", "clear", "", "", "", ""),
        ("3", "fill", "a", "bid", "10", "99"),  # of an order that is gone
        ("4", "add", "a", "offer", "5", "101"),
        ("5", "fill", "a", "offer", "5", "101"),
    ]
    (tmp_path / "d.csv").write_text(
        "when,event,ref,way,qty,px\n" + "\n".join(",".join(row) for row in rows) + "\n"
    )
    mapping = CSV_MAPPING.replace('new_order = "next"\n', "")
    (tmp_path / "d.mapping.toml").write_text(
        mapping.replace("[sides]", 'cleared = ["clear"]\n\n[sides]')
    )
    replay = Replay.open(tmp_path / "d.csv")
    replay.step_to(2.5)
    assert whole_book(replay) == ([], [])
    replay.step_to(4.5)
    assert whole_book(replay) == ([], [(1_010_000, 5)])
    assert replay.check().notes == ("1 event is about an order not told before",)


def whole_book(replay):
    return tuple(
        [(round(price * 10_000), int(size)) for price, size, _ in side]
        for side in replay.book(10_000)
    )


PLACES = [
    "01302020.NASDAQ_ITCH50/XYZ", "01302020.NASDAQ_ITCH50.gz", "xyz.dbn", "xyz.dbn.gz",
    "two.dbn.zst/XYZ", "day.csv",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_the_book_is_whole_after_every_event(place, feed, files):
    replay = Replay.open(files / place)
    times = np.array([event.time for event in feed.events]) / 1e9
    for k, (when, expected) in enumerate(zip(times, feed.books, strict=True)):
        if k % 7 == 0 or k > 1190:
            replay.step_to(when + 1e-10)
            assert whole_book(replay) == expected, (k, feed.events[k])
    report = replay.check()
    assert report.ok and report.levels == 0 and report.mismatches == 0
    assert report.unknown_ids == 0 and not report.notes
    assert report.matched == report.executions > 100
    trades = replay.trades()
    told = [(round(t["price"] * 10_000), int(t["size"]), int(t["side"])) for t in trades]
    assert told == feed.trades
    assert replay.tick_size == pytest.approx(TICK / 10_000) or replay.tick_size < TICK / 10_000


def test_what_there_is_to_choose_from(files):
    assert choices(files / "01302020.NASDAQ_ITCH50") == ["ABC", "XYZ"]
    assert choices(files / "01302020.NASDAQ_ITCH50" / "XYZ") == []
    assert choices(files / "01302020.NASDAQ_ITCH50.gz") == []
    assert choices(files / "two.dbn.zst") == ["ABC", "XYZ"]
    assert Replay.open(files / "01302020.NASDAQ_ITCH50", "xyz").flow.name == "XYZ 2020-01-30"
    assert Replay.open(files / "two.dbn.zst" / "XYZ").flow.name == "XYZ 2020-01-30"
    with pytest.raises(RecordingError, match=r"holds 2 stocks; .*/ABC: it has ABC, XYZ"):
        Replay.open(files / "01302020.NASDAQ_ITCH50")
    with pytest.raises(RecordingError, match="has no stock 'NONE'; it has ABC, XYZ"):
        Replay.open(files / "01302020.NASDAQ_ITCH50" / "NONE")
    with pytest.raises(RecordingError, match="has no 'NONE'; it has ABC, XYZ"):
        Replay.open(files / "two.dbn.zst" / "NONE")


def test_the_best_levels_after_each_message_are_told_on_demand(feed, files):
    from abm_desktop.market.recorded.reading import read_recording

    flow = with_levels(read_recording(files / "xyz.dbn"), 3)
    last = np.searchsorted(flow.time, [event.time for event in feed.events], side="right") - 1
    for row, book in zip(last, feed.books, strict=True):
        for side in (0, 1):
            told = [
                (int(price) * 10_000 // flow.scale, int(size))
                for price, size in zip(
                    flow.book_price[row, side], flow.book_size[row, side], strict=True
                )
                if size
            ]
            assert told == book[side][:3]
    assert with_levels(flow, 2) is flow


def test_the_facts_of_a_feed_are_those_of_its_day(files):
    """Written as ITCH, DBN or CSV, a day has the same mids, spreads and trades."""
    days = [lobster_session(files / place) for place in ("01302020.NASDAQ_ITCH50.gz", "xyz.dbn")]
    for name in ("mid", "spread", "trade_sign", "trade_size", "trade_response", "volume"):
        first, second = (getattr(day, name) for day in days)
        np.testing.assert_allclose(first, second, err_msg=name)
    assert len(days[0].trade_sign) > 50 and days[0].crossed == 0


def test_damaged_and_other_files_are_named(feed, files, tmp_path):
    import pyarrow as pa

    whole = (files / "xyz.dbn").read_bytes()
    itch = itch_bytes(feed)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/xyz.dbn", whole)
    cases = {
        "cut.dbn": (whole[:-20], "ends within a record; download it again"),
        "bad.dbn": (b"DBN\x09" + whole[4:], "cannot be decoded"),
        "trades.dbn": (dbn_bytes(feed, schema="trades"), "holds the schema trades, which does not"),
        "wrong.itch": (itch_bytes(feed)[:400] + b"\0\x05Zabcd" * 4, "no message of ITCH 5.0"),
        "empty.itch": (b"", "is empty; download it again"),
        "bare.itch": (without_lengths(itch), "is ITCH 5.0 without two bytes of length before"),
        "day.itch.zst": (
            pa.compress(itch, codec="zstd", asbytes=True),
            "is packed with zstd, and holds no file of Databento; unpack it",
        ),
        "day.zip": (packed.getvalue(), r"found: a/xyz\.dbn; .* unpacked if it is in a zip"),
        "p.parquet": (b"PAR1" + bytes(50), "is a Parquet file; ABM Desktop reads LOBSTER, NASDAQ"),
        "cap.pcap": (b"\xd4\xc3\xb2\xa1" + bytes(50), "is a capture of network packets"),
        "events.csv": (
            b"id,timestamp,exchange.timestamp,price,volume,action,direction,type\n1,2,3,4,5,c,b,x\n",
            "is a Bitstamp event file; ABM Desktop reads",
        ),
    }
    for name, (data, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(RecordingError, match=message) as caught:
            Replay.open(path, "XYZ" if name == "wrong.itch" else None)
        assert name in str(caught.value)


def without_lengths(data):
    out, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        out.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return b"".join(out)


def test_a_mapping_that_does_not_fit_says_what_to_change(feed, tmp_path):
    (tmp_path / "day.csv").write_text(csv_text(feed))
    for old, new, message in (
        ('executed = ["fill"]', "", "'fill' in the column 'event'; say under .kinds."),
        ('price = "px"', 'price = "cost"', "has no column .*cost.*; name the columns"),
        ('price = "px"', 'prize = "px"', "did you mean|price"),
        ('size = "qty"', 'size = "when"', "has the column 'when', which time has, too"),
        ('sell = ["offer"]', "", "row .*, order 'o.*': has no side; an order buys or sells"),
    ):
        (tmp_path / "day.mapping.toml").write_text(CSV_MAPPING.replace(old, new))
        with pytest.raises(RecordingError, match=message):
            Replay.open(tmp_path / "day.csv")


def test_a_file_that_begins_within_the_day_tells_what_it_does_not_know(feed, tmp_path):
    data = itch_bytes(feed, others=())
    late, at = [], 0
    messages = []
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big") + 2
        messages.append(data[at : at + size])
        at += size
    late = messages[200:]
    (tmp_path / "late.itch").write_bytes(b"".join(late))
    replay = Replay.open(tmp_path / "late.itch", "XYZ")
    assert replay.check().notes[0].endswith("events are about orders not told before")


def test_lobster_is_still_read_by_the_same_door(tmp_path):
    messages, books = random_day(seed=4, rows=300, depth=3)
    assert Replay.open(write_pair(tmp_path, messages, books)).check().ok
