"""What an evaluation and a stress test found, in words. Pure functions of their summaries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from abm_desktop.ui.stress_kinds import stress_title
from abm_desktop.ui.widgets.formats import signed

__all__ = [
    "amplification", "evaluation_word", "evaluation_words", "interval_of", "outcome_title",
    "stress_word", "stress_words",
]  # fmt: skip

Summary = Mapping[str, Any]


def evaluation_word(evaluation: Summary | None) -> str:
    """The verdict in one word; empty where there is none yet."""
    if not evaluation:
        return ""
    return "accepted" if evaluation["accepted"] else "rejected"


def evaluation_words(evaluation: Summary) -> str:
    """The verdict in two or three sentences."""
    agent = evaluation["rules"]["agent"]
    days, hours = evaluation["days"], evaluation["hours"]
    failed = [check["name"] for check in evaluation["checks"] if not check["passed"]]
    text = (
        f"On {days} held-out days of {hours:g} hours in {evaluation['scenario']} its median day "
        f"made {signed(agent['pnl_median'], 2)}, with {agent['inventory']:.1f} lots held on "
        "average. "
    )
    ratio = evaluation.get("value_ratio")
    if ratio is not None:
        text += f"That is {ratio:.0%} of what the value rule makes. "
    if evaluation["accepted"]:
        return text + "It meets every condition: accepted."
    reasons = [f"it fails {_list(failed)}"] if failed else []
    reasons += list(evaluation["flags"])
    return text + f"Rejected: {'; '.join(reasons)}."


def amplification(outcomes: Sequence[Summary]) -> float | None:
    """Geometric mean of the factors by which volatility changed, over all stresses."""
    factors = [o["volatility_amplification"] for o in outcomes if o["volatility_amplification"] > 0]
    if not factors:
        return None
    return math.exp(sum(map(math.log, factors)) / len(factors))


def stress_word(stress_test: Summary | None) -> str:
    """The effect on volatility in a word or two; empty where there is no test yet."""
    factor = amplification(stress_test["outcomes"]) if stress_test else None
    return "" if factor is None else f"volatility ×{factor:.2f}"


def stress_words(stress_test: Summary) -> str:
    """What the stress test found, in some sentences, with its uncertainty."""
    outcomes = stress_test["outcomes"]
    if not outcomes:
        return "No stress was tested."
    more = [o for o in outcomes if (interval := interval_of(o)) and interval[0] > 1.0]
    less = [o for o in outcomes if (interval := interval_of(o)) and interval[1] < 1.0]
    traders = stress_test["traders"]
    who = "One trader" if traders == 1 else f"{traders:,} traders"
    text = (
        f"{who} with this policy in {stress_test['scenario']}, {stress_test['runs']} matched pairs "
        "of markets a stress, with and without. "
    )
    if more:
        text += f"Volatility rises under {_list([outcome_title(o) for o in more])}. "
    if less:
        text += f"It falls under {_list([outcome_title(o) for o in less])}. "
    if not more and not less:
        text += "No change of volatility can be told from chance (95 %). "
    worst = min(outcomes, key=lambda o: o["pnl"])
    text += (
        f"It makes {signed(sum(o['pnl'] for o in outcomes) / len(outcomes), 2)} on average, "
        f"least under {outcome_title(worst)} ({signed(worst['pnl'], 2)})."
    )
    return text


def outcome_title(outcome: Summary) -> str:
    """Name of the stress of an outcome."""
    return stress_title(str(outcome["stress"]["type"])).lower()


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
