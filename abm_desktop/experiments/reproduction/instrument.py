"""What tries a claim that is about learners' own games, and not about shares of a market.

An instrument is a game (:mod:`abm_desktop.experiments.games`) with the models and rules that play
it. Each of them is a cell, as of an experiment, so that tests name and compare them alike; a run
is what one of them comes to in one market.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.games import executors, insider, likeness, market_game
from abm_desktop.experiments.games.likeness import FORECASTS, REPRESENTATIONS
from abm_desktop.experiments.games.market_game import Decide
from abm_desktop.experiments.running.cells import CALM, NO_INTERVENTION, TRAINED, Cell
from abm_desktop.experiments.running.registration import market_digest
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry import models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario

__all__ = ["RULE", "Instrument"]

RULE = "rule"
"""Arm of the rules that play beside trained models; the rule is the cell's algorithm."""

OF_EACH = 4
"""Models of each algorithm in a group whose likeness is told."""

_GAMES: Mapping[str, ModuleType] = {"executors": executors, "insider": insider}
"""Those that single players play: ``RULES`` and ``play``."""
_CODE: Mapping[str, tuple[ModuleType, ...]] = {
    "executors": (executors, market_game),
    "insider": (insider, market_game),
    "likeness": (likeness,),
}
"""Modules that a game is made of."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument in one market, with the models that it names.

    Raises :class:`InputError` if no model matches a name, or one plays no such game.
    """

    design: Design
    scenario: Scenario
    stand_ins: Mapping[str, str]
    """Algorithms of models that are still to be trained, by name; they cannot play."""

    @property
    def parts(self) -> tuple[tuple[Cell, ...], ...]:
        """Who plays: cells that are run together, and tell nothing if run apart."""
        found = self._models()
        if self.design.game == "likeness":
            return tuple(
                tuple(_cell(of, f"group {k}", "mixed") for of in (REPRESENTATIONS, FORECASTS))
                for k in range(1, len(self.groups()) + 1)
            )
        players = [_cell(TRAINED, name, algorithm) for name, algorithm in found.items()]
        players += [_cell(RULE, "", rule) for rule in _GAMES[self.design.game].RULES]
        return tuple((cell,) for cell in players)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of them."""
        return tuple(cell for part in self.parts for cell in part)

    def runs(self, part: Sequence[Cell], seeds: Sequence[int]) -> pd.DataFrame:
        """What the cells of one part come to in the markets of these seeds.

        A row each, with ``cell``, ``policy``, ``seed``, ``fork`` and the game's measures.
        """
        if self.design.game == "likeness":
            names = self.groups()[int(part[0].policy.split()[1]) - 1]
            with threadpool_limits(1, user_api="blas"):
                found = likeness.play([self._policy(name) for name in names], self.scenario, seeds)
            keys = {cell.arm: cell.key for cell in part}
            found = found.assign(cell=found["of"].map(keys)).drop(columns="of")
            return found.assign(policy=part[0].policy, fork=0)
        (cell,) = part
        game = _GAMES[self.design.game]
        decide = _greedy(self._policy(cell.policy)) if cell.policy else game.RULES[cell.algorithm]
        with threadpool_limits(1, user_api="blas"):  # more are slower where a core is busy
            found = game.play(decide, self.scenario, seeds)
        return found.assign(cell=cell.key, policy=cell.policy, fork=0)

    def fixed(self) -> dict[str, Any]:
        """What decides its numbers, as plain values: the design, the policies, the game's code."""
        weights = {name: _digest(self._policy(name)) for name in self._models()}
        return {
            "policies": weights,
            "market": market_digest(self.scenario),
            "game": [self.design.game, _code_of(self.design.game)],
        }

    def groups(self) -> list[list[str]]:
        """Models whose likeness is told: of each algorithm the same number, none in two groups."""
        found = self._models()
        each = {kind: [name for name in found if found[name] == kind] for kind in found.values()}
        return [
            [name for names in each.values() for name in names[OF_EACH * k : OF_EACH * (k + 1)]]
            for k in range(min(map(len, each.values())) // OF_EACH)
        ]

    def _models(self) -> dict[str, str]:
        known = {info.name: info.algorithm for info in models.list_models(studies=True)}
        known |= self.stand_ins
        found: dict[str, str] = {}
        for k, pattern in enumerate(self.design.rl.policies):
            names = sorted(name for name in known if fnmatch.fnmatchcase(name, pattern))
            if not names:
                raise InputError(
                    f'names no model: "{pattern}"',
                    key=f"experiment.rl.policies[{k}]",
                    remedy="abm-desktop reproduce trains what its claim asks for",
                )
            found |= {name: known[name] for name in names}
        return found

    @staticmethod
    def _policy(name: str) -> PolicyNet:
        try:
            return models.load_policy(name)
        except models.ModelError as error:
            raise InputError(str(error), key="experiment.rl.policies") from error


def _cell(arm: str, policy: str, algorithm: str) -> Cell:
    # Rules differ by nothing else that is in a key.
    mode = "frozen" if policy else algorithm
    return Cell(CALM, NO_INTERVENTION, arm, policy, algorithm, 0.0, "", mode)


def _greedy(policy: PolicyNet) -> Decide:
    return lambda observations: policy.logits(observations).argmax(axis=1)


def _digest(policy: PolicyNet) -> str:
    header, flat = policy.packed()
    return hashlib.sha256(header.tobytes() + flat.tobytes()).hexdigest()


def _code_of(game: str) -> str:
    found = hashlib.sha256()
    for module in _CODE[game]:
        found.update(Path(str(module.__file__)).read_bytes())
    return found.hexdigest()
