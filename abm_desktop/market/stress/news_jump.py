"""News jump: the fundamental value is another from one moment to the next."""

from __future__ import annotations

import math

from abm_desktop.market.compiled import kernel
from abm_desktop.market.fundamental import set_log_value


@kernel
def begin(m, p, s):
    """Move the value by the factor e^J at once, J = log(1 + magnitude)."""
    set_log_value(m, p, m.log_value + math.log(1.0 + s.magnitude))
