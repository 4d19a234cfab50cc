"""A market whose time stands still: too many events for one tick, and who is to blame."""

from __future__ import annotations

import numpy as np

from abm_desktop.inputs import UnavailableError
from abm_desktop.market import state
from abm_desktop.market.arrays import Markets

_EVENTS = {state.EXPIRE: "the expiry of an order", state.PHASE_END: "the end of a phase"}


class StandstillError(UnavailableError):
    """Simulated time hardly moves, because somebody acts again and again at one moment."""


def check(markets: Markets) -> None:
    """Raise :class:`StandstillError` if the last advance of any of these markets came to a halt.

    The next call of the market goes on where it stopped, for as many events again.
    """
    stuck = np.flatnonzero(markets.market["stuck"])
    if len(stuck):
        k = int(stuck[0])
        raise StandstillError(_words(markets, k))


def _words(markets: Markets, k: int) -> str:
    m = markets.market[k]
    who, remedy = _to_blame(markets, k)
    m["stuck"] = 0
    now = float(m["now"]) * 1e-9
    return (
        f"the market stands still {now:.9g} s after the start of its warm-up: more than "
        f"{state.MOST_AT_ONCE:,} events within a tenth of a second, the next one by {who}; {remedy}"
    )


def _to_blame(markets: Markets, k: int) -> tuple[str, str]:
    m, agents = markets.market[k], markets.agents[k]
    if m["stuck"] == 2:
        return _trader(agents[markets.activity_heap[k, 0, 1]])
    payload = int(markets.heap[k, 0, 1])
    kind, argument = payload >> state.KIND_SHIFT, payload & state.PAYLOAD_MASK
    if kind in (state.STRESS_STEP, state.STRESS_END):
        name = state.STRESS_KINDS[markets.stresses[k, argument]["kind"]].replace("_", " ")
        return f"the {name}", f"make the {name} smaller or slower"
    if kind in (state.WAKE, state.REACT):
        return _trader(agents[argument])
    if kind == state.ARRIVE and argument < markets.pool.shape[1]:
        return _trader(agents[markets.pool[k, argument]["agent"]])
    return _EVENTS.get(kind, "orders that arrive"), "lower the rates of the traders"


def _trader(agent: np.void) -> tuple[str, str]:
    name = state.TRADER_CLASSES[agent["kind"]].replace("_", " ")
    return f"a trader of the class {name}", f"lower the rates or the number of the {name} traders"
