"""Recordings as strangers keep them: opened right, or told right."""

import gzip
import random
import zipfile

import numpy as np
import pytest
from support.flow_maker import BUY, DUMMY, SELL, random_day, to_csv, write_pair

from abm_desktop.market.csv_numbers import BLANK, MISSING, scan_rows
from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.replay import Replay
from abm_desktop.readers import RecordingError, streams
from abm_desktop.readers.files import find_pairs

ROW = [1_000_100, 30, 999_900, 40]


@pytest.fixture(scope="module")
def small():
    return random_day(seed=7, rows=60, depth=3)


@pytest.fixture(scope="module")
def texts(small):
    return tuple(to_csv(rows) for rows in small)


@pytest.fixture(scope="module")
def wanted(small, tmp_path_factory):
    return read_order_flow(write_pair(tmp_path_factory.mktemp("wanted"), *small))


def same(one, other):
    for name in ("time", "kind", "order_id", "size", "price", "side", "book_price", "book_size"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def pair(folder, message, book, name="TEST_2012-06-21", suffix=".csv"):
    paths = folder / f"{name}_message_3{suffix}", folder / f"{name}_orderbook_3{suffix}"
    for path, content in zip(paths, (message, book), strict=True):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return paths[0]


def refused(path, day=None):
    with pytest.raises(RecordingError) as caught:
        read_order_flow(path, day)
    return str(caught.value)


def numbered(text, header):
    return f",{header}\n" + "".join(f"{k},{line}\n" for k, line in enumerate(text.splitlines()))


def savetxt(text):
    """As numpy.savetxt writes it: every number as a float in scientific notation."""
    return "".join(
        " ".join(f"{float(field):.18e}" for field in line.split(",")) + "\n"
        for line in text.splitlines()
    )


NAMES = "time,type,order_id,size,price,direction"
LEVELS = ",".join(
    f"{side}_{what}_{k}" for k in (1, 2, 3) for side in ("ask", "bid") for what in ("price", "size")
)
FORMS = {
    "row numbers and a header": lambda m, b: (numbered(m, NAMES), numbered(b, LEVELS)),
    "row numbers, no header": lambda m, b: tuple(
        numbered(t, "x").partition("\n")[2] for t in (m, b)
    ),
    "other order of columns": lambda m, b: (
        "Price,Time,Direction,Type,Size,Order ID\n"
        + "".join(
            ",".join(f[k] for k in (4, 0, 5, 1, 3, 2)) + "\n"
            for f in (line.split(",") for line in m.splitlines())
        ),
        b,
    ),
    "semicolons, decimal comma": lambda m, b: tuple(
        t.replace(",", ";").replace(".", ",") for t in (m, b)
    ),
    "tabs": lambda m, b: (m.replace(",", "\t"), b.replace(",", "\t")),
    "savetxt": lambda m, b: (savetxt(m), savetxt(b)),
    "1e+06": lambda m, b: (m.replace(",100,", ",1e+02,"), b.replace(",100,", ",1.00E2,")),
    "UTF-16": lambda m, b: (m.encode("utf-16"), b.encode("utf-16-le")),
    "no-break spaces": lambda m, b: (m.replace(",", ",\u00a0"), b.replace(",", "\u202f,")),
    "no-break spaces in Latin-1": lambda m, b: (m.replace(",", ",\u00a0").encode("cp1252"), b),
    "quotes": lambda m, b: tuple(
        "".join(",".join(f'"{f}"' for f in line.split(",")) + "\n" for line in t.splitlines())
        for t in (m, b)
    ),
    "commas at the end": lambda m, b: (m.replace("\n", ",\n"), b.replace("\n", ",\r\n")),
    "blank lines": lambda m, b: ("\n\n" + m.replace("\n", "\n\n"), b + "\n  \n\n"),
    "old Mac": lambda m, b: (m.replace("\n", "\r"), b),
    "cut last line end": lambda m, b: (m.rstrip("\n"), b.rstrip("\n")),
}


@pytest.mark.parametrize("form", FORMS)
def test_files_of_other_programs_are_read_as_they_are(tmp_path, texts, wanted, form):
    same(read_order_flow(pair(tmp_path, *FORMS[form](*texts))), wanted)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("100.01", "write 1000100 for 100.01"),
        ("100.010", "write 1000100 for 100.010"),
        ("$100.01", "write 1000100 for 100.01"),
        ("100.01 USD", "write 1000100 for 100.01"),
        ("1.000.100", "without marks between thousands"),
    ],
)
def test_a_price_in_currency_is_told_with_the_number_to_write(tmp_path, texts, written, meant):
    message, book = texts
    first, *rest = message.splitlines()
    fields = first.split(",")
    fields[4] = written
    text = refused(pair(tmp_path, "\n".join([",".join(fields), *rest]), book))
    assert "column 5 (price)" in text and meant in text
    levels = book.splitlines()
    levels[0] = ",".join([written, *levels[0].split(",")[1:]])
    text = refused(pair(tmp_path, message, "\n".join(levels)))
    assert "column 1 (ask price 1)" in text and meant in text


