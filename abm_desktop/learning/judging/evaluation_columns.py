"""How evaluations are shown: one a market, each a table with columns by role; plain summaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Rule = Mapping[str, Any]
"""One entry of ``Evaluation.summary()["rules"]``."""
Column = tuple[str, Callable[[Rule], str]]

SYMMETRIC = "agent made symmetric"
"""The rule that is the agent without its leaning to one side (``learning.symmetric``)."""
MISSING = "—"
_SHARES = {
    "directional": "sell/hold/buy",
    "maker": "fell/same/rose",
    "executor": "wait/quote/trade",
}
"""What the three shares of decisions are of, by role."""


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
    common: list[Column] = [
        ("median", lambda r: f"{r['pnl_median']:+.2f}"),
        ("mean", lambda r: f"{r['pnl_mean']:+.2f}"),
        ("sd", lambda r: f"{r['pnl_sd']:.2f}"),
        ("drawdown", lambda r: f"{r['drawdown']:.2f}"),
        ("|position|", lambda r: f"{r['inventory']:.1f}"),
        ("position", lambda r: _text(_held(r), "+.1f")),
        ("mean without it", lambda r: _text(r.get("pnl_without_lean"), "+.2f")),
        ("lots a day", lambda r: f"{r['traded']:,.0f}"),
        (_SHARES[role], lambda r: "/".join(f"{share:.0%}" for share in r["shares"])),
    ]
    own: dict[str, list[Column]] = {
        "directional": [("right", lambda r: _text(r["accuracy"], ".1%"))],
        "maker": [
            ("of spread", lambda r: _text(r.get("spread"), "+.2f")),
            ("skew", lambda r: _text(r.get("skew"), "+.2f")),
        ],
        "executor": [
            ("shortfall, bp", lambda r: _text(r.get("shortfall_bp"), "+.3f")),
            ("its sd, bp", lambda r: _text(r.get("risk_bp"), ".2f")),
            ("left", lambda r: _text(r.get("unfinished"), ".1%")),
        ],
    }
    return [*common, *own[role], ("p", lambda r: _text(r["p_value"], ".1e"))]


def _held(rule: Rule) -> float | None:
    """Lots that a rule holds on average.

    Before ``pnl_without_lean`` was told, a maker's "position" was what its positions earned.
    """
    held: float | None = rule.get("position")
    return None if rule.get("pnl_without_lean") is None else held


def _text(value: float | None, form: str) -> str:
    return MISSING if value is None else format(value, form)
