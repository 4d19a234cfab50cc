"""Every number has both bounds, in files and in the market's own calls alike."""

import math
import re

import pytest

from abm_desktop.experiments.design import Design
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.market.rules import INTERVENTIONS, default_rules, set_rule
from abm_desktop.scenario import Scenario, ScenarioError, load_scenario, stress_from_dict
from abm_desktop.scenario.bounds import MOST_STRESSES, bounds_of, bounds_of_field, within
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.traders import MarketMakers, RLTraders
from tests.support.schema import models, numbers


def test_the_walk_finds_the_whole_schema():
    names = set(models())
    assert {"Market", "NoiseTraders", "FCNTraders", "StopLossCascade", "KillSwitch"} <= names
    assert {"size", "time_constants", "weights"} <= {name for _, name in numbers()}
    assert len(numbers()) > 200


@pytest.mark.parametrize(("model", "name"), numbers(), ids=lambda x: getattr(x, "__name__", x))
def test_every_number_has_both_bounds(model, name):
    bounds = bounds_of(model, name)
    assert math.isfinite(bounds.low) and math.isfinite(bounds.high)
    assert bounds.low < bounds.high
    default = model.model_fields[name].default
    for value in default if isinstance(default, tuple) else (default,):
        if isinstance(value, int | float):
            assert bounds.low <= value <= bounds.high


def test_every_text_and_list_ends_somewhere():
    for model in models().values():
        schema = model.model_json_schema()
        for name, field in schema["properties"].items():
            if field.get("type") == "string" and "enum" not in field and "const" not in field:
                assert "maxLength" in field, name
            if field.get("type") == "array":
                assert "maxItems" in field, name


def test_a_refusal_names_key_bounds_and_usual_value(tmp_path):
    file = tmp_path / "x.toml"
    file.write_text('name = "x"\n[population.market_makers]\nreact_delay = 1e-9\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    text = str(caught.value)
    for part in (
        "line 3",
        "market_makers.react_delay",
        "at least 0.001",
        "604800 s",
        "usual: 0.005",
    ):
        assert part in text


@pytest.mark.parametrize("name", INTERVENTIONS)
def test_a_rule_takes_by_call_what_a_file_may_say(name):
    for key, default in INTERVENTIONS[name].items():
        rules = default_rules()
        if isinstance(RULES[name].model_fields[key].default, bool):
            wrong = [2, 1, 0.0, "yes", None, math.nan]
            right = [True, False]
        else:
            bounds = bounds_of(RULES[name], key)
            wrong = [
                bounds.low - 1e-9 - abs(bounds.low) * 1e-3,
                bounds.high * 1.001,
                math.nan,
                [1.0],
            ]
            right = [bounds.low, bounds.high, default]
        for value in wrong:
            with pytest.raises(InputError) as refused:
                set_rule(rules, name, True, {key: value})
            assert refused.value.key == f"{name}.{key}"
            assert rules == default_rules()
            with pytest.raises(ValueError):
                Scenario.model_validate({"name": "x", "interventions": {name: {key: value}}})
        for value in right:
            set_rule(rules, name, True, {key: value})
            Scenario.model_validate({"name": "x", "interventions": {name: {key: value}}})


def test_a_tax_of_half_the_notional_is_refused_as_in_a_file():
    with pytest.raises(InputError, match=r"transaction_tax.rate: is 0.5, must be at most 0.1"):
        set_rule(default_rules(), "transaction_tax", True, {"rate": 0.5})


@pytest.mark.parametrize("value", [0, -1.0, math.inf, math.nan, "5s", True, 1e9])
def test_within_refuses_what_a_file_could_not_say(value):
    with pytest.raises(InputError, match=r"step must be a number from 0\.001 to 86400"):
        within(RLTraders, "step", value)


def test_within_knows_whole_numbers():
    assert within(MarketMakers, "max_inventory", 250) == 250
    with pytest.raises(InputError, match="max_inventory must be a whole number from 1 to 1000000"):
        within(MarketMakers, "max_inventory", 2.5)


def test_too_many_stresses_are_told_before_anything_is_built():
    event = {"type": "fat_finger"}
    Scenario.model_validate({"name": "x", "stress": [event] * MOST_STRESSES})
    with pytest.raises(ValueError, match="at most 32"):
        Scenario.model_validate({"name": "x", "stress": [event] * (MOST_STRESSES + 1)})


def test_too_many_rl_traders_in_all_groups_are_told():
    group = {"model": "m", "count": 6000}
    with pytest.raises(ValueError, match="12000 traders in all groups"):
        Scenario.model_validate({"name": "x", "rl": [group, group]})


def test_a_matching_engine_of_less_than_a_message_a_second_is_refused():
    with pytest.raises(ScenarioError, match="give 0 for no limit"):
        stress_from_dict({"type": "quote_stuffing", "capacity": 1e-6})


@pytest.mark.parametrize("root", [Scenario, Design, TrainingConfig], ids=lambda x: x.__name__)
def test_what_a_number_means_does_not_tell_its_bounds_again(root):
    told = 0
    for model in models(root).values():
        for name, field in model.model_fields.items():
            bounds = bounds_of_field(field)
            if bounds is None or not field.description:
                continue
            low, high = (f"{value:.0f}" for value in (bounds.low, bounds.high))
            meaning = field.description.replace("_", "").replace(",", "")
            assert not re.search(rf"\b{low} (to|and) {high}\b", meaning), (model.__name__, name)
            told += 1
    assert told > 5
