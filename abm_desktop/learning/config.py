"""What a training run is: every setting that matters, typed, bounded and described.

The form of the RL tab is built from these fields: ``title`` is the label, ``description`` the tool
tip, the mark has bounds and unit, and ``group`` says where it stands in the form. A field whose
group is ``internal`` is for scripts and tests only.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from abm_desktop.market.roles import DEFAULT_ROLE, RoleSizes, find_role, role_names, roles
from abm_desktop.market.roles.memory import STATE_WIDTH
from abm_desktop.scenario.base import Model, clash
from abm_desktop.scenario.bounds import SMALLEST
from abm_desktop.scenario.errors import ProblemsError
from abm_desktop.scenario.quantity import OneOf, Quantity
from abm_desktop.scenario.stress import STRESS_TYPES

LAST_SEED = 699_999_999
"""Of a training. Its environments draw from seeds below 800 million; from there on seeds belong to
stress tests, evaluations and experiments, which judge on markets that no training has seen."""

_WIDEST_LAYER = 512
"""Units that the market's compiled policies hold (``abm_desktop.market.state.MAX_WIDTH``)."""


def _what_roles_are() -> str:
    return " ".join(f"{role.name}: {role.summary}." for role in roles())


RoleName = Annotated[str, OneOf(role_names, _what_roles_are)]
HeldOut = Annotated[
    str,
    OneOf(
        lambda: ("none", *STRESS_TYPES),
        lambda: (
            "A kind of stress that no episode has, so that it can be told how the policy meets "
            "what it has not learned."
        ),
    ),
]
Units = Annotated[int, Quantity(1, _WIDEST_LAYER)]
Name = Annotated[str, Field(min_length=1, max_length=4096)]
Text = Annotated[str, Field(max_length=4096)]


class ConfigError(ProblemsError):
    """A training configuration that cannot be used."""

    what: ClassVar[str] = "training settings"


def _group(name: str) -> dict[str, Any]:
    return {"group": name}


NOT_OF_STOCK = {
    "mirror": False,
    "even_handed": False,
    "final_rate": 1.0,
    "frozen_traders": 0,
    "observations": (),
    "save_buffer": False,
}
"""Settings that RLlib as it comes does not have, and their values while they are not used."""


def _in_capitals(name: object) -> object:
    """The name of an algorithm as it is written here; people type ``ppo``, too."""
    return name.upper() if isinstance(name, str) else name


