"""How many RL traders make up a share of the volume: found by trial in markets of their own.

A policy trades as often as it likes, less often where many others trade like it, and a market with
other traders in it has other prices to like. So the number is found by running markets, whose
seeds no experiment uses, under the same stress, with the same time before it and over the same
window as in the study, and correcting it a few times. The share that comes out later in a cell is
not this one exactly, and differs from market to market: every run records its own.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from abm_desktop.experiments.design import RLFactors
from abm_desktop.experiments.running.cells import CALM, Plan
from abm_desktop.experiments.running.doses import TAKEN, Dose, volumes
from abm_desktop.experiments.running.populations import PolicyMix
from abm_desktop.experiments.running.substitution import add_traders, make_room
from abm_desktop.experiments.statements import SharesTooLarge
from abm_desktop.market.compiled import source_version
from abm_desktop.market.simulator import Simulator
from abm_desktop.paths import user_cache_dir
from abm_desktop.plain_json import read_json_object
from abm_desktop.scenario.stress import AnyStress
from abm_desktop.statements import FaultError
from abm_desktop.whole_files import write_whole

__all__ = ["ExperimentError", "Sizing", "size_population"]

PILOT_SEED = 880_000_000
"""Seed of the first pilot market."""
PILOTS = 8
TRIALS = 6
_CLOSE = 0.03
"""Odds of the share this near to the wanted ones, relatively, are taken."""
_VERSION = 3


class ExperimentError(FaultError, RuntimeError):
    """An experiment that cannot go on; ``fault`` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """RL traders that make up a share, and how near to it they came."""

    count: int
    size: int
    """Lots per BUY or SELL."""
    max_inventory: int
    factor: float
    """On the rates of the displaced classes."""
    reached: float
    """Share in the pilot markets."""

    def as_json(self) -> dict[str, float]:
        """Plain values."""
        return asdict(self)


def size_population(
    plan: Plan,
    population: PolicyMix,
    displaces: Sequence[str],
    shares: Sequence[float],
    stress: str,
) -> dict[float, Sizing]:
    """The number and size of traders of a population for each share, smallest share first.

    ``stress`` is a label of the plan's stresses, or "calm".

    Kept in the user's cache, since studies share policies. Raises :class:`ExperimentError` if
    the displaced classes make up less than a share.
    """
    rl = plan.design.rl
    file = _file(plan, population, displaces, shares, stress)
    if (found := _kept(file)) is not None:
        return found
    pilots = Pilots.of(plan, stress)
    room = pilots.room(displaces)
    out: dict[float, Sizing] = {}
    traders = 0.0
    for share in sorted(shares):
        if share >= 0.98 * room:
            raise ExperimentError(SharesTooLarge(tuple(displaces), plan.dose.words, room, share))
        before = sorted(out)
        if before and traders:
            traders *= _odds(share) / _odds(before[-1])
        out[share], traders = search_size(
            pilots, population, displaces, share, 1.0 - share / room, rl, traders or 100.0 * share
        )
    _keep(file, out)
    return out


def search_size(
    pilots: Pilots,
    population: PolicyMix,
    displaces: Sequence[str],
    share: float,
    factor: float,
    rl: RLFactors,
    traders: float,
) -> tuple[Sizing, float]:
    """The closest of a few trials, and how many traders of the usual size it amounts to."""
    best: tuple[float, Sizing, float] | None = None
    last: tuple[float, float] | None = None
    least = math.inf
    for _ in range(TRIALS):
        count, times = _split(traders, len(population.policies), rl, pilots.dose)
        traders = float(count * times)
        sizing = Sizing(count, rl.size * times, rl.max_inventory * times, factor, 0.0)
        reached = min(max(_reached(pilots, population, displaces, sizing), 1e-6), 1.0 - 1e-6)
        off = math.log(_odds(reached) / _odds(share))
        if best is None or abs(off) < best[0]:
            best = (abs(off), replace(sizing, reached=reached), traders)
        if abs(off) < _CLOSE:
            break
        # Twice as many trade less than twice as much: the slope of the last two trials tells.
        slope = 1.0
        if last is not None and last[0] != traders:
            slope = (off - last[1]) / math.log(traders / last[0])
        last = (traders, off)
        wanted = traders * math.exp(min(max(-off / min(max(slope, 0.3), 2.0), -2.0), 2.0))
        least = min(least, traders)
        if slope < 0.0 and wanted > rl.max_traders:
            # More of them take less: the market has tipped over, and must be filled from below.
            wanted = 0.5 * least
        if _split(wanted, len(population.policies), rl, pilots.dose) == (count, times):
            break
        traders = wanted
    assert best is not None
    return best[1], best[2]


