from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest

from abm_desktop import launcher

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="menu entries of freedesktop.org"
)


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def read(data_home):
    parser = configparser.RawConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(data_home / "applications" / "abm-desktop.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def test_the_entry_starts_this_very_program(command, data_home):
    status, output, _ = command("install-launcher")
    assert status == 0
    entry = read(data_home)
    assert entry["Type"] == "Application"
    assert entry["Exec"].endswith(" %f")
    assert Path(entry["TryExec"]).is_file()
    assert entry["TryExec"] in entry["Exec"]
    icon = data_home / "icons" / "hicolor" / "scalable" / "apps" / f"{entry['Icon']}.svg"
    assert icon.read_text(encoding="utf-8").startswith("<svg")
    assert str(icon) in output


def test_installing_twice_and_removing_leaves_nothing(command, data_home):
    command("install-launcher")
    command("install-launcher")
    assert command("install-launcher", "--remove")[0] == 0
    assert not [path for path in data_home.rglob("*abm-desktop*") if path.is_file()]
    assert "no menu entry" in command("install-launcher", "--remove")[1]


@pytest.mark.parametrize(
    ("argument", "quoted"),
    [
        ("/opt/abm/bin/abm-desktop", "/opt/abm/bin/abm-desktop"),
        ("/home/a b/abm", '"/home/a b/abm"'),
        ("/100%/abm", "/100%%/abm"),
        ('/a"b', '"/a\\\\"b"'),
    ],
)
def test_paths_are_quoted_as_the_standard_says(argument, quoted):
    assert launcher.quoted(argument) == quoted


def test_a_relative_data_home_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    entry, *_ = launcher.targets()
    assert entry == tmp_path / ".local/share/applications/abm-desktop.desktop"
