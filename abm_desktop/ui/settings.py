"""What the window remembers between starts: where it stood, its theme, its files."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from abm_desktop import paths

__all__ = ["Settings"]

RECENT_FILES = 10


class Settings:
    """An INI file in the user's configuration folder. Damaged or missing entries give defaults."""

    def __init__(self, path: Path | None = None) -> None:
        file = path or paths.user_config_dir() / "window.ini"
        file.parent.mkdir(parents=True, exist_ok=True)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """Name of the theme."""
        return str(self._store.value("theme", "dark"))

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def speed(self) -> float | None:
        """Speed asked for, in simulated seconds per real second; None for as fast as it goes."""
        text = str(self._store.value("speed", "10"))
        try:
            return None if text == "max" else max(0.1, float(text))
        except ValueError:
            return 10.0

    @speed.setter
    def speed(self, value: float | None) -> None:
        self._store.setValue("speed", "max" if value is None else str(value))

    @property
    def recent(self) -> list[Path]:
        """Files opened lately, the newest first."""
        try:
            entries = json.loads(str(self._store.value("recent", "[]")))
        except ValueError:
            return []
        return [Path(str(e)) for e in entries] if isinstance(entries, list) else []

    def add_recent(self, path: Path) -> None:
        """Put ``path`` first among the recent files."""
        files = [path, *(p for p in self.recent if p != path)][:RECENT_FILES]
        self._store.setValue("recent", json.dumps([str(p) for p in files]))

    def clear_recent(self) -> None:
        """Forget the recent files."""
        self._store.remove("recent")

    def folder(self, kind: str) -> str:
        """Return where the dialog for files of this kind starts; "" before the first was opened."""
        return str(self._store.value(f"folder/{kind}", ""))

    def set_folder(self, kind: str, path: str) -> None:
        """Remember the folder of a file of this kind."""
        self._store.setValue(f"folder/{kind}", path)

    def bytes(self, name: str) -> QByteArray | None:
        """Return a stored geometry or layout; None where there is none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_bytes(self, name: str, value: QByteArray) -> None:
        """Store a geometry or layout."""
        self._store.setValue(name, value)

    def number(self, name: str, default: int) -> int:
        """Return a stored whole number."""
        try:
            return int(str(self._store.value(name, default)))
        except ValueError:
            return default

    def set_number(self, name: str, value: int) -> None:
        """Store a whole number."""
        self._store.setValue(name, value)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()
