"""Files and calls accept the same and refuse it under the same key, field by field."""

import json
import math
import re

import pytest
from support.schema import models

from abm_desktop.experiments.design import Design, RLFactors, load_design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.recipes import load_config, make_config
from abm_desktop.market.rules import default_rules, set_rule
from abm_desktop.scenario import RLTraders, Scenario, load_scenario
from abm_desktop.scenario.checked import checked_group, checked_stress
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.population import Population
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.reading import checked_copy
from abm_desktop.scenario.stress import STRESS_TYPES

SCENARIO = Scenario(name="x")
DESIGN = Design(name="x")
GROUP = {"count": 1, "size": 2, "max_inventory": 40, "step": 5.0, "jitter": 0.2, "greedy": True}


def copy(owner, path, values):
    """Another ``owner`` with values below ``path``, as nobody has looked at it."""
    if not path:
        return owner.model_copy(update=values)
    inner = copy(getattr(owner, path[0]), path[1:], values)
    return owner.model_copy(update={path[0]: inner})


def of_scenario(*path):
    return (
        load_scenario,
        lambda key, value: f'name = "x"\n{".".join((*path, key))} = {value}\n',
        lambda key, value: checked_copy(copy(SCENARIO, path, {key: value})),
    )


def of_design(*path):
    return (
        load_design,
        lambda key, value: f'name = "x"\n{".".join((*path, key))} = {value}\n',
        lambda key, value: Experiment(copy(DESIGN, path, {key: value})),
    )


def of_rule(name):
    return (
        load_scenario,
        lambda key, value: f'name = "x"\ninterventions.{name}.{key} = {value}\n',
        lambda key, value: set_rule(default_rules(), name, True, {key: value}),
    )


def of_stress(kind, model):
    return (
        load_scenario,
        lambda key, value: f'name = "x"\nstress = [{{ type = "{kind}", {key} = {value} }}]\n',
        lambda key, value: checked_stress(model().model_copy(update={key: value})),
    )


OF_GROUP = (
    load_scenario,
    lambda key, value: f'name = "x"\nrl = [{{ model = "m", {key} = {value} }}]\n',
    lambda key, value: checked_group(**GROUP | {"latency": 0.0, key: value}),
)
OF_TRAINING = (
    load_config,
    lambda key, value: f"{key} = {value}\n",
    lambda key, value: make_config(**{key: value}),
)
PLACES = [
    *((name, type(getattr(SCENARIO, name)), of_scenario(name), None)
      for name in ("market", "fundamental", "activity")),
    *((name, type(getattr(SCENARIO.population, name)), of_scenario("population", name), None)
      for name in Population.model_fields),
    *((rule, model, of_rule(rule), {"on"}) for rule, model in RULES.items()),
    # When a stress begins is an argument of its own in a call.
    *((kind, model, of_stress(kind, model), {"type", "at"})
      for kind, model in STRESS_TYPES.items()),
    ("[[rl]]", RLTraders, OF_GROUP, set(RLTraders.model_fields) - set(GROUP)),
    ("training", TrainingConfig, OF_TRAINING, None),
    ("experiment", Design, of_design(), None),
    ("experiment.rl", RLFactors, of_design("rl"), None),
]  # fmt: skip


def written(value):
    """In TOML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return {True: "inf", False: "nan"}[value > 0]
    return json.dumps(value) if not isinstance(value, float) else repr(value)


def trials(field):
    """Values at, below and above each bound, and what is no such value at all."""
    mark = field.quantity
    if field.kind in ("whole", "number") or (field.kind == "list" and mark.low is not None):
        whole = isinstance(mark.low, int) and isinstance(mark.high, int)
        a_little = 1 if whole else 1e-9 + 1e-3 * max(abs(mark.low), 1e-3)
        found = [mark.low, mark.low - a_little, mark.high, mark.high + (1 if whole else 1.0)]
        found += [math.nan, "3", True] + ([mark.low + 0.5] if whole else [])
        return found if field.kind != "list" else [[v, *field.default[1:]] for v in found]
    if field.kind == "flag":
        return [True, False, 1, 0.0, "yes"]
    if field.kind == "choice":
        return [*field.choices, "other", 1]
    return [7] if field.kind == "text" else []


def refused(call, *arguments):
    """The key of a refusal; None if there is none."""
    try:
        call(*arguments)
    except InputError as error:
        return re.split(r"[.\]]", error.key.rstrip("]0123456789["))[-1] or error.key
    return None


@pytest.mark.parametrize(
    ("name", "model", "place", "skipped"), PLACES, ids=[place[0] for place in PLACES]
)
def test_what_a_file_may_say_a_call_may(tmp_path, monkeypatch, name, model, place, skipped):
    # What a design names is not looked up: that is no matter of its values.
    monkeypatch.setattr("abm_desktop.experiments.experiment.make_plan", lambda *_: None)
    read, text, call = place
    file = tmp_path / "x.toml"
    both = {True: 0, False: 0}
    for key, field in described(model).items():
        if key in (skipped or ()):
            continue
        for value in trials(field):
            file.write_text(text(key, written(value)))
            by_file, by_call = refused(read, file), refused(call, key, value)
            assert by_file == by_call, (key, value)
            both[by_file is None] += 1
    assert both[True] and both[False]


def test_every_number_and_list_of_every_model_is_bounded():
    for root in (Scenario, Design, TrainingConfig):
        for model in models(root).values():
            schema = model.model_json_schema()["properties"]
            for key, field in described(model).items():
                mark = field.quantity
                if field.kind in ("whole", "number"):
                    assert mark.low is not None and mark.high is not None, (model, key)
                if field.kind == "list":
                    assert "maxItems" in schema[key], (model, key)
                if schema[key].get("type") == "string" and not {"enum", "const"} & set(schema[key]):
                    assert "maxLength" in schema[key], (model, key)
