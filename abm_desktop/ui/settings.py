"""What the window remembers between starts: where it stood, its theme, its files."""

from __future__ import annotations

import contextlib
import json
import secrets
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from abm_desktop import paths
from abm_desktop.desk.choices import Choices
from abm_desktop.plain_words import report
from abm_desktop.scenario.bounds import within
from abm_desktop.scenario.quantity import described

__all__ = ["FRAME_RATES", "Settings"]

RECENT_FILES = 10
FRAME_RATES = (30, 20, 15, 10)
"""Frames per second to choose from; the market publishes thirty."""
DEFAULTS: dict[str, str] = {
    "theme": "dark",
    "sides": "blue-orange",
    "start": "page",
    "autosave": "1",
    "confirm_quit": "1",
    "confirm_reset": "0",
    "remote": "0",
    "console": "0",
} | {name: str(field.default) for name, field in described(Choices).items()}
"""What a person can choose in the preferences, as stored if nothing was chosen yet."""


class Settings:
    """An INI file in the user's configuration folder. Damaged or missing entries give defaults.

    If it cannot be written, what is chosen holds for this process: :meth:`save` says why.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = path or paths.user_config_dir() / "window.ini"
        with contextlib.suppress(OSError):  # told by why_not_kept
            self._file.parent.mkdir(parents=True, exist_ok=True)
        self._store = self._opened()

    def _opened(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)

    def choice(self, name: str) -> str:
        """Return what was chosen for a name of :data:`DEFAULTS`."""
        return str(self._store.value(name, DEFAULTS[name]))

    def choose(self, name: str, value: str) -> None:
        """Remember a choice."""
        if name not in DEFAULTS:
            raise KeyError(f"{name!r} is no preference; there are: {', '.join(DEFAULTS)}")
        self._store.setValue(name, value)

    def chosen_number(self, name: str) -> int:
        """Return a choice that is a whole number; one outside its limits gives the default."""
        try:
            return int(within(Choices, name, int(self.choice(name))))
        except ValueError:
            return int(DEFAULTS[name])

    def is_on(self, name: str) -> bool:
        """Return a choice that is yes or no."""
        value = self.choice(name)
        return (value if value in ("0", "1") else DEFAULTS[name]) == "1"

    def forget_choices(self) -> None:
        """Return to the defaults. Files, folders and the layout stay."""
        for name in DEFAULTS:
            self._store.remove(name)

    @property
    def theme(self) -> str:
        """Name of the theme."""
        return self.choice("theme")

    @theme.setter
    def theme(self, name: str) -> None:
        self.choose("theme", name)

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
        """Return a stored geometry or layout; None if there is none."""
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

    def save(self) -> str:
        """Write to disk now; returns in a line why that cannot be done, "" if it was."""
        # A store of its own: one remembers a fault for ever. What is not written yet they share.
        store = self._opened()
        store.sync()
        if store.status() is not QSettings.Status.AccessError:
            return ""
        return self.why_not_kept() or report(PermissionError(13, "Permission denied", self._file))

    def why_not_kept(self) -> str:
        """Why a file beside that of the settings cannot be written, in a line; "" if one can."""
        probe = self._file.with_name(f".probe-{secrets.token_hex(8)}")
        try:
            probe.parent.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(bytes(4096))
        except (OSError, UnicodeError) as error:
            if isinstance(error, OSError) and error.filename is None:
                error.filename = str(probe.parent)
            return report(error).replace(str(probe), str(probe.parent))
        finally:
            with contextlib.suppress(OSError, UnicodeError):
                probe.unlink()
        return ""
