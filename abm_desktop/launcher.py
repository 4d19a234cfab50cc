"""Put the program into the desktop's menu by freedesktop.org's rules, and take it out again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.whole_files import write_whole

_NAME = "abm-desktop"


def install() -> list[str]:
    """Write the menu entry and the icon for this user; returns lines that say what was done.

    The entry starts the very interpreter that runs now, so it works from a virtual environment.
    Raises SystemExit with a remedy on systems without such menus.
    """
    _need_linux()
    entry, icon = targets()
    command = _command()
    template = (paths.resource_dir() / "abm-desktop.desktop").read_text(encoding="utf-8")
    text = template.replace("@EXEC@", " ".join(map(quoted, command)))
    text = text.replace("@TRY_EXEC@", _escaped(command[0]))
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(icon, (paths.resource_dir() / "icon.svg").read_bytes())
    write_whole(entry, text)
    entry.chmod(0o755)
    _refresh(entry.parent)
    return [f"Menu entry: {entry}", f"Icon: {icon}", f"It starts: {' '.join(command)}"]


def uninstall() -> list[str]:
    """Remove the menu entry and the icon; returns lines that say what was done."""
    _need_linux()
    lines = []
    for path in targets():
        if path.exists():
            path.unlink()
            lines.append(f"Removed {path}")
    _refresh(targets()[0].parent)
    return lines or ["There was no menu entry."]


def _need_linux() -> None:
    if not sys.platform.startswith("linux"):
        raise SystemExit(
            "Menu entries are made on Linux only; elsewhere make a shortcut to abm-desktop-gui."
        )


def targets() -> tuple[Path, Path]:
    """Menu entry and icon, under the user's XDG data folder."""
    named = os.environ.get("XDG_DATA_HOME", "")
    # The standard says that a relative path is to be ignored.
    data = Path(named) if Path(named).is_absolute() else _home() / ".local" / "share"
    icons = data / "icons" / "hicolor" / "scalable" / "apps"
    return data / "applications" / f"{_NAME}.desktop", icons / f"{_NAME}.svg"


def _home() -> Path:
    home = Path.home()
    if not home.is_absolute():
        raise InputError("is not an absolute path", key="HOME", remedy="set it to your folder")
    return home


def _command() -> list[str]:
    # Not resolved: in a virtual environment python is a link out of it.
    beside = Path(sys.executable).with_name(_NAME)
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "abm_desktop"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def quoted(argument: str) -> str:
    """Quote an argument of an Exec key (Desktop Entry Specification, "The Exec key")."""
    text = argument.replace("%", "%%")
    if not any(c in " \t\n\"'\\><~|&;$*?#()`" for c in text):
        return text
    for character in '\\"`$':
        text = text.replace(character, "\\" + character)
    return _escaped(f'"{text}"')


def _refresh(applications: Path) -> None:
    """Tell the desktop; if the tool is missing, it finds the entry by itself a little later."""
    tool = shutil.which("update-desktop-database")
    if tool and applications.is_dir():
        subprocess.run([tool, "-q", str(applications)], check=False, timeout=30)
