"""Build what others install: the wheel, and a package for Debian and Ubuntu around it.

Called by ``make dist``; writes into dist/. Standard library only, but for pip, and dpkg-deb for the
package. The package holds the wheel, the menu entry and the kind of file; on installation it makes
a virtual environment in /opt/abm-desktop and lets pip fill it from PyPI, because Ray, torch and
Qt for Python are no packages of Debian.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from abm_desktop.qt_libraries import FONT_PACKAGE, PACKAGES, RENAMED  # noqa: E402

HOME = "/opt/abm-desktop"
STARTER = f"""\
#!/bin/sh
exec {HOME}/venv/bin/abm-desktop "$@"
"""
POSTINST = f"""\
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
echo "Filling {HOME}/venv with Python packages (some minutes, 2 GB) ..."
python3 -m venv --clear {HOME}/venv
if ! {HOME}/venv/bin/python -m pip install -q --disable-pip-version-check {HOME}/*.whl; then
    echo "pip could not load the Python packages, see above. With a network, finish with:" >&2
    echo "    sudo dpkg --configure abm-desktop" >&2
    exit 1
fi
"""
PRERM = f"""\
#!/bin/sh
set -e
rm -rf {HOME}/venv
"""


def main() -> None:
    """Build both into dist/, and say where they are."""
    out = CHECKOUT / "dist"
    out.mkdir(exist_ok=True)
    for old in (*out.glob("*.whl"), *out.glob("*.deb")):
        old.unlink()
    wheel = build_wheel(out)
    print(f"Wheel: {wheel.relative_to(CHECKOUT)}: pipx install {wheel.relative_to(CHECKOUT)}")
    if shutil.which("dpkg-deb") is None:
        print("No .deb: dpkg-deb is not here. It is built on Debian and Ubuntu.")
        return
    package = build_deb(wheel, out)
    print(f"Package: {package.relative_to(CHECKOUT)}: sudo apt install ./{package.name}")


def build_wheel(out: Path) -> Path:
    """Have the wheel built; returns it."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(out), "."]
    if subprocess.run(command, cwd=CHECKOUT).returncode:
        sys.exit("pip could not build the wheel: see its message above.")
    (wheel,) = out.glob("*.whl")
    return wheel


def build_deb(wheel: Path, out: Path) -> Path:
    """Put the wheel, a starter and the menu entry into a package; returns it."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = out / f"abm-desktop_{project['version']}_all.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = {
            f"opt/abm-desktop/{wheel.name}": wheel.read_bytes(),
            "usr/bin/abm-desktop": STARTER.encode(),
            "usr/share/applications/abm-desktop.desktop": menu_entry().encode(),
            "usr/share/icons/hicolor/scalable/apps/abm-desktop.svg": resource("icon.svg"),
            "usr/share/mime/packages/abm-desktop.xml": resource("abm-desktop.xml"),
            "usr/share/doc/abm-desktop/copyright": (CHECKOUT / "LICENSE").read_bytes(),
            "DEBIAN/control": control(project, wheel.stat().st_size).encode(),
            "DEBIAN/postinst": POSTINST.encode(),
            "DEBIAN/prerm": PRERM.encode(),
        }
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            runs = name.startswith("usr/bin/") or name in ("DEBIAN/postinst", "DEBIAN/prerm")
            path.chmod(0o755 if runs else 0o644)
        for path in (root, *root.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        command = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(package)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return package


def resource(name: str) -> bytes:
    """A file that ships with the program."""
    return (CHECKOUT / "resources" / name).read_bytes()


def menu_entry() -> str:
    """The entry of the desktop's menu, which starts the program from the path."""
    text = resource("abm-desktop.desktop").decode()
    return text.replace("@TRY_EXEC@", "/usr/bin/abm-desktop").replace("@EXEC@", "abm-desktop")


def control(project: dict[str, str], size: int) -> str:
    """The description of the package: what it needs, and what it is."""
    libraries = sorted(set(PACKAGES.values()))
    needed = [
        "python3 (>= 3.11)", "python3 (<< 3.14)", "python3-venv", "ca-certificates", FONT_PACKAGE,
        *(f"{name} | {RENAMED[name]}" if name in RENAMED else name for name in libraries),
    ]  # fmt: skip
    about = textwrap.fill(project["description"], 78, initial_indent=" ", subsequent_indent=" ")
    return (
        f"Package: abm-desktop\nVersion: {project['version']}\nArchitecture: all\n"
        "Maintainer: The ABM Desktop authors <maintainers@abm-desktop.example>\n"
        f"Installed-Size: {size // 1024 + 64}\nSection: science\nPriority: optional\n"
        f"Depends: {', '.join(needed)}\n"
        f"Description: desktop market laboratory with learning traders\n{about}\n"
    )


if __name__ == "__main__":
    main()
