"""Random and malformed calls: only our own errors, and a market that stays sound."""

from __future__ import annotations

import os

from support.odd_calls import SMALL, Caller

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.soundness import faults, opened

CALLS = int(os.environ.get("ABM_DESKTOP_FUZZ", "6000"))
"""The long run of a release: ABM_DESKTOP_FUZZ=1000000."""
_A_MARKET = 3000


def test_odd_calls_are_refused_by_our_own_errors_and_leave_a_sound_market() -> None:
    caller = Caller(int(os.environ.get("ABM_DESKTOP_FUZZ_SEED", "5")))
    for start in range(0, CALLS, _A_MARKET):
        market = Simulator(SMALL, start)
        market.warm_up()
        fresh = opened(SMALL, start)
        caller.snapshots, caller.orders = [], []
        for n in range(_A_MARKET):
            caller.call(market)
            if n % 250 == 0:
                market.tape.clear_rows()
                assert next(faults(market.snapshot(), fresh), "") == ""
    for name, (taken, refused) in caller.counts.items():
        assert taken, f"{name} was never taken"
        assert refused or name == "cancel_orders", f"{name} was never refused"
