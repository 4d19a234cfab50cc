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
    """Write menu entry, icon and kind of file for this user; returns lines that say what was done.

    The entry starts the very interpreter that runs now, so it works from a virtual environment.
    Raises SystemExit with a remedy on systems without such menus.
    """
    _need_linux()
    entry, icon, kind = targets()
    command = _command()
    template = (paths.resource_dir() / "abm-desktop.desktop").read_text(encoding="utf-8")
    text = template.replace("@EXEC@", " ".join(map(quoted, command)))
    text = text.replace("@TRY_EXEC@", _escaped(command[0]))
    for path in (entry, icon, kind):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(icon, (paths.resource_dir() / "icon.svg").read_bytes())
    write_whole(entry, text)
    write_whole(kind, (paths.resource_dir() / f"{_NAME}.xml").read_bytes())
    entry.chmod(0o755)
    _refresh()
    return [
        f"Menu entry: {entry}",
        f"Icon: {icon}",
        f"Kind of file: {kind}",
        f"It starts: {' '.join(command)}",
    ]


def is_offered() -> bool:
    """Whether the program may be put into the menu: on Linux, unless an entry of it is there."""
    if not sys.platform.startswith("linux"):
        return False
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    everywhere = [Path(each) / "applications" / f"{_NAME}.desktop" for each in shared.split(":")]
    return not any(path.is_file() for path in (targets()[0], *everywhere))


def uninstall() -> list[str]:
    """Remove what was written; returns lines that say what was done."""
    _need_linux()
    lines = []
    for path in targets():
        if path.exists():
            path.unlink()
            lines.append(f"Removed {path}")
    _refresh()
    return lines or ["There was no menu entry."]


def _need_linux() -> None:
    if not sys.platform.startswith("linux"):
        raise SystemExit(
            "Menu entries are made on Linux only; elsewhere make a shortcut to abm-desktop-gui."
        )


def targets() -> tuple[Path, Path, Path]:
    """Menu entry, icon and kind of file, under the user's XDG data folder."""
    named = os.environ.get("XDG_DATA_HOME", "")
    # The standard says that a relative path is to be ignored.
    data = Path(named) if Path(named).is_absolute() else _home() / ".local" / "share"
    icons = data / "icons" / "hicolor" / "scalable" / "apps"
    entry = data / "applications" / f"{_NAME}.desktop"
    return entry, icons / f"{_NAME}.svg", data / "mime" / "packages" / f"{_NAME}.xml"


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


def _refresh() -> None:
    """Tell the desktop; if the tools are missing, it finds the entry by itself a little later."""
    entry, _icon, kind = targets()
    for name, folder in (
        ("update-mime-database", kind.parents[1]),
        ("update-desktop-database", entry.parent),
    ):
        tool = shutil.which(name)
        if tool and folder.is_dir():
            subprocess.run([tool, str(folder)], check=False, timeout=30, capture_output=True)
