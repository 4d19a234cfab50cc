"""New parameters for the traders of a running market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm_desktop.inputs import UnavailableError
from abm_desktop.market import opening, state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.parameters import PREFIXES, parameters
from abm_desktop.market.refusals import ClassKeepsActing
from abm_desktop.market.sections import SECTIONS
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
    agents, rates = markets.agents[0], []
    for section in SECTIONS.values():
        if not (section.is_active and section.model.changes_live):
            continue
        rate = float(section.file.activity_rate(params))
        mine = (agents["kind"] == section.kind) & (agents["rule"] == section.rule)
        mine[opening.SEED_AGENT] = False
        acting = agents["rate"][mine] > 0
        if len(acting) and bool(acting[0]) != (rate > 0):
            markets.params[0] = before
            raise UnavailableError(
                ClassKeepsActing(state.TRADER_CLASSES[section.kind].replace("_", " "))
            )
        rates.append((mine, rate))
    for mine, rate in rates:
        agents["rate"][mine] = rate
