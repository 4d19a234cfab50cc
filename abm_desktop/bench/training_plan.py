"""What `bench training` compares: cases, subjects, and the settings that all of them share."""

from __future__ import annotations

from dataclasses import dataclass

from abm_desktop.bench.report import OURS

SB3, SBX, CLEANRL, STOCK = "stable_baselines3", "sbx", "cleanrl_recipe", "rllib_stock"

MARKETS = 64
HIDDEN = (64, 64)
MINIBATCH = 256
LEARNING_RATE = 3e-4
GAMMA = 0.99
GRADIENT_NORM = 0.5
EPISODE_SECONDS = 3600.0
"""Simulated, of an episode in the market."""
LIGHT_LENGTH = 100
"""Decisions of an episode in the light environment."""

ROLLOUT = 128
"""PPO: decisions in every environment between two updates."""
EPOCHS = 4
GAE_LAMBDA = 0.95
CLIP = 0.2
ENTROPY = 0.01
VALUE_WEIGHT = 0.5

REPLAY_ROLLOUT = 32
"""DQN, SAC: steps of every environment in one piece of work."""
REPLAY_RATIO = MINIBATCH / MARKETS
"""DQN, SAC: decisions learned from per decision taken; one minibatch a step of all environments."""
BUFFER = 100_000
TARGET_RATE = 0.005

SHARED_MARKETS, SHARED_TRADERS = 16, 8


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the comparison."""

    name: str
    algorithm: str
    """PPO, DQN or SAC; empty: the environment alone, with random actions."""
    market: bool
    peers: tuple[str, ...]
    unit: str = "steps/s"
    workers: int = 0
    """Sampling processes beside the one that learns; 0: that one samples."""
    threads: int = 1
    """Threads that step the markets and learn."""


_PEERS = (SB3, SBX, CLEANRL, STOCK)

GROUPS = (
    (Case("ppo-light", "PPO", False, _PEERS),),
    (Case("dqn-light", "DQN", False, _PEERS),),
    (Case("sac-light", "SAC", False, _PEERS),),
    (
        Case("ppo-market", "PPO", True, _PEERS),
        Case("env-only-market", "", True, ()),
        Case("ppo-market-8-traders", "PPO", True, (), "agent steps/s"),
    ),
    # Each worker has MARKETS markets of its own, so that two sample twice as much in one time.
    tuple(Case(f"workers-{n}", "PPO", True, (), workers=n) for n in (1, 2)),
    tuple(
        Case(f"{name}{n}", algorithm, True, (), threads=n)
        for name, algorithm in (("threads-", "PPO"), ("env-threads-", ""))
        for n in (1, 2)
    ),
)
"""Cases that take turns with each other."""

CASES = {case.name: case for group in GROUPS for case in group}


def subjects(case: Case, peers: bool) -> tuple[str, ...]:
    """Ours, and the peers if they are wanted."""
    return (OURS, *case.peers) if peers else (OURS,)
