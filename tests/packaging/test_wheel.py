"""What is in the wheel works without the checkout beside it."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder as pip would make it from the wheel."""
    pytest.importorskip("hatchling")
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        timeout=100,
    )
    (wheel,) = built.glob("*.whl")
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed, code):
    """Run code where only the installed wheel and the other packages are to be found."""
    packages = sysconfig.get_path("purelib")
    start = (
        "import sys, site;"
        f"sys.path.insert(0, {str(installed)!r}); sys.path.append({packages!r});"
        f"site.addsitedir({str(installed)!r});"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code],
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_scenarios_and_resources_are_found(installed):
    shown = run(
        installed,
        "from abm_desktop import paths, scenario as s;"
        "print(s.load_scenario(s.find_scenario('flash_crash')).name);"
        "print((paths.resource_dir() / 'icon.svg').is_file(), paths.scenario_dir());"
        "from abm_desktop.desk import shipped_study as study;"
        "print(len(study.shipped_study().rows) > 12)",
    ).splitlines()
    assert shown[0] == "flash crash"
    assert shown[1].startswith("True")
    assert str(installed) in shown[1]
    assert shown[2] == "True"


def test_every_shipped_file_is_in_it(installed):
    for folder in ("resources", "scenarios", "docs"):
        wanted = {p.relative_to(CHECKOUT / folder) for p in (CHECKOUT / folder).rglob("*.*")}
        found = installed / "abm_desktop" / "_data" / folder
        assert {p.relative_to(found) for p in found.rglob("*.*")} == wanted


def test_installing_adds_nothing_to_the_start_of_python(installed):
    assert list(installed.glob("*.pth")) == []


def test_commands_are_declared(installed):
    (declared,) = installed.glob("*.dist-info/entry_points.txt")
    text = declared.read_text()
    assert "[console_scripts]\nabm-desktop = " in text
    assert "[gui_scripts]\nabm-desktop-gui = " in text
