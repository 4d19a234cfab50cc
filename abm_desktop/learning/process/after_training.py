"""What happens to every trained policy without being asked: held-out days, then every stress.

Shorter than ``abm-desktop evaluate`` and ``stress-test`` do it by default, with the same rules: a
verdict a minute after the training ends. The results go into the model's ``metrics`` under
"evaluation" and "stress_test".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from abm_desktop.envs.core import as_scenario
from abm_desktop.envs.day_parts import DayPart, whole_day
from abm_desktop.learning.judging.several_markets import evaluate_in, summary_of_all
from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of, usual_stresses
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario

LEAD, AFTER = 600.0, 900.0
"""Seconds of market before the fork, and from the shock to the end."""

_SHARE_OF_DAYS = 0.7
"""Of the work."""

Stage = Literal["evaluation", "stress_test"]
Tell = Callable[[Stage, str, float], None]
"""Hears the stage ("evaluation" or "stress_test"), what is at work, and the finished share."""


def examine(
    policy: PolicyNet,
    scenario: Scenario,
    tell: Tell,
    *,
    keep: Callable[[Stage, dict[str, Any]], None],
    days: int,
    hours: float,
    runs: int,
    after: float = AFTER,
    markets: Sequence[Scenario] = (),
    parts: Sequence[DayPart | None] | None = (),
) -> None:
    """Evaluate and stress-test; ``keep`` gets (stage, results) as each is there.

    ``days`` held-out days of ``hours`` simulated hours each, in ``scenario`` or in ``markets``, and
    ``runs`` pairs of markets a stress that go on for ``after`` seconds. What ``tell`` raises ends
    the work. In a recorded day days are at most a quarter of it, or of its part, and stresses those
    that send orders. ``parts`` has one a market, as of :func:`evaluate_in`; for None nothing is
    left that could be judged on.
    """
    scenario = as_scenario(scenario)
    if parts is not None:
        places = markets or (scenario,)
        for market, part in zip(places, parts or [None] * len(places), strict=True):
            if market.recording:
                hours = min(hours, (part or whole_day(market)).seconds / 4 / 3600)
        results = evaluate_in(
            policy,
            places,
            days=days,
            hours=hours,
            parts=parts,
            on_share=lambda what, share: tell("evaluation", what, _SHARE_OF_DAYS * share),
        )
        keep("evaluation", summary_of_all(results))
    settings: dict[str, Any] = {"runs": runs, "traders": 1, "seed": 0, "after": after}
    outcomes = stress_test_agent(
        policy,
        usual_stresses(scenario),
        scenario=scenario,
        lead=LEAD,
        on_share=lambda share: tell(
            "stress_test", "stress", _SHARE_OF_DAYS + (1.0 - _SHARE_OF_DAYS) * share
        ),
        **settings,
    )
    keep("stress_test", summary_of(outcomes, scenario.name, **settings))
