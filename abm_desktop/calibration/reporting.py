"""Sessions of the report: summaries, and facts by the same hand for recorded and simulated days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.calibration.measuring import Measured, measure_flow
from abm_desktop.calibration.simulating import simulate_day
from abm_desktop.calibration.workers import CandidateSession
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.metrics.stylized_facts.lobster import reduced_flow
from abm_desktop.metrics.stylized_facts.suite import measure

__all__ = ["BAND", "FactBand", "Reported", "bands", "facts_of", "report_session"]

BAND = (0.05, 0.95)
"""Between these quantiles of simulated days a recorded day should lie."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A session of the report."""

    measured: Measured
    facts: Mapping[str, float]
    """By name of the fact, as the table of ``abm-desktop facts`` names it."""


@dataclass(frozen=True, slots=True)
class FactBand:
    """A fact of the recorded day beside those of simulated ones."""

    name: str
    real: float
    low: float
    middle: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the recorded day lies in the band."""
        return self.low <= self.real <= self.high


def facts_of(flow: OrderFlow) -> dict[str, float]:
    """The facts of one day by name; NaN if it does not tell."""
    facts = measure([reduced_flow(flow)], resamples=1)
    return {f"{fact.number} {fact.name}": fact.value for fact in facts}


def report_session(session: CandidateSession) -> Reported | None:
    """Simulate and measure one session; None if it is no market to compare."""
    try:
        flow = simulate_day(
            session.scenario,
            session.use,
            session.seed,
            levels=session.levels,
            seconds=session.seconds,
            most=session.most,
        )
        return Reported(measure_flow(flow), facts_of(flow))
    except ValueError:
        return None


def bands(flow: OrderFlow, reported: Sequence[Reported]) -> list[FactBand]:
    """The facts that the recorded day tells and most simulated days do, with their bands."""
    out = []
    for name, real in facts_of(flow).items():
        values = np.array([each.facts.get(name, np.nan) for each in reported])
        values = values[np.isfinite(values)]
        if not np.isfinite(real) or 2 * len(values) < len(reported):
            continue
        low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
        out.append(FactBand(name, float(real), float(low), float(middle), float(high)))
    return out
