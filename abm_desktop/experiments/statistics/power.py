"""How many matched markets an experiment needs, told before it runs.

The change is a log ratio with standard deviation ``sd`` over matched markets. With several trained
policies its variance has a part that more markets do not lessen: the policies differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

__all__ = ["PowerRow", "pairs_needed", "power_of", "power_table", "smallest_effect"]

SHOWN = (0.10, 0.20, 0.25, 0.50)
"""Effects of the table, as changes of a ratio."""


def _z(confidence: float, power: float) -> float:
    # Two digits, as the usual formula is quoted: (1.96 + 0.84)^2.
    return round(float(ndtri((1.0 + confidence) / 2.0)), 2) + round(float(ndtri(power)), 2)


def _check(sd: float, policies: int, policy_sd: float) -> None:
    if not sd > 0:
        raise ValueError(f"the standard deviation must be positive, got {sd}")
    if policies < 1 or policy_sd < 0:
        raise ValueError(
            f"there must be one policy at least, with a standard deviation of 0 or more, "
            f"not {policies} and {policy_sd}"
        )


def pairs_needed(
    effect: float,
    *,
    sd: float = 0.55,
    policies: int = 1,
    policy_sd: float = 0.0,
    power: float = 0.8,
    confidence: float = 0.95,
) -> int | None:
    """Matched markets needed to tell an effect: ``((1.96 + 0.84) sd / ln(1 + effect))^2``.

    Args:
        effect: change of the ratio, 0.2 for a fifth more; above -1, not 0.
        sd: standard deviation of the log ratio over markets.
        policies: independently trained policies, each of which meets every market.
        policy_sd: standard deviation of the policies' own mean log ratios; the variance of the
            overall mean is ``policy_sd^2 / policies + sd^2 / pairs``.
        power: chance of telling it.
        confidence: of the test.

    Returns None if no number of markets suffices, because too few policies differ too much.
    """
    _check(sd, policies, policy_sd)
    if effect <= -1 or effect == 0:
        raise ValueError(f"an effect is a change above -1 and other than 0, got {effect}")
    allowed = (math.log1p(effect) / _z(confidence, power)) ** 2 - policy_sd**2 / policies
    return math.ceil(round(sd**2 / allowed, 6)) if allowed > 0 else None


def smallest_effect(
    pairs: int,
    *,
    sd: float = 0.55,
    policies: int = 1,
    policy_sd: float = 0.0,
    power: float = 0.8,
    confidence: float = 0.95,
) -> float:
    """The smallest change of the ratio that this many matched markets tell, 0.2 for a fifth."""
    _check(sd, policies, policy_sd)
    if pairs < 1:
        raise ValueError(f"there must be one pair at least, got {pairs}")
    spread = math.sqrt(policy_sd**2 / policies + sd**2 / pairs)
    return math.expm1(_z(confidence, power) * spread)


def power_of(
    effect: float,
    pairs: int,
    *,
    sd: float = 0.55,
    policies: int = 1,
    policy_sd: float = 0.0,
    confidence: float = 0.95,
) -> float:
    """Chance that this many matched markets tell the effect, 0 to 1."""
    _check(sd, policies, policy_sd)
    spread = math.sqrt(policy_sd**2 / policies + sd**2 / pairs)
    return float(ndtr(abs(math.log1p(effect)) / spread - float(ndtri((1.0 + confidence) / 2.0))))


@dataclass(frozen=True, slots=True)
class PowerRow:
    """One line of the table.

    Attributes:
        effect: change of the ratio, 0.2 for a fifth more.
        needed: pairs for a power of 80 %; None if more markets do not help.
        power: with the planned pairs, 0 to 1.
        enough: whether the planned pairs suffice.
    """

    effect: float
    needed: int | None
    power: float
    enough: bool

    def __str__(self) -> str:
        needed = "more policies" if self.needed is None else f"{self.needed} pairs"
        return f"{100 * self.effect:.0f} % change: needs {needed}, power {100 * self.power:.0f} %"


def power_table(
    pairs: int, policies: int, sd: float = 0.55, policy_sd: float = 0.0
) -> list[PowerRow]:
    """What a design of this many pairs and policies can tell: usual effects, then its smallest.

    The last row is the smallest effect that the design tells with a power of 80 %.
    """
    effects = [*SHOWN, smallest_effect(pairs, sd=sd, policies=policies, policy_sd=policy_sd)]
    rows = []
    for effect in effects:
        needed = pairs_needed(effect, sd=sd, policies=policies, policy_sd=policy_sd)
        power = power_of(effect, pairs, sd=sd, policies=policies, policy_sd=policy_sd)
        rows.append(PowerRow(effect, needed, power, needed is not None and needed <= pairs))
    return rows
