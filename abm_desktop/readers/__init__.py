"""Files of recorded order flow: found, unpacked within limits, and read as plain text.

No numbers here and no order book: :mod:`abm_desktop.market.lobster` reads those.
"""

from __future__ import annotations

from abm_desktop.inputs import InputError

__all__ = ["LobsterError"]


class LobsterError(InputError):
    """Files that are no LOBSTER data; the text names the file, the line, its words, the remedy."""
