"""Several RL traders in each of many markets: a shared policy."""

from __future__ import annotations

from pathlib import Path

from abm_desktop.envs.checks import MAX_TRADERS
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.day_parts import Moment
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.envs.slots import SlotVectorEnv
from abm_desktop.inputs import whole
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE
from abm_desktop.scenario import Scenario


class SharedMarketVectorEnv(SlotVectorEnv):
    """``markets`` markets with ``traders`` traders of one role each; see :class:`SlotVectorEnv`.

    Rounds are those of :class:`MultiAgentMarketEnv`.

    Args:
        role: of every trader.
        seed, stagger, statistics: see :class:`SlotVectorEnv`.
        others: see :class:`MarketCore`.
    """

    def __init__(
        self,
        markets: int = 1,
        scenario: Scenario | Path | str = "calm",
        *,
        recording: Path | str | None = None,
        recording_from: Moment | None = None,
        recording_until: Moment | None = None,
        traders: int = 8,
        role: str = DEFAULT_ROLE,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        seed: int = 0,
        stagger: bool = False,
        statistics: bool = False,
        step: float = 5.0,
        jitter: float = 0.2,
        threads: int | None = None,
        settings: RoleSettings | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
    ) -> None:
        whole(traders, "traders", 1, MAX_TRADERS)
        core = MarketCore(
            scenario,
            markets,
            roles=(role,) * traders,
            rounds=True,
            recording=recording,
            recording_from=recording_from,
            recording_until=recording_until,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
            step=step,
            jitter=jitter,
            threads=threads,
            settings=settings,
            opponent=opponent,
            opponents=opponents,
        )
        super().__init__(core, seed=seed, stagger=stagger, statistics=statistics)

    def set_opponent(self, policy: PolicyNet) -> None:
        """Let the frozen opponents follow another policy; see :class:`MarketCore`."""
        self._core.set_opponent(policy)
