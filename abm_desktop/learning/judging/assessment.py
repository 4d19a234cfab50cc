"""Judging a model of the registry, as one call that another process can carry out.

The results go into the model's metrics, where ``abm-desktop models`` and the RL tab find them; a
shipped model stays as it is, and its results are only returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from abm_desktop.learning.registry import models

Tell = Callable[[float, str], None]
"""Hears the finished share and what is at work."""


def evaluate_model(
    name: str, scenario: str, days: int, hours: float, seed: int, *, progress: Tell
) -> dict[str, Any]:
    """Evaluate model ``name`` on held-out days; returns and keeps ``Evaluation.summary()``.

    Raises ``ModelError``, ``ScenarioError`` and ValueError for what cannot be evaluated.
    """
    from abm_desktop.learning.judging.evaluation import evaluate
    from abm_desktop.learning.judging.seed_ranges import refuse_days_of_choice
    from abm_desktop.learning.judging.seen_days import refuse_seen
    from abm_desktop.scenario import find_scenario, load_scenario

    progress(0.0, "warming up")
    market = load_scenario(find_scenario(scenario))
    info = models.get_model(name)
    refuse_seen(info, market, None)
    refuse_days_of_choice(info.metrics, market.name, "acceptance", seed, days)
    result = evaluate(
        models.load_policy(name),
        market,
        days=days,
        hours=hours,
        seed=seed,
        on_share=lambda what, share: progress(share, what),
    )
    return keep_evaluation(name, result.summary())


def keep_evaluation(name: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Keep an evaluation with model ``name``; returns it with what was found elsewhere before.

    That of the range "report" stands under that name beside the verdict, and does not replace it.
    """
    from abm_desktop.learning.judging.several_markets import with_earlier

    place = "report" if summary["purpose"] == "report" else "evaluation"
    kept = with_earlier(dict(summary), models.get_model(name).metrics.get(place))
    models.set_metrics(name, **{place: kept})
    return kept


def stress_test_model(
    name: str,
    stresses: Sequence[Mapping[str, Any]],
    scenario: str,
    runs: int,
    traders: int,
    seed: int,
    after: float,
    *,
    progress: Tell,
) -> dict[str, Any]:
    """Put model ``name`` under every stress; returns and keeps settings and outcomes.

    Raises ``ModelError`` and ``ScenarioError`` for what cannot be tested.
    """
    from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of
    from abm_desktop.scenario import find_scenario, load_scenario

    progress(0.0, "warming up")
    market = load_scenario(find_scenario(scenario))
    outcomes = stress_test_agent(
        models.load_policy(name),
        stresses,
        scenario=market,
        runs=runs,
        traders=traders,
        after=after,
        seed=seed,
        on_share=lambda share: progress(share, "matched markets"),
    )
    summary = summary_of(outcomes, market.name, runs=runs, traders=traders, seed=seed, after=after)
    models.set_metrics(name, stress_test=summary)
    return summary
