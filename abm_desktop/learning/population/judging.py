"""What a population comes to on days that nothing learned from: profits, crowding, collusion."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.judging.seed_ranges import first_seed
from abm_desktop.learning.population.best_response import Exploitability, market_exploitability
from abm_desktop.learning.population.config import PopulationConfig, PopulationJudging
from abm_desktop.learning.population.seats import SeatsSample
from abm_desktop.learning.population.training import LearningPopulation, seated_markets
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.judged import STEP
from abm_desktop.market.roles.numbers import MAKER
from abm_desktop.metrics.collusion import Benchmarks, benchmarks, collusion_index
from abm_desktop.metrics.crowding import herding, pair_correlation, same_side_share

__all__ = ["Collusion", "Crowding", "Earned", "PopulationJudgement", "judge_population"]

_PAIRS = 5
"""Pairs of quotes at one distance from the mid on both sides: a maker's first actions."""


@dataclass(frozen=True, slots=True)
class Earned:
    """One learner, over all its seats and days."""

    name: str
    role: str
    profit: float
    """Mean a day and seat, currency, closed at the touch."""
    error: float
    """Its standard error over days."""
    reward: float
    """Mean a decision."""
    position: float
    """Mean absolute position, as a share of the limit."""


@dataclass(frozen=True, slots=True)
class Crowding:
    """Traders that choose their side: all but executors, whose orders are given."""

    traders: int
    positions: float
    """Mean correlation of their positions, pair by pair."""
    trades: float
    """... and of what they trade in a step."""
    same_side: float
    """Share of pairs that trade in one step who trade on the same side ..."""
    by_chance: float
    """... and what that is if they choose independently."""
    herding: float
    """The measure of Lakonishok, Shleifer and Vishny."""


@dataclass(frozen=True, slots=True)
class Collusion:
    """Makers of a population against benchmarks found by simulation."""

    makers: int
    profit: float
    """Mean reward of a decision of a maker, as are the benchmarks."""
    index: float
    benchmarks: Benchmarks
    """Among quotes at 1 to 5 half spreads from the mid on both sides."""
    payoffs: tuple[tuple[float, ...], ...]
    """Of one maker at distance i + 1 while the others are at j + 1."""


@dataclass(frozen=True, slots=True)
class PopulationJudgement:
    """Everything, on the same days of the range to report on."""

    days: int
    hours: float
    learners: tuple[Earned, ...]
    crowding: Crowding | None
    """None with fewer than two such traders."""
    collusion: Collusion | None
    """None unless asked for, and with fewer than two makers."""
    exploitability: tuple[Exploitability, ...]
    """Of the first seat of each group; empty unless asked for."""

    def summary(self) -> dict[str, Any]:
        """Plain values for a JSON file; what is not known is None."""
        found: dict[str, Any] = _known(asdict(self))
        return found


def judge_population(
    config: PopulationConfig,
    population: LearningPopulation,
    on_share: Callable[[str, float], None] = lambda what, share: None,
) -> PopulationJudgement:
    """Let a population trade, greedily, and measure it as ``config.judging`` says."""
    rules = config.judging or PopulationJudging()
    owners = [population.learners[who].config for who in population.seats]
    players = [learner.policy() for learner in population.learners]
    on_share("Held-out days", 0.0)
    sample, profits = _play(config, rules, owners, players, population.seats)
    found = PopulationJudgement(
        rules.days,
        rules.hours,
        tuple(_earned(population, who, sample, profits) for who in range(len(population.learners))),
        _crowding(owners, sample),
        None,
        (),
    )
    collusion = None
    if rules.benchmarks:
        collusion = _collusion(config, rules, population, players, sample, on_share)
    seats: list[int] = []
    if rules.response_iterations:
        groups = np.cumsum([0] + [group.traders for group in config.learners[:-1]])
        seats = [int(first) for first in groups]
    responses = []
    for k, seat in enumerate(seats):
        on_share("Best responses", k / len(seats))
        responses.append(market_exploitability(config, population, seat))
    return PopulationJudgement(
        found.days, found.hours, found.learners, found.crowding, collusion, tuple(responses)
    )


