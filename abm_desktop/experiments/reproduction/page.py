"""The page of all claims: a table of verdicts, then each claim with its tests, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from abm_desktop.experiments.reproduction.claim import ClaimTest, PublishedClaim
from abm_desktop.experiments.reproduction.contrasts import bound_of
from abm_desktop.experiments.reproduction.kept import keep
from abm_desktop.experiments.reproduction.trial import ClaimFinding, Tried
from abm_desktop.whole_files import write_whole

__all__ = ["page", "write_page"]

_NOT_TRIED, _UNFINISHED = "not tried", "unfinished"
_SIGNS = {1: "larger", -1: "smaller", 0: "no change"}

_HEAD = """# Published claims, held against this simulator

Made by `abm-desktop reproduce`; not written by hand. Each claim is a file of `scenarios/claims/`:
the experiment that tries it, the sign that it predicts, and how small a change counts as none, all
fixed, and registered by hash, before its first run. Markets are drawn from seeds that no study and
no training uses. What is told is what happens **in these simulated markets**: a claim that is
refuted here may hold in its authors' model, or in a real market.

- **confirmed**: the 95 % interval of every test of the claim lies on the predicted side of 0, and
  the change is not within the bound.
- **refuted**: some test's interval lies on the other side, or its change is shown to be within the
  bound, so none worth speaking of, however clear its sign.
- **cannot be told**: neither.
- **unfinished**: runs are missing; nothing is concluded from a part.

What could not be told for want of markets may be tried once more, with the same tests and bounds in
markets that the first try has not seen; both are shown, the second counts, and nothing is pooled.
Such a claim has two chances of a wrong verdict.

