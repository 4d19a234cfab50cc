"""Where Ray's session lies: nobody else can get there, and its name is nobody's process number."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from abm_desktop import child_python, cluster, paths


@pytest.fixture
def places(monkeypatch):
    """A data folder with a path that is short enough, and a temporary one."""
    with tempfile.TemporaryDirectory(prefix="c", dir="/tmp") as name:
        root = Path(name)
        (root / "t").mkdir()
        monkeypatch.setenv("ABM_DESKTOP_DATA", str(root / "d"))
        monkeypatch.setattr(tempfile, "tempdir", str(root / "t"))
        yield root


def is_private(folder):
    return stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_lies_in_a_private_folder(places):
    (places / "d/ray").mkdir(parents=True, mode=0o777)
    folder, held = cluster.make_session_folder()
    assert folder.parent == places / "d/ray" and is_private(folder.parent)
    held.release()


@pytest.mark.parametrize("data", ["a" * 60, "\udcff", "file"])
def test_what_cannot_be_used_gives_way_to_one_below_the_temporary_folder(places, monkeypatch, data):
    (places / "file").write_text("")
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(places / data))
    folder, held = cluster.make_session_folder()
    assert folder.parents[1] == places / "t" and is_private(folder.parent)
    assert len(str(folder)) <= 38
    held.release()


def test_a_folder_of_somebody_elses_making_is_refused(places, monkeypatch):
    (places / "d").mkdir()
    (places / "elsewhere").mkdir()
    (places / "d/ray").symlink_to(places / "elsewhere")
    folder, held = cluster.make_session_folder()
    assert folder.parents[1] == places / "t"
    held.release()


def test_a_folder_that_is_held_stays_and_one_that_was_left_goes(places):
    """Held by another process, which is killed; the number it had comes into it nowhere."""
    code = (
        "import sys; from abm_desktop import cluster;"
        "f, held = cluster.make_session_folder(); print(f, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=child_python.environment(),
    ) as owner:  # fmt: skip
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        cluster.remove_stale_folders()
        assert folder.is_dir()
        owner.kill()
    cluster.remove_stale_folders()
    assert not folder.exists()


def test_a_full_disk_gives_way_too(places, monkeypatch):
    look = paths.why_not_writable

    def full(folder, free_bytes=0):
        return "less than 64 MiB are free" if folder == places / "d/ray" else look(folder)

    monkeypatch.setattr(paths, "why_not_writable", full)
    folder, held = cluster.make_session_folder()
    assert folder.parents[1] == places / "t"
    held.release()