def _play(
    config: PopulationConfig,
    rules: PopulationJudging,
    owners: Sequence[TrainingConfig],
    players: Sequence[PolicyNet],
    seats: Sequence[int],
) -> tuple[SeatsSample, np.ndarray]:
    """A sample of whole days, and what each seat has earned by its end, (days, seats)."""
    first = first_seed("report", 0, rules.days)
    longer = config.model_copy(update={"episode_seconds": min(7200.0 * rules.hours, 86_400.0)})
    tables = seated_markets(longer, owners, rules.days, list(range(first, first + rules.days)))
    seating = np.tile(np.array(seats, np.int64), (rules.days, 1))
    steps = max(1, round(rules.hours * 3600.0 / STEP))
    try:
        random = np.random.default_rng(0)
        sample = tables.sample(players, seating, steps, random, [True] * len(players))
        return sample, tables.accounts()["profit"]
    finally:
        tables.close()


def _earned(
    population: LearningPopulation, who: int, sample: SeatsSample, profits: np.ndarray
) -> Earned:
    mine = np.array(population.seats) == who
    daily = profits[:, mine].mean(axis=1)
    error = float(daily.std(ddof=1)) / math.sqrt(len(daily)) if len(daily) > 1 else math.nan
    held = np.abs(sample.observations[1:, :, mine, _INVENTORY])
    return Earned(
        population.names[who],
        population.learners[who].config.role,
        float(daily.mean()),
        error,
        float(sample.rewards[:, :, mine].mean(dtype=np.float64)),
        float(held.mean(dtype=np.float64)),
    )


_INVENTORY = 11


def _crowding(owners: Sequence[TrainingConfig], sample: SeatsSample) -> Crowding | None:
    free = [k for k, owner in enumerate(owners) if not find_role(owner.role).has_parent]
    if len(free) < 2:
        return None
    held = sample.observations[:, :, free, _INVENTORY].astype(np.float64)
    traded = np.diff(held, axis=0)
    traded[np.abs(traded) < 1e-6] = 0.0
    # Correlations within each day; trades of all days together.
    days = range(held.shape[1])
    flat = traded.reshape(-1, len(free))
    same, chance = same_side_share(flat)
    return Crowding(
        len(free),
        _mean_of_days([pair_correlation(held[1:, k]) for k in days]),
        _mean_of_days([pair_correlation(traded[:, k]) for k in days]),
        same,
        chance,
        herding(flat),
    )


def _mean_of_days(values: list[float]) -> float:
    """Mean of the days that have a value; NaN if none has, as if nobody ever trades."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _collusion(
    config: PopulationConfig,
    rules: PopulationJudging,
    population: LearningPopulation,
    players: Sequence[PolicyNet],
    sample: SeatsSample,
    on_share: Callable[[str, float], None],
) -> Collusion | None:
    """Makers against what they would earn at fixed distances, all else being as it is."""
    seats = population.seats
    owners = [population.learners[who].config for who in seats]
    makers = [k for k, owner in enumerate(owners) if find_role(owner.role).code == MAKER]
    if len(makers) < 2:
        return None
    role = owners[makers[0]].role
    fixed = [_always(role, action) for action in range(_PAIRS)]
    payoffs = np.zeros((_PAIRS, _PAIRS))
    for one in range(_PAIRS):
        for others in range(_PAIRS):
            on_share("Benchmarks of makers", (one * _PAIRS + others) / _PAIRS**2)
            line_up = list(seats)
            for seat in makers:
                line_up[seat] = len(players) + others
            line_up[makers[0]] = len(players) + one
            found, _ = _play(config, rules, owners, [*players, *fixed], line_up)
            payoffs[one, others] = found.rewards[:, :, makers[0]].mean(dtype=np.float64)
    known = benchmarks(payoffs)
    profit = float(sample.rewards[:, :, makers].mean(dtype=np.float64))
    return Collusion(
        len(makers),
        profit,
        collusion_index(profit, known.competitive, known.monopoly),
        known,
        tuple(tuple(row) for row in payoffs.tolist()),
    )


def _always(role: str, action: int) -> PolicyNet:
    """A policy that does one thing whatever it sees."""
    known = find_role(role)
    weights = np.zeros((len(known.observations), len(known.actions)), np.float32)
    biases = np.zeros(len(known.actions), np.float32)
    biases[action] = 1.0
    return PolicyNet((weights,), (biases,), role=role)


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
