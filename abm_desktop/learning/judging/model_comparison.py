"""Models side by side: what they are, how well they did, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.learning.registry.models import ModelInfo


@dataclass(frozen=True, slots=True)
class ComparedProperty:
    """One property of every model compared."""

    group: str
    """"model", "evaluation", "stress test" or "setting"."""
    label: str
    values: tuple[Any, ...]
    """One a model, in the order asked for; None if it is not known."""

    @property
    def differs(self) -> bool:
        """Whether the models differ in it."""
        return any(value != self.values[0] for value in self.values[1:])


_MODEL = (
    "algorithm", "role", "scenario", "seed", "iterations", "env_steps", "reward_mean", "status",
    "created", "version", "git", "parent",
)  # fmt: skip
_NO_SETTINGS = (
    "model_name", "resume_from", "continues", "threads", "address", "save_buffer",
    "checkpoint_interval", "evaluate_after", "evaluation_scenarios", "evaluation_days",
    "evaluation_hours", "stress_runs",
)  # fmt: skip
"""Fields of the training's configuration that have no part in what is learned."""

_EVALUATION = (
    ("median PnL a day", "pnl_median"),
    ("mean PnL a day", "pnl_mean"),
    ("standard deviation", "pnl_sd"),
    ("drawdown", "drawdown"),
    ("mean |inventory|", "inventory"),
    ("lots traded a day", "traded"),
    ("accuracy", "accuracy"),
)
_STRESS = (
    ("PnL", "pnl"),
    ("drawdown", "drawdown"),
    ("volatility x", "volatility_amplification"),
)


def compare_models(models: Sequence[ModelInfo]) -> list[ComparedProperty]:
    """The rows of the table; settings of the training only if the models differ.

    Raises ``ValueError`` for no models at all.
    """
    if not models:
        raise ValueError("there is no model to compare: name at least one")
    rows = [
        ComparedProperty("model", key, tuple(getattr(model, key) for model in models))
        for key in _MODEL
    ]
    rows.append(ComparedProperty("model", "tags", tuple(" ".join(model.tags) for model in models)))
    rows += _evaluations(models)
    rows += _stress_tests(models)
    return rows + _settings(models)


def _settings(models: Sequence[ModelInfo]) -> list[ComparedProperty]:
    keys = dict.fromkeys(key for model in models for key in model.config)
    values = [_settings_of(model) for model in models]
    rows = [
        ComparedProperty("setting", key, tuple(settings.get(key) for settings in values))
        for key in keys
        if key not in _MODEL and key not in _NO_SETTINGS
    ]
    return [row for row in rows if row.differs]


def _settings_of(model: ModelInfo) -> dict[str, Any]:
    """With those that came later: a training before them was as their defaults say."""
    if not model.config:
        return {}
    defaults = TrainingConfig().model_dump(mode="json")
    return defaults | model.config


def _evaluations(models: Sequence[ModelInfo]) -> list[ComparedProperty]:
    found = [model.metrics.get("evaluation") for model in models]
    if not any(found):
        return []

    def row(label: str, value: Any) -> ComparedProperty:
        return ComparedProperty("evaluation", label, tuple(value(e) if e else None for e in found))

    rows = [
        row("accepted", lambda e: e["accepted"]),
        row("evaluated in", lambda e: f"{e['scenario']}, {e['days']} days of {e['hours']:g} h"),
    ]
    if any(len(everywhere(e)) > 1 for e in found):
        rows.append(row("elsewhere", _elsewhere))
    for label, key in _EVALUATION:
        rows.append(row(label, lambda e, key=key: e["rules"]["agent"].get(key)))
    rows.append(row("of the value rule's profit", lambda e: e.get("value_ratio")))
    rows.append(row("signs of degeneracy", lambda e: "; ".join(e["flags"])))
    return rows


def _elsewhere(evaluation: dict[str, Any]) -> str:
    return "; ".join(
        f"{found['scenario']}: {'accepted' if found['accepted'] else 'not accepted'}, "
        f"median {found['rules']['agent']['pnl_median']:+.2f} a day"
        for found in everywhere(evaluation)[1:]
    )


def _stress_tests(models: Sequence[ModelInfo]) -> list[ComparedProperty]:
    found = [
        {outcome.get("name", outcome["stress"]["type"]): outcome for outcome in outcomes_of(model)}
        for model in models
    ]
    kinds = dict.fromkeys(kind for outcomes in found for kind in outcomes)
    return [
        ComparedProperty(
            "stress test",
            f"{kind.replace('_', ' ')}: {label}",
            tuple(outcomes.get(kind, {}).get(key) for outcomes in found),
        )
        for kind in kinds
        for label, key in _STRESS
    ]


def outcomes_of(model: ModelInfo) -> list[dict[str, Any]]:
    """What is stored of a model's stress test, one entry a stress."""
    return list((model.metrics.get("stress_test") or {}).get("outcomes", ()))
