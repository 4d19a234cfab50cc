"""What was done by hand to one market, as the design that asks it of many."""

import numpy as np
import pytest

from abm_desktop.desk.session_experiment import design_of
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.live import TRADER_CLASSES
from abm_desktop.live.commands import (
    AddTraders,
    ChangePopulation,
    EndStress,
    Inject,
    PlaceOrder,
    SetRule,
)
from abm_desktop.live.ledger import EntryState, Ledger
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.state import TRADE
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import FlashCrash, LiquidityShock, load_scenario
from abm_desktop.scenario.reading import checked

CALM = load_scenario(scenario_dir() / "calm.toml")


class Market:
    """What a design is made from of a snapshot."""

    def __init__(self, scenario=CALM, taken=()):
        self.ledger = Ledger(scenario)
        self.fills = np.zeros(len(taken), TRADE)
        for row, (time, name, size) in zip(self.fills, taken, strict=True):
            row["time"], row["size"] = int(time * 1e9), size
            row["taker_class"] = TRADER_CLASSES.index(name)
        self.seed, self.forked_from, self.commands_dropped = 7, None, 0

    def do(self, command, at):
        self.ledger.take(command, at)

    @property
    def commands(self):
        return self.ledger.view(9000.0, (), (), ())


def made(market, scenario=CALM, models=("calm-ppo", "calm-dqn")):
    found = design_of(market, scenario, models)
    return checked(Design, {**found.values, "scenario": "calm"}), found


def policy(name, role="directional"):
    known = find_role(role)
    shape = (len(known.observations), len(known.actions))
    zeros = (np.zeros(shape, np.float32),), (np.zeros(shape[1], np.float32),)
    return PolicyNet(*zeros, name=name, role=role)


def test_a_crash_and_a_band_are_asked_with_and_without_the_band():
    market = Market()
    market.do(SetRule(rule="luld", values={"band": 0.012}), 1200.0)
    market.do(Inject(stress=FlashCrash(magnitude=0.05)), 1500.0)
    market.do(PlaceOrder(side=1, size=5), 1510.0)
    design, found = made(market)
    (crash,) = design.stress
    assert (crash.type, crash.magnitude, design.lead) == ("flash_crash", 0.05, 1500.0)
    (arm,) = design.intervention
    assert arm.luld.band == 0.012 and arm.luld.on and design.without_intervention
    assert design.level == "intervention" and design.hypothesis == arm.name
    assert {cell.intervention for cell in make_plan(design).cells} == {"none", arm.name}
    told = "\n".join(found.notes)
    assert "Not carried over: 1 order by hand (25:10)" in told
    assert "the seed 7" in told and not found.changes_market


def test_rl_traders_give_the_share_that_they_had():
    # What was traded before they came does not count.
    taken = [(30.0, "noise", 9000), (70.0, "noise", 700), (80.0, "institution", 150)]
    market = Market(taken=[*taken, (90.0, "rl", 150)])
    market.do(AddTraders(policy=policy("calm-ppo"), count=40), 60.0)
    market.do(AddTraders(policy=policy("calm-dqn"), count=20), 60.0)
    market.do(AddTraders(policy=policy("of-a-friend"), count=3), 60.0)
    design, found = made(market)
    assert design.rl.shares == (0.0, 0.15) and design.hypothesis == 0.15
    assert design.rl.mixed == (("calm-ppo", "calm-dqn"),) and design.rl.policies == ()
    assert any("of-a-friend" in note and "import it" in note for note in found.notes)
    # Those with memory take volume as the others do; makers do not.
    market = Market()
    market.do(AddTraders(policy=policy("calm-remembering", "remembering"), count=5), 60.0)
    market.do(AddTraders(policy=policy("calm-maker", "maker"), count=5), 60.0)
    design, found = made(market, models=("calm-remembering", "calm-maker"))
    assert design.rl.policies == ("calm-remembering",)
    assert any("calm-maker" in note and "take none" in note for note in found.notes)
    # Before they have traded there is no such share.
    market = Market()
    market.do(AddTraders(policy=policy("calm-ppo"), count=40), 60.0)
    design, found = made(market)
    assert design.rl.shares == (0.0, 0.25) and design.rl.policies == ("calm-ppo",)
    assert any("have not traded yet" in note for note in found.notes)


@pytest.mark.parametrize("early", [30.0, 23_390.0])
def test_what_cannot_be_carried_over_is_told(early):
    market = Market()
    market.do(Inject(stress=LiquidityShock()), early)
    market.do(Inject(stress=LiquidityShock()), 1400.0)
    market.do(EndStress(kind="liquidity_shock", start=1400.0), 1410.0)
    market.do(SetRule(rule="kill_switch"), 100.0)
    market.do(SetRule(rule="kill_switch", on=False), 200.0)
    market.do(ChangePopulation(scenario=CALM), 300.0)
    design, found = made(market)
    assert len(design.stress) == 1 and not design.intervention and found.changes_market
    told = "\n".join(found.notes)
    for words in ("came 2 times", "ended by hand", "Kill switch, which was switched back"):
        assert words in told
    assert "Nothing was done that could be left out" in told
    assert make_plan(design).cells


def test_rules_and_stresses_of_the_scenario_count_as_what_they_are():
    values = CALM.model_dump(mode="json")
    values["stress"] = [{"type": "flash_crash", "at": 1800.0}]
    values["interventions"]["luld"] = {"on": True, "band": 0.02}
    scenario = type(CALM).model_validate(values)
    market = Market(scenario)
    market.do(SetRule(rule="luld", on=False), 100.0)
    design, _ = made(market, scenario)
    assert [stress.type for stress in design.stress] == ["flash_crash"] and design.lead == 1800.0
    # The treatment is that the rule of the scenario is off.
    (arm,) = design.intervention
    assert not arm.luld.on and arm.luld.band == 0.02 and arm.name.endswith("off")
    assert market.commands[0].state is EntryState.OVER
