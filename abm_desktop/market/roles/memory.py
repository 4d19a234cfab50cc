"""What a trader of a role remembers from one decision to the next, as one record."""

from __future__ import annotations

import numpy as np

STATE_WIDTH = 128
"""Units of the widest recurrent layer; a quarter of the room that a network's pass has."""

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
        ("seen_at", "i8"),
        ("mean_0", "f8"),
        ("mean_1", "f8"),
        ("mean_2", "f8"),
        ("mean_3", "f8"),
        ("hidden", "f4", (STATE_WIDTH,)),
    ],
    align=True,
)
"""``held`` is its inventory at its last decision. Then a parent order: +1 to buy or -1 to
sell ``parent`` lots within ``horizon`` ns, until ``deadline``; its account when it was given, the
price then, and the part of a lot that is due. A trader without parent orders has ``parent`` 0.
Then the running means of what a remembering trader saw, and when it last looked (ns, 0 before the
first look). Last the state of a recurrent network, of which smaller ones use the first."""
