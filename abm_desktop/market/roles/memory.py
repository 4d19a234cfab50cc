"""What a trader of a role remembers from one decision to the next, as one record."""

from __future__ import annotations

import numpy as np

ROLE_STATE = np.dtype(
    [
        ("side", "i4"),
        ("parent", "i4"),
        ("deadline", "i8"),
        ("horizon", "i8"),
        ("given_inventory", "i8"),
        ("given_cash", "i8"),
        ("held", "i8"),
        ("arrival", "f8"),
        ("carry", "f8"),
    ],
    align=True,
)
"""``held`` is its inventory at its last decision. The rest is a parent order: +1 to buy or -1 to
sell ``parent`` lots within ``horizon`` ns, until ``deadline``; its account when it was given, the
price then, and the part of a lot that is due. A trader without parent orders has ``parent`` 0."""
