"""Evaluations of one policy in one market after another: where it was trained, and where it trades.

The first market gives the verdict; the others stand in its summary under "elsewhere".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from abm_desktop.envs.day_parts import DayPart
from abm_desktop.learning.judging.evaluation import Evaluation, evaluate
from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario


def evaluate_in(
    policy: PolicyNet,
    scenarios: Sequence[Scenario],
    *,
    days: int,
    hours: float | None = None,
    seed: int = 0,
    purpose: str = "acceptance",
    parts: Sequence[DayPart | None] = (),
    on_share: Callable[[str, float], None] | None = None,
) -> list[Evaluation]:
    """Evaluate ``policy`` in every scenario, with the arguments of :func:`evaluate` else.

    ``parts`` has those of recorded days, one a scenario; without it all of each.
    """
    found: list[Evaluation] = []

    def tell(what: str, share: float) -> None:
        assert on_share is not None
        place = f" in {scenarios[len(found)].name}" if len(scenarios) > 1 else ""
        on_share(what + place, (len(found) + share) / len(scenarios))

    for scenario, part in zip(scenarios, parts or [None] * len(scenarios), strict=True):
        found.append(
            evaluate(
                policy,
                scenario,
                days=days,
                hours=hours,
                seed=seed,
                purpose=purpose,
                part=part,
                on_share=None if on_share is None else tell,
            )
        )
    return found


def summary_of_all(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """The summary of the first, with those of the others under "elsewhere"."""
    first, *others = (evaluation.summary() for evaluation in evaluations)
    return first | ({"elsewhere": others} if others else {})


def with_earlier(summary: dict[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """``summary``, and what was found ``before`` in markets that it says nothing of."""
    new = everywhere(summary)
    places = {found["scenario"] for found in new}
    kept = [found for found in everywhere(before) if found["scenario"] not in places]
    first, *others = (dict(found) for found in [*new, *kept])
    first.pop("elsewhere", None)
    return first | ({"elsewhere": others} if others else {})
