from __future__ import annotations

import sys

import pytest

from abm_desktop import qt_libraries


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system libraries of Linux")
def test_a_missing_library_is_named_with_its_package(tmp_path, monkeypatch):
    plugin = tmp_path / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    plugin.parent.mkdir(parents=True)
    plugin.write_bytes(b"")
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})()
    monkeypatch.setattr(qt_libraries.importlib.util, "find_spec", lambda name: spec)
    monkeypatch.setattr(
        qt_libraries,
        "_absent",
        lambda file: {"libxcb-cursor.so.0", "libnew.so.1"} if file == plugin else set(),
    )
    monkeypatch.setattr(qt_libraries, "_load", lambda file: None)
    finding = qt_libraries.probe()
    assert not finding.ok
    assert finding.missing == ("libnew.so.1", "libxcb-cursor.so.0")
    assert finding.packages == ("libxcb-cursor0",)
    assert "libxcb-cursor0" in qt_libraries.remedy(finding.packages)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system fonts of Linux")
def test_a_machine_without_fonts_is_told_which_package_brings_some(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(qt_libraries, "font_folders", lambda: (tmp_path / "none", tmp_path))
    monkeypatch.setattr(qt_libraries, "_absent", lambda file: set())
    monkeypatch.setattr(qt_libraries, "_load", lambda file: None)
    assert qt_libraries.probe().packages == ("fonts-dejavu-core",)
    assert qt_libraries.main([]) == 1
    assert "fonts-dejavu-core" in capsys.readouterr().err
    font = tmp_path / "truetype" / "Sans.TTF"
    font.parent.mkdir()
    font.write_bytes(b"")
    assert qt_libraries.probe().ok


def test_absent_pyside_is_said(monkeypatch):
    monkeypatch.setattr(qt_libraries.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(qt_libraries.sys, "platform", "linux")
    assert "pip install" in qt_libraries.probe().failures[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system libraries of Linux")
def test_this_machine_can_load_qt():
    finding = qt_libraries.probe()
    essential = [name for name in finding.missing if "xcb" not in name]
    assert not essential
