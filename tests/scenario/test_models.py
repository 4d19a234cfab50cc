import pytest
from pydantic import ValidationError

from abm_desktop.scenario import (
    FlashCrash,
    LiquidityShock,
    Population,
    Scenario,
    ScenarioError,
    VolatilitySpike,
    find_scenario,
    load_scenario,
    stress_from_dict,
)
from abm_desktop.scenario.traders import Trader


def test_a_scenario_is_a_value():
    first, second = Scenario(name="a"), Scenario(name="a")
    assert first == second
    assert hash(first) == hash(second)
    with pytest.raises(ValidationError):
        first.seed = 3


DEFAULT_CLASSES = ("noise", "market_makers", "fundamental", "momentum", "institutions")


def test_calm_file_names_every_default():
    calm = load_scenario(find_scenario("calm"))
    assert calm == Scenario(name=calm.name, description=calm.description)
    text = find_scenario("calm").read_text(encoding="utf-8")
    for section in (calm.market, calm.fundamental, calm.activity):
        for key in type(section).model_fields:
            assert f"\n{key} = " in text
    for name in DEFAULT_CLASSES:
        for key in type(getattr(calm.population, name)).model_fields:
            assert f"\n{key} = " in text


def test_the_model_files_name_every_key_of_their_classes():
    files = ("rmsc04", "chiarella_iori")
    texts = {name: find_scenario(name).read_text(encoding="utf-8") for name in files}
    for name in set(Population.model_fields) - set(DEFAULT_CLASSES):
        section = next(t for t in texts.values() if f"[population.{name}]" in t)
        kind = Population.model_fields[name].annotation
        for key in set(kind.model_fields) - set(Trader.model_fields):
            assert f"\n{key} = " in section.split(f"[population.{name}]")[1].split("\n[")[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("flash_crash", FlashCrash),
        ("volatility_spike", VolatilitySpike),
        ("liquidity_shock", LiquidityShock),
    ],
)
def test_each_stress_file_has_its_event_minutes_after_the_open(name, kind):
    (event,) = load_scenario(find_scenario(name)).stress
    assert isinstance(event, kind)
    assert 60 <= event.at <= 900


def test_stress_from_a_plain_dict():
    event = stress_from_dict({"type": "flash_crash", "magnitude": 0.1, "duration": "10min"})
    assert event == FlashCrash(magnitude=0.1, duration=600.0)


def test_a_wrong_stress_dict_names_every_problem():
    with pytest.raises(ScenarioError) as caught:
        stress_from_dict({"type": "liquidity_shock", "magnitude": 1.5, "duratoin": 3})
    magnitude, unknown = sorted(caught.value.problems, key=lambda problem: problem.key)[::-1]
    assert magnitude.key == "magnitude"
    assert "at most 1" in magnitude.message
    assert unknown.key == "duratoin"
    assert "duration" in unknown.remedy


def test_an_unknown_stress_type_is_guessed():
    with pytest.raises(ScenarioError, match='did you mean "flash_crash"'):
        stress_from_dict({"type": "flashcrash"})


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("market", {"start_price": 400.0}),
        ("market", {"start_price": 100.005}),
        ("market", {"ladder_ticks": 30000}),
        ("activity", {"weights": (0.5, 0.5, 0.5)}),
        ("activity", {"floor": 9.0}),
        ("market", {"session": float("inf")}),
        ("market", {"lot": True}),
        ("fundamental", {"volatility": "5e-5"}),
    ],
)
def test_nonsense_is_refused(section, values):
    with pytest.raises(ValidationError):
        Scenario(name="x", **{section: values})


def test_stress_after_the_session_is_refused():
    with pytest.raises(ValidationError):
        Scenario(name="x", market={"session": 600}, stress=({"type": "flash_crash", "at": 600},))
