"""How long an experiment takes is told before anything is timed."""

from dataclasses import replace

import pytest

from abm_desktop.desk.analytics.experiment_plan import read_plan
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.usual_cost import usual_seconds
from abm_desktop.ui.analytics.experiment_words import cost_text, plan_text
from abm_desktop.ui.start.page import ALONE, CORE_SECONDS


@pytest.mark.parametrize(
    ("name", "way"), [("research_question", "full"), ("first_answer", "first_answer")]
)
def test_it_agrees_with_what_was_measured(name, way):
    plan = Experiment.load(name).plan
    measured = CORE_SECONDS[way] - ALONE[way]
    assert measured / 2 < usual_seconds(plan) * plan.total < 2 * measured


def test_it_follows_the_design():
    few, many = (Experiment.load("first_answer", seeds=n).plan for n in (10, 40))
    # A run costs the same in more markets.
    assert usual_seconds(few) == pytest.approx(usual_seconds(many))
    longer = Experiment.load("research_question").plan
    assert longer.design.after > many.design.after
    assert usual_seconds(longer) > 1.5 * usual_seconds(many)


def test_it_is_told_with_the_plan():
    plan = read_plan("first_answer")
    one = cost_text(plan, None, 1, timing=False)
    assert one.startswith("Roughly ") and "on 1 idle core;" in one
    assert one != cost_text(plan, None, 4, timing=False)
    assert cost_text(plan, 1.0, 2, timing=False).startswith("About ")
    assert cost_text(replace(plan, finished=plan.total), None, 2, timing=False).endswith("already.")
    assert plan_text(replace(plan, cells=1)).startswith("1 cell in 40 markets")
    assert plan_text(replace(plan, cells=1200)).startswith("1,200 cells in 40 markets")
