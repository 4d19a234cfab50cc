"""The package for Debian: what it needs, and what it puts where."""

import importlib.util
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from abm_desktop.qt_libraries import PACKAGES

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dist():
    spec = importlib.util.spec_from_file_location("dist_tool", CHECKOUT / "tools" / "dist.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="packages are built on Debian")
def test_the_package_holds_wheel_menu_entry_and_needs(dist, tmp_path):
    wheel = tmp_path / "abm_desktop-0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    package = dist.build_deb(wheel, tmp_path)

    def run(*arguments):
        command = ["dpkg-deb", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True)

    needed = run("-f", str(package), "Depends").stdout
    assert all(name in needed for name in PACKAGES.values()) and "python3-venv" in needed
    root = tmp_path / "root"
    run("-R", str(package), str(root))
    assert (root / "opt/abm-desktop" / wheel.name).read_bytes() == b"wheel"
    entry = (root / "usr/share/applications/abm-desktop.desktop").read_text()
    assert "\nExec=abm-desktop %f\n" in entry and "@" not in entry
    assert "application/x-abm-session" in entry
    assert "*.abm-session" in (root / "usr/share/mime/packages/abm-desktop.xml").read_text()
    for script in ("usr/bin/abm-desktop", "DEBIAN/postinst", "DEBIAN/prerm"):
        assert (root / script).stat().st_mode & 0o111
        subprocess.run(["sh", "-n", str(root / script)], check=True)


def test_conda_gets_the_python_and_the_packages_of_the_project():
    """What can be told without conda: the list of packages is that of the project alone."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    asked = yaml.safe_load((CHECKOUT / "environment.yml").read_text())
    assert asked["name"] == project["name"]
    assert asked["channels"] == ["conda-forge"]
    plain = [each for each in asked["dependencies"] if isinstance(each, str)]
    (from_pip,) = [each for each in asked["dependencies"] if not isinstance(each, str)]
    # No bound of a package is written twice: pip takes them from the checkout.
    assert plain == [f"python {project['requires-python']}", "pip"]
    assert from_pip == {"pip": ["."]}
    assert SpecifierSet(project["requires-python"]).contains("3.13.2")
    assert all(Requirement(each).specifier for each in project["dependencies"])
