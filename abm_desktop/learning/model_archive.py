"""A model's folder as one zip file, to be sent to somebody else."""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path


def pack(folder: Path, file: Path) -> None:
    """Write all files of ``folder`` to a zip file that holds one folder of the same name."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            # What begins with a dot is being written at this moment.
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                archive.write(path, Path(folder.name, *inside.parts))


@contextlib.contextmanager
def unpacked(file: Path, marker: str) -> Iterator[Path]:
    """The folder in a zip file, or in a folder of it, that holds a file called ``marker``.

    It is gone afterwards. Raises ``ValueError`` where there is none, ``OSError`` and
    ``zipfile.BadZipFile`` where the file cannot be read.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        with zipfile.ZipFile(file) as archive:
            archive.extractall(root)
        folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())]
        for folder in folders:
            if (folder / marker).is_file():
                yield folder
                return
        raise ValueError(f"{file} holds no model: there is no {marker} in it")
