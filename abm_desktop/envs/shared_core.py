"""Many markets with several outside RL traders each, of one or several roles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from abm_desktop.envs.checks import MAX_TRADERS, check_opponents, check_pace
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.policy_traders import with_traders_of
from abm_desktop.envs.reward import RewardWeights, checked_weights
from abm_desktop.envs.roles import ROLES, TRADER, WIDEST, RoleSettings, check_role
from abm_desktop.envs.rounds import begin, play_rounds
from abm_desktop.inputs import InputError, shown
from abm_desktop.market import arrays, opening, standstill
from abm_desktop.market.kernel import advance
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_policy_traders
from abm_desktop.scenario import Scenario

_NANO = 1_000_000_000
_NEVER = 1e9
"""Seconds between the wake-ups of traders whose rounds the environment holds."""


class SharedMarketCore(MarketCore):
    """``num_envs`` markets with the same outside traders in each; no Gymnasium here.

    Args:
        scenario, num_envs, episode_seconds, stress_probability: see :class:`MarketCore`.
        roles: role of each trader; their number is A.
        step: simulated seconds of a round.
        jitter: share of it over which the traders' orders are spread.
        settings: sizes and rewards.
        opponent: a policy that trades in the same markets, inside the kernel, and does not learn.
        opponents: number of traders that follow it.
    """

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        num_envs: int = 1,
        *,
        roles: Sequence[str] = ("directional",),
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        step: float = 5.0,
        jitter: float = 0.2,
        settings: RoleSettings | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
    ) -> None:
        if isinstance(roles, str) or not isinstance(roles, Sequence):
            raise InputError(f"must be a list of roles, not {shown(roles)}", key="roles")
        if not 1 <= len(roles) <= MAX_TRADERS:
            raise InputError(
                f"must name at least one trader and at most {MAX_TRADERS}, not {len(roles)}",
                key="roles",
            )
        check_pace(step, jitter, up_to=1.0)
        check_opponents(opponent, opponents)
        if settings is not None and not isinstance(settings, RoleSettings):
            raise InputError(f"must be RoleSettings, not {shown(settings)}", key="settings")
        self.roles = tuple(check_role(role) for role in roles)
        self.settings = settings or RoleSettings()
        self._opponent, self._opponents = opponent, opponents
        self._step_ns, self._spread_ns = round(step * _NANO), jitter * step * _NANO
        super().__init__(
            scenario,
            num_envs,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            size=self.settings.sizes.quote_size,
            max_inventory=self.settings.max_inventory,
            step=step,
            jitter=0.0,
        )
        count = len(self.roles)
        self.first = self._state.agents.shape[1] - self._followers - self._opponents - count
        self.observations = np.zeros((num_envs, count, WIDEST), np.float32)
        self._rewards = np.zeros((num_envs, count))
        self._traders = np.zeros((num_envs, count), TRADER)
        self._traders["role"] = [ROLES.index(role) for role in self.roles]
        self._traders["parent"] = self.settings.sizes.parent_lots
        self._traders["horizon"] = round(self.settings.sizes.parent_seconds * _NANO)
        self._traders["unfinished"] = self.settings.unfinished
        self._pack_weights(self.settings.directional, self.settings.maker)

    def _pack_weights(self, directional: RewardWeights, maker: RewardWeights) -> None:
        self._role_weights = np.stack([directional.packed(), maker.packed()])

    def set_weights(self, weights: RewardWeights) -> None:
        """Reward directional traders and makers from now on by these weights."""
        weights = checked_weights(weights)
        self._pack_weights(weights, weights)

    def _build(self, markets: int) -> arrays.Markets:
        count = len(self.roles)
        built = opening.build(
            self.scenario,
            markets=markets,
            external=count,
            sample_rows=1,
            trade_rows=self._orders,
            max_orders=self._orders,
            **(self._trader | {"rl_step": _NEVER}),
        )
        first = built.agents.shape[1] - count
        handles = built.handles.shape[1]
        quotes = np.full((markets, 2 * count), -1, np.int64)
        built = built._replace(handles=np.concatenate([built.handles, quotes], axis=1))
        built.agents["handles"][:, first:] = handles + 2 * np.arange(count)
        for j, role in enumerate(self.roles):
            built.agents["role"][:, first + j] = ROLES.index(role)
            if role == "executor":
                built.agents["max_inventory"][:, first + j] = self.settings.sizes.parent_lots
        built = with_traders_of(self.scenario, built, self._policies)
        return self._with_opponents(built) if self._opponents else built

    def _with_opponents(self, built: arrays.Markets) -> arrays.Markets:
        """Add the traders that follow a frozen policy, behind all others."""
        assert self._opponent is not None
        return with_policy_traders(
            built,
            self._opponent,
            self._opponents,
            size=self.settings.sizes.quote_size,
            max_inventory=self.settings.max_inventory,
            step=self._step_ns / _NANO,
            jitter=0.2,
            greedy=self._opponent.greedy,
            shared_network=False,
        )

    def set_opponent(self, policy: PolicyNet) -> None:
        """Let the opponents follow another policy from now on.

        Raises:
            ValueError: if there are no opponents, or the network has other layers than theirs.
        """
        if not self._opponents or self._opponent is None:
            raise InputError("there are no opponents in these markets")
        check_opponents(policy, self._opponents)
        header, flat = policy.packed()
        if not np.array_equal(header, self._opponent.packed()[0]):
            raise InputError("the opponents' new policy must have the layers of the old one")
        self._opponent = policy
        for markets in (self._state, self._blank):
            slot = markets.agents["policy"][0, -1]
            first = markets.networks[0, slot, 7]
            markets.weights[:, first : first + len(flat)] = flat
            markets.agents["greedy"][:, -self._opponents :] = policy.greedy

    def _run_in(self, k: int, until: int) -> None:
        advance(self._state, k, until, 0)
        standstill.check(self._state)

    def _begin(self, k: int) -> None:
        begin(self._state, k, self.first, self._traders[k], self.observations[k])

    def step(self, actions: np.ndarray, skip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One round: actions int (n, A), skip bool (n,) -> rewards (n, A), over (n,)."""
        self._rewards[:] = 0.0
        play_rounds(
            self._state,
            self.first,
            self._traders,
            actions,
            skip,
            self._role_weights,
            self._step_ns,
            self._spread_ns,
            self._ends,
            self.observations,
            self._rewards,
            self._over,
        )
        standstill.check(self._state)
        return self._rewards, self._over

    def accounts(self) -> dict[str, np.ndarray]:
        """Every trader's account, float64 (n, A) each; money in currency.

        ``orders``, ``left`` (lots) and ``shortfall`` are those of an executor's parent orders that
        are over since the episode began; the shortfall counts the running one's trades too,
        ``settled`` does not. ``worth`` is that of the orders that are over at their arrival price.
        ``profit`` is what was earned since then: an executor's is minus its shortfall.
        """
        rows = slice(self.first, self.first + len(self.roles))
        a, m = self._state.agents[:, rows], self._state.market[:, None]
        unit = self.scenario.market.tick_size * self.scenario.market.lot
        cash, held = a["cash"].astype(np.float64), a["inventory"].astype(np.float64)
        bid = np.where(m["best_bid"] >= 0, m["best_bid"], m["mid"])
        ask = np.where(m["best_ask"] < m["ladder"], m["best_ask"], m["mid"])
        liquidation = (cash + held * np.where(held > 0, bid, ask)) * unit
        executes = np.array([role == "executor" for role in self.roles])
        return {
            "mid": np.repeat(m["mid"], len(self.roles), 1) * self.scenario.market.tick_size,
            "inventory": held,
            "cash": cash * unit,
            "equity": (cash + held * m["mid"]) * unit,
            "liquidation": liquidation,
            "profit": np.where(executes, -self._traders["shortfall"] * unit, liquidation),
            "orders": self._traders["orders"].astype(np.float64),
            "left": self._traders["left"].astype(np.float64),
            "shortfall": self._traders["shortfall"] * unit,
            "settled": self._traders["settled"] * unit,
            "worth": self._traders["worth"] * unit,
        }
