"""A published claim as a file: what it says, the experiment that tries it, and its tests.

All that decides the verdict stands in the file before the first run: which runs are compared, the
measure, the sign that the claim predicts, and how small a change counts as none.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running.cells import Cell
from abm_desktop.inputs import InputError
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario.base import Model, clash
from abm_desktop.scenario.files import SUFFIX
from abm_desktop.scenario.quantity import Quantity
from abm_desktop.scenario.reading import load_model

__all__ = [
    "FIRST_PILOT_SEED",
    "FIRST_SECOND_SEED",
    "FIRST_SEED",
    "ClaimTest",
    "PublishedClaim",
    "SecondTry",
    "bundled_claims",
    "cells_of",
    "find_claims",
    "load_claim",
]

FIRST_SEED, FIRST_PILOT_SEED, FIRST_SECOND_SEED = 1_000_000_000, 1_100_000_000, 1_200_000_000
"""Seeds of the markets of claims, of those that tell their power, and of second tries: a thousand
for each claim, counted by its number. No training, judgement or other study draws these.
"""
SEEDS_OF_A_CLAIM = 1000

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Which = Annotated[
    tuple[dict[str, str | float], ...], Field(strict=False, min_length=1, max_length=8)
]
_FACTORS = tuple(field.name for field in fields(Cell))


class ClaimTest(Model):
    """One comparison, with the sign that the claim predicts.

    The change is the sum over ``of`` less that over ``against``, market by market and training by
    training: two against two is a difference of differences.
    """

    says: Words = Field(description="the prediction in words")
    measure: Words = Field(
        description='column of the measure, or two as in "stress_vol_300s / stress_vol_10s"'
    )
    scale: Literal["ratio", "difference"] = Field(
        "ratio", description="whether logs are compared, or the numbers themselves"
    )
    sign: Annotated[int, Quantity(-1, 1)] = Field(
        description="1: it is larger, -1: smaller, 0: no change worth speaking of"
    )
    bound: Annotated[float, Quantity(1e-9, 1e9)] = Field(
        description="what is within it counts as none: 0.1 of a ratio is 10 %; else in the "
        "measure's unit"
    )
    why: Words = Field(description="why that bound")
    of: Which = Field(description='cells by their factors, [{ stress = "flash_crash" }]')
    against: Which = Field(description="those that they are compared with, as many")

    @model_validator(mode="after")
    def _consistent(self) -> ClaimTest:
        if len(self.of) != len(self.against):
            raise clash("against", f"has {len(self.against)} entries", f"give {len(self.of)}")
        for key in ("of", "against"):
            for k, wanted in enumerate(getattr(self, key)):
                for name in wanted:
                    if name not in _FACTORS:
                        raise clash(
                            f"{key}.{k}.{name}",
                            "is no factor of an experiment",
                            f"name one of {', '.join(_FACTORS)}",
                        )
        return self


class SecondTry(Model):
    """A second try of a claim that could not be told, in markets that the first has not seen."""

    market: Words = Field(description="the market in which the first could not tell")
    seeds: Annotated[int, Quantity(2, SEEDS_OF_A_CLAIM)] = Field(description="number of markets")


class PublishedClaim(Model):
    """A published claim."""

    number: Annotated[int, Quantity(1, 999)] = Field(description="number in the table")
    work: Words = Field(description="authors and year")
    claim: Words = Field(description="what it says")
    needs: Annotated[str, Field(max_length=2000)] = Field(
        "", description="what is lacking to try it; then there is no experiment"
    )
    limits: Annotated[str, Field(max_length=4000)] = Field(
        "", description="how what is tried here differs from what the work did"
    )
    markets: Annotated[tuple[Words, ...], Field(strict=False, min_length=1, max_length=8)] = Field(
        ("calm", "amzn_2012"), description="markets in which it is tried"
    )
    experiment: Design | None = Field(None, description="keys as in an experiment file")
    again: Annotated[tuple[SecondTry, ...], Field(strict=False, max_length=8)] = Field(
        (), description="second tries, planned when the first could not tell; nothing is pooled"
    )
    test: Annotated[tuple[ClaimTest, ...], Field(strict=False, max_length=20)] = Field(
        (), description="its tests: all must come out for it to be confirmed"
    )

    @model_validator(mode="after")
    def _consistent(self) -> PublishedClaim:
        tried = self.experiment is not None
        if tried == bool(self.needs):
            raise clash(
                "needs",
                "and experiment are given both" if tried else "and experiment are both missing",
                "say what is lacking, or give an experiment",
            )
        if tried != bool(self.test):
            raise clash(
                "test",
                "is missing" if tried else "is given without an experiment",
                "give a claim with an experiment its [[test]]",
            )
        for k, second in enumerate(self.again):
            others = [one.market for one in self.again[:k]]
            if second.market not in self.markets or second.market in others:
                raise clash(
                    f"again.{k}.market",
                    f'is "{second.market}", '
                    + ("a second time" if second.market in others else "none of the markets"),
                    f"name one of {', '.join(self.markets)}, once",
                )
        if self.experiment is not None and self.experiment.seeds > SEEDS_OF_A_CLAIM:
            raise clash(
                "experiment.seeds", f"is above {SEEDS_OF_A_CLAIM}", "a claim has so many seeds"
            )
        return self

    def tries(self, market: str) -> tuple[int, ...]:
        """Numbers of the tries in a market: 1, and 2 if there is a second one."""
        return (1, 2) if any(one.market == market for one in self.again) else (1,)

    def design(
        self, market: str, *, pilot: bool = False, seeds: int | None = None, attempt: int = 1
    ) -> Design:
        """The experiment in one of the markets, on seeds of the claim's, and the try's, own."""
        if self.experiment is None:
            raise InputError("has no experiment", key=f"claim {self.number}", remedy=self.needs)
        first, mark = (FIRST_PILOT_SEED, " (pilot)") if pilot else (FIRST_SEED, "")
        if attempt == 2:
            seeds = seeds or next(one.seeds for one in self.again if one.market == market)
            first, mark = (first, mark) if pilot else (FIRST_SECOND_SEED, " (again)")
        return self.experiment.model_copy(
            update={
                "name": f"claim {self.number} in {market}{mark}",
                "question": self.claim,
                "scenario": market,
                "first_seed": first + SEEDS_OF_A_CLAIM * self.number,
                "seeds": seeds or self.experiment.seeds,
                "paths": 0,
            }
        )


def cells_of(wanted: Mapping[str, Any], cells: Sequence[Cell], key: str) -> list[Cell]:
    """The cells that have these factors; they differ in nothing but the policy.

    A policy may be a pattern, as in ``calm-ppo*``. Raises :class:`InputError` with ``key`` if there
    is none, or if what is named leaves something else open.
    """
    found = [cell for cell in cells if _matches(cell, wanted)]
    told = ", ".join(f"{name} = {value}" for name, value in wanted.items()) or "nothing"
    if not found:
        raise InputError(f"names no cell: {told}", key=key, remedy="see --dry-run for the cells")
    for name in _FACTORS:
        values = {getattr(cell, name) for cell in found}
        if name != "policy" and len(values) > 1:
            raise InputError(
                f"leaves open which {name}: {told}",
                key=key,
                remedy=f"give one of {', '.join(map(str, sorted(values, key=str)))}",
            )
    return found


def _matches(cell: Cell, wanted: Mapping[str, Any]) -> bool:
    for name, value in wanted.items():
        has = getattr(cell, name)
        if isinstance(has, str) and isinstance(value, str):
            if not fnmatch.fnmatchcase(has, value):
                return False
        elif has != value:
            return False
    return True


def claims_dir() -> Path:
    """Claims that ship with the program."""
    return scenario_dir() / "claims"


def bundled_claims() -> list[Path]:
    """Files of the shipped claims, by number."""
    return sorted(claims_dir().glob(f"*{SUFFIX}"))


def load_claim(path: Path | str) -> PublishedClaim:
    """Read a claim's file. Raises :class:`ScenarioError` that lists all that is wrong."""
    return load_model(path, PublishedClaim)


def find_claims(wanted: Sequence[str]) -> list[tuple[Path, PublishedClaim]]:
    """The claims named by number, name of a shipped file, or path; all that ship without a name.

    Raises :class:`InputError` for one that there is not, ScenarioError for a file that is wrong.
    """
    shipped = [(path, load_claim(path)) for path in bundled_claims()]
    if not wanted:
        return shipped
    found = []
    for name in wanted:
        if name.endswith(SUFFIX):
            found.append((Path(name), load_claim(name)))
            continue
        mine = [one for one in shipped if name in (str(one[1].number), one[0].stem)]
        if not mine:
            raise InputError(
                f"{name!r} is no claim",
                remedy=f"name a number of 1 to {len(shipped)}, or a {SUFFIX} file",
            )
        found += mine
    return found
