"""New parameters for the traders of a running market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm_desktop.inputs import UnavailableError
from abm_desktop.market import opening, state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.parameters import PREFIXES, parameters
from abm_desktop.market.refusals import ClassKeepsActing
from abm_desktop.market.traders import fundamental, momentum, noise
from abm_desktop.market.tuning import is_live

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario


def retune(markets: Markets, scenario: Scenario) -> None:
    """Give a running market the parameters of ``scenario`` that can be changed while it runs.

    Raises:
        UnavailableError: if a class would start or stop acting, which only a reset can do.
    """
    wanted, params = parameters(scenario), markets.params[0]
    before = params.copy()
    names = {
        f"{PREFIXES.get(section, section)}_{key}"
        for section, traders in scenario.population
        for key in type(traders).model_fields
        if is_live(section, key)
    }
    for name in names & set(params.dtype.names):
        params[name] = wanted[name]
    rates = {
        state.NOISE: noise.activity_rate(params),
        state.FUNDAMENTAL: fundamental.activity_rate(params),
        state.MOMENTUM: momentum.activity_rate(params),
        state.INSTITUTION: float(params["institution_rate"]),
    }
    agents = markets.agents[0]
    default = agents["rule"] == state.DEFAULT_RULE
    default[opening.SEED_AGENT] = False
    for kind, rate in rates.items():
        acting = agents["rate"][default & (agents["kind"] == kind)] > 0
        if len(acting) and bool(acting[0]) != (rate > 0):
            markets.params[0] = before
            name = state.TRADER_CLASSES[kind].replace("_", " ")
            raise UnavailableError(ClassKeepsActing(name))
    for kind, rate in rates.items():
        agents["rate"][default & (agents["kind"] == kind)] = rate