def test_zipped_gzipped_and_7zipped_days(tmp_path, texts, wanted):
    message, book = (text.encode() for text in texts)
    gz = tmp_path / "gz"
    gz.mkdir()
    path = pair(gz, gzip.compress(message), gzip.compress(book), suffix=".csv.gz")
    same(read_order_flow(path), wanted)
    same(read_order_flow(gz), wanted)
    py7zr = pytest.importorskip("py7zr")
    packed = tmp_path / "day.7z"
    with py7zr.SevenZipFile(packed, "w") as archive:
        archive.writestr(book, "d/TEST_2012-06-21_orderbook_3.csv")
        archive.writestr(message, "d/TEST_2012-06-21_message_3.csv")
    same(read_order_flow(packed), wanted)
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("message_3.csv.gz", gzip.compress(message))
        archive.writestr("orderbook_3.csv.gz", gzip.compress(book))
    same(read_order_flow(tmp_path / "inner.zip"), wanted)


def test_names_in_any_case_and_with_the_word_twice(tmp_path, texts, wanted):
    for own, other in (("X_Message_3.csv", "X_OrderBook_3.csv"),
                       ("message_of_message_3.CSV", "message_of_orderbook_3.csv")):  # fmt: skip
        (tmp_path / own).write_text(texts[0])
        (tmp_path / other).write_text(texts[1])
        same(read_order_flow(tmp_path / own), wanted)
        same(read_order_flow(tmp_path / other), wanted)


def test_a_day_is_chosen_out_of_several(tmp_path, texts, small, wanted):
    longer = [*small[0], ("50000", 7, 0, 0, -1, -1)], [*small[1], small[1][-1]]
    folder = tmp_path / "days"
    folder.mkdir()
    pair(folder, *texts, name="TEST_2012-06-21")
    pair(folder, *map(to_csv, longer), name="TEST_2012-06-22")
    packed = tmp_path / "days.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    for place in (folder, packed):
        assert [p.day for p in find_pairs(place)] == ["2012-06-21", "2012-06-22"]
        text = refused(place)
        assert f"holds 2 days; name one after it, as {place.name}/2012-06-21" in text
        assert "it has 2012-06-21, 2012-06-22" in text
        same(read_order_flow(place, "2012-06-21"), wanted)
        same(read_order_flow(place, "TEST_2012-06-21"), wanted)
        assert len(read_order_flow(place / "2012-06-22")) == 61
        assert "no day '1999-01-01'" in refused(place, "1999-01-01")


def test_two_stocks_of_one_day_are_told_apart(tmp_path, texts):
    pair(tmp_path, *texts, name="ABC_2012-06-21")
    pair(tmp_path, *texts, name="XYZ_2012-06-21")
    assert [p.day for p in find_pairs(tmp_path)] == ["ABC_2012-06-21", "XYZ_2012-06-21"]
    assert "holds 2 days" in refused(tmp_path, "2012-06-21")
    assert read_order_flow(tmp_path, "xyz_2012-06-21").name == "XYZ 2012-06-21"


@pytest.mark.parametrize(
    ("times", "seconds", "told"),
    [
        (("0", "86399.999999999"), (0.0, 86399.999999999), ""),
        (("90000", "90001"), (90000.0, 90001.0), ""),
        (("1556892000.25", "1556892001.5"), (50400.25, 50401.5), "seconds since 1970"),
        (("1556892000250", "1556892001500"), (50400.25, 50401.5), "milliseconds"),
        (("1556892000250000000", "1556892001500000000"), (50400.25, 50401.5), "2019-05-03"),
    ],
)
def test_times_of_any_epoch(tmp_path, times, seconds, told):
    messages = [(t, 1, k, 10, 999_900, BUY) for k, t in enumerate(times)]
    flow = read_order_flow(write_pair(tmp_path, messages, [ROW, ROW]))
    assert (flow.time * 1e-9).tolist() == pytest.approx(seconds, abs=1e-9)
    assert told in " ".join(flow.notes) and bool(flow.notes) == bool(told)


