"""Where things lie: files that ship with the program, and folders that belong to the user.

Near the bottom of the import order. Shipped files lie in
``resources/`` and ``scenarios/`` beside the package in a checkout, and in ``abm_desktop/_data`` in
an installed wheel. User folders follow the platform's rules; environment variables override them,
so that tests and a second copy of the program stay out of the user's own folders.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

import platformdirs

from abm_desktop.inputs import InputError

APP_NAME = "abm-desktop"

DATA_VARIABLE = "ABM_DESKTOP_DATA"
CONFIG_VARIABLE = "ABM_DESKTOP_CONFIG"
CACHE_VARIABLE = "ABM_DESKTOP_CACHE"

_PACKAGE = Path(__file__).resolve().parent

_CACHE_BYTES = 64 * 2**20
"""What compiled code may take while it is made."""

log = logging.getLogger(__name__)


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def resource_dir() -> Path:
    """Icons, themes and templates that ship with the program."""
    return _shipped("resources")


def scenario_dir() -> Path:
    """Scenario files that ship with the program."""
    return _shipped("scenarios")


def studies_dir() -> Path:
    """What the shipped studies found: a folder each, with answer, figure and tables."""
    installed = _PACKAGE / "_data" / "studies"
    return installed if installed.is_dir() else _PACKAGE.parent / "docs" / "studies"


def docs_dir() -> Path:
    """The manual: pages in Markdown, with their pictures in ``images``."""
    return _shipped("docs")


def _user(variable: str, default: str) -> Path:
    value = os.environ.get(variable)
    if value:
        try:
            # Unlike resolve(), it lets a loop of links be: that is told when the folder is used.
            return Path(os.path.realpath(Path(value).expanduser()))
        except RuntimeError:
            raise InputError(f"{value!r} names a home that is not there", key=variable) from None
        except FileNotFoundError:
            raise InputError(
                f"{value!r} is relative to the current folder, which has been removed",
                key=variable,
                remedy="give an absolute path, or change to another folder",
            ) from None
    # Without a home the library gives "~/...", which would be a folder called "~".
    if os.name == "posix" and (
        not Path(default).is_absolute() or os.environ.get("HOME", "/")[:1] != "/"
    ):
        raise InputError(
            "is not set to an absolute path, so that the program has no folder of its own",
            key="HOME",
            remedy=f"set it, or name a folder in {variable}",
        )
    return Path(default)


def user_data_dir() -> Path:
    """Models, Ray sessions and the user's own scenarios. Not created here."""
    return _user(DATA_VARIABLE, platformdirs.user_data_dir(APP_NAME, appauthor=False))


def user_config_dir() -> Path:
    """Settings of the window: layout, theme, recent files. Not created here."""
    return _user(CONFIG_VARIABLE, platformdirs.user_config_dir(APP_NAME, appauthor=False))


def user_cache_dir() -> Path:
    """What can be made again, such as compiled code. Not created here."""
    return _user(CACHE_VARIABLE, platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def usable_cache_dir() -> Path:
    """The cache folder if it can be written to, else one of this user's below the temporary one.

    The latter holds for this process and those that it starts, and is told in the log. Raises
    :class:`~abm_desktop.inputs.InputError` if there is neither.
    """
    try:
        wanted = user_cache_dir()
        why = why_not_writable(wanted, _CACHE_BYTES)
    except InputError as error:
        wanted, why = None, str(error)
    if wanted is not None and why is None:
        return wanted
    try:
        folder = private_dir(Path(tempfile.gettempdir()) / f"{APP_NAME}-{_user_number()}")
        reason = why_not_writable(folder, _CACHE_BYTES)
    except OSError as error:
        folder, reason = None, error.strerror or str(error)
    if folder is None or reason is not None:
        raise InputError(
            f"names no folder that compiled code can be kept in ({why}; nor is there one below "
            f"the temporary folder: {reason})",
            key=CACHE_VARIABLE,
            remedy="name a folder with 64 MiB of free space that this user may write to",
        )
    log.warning(
        "%s; compiled code is kept in %s (%s names another folder)",
        why if wanted is None else f"{wanted} cannot be used: {why}", folder, CACHE_VARIABLE,
    )  # fmt: skip
    os.environ[CACHE_VARIABLE] = str(folder)
    return folder


def private_dir(path: Path) -> Path:
    """Make a folder that only this user can enter, or see that one is such. Raises OSError.

    For places where others can write, such as the temporary folder: what they have put there under
    this name is refused.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.name == "posix" and found.st_uid != os.getuid()):
        raise PermissionError(f"{path} belongs to somebody else")
    if os.name == "posix" and stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def why_not_writable(folder: Path, free_bytes: int = 0) -> str | None:
    """Why no file can be made in a folder, which is made if absent; None if one can."""
    probe = folder / f".probe-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"1")
        probe.unlink()
        if shutil.disk_usage(folder).free < free_bytes:
            return f"less than {free_bytes >> 20} MiB are free"
    except (OSError, UnicodeError) as error:
        with contextlib.suppress(OSError):
            probe.unlink()
        return getattr(error, "strerror", None) or str(error)
    return None


def _user_number() -> int:
    return os.getuid() if os.name == "posix" else 0


def user_scenario_dir() -> Path:
    """Scenario files of the user, found by name like the shipped ones."""
    return user_data_dir() / "scenarios"


def models_dir() -> Path:
    """Registry of trained models."""
    return user_data_dir() / "models"


def runs_dir() -> Path:
    """TensorBoard event files, one folder a training."""
    return user_data_dir() / "runs"


def ray_dir() -> Path:
    """Session folders of the local Ray cluster."""
    return user_data_dir() / "ray"
