"""Looks up the RL traders that a design names: models, mixes, sets of trainings, populations."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.kinds import mix_kind, population_kind, set_kind
from abm_desktop.experiments.running.doses import dose_of
from abm_desktop.experiments.running.populations import (
    UNTRAINED,
    PolicyMix,
    StandIn,
    check_together,
    problem_of,
    untrained_policy,
)
from abm_desktop.learning.population.config import PopulationConfig
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.model_folders import bundled_dir, folder_of
from abm_desktop.scenario import ScenarioError
from abm_desktop.scenario.explain import suggestion

__all__ = ["find_populations"]


def find_populations(
    design: Design, path: Path | str | None, stand_ins: Mapping[str, StandIn]
) -> dict[str, PolicyMix]:
    """All RL traders that a design names, by the name of their cell; untrained ones last.

    ``stand_ins`` tell by name of models that are still to be trained. Raises
    :class:`ScenarioError` if a model is not there, or no share of anything can be given to it.
    """
    if not any(share > 0 for share in design.rl.shares):
        return {}
    found = _Traders(design, path, stand_ins).find()
    if "untrained" in design.rl.placebos:
        example = next((p.policies[0] for p in found.values()), None)
        for n in range(design.rl.untrained_policies):
            name = f"untrained-{n + 1}"
            found[name] = PolicyMix(name, UNTRAINED, (untrained_policy(n, example, name),))
    return found


class _Traders:
    """Looks up what a design names of the registry."""

    def __init__(
        self, design: Design, path: Path | str | None, stand_ins: Mapping[str, StandIn]
    ) -> None:
        self._rl, self._path, self._stand_ins = design.rl, path, stand_ins
        known = models.list_models(studies=True)
        self._algorithms = {i.name: i.algorithm for i in known if dose_of(find_role(i.role))}
        self._others = {i.name: i.role for i in known if i.name not in self._algorithms}
        self._algorithms |= {name: one.algorithm for name, one in stand_ins.items()}
        self._populations = _populations_of(known) if design.rl.populations else {}
        for name, one in stand_ins.items():
            if one.population:
                members = self._populations.setdefault(one.population, _Population([], {}))
                if name not in members.policies:
                    members.policies.append(name)
        self._remedy = (
            "the study trains its own: abm-desktop experiment makes what is missing"
            if design.train
            else ""
        )

    def find(self) -> dict[str, PolicyMix]:
        """Policies by themselves or in sets, mixes and populations, by name."""
        rl = self._rl
        for key, names in (("rl.policies", rl.policies), ("rl.mixed", sum(rl.mixed, ()))):
            for name in names:
                if name in self._others:
                    raise _other_role(self._path, key, name, self._others[name])
        found: dict[str, PolicyMix] = {}
        for k, pattern in enumerate(rl.policies):
            for name in self._matching(pattern, f"rl.policies[{k}]"):
                one = (self._load(name),)
                found[name] = PolicyMix(name, self._algorithms[name], one, _chosen(name))
        if rl.sets_of:
            found = self._in_sets(found, rl.sets_of)
        for k, names in enumerate(rl.mixed):
            key = f"rl.mixed[{k}]"
            members = list(dict.fromkeys(n for name in names for n in self._matching(name, key)))
            check_together(len(members), self._path, key)
            label = "mix " + "+".join(members)
            kind = mix_kind({self._algorithms[name] for name in members})
            policies = tuple(self._load(name) for name in members)
            found[label] = PolicyMix(label, kind, policies, repeats=False)
        return found | self._together()

    def _in_sets(self, single: dict[str, PolicyMix], size: int) -> dict[str, PolicyMix]:
        found: dict[str, PolicyMix] = {}
        for algorithm in dict.fromkeys(one.algorithm for one in single.values()):
            alike = sorted(name for name, one in single.items() if one.algorithm == algorithm)
            if over := len(alike) % size:
                raise problem_of(
                    self._path,
                    "rl.sets_of",
                    f"is {size}, and {len(alike)} policies of {algorithm} leave {over} over",
                    f"name {len(alike) - over} of them, or another number",
                )
            for k in range(0, len(alike), size):
                members = [single[name] for name in alike[k : k + size]]
                label = "set " + "+".join(one.name for one in members)
                policies = tuple(one.policies[0] for one in members)
                chosen = any(one.selected for one in members)
                found[label] = PolicyMix(label, set_kind(size, algorithm), policies, chosen)
        return found

    def _together(self) -> dict[str, PolicyMix]:
        """The populations, each with a kind by the stem of its name if there are several stems."""
        there: dict[str, str] = {}
        for k, pattern in enumerate(self._rl.populations):
            key = f"rl.populations[{k}]"
            names = sorted(n for n in self._populations if fnmatch.fnmatchcase(n, pattern))
            if not names:
                remedy = self._remedy or suggestion(pattern, sorted(self._populations), "ones")
                raise problem_of(
                    self._path, key, f'names no population that learned: "{pattern}"', remedy
                )
            there |= dict.fromkeys(names, key)
        found = {}
        stems = {name: re.sub(r"-?\d+$", "", name) for name in there}
        firsts: dict[str, str] = {}
        for name, key in there.items():
            population = self._populations[name]
            gone = [one for one in population.policies if one not in self._algorithms]
            if gone and gone[0] in self._others:
                raise _other_role(self._path, key, gone[0], self._others[gone[0]])
            if gone:
                raise problem_of(
                    self._path,
                    key,
                    f"names population {name}, and its {gone[0]} is gone",
                    "bring that model back, or name others",
                )
            check_together(len(population.policies), self._path, key)
            first = firsts.setdefault(stems[name], name)
            if other := self._populations[first].differs(population):
                raise problem_of(
                    self._path,
                    key,
                    f"{name} learned by another {', '.join(other)} than {first}, and names that "
                    "differ by a number at their end are of one kind",
                    "let them have other names, or leave one of them out",
                )
            several = len(set(stems.values())) > 1
            label = f"population {name}"
            found[label] = PolicyMix(
                label,
                population_kind(stems[name] if several else ""),
                tuple(self._load(one) for one in population.policies),
            )
        return found

    def _matching(self, pattern: str, key: str) -> list[str]:
        return _matching(pattern, self._algorithms, key, self._path, self._remedy)

    def _load(self, name: str) -> PolicyNet:
        if name in self._stand_ins:
            return untrained_policy(0, None, name, self._stand_ins[name].role)
        return _load(name, self._path)


class _Population(NamedTuple):
    """Models that learned together, and the settings that they learned with."""

    policies: list[str]
    settings: dict[str, Any]

    def differs(self, other: _Population) -> list[str]:
        """Settings that make two populations of two kinds; none if one is still to be trained."""
        apart = {"name", "seed", "threads", "checkpoint_interval", "judging"}
        if not (self.settings and other.settings):
            return []
        keys = (self.settings.keys() | other.settings.keys()) - apart
        return sorted(k for k in keys if self.settings.get(k) != other.settings.get(k))


def _populations_of(known: list[ModelInfo]) -> dict[str, _Population]:
    """The populations with a name that models of the registry learned in."""
    found: dict[str, _Population] = {}
    for info in known:
        settings = info.metrics.get("population", {}).get("settings", {})
        name = settings.get("name", "")
        if name and name not in found:
            try:
                config = PopulationConfig.model_validate(settings)
            except ValueError:  # of another version of the program
                continue
            names = config.model_names(name)
            if info.name in names:  # else it was renamed
                found[name] = _Population(names, config.model_dump(mode="json"))
    return found


def _chosen(name: str) -> bool:
    return folder_of(name).parent == bundled_dir()


def _matching(
    pattern: str, algorithms: dict[str, str], key: str, path: Path | str | None, other: str
) -> list[str]:
    names = sorted(name for name in algorithms if fnmatch.fnmatchcase(name, pattern))
    if names:
        return names
    # Of the trainings of studies there are too many to name, unless one is nearly meant.
    listed = sorted({info.name for info in models.list_models()} & {*algorithms})
    remedy = other or suggestion(pattern, sorted(algorithms), "models", listed)
    what = "no model matches" if any(c in pattern for c in "*?[") else "there is no model called"
    raise problem_of(path, key, f'{what} "{pattern}"', f"{remedy} (abm-desktop models list)")


def _load(name: str, path: Path | str | None) -> PolicyNet:
    try:
        policy = models.load_policy(name)
    except models.ModelError as error:
        raise problem_of(path, "rl.policies", str(error), "choose another model") from error
    if dose_of(find_role(policy.role)) is None:
        raise _other_role(path, "rl.policies", name, policy.role)
    return policy


def _other_role(path: Path | str | None, key: str, name: str, role: str) -> ScenarioError:
    return problem_of(
        path,
        key,
        f'model "{name}" was trained as {role}, and an experiment has no share to give to it',
        "choose a directional trader, a maker or an executor (abm-desktop models list)",
    )
