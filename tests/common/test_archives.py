"""Zip and npz files of strangers are read within limits, or refused with their path."""

from __future__ import annotations

import io
import random
import stat
import zipfile

import numpy as np
import pytest

from abm_desktop.archives import ArchiveError, load_arrays, open_archive


def archive_of(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_members_are_read_and_unpacked(tmp_path):
    file = archive_of(tmp_path / "a.zip", [("in/a.txt", b"alpha"), ("b.txt", b"beta")])
    with open_archive(file) as archive:
        assert archive.sizes == {"in/a.txt": 5, "b.txt": 4}
        assert archive.read("in/a.txt") == b"alpha"
        archive.extract(tmp_path / "out")
    assert (tmp_path / "out" / "in" / "a.txt").read_bytes() == b"alpha"


@pytest.mark.parametrize("name", ["../a", "/etc/a", "x/../../a", "C:a", "x\\..\\a"])
def test_names_that_lead_outside_are_refused(tmp_path, name):
    file = archive_of(tmp_path / "a.zip", [(name, b"x")])
    with pytest.raises(ArchiveError, match=r"a\.zip: has a member outside"), open_archive(file):
        pass


def test_links_are_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = archive_of(tmp_path / "a.zip", [(info, "/etc/passwd")])
    with pytest.raises(ArchiveError, match="has a link"), open_archive(file):
        pass


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path):
    file = archive_of(tmp_path / "bomb.zip", [("zeros", bytes(5_000_000))])
    assert file.stat().st_size < 10_000
    with (
        pytest.raises(ArchiveError, match="unpacks to 5,000,000"),
        open_archive(file, max_bytes=1_000_000),
    ):
        pass
    many = archive_of(tmp_path / "many.zip", [(f"{k}", b"") for k in range(20)])
    with pytest.raises(ArchiveError, match="20 members"), open_archive(many, max_members=10):
        pass
    with open_archive(file) as archive, pytest.raises(ArchiveError, match="at most 100"):
        archive.read("zeros", limit=100)


def npz_of(path, header, payload=b""):
    stream = io.BytesIO()
    text = header.encode() + b"\n"
    stream.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + payload)
    return archive_of(path, [("x.npy", stream.getvalue())])


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 4), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'no', }",
        "{'descr': ",
        "(" * 5000,
    ],
)
def test_arrays_that_are_not_what_they_declare_are_refused(tmp_path, header):
    file = npz_of(tmp_path / "a.npz", header, b"\0" * 8)
    with pytest.raises(ArchiveError, match=r"a\.npz: 'x\.npy' in it cannot be read"):
        load_arrays(file)


def test_a_changed_file_is_read_or_refused_with_its_path(tmp_path):
    good = tmp_path / "good.npz"
    np.savez_compressed(good, x=np.arange(50), y=np.array("text"), z=np.zeros((2, 3)))
    data = good.read_bytes()
    assert str(load_arrays(good)["y"]) == "text"
    source = random.Random(1)
    bad = tmp_path / "bad.npz"
    refused = 0
    for _ in range(2000):
        changed = bytearray(data)
        for _ in range(source.randint(1, 3)):
            changed[source.randrange(len(changed))] = source.randrange(256)
        bad.write_bytes(
            changed[: source.randint(1, len(changed))] if source.random() < 0.2 else changed
        )
        try:
            load_arrays(bad, max_bytes=1_000_000)
        except ArchiveError as error:
            assert str(bad) in str(error)
            refused += 1
    assert refused > 1000


def test_a_missing_file_and_a_folder_are_told_alike(tmp_path):
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(ArchiveError, match="cannot be read"), open_archive(path):
            pass
