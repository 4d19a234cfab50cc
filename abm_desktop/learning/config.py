"""What a training run is: every setting that matters, typed, bounded and described.

The form of the RL tab is built from these fields: ``title`` is the label, ``description`` the tool
tip, the bounds are the range of the input, and ``group`` says where it stands in the form. A field
whose group is ``internal`` is for scripts and tests only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from abm_desktop import paths
from abm_desktop.inputs import InputError, shown
from abm_desktop.market.roles import RoleSizes
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.files import MAX_PROBLEMS
from abm_desktop.scenario.toml_reader import UnreadableError, parse, read_text

_LONGEST_FIELD = 80
_WIDEST_LAYER = 512
"""Units that the market's compiled policies hold (``abm_desktop.market.state.MAX_WIDTH``)."""


class ConfigError(InputError):
    """A training configuration that cannot be used; ``problems`` has (field, text) per fault."""

    def __init__(self, problems: list[tuple[str, str]], source: str = "") -> None:
        self.problems = problems
        prefix = f"{source}: " if source else ""
        text = "\n".join(f"{prefix}{field}: {text}" for field, text in problems)
        super().__init__(text, key=problems[0][0] if problems else "", path=source or None)

    def __str__(self) -> str:
        return self.message  # names file and fields already


def _group(name: str) -> dict[str, Any]:
    return {"group": name}


NOT_OF_STOCK = {"mirror": False, "final_rate": 1.0, "frozen_traders": 0, "save_buffer": False}
"""Settings that RLlib as it comes does not have, and their values while they are not used."""