GOOD = ("1.0", 1, 1, 10, 999_900, BUY)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("-1", 1, 1, 10, 999_900, 1), ["line 2", "column 1 (time)", "'-1'", "midnight"]),
        (("9e9", 1, 1, 10, 999_900, 1), ["line 2", "'9e9'", "since 1970"]),
        (("99999999999999999999", 1, 1, 10, 999_900, 1), ["line 2", "not a number of this kind"]),
        (("0.5", 1, 1, 10, 999_900, 1), ["line 2", "earlier than the row before", "sort"]),
        (("2", 8, 1, 10, 999_900, 1), ["line 2", "type that is not 1 to 7", "'8'"]),
        (("2", 1, 1, 10, 0, 1), ["line 2", "price", "'0'"]),
        (("2", 1, 1, 10, 99.99, 1), ["'99.99'", "column 5 (price)", "10000 times"]),
        (("2", 1, 1, -10, 999_900, 1), ["impossible size", "'-10'"]),
        (("2", 1, 1, 2**31, 999_900, 1), ["impossible size", "'2147483648'"]),
        (("2", 1, 2**63, 10, 999_900, 1), ["column 3 (order id)", "'9223372036854775808'"]),
        (("2", 1, 1, 10, 999_900, "B"), ["column 6 (direction)", "'B'", "1 for buy"]),
        (("2", 1, 1, "1 000", 999_900, 1), ["'1 000'", "between thousands"]),
        (("2", 1, 1, "10\0", 999_900, 1), ["NUL"]),
        (("09:30:00", 1, 1, 10, 999_900, 1), ["'09:30:00'", "seconds after midnight"]),
        (("2,5", 1, 1, 10, 999_900, 1), ["line 2", "more than 6 columns", "decimal"]),
        (("time", "type", "id", "size", "price", "side"), ["line 2", "'type'", "header"]),
    ],
)
def test_what_is_wrong_is_quoted_with_its_place_and_a_remedy(tmp_path, row, words):
    path = write_pair(tmp_path, [GOOD, row], [ROW, ROW])
    text = refused(path)
    assert text.startswith(str(path)) and "; " in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    ("names", "levels", "words"),
    [
        ("time,type,id,size,price,price", "", "message names the price columns 5 and 6"),
        ("time,type,id,size,price,side,ts", "", "message names the time columns 1 and 7"),
        (
            None,
            "ask price 1,ask size 1,bid price 1,ask p1",
            "orderbook ask price 1 columns 1 and 4",
        ),
    ],
)
def test_a_header_that_names_a_column_twice_is_refused(tmp_path, names, levels, words):
    more = ",9" if names and names.count(",") == 6 else ""
    message = ",".join(map(str, GOOD)) + more + "\n"
    message = f"{names}\n{message}" if names else message
    book = ",".join(map(str, ROW)) + "\n"
    told = refused(pair(tmp_path, message, f"{levels}\n{book}" if levels else book))
    for word in words.split():
        assert word in told, told
    assert "more than once" in told and "rename or take out" in told


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (
            [1_000_100, -3, 999_900, 40],
            ["line 2", "negative size", "column 2 (ask size 1)", "'-3'"],
        ),
        ([1_000_100, "x", 999_900, 40], ["line 2", "column 2", "'x'"]),
        ([1_000_100, 30, 0, 40], ["line 2", "column 3 (bid price 1)", "'0'"]),
        ([DUMMY, 30, 999_900, 40], ["line 2", "column 1", "'9999999999'"]),
        ([1_000_100, 30, 999_900], ["line 2", "fewer than 4 columns"]),
        ([1_000_100, 30, 999_900, 40, 7], ["line 2", "more than 4 columns"]),
    ],
)
def test_a_book_that_cannot_be_is_refused(tmp_path, book, words):
    text = refused(write_pair(tmp_path, [GOOD, ("2", 7, 0, 0, 1, -1)], [ROW, book]))
    for word in words:
        assert word in text, text


def test_volumes_beyond_32_bits(tmp_path):
    most = 2**31 - 1
    messages = [(f"{k + 1}", 1, k + 1, most, 999_900, BUY) for k in range(3)]
    messages.append(("9", 3, 2, most, 999_900, BUY))
    books = [[1_000_100, 5, 999_900, most * n] for n in (41, 42, 43, 42)]
    flow = read_order_flow(write_pair(tmp_path, messages, books))
    assert flow.book_size[:, 0, 0].tolist() == [most * n for n in (41, 42, 43, 42)]
    largest = [("2", 1, 2**63 - 1, 1, 999_900, BUY)]
    (tmp_path / "b").mkdir()
    flow = read_order_flow(write_pair(tmp_path / "b", largest, [ROW]))
    assert flow.order_id.tolist() == [2**63 - 1]


