"""One simulated session of a candidate, measured as a recorded day is."""

from __future__ import annotations

from abm_desktop.calibration.measuring import Measured, measure_flow
from abm_desktop.calibration.seeds import Use, check_use
from abm_desktop.inputs import InputError
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.tape_flow import flow_of_tape
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

__all__ = ["TooBusyError", "simulate_day", "simulate_measured"]

_LOOK = 30.0
"""Simulated seconds between two counts of the messages: a busy market takes minutes to simulate."""


class TooBusyError(InputError):
    """A candidate whose market sends far more messages than the recorded day has."""


def simulate_day(
    scenario: Scenario, use: Use, seed: int, *, levels: int, seconds: float, most: int
) -> OrderFlow:
    """Run a session, or its first ``seconds``, and return its order flow.

    Args:
        scenario: the market.
        use: what the session is for.
        seed: one of that use.
        levels: of the book that are kept.
        seconds: simulated, from the open on.
        most: messages in the whole book at which it is given up; before the open as many, or more
            by as much as that takes longer.

    Raises:
        TooBusyError: beyond ``most``.
        InputError: for a seed of another use, or if nothing happens in the book.
    """
    check_use(use, seed)
    simulator = Simulator(scenario, seed, record_messages=True)
    before = -simulator.now
    _run(simulator, 0.0, round(most * max(1.0, before / seconds)))
    simulator.warm_up()
    simulator.begin_tape()
    _run(simulator, seconds, most)
    return flow_of_tape(simulator, levels)


def _run(simulator: Simulator, until: float, most: int) -> None:
    """Run to a time. Raises :class:`TooBusyError` as soon as there are more events than that."""
    begun = simulator.events
    while simulator.now < until:
        simulator.run_until(min(simulator.now + _LOOK, until))
        if simulator.events - begun > most:
            name = simulator.scenario.name
            raise TooBusyError(f"sends more than {most:,} messages", key=name)


def simulate_measured(
    scenario: Scenario, use: Use, seed: int, *, levels: int, seconds: float, most: int
) -> Measured | None:
    """:func:`simulate_day`, summarised; None if there is nothing to compare, or too much."""
    check_use(use, seed)
    try:
        flow = simulate_day(scenario, use, seed, levels=levels, seconds=seconds, most=most)
        return measure_flow(flow)
    except ValueError:  # InputError among them
        return None
