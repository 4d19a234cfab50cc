"""When a training is over: what the card says and offers, and the lines to beat in the chart."""

from dataclasses import replace

import numpy as np
import pytest
from rl.conftest import make_model, progress, training

from abm_desktop import paths
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Done, RuleRewards
from abm_desktop.learning.process.rule_rewards import rule_rewards
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry.models import ModelInfo
from abm_desktop.ui.rl.charts import RULE_COLORS
from abm_desktop.ui.rl.verdict import advice, failings
from abm_desktop.ui.rl.verdict_card import tried_elsewhere

RULES = {"hold": 0.0, "random": -30.0, "momentum 60 s": -4.0, "value": 2.5}


def judged(scenario, *failed, flags=()):
    """What an evaluation leaves in a model's metrics, with these checks failed."""
    details = {"median day": "-0.12 a day", "against random": "p = 3.0e-02, below 0.01 is asked",
               "against momentum 60 s": "-0.20 a day, p = 6.0e-01",
               "position": "31.2 lots on average, below 20 is asked"}  # fmt: skip
    agent = {
        "pnl_median": -0.12 if failed else 1.2, "pnl_mean": 0.1, "pnl_sd": 2.0, "drawdown": 3.0,
        "inventory": 3.0, "position": 0.1, "pnl_without_lean": 0.1, "traded": 40.0,
        "shares": [0.2, 0.6, 0.2], "accuracy": 0.5, "p_value": None,
    }  # fmt: skip
    return {
        "scenario": scenario, "days": 12, "hours": 6.5, "accepted": not failed and not flags,
        "flags": list(flags),
        "checks": [
            {"name": name, "passed": name not in failed, "detail": detail}
            for name, detail in details.items()
        ],
        "value_ratio": None, "rules": {"agent": agent},
    }  # fmt: skip


@pytest.fixture
def ended(tab, hear, qtbot):
    """Let a training end whose model has this evaluation; returns what the status bar says."""

    def ended(name, evaluation, reason="finished", **changes):
        metrics = {"evaluation": evaluation} if evaluation else {}
        make_model(name, metrics=metrics, **changes)
        with qtbot.waitSignal(tab.status_message) as said:
            hear(Done(reason, 7, name, "folder"))
        return said.args[0]

    return ended


def shown(card):
    buttons = (card.load_button, card.market_button, card.again_button, card.longer_button)
    return [b for b in buttons if not b.isHidden()]


def test_a_rejected_model_is_not_recommended_and_says_what_failed(tab, ended, qtbot):
    both = judged("calm", "median day", "against momentum 60 s") | {"elsewhere": [judged("dr1")]}
    said = ended("mine-1", both)
    card = tab.card
    assert said == card.title.text() == "mine-1: accepted in dr1, not accepted in calm"
    assert "load it" not in said
    text = card.reasons.text()
    assert "median day: −0.12 a day, above 0 is asked" in text
    assert "against momentum 60 s: −0.20 a day, p = 0.6, above 0 is asked" in text
    assert "against random" not in text and card.advice.text().startswith("What to change: ")
    assert shown(card) == [card.market_button, card.again_button, card.longer_button]
    assert card.market_button.property("role") == "primary"
    with qtbot.waitSignal(tab.market_requested) as asked:
        card.market_button.click()
    assert asked.args == [paths.scenario_dir() / "dr1.toml"]
    card.again_button.click()
    config = tab.form.config()
    assert (config.seed, config.iterations, config.resume_from) == (1, 7, "")
    card.again_button.click()
    assert tab.form.config().seed == 1, "the next seed of the model, not of the form"
    card.longer_button.click()
    assert tab.form.config().resume_from == "mine-1"
    card.close_button.click()
    assert card.isHidden()


