"""Markets with other parameters, and shares of makers and executors."""

import numpy as np
import pytest

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.cells import AS_IT_IS, make_plan
from abm_desktop.experiments.running.doses import DOSES, TAKEN, volumes
from abm_desktop.experiments.running.market_runs import run_market
from abm_desktop.experiments.running.pilot import Pilots, Sizing, search_size
from abm_desktop.experiments.variants import Variant, varied
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import INSTITUTION, MARKET_MAKER, RL, STRESS
from abm_desktop.scenario import Scenario, ScenarioError

SHORT = {"lead": 120, "burn_in": 30, "stress_window": 60, "after": 120, "seeds": 2, "paths": 0}


def design(rl, **values):
    return Design.model_validate({"name": "t", "calm": True, "rl": rl, **SHORT, **values})


def test_a_variant_is_the_market_with_its_parameters_from_the_warm_up_on():
    wide = {"name": "coarse", "set": ["market.tick_size=0.02"]}
    few = {"name": "tight makers", "times": ["population.market_makers.max_inventory=0.3"]}
    plan = make_plan(design({"shares": [0]}, vary=[wide, few], level="variant"))
    assert [cell.variant for cell in plan.cells] == [AS_IT_IS, "coarse", "tight makers"]
    assert plan.variants["tight makers"].population.market_makers.max_inventory == 75
    wanted = [(0, cell) for cell in plan.cells]
    runs = {run.cell: run.values for run in run_market(plan, plan.seeds[0], wanted, {})}
    usual, coarse, tight = (runs[cell.key] for cell in plan.cells)
    # The first is what a design without variants gives, under the same key.
    alone = make_plan(design({"shares": [0]}))
    (same,) = run_market(alone, alone.seeds[0], [(0, alone.cells[0])], {})
    assert same.cell == plan.cells[0].key
    np.testing.assert_equal(same.values, usual)
    mine = Simulator(plan.variants["coarse"], plan.seeds[0])
    mine.warm_up()
    mine.run_until(240)
    assert coarse["recovery_volume"] == volumes(mine, 120, 240)[0].sum() > 0
    assert tight["recovery_volume"] != usual["recovery_volume"]
    assert alone.digest() != plan.digest()


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        ({"set": ["population.market_makers.cuont=3"]}, "cuont"),
        ({"times": ["population.market_makers.cuont=3"]}, "cuont: has no number to multiply"),
        ({"times": ["market.tick_size=much"]}, "must have a number as its factor"),
        ({"set": ["market.tick_size=0.01"]}, "changes nothing"),
        ({"set": ["market.tick_size"]}, r"market\.tick_size: has no key or no value"),
        ({"set": ["market.session=4min"]}, "past the end"),
    ],
)
def test_a_variant_that_cannot_be_is_refused(vary, told):
    given = design({"shares": [0]}, vary=[{"name": "x", **vary}], after=300)
    with pytest.raises(ScenarioError, match=told):
        make_plan(given)


def test_variants_have_names_of_their_own():
    for names in (["a", "a"], [AS_IT_IS]):
        with pytest.raises(ValueError, match="is taken"):
            design({}, vary=[{"name": n, "set": ["market.tick_size=0.02"]} for n in names])
    with pytest.raises(ValueError, match="is variant, but there is none"):
        design({}, level="variant")
    assert varied(Scenario(name="x"), Variant(name="a", times=("market.lot=3",))).market.lot == 3


def test_what_a_share_is_a_share_of():
    traded = np.zeros((2, 9))
    traded[0, [RL, INSTITUTION, STRESS]] = 10, 30, 1000
    traded[1, [RL, MARKET_MAKER, STRESS]] = 15, 45, 1000
    assert TAKEN.share(traded) == 10 / 40
    assert DOSES["passive"].share(traded) == 15 / 60
    assert DOSES["parents"].share(traded) == 25 / 55
    assert DOSES["passive"].room(("market_makers",), traded) == 45 / 60
    assert TAKEN.room(("institutions",), traded) == 30 / 40
    assert np.isnan(TAKEN.share(np.zeros((2, 9))))