def _split(traders: float, policies: int, rl: RLFactors, dose: Dose = TAKEN) -> tuple[int, int]:
    """(count, times): so many traders of ``times`` the usual size."""
    times = max(1, math.ceil(traders / rl.max_traders)) if dose.has_sizes else 1
    return max(policies, min(round(traders / times), rl.max_traders)), times


def _odds(share: float) -> float:
    return share / (1.0 - share)


@dataclass(frozen=True, slots=True)
class Pilots:
    """Markets at the moment at which the study copies its own, and what happens to them."""

    trunks: tuple[Simulator, ...]
    stress: AnyStress | None
    shock: float
    """Seconds since the open."""
    window: float
    """Seconds from the shock on in which volume counts."""
    dose: Dose = TAKEN
    """What a share is a share of."""

    @classmethod
    def of(cls, plan: Plan, stress: str) -> Pilots:
        """Those of a stress of the plan, at the time of its first shock."""
        design, trunks = plan.design, []
        for k in range(PILOTS):
            market = Simulator(plan.scenario, PILOT_SEED + k)
            market.warm_up()
            market.run_until(design.lead - design.burn_in)
            market.tape.clear_rows()
            trunks.append(market)
        event = None if stress == CALM else plan.stresses[stress]
        return cls(tuple(trunks), event, design.lead, design.stress_window, plan.dose)

    def volumes(self, treat: Callable[[Simulator], None]) -> np.ndarray:
        """What was traded in all of them, treated from the copy on; see :func:`.doses.volumes`."""
        total = np.zeros(1)
        for trunk in self.trunks:
            market = trunk.fork()
            if self.stress is not None:
                market.inject(self.stress, at=self.shock)
            treat(market)
            market.run_until(self.shock + self.window)
            total = total + volumes(market, self.shock, self.shock + self.window)
        return total

    def room(self, displaces: Sequence[str]) -> float:
        """Share of these classes in what the dose counts; see :meth:`.Dose.room`."""
        return self.dose.room(tuple(displaces), self.volumes(lambda market: None))


def _reached(
    pilots: Pilots, population: PolicyMix, displaces: Sequence[str], sizing: Sizing
) -> float:
    def treat(market: Simulator) -> None:
        make_room(market, displaces, sizing.factor)
        add_traders(market, population.policies, sizing.count, sizing.size, sizing.max_inventory)

    return pilots.dose.share(pilots.volumes(treat))


def _file(
    plan: Plan,
    population: PolicyMix,
    displaces: Sequence[str],
    shares: Sequence[float],
    stress: str,
) -> Path:
    design, rl = plan.design, plan.design.rl
    event = None if stress == CALM else plan.stresses[stress]
    content = [
        _VERSION,
        source_version(),
        plan.scenario.model_dump(mode="json", exclude={"name", "description", "seed"}),
        population.digest(),
        list(displaces),
        sorted(shares),
        [rl.size, rl.max_inventory, rl.max_traders],
        [design.lead, design.burn_in, design.stress_window],
        None if event is None else event.model_dump(mode="json"),
    ]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return user_cache_dir() / "pilots" / f"{digest[:32]}.json"


def _kept(file: Path) -> dict[float, Sizing] | None:
    try:
        found = read_json_object(file)
        return {float(share): Sizing(**values) for share, values in found.items()}
    except (ValueError, TypeError):  # a cache: what cannot be read is found again
        return None


def _keep(file: Path, found: dict[float, Sizing]) -> None:
    write_whole(file, json.dumps({str(k): v.as_json() for k, v in found.items()}))
