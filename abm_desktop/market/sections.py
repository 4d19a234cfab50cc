"""The kinds of traders that there are: each section of the population, and its file of kernels.

A section is booked under a trader class; several may share one. In the record of an agent ``kind``
is the number of its class and ``rule`` that of its section among those of the class, so that 0 is
the first: of the default mix, if the class has traders there.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from abm_desktop.market.dispatch import compiled_file
from abm_desktop.market.state import TRADER_CLASSES
from abm_desktop.scenario.population import SECTIONS as MODELS
from abm_desktop.scenario.population import class_of
from abm_desktop.scenario.traders import Trader


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of traders."""

    name: str
    """Of the section of the population, and of the file."""
    kind: int
    rule: int
    model: type[Trader]
    file: ModuleType
    """``market/traders/NAME.py``; :mod:`.turns` says what it holds."""

    def handles(self, section: Trader) -> int:
        """Orders that a trader of this section keeps by name."""
        return int(self.file.handles(section)) if hasattr(self.file, "handles") else 0

    @property
    def remembers(self) -> bool:
        """Whether a trader has a row of numbers of its own beside its record."""
        return bool(getattr(self.file, "REMEMBERS", False))

    @property
    def is_active(self) -> bool:
        """Whether its traders wake on the activity clock."""
        return hasattr(self.file, "wake")


def _sections() -> dict[str, Section]:
    found: dict[str, Section] = {}
    rules = [0] * len(TRADER_CLASSES)
    for name, model in MODELS.items():
        kind = TRADER_CLASSES.index(class_of(name))
        file = compiled_file("traders", name, model)
        found[name] = Section(name, kind, rules[kind], model, file)
        rules[kind] += 1
    return found


SECTIONS = _sections()
"""Every section of the population by its name, in the order of their rows in a market."""
