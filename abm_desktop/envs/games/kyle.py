"""Kyle's game: an insider hides among noise traders, and a maker learns from the order flow.

Kyle, A. S. (1985). Continuous auctions and insider trading. Econometrica 53(6), 1315-1335.

In each of N periods the insider, who knows the value v ~ N(0, sigma_v^2), orders x; noise traders
order u ~ N(0, sigma_u^2); makers see only y = x + u and move the price. Competition makes that
E[v | orders]: here they regress what v was on the order flow of the past, so that they learn as
long as the insider does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.inputs import real, whole

__all__ = ["Kyle", "KyleEquilibrium", "equilibrium"]


@dataclass(frozen=True, slots=True)
class KyleEquilibrium:
    """The linear equilibrium, one number a period: float64 (N,) each.

    The insider orders ``intensity * (v - price)``, the maker moves the price by
    ``impact * order flow``, and ``variance`` of the value is left after the period.
    """

    intensity: np.ndarray
    impact: np.ndarray
    variance: np.ndarray


def equilibrium(periods: int = 1, sigma_v: float = 1.0, sigma_u: float = 1.0) -> KyleEquilibrium:
    """Solve the difference equations of Kyle's theorem 2, with noise ``sigma_u`` in each period.

    With one period, ``impact`` is sigma_v / (2 sigma_u) and ``intensity`` sigma_u / sigma_v.

    Raises InputError for numbers out of bounds.

    >>> one = equilibrium(1, sigma_v=2.0, sigma_u=4.0)
    >>> [numbers.round(6).tolist() for numbers in (one.impact, one.intensity, one.variance)]
    [[0.25], [2.0], [2.0]]
    >>> equilibrium(3).impact.round(3).tolist()
    [0.417, 0.407, 0.366]
    """
    whole(periods, "periods", 1, 1000)
    real(sigma_v, "sigma_v", above=0.0, high=1e9)
    real(sigma_u, "sigma_u", above=0.0, high=1e9)
    # Backwards from a last variance of 1, in units of sigma_u; then everything is scaled.
    variance, alpha = 1.0, 0.0
    rows = []
    for _ in range(periods):
        # lambda^2 = variance (1 - 2 alpha lambda) / (2 (1 - alpha lambda)), a cubic in lambda.
        roots = np.roots([2.0 * alpha, -2.0, -2.0 * alpha * variance, variance])
        impact = min(
            float(root.real)
            for root in roots
            if abs(root.imag) < 1e-9 and root.real > 0.0 and alpha * root.real < 0.5
        )
        beta = (1.0 - 2.0 * alpha * impact) / (2.0 * impact * (1.0 - alpha * impact))
        rows.append((beta, impact, variance))
        variance /= 1.0 - beta * impact
        alpha = 1.0 / (4.0 * impact * (1.0 - alpha * impact))
    scale = sigma_v / np.sqrt(variance)
    intensity, impacts, left = np.array(rows[::-1]).T
    return KyleEquilibrium(
        intensity * sigma_u / scale, impacts * scale / sigma_u, left * scale * scale
    )


class Kyle:
    """Kyle's game at ``tables`` tables, for the insider alone: one seat, one step a period.

    It sees v - p in standard deviations of the value, and the share of the periods that are left.
    Its orders are ``orders``, evenly spaced. Its reward is (v - p) x at the price of the period,
    whose ``impact`` is the slope of v - p on the order flow, with past rounds forgotten.

    Args:
        periods: N.
        sigma_v, sigma_u: standard deviations of the value, and of noise in each period.
        choices: actions, an odd number.
        widest: the largest order, in standard deviations of the noise.
        memory: rounds of all tables over which the makers' regression reaches back.
        seed: of values and noise.
    """

    def __init__(
        self,
        tables: int,
        *,
        periods: int = 1,
        sigma_v: float = 1.0,
        sigma_u: float = 1.0,
        choices: int = 33,
        widest: float = 4.0,
        memory: float = 15.0,
        seed: int = 0,
    ) -> None:
        self.tables, self.periods = tables, periods
        self.sigma_v, self.sigma_u = sigma_v, sigma_u
        self.inputs, self.actions = (2,), (choices,)
        self.orders = np.linspace(-widest, widest, choices) * sigma_u
        self._kept = 1.0 - 1.0 / memory
        self._random = np.random.default_rng([seed, 0x4B])
        # A little is known before the first round: that the flow tells something.
        self._squares = np.full(periods, tables * sigma_u**2)
        self._products = 0.25 * tables * np.full(periods, sigma_v * sigma_u)
        self._begin()

    @property
    def impact(self) -> np.ndarray:
        """What the makers have learned: float64 (N,)."""
        found: np.ndarray = self._products / self._squares
        return found

    def _begin(self) -> None:
        self._value = self._random.normal(0.0, self.sigma_v, self.tables)
        self._price = np.zeros(self.tables)
        self._period = 0

    def observe(self) -> tuple[np.ndarray, np.ndarray]:
        """See :mod:`abm_desktop.envs.games`."""
        seen = np.empty((self.tables, 1, 2), np.float32)
        seen[:, 0, 0] = (self._value - self._price) / self.sigma_v
        seen[:, 0, 1] = 1.0 - self._period / self.periods
        return seen, np.ones((self.tables, 1), np.bool_)

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See :mod:`abm_desktop.envs.games`; money in units of sigma_v sigma_u."""
        n, order = self._period, self.orders[actions[:, 0]]
        flow = order + self._random.normal(0.0, self.sigma_u, self.tables)
        away = self._value - self._price
        self._price = self._price + self.impact[n] * flow
        rewards = (self._value - self._price) * order / (self.sigma_v * self.sigma_u)
        # Only now do they hear what the value was.
        self._squares[n] = self._kept * self._squares[n] + (flow * flow).sum()
        self._products[n] = self._kept * self._products[n] + (flow * away).sum()
        self._period += 1
        over = np.full(self.tables, self._period == self.periods)
        if over[0]:
            self._begin()
        return rewards[:, None], over
