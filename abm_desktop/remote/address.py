"""Where a running server is, and what lets a program of this user talk to it.

Each server keeps one small file in a folder that only this user can enter. It holds the tokens,
so it is readable by this user alone, and it goes when the server stops; one left by a killed
process is told by its lock, which the operating system has let go.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.paths import private_dir

__all__ = ["FOLDER_VARIABLE", "ServerAddress", "announced", "find_server", "running_servers"]

FOLDER_VARIABLE = "ABM_DESKTOP_RUNTIME"
"""Names another folder for the files of running servers."""
_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """What a client needs to know of a server."""

    url: str
    """Like ``http://127.0.0.1:8765``."""
    token: str
    """Lets its holder do everything."""
    read_token: str
    """Lets its holder read."""
    pid: int
    has_window: bool = False
    certificate: str = ""
    """File with the certificate to trust, for a server with TLS."""

    def __repr__(self) -> str:  # tokens shall not reach a log
        return f"ServerAddress(url={self.url!r}, pid={self.pid})"


def runtime_dir() -> Path:
    """The folder of the files of running servers; made for this user alone. Raises OSError."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return private_dir(Path(given).expanduser().absolute())
    if os.name != "posix" or os.environ.get("XDG_RUNTIME_DIR"):
        with contextlib.suppress(OSError):
            return private_dir(Path(platformdirs.user_runtime_dir("abm-desktop", appauthor=False)))
    # No session of a desktop, or one whose folder cannot be written to.
    number = os.getuid() if hasattr(os, "getuid") else 0
    return private_dir(Path(tempfile.gettempdir()) / f"abm-desktop-{number}-runtime")


@contextmanager
def announced(address: ServerAddress) -> Iterator[Path]:
    """Let this user's clients find a server while the block lasts. Raises OSError."""
    port = address.url.rsplit(":", 1)[-1]
    file = runtime_dir() / f"server-{address.pid}-{port}{_SUFFIX}"
    lock = FileLock(file.with_suffix(".lock"))
    lock.acquire(timeout=5)
    try:
        part = file.with_suffix(".part")
        handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(address), stream)
        part.replace(file)
        yield file
    finally:
        file.unlink(missing_ok=True)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def running_servers() -> list[ServerAddress]:
    """The servers of this user that run now, the youngest first."""
    try:
        folder = runtime_dir()
    except OSError:
        return []
    files = []
    for file in folder.glob(f"server-*{_SUFFIX}"):
        try:
            files.append((file.stat().st_mtime_ns, file))
        except OSError:
            continue
    found = []
    for _, file in sorted(files, reverse=True):
        if _is_left_behind(file):
            continue
        try:
            found.append(ServerAddress(**json.loads(file.read_text("utf-8"))))
        except (OSError, ValueError, TypeError):
            continue
    return found


def _is_left_behind(file: Path) -> bool:
    """Whether the server of this file is gone; what it left is then taken away."""
    lock = FileLock(file.with_suffix(".lock"))
    try:
        with lock.acquire(timeout=0):
            file.unlink(missing_ok=True)
    except (Timeout, OSError):
        return False
    Path(lock.lock_file).unlink(missing_ok=True)
    return True


def find_server(url: str = "") -> ServerAddress:
    """The server at ``url``, or the only one that runs.

    Raises:
        UnavailableError: if none runs there.
        InputError: if several run and none is named.
    """
    servers = running_servers()
    if url:
        for server in servers:
            if server.url == url.rstrip("/"):
                return server
        raise UnavailableError(
            f"no server of this user runs at {url}; start one with abm-desktop serve, "
            "or give its token as well"
        )
    if not servers:
        raise UnavailableError(
            "no server runs; start one with abm-desktop serve, or in the window: Preferences, "
            "Remote control"
        )
    if len(servers) > 1:
        raise InputError(
            f"must be told, since {len(servers)} servers run",
            key="address",
            remedy="name one of " + ", ".join(server.url for server in servers),
        )
    return servers[0]
