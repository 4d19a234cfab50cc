"""What an evaluation and a stress test found, in words. Pure functions of their summaries."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from abm_desktop.desk.formats import percent, signed
from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.market.roles import DEFAULT_ROLE, Role, find_role
from abm_desktop.market.roles.judged import RANDOM, SYMMETRIC
from abm_desktop.ui.stress_kinds import stress_title

__all__ = [
    "advice",
    "amplification",
    "evaluation_word",
    "evaluation_words",
    "failings",
    "interval_of",
    "outcome_title",
    "stress_word",
    "stress_words",
    "verdict_title",
]  # fmt: skip

Summary = Mapping[str, Any]


def evaluation_word(evaluation: Summary | None) -> str:
    """The verdict in one word; empty if there is none yet."""
    found = everywhere(evaluation)
    good = [e["scenario"] for e in found if e["accepted"]]
    if good and len(good) < len(found):
        return f"accepted in {_list(good)} only"
    return "" if not found else "accepted" if good else "rejected"


def verdict_title(name: str, evaluation: Summary) -> str:
    """The verdict on a model in one line: where it is accepted, and where not."""
    found = everywhere(evaluation)
    good = [e["scenario"] for e in found if e["accepted"]]
    bad = [e["scenario"] for e in found if not e["accepted"]]
    parts = [f"accepted in {_list(good)}"] if good else []
    parts += [f"not accepted in {_list(bad)}"] if bad else []
    return f"{name}: {', '.join(parts)}"


def failings(evaluation: Summary) -> list[str]:
    """What one market found wanting: each failed check with its figure, then the flags."""
    failed = [check for check in evaluation["checks"] if not check["passed"]]
    told = [f"{check['name']}: {check['detail']}{_asked(check['name'])}" for check in failed]
    return [_shown(text) for text in (*told, *evaluation["flags"])]


def _shown(text: str) -> str:
    """The text with its numbers as people write them: 0.75 for 7.5e-01, and minus signs."""
    plain = re.sub(r"\b\d\.\de[+-]\d\d\b", lambda found: f"{float(found[0]):.2g}", text)
    return re.sub(r"-(?=\d)", "−", plain)


def _asked(check: str) -> str:
    """What a check asks for, if its figure does not say so."""
    if check == "median day" or (check.startswith("against ") and check != f"against {RANDOM}"):
        return ", above 0 is asked"
    return ""


def advice(evaluation: Summary, elsewhere: str = "") -> str:
    """What to change after a rejection, from the first thing that was found wanting.

    ``elsewhere`` is the market in which its recipe was tried, if it was trained in another.
    """
    if elsewhere:
        return f"Train in {elsewhere}, where this recipe was tried, or with a recipe of your own."
    failed = {check["name"] for check in evaluation["checks"] if not check["passed"]}
    flags = " ".join(evaluation["flags"])
    if "position" in failed or "position is full" in flags:
        return "It holds too much. Train on, or raise the inventory cost of the reward."
    if any(word in flags for word in ("hardly trades", "one trade in", "one action")):
        return (
            "It hardly decides anything. Lower the first fee (half of the spread back is −0.4), or "
            "raise the entropy, so that trading is learned before holding is."
        )
    if "buy and hold" in flags:
        return "It earns what holding earns. Train another seed, and keep “mirror” on."
    if f"against {RANDOM}" in failed:
        return "It knows little. Train for more iterations, or another seed."
    if failed:
        return (
            "It trades, but pays more for it than it knows. Train another seed or for more "
            "iterations; or let it trade where it was trained."
        )
    return "Train another seed."


def evaluation_words(evaluation: Summary) -> str:
    """The verdict of every market in two or three sentences."""
    return "\n".join(_words_of_one(found) for found in everywhere(evaluation))


def _words_of_one(evaluation: Summary) -> str:
    agent = evaluation["rules"]["agent"]
    days, hours = evaluation["days"], evaluation["hours"]
    failed = [check["name"] for check in evaluation["checks"] if not check["passed"]]
    parts = [
        (
            "On {days} held-out days of {hours} hours in {scenario} its median day made {pnl}, "
            "with {lots} lots held on average."
        ).format(
            days=days,
            hours=f"{hours:g}",
            scenario=evaluation["scenario"],
            pnl=signed(agent["pnl_median"], 2),
            lots=f"{agent['inventory']:.1f}",
        )
    ]
    ratio = evaluation.get("value_ratio")
    if ratio is not None:
        share = "That is {ratio} of what the value rule makes."
        parts.append(share.format(ratio=percent(ratio)))
    parts += _of_role(evaluation)
    parts += _leaning(evaluation)
    if evaluation["accepted"]:
        return " ".join([*parts, "It meets every condition: accepted."])
    reasons = [f"it fails {_list(failed)}"] if failed else []
    reasons += evaluation["flags"]
    return " ".join([*parts, f"Rejected: {'; '.join(reasons)}."])


def _leaning(evaluation: Summary) -> list[str]:
    """What it holds on average, and what it earns without that; earlier evaluations tell nothing.

    Who works off orders has to hold what it is given.
    """
    rules = evaluation["rules"]
    agent, symmetric = rules["agent"], rules.get(SYMMETRIC)
    known = agent.get("position") is not None and agent.get("pnl_without_lean") is not None
    if not known or not _role_of(evaluation).leans:
        return []
    holds = (
        "It holds {position} lots on average: of {pnl} a day {rest} are left without what that "
        "position earned."
    ).format(
        position=signed(agent["position"], 1),
        pnl=signed(agent["pnl_mean"], 2),
        rest=signed(agent["pnl_without_lean"], 2),
    )
    if symmetric is None:
        return [holds]
    made = "Made symmetric it earns {pnl} a day."
    return [holds, made.format(pnl=signed(symmetric["pnl_mean"], 2))]


def _of_role(evaluation: Summary) -> list[str]:
    """What only its role has to tell, in sentences."""
    return [
        told.text.format(
            **{
                place: signed(value, decimals) if has_sign else f"{value:.{decimals}f}"
                for place, (value, decimals, has_sign) in told.numbers.items()
            }
        )
        for told in _role_of(evaluation).words(evaluation["rules"])
    ]


def _role_of(evaluation: Summary) -> Role:
    return find_role(evaluation.get("role", DEFAULT_ROLE))


def amplification(outcomes: Sequence[Summary]) -> float | None:
    """Geometric mean of the factors by which volatility changed, over all stresses."""
    factors = [o["volatility_amplification"] for o in outcomes if o["volatility_amplification"] > 0]
    if not factors:
        return None
    return math.exp(sum(map(math.log, factors)) / len(factors))


def stress_word(stress_test: Summary | None) -> str:
    """The effect on volatility in a word or two; empty if there is no test yet."""
    factor = amplification(stress_test["outcomes"]) if stress_test else None
    return "" if factor is None else f"×{factor:.2f}"


def stress_words(stress_test: Summary) -> str:
    """What the stress test found, in some sentences, with its uncertainty."""
    outcomes = stress_test["outcomes"]
    if not outcomes:
        return "No stress was tested."
    more = [o for o in outcomes if (interval := interval_of(o)) and interval[0] > 1.0]
    less = [o for o in outcomes if (interval := interval_of(o)) and interval[1] < 1.0]
    traders = stress_test["traders"]
    who = "One trader" if traders == 1 else f"{traders:,} traders"
    parts = [
        (
            "{who} with this policy in {scenario}, {n} matched pairs of markets a stress, with "
            "and without."
        ).format(who=who, scenario=stress_test["scenario"], n=stress_test["runs"])
    ]
    if more:
        names = _list([outcome_title(o) for o in more])
        parts.append(f"Volatility rises under {names}.")
    if less:
        names = _list([outcome_title(o) for o in less])
        parts.append(f"It falls under {names}.")
    if not more and not less:
        parts.append("No change of volatility can be told from chance (95 %).")
    worst = min(outcomes, key=lambda o: o["pnl"])
    parts.append(
        "It makes {mean} on average, least under {stress} ({least}).".format(
            mean=signed(sum(o["pnl"] for o in outcomes) / len(outcomes), 2),
            stress=outcome_title(worst),
            least=signed(worst["pnl"], 2),
        )
    )
    return " ".join(parts)


def outcome_title(outcome: Summary) -> str:
    """Name of the stress of an outcome, as it is written within a sentence."""
    kind = str(outcome["stress"]["type"])
    if outcome.get("name", kind) != kind:
        return str(outcome["name"])
    return stress_title(kind).lower()


def interval_of(outcome: Summary) -> tuple[float, float] | None:
    """The 95 % interval of the volatility factor; None for a single run."""
    low, high = outcome.get("amplification_low"), outcome.get("amplification_high")
    if low is not None and high is not None:
        return float(low), float(high)
    error = outcome.get("amplification_error")
    if error is None:
        return None
    middle = math.log(outcome["volatility_amplification"])
    wide = _student(int(outcome["runs"]) - 1) * error
    return math.exp(middle - wide), math.exp(middle + wide)


_T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def _student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t; SciPy's takes a second to import."""
    if freedom <= len(_T_975):
        return _T_975[max(0, freedom - 1)]
    return 1.96 + 2.4 / freedom + 2.8 / freedom**2


def _list(words: Sequence[str]) -> str:
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
