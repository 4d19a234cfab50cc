"""Who the RL traders of a cell are, what a share of theirs is of, and who makes room for them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from abm_desktop.experiments.design import Design, RLFactors
from abm_desktop.experiments.running.doses import TAKEN, Dose, dose_of
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE, Role, RoleSizes, find_role
from abm_desktop.market.roles.numbers import DIRECTIONAL
from abm_desktop.market.state import NETWORK_SLOTS
from abm_desktop.scenario import ScenarioError
from abm_desktop.scenario.errors import Problem

__all__ = [
    "UNTRAINED",
    "PolicyMix",
    "StandIn",
    "check_displaced",
    "check_one_dose",
    "check_together",
    "find_dose",
    "problem_of",
    "untrained_policy",
]

UNTRAINED = "untrained"
_HIDDEN = (64, 64)
"""Layers of an untrained policy where no trained one shows the shape."""


class StandIn(NamedTuple):
    """What is known of a model that is still to be trained."""

    algorithm: str
    role: str
    population: str = ""
    """Name of the population that it is to learn in."""


@dataclass(frozen=True, slots=True)
class PolicyMix:
    """RL traders of one cell: one policy, or several in equal numbers."""

    name: str
    algorithm: str
    policies: tuple[PolicyNet, ...]
    selected: bool = False
    """Whether it was chosen for what it does, and so is no random draw of its recipe."""
    repeats: bool = True
    """Whether it is one repetition of its kind: a training, a set of them, or a population."""

    def digest(self) -> str:
        """Fingerprint of what the policies do."""
        found = hashlib.sha256()
        for policy in self.policies:
            header, flat = policy.packed()
            found.update(header.tobytes() + flat.tobytes() + bytes([policy.greedy]))
        return found.hexdigest()


def check_together(policies: int, path: Path | str | None, key: str) -> None:
    """Raise :class:`ScenarioError` if more policies are to trade together than a market holds."""
    if policies > NETWORK_SLOTS:
        raise problem_of(
            path,
            key,
            f"names {policies} policies, and a market holds {NETWORK_SLOTS}",
            "name fewer, or a narrower pattern",
        )


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
    for mix in trained:
        key = "rl.populations" if mix.repeats else "rl.mixed"
        check_one_dose([policy.role for policy in mix.policies], path, mix.name, key)
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


def check_one_dose(roles: Sequence[str], path: Path | str | None, name: str, key: str) -> None:
    """Raise :class:`ScenarioError` if traders that share a cell make up different things."""
    doses = {(dose_of(find_role(role)) or TAKEN).words: role for role in roles}
    if len(doses) > 1:
        raise problem_of(
            path,
            key,
            f"{name} has {' and '.join(sorted(doses.values()))}, who make up shares of different "
            f"things ({', '.join(sorted(doses))})",
            "give traders of one kind of share, such as directional ones alone",
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
