"""Compile everything a first market needs into the cache: ``python -m abm_desktop.market.warm_cache``."""

from __future__ import annotations

from abm_desktop.market.compiled import mark_cache_warm


def main() -> None:
    """Build, run, stress and copy a small market once."""
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.scenario import Scenario

    simulator = Simulator(Scenario(name="compilation"))
    simulator.run(1.0)
    simulator.book(5)
    mark_cache_warm()


if __name__ == "__main__":
    main()
