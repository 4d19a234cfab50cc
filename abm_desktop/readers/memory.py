"""How much memory a recording may take."""

from __future__ import annotations

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.readers.streams import Source

__all__ = ["Room"]

_SHARE = 0.7
"""Of the memory that is free, at most."""


class Room:
    """Memory that may still be taken for the numbers of a file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = self._whole = int(_SHARE * psutil.virtual_memory().available)

    def take(self, size: int) -> None:
        """Count ``size`` bytes before they are taken. Raises :class:`.RecordingError`."""
        self._left -= size
        if self._left < 0:
            raise self._source.error(
                f"needs more than the {self._whole / 2**30:.1f} GiB of memory that may be taken",
                "take a part of the day or fewer levels, or close other programs",
            )