Intervals are for other markets, and for other trainings if RL traders are compared. Nothing is
corrected for the number of claims: of predictions without any truth in them one in forty is
confirmed.
How this is computed: [statistics.md](statistics.md#claims).
"""


def page(claims: Sequence[PublishedClaim], tried: Sequence[Tried]) -> str:
    """The whole page.

    Args:
        claims: all, by number; those without an experiment are listed with what they need.
        tried: what there is of them, in any order.
    """
    markets = list(dict.fromkeys(market for claim in claims for market in claim.markets))
    found = {(one.claim.number, one.market, one.attempt): one for one in tried}
    lines = [_HEAD, *_count(claims, tried), "", *_table(claims, markets, found)]
    for claim in claims:
        lines += ["", f"## {claim.number}. {claim.work}", "", claim.claim]
        if claim.needs:
            lines += ["", f"Not tried: needs {claim.needs}."]
            continue
        if claim.limits:
            lines += ["", f"What differs here: {claim.limits}"]
        for market in claim.markets:
            for attempt in claim.tries(market):
                one = found.get((claim.number, market, attempt))
                lines += [
                    "",
                    *(_told(one) if one else [f"{_where(market, attempt)}: not run yet."]),
                ]
        lines += ["", *_bounds(claim)]
    return "\n".join(lines) + "\n"


def write_page(path: Path, claims: Sequence[PublishedClaim], tried: Sequence[Tried]) -> None:
    """Write the page and, beside it, the numbers and values behind it. Raises ``OSError``.

    The numbers are those that :func:`.kept.with_kept` finds the next time, the values the measure
    of every run that a test compares, for other analyses.
    """
    write_whole(path, page(claims, tried))
    keep(tried, path.parent)


def _count(claims: Sequence[PublishedClaim], tried: Sequence[Tried]) -> list[str]:
    lacking = [claim for claim in claims if claim.needs]
    last = {(one.claim.number, one.market): one for one in sorted(tried, key=_attempt)}
    decided = {one.claim.number for one in last.values() if _so(one) in ("confirmed", "refuted")}
    markets = list(dict.fromkeys(one.market for one in tried))
    told = [
        f"Of {len(claims)} claims {len(claims) - len(lacking)} have an experiment and "
        f"{len(lacking)} were not tried, for want of an instrument. Decided in a market or more: "
        f"{len(decided)}."
    ]
    for market in markets:
        mine = [_so(one) for one in last.values() if one.market == market]
        some = f", {n} unfinished" if (n := mine.count(_UNFINISHED)) else ""
        told.append(
            f"In `{market}`: {mine.count('confirmed')} confirmed, {mine.count('refuted')} refuted, "
            f"{mine.count('cannot be told')} cannot be told{some}."
        )
    told.append(f"{sum(one.runs for one in tried):,} runs, pilots apart.")
    return [" ".join(told)]


def _table(
    claims: Sequence[PublishedClaim],
    markets: Sequence[str],
    found: dict[tuple[int, str, int], Tried],
) -> list[str]:
    heads = ["#", "Work", "Claim", *(f"`{market}`" for market in markets)]
    rows = [_row(heads), _row(["---"] * len(heads))]
    for claim in claims:
        verdicts = []
        for market in markets:
            if claim.needs or market not in claim.markets:
                verdicts.append(_NOT_TRIED if claim.needs else "")
                continue
            tries = [found.get((claim.number, market, k)) for k in claim.tries(market)]
            told = ["not run yet" if one is None else _bold(_so(one)) for one in tries]
            verdicts.append("; again: ".join(told))
        rows.append(_row([str(claim.number), claim.work, claim.claim, *verdicts]))
    return rows


def _attempt(one: Tried) -> int:
    return one.attempt


def _where(market: str, attempt: int) -> str:
    return f"In `{market}`" if attempt == 1 else f"Again in `{market}`, in other markets"


def _so(one: Tried) -> str:
    """The verdict; there is none while runs are missing."""
    return _UNFINISHED if one.missing else one.verdict


def _bold(verdict: str) -> str:
    return f"**{verdict}**" if verdict in ("confirmed", "refuted") else verdict


def _told(one: Tried) -> list[str]:
    unfinished = f" {one.missing} runs are missing." if one.missing else ""
    lines = [f"{_where(one.market, one.attempt)}: **{_so(one)}**.{unfinished}", ""]
    heads = ["Prediction", "predicted", "found", "95 % interval", "markets", "trainings"]
    heads += ["told at 80 % power", "power to tell none", "so"]
    lines += [_row(heads), _row(["---"] * len(heads))]
    for finding in one.findings:
        test, result = finding.test, finding.found
        low, high = result.interval()
        lines.append(
            _row(
                [
                    f"{test.says} (`{test.measure}`)",
                    _SIGNS[test.sign],
                    _value(test, result.mean),
                    f"{_value(test, low)} to {_value(test, high)}",
                    str(result.markets)
                    if result.markets == result.of_markets
                    else f"{result.markets} of {result.of_markets}",
                    str(result.trainings or ""),
                    _smallest(finding),
                    "" if math.isnan(finding.power.none_told) else f"{finding.power.none_told:.0%}",
                    finding.verdict,
                ]
            )
        )
    return [*lines, "", *one.registration]


def _smallest(finding: ClaimFinding) -> str:
    least = finding.power.smallest
    if math.isnan(least):
        return ""
    if finding.test.scale == "ratio":
        return f"{100 * math.expm1(least):.0f} %" if least < 5 else "over 10,000 %"
    return f"{least:.3g}"


def _bounds(claim: PublishedClaim) -> list[str]:
    said = dict.fromkeys(
        f"{test.says}: within {_bound(test)} counts as none, since {test.why}."
        for test in claim.test
    )
    return ["Bounds, fixed beforehand:", "", *(f"- {line}" for line in said)]


def _bound(test: ClaimTest) -> str:
    if test.scale == "ratio":
        low = 100 * math.expm1(-bound_of(test))
        return f"{low:+.0f} to {100 * test.bound:+.0f} %"
    return f"±{test.bound:g}"


def _value(test: ClaimTest, value: float) -> str:
    if math.isnan(value):
        return "not known"
    if test.scale != "ratio":
        return f"{value:+.3g}"
    return f"{100 * math.expm1(value):+.1f} %" if value < 5 else "over +10,000 %"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
