"""Compile what a first market needs: ``python -m abm_desktop.market.warm_cache``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from filelock import FileLock

from abm_desktop.market.compiled import compile_cache_dir
from abm_desktop.market.warm_mark import cache_is_warm, mark_cache_warm

_MESSAGE = "34200.000000001,1,1,10,1000000,1\n34200.000000002,4,1,10,1000000,1\n"
_BOOK = "1000100,10,1000000,10\n1000100,10,999900,10\n"


def main() -> None:
    """Compile, unless another process has; one that does so at this moment is waited for."""
    with FileLock(compile_cache_dir() / "compiling.lock"):
        if not cache_is_warm():
            _compile()


def _compile() -> None:
    """Build, run and read a small market and a two-message replay once."""
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.market.replay import Replay
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.market.state import N_FEATURES
    from abm_desktop.scenario import Scenario

    simulator = Simulator(Scenario(name="compilation"))
    simulator.run(1.0)
    simulator.book(5)
    simulator.checksum()
    blank = PolicyNet((np.zeros((N_FEATURES, 3), np.float32),), (np.zeros(3, np.float32),))
    simulator.add_policy_traders(blank)
    simulator.watched_trader(0)
    with tempfile.TemporaryDirectory() as folder:
        message = Path(folder) / "message_1.csv"
        message.write_text(_MESSAGE)
        (Path(folder) / "orderbook_1.csv").write_text(_BOOK)
        replay = Replay.open(message)
        replay.advance(2)
        replay.book(1)
    mark_cache_warm()


if __name__ == "__main__":
    main()
