"""What a learned maker or executor is compared with, and a way to let either trade and measure it.

Rules are called as those of :mod:`abm_desktop.learning.judging.baselines`, with the observations
of a role and its actions (:mod:`abm_desktop.envs.roles`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.envs import RoleSettings, SharedMarketVectorEnv
from abm_desktop.envs.roles import ON_SCHEDULE, QUOTES
from abm_desktop.market.roles import OBSERVATION_NAMES, QUOTE_AT_BEST, SHARES, observation_names
from abm_desktop.scenario import Scenario

RoleRule = Callable[[np.ndarray, int], np.ndarray]
HELD_OUT = 910_000_000
"""Base of the seeds of evaluations of roles."""
STEP = 5.0
_INVENTORY = OBSERVATION_NAMES.index("inventory")
_TIME = observation_names("executor").index("share of the time left")
_LAG = observation_names("executor").index("lag behind the schedule")


@dataclass(frozen=True)
class AvellanedaStoikov:
    """The maker of Avellaneda and Stoikov (2008), with the actions of a learned one.

    Reservation price r = s - q gamma sigma^2 (T - t), total spread gamma sigma^2 (T - t) +
    (2 / gamma) ln(1 + gamma / k); of the pairs of quotes there are it takes the nearest. Lengths
    are in halves of the market's average spread, the unit of those pairs; q is in lots.

    Attributes:
        gamma: risk aversion, 1 / (half spread x lot).
        sigma: volatility, half spreads per square root of a second.
        k: decay of the fill rate with the distance, 1 / half spread.
        seconds: T, the length of the session; it then begins anew.
        max_inventory: lots of a full position, the scale of the observed inventory.
    """

    gamma: float = 0.001
    sigma: float = 0.5
    k: float = 1.0
    seconds: float = 600.0
    max_inventory: int = 40

    def distances(self, inventory: np.ndarray, number: int) -> np.ndarray:
        """Wanted distances of bid and ask from the mid, float64 (n, 2), half spreads."""
        left = self.seconds - (number * STEP) % self.seconds
        variance = self.gamma * self.sigma**2 * left
        half = 0.5 * variance + math.log(1.0 + self.gamma / self.k) / self.gamma
        skew = inventory * variance
        return np.column_stack([half + skew, half - skew])

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        held = observations[:, _INVENTORY].astype(np.float64) * self.max_inventory
        wanted = self.distances(held, number)
        far = ((wanted[:, None, :] - QUOTES[None]) ** 2).sum(axis=2)
        nearest: np.ndarray = far.argmin(axis=1)
        return nearest


def twap(observations: np.ndarray, number: int) -> np.ndarray:
    """An executor that trades evenly over its time."""
    return np.full(len(observations), ON_SCHEDULE)


@dataclass(frozen=True)
class AlmgrenChriss:
    """The schedule of Almgren and Chriss (2000) with immediate orders: earlier lots, less risk.

    x(t) = X sinh(kappa (T - t)) / sinh(kappa T): with share s of its time left it trades kappa T s
    coth(kappa T s) times an even schedule over the time left; of the multiples there are it takes
    the nearest. ``urgency`` is kappa T; near 0 it is TWAP.
    """

    urgency: float = 2.0

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        ahead = np.maximum(self.urgency * observations[:, _TIME].astype(np.float64), 1e-9)
        wanted = ahead / np.tanh(ahead)
        nearest: np.ndarray = np.abs(wanted[:, None] - np.array(SHARES)[None]).argmin(axis=1)
        return nearest


def patient(observations: np.ndarray, number: int) -> np.ndarray:
    """An executor that quotes at its best price, and takes what it lags behind an even schedule.

    Without a look at the market: what quoting alone is worth. It trades at once at twice the
    even schedule where it lags by more than a twentieth of its order, and in the last twentieth of
    its time.
    """
    late = (observations[:, _LAG] > 0.05) | (observations[:, _TIME] < 0.05)
    last = observations[:, _TIME] < 0.02
    chosen: np.ndarray = np.where(last, ON_SCHEDULE, np.where(late, ON_SCHEDULE + 1, QUOTE_AT_BEST))
    return chosen


def fixed(action: int) -> RoleRule:
    """Always the same action."""
    return lambda observations, _: np.full(len(observations), action)


def trade_role(
    rule: RoleRule,
    role: str,
    scenario: Scenario | Path | str = "calm",
    *,
    markets: int = 8,
    seconds: float = 3600.0,
    seed: int = 0,
    settings: RoleSettings | None = None,
) -> dict[str, np.ndarray]:
    """One trader of this role in each of ``markets`` held-out markets; its accounts at the end.

    Returns :meth:`SharedMarketCore.accounts`, the traders' summed ``reward``, and the mean
    absolute ``load`` (lots), float64 (markets,) each.
    """
    env = SharedMarketVectorEnv(
        markets, scenario, traders=1, role=role, episode_seconds=seconds, settings=settings
    )
    observations, _ = env.reset(seed=HELD_OUT + seed)
    reward, load = np.zeros(markets), np.zeros(markets)
    rounds = round(seconds / STEP)
    for number in range(rounds):
        observations, rewards, *_ = env.step(rule(observations, number))
        reward += rewards
        load += np.abs(env.accounts()["inventory"])
    return env.accounts() | {"reward": reward, "load": load / rounds}
