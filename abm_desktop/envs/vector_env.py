"""Many markets at once as a Gymnasium vector environment: one compiled call a step."""

from __future__ import annotations

from pathlib import Path

from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.day_parts import Moment
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import one_trader
from abm_desktop.envs.slots import SlotVectorEnv
from abm_desktop.inputs import InputError, shown
from abm_desktop.scenario import Scenario


class MarketVectorEnv(SlotVectorEnv):
    """``num_envs`` independent markets with one RL trader each; see :class:`MarketEnv`.

    Args:
        size, max_inventory, weights: of the trader, as of :class:`MarketEnv`.
        seed, stagger, statistics: see :class:`SlotVectorEnv`.
        render_mode: None; Gymnasium's ``make_vec`` passes it on.
        others: see :class:`MarketCore`.
    """

    def __init__(
        self,
        num_envs: int = 1,
        scenario: Scenario | Path | str = "calm",
        *,
        recording: Path | str | None = None,
        recording_from: Moment | None = None,
        recording_until: Moment | None = None,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        seed: int = 0,
        stagger: bool = False,
        statistics: bool = False,
        size: int = 2,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        threads: int | None = None,
        weights: RewardWeights | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None:
            raise InputError(
                f"is {shown(render_mode)}, and many markets at once are not drawn",
                key="render_mode",
                remedy="leave it out, or make a MarketEnv",
            )
        core = MarketCore(
            scenario,
            num_envs,
            recording=recording,
            recording_from=recording_from,
            recording_until=recording_until,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
            step=step,
            jitter=jitter,
            threads=threads,
            settings=one_trader(size, max_inventory, weights),
        )
        super().__init__(core, seed=seed, stagger=stagger, statistics=statistics)
