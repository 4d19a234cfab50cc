"""A claim tried in one market: pilot, registration, runs, and what its tests come to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.reproduction import claim as claims
from abm_desktop.experiments.reproduction import contrasts
from abm_desktop.experiments.reproduction.claim import ClaimTest, PublishedClaim, cells_of
from abm_desktop.experiments.reproduction.contrasts import (
    ClaimContrast,
    Power,
    Verdict,
    contrast,
    power,
    together,
    verdict,
)
from abm_desktop.experiments.running.cells import Cell
from abm_desktop.experiments.running.missing_trainings import Wanted, wanted_trainings
from abm_desktop.experiments.running.registration import market_digest, registration_words
from abm_desktop.experiments.running.runner import Control, ExperimentProgress
from abm_desktop.experiments.running.store import Store
from abm_desktop.whole_files import write_whole

__all__ = ["PILOTS", "ClaimFinding", "ClaimTrial", "Tried", "check_tests", "fixed_of", "tests_of"]

PILOTS = 4
"""Markets whose spreads tell the power, on seeds of their own."""


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """What a test came to."""

    test: ClaimTest
    found: ClaimContrast
    power: Power
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """A claim in one market."""

    claim: PublishedClaim
    market: str
    findings: tuple[ClaimFinding, ...]
    verdict: Verdict
    registration: tuple[str, ...]
    runs: int
    missing: int
    """Runs that are not made yet."""
    attempt: int = 1
    """2 for a second try, in other markets, of what the first could not tell."""
    digest: str = ""
    """Of the market (:func:`.market_digest`)."""


class ClaimTrial:
    """A claim in one market.

    Args:
        path: the claim's file, for recipes beside it.
        claim: what it says.
        market: one of the claim's markets, or another scenario.
        seeds: another number of markets than the file's.
        attempt: 2 for the file's second try in that market.
        train: see :meth:`.Experiment.load`; None: a training that is missing is an error.

    Raises:
        ScenarioError: if a scenario or a policy cannot be found.
        InputError: if a test names cells that there are not, or a measure that the design has not.
    """

    def __init__(
        self,
        path: Path,
        claim: PublishedClaim,
        market: str,
        *,
        seeds: int | None = None,
        attempt: int = 1,
        train: Callable[[list[Wanted]], object] | None = None,
    ) -> None:
        self.claim, self.market, self.attempt = claim, market, attempt
        design = claim.design(market, seeds=seeds, attempt=attempt)
        if train is not None:
            train(wanted_trainings(design, path))
        text = path.read_text(encoding="utf-8")
        self.experiment = Experiment(design, path, text)
        self.pilot = Experiment(claim.design(market, pilot=True, seeds=PILOTS), path, text)
        self.experiment.plan = replace(self.experiment.plan, fixed=fixed_of(claim))
        check_tests(claim, self.experiment.plan.cells)

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.experiment.plan.design.name

    def finished(self) -> int:
        """Runs that are there."""
        return self.experiment.finished()

    def run(
        self,
        workers: int = 0,
        *,
        control: Control | None = None,
        on_progress: Callable[[ExperimentProgress], None] | None = None,
    ) -> None:
        """Make the runs that are missing: those of the pilot first, then the claim's own.

        Raises :class:`.Stopped`, ExperimentError or ClusterError as :meth:`.Experiment.run` does.
        """
        if self._powers() is None:
            self.pilot.run(workers, control=control, on_progress=on_progress, progress=False)
            found = [self._contrast(self.pilot, test) for test in self.claim.test]
            markets = self.experiment.plan.design.seeds
            powers = [
                power(test, one, markets) for test, one in zip(self.claim.test, found, strict=True)
            ]
            self.experiment.folder.mkdir(parents=True, exist_ok=True)
            told = [[one.smallest, one.none_told] for one in powers]
            write_whole(self.experiment.folder / "power.json", json.dumps(told))
        self.experiment.run(workers, control=control, on_progress=on_progress, progress=False)

    def result(self) -> Tried:
        """What is finished so far. Raises :class:`ExperimentError` if nothing is."""
        plan = self.experiment.plan
        powers = self._powers() or [Power(float("nan"), float("nan"))] * len(self.claim.test)
        found = [self._contrast(self.experiment, test) for test in self.claim.test]
        with closing(Store.read(self.experiment.folder)) as store:
            runs, _ = store.count()
            words = registration_words(plan, store)
        missing = plan.total - self.experiment.finished()
        parts = len(self.claim.test)
        findings = tuple(
            ClaimFinding(test, one, can, "cannot be told" if missing else verdict(test, one, parts))
            for test, one, can in zip(self.claim.test, found, powers, strict=True)
        )
        return Tried(
            self.claim,
            self.market,
            findings,
            together([one.verdict for one in findings]),
            words,
            runs,
            missing,
            self.attempt,
            market_digest(plan.scenario),
        )

    def _contrast(self, experiment: Experiment, test: ClaimTest) -> ClaimContrast:
        plan = experiment.plan
        with closing(Store.read(experiment.folder)) as store:
            runs = store.runs(plan.cells, plan.seeds)
        return contrast(test, runs, plan.cells)

    def _powers(self) -> list[Power] | None:
        try:
            told = json.loads((self.experiment.folder / "power.json").read_text())
            return [Power(*map(float, one)) for one in told]
        except (OSError, ValueError, TypeError):
            return None


def check_tests(claim: PublishedClaim, cells: Sequence[Cell]) -> None:
    """See that the tests compare cells that there are. Raises :class:`InputError` if not."""
    for k, test in enumerate(claim.test):
        for side in ("of", "against"):
            for n, wanted in enumerate(getattr(test, side)):
                cells_of(wanted, cells, f"test[{k}].{side}[{n}]")


def tests_of(claim: PublishedClaim) -> str:
    """The claim and its tests as one text: what a verdict is of."""
    tests = [test.model_dump(mode="json") for test in claim.test]
    return json.dumps([claim.claim, tests], sort_keys=True)


def fixed_of(claim: PublishedClaim) -> dict[str, str]:
    """The claim with its tests, and the code that decides, as registered beside the design."""
    found = hashlib.sha256()
    for module in (claims, contrasts):
        found.update(Path(str(module.__file__)).read_bytes())
    return {"tests": tests_of(claim), "verdict": found.hexdigest()}
