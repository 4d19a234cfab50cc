"""Random and malformed commands through the public face: accepted or refused with a reason."""

from __future__ import annotations

import math
import os

import numpy as np

from abm_desktop.market.orders_by_hand import ORDER_KINDS
from abm_desktop.market.rules import INTERVENTIONS
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

COMMANDS = int(os.environ.get("ABM_DESKTOP_FUZZ", "20000"))
"""The long run of a release: ABM_DESKTOP_FUZZ=1000000."""

ODD = (0, -1, 1, 2, 10**9, -(10**12), math.nan, math.inf, -math.inf, 1e-300, 0.5, 99.995)


def number(random: np.random.Generator, usual: float) -> float:
    """Mostly a sensible number, sometimes an odd one."""
    return float(random.choice(ODD)) if random.random() < 0.1 else usual


def command(simulator: Simulator, random: np.random.Generator, known: list) -> str:
    """Give one command; returns what was refused and why, or nothing."""
    mid = simulator.mid
    what = random.integers(12)
    kinds = [*ORDER_KINDS, "hidden"]
    if what < 6:
        price = None if random.random() < 0.3 else number(random, mid + random.normal() * 0.05)
        report = simulator.submit(
            str(random.choice(kinds)),  # type: ignore[arg-type]
            int(random.choice([1, -1, 1, -1, 0, 2])),
            price,
            int(
                random.choice(
                    [1, 3, 10, 100, 0, -5, 10**7], p=[0.4, 0.2, 0.2, 0.14, 0.02, 0.02, 0.02]
                )
            ),
            peak=int(random.choice([0, 0, 0, 2, -1, 10**9])),
            trigger=None if random.random() < 0.7 else number(random, mid + random.normal() * 0.05),
            life=number(random, random.exponential(2.0)),
        )
        if report.order is not None:
            known.append(report.order)
    elif what < 9:
        some = (int(random.integers(-5, 10**6)), int(random.integers(-5, 10**6)))
        order = known[random.integers(len(known))] if known and random.random() < 0.9 else some
        if random.random() < 0.5:
            report = simulator.cancel(order)
        else:
            report = simulator.modify(order, number(random, mid), int(random.integers(-1, 8)))
    elif what == 9 and random.random() < 0.05:
        name = str(random.choice([*INTERVENTIONS, "magic"]))
        keys = [*INTERVENTIONS.get(name, {}), "wrong"]
        values = {str(random.choice(keys)): number(random, 1.0)} if random.random() < 0.5 else {}
        simulator.set_intervention(name, bool(random.random() < 0.3), **values)
        return ""
    elif what == 10 and random.random() < 0.02:
        simulator.hold_auction(number(random, 1.0))
        return ""
    else:
        simulator.run(0.02)
        return ""
    assert report.accepted or report.reason
    assert report.accepted or report.order is None
    return report.reason


def test_commands_are_accepted_or_refused_with_a_reason() -> None:
    simulator = Simulator(Scenario.model_validate({"name": "x", "market": {"warm_up": "1min"}}), 5)
    simulator.warm_up()
    random = np.random.default_rng(11)
    known: list = []
    reasons: dict[str, int] = {}
    for n in range(COMMANDS):
        try:
            reason = command(simulator, random, known)
        except ValueError as refusal:
            reason = str(refusal)
            assert reason
        if reason:
            reasons[reason[:40]] = reasons.get(reason[:40], 0) + 1
        if len(known) > 2_000:
            del known[:1_000]
        if n % 2_000 == 0:
            simulator.tape.clear_rows()
            for table in (simulator.agents, simulator.classes):
                assert table["cash"].sum() + simulator.fees == 0
                assert table["inventory"].sum() == 0
    assert len(reasons) > 10, "the odd commands reached many different refusals"
    for name in INTERVENTIONS:
        simulator.set_intervention(name, name == "price_collar")
    simulator.run(400.0)
    before = simulator.trades
    simulator.run(60.0)
    assert simulator.phase in ("continuous", "closed")
    assert simulator.phase == "closed" or simulator.trades > before, "the market goes on"
