"""What every update from rollouts has in common: arrays or torch, rates, safe steps, measures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
import torch
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.utils.metrics import (
    ALL_MODULES,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    NUM_MODULE_STEPS_TRAINED,
    NUM_MODULE_STEPS_TRAINED_LIFETIME,
)
from torch import nn

from abm_desktop.inputs import InputError
from abm_desktop.learning.rllib.networks import UnsupportedNetworkError
from abm_desktop.learning.statements import Diverged
from abm_desktop.statements import FaultError

Arrays = TypeVar("Arrays")


def set_generator(generator: torch.Generator, state: np.ndarray) -> None:
    """Set a generator to a state that it may have written. Raises ``InputError``."""
    wanted = generator.get_state().numpy()
    try:
        if state.dtype != wanted.dtype or state.shape != wanted.shape:
            raise ValueError(f"{state.dtype} {state.shape}")
        generator.set_state(torch.from_numpy(state.copy()))
    except (RuntimeError, ValueError, TypeError) as error:
        raise InputError(f"is no state of a random stream: {error}", key="generator") from error


def set_random(random: np.random.Generator, state: Any) -> None:
    """Set a generator to a state that ``random.bit_generator.state`` was. Raises ``InputError``."""
    before = random.bit_generator.state
    try:
        random.bit_generator.state = state
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        random.bit_generator.state = before
        raise InputError(f"is no state of a random stream: {error}", key="random") from error


class DivergenceError(FaultError, RuntimeError):
    """A loss or gradient is not finite; the weights are still those before the bad step."""


class RolloutUpdates:
    """Mixed into an RLlib torch learner that has one module and takes rollouts.

    ``config.learner_config_dict`` holds ``total_steps`` and ``final_rate``: the rates fall evenly
    to that share over the training.
    """

    config: Any
    metrics: Any
    learning_rate: float
    """Rate at the start of the training; may be changed at any time between two updates."""
    losses: dict[str, float]
    """Means over the last update; empty before the first."""

    def _begin(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.losses = {}
        self._rate_left = 1.0

    @property
    def present_rate(self) -> float:
        """Step size of the last update: the rate, fallen as far as the training has come.

        Set, it is the step size of the next update, and falls from there as the training says.
        """
        return self.learning_rate * self._rate_left

    @present_rate.setter
    def present_rate(self, rate: float) -> None:
        # Near the end of a rate that falls to nothing there is nothing left to divide by.
        self.learning_rate = rate / max(self._rate_left, 1e-3)

    def _as_arrays(self, make: Callable[[], Arrays]) -> Arrays | None:
        """The networks as arrays; None if torch is wanted, or they are no standard ones."""
        if self.config.learner_config_dict["trainer"] != "fast":
            return None
        try:
            return make()
        except UnsupportedNetworkError:
            return None

    def _set_rates(self, timesteps: dict[str, Any]) -> None:
        plan = self.config.learner_config_dict
        done = min(1.0, timesteps.get(NUM_ENV_STEPS_SAMPLED_LIFETIME, 0) / plan["total_steps"])
        self._rate_left = 1.0 - (1.0 - plan["final_rate"]) * done
        for optimizer in self.own_optimizers():
            for group in optimizer.param_groups:
                group["lr"] = self.learning_rate * self._rate_left

    def own_optimizers(self) -> Iterable[torch.optim.Optimizer]:
        """Every optimiser of the one module."""
        return [
            optimizer
            for _, optimizer in self.get_optimizers_for_module(  # type: ignore[attr-defined]
                DEFAULT_MODULE_ID
            )
        ]

    def _apply(self, loss: torch.Tensor) -> float:
        """One gradient step of every optimiser; returns the norm of the whole gradient."""
        optimizers = list(self.own_optimizers())
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        total = 0.0
        for optimizer in optimizers:
            parameters = [p for group in optimizer.param_groups for p in group["params"]]
            total += float(nn.utils.clip_grad_norm_(parameters, self.config.grad_clip)) ** 2
        if not math.isfinite(total):
            raise DivergenceError(Diverged("gradient", f"{float(loss.detach()):g}"))
        for optimizer in optimizers:
            optimizer.step()
        return math.sqrt(total)

    def _log(self, losses: dict[str, float], rows: int) -> None:
        self.losses = losses
        for key, value in losses.items():
            self.metrics.log_value((DEFAULT_MODULE_ID, key), value, window=1)
        for module in (DEFAULT_MODULE_ID, ALL_MODULES):
            self.metrics.log_value((module, NUM_MODULE_STEPS_TRAINED), rows, reduce="sum")
            self.metrics.log_value(
                (module, NUM_MODULE_STEPS_TRAINED_LIFETIME), rows, reduce="lifetime_sum"
            )
