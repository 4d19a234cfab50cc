"""From a design to its cells: every combination that is run, in a fixed order, and what it needs.

A cell is one combination of stress, intervention and kind of traders. It is run once from every
fork of every market; two cells of one fork differ in nothing but what makes the cell.
"""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from abm_desktop.experiments.design import DISPLACEABLE, Design
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.provenance import program_version
from abm_desktop.market.compiled import source_version
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.recorded_day import check_simulated
from abm_desktop.market.roles import DEFAULT_ROLE, find_role
from abm_desktop.model_folders import bundled_dir, folder_of
from abm_desktop.scenario import Scenario, ScenarioError, find_scenario, load_scenario
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.stress import AnyStress

__all__ = [
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
TRAINED, UNTRAINED, RULE_CLONES, ZERO_SIZE = "trained", "untrained", "rule clones", "zero size"
"""Arms: who takes the place of the displaced traders. The control has the arm "control"."""
CONTROL = "control"
ROOM_ONLY = "room only"
"""The arm in which the displaced classes make room and nobody comes: the removal by itself."""

FORK, OPEN = "fork", "open"
"""If a treatment begins: in a copy shortly before the shock, or at the open of the session."""

_HIDDEN = (64, 64)
"""Layers of an untrained policy where no trained one shows the shape."""


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
    """Share of the taker volume that is to change hands; 0 is the control."""
    displaces: str
    mode: str
    learning_rate: float = 0.0
    """Multiple of the usual one; 0 if nothing is learned."""
    start: str = FORK

    @property
    def key(self) -> str:
        """A text that names the cell among all of its experiment."""
        parts = (self.stress, self.intervention, self.arm, self.policy)
        numbers = (f"{self.rl_share:g}", self.displaces, self.mode, f"{self.learning_rate:g}")
        return "|".join((*parts, *numbers, self.start))

    def columns(self) -> dict[str, object]:
        """The factors as columns of a table."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PolicyMix:
    """RL traders of one cell: one policy, or several in equal numbers."""

    name: str
    algorithm: str
    policies: tuple[PolicyNet, ...]
    selected: bool = False
    """Whether it was chosen for what it does, and so is no random draw of its recipe."""

    def digest(self) -> str:
        """Fingerprint of what the policies do."""
        found = hashlib.sha256()
        for policy in self.policies:
            header, flat = policy.packed()
            found.update(header.tobytes() + flat.tobytes() + bytes([policy.greedy]))
        return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """A design with everything it names looked up; what a worker needs to run a market."""

    design: Design
    file_text: str
    scenario: Scenario
    stresses: dict[str, AnyStress | None]
    """Event of each stress label; None for calm."""
    interventions: dict[str, dict[str, tuple[bool, dict[str, float]]]]
    """By label: rules with whether they are on, and their parameters."""
    populations: dict[str, PolicyMix]
    cells: tuple[Cell, ...]
    parts: dict[str, tuple[int, int]]
    """By key of cells that are in some markets only: (k, n) for every n-th market from the k-th."""

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
        unimportant = {
            *("seeds", "paths", "question", "primary", "second", "level"),
            *("hypothesis", "hypothesis_groups", "expected", "also"),
            "train",  # what was trained is in the policies
        }
        content = {
            "design": self.design.model_dump(mode="json", exclude=unimportant),
            "scenario": self.scenario.model_dump(mode="json"),
            "policies": {name: p.digest() for name, p in self.populations.items()},
            "version": program_version(),
            "market": source_version(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def make_plan(
    design: Design,
    path: Path | str | None = None,
    file_text: str = "",
    stand_ins: Mapping[str, str] | None = None,
) -> Plan:
    """Look up scenario and policies, and enumerate the cells.

    ``path`` is where the design was read from: a scenario file may be given relative to it.
    ``stand_ins`` are algorithms by name of models that are still to be trained: such a plan tells
    cells and cost, and must not be run. Raises :class:`ScenarioError` if a scenario or a policy
    cannot be found.
    """
    scenario = _scenario(design, path)
    populations = _populations(design, path, stand_ins or {})
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
    cells = tuple(_cells(design, list(stresses), list(interventions), populations))
    if not cells:
        raise _problem(path, "rl.shares", "leaves no cell to run", "add 0, or a policy")
    parts = _parts(design, cells)
    return Plan(design, file_text, scenario, stresses, interventions, populations, cells, parts)


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


def _parts(design: Design, cells: tuple[Cell, ...]) -> dict[str, tuple[int, int]]:
    """Cells whose policies divide the markets: each plays in as many, and in others than the rest.

    Every market is so met once by each algorithm, at the cost of one policy: the differences
    between markets and between policies both average out, as far as so many runs allow.
    """
    trained = [cell for cell in cells if cell.arm == TRAINED]
    policies: dict[str, list[str]] = {}
    for cell in trained:
        mine = policies.setdefault(cell.algorithm, [])
        if cell.policy not in mine:
            mine.append(cell.policy)
    out = {}
    for cell in trained:
        split = design.rl.split_markets
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
        raise _problem(path, "scenario", error.problems[0].message, error.problems[0].remedy) from (
            error
        )
    try:
        check_simulated(scenario)
    except InputError as error:
        raise _problem(path, "scenario", error.message, error.remedy) from error
    last = design.shock_times()[-1] + design.after
    if last > scenario.market.session:
        raise _problem(
            path,
            "after",
            f"reaches {last:g} s after the open, past the end of {scenario.name!r} at "
            f"{scenario.market.session:g} s",
            "shorten lead, after or fork_gap, or have fewer forks",
        )
    if scenario.rl or scenario.stress:
        scenario = scenario.model_copy(update={"rl": (), "stress": ()})
    return scenario


def _populations(
    design: Design, path: Path | str | None, stand_ins: Mapping[str, str]
) -> dict[str, PolicyMix]:
    rl = design.rl
    if not any(share > 0 for share in rl.shares):
        return {}
    known = models.list_models(studies=True)
    algorithms = {info.name: info.algorithm for info in known if find_role(info.role).takes_volume}
    others = {info.name: info.role for info in known if info.name not in algorithms}
    algorithms |= stand_ins
    remedy = (
        "the study trains its own: abm-desktop experiment makes what is missing"
        if design.train
        else ""
    )

    def load(name: str) -> PolicyNet:
        return untrained_policy(0, None, name) if name in stand_ins else _load(name, path)

    for key, names in (("rl.policies", rl.policies), ("rl.mixed", sum(rl.mixed, ()))):
        for name in names:
            if name in others:
                raise _other_role(path, key, name, others[name])
    found: dict[str, PolicyMix] = {}
    for k, pattern in enumerate(rl.policies):
        for name in _matching(pattern, algorithms, f"rl.policies[{k}]", path, remedy):
            chosen = folder_of(name).parent == bundled_dir()
            found[name] = PolicyMix(name, algorithms[name], (load(name),), chosen)
    for k, names in enumerate(rl.mixed):
        members = list(
            dict.fromkeys(
                name
                for pattern in names
                for name in _matching(pattern, algorithms, f"rl.mixed[{k}]", path, remedy)
            )
        )
        label = "mix " + "+".join(members)
        found[label] = PolicyMix(label, "mixed", tuple(load(name) for name in members))
    if "untrained" in rl.placebos:
        example = next((p.policies[0] for p in found.values()), None)
        for n in range(rl.untrained_policies):
            name = f"untrained-{n + 1}"
            found[name] = PolicyMix(name, UNTRAINED, (untrained_policy(n, example, name),))
    return found


def _matching(
    pattern: str, algorithms: dict[str, str], key: str, path: Path | str | None, other: str
) -> list[str]:
    names = sorted(name for name in algorithms if fnmatch.fnmatchcase(name, pattern))
    if names:
        return names
    remedy = other or suggestion(pattern, sorted(algorithms), "models")
    what = "no model matches" if any(c in pattern for c in "*?[") else "there is no model called"
    raise _problem(path, key, f'{what} "{pattern}"', f"{remedy} (abm-desktop models list)")


def _load(name: str, path: Path | str | None) -> PolicyNet:
    try:
        policy = models.load_policy(name)
    except models.ModelError as error:
        raise _problem(path, "rl.policies", str(error), "choose another model") from error
    if not find_role(policy.role).takes_volume:
        raise _other_role(path, "rl.policies", name, policy.role)
    return policy


def _other_role(path: Path | str | None, key: str, name: str, role: str) -> ScenarioError:
    return _problem(
        path,
        key,
        f'model "{name}" was trained as {role}; an experiment gives a share of the taker volume to '
        "directional traders",
        "choose a directional model (abm-desktop models list --role directional)",
    )


def _problem(path: Path | str | None, key: str, message: str, remedy: str) -> ScenarioError:
    return ScenarioError(path, [Problem(None, key, message, remedy)])


def untrained_policy(number: int, like: PolicyNet | None, name: str) -> PolicyNet:
    """Random weights in the shape of another policy; it draws its actions.

    Taking the most likely action instead would make it buy, or sell, to its limit and then stand
    still: a trader without any flow is no placebo for one with.
    """
    role = find_role(DEFAULT_ROLE if like is None else like.role)
    hidden = _HIDDEN if like is None else [len(b) for b in like.biases[:-1]]
    sizes = [len(role.observations), *hidden, len(role.actions)]
    random = np.random.default_rng([20_260_101, number])
    weights = tuple(
        (random.standard_normal((n, m)) / np.sqrt(n)).astype(np.float32)
        for n, m in itertools.pairwise(sizes)
    )
    return PolicyNet(
        weights,
        tuple(np.zeros(m, np.float32) for m in sizes[1:]),
        activation=like.activation if like is not None else "tanh",
        greedy=False,
        name=name,
        role=role.name,
    )


def displaced_classes(cell: Cell) -> tuple[str, ...]:
    """Sections of the population that make room in a cell."""
    return tuple(name for name in DISPLACEABLE if name in cell.displaces.split("+"))