@pytest.mark.parametrize(
    ("model", "displaced", "dose"),
    [("calm-maker", "market_makers", "passive"), ("calm-executor", "institutions", "parents")],
)
def test_makers_and_executors_take_the_place_of_their_like(model, displaced, dose, tmp_path):
    rl = {"shares": [0, 0.2], "policies": [model], "displaces": [displaced]}
    plan = make_plan(design(rl, calm=False, stress=[{"type": "flash_crash"}]))
    assert plan.dose is DOSES[dose]
    sizing = {(model, displaced, "flash_crash", 0.2): Sizing(6, 2, 40, 0.5, 0.2)}
    wanted = [(0, cell) for cell in plan.cells]
    runs = {cell.arm: None for cell in plan.cells}
    for run in run_market(plan, plan.seeds[0], wanted, sizing):
        runs[run.cell.split("|")[2]] = run.values
    assert list(runs) == ["control", "trained", "room only"]
    assert runs["control"]["rl_share_reached"] == runs["room only"]["rl_share_reached"] == 0.0
    assert 0.0 < runs["trained"]["rl_share_reached"] < 1.0
    side = "maker" if dose == "passive" else "taker"
    name = f"{'market_maker' if dose == 'passive' else 'institution'}_{side}_share"
    assert runs["room only"][name] < runs["control"][name]


def test_the_pilot_counts_makers_by_what_rests():
    rl = {"shares": [0, 0.2], "policies": ["calm-maker"], "displaces": ["market_makers"]}
    plan = make_plan(design(rl))
    trunk = Simulator(plan.scenario, 7)
    trunk.warm_up()
    trunk.run_until(90)
    pilots = Pilots((trunk,), None, 120.0, 300.0, plan.dose)
    room = pilots.room(("market_makers",))
    assert 0.2 < room < 0.8
    mix, factors = plan.populations["calm-maker"], plan.design.rl
    found, _ = search_size(pilots, mix, ("market_makers",), 0.2, 1.0 - 0.2 / room, factors, 20.0)
    assert found.reached == pytest.approx(0.2, abs=0.06)


@pytest.mark.parametrize(
    ("rl", "told"),
    [
        (
            {"policies": ["calm-maker"]},
            r"displaces.*institutions, whose place a maker.*market_make",
        ),
        ({"policies": ["calm-ppo"], "displaces": ["market_makers"]}, "whose place a directional"),
        ({"policies": ["calm-maker", "calm-ppo"]}, "shares of different things"),
        (
            {"policies": ["calm-maker"], "displaces": ["market_makers"], "modes": ["learning"]},
            "cannot learn while a market runs",
        ),
        (
            {
                "policies": ["calm-maker"],
                "displaces": ["market_makers"],
                "placebos": ["rule_clones"],
            },
            "make up no share of the passive volume",
        ),
        (
            {
                "policies": ["calm-executor"],
                "displaces": ["institutions"],
                "placebos": ["zero_size"],
            },
            "works off parent orders whatever its size",
        ),
    ],
)
def test_what_makers_and_executors_cannot_do_is_told(rl, told):
    with pytest.raises(ScenarioError, match=told):
        make_plan(design({"shares": [0, 0.2]} | rl))


def test_an_untrained_maker_is_one(tmp_path):
    rl = {
        "shares": [0.2],
        "policies": ["calm-maker"],
        "displaces": ["market_makers"],
        "placebos": ["untrained"],
        "untrained_policies": 1,
    }
    plan = Experiment(design(rl)).plan
    untrained = plan.populations["untrained-1"].policies[0]
    assert untrained.role == "maker" and not untrained.greedy
    assert untrained.sizes == plan.populations["calm-maker"].policies[0].sizes