class TrainingConfig(BaseModel):
    """One training run of one policy on one scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: Literal["PPO", "DQN", "SAC"] = Field(
        "PPO",
        title="Algorithm",
        description="PPO: proximal policy optimisation. DQN: double duelling Q-learning from a "
        "replay buffer. SAC: soft actor-critic for discrete actions.",
        json_schema_extra=_group("main"),
    )
    role: Literal["directional", "maker", "executor"] = Field(
        "directional",
        title="Role",
        description="directional: sells, holds or buys. maker: quotes a bid and an ask, and earns "
        "the spread. executor: works off one large order after another; "
        "its reward is minus the implementation shortfall, whatever the weights say.",
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
        description="Seed of the markets, the first weights and the exploration; 0 to 2147483647.",
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
    traders_per_market: int = Field(
        1,
        ge=1,
        le=64,
        title="Traders per market",
        description="RL traders that share one policy and trade with each other in every market; "
        "all of them learn.",
        json_schema_extra=_group("sampling"),
    )
    frozen_traders: int = Field(
        0,
        ge=0,
        le=64,
        title="Frozen opponents",
        description="Further traders in every market that follow an earlier copy of the policy "
        "that learns (self-play).",
        json_schema_extra=_group("sampling"),
    )
    freeze_interval: int = Field(
        10,
        ge=1,
        le=1_000_000,
        title="Freeze every",
        description="Iterations after which the frozen opponents take over the newest policy.",
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

    quote_size: int = Field(
        2,
        ge=1,
        le=40,
        title="Quote size",
        description="Maker: lots of each of its quotes, of a position limit of 40.",
        json_schema_extra=_group("role") | {"unit": "lots"},
    )
    parent_lots: int = Field(
        120,
        ge=1,
        le=1_000_000,
        title="Parent order",
        description="Executor: lots of each order it is given; the side is drawn. Some 5 % of what "
        "the market trades in the time is usual; 120 lots in ten minutes are that in calm.",
        json_schema_extra=_group("role") | {"unit": "lots"},
    )
    parent_seconds: float = Field(
        600.0,
        ge=10.0,
        le=86_400.0,
        title="Time for it",
        description="Executor: simulated time it has for a parent order; then it is given the "
        "next. At most the length of an episode.",
        json_schema_extra=_group("role") | {"unit": "s"},
    )

    reward_damping: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        title="Gain damping",
        description="Share of the gains of a held position that is taken back. More than 0.01 "
        "makes holding nothing the best policy of a directional trader in most markets; a maker "
        "that shall not speculate needs some 0.6.",
        json_schema_extra=_group("reward"),
    )
    reward_inventory: float = Field(
        0.005,
        ge=0.0,
        le=10.0,
        title="Inventory cost",
        description="Cost of a full position per decision, in standard deviations of its gain.",
        json_schema_extra=_group("reward"),
    )
    reward_fee: float = Field(
        0.0,
        ge=-10.0,
        le=100.0,
        title="Fee",
        description="Cost of a traded lot beyond the spread that is really paid.",
        json_schema_extra=_group("reward") | {"unit": "ticks"},
    )
    first_fee: float = Field(
        0.0,
        ge=-10.0,
        le=100.0,
        title="First fee",
        description="Added to the fee at the start and taken away over the curriculum. Half the "
        "spread, negative, lets a policy learn when to trade before it learns what trading costs.",
        json_schema_extra=_group("reward") | {"unit": "ticks"},
    )
    curriculum: float = Field(
        0.5,
        gt=0.0,
        le=1.0,
        title="Curriculum",
        description="Share of the training over which the first fee is taken away.",
        json_schema_extra=_group("reward"),
    )

    minibatch_size: int = Field(
        512,
        ge=8,
        le=65_536,
        title="Minibatch size",
        description="Decisions per gradient step.",
        json_schema_extra=_group("learning"),
    )
    mirror: bool = Field(
        False,
        title="Mirror",
        description="Learn from every decision and from its mirror image as well: prices upside "
        "down, bought for sold. Keeps a policy from leaning to one side. For markets only.",
        json_schema_extra=_group("learning"),
    )
    final_rate: float = Field(
        1.0,
        ge=0.0,
        le=1.0,
        title="Final rate",
        description="Share of the learning rate and of the entropy weight that is left at the end; "
        "both fall evenly.",
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
    gradient_norm: float = Field(
        0.5,
        gt=0.0,
        le=1000.0,
        title="Gradient limit",
        description="Largest norm of the gradient; a longer one is scaled down.",
        json_schema_extra=_group("learning"),
    )

    epochs: int = Field(
        4,
        ge=1,
        le=100,
        title="Epochs",
        description="Passes over the sampled data per iteration.",
        json_schema_extra=_group("PPO"),
    )
    gae_lambda: float = Field(
        0.95,
        ge=0.0,
        le=1.0,
        title="GAE lambda",
        description="Generalised advantage estimation: 0 = one step, 1 = whole return.",
        json_schema_extra=_group("PPO"),
    )
    clip: float = Field(
        0.2,
        gt=0.0,
        le=1.0,
        title="Clip range",
        description="How far the probability ratio may leave 1 in one update.",
        json_schema_extra=_group("PPO"),
    )
    entropy: float = Field(
        0.01,
        ge=0.0,
        le=1.0,
        title="Entropy weight",
        description="Reward for staying undecided; keeps the policy exploring.",
        json_schema_extra=_group("PPO"),
    )
    value_weight: float = Field(
        0.5,
        ge=0.0,
        le=10.0,
        title="Value loss weight",
        description="Weight of the value function's squared error in the loss.",
        json_schema_extra=_group("PPO"),
    )

    buffer_size: int = Field(
        500_000,
        ge=100,
        le=50_000_000,
        title="Replay buffer",
        description="Newest decisions kept to learn from.",
        json_schema_extra=_group("replay"),
    )
    replay_ratio: float = Field(
        4.0,
        gt=0.0,
        le=1000.0,
        title="Replay ratio",
        description="How often each sampled decision is learned from, on average.",
        json_schema_extra=_group("replay"),
    )
    learning_starts: int = Field(
        10_000,
        ge=0,
        le=50_000_000,
        title="Learning starts",
        description="Decisions in the replay buffer before the first gradient step.",
        json_schema_extra=_group("replay"),
    )
    n_step: int = Field(
        3,
        ge=1,
        le=100,
        title="Steps per target",
        description="Rewards added up before the target network's value stands for the rest.",
        json_schema_extra=_group("replay"),
    )
    target_rate: float = Field(
        0.005,
        gt=0.0,
        le=1.0,
        title="Target rate",
        description="How far the target network follows at every gradient step (tau).",
        json_schema_extra=_group("replay"),
    )
    exploration_end: float = Field(
        0.05,
        ge=0.0,
        le=1.0,
        title="Random actions",
        description="DQN: share of random decisions after the first part of the training; it "
        "falls to this from 1.",
        json_schema_extra=_group("replay"),
    )
    exploration_share: float = Field(
        0.2,
        gt=0.0,
        le=1.0,
        title="Exploration",
        description="DQN: share of the training over which random decisions become rare.",
        json_schema_extra=_group("replay"),
    )
    first_temperature: float = Field(
        0.1,
        gt=0.0,
        le=100.0,
        title="First temperature",
        description="SAC: weight of the entropy at the start; it is then tuned to the target.",
        json_schema_extra=_group("replay"),
    )
    target_entropy: float = Field(
        0.5,
        gt=0.0,
        lt=1.0,
        title="Target entropy",
        description="SAC: how undecided the policy shall stay, as a share of the entropy of "
        "choosing blindly.",
        json_schema_extra=_group("replay"),
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

    shared_layers: bool = Field(
        False,
        title="Shared layers",
        description="PPO: policy and value function share their hidden layers. Smaller, and "
        "trained by torch, which takes twice as long.",
        json_schema_extra=_group("network"),
    )
    trainer: Literal["fast", "torch", "rllib"] = Field(
        "fast",
        title="Trainer",
        description="fast: own sampling, and gradients of standard networks as plain arrays. "
        "torch: own sampling, gradients by torch. rllib: RLlib as it comes, several times slower, "
        "to compare with.",
        json_schema_extra=_group("network"),
    )

    resume_from: str = Field(
        "",
        title="Go on from",
        description="Name of a model with the same algorithm and network: training goes on from "
        "its weights and optimiser, as a new model. Empty: begin anew.",
        json_schema_extra=_group("network"),
    )
    save_buffer: bool = Field(
        False,
        title="Save the buffer",
        description="Keep the replay buffer in the checkpoint (70 bytes a decision), so that going "
        "on from it goes on learning from it. Otherwise it is filled anew.",
        json_schema_extra=_group("replay"),
    )
    checkpoint_interval: int = Field(
        25,
        ge=0,
        le=1_000_000,
        title="Checkpoint every",
        description="Iterations between checkpoints while training; 0 = only at the end.",
        json_schema_extra=_group("network"),
    )
    evaluate_after: bool = Field(
        True,
        title="Evaluate at the end",
        description="Once finished, compare the policy with simple rules on held-out days and put "
        "it under every stress. Takes about a minute; the results are kept with the model.",
        json_schema_extra=_group("main"),
    )
    evaluation_scenarios: tuple[str, ...] = Field(
        (),
        max_length=8,
        title="Evaluate in",
        description="Scenarios of the held-out days at the end, separated by commas: where the "
        "policy shall trade, say. The first gives the verdict. Empty: that of the training.",
        json_schema_extra=_group("main"),
    )
    evaluation_days: int = Field(
        32,
        ge=6,
        le=10_000,
        title="Held-out days",
        description="Markets of the evaluation at the end.",
        json_schema_extra=_group("internal"),
    )
    evaluation_hours: float = Field(
        2.0,
        ge=0.01,
        le=24.0,
        title="Hours of a held-out day",
        description="Simulated hours of each market of the evaluation at the end.",
        json_schema_extra=_group("internal") | {"unit": "h"},
    )
    stress_runs: int = Field(
        8,
        ge=1,
        le=10_000,
        title="Runs under stress",
        description="Pairs of markets for each stress of the evaluation at the end.",
        json_schema_extra=_group("internal"),
    )
    address: str = Field(
        "",
        title="Ray cluster",
        description="Address of a running Ray cluster whose machines sample, e.g. 10.0.0.5:6379. "
        "Empty: a local one is started.",
        json_schema_extra=_group("sampling"),
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
        if self.algorithm == "PPO" and self.minibatch_size > self.steps_per_iteration:
            raise ValueError(
                f"minibatch_size: {self.minibatch_size} is more than the "
                f"{self.steps_per_iteration} decisions of one iteration (markets x rollout "
                "length x workers); lower it, or sample more"
            )
        if self.environment and (self.traders_per_market > 1 or self.frozen_traders):
            raise ValueError(
                "traders_per_market: several traders and frozen opponents are for markets; leave "
                "environment empty, or set traders_per_market to 1 and frozen_traders to 0"
            )
        if self.environment and self.role != "directional":
            raise ValueError(
                "role: an environment of one's own has no roles; leave environment empty, or role "
                "at directional"
            )
        if self.role == "executor" and self.parent_seconds > self.episode_seconds:
            raise ValueError(
                f"parent_seconds: {self.parent_seconds:g} s is more than an episode of "
                f"{self.episode_seconds:g} s; lower it, or raise episode_seconds"
            )
        twice = sorted(
            {s for s in self.evaluation_scenarios if self.evaluation_scenarios.count(s) > 1}
        )
        if twice or "" in self.evaluation_scenarios:
            raise ValueError(
                "evaluation_scenarios: name every scenario once"
                + (f", not {twice[0]!r} twice" if twice else ", and none that is empty")
            )
        if self.algorithm != "PPO":
            self._check_replay()
        if self.trainer == "rllib":
            self._check_stock()
        return self

    def _check_stock(self) -> None:
        unknown = [name for name, plain in NOT_OF_STOCK.items() if getattr(self, name) != plain]
        if unknown:
            raise ValueError(
                f"trainer: RLlib as it comes has no {', '.join(unknown)}; leave them out, or "
                "choose the trainer 'fast'"
            )

    def _check_replay(self) -> None:
        slots = self.envs_per_worker * self.traders_per_market * max(1, self.workers)
        rows = self.buffer_size // slots
        # Steps that only reset, two in a row at most, are passed over.
        if rows < max(self.rollout_length, 3) + self.n_step:
            raise ValueError(
                f"buffer_size: {self.buffer_size} decisions are less than one iteration of "
                f"{self.steps_per_iteration}; raise it, or sample less"
            )
        if self.learning_starts > self.buffer_size:
            raise ValueError(
                f"learning_starts: {self.learning_starts} is more than the replay buffer holds"
            )

    @property
    def sizes(self) -> RoleSizes:
        """What a maker or executor is trained for."""
        return RoleSizes(self.quote_size, self.parent_lots, self.parent_seconds)

    @property
    def total_steps(self) -> int:
        """Decisions of the whole training."""
        return self.iterations * self.steps_per_iteration

    @property
    def steps_per_iteration(self) -> int:
        """Decisions sampled per iteration over all workers (steps that only reset included)."""
        slots = self.envs_per_worker * self.traders_per_market
        return slots * self.rollout_length * max(1, self.workers)


def make_config(source: str = "", **settings: Any) -> TrainingConfig:
    """Build a :class:`TrainingConfig`; a fault raises :class:`ConfigError` naming every field.

    What is not given is that of the shipped recipe of this algorithm and role
    (:func:`recipe_settings`).
    """
    flags = [
        (key, f"is {value}: must be a number or a text, not yes or no")
        for key, value in settings.items()
        if isinstance(value, bool)
        and (field := TrainingConfig.model_fields.get(key)) is not None
        and "bool" not in str(field.annotation)
    ]
    if flags:  # True would count as 1
        raise ConfigError(flags, source)
    try:
        return TrainingConfig(**recipe_settings(settings))
    except ValidationError as error:
        found = [_problem(item) for item in error.errors()[:MAX_PROBLEMS]]
        unknown = [k for k, (_, text) in enumerate(found) if "; known keys: " in text]
        for k in unknown[1:]:  # the whole list once is enough
            found[k] = (found[k][0], found[k][1].partition(";")[0])
        if untold := error.error_count() - len(found):
            found.append(("configuration", f"and {untold:,} more problems; mend these first"))
        raise ConfigError(found, source) from error


def recipe_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``settings``, and for what they do not say the shipped recipe of their algorithm and role.

    The fields' own defaults are a place to start from, and end with a trader that is not accepted.
    They stand where there is no recipe: of an environment of one's own, and of makers and
    executors by DQN and SAC. A recipe judges where it was tried: with another scenario the
    held-out days are of that one. Workers share the decisions of an iteration, so that they change
    how long it takes and not how much is learned from; minibatches are no larger than that.
    """
    given = dict(settings)
    algorithm, role = given.get("algorithm", "PPO"), given.get("role", "directional")
    name = algorithm if role == "directional" else role if algorithm == "PPO" else ""
    recipe = dict(_recipes_by_name().get(str(name).lower(), {}))
    if not recipe or given.get("environment"):
        return given
    if given.get("scenario", recipe["scenario"]) != recipe["scenario"]:
        recipe.pop("evaluation_scenarios", None)
    if given.get("trainer") == "rllib":
        for unknown in NOT_OF_STOCK:
            recipe.pop(unknown, None)
    both = recipe | given
    # What is wrong with other settings is told of them, not of those that are fitted to them here.
    with contextlib.suppress(TypeError, ValueError):
        workers = max(1, both.get("workers", 0))
        if "rollout_length" not in given:
            both["rollout_length"] = max(1, both["rollout_length"] // workers)
        if "minibatch_size" not in given and algorithm == "PPO":
            slots = both["envs_per_worker"] * both.get("traders_per_market", 1) * workers
            both["minibatch_size"] = max(
                8, min(both["minibatch_size"], slots * both["rollout_length"])
            )
    return both


@cache
def _recipes_by_name() -> dict[str, dict[str, Any]]:
    return {file.stem: settings_of(file) for file in recipes()}


def recipes() -> list[Path]:
    """Shipped training configurations, the best that are known (docs/learning.md has figures)."""
    return sorted((paths.scenario_dir() / "training").glob("*.toml"))


def find_recipe(name_or_path: Path | str) -> Path:
    """A file as it is given, or the shipped configuration of this name."""
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    return next((recipe for recipe in recipes() if recipe.stem == str(name_or_path)), path)


def load_config(path: Path) -> TrainingConfig:
    """Read a TOML file whose top-level keys are the fields of :class:`TrainingConfig`.

    Raises :class:`ConfigError` with the file's name for anything wrong in it.
    """
    return make_config(str(path), **settings_of(path))


def settings_of(path: Path) -> dict[str, Any]:
    """What such a file says itself, without defaults and not checked. Raises ConfigError."""
    try:
        settings, _, problems = parse(read_text(path))
    except UnreadableError as error:
        told = f"{error.problem.message}; {error.problem.remedy}"
        raise ConfigError([("file", told)], str(path)) from error
    if problems:
        # Faults of the values are told when every line can be read.
        raise ConfigError([_of_line(problem) for problem in problems], str(path))
    if settings.get("environment"):
        # It names code to run, and a file may be a stranger's.
        raise ConfigError(
            [
                (
                    "environment",
                    "is not taken from a file, since it names a module to run; take it out, and "
                    "give it as --set environment=module:factory, or to RLTrainer",
                )
            ],
            str(path),
        )
    return settings


def _of_line(problem: Problem) -> tuple[str, str]:
    where = f"line {problem.line}" if problem.line else "file"
    key = f"{problem.key} " if problem.key else ""
    return where, f"{key}{problem.message}; {problem.remedy}"


def _problem(item: Any) -> tuple[str, str]:
    """(field, text) of one pydantic error."""
    text = str(item["msg"]).removeprefix("Value error, ")
    field = ".".join(str(part) for part in item["loc"])
    if not field and ": " in text:
        field, text = text.split(": ", 1)
    if item["type"] == "extra_forbidden":
        text = f"is not a known setting; {suggestion(field, list(TrainingConfig.model_fields))}"
    elif item["type"] not in ("value_error", "missing"):
        text = f"is {shown(item['input'])}: {text[:1].lower()}{text[1:]}"
    field = field if len(field) <= _LONGEST_FIELD else f"{field[:_LONGEST_FIELD]}..."
    return field or "configuration", text
