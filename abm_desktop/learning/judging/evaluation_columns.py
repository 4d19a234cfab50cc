"""How evaluations are shown: one a market, each a table with columns by role; plain summaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.judged import Column, cell


def everywhere(summary: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The evaluations of a model, one a market, the one that gives the verdict first."""
    if not summary:
        return []
    first = {key: value for key, value in summary.items() if key != "elsewhere"}
    return [first, *summary.get("elsewhere", ())]


def leaning_words(position: float, pnl: float, without: float, symmetric: float | None) -> str:
    """What a rule holds on average, and what it earns without that, in one sentence.

    ``position`` in lots, signed; profits in money a day: all of it, without what that position
    earned of the market's move, and of the rule made symmetric (None: not known).
    """
    text = (
        f"holds {position:+.1f} lots on average; of {pnl:+.2f} a day {without:+.2f} are left "
        "without what that position earned"
    )
    return text if symmetric is None else f"{text}, and {symmetric:+.2f} if it is made symmetric"


def evaluation_columns(role: str) -> list[Column]:
    """Heading and text of every number of a rule, in the order of the table."""
    of = find_role(role)
    return [
        ("median", lambda r: f"{r['pnl_median']:+.2f}"),
        ("mean", lambda r: f"{r['pnl_mean']:+.2f}"),
        ("sd", lambda r: f"{r['pnl_sd']:.2f}"),
        ("drawdown", lambda r: f"{r['drawdown']:.2f}"),
        ("|position|", lambda r: f"{r['inventory']:.1f}"),
        ("position", _held),
        ("mean without it", cell("pnl_without_lean", "+.2f")),
        ("lots a day", lambda r: f"{r['traded']:,.0f}"),
        (of.share_title, lambda r: "/".join(f"{share:.0%}" for share in r["shares"])),
        *of.own_columns,
        ("p", cell("p_value", ".1e")),
    ]


def _held(rule: Mapping[str, Any]) -> str:
    """Lots that a rule holds on average.

    Before ``pnl_without_lean`` was told, a maker's "position" was what its positions earned.
    """
    known = rule.get("pnl_without_lean") is not None
    return cell("position", "+.1f")(rule if known else {})
