"""When something was made, and by which version of the program."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import abm_desktop


def now() -> str:
    """The present time in ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def program_version() -> str:
    """Version of the installed program, or "unknown" when it runs uninstalled."""
    return abm_desktop.__version__


def git_version() -> str:
    """Commit of the checkout the program runs from, as ``git describe`` names it; else ""."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return ""
    try:
        told = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
