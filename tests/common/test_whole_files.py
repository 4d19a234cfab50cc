"""Files and folders appear whole or not at all; a name has one holder at a time."""

from __future__ import annotations

import errno
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from abm_desktop.whole_files import (
    TakenError,
    claim,
    claim_numbered,
    claimed,
    is_claimed,
    move_aside,
    new_file,
    turn,
    whole_file,
    whole_folder,
    write_whole,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_in_one_step_or_left_as_it_was(tmp_path):
    file = tmp_path / "in" / "a.txt"
    write_whole(file, "old")
    with pytest.raises(ZeroDivisionError), whole_file(file) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert file.read_text() == "old"
    write_whole(file, b"new")
    assert file.read_text() == "new" and names(file.parent) == ["a.txt"]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), whole_folder(target) as part:
        (part / "a").write_text("1")
        raise KeyboardInterrupt
    assert names(tmp_path) == []
    with whole_folder(target) as part:
        (part / "a").write_text("1")
    assert names(target) == ["a"] and names(tmp_path) == ["out"]


def test_a_folder_of_results_is_not_mixed_with_another(tmp_path):
    target = tmp_path / "out"
    for name in "ab":
        with whole_folder(target, overwrite=True) as part:
            (part / name).write_text("1")
    assert names(target) == ["b"] and names(tmp_path) == ["out"]
    with pytest.raises(TakenError, match="is not empty"), whole_folder(target):
        pytest.fail("must not begin")
    (tmp_path / "empty").mkdir()
    with whole_folder(tmp_path / "empty") as part:
        (part / "c").write_text("1")
    assert names(tmp_path / "empty") == ["c"]


def test_only_a_folder_of_ours_is_overwritten(tmp_path, monkeypatch):
    target = tmp_path / "out"
    for name in ("a.csv", "b.csv"):
        with whole_folder(target, overwrite=True, ours=("*.csv",)) as part:
            (part / name).write_text("1")
    assert names(target) == ["b.csv"]
    (target / "mine.txt").write_text("mine")
    with (
        pytest.raises(TakenError, match=r"'mine\.txt', which the program has not written"),
        whole_folder(target, overwrite=True, ours=("*.csv",)),
    ):
        pytest.fail("must not begin")
    assert names(target) == ["b.csv", "mine.txt"]
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(TakenError, match="must stay"), whole_folder(Path()):
        pytest.fail("must not begin")


def test_a_failed_exchange_leaves_the_old_folder(tmp_path, monkeypatch):
    target = tmp_path / "out"
    with whole_folder(target) as part:
        (part / "old").write_text("1")
    rename = Path.rename

    def broken(self, other):
        if self.name.startswith(".out.") and Path(other).name == "out" and (self / "new").exists():
            raise OSError("no")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(OSError, match="no"), whole_folder(target, overwrite=True) as part:
        (part / "new").write_text("1")
    assert names(target) == ["old"] and names(tmp_path) == ["out"]


def test_a_name_has_one_holder(tmp_path):
    held = claim(tmp_path, "m")
    with pytest.raises(TakenError):
        claim(tmp_path, "m")
    assert is_claimed(tmp_path, "m") and claimed(tmp_path) == ["m"]
    held.release()
    assert not is_claimed(tmp_path, "m") and claimed(tmp_path) == []
    claim(tmp_path, "m").release()


def test_numbers_given_at_once_are_all_different(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lambda _: claim_numbered(tmp_path, "m", lambda _: False), range(6)))
    assert len({each.name for each in held}) == 6
    for each in held:
        each.release()


def test_a_name_is_free_again_after_its_holder_was_killed(tmp_path):
    code = (
        "import sys, pathlib; from abm_desktop.whole_files import claim;"
        "held = claim(pathlib.Path(sys.argv[1]), 'm'); print('held', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "held"
    with pytest.raises(TakenError):
        claim(tmp_path, "m")
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    claim(tmp_path, "m").release()


def test_a_new_file_replaces_nothing_that_came_in_between(tmp_path):
    file = tmp_path / "a.txt"
    with new_file(file) as part:
        part.write_text("mine")
    assert file.read_text() == "mine"
    with pytest.raises(TakenError, match="already"), new_file(file):
        pytest.fail("must not begin")
    file.unlink()
    with pytest.raises(TakenError, match="already"), new_file(file) as part:
        part.write_text("late")
        file.write_text("first")
    assert file.read_text() == "first" and names(tmp_path) == ["a.txt"]


def test_what_stands_in_the_way_moves_aside_under_a_number(tmp_path):
    for text in "abc":
        move_aside(tmp_path / "run")
        write_whole(tmp_path / "run" / "log", text)
    found = {folder.name: (folder / "log").read_text() for folder in tmp_path.iterdir()}
    assert found == {"run.old-1": "a", "run.old-2": "b", "run": "c"}


def test_writers_take_turns_and_hold_no_name(tmp_path):
    file = tmp_path / "count"
    file.write_text("0")

    def add(_):
        with turn(tmp_path, "m"):
            file.write_text(str(int(file.read_text()) + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(50)))
    assert file.read_text() == "50" and claimed(tmp_path) == []
    with (
        turn(tmp_path, "m"),
        pytest.raises(TakenError, match="in a moment"),
        turn(tmp_path, "m", seconds=0.05),
    ):
        pytest.fail("must not begin")


def test_a_write_that_fails_names_its_file(tmp_path):
    """The system does not, where a disk is full."""
    with pytest.raises(OSError) as caught, whole_file(tmp_path / "x.json"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []
