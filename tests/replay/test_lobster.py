from __future__ import annotations

import zipfile

import numpy as np
import pytest
from support.flow_maker import to_csv, write_pair

from abm_desktop.market.lobster import read_order_flow
from abm_desktop.readers import RecordingError


def same(one, other):
    for name in ("time", "kind", "order_id", "size", "price", "side", "book_price", "book_size"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.fixture
def reference(tmp_path, day):
    folder = tmp_path / "reference"
    folder.mkdir()
    return read_order_flow(write_pair(folder, *day))


def test_values_are_those_of_the_file(reference, day):
    messages, books = day
    stamp = messages[0][0]
    whole, _, fraction = stamp.partition(".")
    assert reference.time[0] == int(whole) * 10**9 + int(fraction.ljust(9, "0"))
    assert reference.kind.tolist() == [m[1] for m in messages]
    assert reference.order_id.tolist() == [m[2] for m in messages]
    assert reference.levels == 5
    assert reference.book_price[10, 1, 0] == books[10][0]  # best ask
    assert reference.book_size[10, 0, 0] == books[10][3]  # best bid
    assert reference.name == "TEST 2012-06-21"


@pytest.mark.parametrize(
    "options", [{"newline": "\r\n"}, {"last": False}, {"newline": "\r\n", "last": False}]
)
def test_line_ends_do_not_matter(tmp_path, day, reference, options):
    same(read_order_flow(write_pair(tmp_path, *day, **options)), reference)


def test_a_header_a_byte_order_mark_and_a_seventh_column(tmp_path, day, reference):
    messages, books = day
    path = write_pair(tmp_path, messages, books)
    rows = to_csv([(*row, "null") for row in messages])
    path.write_text("\ufeffTime,Type,OrderID,Size,Price,Direction,MPID\n" + rows, encoding="utf-8")
    same(read_order_flow(path), reference)


def test_whole_numbers_written_with_a_point_and_spaces(tmp_path, day, reference):
    messages, books = day
    rows = [(t, k, i, f"{s}.0", f" {p}.00", d) for t, k, i, s, p, d in messages]
    path = write_pair(tmp_path, rows, [[f"{v}.0" for v in row] for row in books])
    same(read_order_flow(path), reference)


def test_empty_levels_may_be_blank(tmp_path):
    messages = [("1.0", 1, 1, 10, 999_900, 1)]
    path = write_pair(tmp_path, messages, [[1_000_100, 5, 999_900, 10, "", "", "", ""]])
    flow = read_order_flow(path)
    assert flow.levels == 2
    assert flow.book_size[0].tolist() == [[10, 0], [5, 0]]


@pytest.mark.parametrize(
    ("message", "book"),
    [
        (
            "AAPL_2012-06-21_34200000_57600000_message_5.csv",
            "AAPL_2012-06-21_34200000_57600000_orderbook_5.csv",
        ),
        ("message_10.csv", "orderbook_10.csv"),
        ("day/Message_5.CSV", "day/OrderBook_5.CSV"),
        ("a.csv", "b.csv"),
    ],
)
def test_a_zip_of_both_with_any_names(tmp_path, day, reference, message, book):
    path = tmp_path / "flow.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ReadMe.pdf", "not a table")
        archive.writestr("__MACOSX/._message_5.csv", "junk")
        archive.writestr(book, to_csv(day[1]))
        archive.writestr(message, to_csv(day[0]))
    same(read_order_flow(path), reference)


def test_the_orderbook_file_or_the_folder_will_do(tmp_path, day, reference):
    path = write_pair(tmp_path, *day)
    same(read_order_flow(path.with_name(path.name.replace("message", "orderbook"))), reference)
    (tmp_path / "reference").rename(tmp_path.parent / f"{tmp_path.name}-reference")
    same(read_order_flow(tmp_path), reference)


def refused(path):
    with pytest.raises(RecordingError) as caught:
        read_order_flow(path)
    return str(caught.value)


def test_files_that_are_not_there(tmp_path, day):
    assert "no such file" in refused(tmp_path / "absent.zip")
    path = write_pair(tmp_path, *day)
    path.with_name(path.name.replace("message", "orderbook")).unlink()
    text = refused(path)
    assert "orderbook_5.csv is not in the same folder" in text
    path.rename(tmp_path / "other.csv")
    text = refused(tmp_path / "other.csv")
    assert "not a LOBSTER file by its name" in text and "other.mapping.toml lies beside it" in text


def test_zips_that_hold_something_else(tmp_path, day):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.csv", "a,b\n1,2\n")
    assert "found: notes.csv" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        for day_name in ("01", "02"):
            archive.writestr(f"A_{day_name}_message_5.csv", to_csv(day[0]))
            archive.writestr(f"A_{day_name}_orderbook_5.csv", to_csv(day[1]))
    assert "holds 2 days" in refused(path)
    path.write_bytes(b"PK not really")
    assert "not a readable zip" in refused(path)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("1.0", 1, 1, 10, 999_900), "line 3: has fewer than 6 columns"),
        (("1.0", "x", 1, 10, 999_900, 1), "line 3: holds something that is not a number"),
        (("1.0", 9, 1, 10, 999_900, 1), "line 3: has a type"),
        (("1.0", 1, 1, 10, 999_900, 0), "line 3: has a direction"),
        (("1.0", 1, 1, -10, 999_900, 1), "line 3: has an impossible size"),
        (("1.0", 1, 1, 10, 0, 1), "line 3: has a price"),
        (("1.0", 1, 1, 10.5, 999_900, 1), "line 3: holds something that is not a number"),
    ],
)
def test_a_wrong_message_names_its_line(tmp_path, day, row, text):
    messages, books = day
    path = write_pair(tmp_path, [*messages[:2], row, *messages[3:]], books)
    assert text in refused(path)


def test_files_out_of_step(tmp_path, day):
    messages, books = day
    assert "1500 rows" in refused(write_pair(tmp_path, messages, books[:-1]))
    assert "not four a level" in refused(
        write_pair(tmp_path, messages, [r[:-4] + [1] for r in books])
    )


def test_messages_that_stand_twice_are_refused(tmp_path, day):
    messages, books = ([row for row in rows for _ in range(2)] for rows in day)
    told = refused(write_pair(tmp_path, messages, books))
    assert "new orders are there once more" in told and "Take the copies out" in told


def test_a_cut_off_orderbook_names_its_line(tmp_path, day):
    messages, books = day
    path = write_pair(tmp_path, messages, books)
    book = path.with_name(path.name.replace("message", "orderbook"))
    book.write_text(to_csv(books[:-1]) + "1,2,3")
    assert "line 1500: has fewer than 20 columns" in refused(path)


def test_empty_and_wordy_files(tmp_path, day):
    path = write_pair(tmp_path, *day)
    path.write_text("")
    assert "no rows of numbers" in refused(path)
    path.write_text("one line\nof text\nand more\n")
    assert "no rows of numbers" in refused(path)
