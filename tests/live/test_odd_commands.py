"""Commands of strangers, by call and out of a file: typed and bounded, or refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import COMMANDS, Command, Condition, in_short, read_command, written
from abm_desktop.live.session_record import SessionRecord, restore
from abm_desktop.market.commands import MARKET_COMMANDS, JoiningTraders
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict

EMPTY = Scenario.model_validate({"name": "x", "market": {"warm_up": 0.0}})
POLICY = PolicyNet((np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),), name="p")
STRESS = stress_from_dict({"type": "fat_finger"})
WIDE = Condition(measure="spread_ticks", comparison="above", value=5.0)
RECORD = SessionRecord("x", 1, 5.0, 3, 1.7e9, replay="day.zip")
GOOD = {
    "inject": {"stress": STRESS, "at": 3.0},
    "end_stress": {"kind": "fat_finger", "start": 1.0},
    "add_traders": {"policy": POLICY, "count": 2, "size": 0, "latency": 0.5},
    "remove_traders": {"first": 3, "count": 2},
    "change_population": {"scenario": EMPTY, "joining": (JoiningTraders(policy=POLICY),)},
    "set_rule": {"rule": "luld", "on": True, "values": {"band": 0.05}},
    "call_auction": {"seconds": 1.0},
    "place_order": {"side": 1, "price": 99.0, "size": 3},
    "modify_order": {"order": (1, 2), "price": 99.0, "size": 2},
    "cancel_order": {"order": (1, 2)},
    "cancel_orders": {},
    "step": {"events": 3},
    "run": {},
    "pause": {},
    "step_time": {"seconds": 2.5},
    "advance": {"until": 9.0, "when": WIDE, "fast": False},
    "load": {"scenario": EMPTY, "seed": 4},
    "open_recording": {"path": Path("day.zip")},
    "recover": {"record": RECORD},
    "close": {},
    "set_speed": {"speed": None},
    "reset": {"seed": 4},
    "fork": {"time": 3.0},
    "cancel_planned": {"number": 1},
    "watch_trader": {"number": 0},
}
ODD = (None, True, "x", [], {}, [1], {"npz": "AAAA"}, -1, 0, 1.5, 2**70, 1e400, "\udcff")


def told(name: str) -> dict:
    """What a file holds of a command, after a round trip through text."""
    return json.loads(json.dumps(written(COMMANDS[name](**GOOD[name]))))


def test_every_command_survives_its_file():
    assert set(GOOD) == set(COMMANDS)
    assert set(get_args(get_args(Command)[0])) == set(COMMANDS.values())
    for name, kind in COMMANDS.items():
        values = told(name)
        assert values["do"] == name and set(GOOD[name]) < set(values)
        back = read_command(values)
        assert type(back) is kind and written(back) == values
        with pytest.raises(ValueError, match="frozen"):
            back.do = "other"
        short = in_short(back)
        assert short.startswith(name) and len(short) < 300 and "array(" not in short


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_odd_command_is_refused_by_us_when_read_or_when_carried_out(name):
    market = Simulator(EMPTY, 1)
    good = told(name)
    tried = [good | {"more": 1}, good | {"do": "magic"}, good | {"do": None}, [good], None]
    tried += [{k: v for k, v in good.items() if k != gone} for gone in good]
    tried += [good | {key: odd} for key in good for odd in ODD]
    refused = 0
    for values in tried:
        try:
            command = read_command(values)
            if name in MARKET_COMMANDS:
                command.apply(market)
        except (InputError, UnavailableError) as error:
            refused += bool(str(error))
    assert refused >= 5 + len(ODD)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"do": "inject", "stress": {"type": "flash_crash", "magnitude": 70}}, "stress.magnitude"),
        ({"do": "inject", "stress": {"type": "flash_crush"}}, 'did you mean "flash_crash"'),
        ({"do": "set_rule", "rule": "luld", "values": {"band": 7.0}}, "values.band .* 0.999"),
        ({"do": "set_rule", "rule": "luld", "values": {"bend": 0.1}}, "values.bend .*band"),
        ({"do": "set_rule", "rule": "transaction_tax", "values": {"rate": 0.5}}, "values.rate"),
        ({"do": "place_order", "side": 0, "size": 5}, "side must be"),
        ({"do": "place_order", "side": 1, "size": 0, "prize": 3}, "size .*prize: .*known"),
        ({"do": "add_traders", "policy": {"npz": "AAAA"}}, "policy is no policy"),
        ({"do": "set_speed", "speed": 0}, "speed"),
        (
            {
                "do": "advance",
                "when": {"measure": "phase", "comparison": "above", "value": "halted"},
            },
            'when.comparison .*use "is"',
        ),
        (
            {"do": "advance", "when": {"measure": "phase", "comparison": "is", "value": "shut"}},
            "when.value .*known: .*halted",
        ),
        (
            {"do": "advance", "when": {"measure": "mid", "comparison": "is", "value": "closed"}},
            "when.value .*number",
        ),
        ({"do": "load", "scenario": {"name": "x", "sed": 3}}, 'scenario.sed .*"seed"'),
        ({"do": "recover", "record": {"version": 99}}, "record .*another version"),
    ],
)
def test_a_refusal_names_the_key_and_the_remedy(values, words):
    with pytest.raises(InputError, match=words) as caught:
        read_command(values)
    assert caught.value.key and (caught.value.remedy or "must be one of" in str(caught.value))


def record_of(**values) -> SessionRecord:
    scenario = EMPTY.model_dump(mode="json")
    given = {"scenario": scenario, "next_scenario": scenario, **values}
    return SessionRecord("x", 1, 5.0, 3, 1.7e9, checksum="00000007", **given)


def test_a_session_with_an_odd_field_is_refused_by_file_and_name(tmp_path):
    file = tmp_path / "session.json"
    record_of(commands=[{"at": 1.0, "command": told("step")}], forked=(1.0,)).write(file)
    good = json.loads(file.read_text())
    assert tuple(SessionRecord.read(file).forked) == (1.0,)
    for key in good:
        for odd in (None, True, "x" * 10**5, [3], {"a": 1}, -1, 1.5, 2**80, float("nan")):
            taken = {
                "source": ("x" * 10**5,),
                "replay": ("x" * 10**5,),
                "file": ("x" * 10**5,),
                "time": (1.5,),
                "saved": (1.5,),
                "forked": ([3],),
                **dict.fromkeys(("scenario", "next_scenario", "program"), ({"a": 1},)),
            }
            if odd in taken.get(key, ()):
                continue
            file.write_text(json.dumps(good | {key: odd}))
            with pytest.raises(InputError, match=r"session\.json: "):
                SessionRecord.read(file)
    for text in ("[" * 100_000, '{"version": 1}', "\x00", '"' + "1" * 5000, "9" * 5000):
        file.write_text(text)
        with pytest.raises(InputError, match=r"session\.json: "):
            SessionRecord.read(file)


def test_a_session_with_odd_commands_is_refused_when_it_is_computed_again():
    good = told("place_order")
    record = record_of(commands=[{"at": 0.0, "command": good}])
    for broken in (
        replace(record, commands=[{"at": 0.0, "command": {"do": "place_order", "side": 1}}]),
        replace(record, commands=[{"at": 0.0, "command": good | {"size": "many"}}]),
        replace(record, commands=[{"at": 0.0, "command": told("run")}]),
        replace(record, scenario={"name": 3}),
        replace(record, planned=[{"asked": 0.0, "start": 9.0, "stress": {"type": "magic"}}]),
        replace(record, planned=[{"asked": 0.0, "start": 9.0}]),
    ):
        with pytest.raises(InputError):
            restore(broken)


CALLS = {
    "load": [(None,), ("calm",), (EMPTY, -1), (EMPTY, 1.5), (EMPTY, 2**63)],
    "open_replay": [(None,), (3,)],
    "do": [(None,), ({"do": "run"},), ("run",), (STRESS,)],
}


@pytest.mark.parametrize(("name", "given"), [(k, a) for k, many in CALLS.items() for a in many])
def test_an_odd_call_of_the_live_market_is_refused_at_once(name, given):
    live = LiveMarket()
    with pytest.raises(InputError):
        getattr(live, name)(*given)
    assert live._asked.empty()  # noqa: SLF001 - nothing has been sent to the worker


def test_a_path_may_be_one_of_a_file_that_is_not_there():
    LiveMarket().open_replay(Path("nowhere.csv"))
