"""What is read off a day with known parameters is what the day was made with."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.calibration.plan import Days, read_days
from abm_desktop.calibration.reading_off import HALF_HOURS, middle_of, read_off
from abm_desktop.calibration.start import start_values
from abm_desktop.inputs import InputError
from abm_desktop.market.flow_kinds import ADD, EXECUTE
from abm_desktop.scenario import Scenario, find_scenario, load_scenario


def test_venue_and_rates_come_back(days: Days, known: Scenario) -> None:
    read, noise = days.read, known.population.noise
    assert (read.tick_size, read.lot, read.session) == (0.05, 10, 3600.0)
    assert read.start_price == pytest.approx(100.0, abs=0.5)
    assert read.start_price / read.tick_size == pytest.approx(
        round(read.start_price / read.tick_size)
    )
    assert read.limit_rate == pytest.approx(noise.limit_rate, rel=0.05)
    assert read.market_rate == pytest.approx(noise.market_rate, rel=0.15)
    assert 0.9 * read.limit_rate < read.cancel_rate < read.limit_rate


def test_sizes_and_lifetimes_come_back(days: Days, known: Scenario) -> None:
    read, noise = days.read, known.population.noise
    assert read.size_log_mean == pytest.approx(noise.size_log_mean, abs=0.05)
    assert read.size_log_sd == pytest.approx(noise.size_log_sd, abs=0.05)
    assert read.market_size_tail == pytest.approx(noise.market_size_tail, rel=0.25)
    assert read.lifetime_tail == pytest.approx(noise.lifetime_tail, rel=0.25)
    assert read.lifetime_scale == pytest.approx(noise.lifetime_scale, rel=0.4)


def test_places_come_back(days: Days, known: Scenario) -> None:
    # The spread is a tick, so that there is no place inside: those orders join the best price.
    noise = known.population.noise
    assert days.read.spread == pytest.approx(1.0, abs=0.05)
    assert days.read.share_inside < 0.01
    joined = noise.share_inside + noise.share_at_best
    assert days.read.share_at_best == pytest.approx(joined, abs=0.03)


def test_the_hours_of_a_day_are_told(days: Days) -> None:
    shape = days.read.day_shape
    assert len(shape) == HALF_HOURS
    assert sum(shape) / HALF_HOURS == pytest.approx(1.0)
    assert days.read.volume == pytest.approx(
        days.flows[0].size[days.flows[0].kind == 4].sum() / days.read.lot
    )


def test_busy_ends_of_a_day_are_measured(days: Days) -> None:
    flow = days.flows[0]
    x = 2.0 * (flow.time - flow.time[0]) / (flow.time[-1] - flow.time[0]) - 1.0
    for ends in (0.0, 4.0):
        # Evenly many trades, larger ones at the ends.
        sizes = np.where(flow.kind == EXECUTE, 1000.0 * (1.0 + ends * x * x), flow.size)
        found = read_off(replace(flow, size=sizes.astype(np.int32))).day_ends
        assert found == pytest.approx(ends, abs=1.0)


def test_what_one_level_does_not_show_is_guessed(days: Days) -> None:
    flow = days.flows[0]
    shallow = replace(
        flow, levels=1, book_price=flow.book_price[:, :, :1], book_size=flow.book_size[:, :, :1]
    )
    near = (flow.kind != ADD) | (
        flow.price == flow.book_price[:, :, 0][range(len(flow)), flow.side]
    )
    read = read_off(shallow.part(np.flatnonzero(near)))  # type: ignore[arg-type]
    assert read.placement_scale == pytest.approx(read.spread)
    values = start_values(read, "shallow", load_scenario(find_scenario("calm")))
    noise = values["population"]["noise"]
    assert noise["share_inside"] + noise["share_at_best"] < 0.71


def test_several_days_are_read_as_their_median(days: Days) -> None:
    low, high = replace(days.read, spread=1.0, lot=1), replace(days.read, spread=4.0, lot=100)
    both = middle_of([low, high, replace(high, spread=9.0, start_price=55.0)])
    assert (both.spread, both.lot, both.start_price) == (4.0, 1, 55.0)


def test_a_day_that_tells_too_little_is_named(days: Days) -> None:
    with pytest.raises(InputError, match=r"limit orders, and at least 1,000.*longer recording"):
        read_off(days.flows[0].part(slice(0, 500)))


def test_days_of_different_levels_are_refused(days: Days, recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one recorded day"):
        read_days([])
    with pytest.raises(InputError, match="no such file"):
        read_days([tmp_path / "nothing.zip"])


@pytest.mark.skipif("ABM_DESKTOP_LOBSTER" not in os.environ, reason="needs real order flow")
def test_a_real_day_is_read() -> None:
    folder = Path(os.environ["ABM_DESKTOP_LOBSTER"])
    files = sorted(folder.glob("AMZN_2012-06-21_5*"))
    if not files:
        pytest.skip("no sample of AMZN there")
    read = read_days([files[0]]).read
    assert (read.tick_size, read.lot, read.session) == (0.01, 1, 23_400.0)
    assert read.spread == pytest.approx(13.5, abs=0.1)
    assert read.round_share > 0.5
