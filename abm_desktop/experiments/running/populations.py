"""Who the RL traders of a design are: models of the registry, mixes of them, untrained policies."""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.experiments.design import Design, RLFactors
from abm_desktop.experiments.running.doses import TAKEN, Dose, dose_of
from abm_desktop.learning.registry import models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE, Role, RoleSizes, find_role
from abm_desktop.market.roles.numbers import DIRECTIONAL
from abm_desktop.market.state import NETWORK_SLOTS
from abm_desktop.model_folders import bundled_dir, folder_of
from abm_desktop.scenario import ScenarioError
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.explain import suggestion

__all__ = [
    "UNTRAINED",
    "PolicyMix",
    "check_displaced",
    "find_dose",
    "find_populations",
    "problem_of",
    "untrained_policy",
]

UNTRAINED = "untrained"
_HIDDEN = (64, 64)
"""Layers of an untrained policy where no trained one shows the shape."""


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


def find_populations(
    design: Design, path: Path | str | None, stand_ins: Mapping[str, tuple[str, str]]
) -> dict[str, PolicyMix]:
    """Every population of RL traders that a design names, by name; untrained ones last.

    ``stand_ins`` are (algorithm, role) by name of models that are still to be trained. Raises
    :class:`ScenarioError` if a model is not there, or no share of anything can be given to it.
    """
    rl = design.rl
    if not any(share > 0 for share in rl.shares):
        return {}
    known = models.list_models(studies=True)
    algorithms = {info.name: info.algorithm for info in known if dose_of(find_role(info.role))}
    others = {info.name: info.role for info in known if info.name not in algorithms}
    algorithms |= {name: algorithm for name, (algorithm, _) in stand_ins.items()}
    remedy = (
        "the study trains its own: abm-desktop experiment makes what is missing"
        if design.train
        else ""
    )

    def load(name: str) -> PolicyNet:
        if name in stand_ins:
            return untrained_policy(0, None, name, stand_ins[name][1])
        return _load(name, path)

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
        if len(members) > NETWORK_SLOTS:
            raise problem_of(
                path,
                f"rl.mixed[{k}]",
                f"names {len(members)} policies, and a market holds {NETWORK_SLOTS}",
                "name fewer, or a narrower pattern",
            )
        label = "mix " + "+".join(members)
        kinds = {algorithms[name] for name in members}
        # Mixes of one algorithm are another kind of traders than those of several.
        algorithm = f"mixed {kinds.pop()}" if len(kinds) == 1 else "mixed"
        found[label] = PolicyMix(label, algorithm, tuple(load(name) for name in members))
    if "untrained" in rl.placebos:
        example = next((p.policies[0] for p in found.values()), None)
        for n in range(rl.untrained_policies):
            name = f"untrained-{n + 1}"
            found[name] = PolicyMix(name, UNTRAINED, (untrained_policy(n, example, name),))
    return found


def check_displaced(rl: RLFactors, path: Path | str | None, role: Role) -> None:
    """Raise :class:`ScenarioError` if traders make room whose place a role cannot take."""
    dose = dose_of(role) or TAKEN
    for key in ("displaces", "other_displaces"):
        wrong = [name for name in getattr(rl, key) if name not in dose.displaces]
        if wrong:
            raise problem_of(
                path,
                f"rl.{key}",
                f"names {wrong[0]}, whose place {role.noun} does not take",
                f"give {key} = [{', '.join(map(repr, dose.displaces))}]".replace("'", '"'),
            )


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


def find_dose(
    design: Design, path: Path | str | None, populations: Mapping[str, PolicyMix]
) -> Dose:
    """What the shares of a design are shares of: what its traders make up.

    Raises :class:`ScenarioError` if traders make up different things, those that make room are
    none whose place such traders can take, or nothing that a design asks for can be done with them.
    """
    rl = design.rl
    trained = [mix for mix in populations.values() if mix.algorithm != UNTRAINED]
    roles = {policy.role: mix.name for mix in trained for policy in mix.policies}
    doses = {(dose_of(find_role(role)) or TAKEN).name: name for role, name in roles.items()}
    if len(doses) > 1:
        raise problem_of(
            path,
            "rl.policies",
            f"{' and '.join(doses.values())} make up shares of different things "
            f"({', '.join(doses)})",
            "give an experiment to each",
        )
    role = find_role(next(iter(roles), DEFAULT_ROLE))
    dose = dose_of(role) or TAKEN
    if populations or rl.placebos:
        check_displaced(rl, path, role)
    if "rule_clones" in rl.placebos and not dose.has_clones:
        raise problem_of(
            path,
            "rl.placebos",
            f"has rule_clones, which make up no share of the {dose.words}",
            "leave them out, or name untrained",
        )
    if "zero_size" in rl.placebos and not dose.has_sizes:
        raise problem_of(
            path,
            "rl.placebos",
            f"has zero_size, and {role.noun} works off parent orders whatever its size",
            "leave it out, or name untrained",
        )
    if "learning" in rl.modes and populations and role.code != DIRECTIONAL:
        raise problem_of(
            path,
            "rl.modes",
            f"has learning, and {role.noun} cannot learn while a market runs",
            'give modes = ["frozen"], or name directional models without memory',
        )
    return dose


def _other_role(path: Path | str | None, key: str, name: str, role: str) -> ScenarioError:
    return problem_of(
        path,
        key,
        f'model "{name}" was trained as {role}, and an experiment has no share to give to it',
        "choose a directional trader, a maker or an executor (abm-desktop models list)",
    )


def problem_of(path: Path | str | None, key: str, message: str, remedy: str) -> ScenarioError:
    """One thing that is wrong in an experiment's file."""
    return ScenarioError(path, [Problem(None, key, message, remedy)])


def untrained_policy(
    number: int, like: PolicyNet | None, name: str, role_name: str = DEFAULT_ROLE
) -> PolicyNet:
    """Random weights in the shape, and the role, of another policy; it draws its actions.

    Without another one it has the role that is named.

    Taking the most likely action instead would make it buy, or sell, to its limit and then stand
    still: a trader without any flow is no placebo for one with.
    """
    role = find_role(role_name if like is None else like.role)
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
        sizes=like.sizes if like is not None else RoleSizes(),
    )
