"""What a scenario asks for and will not get is told, and nothing else."""

import pytest

from abm_desktop.scenario import FlashCrash, Scenario, warnings_of
from abm_desktop.scenario.interventions import AIHalt, Interventions
from abm_desktop.scenario.traders import RLTraders


@pytest.mark.parametrize(
    ("crash", "is_told"),
    [
        (FlashCrash(magnitude=0.005), False),
        (FlashCrash(magnitude=0.1), False),
        (FlashCrash(magnitude=0.11), True),
        (FlashCrash(magnitude=0.004), True),
        (FlashCrash(magnitude=10.0, unit="daily_sigma"), False),
        (FlashCrash(magnitude=20.0, unit="daily_sigma"), True),
        (FlashCrash(magnitude=0.2, quantity=0.03), False),
        (FlashCrash(magnitude=0.2, fade=False), False),
    ],
)
def test_a_fall_that_cannot_be_aimed_at_is_told(crash, is_told) -> None:
    found = warnings_of(Scenario(name="test", stress=(crash,)))
    assert [problem.key for problem in found] == ["stress[0].magnitude"] * is_told


def test_a_rule_for_rl_traders_is_told_if_there_are_none() -> None:
    rules = Interventions(ai_halt=AIHalt())
    (problem,) = warnings_of(Scenario(name="test", interventions=rules))
    assert problem.key == "interventions.ai_halt" and "[[rl]]" in problem.remedy
    some = (RLTraders(model="calm-ppo", count=1),)
    assert warnings_of(Scenario(name="test", interventions=rules, rl=some)) == []
    off = Interventions(ai_halt=AIHalt(on=False))
    assert warnings_of(Scenario(name="test", interventions=off)) == []
