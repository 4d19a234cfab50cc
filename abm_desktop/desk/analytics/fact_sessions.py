"""The stylised facts over many sessions: the sessions, the verdicts, and curves to look at."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from abm_desktop.metrics.streaming import last_known
from abm_desktop.metrics.stylized_facts.flow import sign_autocorrelation
from abm_desktop.metrics.stylized_facts.pooling import resample_weights
from abm_desktop.metrics.stylized_facts.returns import autocorrelation, log_returns
from abm_desktop.metrics.stylized_facts.statements import GroupsMeasured, SessionsRun
from abm_desktop.metrics.stylized_facts.suite import Fact, measure
from abm_desktop.statements import Statement

if TYPE_CHECKING:
    from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
    from abm_desktop.scenario import Scenario

__all__ = ["FactCurves", "FactSessions", "curves_of", "measure_sessions", "simulate_sessions"]

MOST_AT_A_TIME = 16
"""Sessions; one takes about 150 MB while it runs."""
POLL = 0.2
"""Real seconds between two tellings of progress."""
MEASURING = 0.1
"""Share of the progress that is told of the measuring."""
RETURN_LAGS = 20
CLUSTERING_LAGS = 60
SIGN_LAGS = 500
RESAMPLES = 200
"""Of the band of a curve; a value of the table has more."""


@dataclass(frozen=True, slots=True)
class FactCurves:
    """Curves of the main facts, pooled over the sessions; returns are of a minute, of the mid."""

    returns: np.ndarray
    """Autocorrelation of returns at lags 1, 2, ..., (20,)."""
    returns_band: float
    """Plus and minus it 95 % of those of independent returns lie."""
    clustering: np.ndarray
    """Autocorrelation of absolute returns: estimate, low, high (3, 60); NaN without resamples."""
    signs: np.ndarray
    """Autocorrelation of trade signs: estimate, low, high (3, 500)."""
    tail_size: np.ndarray
    """Absolute returns in standard deviations, ascending, (k,)."""
    tail: np.ndarray
    """Share of returns that are larger, (k,)."""
    normal: np.ndarray
    """The same of normal returns, (k,)."""


@dataclass(frozen=True, slots=True)
class FactSessions:
    """What many sessions of a scenario tell."""

    name: str
    seeds: tuple[int, ...]
    facts: tuple[Fact, ...]
    curves: FactCurves


def measure_sessions(
    scenario: Scenario, seeds: Sequence[int], progress: Callable[[float, Statement], None]
) -> FactSessions:
    """Run the sessions, and measure their facts together, as ``abm-desktop facts`` does.

    ``progress`` is called with a share from 0 to 1, and what is at work. Raises ValueError or
    FileNotFoundError if the market cannot be made.
    """
    rest, total = 1.0 - MEASURING, len(seeds)
    progress(0.0, SessionsRun(0, total))
    records = simulate_sessions(
        scenario,
        seeds,
        lambda share: progress(rest * share, SessionsRun(int(share * total), total)),
    )
    facts = measure(
        records,
        progress=lambda done, of: progress(rest + MEASURING * done / of, GroupsMeasured(done, of)),
    )
    return FactSessions(scenario.name, tuple(seeds), tuple(facts), curves_of(records))


def simulate_sessions(
    scenario: Scenario, seeds: Sequence[int], tell: Callable[[float], object]
) -> list[ReducedSession]:
    """Run whole sessions on threads, for the market releases the GIL; in the order of the seeds.

    ``tell`` is called on this thread with the share of the simulated time that is done.
    """
    from abm_desktop.market.recorded_day import check_simulated
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.metrics.stylized_facts.sessions import simulate_session

    check_simulated(scenario)
    warm = Simulator(scenario, seeds[0], record_messages=True)
    warm.run(0.1)  # loads or compiles the market once
    warm.book(1)
    done = [0.0] * len(seeds)

    def run(place: int) -> ReducedSession:
        def advance(seconds: float) -> None:
            done[place] += seconds

        return simulate_session(scenario, seeds[place], advance)

    workers = max(1, min(os.cpu_count() or 1, len(seeds), MOST_AT_A_TIME))
    length = scenario.market.session * len(seeds)
    with ThreadPoolExecutor(workers, "facts") as pool:
        runs = [pool.submit(run, place) for place in range(len(seeds))]
        try:
            left = set(runs)
            while left:
                _, left = wait(left, POLL, FIRST_COMPLETED)
                tell(min(1.0, sum(done) / length))
            return [each.result() for each in runs]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def curves_of(sessions: Sequence[ReducedSession]) -> FactCurves:
    """The curves of these sessions together."""
    weights = resample_weights(len(sessions), RESAMPLES)
    minute = [log_returns(last_known(s.mid), 60) for s in sessions]
    minute = [r[~np.isnan(r)] for r in minute]
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = autocorrelation(minute, RETURN_LAGS)[0]
        clustering = _banded(
            autocorrelation([np.abs(r) for r in minute], CLUSTERING_LAGS, weights)
        )  # fmt: skip
        signs = _banded(sign_autocorrelation([s.trade_sign for s in sessions], SIGN_LAGS, weights))
        every = np.concatenate(minute)
        size = np.sort(np.abs(every - every.mean()) / every.std()) if len(every) > 1 else every
    larger = 1.0 - np.arange(1, len(size) + 1) / (len(size) + 1)
    return FactCurves(
        plain,
        2.0 / np.sqrt(max(1, len(every))),
        clustering,
        signs,
        size,
        larger,
        2.0 * ndtr(-size),
    )


def _banded(resampled: np.ndarray) -> np.ndarray:
    """Estimate and 95 % band of each column: (3, k) from (R, k)."""
    if len(resampled) < 2:
        return np.vstack((resampled[:1], np.full((2, resampled.shape[1]), np.nan)))
    return np.vstack((resampled[:1], np.percentile(resampled[1:], (2.5, 97.5), axis=0)))
