"""A day whose parameters are known: a market of noise traders, written as LOBSTER's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from abm_desktop.calibration.plan import Days, read_days
from abm_desktop.lobster_files import write_lobster
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, find_scenario, load_scenario

KNOWN = (
    "market.tick_size=0.05",
    "market.lot=10",
    "market.session=3600",
    "market.warm_up=300",
    "activity.feedback=0",
    "activity.shock=0",
    "population.noise.limit_exponent=1",
    "population.market_makers.count=0",
    "population.fundamental.count=0",
    "population.momentum.count=0",
    "population.institutions.count=0",
    "population.noise.share_inside=0.15",
    "population.noise.share_at_best=0.25",
    "population.noise.lifetime_tail=0.8",
    "population.noise.lifetime_scale=4",
    "population.noise.size_log_mean=1.2",
    "population.noise.size_log_sd=0.6",
    "population.noise.limit_rate=6",
    "population.noise.fleeting_share=0",
    "population.noise.round_share=0",
    "population.noise.limit_volatility=0",
    "population.noise.lifetime_volatility=0",
    "population.noise.withdraw_share=0",
    "activity.day_shape=0",
)


@pytest.fixture(scope="session")
def known() -> Scenario:
    return load_scenario(find_scenario("calm"), KNOWN)


@pytest.fixture(scope="session")
def recorded(known: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its files."""
    simulator = Simulator(known, 3, record_messages=True)
    simulator.warm_up()
    simulator.begin_tape()
    simulator.run_until(known.market.session)
    folder = tmp_path_factory.mktemp("recorded") / "day"
    write_lobster(simulator, folder, levels=30)
    return folder


@pytest.fixture(scope="session")
def days(recorded: Path) -> Days:
    return read_days([recorded])
