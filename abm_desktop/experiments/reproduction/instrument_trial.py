"""A claim tried by an instrument in one market: pilot, registration, runs, what its tests come to.

Results lie in a folder that is called by claim, market and try, whatever they were made by: who
changes the game, or what is tested, after the first run, makes all runs anew and is told of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import results_dir
from abm_desktop.experiments.reproduction.claim import ClaimTest, PublishedClaim
from abm_desktop.experiments.reproduction.contrasts import (
    ClaimContrast,
    Power,
    contrast,
    power,
    together,
    verdict,
)
from abm_desktop.experiments.reproduction.instrument import Instrument
from abm_desktop.experiments.reproduction.trial import (
    PILOTS,
    ClaimFinding,
    Tried,
    check_tests,
    fixed_of,
)
from abm_desktop.experiments.running.missing_trainings import (
    Wanted,
    stand_ins,
    wanted_trainings,
)
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.experiments.running.registration import (
    FILE,
    entry_of,
    fingerprint,
    market_digest,
    words_of,
)
from abm_desktop.experiments.running.runner import Control, ExperimentProgress, Stopped
from abm_desktop.experiments.statements import NoResults
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.whole_files import write_whole

__all__ = ["InstrumentTrial"]

_RUNS, _POWER = "runs.csv", "power.json"
_FIXED = "question, measures, expected signs, seeds, game, policies, market, tests of the claim, "
_FIXED += "code of its verdict"


class InstrumentTrial:
    """As :class:`.ClaimTrial`, of a claim with an instrument.

    Args:
        path: the claim's file, for recipes beside it.
        claim: what it says.
        market: one of the claim's markets, or another scenario.
        seeds: another number of markets than the file's.
        attempt: 2 for the file's second try in that market.
        train: told the trainings, makes those that are missing; None: they are an error.
        count_only: whether trainings that are missing are only counted.

    Raises:
        ScenarioError: if a scenario or a training's settings cannot be used.
        InputError: if a model is not there, or a test names nobody who plays.
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
        count_only: bool = False,
    ) -> None:
        self.claim, self.market, self.attempt = claim, market, attempt
        self.name = f"claim {claim.number} in {market}" + (" (again)" if attempt == 2 else "")
        design = claim.design(market, seeds=seeds, attempt=attempt)
        self.seeds = _seeds(design)
        self.wanted = wanted_trainings(design, path)
        if train is not None:
            train(self.wanted)
        left = stand_ins(self.wanted) if count_only else {}
        algorithms = {name: known.algorithm for name, known in left.items()}
        scenario = load_scenario(find_scenario(market))
        self.instrument = Instrument(
            design, scenario.model_copy(update={"rl": (), "stress": ()}), algorithms
        )
        self.cells = self.instrument.cells
        self.folder = results_dir() / re.sub(r"[ ()]+", "-", self.name).strip("-")
        check_tests(claim, self.cells)

    @property
    def total(self) -> int:
        """Runs: each who plays in each market."""
        return len(self.cells) * len(self.seeds)

    def run(
        self,
        workers: int = 0,
        *,
        control: Control | None = None,
        on_progress: Callable[[ExperimentProgress], None] | None = None,
    ) -> None:
        """Make the runs that are missing, in this process; those of the pilot first.

        Raises :class:`.Stopped` between two players if ``control`` says so.
        """
        content = self._content
        if self._powers() is None:
            pilots = _seeds(self.claim.design(self.market, pilot=True, seeds=PILOTS))
            tables = []
            for part in self.instrument.parts:
                _go_on(control)
                tables.append(self.instrument.runs(part, pilots))
            found = pd.concat(tables, ignore_index=True)
            powers = [
                power(test, self._contrast(test, found), len(self.seeds))
                for test in self.claim.test
            ]
            self.folder.mkdir(parents=True, exist_ok=True)
            told = [[one.smallest, one.none_told] for one in powers]
            write_whole(
                self.folder / _POWER, json.dumps({"of": fingerprint(content), "powers": told})
            )
        self._register(content)
        done = self._runs()
        for part in self.instrument.parts:
            there = set(done.loc[done["cell"] == part[0].key, "seed"])
            missing = [seed for seed in self.seeds if seed not in there]
            if missing:
                _go_on(control)
                done = pd.concat([done, self.instrument.runs(part, missing)], ignore_index=True)
                text = f"# {fingerprint(content)}\n" + done.to_csv(index=False)
                write_whole(self.folder / _RUNS, text)
            if on_progress is not None:
                on_progress(ExperimentProgress("running", len(done), self.total))

    def finished(self) -> int:
        """Runs that are there, of what is registered now."""
        runs = self._runs()
        mine = runs["cell"].isin([cell.key for cell in self.cells])
        return int((mine & runs["seed"].isin(self.seeds)).sum())

    def result(self) -> Tried:
        """What is finished so far. Raises :class:`ExperimentError` if nothing is."""
        runs = self._runs()
        if not len(runs):
            raise ExperimentError(NoResults(str(self.folder)))
        runs = runs[runs["seed"].isin(self.seeds)].reset_index(drop=True)
        missing = self.total - self.finished()
        powers = self._powers() or [Power(float("nan"), float("nan"))] * len(self.claim.test)
        findings = []
        for test, can in zip(self.claim.test, powers, strict=True):
            found = self._contrast(test, runs)
            so = "cannot be told" if missing else verdict(test, found, len(self.claim.test))
            findings.append(ClaimFinding(test, found, can, so))
        return Tried(
            self.claim,
            self.market,
            tuple(findings),
            together([one.verdict for one in findings]),
            words_of(self._registered(), self._content, len(runs), _FIXED),
            len(runs),
            missing,
            self.attempt,
            market_digest(self.instrument.scenario),
        )

    def _contrast(self, test: ClaimTest, runs: pd.DataFrame) -> ClaimContrast:
        return contrast(test, runs, self.cells)

    @cached_property
    def _content(self) -> dict[str, Any]:
        """What is registered; it reads every policy, so once."""
        return {
            "question": self.claim.claim,
            "seeds": [self.seeds[0], self.seeds[-1]],
            **self.instrument.fixed(),
            **fixed_of(self.claim),
        }

    def _registered(self) -> list[dict[str, Any]]:
        try:
            return list(json.loads((self.folder / FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return []

    def _register(self, content: Mapping[str, Any]) -> None:
        kept = self._registered()
        if not kept or kept[-1]["content"] != content:
            made = self.folder / _RUNS
            before = len(pd.read_csv(made, comment="#")) if made.is_file() else 0
            kept.append(entry_of(dict(content), before))
            write_whole(self.folder / FILE, json.dumps(kept, indent=1))

    def _runs(self) -> pd.DataFrame:
        """Runs of what is registered now; none of what was before it changed."""
        file, mark = self.folder / _RUNS, f"# {fingerprint(self._content)}"
        nothing = pd.DataFrame(columns=["cell", "policy", "seed", "fork"])
        try:
            with file.open(encoding="utf-8") as stream:
                if stream.readline().strip() != mark:
                    return nothing
                return pd.read_csv(stream, keep_default_na=True).fillna({"policy": ""})
        except OSError:
            return nothing

    def _powers(self) -> list[Power] | None:
        try:
            told = json.loads((self.folder / _POWER).read_text())
            if told["of"] != fingerprint(self._content):
                return None
            return [Power(*map(float, one)) for one in told["powers"]]
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _seeds(design: Design) -> range:
    return range(design.first_seed, design.first_seed + design.seeds)


def _go_on(control: Control | None) -> None:
    if control is not None and control.stopping:
        raise Stopped