def test_archives_that_unpack_to_too_much_are_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "FREE_BYTES", 1 << 16)
    py7zr = pytest.importorskip("py7zr")
    zeros = bytes(4 << 20)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("message.csv", zeros)
        archive.writestr("orderbook.csv", zeros)
    assert "at most" in refused(tmp_path / "x.zip")
    with py7zr.SevenZipFile(tmp_path / "x.7z", "w") as archive:
        archive.writestr(zeros, "message.csv")
        archive.writestr(zeros, "orderbook.csv")
    assert "at most" in refused(tmp_path / "x.7z")
    path = pair(tmp_path, gzip.compress(b"1,1,1,1,1,1\n" * (1 << 19)), gzip.compress(zeros),
                suffix=".csv.gz")  # fmt: skip
    monkeypatch.setattr(streams, "MAX_RATIO", 50)
    assert "unpacks to more than 50 times" in refused(path)


def test_damaged_and_foreign_archives(tmp_path, texts):
    path = pair(tmp_path, gzip.compress(texts[0].encode())[:-20], texts[1], suffix=".csv.gz")
    assert "cannot be unpacked" in refused(path)
    pytest.importorskip("py7zr")
    (tmp_path / "y.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    assert "cannot be unpacked" in refused(tmp_path / "y.7z")
    (tmp_path / "y.rar").write_bytes(b"Rar!\x1a\x07\x00")
    assert "not a readable" in refused(tmp_path / "y.rar")


def test_numbers_of_any_form():
    texts = {
        "1e+06": 1_000_000, "1.0001E6": 1_000_100, "12.0": 12, "+7": 7, "-7": -7, ".5e1": 5,
        "9223372036854775807": 2**63 - 1, "9223372036854775808": MISSING, "1e19": MISSING,
        "12.5": MISSING, "1e-1": MISSING, "1 2": MISSING, "": BLANK, "nan": BLANK, "NULL": BLANK,
        "inf": MISSING, "1e": MISSING, "-": MISSING, "--1": MISSING, "0x10": MISSING,
        "0e999": 0, "1e-400": MISSING, "100000000000000000000e-14": 1_000_000,
    }  # fmt: skip
    out = np.empty((len(texts), 1), np.int64)
    body = np.frombuffer("\n".join(f"{text}," for text in texts).encode(), np.uint8)
    count, *_ = scan_rows(body, 0, out, np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert count == len(texts)
    assert dict(zip(texts, out[:, 0].tolist(), strict=True)) == texts


def test_times_are_rounded_to_the_nanosecond():
    times = {"34200.0189607669996": 34200018960767, "1e-10": 0, "6e-10": 1, "3.42e4": 34200 * 10**9}
    out = np.empty((4, 1), np.int64)
    body = np.frombuffer("\n".join(times).encode(), np.uint8)
    scan_rows(body, 0, out, np.full(1, 9), np.zeros(1, np.int64))
    assert out[:, 0].tolist() == [34200018960767, 0, 1, 34200 * 10**9]


TOKENS = ("", " ", "nan", "-1", "0", "1e400", "9" * 25, "2147483648", "\0", '"', ";", "\n", "1.5")


def mutated(rng, data):
    """A few changes: a byte, a token, a line, the length."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(data) or 1)
        match rng.randrange(4):
            case 0 if data:
                data[at % len(data)] = rng.randrange(256)
            case 1:
                fields = bytes(data).split(b",")
                fields[rng.randrange(len(fields))] = rng.choice(TOKENS).encode()
                data = bytearray(b",".join(fields))
            case 2:
                lines = bytes(data).split(b"\n")
                lines[rng.randrange(len(lines))] = rng.choice(lines)
                data = bytearray(b"\n".join(lines))
            case _:
                del data[at : at + rng.choice((1, 5, 300))]
    return bytes(data)


def test_changed_files_are_opened_or_refused_by_name(tmp_path, texts):
    rng = random.Random(15)
    whole = [text.encode() for text in texts]
    packed = tmp_path / "x.zip"
    opened = 0
    for n in range(400):
        if n % 4 == 3:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("message.csv", whole[0])
                archive.writestr("orderbook.csv", whole[1])
            packed.write_bytes(mutated(rng, packed.read_bytes()))
            path = packed
        else:
            now = [mutated(rng, text) if k != n % 3 else text for k, text in enumerate(whole)]
            path = pair(tmp_path, *now)
        try:
            replay = Replay(read_order_flow(path))
        except RecordingError as error:
            assert str(error).startswith(str(path.parent)) and len(str(error)) < 800
            continue
        replay.advance(len(replay))
        assert replay.row == len(replay)
        opened += 1
    assert 20 < opened < 380


def test_sides_are_those_of_the_file(tmp_path):
    messages = [("1", 1, 1, 5, 999_900, BUY), ("2", 1, 2, 5, 1_000_100, SELL)]
    flow = read_order_flow(write_pair(tmp_path, messages, [ROW, ROW]))
    assert flow.side.tolist() == [0, 1]
