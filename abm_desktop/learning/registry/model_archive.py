"""A model as it travels to somebody else: its description, its policy and its curves, as data.

A folder or a zip file of a model may hold anything beside these three files. None of it is taken
in: no checkpoint, no link, nothing that is larger than such a file ever is.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from abm_desktop.archives import Archive, ArchiveError, open_archive
from abm_desktop.inputs import InputError
from abm_desktop.model_folders import META_FILE, POLICY_FILE

HISTORY_FILE = "history.jsonl"

_MIB = 1 << 20
_LARGEST = {META_FILE: 4 * _MIB, POLICY_FILE: 16 * _MIB, HISTORY_FILE: 64 * _MIB}
"""The files that travel, and their bytes at most."""


def pack(folder: Path, file: Path) -> None:
    """Write the files of a model to a zip file that holds one folder of its name.

    Raises OSError, and ``InputError`` for a file that is none, or too large.
    """
    found = read_folder(folder)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(f"{folder.name}/{name}", data)


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a model in a folder, by name; the curves may be missing.

    Raises ``InputError`` for a file that is missing, a link, no file, or too large; OSError.
    """
    found = {}
    for name, largest in _LARGEST.items():
        file = folder / name
        try:
            about = file.lstat()
        except FileNotFoundError:
            _check_optional(name, folder)
            continue
        if stat.S_ISLNK(about.st_mode):
            raise InputError("is a link", path=file, remedy="copy the file itself there")
        if not stat.S_ISREG(about.st_mode):
            raise InputError("is no file", path=file)
        with file.open("rb") as stream:
            found[name] = stream.read(largest + 1)
        if len(found[name]) > largest:
            raise InputError(f"is larger than {largest:,} bytes", path=file)
    return found


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of the model in a zip file, or in a folder of it; see :func:`read_folder`.

    Raises ``InputError`` for a file that cannot be read, or unpacks to more than is allowed.
    """
    with open_archive(path) as archive:
        inside = _place_of(archive)
        found = {}
        for name, largest in _LARGEST.items():
            member = str(inside / name)
            if member in archive.sizes:
                found[name] = archive.read(member, largest)
            else:
                _check_optional(name, path)
        return found


def _place_of(archive: Archive) -> PurePosixPath:
    """The folder of the archive that holds the description."""
    places = [PurePosixPath(name) for name in archive.sizes]
    found = [p.parent for p in places if p.name == META_FILE and len(p.parts) <= 2]
    if not found:
        raise ArchiveError(f"holds no model: there is no {META_FILE} in it", path=archive.path)
    return min(found, key=lambda place: (len(place.parts), str(place)))


def _check_optional(name: str, where: Path) -> None:
    if name != HISTORY_FILE:
        raise InputError(f"holds no model: there is no {name} in it", path=where)