class TrainingConfig(Model):
    """One training run of one policy on one scenario."""

    algorithm: Annotated[Literal["PPO", "DQN", "SAC"], BeforeValidator(_in_capitals)] = Field(
        "PPO",
        title="Algorithm",
        description="PPO: proximal policy optimisation. DQN: double duelling Q-learning from a "
        "replay buffer. SAC: soft actor-critic for discrete actions.",
        json_schema_extra=_group("main"),
    )
    role: RoleName = Field(
        DEFAULT_ROLE,
        title="Role",
        json_schema_extra=_group("main"),
    )
    scenario: Name = Field(
        "calm",
        title="Scenario",
        description="Name of a scenario, or path of a scenario file or recorded day, to train in.",
        json_schema_extra=_group("main"),
    )
    recording_from: Text = Field(
        "",
        title="From",
        description="Of a recorded day: from when on episodes lie in it, as a time of day (12:45) "
        "or how long after it begins (3h). Empty: from its beginning. What the policy has not seen "
        "can judge it.",
        json_schema_extra=_group("sampling"),
    )
    recording_until: Text = Field(
        "",
        title="Until",
        description="Of a recorded day: until when, likewise. Empty: to its end.",
        json_schema_extra=_group("sampling"),
    )
    workers: Annotated[int, Quantity(0, 256)] = Field(
        0,
        title="Workers",
        description="Sampling processes beside the trainer. 0 samples in the trainer itself, on "
        "all cores.",
        json_schema_extra=_group("main"),
    )
    iterations: Annotated[int, Quantity(1, 1_000_000)] = Field(
        100,
        title="Iterations",
        description="Rounds of sampling and learning.",
        json_schema_extra=_group("main"),
    )
    learning_rate: Annotated[float, Quantity(1e-12, 1.0)] = Field(
        3e-4,
        title="Learning rate",
        description="Step size of the Adam optimiser.",
        json_schema_extra=_group("main"),
    )
    seed: Annotated[int, Quantity(0, LAST_SEED)] = Field(
        1,
        title="Seed",
        description="Seed of the markets, the first weights and the exploration.",
        json_schema_extra=_group("main"),
    )
    model_name: Annotated[str, Field(max_length=80)] = Field(
        "",
        title="Model name",
        description="Name in the list of models. Empty: scenario, algorithm and a number.",
        json_schema_extra=_group("main"),
    )

    envs_per_worker: Annotated[int, Quantity(1, 4096)] = Field(
        64,
        title="Markets per worker",
        description="Markets that each sampling process steps side by side.",
        json_schema_extra=_group("sampling"),
    )
    threads: Annotated[int, Quantity(0, 1024)] = Field(
        0,
        title="Threads",
        description="Threads that step the markets and learn; workers share them. 0 takes all "
        "cores. A training is the same with any number.",
        json_schema_extra=_group("sampling"),
    )
    traders_per_market: Annotated[int, Quantity(1, 64)] = Field(
        1,
        title="Traders per market",
        description="RL traders that share one policy and trade with each other in every market; "
        "all of them learn.",
        json_schema_extra=_group("sampling"),
    )
    frozen_traders: Annotated[int, Quantity(0, 64)] = Field(
        0,
        title="Frozen opponents",
        description="Further traders in every market that follow an earlier copy of the policy "
        "that learns (self-play).",
        json_schema_extra=_group("sampling"),
    )
    freeze_interval: Annotated[int, Quantity(1, 1_000_000)] = Field(
        10,
        title="Freeze every",
        description="Iterations after which the frozen opponents take over the newest policy.",
        json_schema_extra=_group("sampling"),
    )
    rollout_length: Annotated[int, Quantity(1, 10_000)] = Field(
        128,
        title="Rollout length",
        description="Decisions taken in each market per iteration.",
        json_schema_extra=_group("sampling"),
    )
    episode_seconds: Annotated[float, Quantity(10.0, 86_400.0, unit="s")] = Field(
        3600.0,
        title="Episode length",
        description="Simulated seconds until an episode ends.",
        json_schema_extra=_group("sampling"),
    )
    stress_probability: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.0,
        title="Stress share",
        description="Share of the episodes in which a stress of random kind and severity strikes.",
        json_schema_extra=_group("sampling"),
    )
    held_out_stress: HeldOut = Field(
        "none",
        title="Held-out stress",
        json_schema_extra=_group("sampling"),
    )
    price_impact: bool = Field(
        True,
        title="Price impact",
        description="Carry out own orders in the book while it learns. Without, they are filled at "
        "the prices and up to the lots that stand there, and neither the book nor anybody else "
        "notices: what is learned so knows nothing of the own impact, which it meets when it is "
        "judged. For traders with market orders and memory (remembering, sizing).",
        json_schema_extra=_group("sampling"),
    )

    quote_size: Annotated[int, Quantity(1, 40, unit="lots")] = Field(
        2,
        title="Quote size",
        description="Maker: lots of each of its quotes, of a position limit of 40.",
        json_schema_extra=_group("role"),
    )
    parent_lots: Annotated[int, Quantity(1, 1_000_000, unit="lots")] = Field(
        120,
        title="Parent order",
        description="Executor: lots of each order it is given; the side is drawn. Some 5 % of what "
        "the market trades in the time is usual; 120 lots in ten minutes are that in calm.",
        json_schema_extra=_group("role"),
    )
    parent_seconds: Annotated[float, Quantity(10.0, 86_400.0, unit="s")] = Field(
        600.0,
        title="Time for it",
        description="Executor: simulated time it has for a parent order; then it is given the "
        "next. At most the length of an episode.",
        json_schema_extra=_group("role"),
    )

    reward_damping: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.0,
        title="Gain damping",
        description="Share of the gains of a held position that is taken back. More than 0.01 "
        "makes holding nothing the best policy of a directional trader in most markets; a maker "
        "that shall not speculate needs some 0.6.",
        json_schema_extra=_group("reward"),
    )
    reward_inventory: Annotated[float, Quantity(0.0, 10.0)] = Field(
        0.005,
        title="Inventory cost",
        description="Cost of a full position per decision, in standard deviations of its gain.",
        json_schema_extra=_group("reward"),
    )
    reward_fee: Annotated[float, Quantity(-10.0, 100.0, unit="ticks")] = Field(
        0.0,
        title="Fee",
        description="Cost of a traded lot beyond the spread that is really paid.",
        json_schema_extra=_group("reward"),
    )
    reward_at_value: bool = Field(
        False,
        title="Reward at value",
        description="Count what is traded at the value, which the simulator knows, in place of the "
        "mid, while it learns: the luck of a position falls out of the reward, not its profit. The "
        "trader never sees it, and is judged by its money. Simulated markets only.",
        json_schema_extra=_group("reward"),
    )
    reward_stability: Annotated[float, Quantity(0.0, 1000.0)] = Field(
        0.0,
        title="Stability",
        description="Weight of the own impact under stress, taken off the reward: lots bought "
        "times the move of the mid in the same step, if it went their way while a stress was on. "
        "Needs training under stress (stress_probability above 0) to do anything.",
        json_schema_extra=_group("reward"),
    )
    reward_unfinished: Annotated[float, Quantity(0.0, 100.0)] = Field(
        1.0,
        title="Unfinished",
        description="Executor: penalty for a parent order of which nothing was traded, in standard "
        "deviations of the price over its time; less in proportion.",
        json_schema_extra=_group("reward"),
    )
    first_fee: Annotated[float, Quantity(-10.0, 100.0, unit="ticks")] = Field(
        0.0,
        title="First fee",
        description="Added to the fee at the start and taken away over the curriculum. Half the "
        "spread, negative, lets a policy learn when to trade before it learns what trading costs.",
        json_schema_extra=_group("reward"),
    )
    curriculum: Annotated[float, Quantity(SMALLEST, 1.0)] = Field(
        0.5,
        title="Curriculum",
        description="Share of the training over which the first fee is taken away.",
        json_schema_extra=_group("reward"),
    )

    minibatch_size: Annotated[int, Quantity(8, 65_536)] = Field(
        512,
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
    even_handed: bool = Field(
        False,
        title="Even-handed",
        description="Build the policy so that prices upside down, bought for sold, turn its "
        "decisions round: it cannot lean to one side. It trades as a network of twice the width. "
        "For markets only.",
        json_schema_extra=_group("learning"),
    )
    final_rate: Annotated[float, Quantity(0.0, 1.0)] = Field(
        1.0,
        title="Final rate",
        description="Share of the learning rate and of the entropy weight that is left at the end; "
        "both fall evenly.",
        json_schema_extra=_group("learning"),
    )
    gamma: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.99,
        title="Discount",
        description="Weight of a reward one decision later (gamma).",
        json_schema_extra=_group("learning"),
    )
    gradient_norm: Annotated[float, Quantity(SMALLEST, 1000.0)] = Field(
        0.5,
        title="Gradient limit",
        description="Largest norm of the gradient; a longer one is scaled down.",
        json_schema_extra=_group("learning"),
    )

    epochs: Annotated[int, Quantity(1, 100)] = Field(
        4,
        title="Epochs",
        description="Passes over the sampled data per iteration.",
        json_schema_extra=_group("PPO"),
    )
    gae_lambda: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.95,
        title="GAE lambda",
        description="Generalised advantage estimation: 0 = one step, 1 = whole return.",
        json_schema_extra=_group("PPO"),
    )
    clip: Annotated[float, Quantity(SMALLEST, 1.0)] = Field(
        0.2,
        title="Clip range",
        description="How far the probability ratio may leave 1 in one update.",
        json_schema_extra=_group("PPO"),
    )
    entropy: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.01,
        title="Entropy weight",
        description="Reward for staying undecided; keeps the policy exploring.",
        json_schema_extra=_group("PPO"),
    )
    sequence_length: Annotated[int, Quantity(2, 10_000)] = Field(
        32,
        title="Sequence length",
        description="Recurrent networks: decisions in a row over which gradients go back in time.",
        json_schema_extra=_group("PPO"),
    )
    value_weight: Annotated[float, Quantity(0.0, 10.0)] = Field(
        0.5,
        title="Value loss weight",
        description="Weight of the value function's squared error in the loss.",
        json_schema_extra=_group("PPO"),
    )

    buffer_size: Annotated[int, Quantity(100, 50_000_000)] = Field(
        500_000,
        title="Replay buffer",
        description="Newest decisions kept to learn from.",
        json_schema_extra=_group("replay"),
    )
    replay_ratio: Annotated[float, Quantity(SMALLEST, 1000.0)] = Field(
        4.0,
        title="Replay ratio",
        description="How often each sampled decision is learned from, on average.",
        json_schema_extra=_group("replay"),
    )
    learning_starts: Annotated[int, Quantity(0, 50_000_000)] = Field(
        10_000,
        title="Learning starts",
        description="Decisions in the replay buffer before the first gradient step.",
        json_schema_extra=_group("replay"),
    )
    n_step: Annotated[int, Quantity(1, 100)] = Field(
        3,
        title="Steps per target",
        description="Rewards added up before the target network's value stands for the rest.",
        json_schema_extra=_group("replay"),
    )
    target_rate: Annotated[float, Quantity(SMALLEST, 1.0)] = Field(
        0.005,
        title="Target rate",
        description="How far the target network follows at every gradient step (tau).",
        json_schema_extra=_group("replay"),
    )
    exploration_end: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.05,
        title="Random actions",
        description="DQN: share of random decisions after the first part of the training; it "
        "falls to this from 1.",
        json_schema_extra=_group("replay"),
    )
    exploration_share: Annotated[float, Quantity(SMALLEST, 1.0)] = Field(
        0.2,
        title="Exploration",
        description="DQN: share of the training over which random decisions become rare.",
        json_schema_extra=_group("replay"),
    )
    first_temperature: Annotated[float, Quantity(SMALLEST, 100.0)] = Field(
        0.1,
        title="First temperature",
        description="SAC: weight of the entropy at the start; it is then tuned to the target.",
        json_schema_extra=_group("replay"),
    )
    target_entropy: Annotated[float, Quantity(SMALLEST, 0.999)] = Field(
        0.5,
        title="Target entropy",
        description="SAC: how undecided the policy shall stay, as a share of the entropy of "
        "choosing blindly.",
        json_schema_extra=_group("replay"),
    )

    observations: Annotated[tuple[Name, ...], Field(strict=False, max_length=64)] = Field(
        (),
        title="Observations",
        description="What the policy looks at, by the names of what its role sees, separated by "
        "commas; it stays blind to all else. Empty: everything. Of markets only.",
        json_schema_extra=_group("network"),
    )
    hidden: Annotated[tuple[Units, ...], Field(strict=False, min_length=1, max_length=3)] = Field(
        (64, 64),
        title="Hidden layers",
        description="Units of each hidden layer of policy and value function: one to three "
        "layers. A market runs no larger ones.",
        json_schema_extra=_group("network"),
    )
    network: Literal["perceptron", "gru"] = Field(
        "perceptron",
        title="Network",
        description="perceptron: it decides by what it sees at that moment. gru: the last hidden "
        "layer is a gated recurrent unit, so that it learns what to remember. PPO only, of roles "
        "that keep a record (all but directional), learned by torch.",
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

    resume_from: Text = Field(
        "",
        title="Go on from",
        description="Name of a model with the same algorithm and network: training goes on from "
        "its weights and optimiser, as a new model. Empty: begin again.",
        json_schema_extra=_group("network"),
    )
    continues: bool = Field(
        False,
        title="Continue",
        description="Go on with the training of the model of this name where it stopped: its "
        "iteration, schedules, optimiser and replay buffer, and the same curve.",
        json_schema_extra=_group("internal"),
    )
    save_buffer: bool = Field(
        False,
        title="Save the buffer",
        description="Keep the replay buffer in the checkpoint (70 bytes a decision), so that going "
        "on from it goes on learning from it. Otherwise it is filled again.",
        json_schema_extra=_group("replay"),
    )
    checkpoint_interval: Annotated[int, Quantity(0, 1_000_000)] = Field(
        25,
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
    evaluation_scenarios: Annotated[tuple[Name, ...], Field(strict=False, max_length=8)] = Field(
        (),
        title="Evaluate in",
        description="Scenarios of the held-out days at the end, separated by commas: where the "
        "policy shall trade, say. The first gives the verdict. Empty: that of the training.",
        json_schema_extra=_group("main"),
    )
    evaluation_days: Annotated[int, Quantity(6, 10_000)] = Field(
        32,
        title="Held-out days",
        description="Markets of the evaluation at the end.",
        json_schema_extra=_group("internal"),
    )
    evaluation_hours: Annotated[float, Quantity(0.01, 24.0, unit="h")] = Field(
        2.0,
        title="Hours of a held-out day",
        description="Simulated hours of each market of the evaluation at the end.",
        json_schema_extra=_group("internal"),
    )
    stress_runs: Annotated[int, Quantity(1, 10_000)] = Field(
        8,
        title="Runs under stress",
        description="Pairs of markets for each stress of the evaluation at the end.",
        json_schema_extra=_group("internal"),
    )
    address: Text = Field(
        "",
        title="Ray cluster",
        description="Address of a running Ray cluster whose machines sample, e.g. 10.0.0.5:6379. "
        "Empty: a local one is started.",
        json_schema_extra=_group("sampling"),
    )
    environment: Text = Field(
        "",
        title="Environment",
        description="'module:factory' of a vector environment to train in place of the market. "
        "Called with num_envs, scenario, episode_seconds and seed.",
        json_schema_extra=_group("internal"),
    )

    @model_validator(mode="after")
    def _check(self) -> TrainingConfig:
        if self.algorithm == "PPO" and self.minibatch_size > self.steps_per_iteration:
            raise clash(
                "minibatch_size",
                f"is {self.minibatch_size}, more than the {self.steps_per_iteration} decisions of "
                "one iteration (markets x rollout length x workers)",
                "lower it, or sample more",
            )
        if self.continues:
            self._check_continues()
        if self.environment:
            self._check_environment()
        role = find_role(self.role)
        if role.has_parent and self.parent_seconds > self.episode_seconds:
            raise clash(
                "parent_seconds",
                f"is {self.parent_seconds:g} s, more than an episode of {self.episode_seconds:g} s",
                "lower it, or raise episode_seconds",
            )
        for k, name in enumerate(self.evaluation_scenarios):
            if name in self.evaluation_scenarios[:k]:
                raise clash("evaluation_scenarios", f"names {name!r} twice", "name each once")
        if self.algorithm != "PPO":
            self._check_replay()
        if self.network == "gru":
            self._check_recurrent()
        if self.observations:
            self._check_observations()
        if not self.price_impact and (self.environment or not role.can_trade_on_paper):
            raise clash(
                "price_impact",
                "is false, which is for market orders of traders with memory",
                "set role to remembering or sizing, and leave environment empty, or set it to true",
            )
        if self.trainer == "rllib":
            self._check_stock()
        return self

    def _check_continues(self) -> None:
        if not self.model_name:
            raise clash("continues", "needs the name of a model", "give model_name")
        if self.resume_from:
            raise clash("continues", "goes on with a training, not from another", "leave one out")
        if self.trainer == "rllib":
            raise clash(
                "continues",
                "is not for the trainer rllib, whose schedules begin anew",
                "give resume_from in its place",
            )

    def _check_environment(self) -> None:
        module, _, factory = self.environment.partition(":")
        if not module or not factory:
            raise clash(
                "environment", f"is {self.environment!r}, not module:factory", "name both parts"
            )
        if self.traders_per_market > 1 or self.frozen_traders:
            raise clash(
                "traders_per_market",
                "is for markets, as frozen opponents are",
                "leave environment empty, or set traders_per_market to 1 and frozen_traders to 0",
            )
        for name, moment in self.part.items():
            if moment:
                raise clash(name, "is for recorded days", "leave it out, or environment empty")
        if not find_role(self.role).is_default:
            raise clash(
                "role",
                f"is {self.role}, but an environment of one's own has no roles",
                f"leave environment empty, or role at {DEFAULT_ROLE}",
            )

    def _check_observations(self) -> None:
        role = find_role(self.role)
        if self.environment:
            raise clash("observations", "are those of a market's roles", "leave it out")
        for k, name in enumerate(self.observations):
            if name not in role.observations:
                raise clash(
                    "observations",
                    f"has {name!r}, which {role.noun} does not see",
                    f"choose among {', '.join(role.observations)}",
                )
            if name in self.observations[:k]:
                raise clash("observations", f"has {name!r} twice", "name each once")
        if not (self.even_handed or self.mirror):
            return
        unseen = set(self.unseen)
        for k, place in enumerate(role.mirror().places):
            if (k in unseen) != (int(place) in unseen):
                both = [role.observations[j] for j in (k, int(place))]
                raise clash(
                    "observations",
                    f"has one of {both[0]!r} and {both[1]!r}, which change places in the mirror",
                    "name both, or set even_handed and mirror to false",
                )

    def _check_recurrent(self) -> None:
        if self.algorithm != "PPO":
            raise clash(
                "network",
                f"is gru, which {self.algorithm} does not learn",
                "choose the algorithm PPO, or a perceptron",
            )
        if not (self.environment or find_role(self.role).remembers):
            raise clash(
                "network",
                f"is gru, and a {self.role} trader keeps no state",
                "choose the role remembering, or a perceptron",
            )
        if self.shared_layers or self.mirror:
            name, remedy = ("mirror", "even_handed") if self.mirror else ("shared_layers", "false")
            raise clash(name, "is for perceptrons", f"use {remedy} in its place")
        units, most = self.hidden[-1], STATE_WIDTH // (2 if self.even_handed else 1)
        if units > most:
            raise clash(
                "hidden",
                f"has a recurrent layer of {units} units, and a trader remembers {most}"
                + (" of an even-handed one" if self.even_handed else ""),
                f"give the last layer at most {most}",
            )

    def _check_stock(self) -> None:
        unknown = [name for name, plain in NOT_OF_STOCK.items() if getattr(self, name) != plain]
        if unknown:
            raise clash(
                "trainer",
                f"is rllib, and RLlib as it comes has no {', '.join(unknown)}",
                "leave them out, or choose the trainer fast",
            )

    def _check_replay(self) -> None:
        slots = self.envs_per_worker * self.traders_per_market * max(1, self.workers)
        rows = self.buffer_size // slots
        # Steps that only reset, two in a row at most, are passed over.
        if rows < max(self.rollout_length, 3) + self.n_step:
            raise clash(
                "buffer_size",
                f"is {self.buffer_size} decisions, less than one iteration of "
                f"{self.steps_per_iteration}",
                "raise it, or sample less",
            )
        if self.learning_starts > self.buffer_size:
            raise clash(
                "learning_starts",
                f"is {self.learning_starts}, more than the replay buffer holds",
                "lower it, or raise buffer_size",
            )

    @property
    def sizes(self) -> RoleSizes:
        """What a maker or executor is trained for."""
        return RoleSizes(self.quote_size, self.parent_lots, self.parent_seconds)

    @property
    def part(self) -> dict[str, str]:
        """Part of a recorded day to train in, as arguments of the environments."""
        return {"recording_from": self.recording_from, "recording_until": self.recording_until}

    @property
    def unseen(self) -> tuple[int, ...]:
        """Places of the role's observations that the policy is blind to."""
        known = find_role(self.role).observations if self.observations else ()
        return tuple(k for k, name in enumerate(known) if name not in self.observations)

    @property
    def total_steps(self) -> int:
        """Decisions of the whole training."""
        return self.iterations * self.steps_per_iteration

    @property
    def steps_per_iteration(self) -> int:
        """Decisions sampled per iteration over all workers (steps that only reset included)."""
        slots = self.envs_per_worker * self.traders_per_market
        return slots * self.rollout_length * max(1, self.workers)
