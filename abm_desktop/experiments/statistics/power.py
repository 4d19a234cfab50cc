"""What an experiment can tell, before it runs: power by stress, with trainings as the unit.

The change of training p in market m is a log ratio ``mean + training + market + rest``. Its mean
over P trainings that all play in M markets has the variance ``sd_training^2 / P + sd_market^2 / M +
sd_rest^2 / (P M)``: more markets do not take away that trainings differ. The test is the t test of
:mod:`abm_desktop.experiments.statistics.trainings`, with Satterthwaite's (1946) degrees of freedom.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from scipy import stats

from abm_desktop.experiments.statistics.experiment_results import FEWEST

__all__ = ["PowerRow", "Spreads", "markets_needed", "power_of", "power_table", "smallest_effect"]

SHOWN = (0.10, 0.20, 0.30, 0.50)
"""Effects of the table, as changes of a ratio."""
MOST_MARKETS = 4096


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of a log ratio."""

    training: float
    """Between trainings of an algorithm."""
    market: float
    """Between markets, the same for all trainings."""
    rest: float
    """Of both together."""

    def __post_init__(self) -> None:
        if min(self.training, self.market, self.rest) < 0 or not self.rest > 0:
            raise ValueError(
                "standard deviations must be 0 or more, and that of the rest positive, not "
                f"{self.training}, {self.market} and {self.rest}"
            )


def _error(spreads: Spreads, trainings: int, markets: int, split: bool) -> tuple[float, float]:
    """Standard error of the mean change, and its degrees of freedom."""
    if trainings < 1 or markets < 2:
        raise ValueError(f"{trainings} trainings in {markets} markets: give at least 1 and 2")
    if split:  # in fewer markets than trainings not all of them play
        trainings = min(trainings, markets)
    a, b, c = spreads.training**2, spreads.market**2, spreads.rest**2
    if trainings < FEWEST:  # for these very trainings: over markets
        each = b + c if split else b + c / trainings
        return math.sqrt(each / markets), markets - 1.0
    if split:
        own = markets / trainings
        return math.sqrt((a + (b + c) / own) / trainings), trainings - 1.0
    of = (markets * a + c, trainings * b + c, c)
    freedoms = (trainings - 1, markets - 1, (trainings - 1) * (markets - 1))
    total = of[0] + of[1] - of[2]
    freedom = total**2 / sum(s**2 / f for s, f in zip(of, freedoms, strict=True))
    return math.sqrt(total / (trainings * markets)), freedom


def power_of(
    effect: float, spreads: Spreads, trainings: int, markets: int, *, split: bool = False
) -> float:
    """Chance that a change of the ratio is told at 5 %, 0 to 1.

    Args:
        effect: change of the ratio, 0.2 for a fifth more; above -1, not 0.
        spreads: what changes differ by.
        trainings: of one algorithm; with fewer than three the test is over markets, for these very
            trainings.
        markets: in which they play.
        split: whether the trainings divide the markets among them instead of all playing in each.

    Example::

        >>> round(power_of(0.2, Spreads(0.1, 0.15, 0.2), trainings=5, markets=64), 2)
        0.84
    """
    if effect <= -1 or effect == 0:
        raise ValueError(f"an effect is a change above -1 and other than 0, got {effect}")
    error, freedom = _error(spreads, trainings, markets, split)
    return _chance(abs(math.log1p(effect)) / error, freedom)


@functools.lru_cache(maxsize=4096)  # a plan that is read again asks for the same
def _chance(there: float, freedom: float) -> float:
    """Of a t test at 5 % that a mean is told which lies so many standard errors from 0."""
    bound = float(stats.t.ppf(0.975, freedom))
    above = float(stats.nct.sf(bound, freedom, there))
    below = float(stats.nct.cdf(-bound, freedom, there))
    # Far out the distribution is not computed: all is told there.
    return 1.0 if math.isnan(above) else min(above + (0.0 if math.isnan(below) else below), 1.0)


def smallest_effect(
    spreads: Spreads, trainings: int, markets: int, *, split: bool = False, power: float = 0.8
) -> float:
    """The smallest rise of the ratio that is told with this power, 0.2 for a fifth."""
    low, high = 1e-4, 1.0
    while power_of(math.expm1(high), spreads, trainings, markets, split=split) < power:
        high *= 2.0
        if high > 64.0:
            return math.inf
    for _ in range(40):
        middle = 0.5 * (low + high)
        told = power_of(math.expm1(middle), spreads, trainings, markets, split=split) >= power
        low, high = (low, middle) if told else (middle, high)
    return math.expm1(high)


def markets_needed(
    effect: float, spreads: Spreads, trainings: int, *, split: bool = False, power: float = 0.8
) -> int | None:
    """Markets that tell an effect with this power; None if none do, for want of trainings."""

    def enough(markets: int) -> bool:
        return power_of(effect, spreads, trainings, markets, split=split) >= power

    if not enough(MOST_MARKETS):
        return None
    low, high = 1, MOST_MARKETS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class PowerRow:
    """One line of the table.

    Attributes:
        effect: change of the ratio, 0.2 for a fifth more.
        needed: markets for a power of 80 %; None if more of them do not help.
        power: with the planned markets and trainings, 0 to 1.
        enough: whether these suffice.
    """

    effect: float
    needed: int | None
    power: float
    enough: bool

    def __str__(self) -> str:
        needed = "more trainings" if self.needed is None else f"{self.needed} markets"
        return f"{100 * self.effect:.0f} % change: needs {needed}, power {100 * self.power:.0f} %"


def power_table(
    spreads: Spreads, trainings: int, markets: int, *, split: bool = False
) -> list[PowerRow]:
    """What a design can tell under one stress: usual effects, then its smallest.

    The last row is the smallest effect that is told with a power of 80 %; it is left out if there
    is none.
    """
    effects = [*SHOWN, smallest_effect(spreads, trainings, markets, split=split)]
    rows = []
    for effect in effects:
        if math.isinf(effect):
            continue
        needed = markets_needed(effect, spreads, trainings, split=split)
        power = power_of(effect, spreads, trainings, markets, split=split)
        rows.append(PowerRow(effect, needed, power, power >= 0.8))
    return rows
