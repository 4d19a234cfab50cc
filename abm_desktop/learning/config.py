"""What a training run is: every setting that matters, typed, bounded and described.

The form of the RL tab is built from these fields: ``title`` is the label, ``description`` the tool
tip, the bounds are the range of the input, and ``group`` says where it stands in the form. A field
whose group is ``internal`` is for scripts and tests only.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

ALGORITHMS = ("PPO",)
"""Algorithms that can be trained."""

_WIDEST_LAYER = 512
"""Units that the market's compiled policies hold (``abm_desktop.market.state.MAX_WIDTH``)."""


class ConfigError(ValueError):
    """A training configuration that cannot be used; ``problems`` has (field, text) per fault."""

    def __init__(self, problems: list[tuple[str, str]], source: str = "") -> None:
        self.problems = problems
        prefix = f"{source}: " if source else ""
        super().__init__("\n".join(f"{prefix}{field}: {text}" for field, text in problems))


def _group(name: str) -> dict[str, Any]:
    return {"group": name}


class TrainingConfig(BaseModel):
    """One training run of one policy on one scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: Literal["PPO"] = Field(
        "PPO",
        title="Algorithm",
        description="Proximal policy optimisation, on RLlib.",
        json_schema_extra=_group("main"),
    )
    scenario: str = Field(
        "calm",
        min_length=1,
        title="Scenario",
        description="Name of a scenario, or the path of a scenario file, to train in.",
        json_schema_extra=_group("main"),
    )
    workers: int = Field(
        0,
        ge=0,
        le=256,
        title="Workers",
        description="Sampling processes beside the trainer. 0 samples in the trainer itself, which "
        "is fastest on one or two cores.",
        json_schema_extra=_group("main"),
    )
    iterations: int = Field(
        100,
        ge=1,
        le=1_000_000,
        title="Iterations",
        description="Rounds of sampling and learning.",
        json_schema_extra=_group("main"),
    )
    learning_rate: float = Field(
        3e-4,
        gt=0.0,
        le=1.0,
        title="Learning rate",
        description="Step size of the Adam optimiser.",
        json_schema_extra=_group("main"),
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Seed of the markets, the first weights and the exploration.",
        json_schema_extra=_group("main"),
    )
    model_name: str = Field(
        "",
        max_length=80,
        title="Model name",
        description="Name in the list of models. Empty: scenario, algorithm and a number.",
        json_schema_extra=_group("main"),
    )

    envs_per_worker: int = Field(
        64,
        ge=1,
        le=4096,
        title="Markets per worker",
        description="Markets that each sampling process steps side by side.",
        json_schema_extra=_group("sampling"),
    )
    rollout_length: int = Field(
        128,
        ge=1,
        le=10_000,
        title="Rollout length",
        description="Decisions taken in each market per iteration.",
        json_schema_extra=_group("sampling"),
    )
    episode_seconds: float = Field(
        3600.0,
        ge=10.0,
        le=86_400.0,
        title="Episode length",
        description="Simulated seconds until an episode ends.",
        json_schema_extra=_group("sampling") | {"unit": "s"},
    )
    stress_probability: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        title="Stress share",
        description="Share of the episodes in which a stress of random kind and severity strikes.",
        json_schema_extra=_group("sampling"),
    )

    minibatch_size: int = Field(
        512,
        ge=8,
        le=65_536,
        title="Minibatch size",
        description="Decisions per gradient step.",
        json_schema_extra=_group("learning"),
    )
    epochs: int = Field(
        4,
        ge=1,
        le=100,
        title="Epochs",
        description="Passes over the sampled data per iteration.",
        json_schema_extra=_group("learning"),
    )
    gamma: float = Field(
        0.99,
        ge=0.0,
        le=1.0,
        title="Discount",
        description="Weight of a reward one decision later (gamma).",
        json_schema_extra=_group("learning"),
    )
    gae_lambda: float = Field(
        0.95,
        ge=0.0,
        le=1.0,
        title="GAE lambda",
        description="Generalised advantage estimation: 0 = one step, 1 = whole return.",
        json_schema_extra=_group("learning"),
    )
    clip: float = Field(
        0.2,
        gt=0.0,
        le=1.0,
        title="Clip range",
        description="How far the probability ratio may leave 1 in one update.",
        json_schema_extra=_group("learning"),
    )
    entropy: float = Field(
        0.01,
        ge=0.0,
        le=1.0,
        title="Entropy weight",
        description="Reward for staying undecided; keeps the policy exploring.",
        json_schema_extra=_group("learning"),
    )
    value_weight: float = Field(
        0.5,
        ge=0.0,
        le=10.0,
        title="Value loss weight",
        description="Weight of the value function's squared error in the loss.",
        json_schema_extra=_group("learning"),
    )
    gradient_norm: float = Field(
        0.5,
        gt=0.0,
        le=1000.0,
        title="Gradient limit",
        description="Largest norm of the gradient; a longer one is scaled down.",
        json_schema_extra=_group("learning"),
    )

    hidden: tuple[int, ...] = Field(
        (64, 64),
        min_length=1,
        max_length=3,
        title="Hidden layers",
        description="Units of each hidden layer of policy and value function: one to three "
        "layers of 1 to 512 units, which is what a market can run.",
        json_schema_extra=_group("network"),
    )
    activation: Literal["tanh", "relu"] = Field(
        "tanh",
        title="Activation",
        description="Nonlinearity of the hidden layers.",
        json_schema_extra=_group("network"),
    )

    checkpoint_interval: int = Field(
        25,
        ge=0,
        le=1_000_000,
        title="Checkpoint every",
        description="Iterations between checkpoints while training; 0 = only at the end.",
        json_schema_extra=_group("network"),
    )
    environment: str = Field(
        "",
        title="Environment",
        description="'module:factory' of a vector environment to train in place of the market. "
        "Called with num_envs, scenario, episode_seconds and seed.",
        json_schema_extra=_group("internal"),
    )

    @model_validator(mode="after")
    def _check(self) -> TrainingConfig:
        if any(not 1 <= units <= _WIDEST_LAYER for units in self.hidden):
            raise ValueError(f"hidden: every layer needs 1 to {_WIDEST_LAYER} units")
        if self.minibatch_size > self.steps_per_iteration:
            raise ValueError(
                f"minibatch_size: {self.minibatch_size} is more than the "
                f"{self.steps_per_iteration} decisions of one iteration (markets x rollout "
                "length x workers); lower it, or sample more"
            )
        return self

    @property
    def steps_per_iteration(self) -> int:
        """Decisions sampled per iteration over all workers (steps that only reset included)."""
        return self.envs_per_worker * self.rollout_length * max(1, self.workers)


def make_config(source: str = "", **settings: Any) -> TrainingConfig:
    """Build a :class:`TrainingConfig`; a fault raises :class:`ConfigError` naming every field."""
    try:
        return TrainingConfig(**settings)
    except ValidationError as error:
        raise ConfigError([_problem(item) for item in error.errors()], source) from error


def load_config(path: Path) -> TrainingConfig:
    """Read a TOML file whose top-level keys are the fields of :class:`TrainingConfig`.

    Raises :class:`ConfigError` with the file's name for anything wrong in it.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([("file", f"cannot be read: {error.strerror}")], str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([("syntax", str(error))], str(path)) from error
    return make_config(str(path), **settings)


def _problem(item: Any) -> tuple[str, str]:
    """(field, text) of one pydantic error."""
    text = str(item["msg"]).removeprefix("Value error, ")
    field = ".".join(str(part) for part in item["loc"])
    if not field and ": " in text:
        field, text = text.split(": ", 1)
    if item["type"] == "extra_forbidden":
        text = f"there is no such setting; known are {', '.join(TrainingConfig.model_fields)}"
    return field or "configuration", text
