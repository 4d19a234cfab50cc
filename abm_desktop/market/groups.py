"""Which traders a scenario has: one group for each section of its population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm_desktop.market.sections import SECTIONS
from abm_desktop.market.state import DEFAULT_RULE, RECORDED, RL

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.traders import Trader


@dataclass(frozen=True, slots=True)
class Group:
    """Traders of one class that follow one rule."""

    kind: int
    rule: int
    count: int
    section: Trader | None
    handles: int = 0
    """Orders of its own that a trader keeps note of."""
    remembers: bool = False


def groups_of(scenario: Scenario, external: int) -> list[Group]:
    """All groups, in the order of their rows; ``external`` RL traders come last.

    A class' default traders come before the others, so that adding those leaves the random streams
    of the default ones as they are. In a recorded market the first is who owns the orders that the
    record leaves behind.
    """
    groups = [Group(RECORDED, DEFAULT_RULE, 1, None)] if scenario.recording else []
    for section in SECTIONS.values():
        own = getattr(scenario.population, section.name)
        groups.append(
            Group(
                section.kind,
                section.rule,
                own.count,
                own,
                section.handles(own),
                section.remembers,
            )
        )
    return [*groups, Group(RL, DEFAULT_RULE, external, None)]
