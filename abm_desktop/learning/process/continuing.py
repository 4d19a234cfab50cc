"""Trainings that stopped, or were killed, and go on where they were, under the same name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.recipes import load_config
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_info import ModelInfo

__all__ = ["check_goes_on", "config_to_continue", "may_continue", "stopped_training"]

_OPEN = ("unfinished", "stopped", "failed")
"""States of a training that is not at its end; one that was killed is left unfinished."""
_OWN = ("iterations", "checkpoint_interval", "workers", "threads", "evaluate_after", "address")
"""Settings that may be others when it goes on, beside ``environment``, which is never read."""


def may_continue(model: ModelInfo) -> bool:
    """Whether the training of ``model`` can go on."""
    return (
        model.status in _OPEN
        and bool(model.checkpoint)
        and model.config.get("trainer") != "rllib"
        and model.iterations < int(model.config.get("iterations", 0))
        and "population" not in model.metrics
    )


def stopped_training(name: str) -> ModelInfo:
    """The model whose training can go on. Raises :class:`ModelError`."""
    model = models.get_model(name)
    if not model.checkpoint:
        raise models.ModelError(
            f"model {name!r} has no checkpoint to go on from: it was imported, or ships with the "
            "program"
        )
    return model


def config_to_continue(
    name: str, changed: Mapping[str, Any] | None = None, changes: Iterable[str] = ()
) -> TrainingConfig:
    """The settings with which the training of a model goes on.

    ``changed``, and ``changes``, "key=value" each, may have more iterations, and what does not
    change what is learned.

    Raises:
        ModelError: for a model whose training cannot go on.
        ConfigError: for settings that are none.
    """
    model = stopped_training(name)
    if "population" in model.metrics:
        raise models.ModelError(
            f"model {name!r} learned among the others of a population, which goes on as a whole "
            "(abm-desktop population FILE --continue); a training of its own goes on from it as a "
            "new model (--set resume_from=...)"
        )
    changed, changes = dict(changed or {}), list(changes)
    keys = {*changed, *(change.partition("=")[0].strip() for change in changes)}
    others = sorted(keys - {*_OWN, "environment"})
    if others:
        raise models.ModelError(
            f"the training of {name!r} goes on with its own settings: {', '.join(others)} cannot "
            f"be given (but {', '.join(_OWN)} can)"
        )
    known = {
        key: value for key, value in model.config.items() if key in TrainingConfig.model_fields
    }
    if known.pop("environment", "") and "environment" not in keys:
        raise models.ModelError(
            f"model {name!r} learns in an environment of its own, which is not taken from a file "
            "since it names a module to run: give it as --set environment=module:factory"
        )
    # What it once went on from stands in the model; its weights are in the checkpoint by now.
    own = {"model_name": name, "continues": True, "resume_from": ""}
    config = load_config(None, known | changed | own, changes)
    check_goes_on(config, model)
    return config


def check_goes_on(config: TrainingConfig, model: ModelInfo) -> None:
    """Raise :class:`ModelError` if there is nothing left to do."""
    if model.iterations < config.iterations:
        return
    own = int(model.config.get("iterations", 0))
    if model.iterations < own:
        raise models.ModelError(
            f"the training of {model.name!r} was stopped after {model.iterations} of its {own} "
            f"iterations, and iterations = {config.iterations} is for all of it, not for what is "
            f"to come: leave it out, or give more than {model.iterations}"
        )
    raise models.ModelError(
        f"the training of {model.name!r} is at its end, after {model.iterations} iterations: "
        "give more iterations, or go on from it as a new model"
    )
