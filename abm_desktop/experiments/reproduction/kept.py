"""What a page told before, kept beside it: of claims whose runs lie on another machine.

A page is of all claims, and nobody has the runs of all of them. So whatever a page tells is kept:
numbers in :data:`RECORD`, the measure of every run in :data:`VALUES`. Whoever makes the page again
brings the claims of his own runs, and finds the others here. Verdicts are made anew of the numbers.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from abm_desktop.experiments.reproduction.claim import PublishedClaim
from abm_desktop.experiments.reproduction.contrasts import (
    ClaimContrast,
    Power,
    together,
    verdict,
)
from abm_desktop.experiments.reproduction.trial import ClaimFinding, Tried, tests_of
from abm_desktop.experiments.running.registration import market_digest
from abm_desktop.inputs import InputError
from abm_desktop.plain_json import read_json_object
from abm_desktop.scenario import ScenarioError, find_scenario, load_scenario
from abm_desktop.whole_files import write_whole

__all__ = ["RECORD", "VALUES", "keep", "kept", "with_kept"]

RECORD, VALUES = "reproductions.json", "reproductions.csv"
_KEYS = ("claim", "market", "attempt")
_COLUMNS = (*_KEYS, "test", "measure", "side", "policy", "seed", "fork", "value")
_NUMBERS = ("mean", "error", "freedom", "of_trainings", "markets", "of_markets", "trainings")
_MOST_BYTES = 64 << 20


def with_kept(
    tried: Sequence[Tried], folder: Path, claims: Iterable[PublishedClaim]
) -> list[Tried]:
    """What was tried here, and what the page in ``folder`` tells of other tries of ``claims``.

    A finished try that was kept stands against an unfinished one of the same claim, market and
    number. Raises :class:`InputError` if what was kept cannot be read.
    """
    found = {_key(one): one for one in kept(folder, claims)}
    for one in tried:
        before = found.get(_key(one))
        if before is None or not one.missing or before.missing:
            found[_key(one)] = one
    return [found[key] for key in sorted(found)]


def kept(folder: Path, claims: Iterable[PublishedClaim]) -> list[Tried]:
    """What a page in ``folder`` told of these claims.

    A claim that says something else now, or a market that is another one by now, is left out.

    Raises :class:`InputError`, with the file, if it cannot be read.
    """
    if not (folder / RECORD).is_file():
        return []
    rows = read_json_object(folder / RECORD, max_bytes=_MOST_BYTES).get("tries", [])
    values = _values(folder / VALUES)
    by_number = {claim.number: claim for claim in claims}
    found = []
    for row in rows:
        try:
            claim = by_number.get(row["claim"])
            same = claim is not None and row["tests"] == json.loads(tests_of(claim))
            if claim is not None and same and row["digest"] == _digest(row["market"]):
                found.append(_tried(claim, row, values))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"lacks what a try has ({error})",
                path=folder / RECORD,
                remedy="put back the file that came with the page, or remove it",
            ) from error
    return found


def keep(tried: Sequence[Tried], folder: Path) -> None:
    """Write :data:`RECORD` and :data:`VALUES` into a folder. Raises ``OSError``."""
    rows = [
        {
            **dict(zip(_KEYS, _key(one), strict=True)),
            "digest": one.digest,
            "tests": json.loads(tests_of(one.claim)),
            "registration": list(one.registration),
            "runs": one.runs,
            "missing": one.missing,
            "findings": [
                {name: _known(getattr(finding.found, name)) for name in _NUMBERS}
                | {"smallest": _known(finding.power.smallest)}
                | {"none_told": _known(finding.power.none_told)}
                for finding in one.findings
            ],
        }
        for one in tried
    ]
    write_whole(folder / RECORD, json.dumps({"tries": rows}, indent=1, allow_nan=False) + "\n")
    tables = [
        finding.found.values.assign(
            **dict(zip(_KEYS, _key(one), strict=True)), test=k, measure=finding.test.measure
        )
        for one in tried
        for k, finding in enumerate(one.findings, start=1)
    ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_COLUMNS)
    text = table[list(_COLUMNS)].to_csv(index=False, float_format="%.10g", lineterminator="\n")
    write_whole(folder / VALUES, text)


@functools.cache
def _digest(market: str) -> str | None:
    """Of the market of this name; None if there is none."""
    try:
        return market_digest(load_scenario(find_scenario(market)))
    except ScenarioError:
        return None


def _key(one: Tried) -> tuple[int, str, int]:
    return one.claim.number, one.market, one.attempt


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _values(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file, keep_default_na=False, na_values={"value": [""]})
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot be read ({error})", path=file, remedy="put back the file of the page"
        ) from error


def _tried(claim: PublishedClaim, row: dict[str, Any], values: pd.DataFrame) -> Tried:
    market, attempt, missing = str(row["market"]), int(row["attempt"]), int(row["missing"])
    own = values[list(_KEYS)].eq([claim.number, market, attempt]).all(axis=1)
    findings = []
    for k, (test, told) in enumerate(zip(claim.test, row["findings"], strict=True), start=1):
        mine = values[own & (values["test"] == k)]
        found = ClaimContrast(
            _number(told["mean"]),
            _number(told["error"]),
            _number(told["freedom"]),
            _number(told["of_trainings"]),
            int(told["markets"]),
            int(told["of_markets"]),
            int(told["trainings"]),
            mine[["side", "policy", "seed", "fork", "value"]].reset_index(drop=True),
        )
        so = "cannot be told" if missing else verdict(test, found, len(claim.test))
        can = Power(_number(told["smallest"]), _number(told["none_told"]))
        findings.append(ClaimFinding(test, found, can, so))
    return Tried(
        claim,
        market,
        tuple(findings),
        together([one.verdict for one in findings]),
        tuple(map(str, row["registration"])),
        int(row["runs"]),
        missing,
        attempt,
        str(row["digest"]),
    )
