"""A model that learned from a part of a recorded day is judged on the rest, or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.recorded import ADD, hand_written

from abm_desktop.envs.day_parts import DayPart
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.seen_days import (
    part_to_judge,
    refuse_seen,
    seen_by_training,
    unseen_part,
)
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry.model_info import ModelInfo, text_of_info
from abm_desktop.scenario import Scenario, find_scenario, load_scenario

HOUR = 3600.0


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours of a hand-written day, from 9:30 on."""
    folder = tmp_path_factory.mktemp("day")
    return hand_written(folder, [(2 * HOUR, ADD, 9, 1, 9990, 1)])


def market_of(day: Path) -> Scenario:
    return load_scenario(find_scenario(str(day)))


def model_that_saw(*seen: dict[str, Any], **config: Any) -> ModelInfo:
    return ModelInfo(
        "a", "PPO", "calm", "", 9, 900, None, 1, "finished", "0", "", config=config, recorded=seen
    )


def config_of(day: Path | str, **part: str):
    return make_config(scenario=str(day), algorithm="PPO", episode_seconds=600.0, **part)


def test_what_was_seen_is_told_and_kept_with_the_model(day: Path) -> None:
    (seen,) = seen_by_training(config_of(day, recording_until="10:15"))
    assert (seen["from"], seen["until"]) == (0.0, 2700.0)
    assert seen["name"].startswith("HAND")
    # A training that goes on from another has seen what that saw, and no more if it is the same.
    more = seen_by_training(config_of(day, recording_from="11:00"), [seen])
    assert [(each["from"], each["until"]) for each in more] == [(0.0, 2700.0), (5400.0, 7200.0)]
    assert seen_by_training(config_of(day, recording_until="45min"), [seen]) == (seen,)
    assert seen_by_training(config_of("calm"), [seen]) == (seen,)
    kept = json.loads(text_of_info(model_that_saw(seen)))
    assert kept["recorded"] == [seen]


def test_it_is_judged_on_the_longest_part_that_it_has_not_seen(day: Path) -> None:
    market = market_of(day)
    seen = seen_by_training(config_of(day, recording_from="10:00", recording_until="10:30"))
    assert unseen_part(seen, market) == part_to_judge(seen, market) == DayPart(3600.0, 7200.0)
    whole = seen_by_training(config_of(day))
    assert unseen_part(whole, market) is None
    with pytest.raises(InputError, match=r"saw all of HAND.*train it on a part of this one"):
        part_to_judge(whole, market)
    # Another day, and a simulated market, are judged in whole.
    assert part_to_judge([], market) is None
    assert part_to_judge(whole, load_scenario(find_scenario("calm"))) is None


def test_a_verdict_on_what_it_saw_is_refused(day: Path, tmp_path: Path) -> None:
    market = market_of(day)
    info = model_that_saw(*seen_by_training(config_of(day, recording_until="10:30")))
    refuse_seen(info, market, DayPart(3600.0, 7200.0))
    words = (
        "learned from 09:30:00 to 10:30:00 of HAND.*, and would be judged on 10:29:59 to 11:30:00; "
        r"judge it on the rest \(--from 10:30:00 --until 11:30:00\), or in another day"
    )
    with pytest.raises(InputError, match=words):
        refuse_seen(info, market, DayPart(3599.0, 7200.0))
    with pytest.raises(InputError, match="would be judged on 09:30:00 to 11:30:00"):
        refuse_seen(info, market, None)
    # The same day in another place is the same day; nothing is known of a policy without metadata.
    for file in day.parent.iterdir():
        shutil.copy(file, tmp_path / file.name.replace("HAND", "COPY"))
    copy = tmp_path / day.name.replace("HAND", "COPY")
    with pytest.raises(InputError, match="learned from"):
        refuse_seen(info, market_of(copy), None)
    refuse_seen(None, market, None)
    refuse_seen(model_that_saw(scenario="calm"), market, None)


def test_a_model_of_before_it_was_told_has_seen_all_of_its_day(day: Path) -> None:
    old = model_that_saw(scenario=str(day), algorithm="PPO")
    with pytest.raises(
        InputError, match=r"learned from 09:30:00 to 11:30:00.*; judge it in another"
    ):
        refuse_seen(old, market_of(day), DayPart(0.0, 600.0))
    refuse_seen(model_that_saw(scenario=str(day) + ".gone"), market_of(day), None)


def test_a_part_is_of_a_recorded_day_and_long_enough(day: Path) -> None:
    from abm_desktop.learning.process.preflight import check

    with pytest.raises(InputError, match="recording_from is '1h', and calm is no recorded day"):
        check(make_config(scenario="calm", recording_from="1h"))
    with pytest.raises(InputError, match=r"episode_seconds is 600 s, and what .* has 300 s; lower"):
        check(config_of(day, recording_until="5min"))
