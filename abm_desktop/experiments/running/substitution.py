"""Who trades in a copy of a market: RL traders, or clones, take the place of other traders.

Nothing of this touches the traders that stay as they are: their random streams go on, so a copy in
which nothing is displaced is the control, bit by bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator

__all__ = ["add_traders", "make_room"]


_SCALED = {"noise": "market_rate", "market_makers": "size"}
"""What is scaled of a section; of the others their rate."""


def make_room(market: Simulator, displaces: Sequence[str], factor: float) -> None:
    """Scale the rates at which these classes take liquidity by ``factor``, from now on.

    Momentum and fundamental traders act less often; institutions do everything more slowly, rest
    included; noise traders send fewer market orders, and as many limit orders as before. Market
    makers quote as often, and smaller sizes.
    """
    population = market.scenario.population
    changed = {}
    for name in displaces:
        section: Any = getattr(population, name)
        key = _SCALED.get(name, "rate")
        rates = {key: getattr(section, key) * factor}
        if name == "institutions":
            rates["rest"] = section.rest / factor
        changed[name] = section.model_copy(update=rates)
    slower = population.model_copy(update=changed)
    market.change_traders(market.scenario.model_copy(update={"population": slower}))


def add_traders(
    market: Simulator, policies: Sequence[PolicyNet], count: int, size: int, max_inventory: int
) -> None:
    """Let ``count`` RL traders join, the policies in turn, each with the same number or one more.

    ``size`` 0 makes traders that look and decide, and never send an order.
    """
    for k, policy in enumerate(policies):
        part = (count + len(policies) - 1 - k) // len(policies)
        if part:
            market.add_policy_traders(policy, part, size=size, max_inventory=max_inventory)
