"""Names of calibrations: of their scenarios, and of their folders."""

from __future__ import annotations

from pathlib import Path

__all__ = ["name_of", "plain_name"]


def name_of(day: Path) -> str:
    """A name for the scenario: that of the recording, less what is no part of a name.

    >>> name_of(Path("AMZN_2012-06-21.zip"))
    'amzn_2012-06-21'
    """
    return plain_name(day.name.split(".")[0] or "calibrated").lower()


def plain_name(text: str) -> str:
    """A text as it can be part of the name of a folder."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in text)[:100]
