"""Files of recorded order flow: recognised, found, unpacked within limits, and read as they are.

No order book here: :mod:`abm_desktop.market.recorded` reads what happened to it.
"""

from __future__ import annotations

from abm_desktop.inputs import InputError

__all__ = ["RecordingError"]


class RecordingError(InputError):
    """Files that are no recording; the text names the file, the line, its words, the remedy."""
