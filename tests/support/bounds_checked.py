"""Run markets whose every array index is checked: ``NUMBA_BOUNDSCHECK=1 python -P THIS [rounds]``.

The tests run it in a process of its own, because the compiled market normally checks nothing. Ends
with status 0 and "checked", or with the IndexError of the kernel that went past an array.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from support.flow_maker import random_day, write_pair
from support.hand_trader import RULES, trade_by_hand, with_small_buffers

from abm_desktop.market import state
from abm_desktop.market.book import next_below, note
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.replay import Replay
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict


def prove_that_it_checks() -> None:
    """Overrun two arrays on purpose, one of them through an unsigned index."""
    m, messages = np.zeros(1, state.MARKET), np.zeros(4, state.MESSAGE)
    m["messages_n"] = 4
    bits = np.zeros((2, 3), np.uint64)
    for overrun in (
        lambda: note(m[0], messages, 0, 0, 1, 1, 0, 0, 0, 0),
        lambda: next_below(bits, 0, 2, 64 * 100 + 1),
    ):
        try:
            overrun()
        except IndexError:
            continue
        raise SystemExit("bounds are not checked")


def market(seed: int) -> None:
    """One short market with everything in it: stress, rules, learned traders, orders by hand."""
    random = np.random.default_rng(seed)
    modes = ("off", "cancel_resting", "cancel_incoming")
    scenario = Scenario.model_validate(
        {
            "name": "checked",
            "market": {
                "warm_up": "5s",
                "max_orders": 1024,
                "self_trade_prevention": modes[seed % 3],
            },
        }
    )
    simulator = Simulator(scenario, seed, record_messages=True)
    with_small_buffers(simulator, 16 + seed % 50)
    blank = PolicyNet(
        (np.zeros((state.N_FEATURES, 3), np.float32),), (np.zeros(3, np.float32),), greedy=False
    )
    simulator.add_policy_traders(blank, 3, step=0.5)
    simulator.warm_up()
    kinds = random.permutation(state.STRESS_KINDS)
    rules = random.permutation(list(RULES))
    for k in range(6):
        simulator.inject(stress_from_dict({"type": str(kinds[k])}))
        rule = str(rules[k])
        simulator.set_intervention(rule, **RULES[rule])
        trade_by_hand(simulator, random)
        simulator.run(0.7)
        if simulator.phase != "closed":
            simulator.hold_auction(0.2)
        trade_by_hand(simulator, random)
        simulator.run(0.5)
        if k % 2:
            simulator.set_intervention(rule, False)
    m = simulator.arrays.market[0]
    assert simulator.classes["inventory"].sum() == 0
    assert simulator.classes["cash"].sum() + m["fees"] == 0


def full_book(seed: int) -> None:
    """A book, its icebergs and its stops filled up to the last place."""
    scenario = Scenario.model_validate({"name": "full", "market": {"max_orders": 1024}})
    simulator = Simulator(scenario, seed)
    simulator.run_until(-1799.0)
    mid = simulator.mid
    for k in range(1100):
        simulator.submit("limit", 1, round(mid - 1.0 - 0.01 * (k % 50), 2), 5, peak=k % 3)
        simulator.submit("stop", -1, None, 1, trigger=round(mid - 0.5 - 0.01 * (k % 9), 2))
    simulator.submit("limit", -1, round(mid + 1.0, 2), 130_000, peak=1)
    simulator.submit("immediate", 1, None, 140_000)
    simulator.submit("immediate", -1, None, 140_000)
    simulator.run(1.0)


def recorded_day(seed: int) -> None:
    """Replay a random day of order flow."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_pair(Path(folder), *random_day(seed, 300, 4, thin=seed % 2 == 0))
        assert Replay.open(path).check().ok


def main() -> None:
    if os.environ.get("NUMBA_BOUNDSCHECK") != "1":
        raise SystemExit("set NUMBA_BOUNDSCHECK=1")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    prove_that_it_checks()
    for seed in range(rounds):
        market(seed)
        recorded_day(seed)
    full_book(1)
    print("checked")


if __name__ == "__main__":
    main()