def test_an_accepted_model_is_offered_to_the_market(tab, ended, qtbot):
    said = ended("mine-2", judged("calm"))
    card = tab.card
    assert said == "mine-2: accepted in calm" and "every check is met" in card.reasons.text()
    assert shown(card) == [card.load_button] and card.advice.isHidden()
    with qtbot.waitSignal(tab.load_policy_requested) as loaded:
        card.load_button.click()
    assert loaded.args[2] == "mine-2"
    # What is not judged is neither good nor bad.
    said = ended("mine-3", None, reason="stopped")
    assert said == "Training was stopped; mine-3 is saved, not judged"
    assert card.title.text() == "mine-3: not judged" and shown(card) == [card.longer_button]
    # Another training takes the card away.
    tab.form.start()
    assert card.isHidden()


def test_the_advice_is_about_what_was_found():
    lazy = judged("calm", flags=["the profit hardly varies: it hardly trades"])
    assert "first fee" in advice(lazy) and failings(lazy) == lazy["flags"]
    assert "inventory cost" in advice(judged("calm", "position"))
    assert "more iterations" in advice(judged("calm", "against random"))
    assert "where it was trained" in advice(judged("calm", "median day"))
    assert "Train in calm" in advice(judged("flash crash", "median day"), "calm")


def test_a_recipe_that_was_trained_elsewhere_is_told_where_it_was_tried():
    usual = make_config(algorithm="PPO", role="remembering").model_dump(mode="json")
    info = ModelInfo("a", "PPO", "calm", "", 9, 900, None, 1, "finished", "0", "")

    def told(**settings):
        return tried_elsewhere(replace(info, config=usual | settings))

    assert told(scenario="flash_crash", seed=7) == "calm"
    assert told() == ""
    assert told(scenario="flash_crash", iterations=300) == "", "a recipe of one's own"
    assert tried_elsewhere(replace(info, config={"algorithm": "another"})) == ""


def test_the_chart_of_the_reward_shows_the_lines_to_beat(tab, hear, settled):
    tab.form.start()
    settled()
    hear(training())
    hear(RuleRewards(RULES))
    hear(progress(1, reward=None))
    tab.tick()
    chart = tab.charts.charts["reward"]
    assert chart.note.text() == "waiting for the first episode to end"
    hear(progress(2, reward=-12.0))
    tab.tick()
    told = [text for _, text in chart.legend.entries]
    assert told == ["−12.00", "hold 0.00", "random −30.00", "value +2.50"]
    assert [role for role, _ in chart.legend.entries[1:]] == list(RULE_COLORS)
    lines = [float(line.getData()[1][0]) for line in chart._lines]
    assert lines == [0.0, -30.0, 2.5]
    low, high = chart.plot.getPlotItem().viewRange()[1]
    assert low < -30.0 and high > 2.5
    pnl = tab.charts.charts["pnl"]
    assert all(len(line.getData()[1] if line.getData()[1] is not None else ()) == 0
               for line in pnl._lines)  # fmt: skip
    assert tab.controller.trainings.curves(1).lines_to_beat() == {
        "hold": 0.0, "random": -30.0, "value": 2.5,
    }  # fmt: skip


def test_rules_earn_what_their_decisions_earn_in_this_reward():
    config = TrainingConfig(scenario="calm", episode_seconds=120.0, seed=3)
    rewards = rule_rewards(config, episodes=3)
    assert rewards["hold"] == 0.0, "who holds nothing wins and loses nothing"
    assert rewards["random"] < rewards["hold"]
    dear = rule_rewards(config.model_copy(update={"reward_fee": 1.0}), episodes=3)
    assert dear["random"] < rewards["random"] and dear["hold"] == 0.0
    assert np.isfinite(list(rewards.values())).all() and "agent" not in rewards
    assert rule_rewards(config.model_copy(update={"role": "maker"})) == {}
    # Of a trader that decides in rounds, in a reward at the value: trading costs what it costs.
    changes = {"role": "remembering", "reward_at_value": True}
    remembering = rule_rewards(config.model_copy(update=changes), episodes=3)
    assert remembering["hold"] == 0.0 and remembering["random"] < 0.0
    assert "value with memory" in remembering
