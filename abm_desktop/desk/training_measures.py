"""What is drawn of a training: one entry a chart, in groups of charts."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AXES", "GROUPS", "MEASURES", "NOT_MEASURED", "RUN_COLORS", "TrainingMeasure"]


@dataclass(frozen=True, slots=True)
class TrainingMeasure:
    """A chart: curves of ``History`` columns with the colour role and the name of each."""

    key: str
    title: str
    unit: str
    curves: tuple[tuple[str, str, str], ...]
    scale: float = 1.0
    fixed: tuple[float, float] | None = None
    zero: bool = False
    decimals: int = 0
    waits: bool = False
    """Known only once an episode has ended."""
    tip: str = ""


MEASURES = (
    TrainingMeasure("reward", "Reward", "mean return of the last 100 episodes",
            (("reward_mean", "accent", ""),), decimals=2, waits=True,
            tip="Dashed: doing nothing, random decisions, and the best of the simple rules, in the "
            "same reward. Held-out days, not this chart, tell whether a policy is any good."),
    TrainingMeasure("pnl", "Profit per episode", "currency, last position closed",
            (("pnl_mean", "accent", ""),), decimals=2, waits=True,
            tip="Mean of the episodes that ended in the iteration, with the random actions of "
            "exploration"),
    TrainingMeasure("actions", "Actions", "share, %",
            (("sell", "ask", "SELL"), ("hold", "muted", "HOLD"), ("buy", "bid", "BUY")),
            scale=100.0, fixed=(0.0, 104.0), decimals=0),
    TrainingMeasure("speed", "Speed", "decisions per second, learning included",
            (("steps_per_second", "accent", ""),), zero=True),
    TrainingMeasure("policy_loss", "Policy loss", "",
            (("policy_loss", "accent", ""),), decimals=4),
    TrainingMeasure("value_loss", "Value error", "mean squared or Huber",
            (("value_loss", "accent", ""),), zero=True, decimals=4,
            tip="Error against its targets: squared for PPO, Huber for DQN and SAC"),
    TrainingMeasure("entropy", "Entropy", "nats",
            (("entropy", "accent", ""),), zero=True, decimals=2,
            tip="Undecided: 1.10 between the 3 actions of a directional trader, 2.30 between the "
            "10 of a maker, 1.95 between the 7 of an executor"),
    TrainingMeasure("explained_variance", "Explained variance", "of the returns",
            (("explained_variance", "accent", ""),), decimals=2),
    TrainingMeasure("gradient_norm", "Gradient norm", "before it is limited",
            (("gradient_norm", "accent", ""),), zero=True, decimals=3),
    TrainingMeasure("kl", "KL divergence", "new from old policy",
            (("kl", "accent", ""),), zero=True, decimals=4),
    TrainingMeasure("temperature", "Temperature", "weight of the entropy",
            (("temperature", "accent", ""),), zero=True, decimals=4),
    TrainingMeasure("mean_value", "Mean value", "of the states learned from",
            (("mean_value", "accent", ""),), decimals=2),
    TrainingMeasure("learning_rate", "Learning rate", "step size of the optimiser",
            (("learning_rate", "accent", ""),), zero=True, decimals=6,
            tip="As the settings let it fall, and as it was set while the training ran"),
    TrainingMeasure("position", "Inventory", "mean |position|, % of the limit",
            (("position_mean", "accent", ""),), scale=100.0, zero=True, decimals=1),
    TrainingMeasure("length", "Episode length", "decisions, last 100 episodes",
            (("episode_length_mean", "accent", ""),), zero=True, decimals=1, waits=True),
)  # fmt: skip

GROUPS: dict[str, tuple[str, ...]] = {
    "Overview": ("reward", "pnl", "actions", "speed"),
    "Learning": ("policy_loss", "value_loss", "entropy", "explained_variance", "gradient_norm",
                 "kl", "learning_rate"),
    "Trading": ("pnl", "position", "actions", "length"),
    "All": tuple(measure.key for measure in MEASURES),
}  # fmt: skip
"""Charts that are looked at together."""

NOT_MEASURED = {
    "DQN": ("policy_loss", "entropy", "kl", "explained_variance", "temperature"),
    "SAC": ("kl", "explained_variance"),
    "PPO": ("temperature", "mean_value"),
}
"""What an algorithm has not; shown charts of other groups take the place."""

AXES = {
    "Iterations": ("iteration", 1.0),
    "Decisions": ("env_steps", 1.0),
    "Minutes": ("elapsed_seconds", 1.0 / 60.0),
}
"""What the charts can stand on: a column and its scale."""

RUN_COLORS = ("series:3", "series:2", "series:6", "series:5", "series:4", "series:0")
"""Of the runs beside the present one, which has the accent colour."""
