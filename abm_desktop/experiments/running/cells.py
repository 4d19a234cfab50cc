"""From a design to its cells: every combination that is run, in a fixed order, and what it needs.

A cell is one combination of stress, intervention and kind of traders. It is run once from every
fork of every market; two cells of one fork differ in nothing but what makes the cell.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from abm_desktop.experiments.design import DISPLACEABLE, Design
from abm_desktop.experiments.running.doses import Dose
from abm_desktop.experiments.running.find_traders import find_populations
from abm_desktop.experiments.running.populations import (
    UNTRAINED,
    PolicyMix,
    StandIn,
    find_dose,
    problem_of,
)
from abm_desktop.experiments.variants import AS_IT_IS, varied
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry.provenance import program_version
from abm_desktop.market.compiled import source_version
from abm_desktop.market.recorded_day import check_simulated
from abm_desktop.scenario import Scenario, ScenarioError, find_scenario, load_scenario
from abm_desktop.scenario.stress import AnyStress

__all__ = [
    "AS_IT_IS",
    "CALM",
    "NO_INTERVENTION",
    "ROOM_ONLY",
    "RULE_CLONES",
    "TRAINED",
    "UNTRAINED",
    "ZERO_SIZE",
    "Cell",
    "Plan",
    "PolicyMix",
    "make_plan",
]

CALM = "calm"
NO_INTERVENTION = "none"
TRAINED, RULE_CLONES, ZERO_SIZE = "trained", "rule clones", "zero size"
"""Arms: who takes the place of the displaced traders. The control has the arm "control"."""
CONTROL = "control"
ROOM_ONLY = "room only"
"""The arm in which the displaced classes make room and nobody comes: the removal by itself."""

FORK, OPEN = "fork", "open"
"""If a treatment begins: in a copy shortly before the shock, or at the open of the session."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of the factors; the fields are columns of the results."""

    stress: str
    intervention: str
    arm: str
    policy: str
    """Name of the population of RL traders; "" if there is none."""
    algorithm: str
    rl_share: float
    """Share that is to change hands, of what the plan's dose says; 0 is the control."""
    displaces: str
    mode: str
    learning_rate: float = 0.0
    """Multiple of the usual one; 0 if nothing is learned."""
    start: str = FORK
    variant: str = AS_IT_IS
    """Name of a market with other parameters."""
    copy: int = 0
    """Which of several copies of one market without a treatment; see ``control_copies``."""

    @property
    def key(self) -> str:
        """A text that names the cell among all of its experiment."""
        parts = (self.stress, self.intervention, self.arm, self.policy)
        numbers = (f"{self.rl_share:g}", self.displaces, self.mode, f"{self.learning_rate:g}")
        varies = () if self.variant == AS_IT_IS else (self.variant,)
        copies = (f"copy {self.copy}",) if self.copy else ()
        return "|".join((*parts, *numbers, self.start, *varies, *copies))

    def columns(self) -> dict[str, object]:
        """The factors as columns of a table."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Plan:
    """A design with everything it names looked up; what a worker needs to run a market."""

    design: Design
    file_text: str
    scenario: Scenario
    variants: dict[str, Scenario]
    """Every market by the name of its variant; :data:`AS_IT_IS` first."""
    stresses: dict[str, AnyStress | None]
    """Event of each stress label; None for calm."""
    interventions: dict[str, dict[str, tuple[bool, dict[str, float]]]]
    """By label: rules with whether they are on, and their parameters."""
    populations: dict[str, PolicyMix]
    dose: Dose
    """What the shares are shares of."""
    cells: tuple[Cell, ...]
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By key of cells that are in some markets only: (k, n) for every n-th market from the k-th."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What else is fixed before the first run, by its name; plain values."""

    @property
    def seeds(self) -> range:
        """Seeds of the markets."""
        return range(self.design.first_seed, self.design.first_seed + self.design.seeds)

    @property
    def total(self) -> int:
        """How many runs there are."""
        return sum(self.markets_of(cell) for cell in self.cells) * self.design.forks

    def cells_in(self, seed: int) -> list[Cell]:
        """The cells that are run in the market of this seed."""
        number = seed - self.design.first_seed
        every = ((cell, *self.parts.get(cell.key, (0, 1))) for cell in self.cells)
        return [cell for cell, first, step in every if number % step == first]

    def markets_of(self, cell: Cell) -> int:
        """In how many markets a cell is run."""
        first, step = self.parts.get(cell.key, (0, 1))
        return len(range(first, self.design.seeds, step))

    def sized(self) -> list[tuple[str, str, str, float]]:
        """(population, displaces, stress, share) of all whose number a pilot has to find."""
        found = {
            (c.policy, c.displaces, self.pilot_stress(c), c.rl_share): None
            for c in self.cells
            if c.policy and c.rl_share
        }
        return list(found)

    def pilot_population(self, name: str) -> PolicyMix:
        """Those who trade in the pilot markets in which a population's number is found.

        The first ``pilot_policies`` of its kind together, the selected ones left out; of sets and
        populations as many as have so many policies. Mixes, and the few of a kind that has no more,
        are found by themselves.
        """
        own, most = self.populations[name], self.design.rl.pilot_policies
        if most == 0 or not own.repeats or own.selected:
            return own
        like = [
            other
            for other in self.populations.values()
            if other.algorithm == own.algorithm and other.repeats and not other.selected
        ]
        each = max(len(other.policies) for other in like)
        together = most // each
        if (each > 1 and together < 2) or len(like) <= together:
            return own
        chosen = sorted(like, key=lambda other: other.name)[:together]
        policies = tuple(policy for other in chosen for policy in other.policies)
        return PolicyMix(f"pilot {own.algorithm}", own.algorithm, policies)

    def pilot_stress(self, cell: Cell) -> str:
        """The stress of the pilot markets in which the number of a cell's traders is found."""
        return CALM if self.design.rl.pilots == "calm" else cell.stress

    def with_seeds(self, seeds: int) -> Plan:
        """The same plan with another number of markets."""
        return replace(self, design=self.design.model_copy(update={"seeds": seeds}))

    def digest(self) -> str:
        """Fingerprint of everything that determines a run, but the number of markets.

        More markets add runs to the same results, and what only the report needs may change;
        anything else gives other numbers.
        """
        content = {
            "design": self._of_results(),
            "scenario": self.scenario.model_dump(mode="json"),
            "policies": {name: p.digest() for name, p in self.populations.items()},
            "version": program_version(),
            "market": source_version(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _of_results(self) -> dict[str, Any]:
        """What the design says of runs, as plain values."""
        design = self.design
        unimportant = {
            *("seeds", "paths", "question", "primary", "second", "level"),
            *("hypothesis", "hypothesis_groups", "expected", "also"),
            "train",  # what was trained is in the policies
            "game",  # no experiment has one
        }
        # Results of designs from before there was any stay theirs.
        if not design.vary:
            unimportant.add("vary")
        if design.control_copies == 1:
            unimportant.add("control_copies")
        said = design.model_dump(mode="json", exclude=unimportant)
        for name in ("sets_of", "populations"):
            if not getattr(design.rl, name):
                del said["rl"][name]
        return said


def make_plan(
    design: Design,
    path: Path | str | None = None,
    file_text: str = "",
    stand_ins: Mapping[str, StandIn] | None = None,
) -> Plan:
    """Look up scenario and policies, and enumerate the cells.

    ``path`` is where the design was read from: a scenario file may be given relative to it.
    ``stand_ins`` tell by name of models that are still to be trained: such a plan tells cells and
    cost, and must not be run. Raises :class:`ScenarioError` if a scenario or a
    policy cannot be found.
    """
    if design.game:
        raise problem_of(
            path,
            "game",
            f'is "{design.game}", and no experiment plays it',
            "try it as a claim (abm-desktop reproduce FILE)",
        )
    scenario = _scenario(design, path)
    populations = find_populations(design, path, stand_ins or {})
    dose = find_dose(design, path, populations)
    stresses: dict[str, AnyStress | None] = {CALM: None} if design.calm else {}
    stresses |= dict(zip(_stress_labels(design), design.stress, strict=True))
    interventions: dict[str, dict[str, tuple[bool, dict[str, float]]]] = (
        {NO_INTERVENTION: {}} if design.without_intervention else {}
    )
    for arm in design.intervention:
        interventions[arm.name] = {
            rule: (given.on, given.model_dump(exclude={"on"}))
            for rule in type(arm).model_fields
            if rule != "name" and (given := getattr(arm, rule)) is not None
        }
    variants = {AS_IT_IS: scenario} | _variants(design, scenario, path)
    cells = tuple(
        replace(cell, variant=variant, copy=copy)
        for variant in variants
        for cell in _cells(design, list(stresses), list(interventions), populations)
        for copy in range(design.control_copies if cell.arm in (CONTROL, ROOM_ONLY) else 1)
    )
    if not cells:
        raise problem_of(path, "rl.shares", "leaves no cell to run", "add 0, or a policy")
    parts = _parts(design, cells, populations)
    return Plan(
        design,
        file_text,
        scenario,
        variants,
        stresses,
        interventions,
        populations,
        dose,
        cells,
        parts,
    )


def _variants(design: Design, scenario: Scenario, path: Path | str | None) -> dict[str, Scenario]:
    found = {}
    for k, variant in enumerate(design.vary):
        try:
            found[variant.name] = varied(scenario, variant)
        except ScenarioError as error:
            first = error.problems[0]
            key = f"vary[{k}]" + (f": {first.key}" if first.key else "")
            raise problem_of(path, key, first.message, first.remedy) from error
        _check_length(design, found[variant.name], path)
    return found


def _cells(
    design: Design, stresses: list[str], interventions: list[str], people: dict[str, PolicyMix]
) -> Iterator[Cell]:
    rl = design.rl
    shares = [share for share in rl.shares if share > 0]
    arms = ["+".join(rl.displaces)]
    if rl.other_displaces and set(rl.other_displaces) != set(rl.displaces):
        arms.append("+".join(rl.other_displaces))
    placebo_shares = rl.placebo_shares or tuple(shares[-1:] and [max(shares)])
    trained = [p for p in people.values() if p.algorithm != UNTRAINED]
    untrained = [p for p in people.values() if p.algorithm == UNTRAINED]
    for stress in stresses:
        for rule in interventions:
            control = Cell(stress, rule, CONTROL, "", "", 0.0, "", "frozen")
            if 0.0 in rl.shares:
                yield control
            for displaces in arms:
                common = replace(control, displaces=displaces)
                for share, mode, p in itertools.product(shares, rl.modes, trained):
                    if mode == "learning" and len(p.policies) > 1:
                        continue  # what learns is one policy
                    for rate in rl.learning_rates if mode == "learning" else (0.0,):
                        yield replace(
                            common,
                            arm=TRAINED,
                            policy=p.name,
                            algorithm=p.algorithm,
                            rl_share=share,
                            mode=mode,
                            learning_rate=rate,
                        )
                if rl.room_only and design.level != "learning_rate":
                    makes_room = {*shares, *(placebo_shares if untrained else ())}
                    for share in sorted(makes_room) if people else ():
                        yield replace(common, arm=ROOM_ONLY, rl_share=share)
                for share in placebo_shares:
                    for p in untrained:
                        yield replace(
                            common,
                            arm=UNTRAINED,
                            policy=p.name,
                            algorithm=UNTRAINED,
                            rl_share=share,
                        )
                    if "rule_clones" in rl.placebos:
                        yield replace(common, arm=RULE_CLONES, rl_share=share)
            if design.unforked and shares and "frozen" in rl.modes:
                for p in trained:
                    yield replace(
                        control,
                        arm=TRAINED,
                        policy=p.name,
                        algorithm=p.algorithm,
                        rl_share=design.main_share() or max(shares),
                        displaces=arms[0],
                        start=OPEN,
                    )
            if "zero_size" in rl.placebos and people and shares:
                first = next(iter(people.values()))
                yield replace(
                    control,
                    arm=ZERO_SIZE,
                    policy=first.name,
                    algorithm=first.algorithm,
                    displaces=arms[0],
                    rl_share=min(shares),
                )


def _parts(
    design: Design, cells: tuple[Cell, ...], people: Mapping[str, PolicyMix]
) -> dict[str, tuple[int, int]]:
    """Cells whose policies divide the markets: each plays in as many, and in others than the rest.

    Every market is so met once by each algorithm, at the cost of one policy: the differences
    between markets and between policies both average out, as far as so many runs allow. So do sets
    and populations of one kind, each of which plays as one. Untrained policies divide them too if
    those of all shares do. Mixes do not: two of them are two treatments and no repetition of one.
    """
    split = design.rl.split_markets
    trained = [
        cell
        for cell in cells
        if (cell.arm == TRAINED and people[cell.policy].repeats)
        or (cell.arm == UNTRAINED and split == "always")
    ]
    policies: dict[str, list[str]] = {}
    for cell in trained:
        mine = policies.setdefault(cell.algorithm, [])
        if cell.policy not in mine:
            mine.append(cell.policy)
    out = {}
    for cell in trained:
        other = split == "other_shares" and cell.rl_share != design.main_share()
        if split == "always" or other or cell.start == OPEN:
            mine = policies[cell.algorithm]
            out[cell.key] = (mine.index(cell.policy), len(mine))
    return out


def _stress_labels(design: Design) -> list[str]:
    """The kind, with what sets it apart if there are several of one kind."""
    labels: list[str] = []
    kinds = [event.type for event in design.stress]
    for event in design.stress:
        label: str = event.type
        if kinds.count(event.type) > 1:
            label = f"{event.type} {event.strength:g}"
        stem, n = label, 2
        while label in labels:
            label, n = f"{stem} ({n})", n + 1
        labels.append(label)
    return labels


def _scenario(design: Design, path: Path | str | None) -> Scenario:
    beside = Path(path).parent / design.scenario if path is not None else None
    try:
        found = beside if beside is not None and beside.is_file() else None
        scenario = load_scenario(found or find_scenario(design.scenario))
    except ScenarioError as error:
        if error.path is not None and error.path.is_file():
            raise
        raise problem_of(
            path, "scenario", error.problems[0].message, error.problems[0].remedy
        ) from (error)
    try:
        check_simulated(scenario)
    except InputError as error:
        raise problem_of(path, "scenario", error.message, error.remedy) from error
    _check_length(design, scenario, path)
    if scenario.rl or scenario.stress:
        scenario = scenario.model_copy(update={"rl": (), "stress": ()})
    return scenario


def _check_length(design: Design, scenario: Scenario, path: Path | str | None) -> None:
    last = design.shock_times()[-1] + design.after
    if last > scenario.market.session:
        raise problem_of(
            path,
            "after",
            f"reaches {last:g} s after the open, past the end of {scenario.name!r} at "
            f"{scenario.market.session:g} s",
            "shorten lead, after or fork_gap, or have fewer forks",
        )


def displaced_classes(cell: Cell) -> tuple[str, ...]:
    """Sections of the population that make room in a cell."""
    return tuple(name for name in DISPLACEABLE if name in cell.displaces.split("+"))
