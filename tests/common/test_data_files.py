"""Whatever is wrong with a file of ours is one kind of error with its path, never other numbers."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from abm_desktop.data_files import (
    DataFileError,
    digest_of,
    read_parquet,
    write_parquet,
)


@pytest.fixture
def table():
    rng = np.random.default_rng(3)
    return pa.table({"x": rng.normal(size=2000), "n": rng.integers(0, 9, 2000)})


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_table_comes_back_as_it_was(table, tmp_path):
    write_parquet(table, tmp_path / "a.parquet")
    assert read_parquet(tmp_path / "a.parquet").equals(table)
    assert read_parquet(tmp_path / "a.parquet", ["n"]).equals(table.select(["n"]))
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_a_table_goes_to_a_name_that_is_not_utf8(table, tmp_path):
    """Nor is any name beyond ASCII one that Python can decode, where the locale is C."""
    write_parquet(table, tmp_path / "gr\udcf6\udcdfe.parquet")
    assert read_parquet(tmp_path / "gr\udcf6\udcdfe.parquet").equals(table)


@pytest.mark.parametrize("kept", [True, False])
def test_no_flipped_bit_changes_a_number(table, tmp_path, kept):
    file = tmp_path / "a.parquet"
    write_parquet(table, file)
    data, digest = file.read_bytes(), digest_of(file) if kept else None
    chance = random.Random(5)
    told = 0
    for _ in range(300):
        file.write_bytes(flipped(data, chance.randrange(8 * len(data))))
        try:
            found = read_parquet(file, digest=digest)
        except DataFileError as error:
            assert str(file) in str(error)
            told += 1
            continue
        assert not kept
        for column in set(table.column_names) & set(found.column_names):
            assert found[column].equals(table[column])
    assert told == 300 if kept else told > 250


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1" + b"\0" * 50 + b"PAR1", bytes(range(256)) * 20]
)
def test_what_is_no_table_is_told_with_its_path(tmp_path, content):
    file = tmp_path / "a.parquet"
    file.write_bytes(content)
    with pytest.raises(DataFileError, match=r"a\.parquet: cannot be read"):
        read_parquet(file)


def test_a_missing_file_or_column_is_told(table, tmp_path):
    with pytest.raises(DataFileError, match="No such file"):
        read_parquet(tmp_path / "none.parquet")
    with pytest.raises(DataFileError, match="Is a directory"):
        read_parquet(tmp_path)
    write_parquet(table, tmp_path / "a.parquet")
    with pytest.raises(DataFileError, match="has no column z"):
        read_parquet(tmp_path / "a.parquet", ["x", "z"])
