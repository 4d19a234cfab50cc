"""Commands of strangers, by call and out of a file: typed and bounded, or refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.live.deeds import DEEDS, Deed
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict

EMPTY = Scenario.model_validate({"name": "x", "market": {"warm_up": 0.0}})
POLICY = PolicyNet((np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),), name="p")
STRESS = stress_from_dict({"type": "fat_finger"})
GOOD = {
    "inject": {"stress": STRESS},
    "end_stress": {"kind": "fat_finger", "start": 1.0},
    "add_policy_traders": {"policy": POLICY, "count": 2},
    "change": {"scenario": EMPTY, "joining": [{"policy": POLICY, "count": 1, "size": None}]},
    "set_intervention": {"rule": "luld", "on": True, "values": {"band": 0.05}},
    "hold_auction": {"seconds": 1.0},
    "place_order": {"side": 1, "price": None, "size": 3},
    "cancel_order": {"key": (1, 2)},
    "cancel_orders": {},
    "step": {"events": 3},
}
ODD = (None, True, "x", [], {}, [1], {"npz": "AAAA"}, -1, 0, 1.5, 2**70, 1e400, "\udcff")


def deed_of(name: str) -> dict:
    """What a file holds of a deed, after a round trip through text."""
    return json.loads(json.dumps(Deed(name, GOOD[name]).as_json()))


def test_every_deed_survives_its_file():
    assert set(GOOD) == set(DEEDS)
    for name in DEEDS:
        back = Deed.from_json(deed_of(name))
        assert json.dumps(back.as_json()) == json.dumps(deed_of(name))


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_an_odd_deed_is_refused_by_us_when_read_or_when_carried_out(name):
    market = Simulator(EMPTY, 1)
    good = deed_of(name)
    tried = [good | {"more": 1}, good | {"do": "magic"}, good | {"do": None}, [good], None]
    tried += [{k: v for k, v in good.items() if k != gone} for gone in good]
    tried += [good | {key: odd} for key in good for odd in ODD]
    refused = 0
    for values in tried:
        try:
            Deed.from_json(values)(market)
        except (InputError, UnavailableError) as error:
            refused += bool(str(error))
    assert refused >= 5 + len(good)


def record_of(**values) -> SessionRecord:
    scenario = EMPTY.model_dump(mode="json")
    given = {"scenario": scenario, "next_scenario": scenario, **values}
    return SessionRecord("x", 1, 5.0, 3, 1.7e9, checksum=7, **given)


def test_a_session_with_an_odd_field_is_refused_by_file_and_name(tmp_path):
    file = tmp_path / "session.json"
    record_of(commands=[{"at": 1.0, **deed_of("step")}], forked=(1.0,)).write(file)
    good = json.loads(file.read_text())
    assert tuple(SessionRecord.read(file).forked) == (1.0,)
    for key in good:
        for odd in (None, True, "x" * 10**5, [3], {"a": 1}, -1, 1.5, 2**80, float("nan")):
            taken = {
                "version": (True,),
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
    from abm_desktop.live.session_record import restore

    record = record_of(commands=[{"at": 0.0, **deed_of("place_order")}])
    for broken in (
        replace(record, commands=[{"at": 0.0, "do": "place_order", "side": 1}]),
        replace(record, commands=[{"at": 0.0, **deed_of("place_order"), "size": "many"}]),
        replace(record, scenario={"name": 3}),
        replace(record, planned=[{"asked": 0.0, "start": 9.0, "stress": {"type": "magic"}}]),
        replace(record, planned=[{"asked": 0.0, "start": 9.0}]),
    ):
        with pytest.raises(InputError):
            restore(broken)


CALLS = {
    "load": [(None,), ("calm",), (EMPTY, -1), (EMPTY, 1.5), (EMPTY, 2**63)],
    "open_replay": [(None,), (3,)],
    "reset": [("1",), (-1,), (True,)],
    "step_event": [(0,), (1.5,), (None,), (10**12,)],
    "step_interval": [(0,), (-1.0,), (float("nan"),), ("1",), (1e12,)],
    "set_speed": [(0,), (-1.0,), (float("inf"),), ("fast",), (True,)],
    "watch_trader": [(-1,), (0.5,), ("1",)],
    "inject": [({"type": "magic"},), (None,), ("flash_crash",), (STRESS, "now"), (STRESS, 1e400)],
    "cancel_planned": [(None,), (1.5,)],
    "end_stress": [("fat_finger", None), ("fat_finger", float("nan"))],
    "change": [(None,), ("calm",)],
    "fork": [(None,), (float("nan"),)],
}


@pytest.mark.parametrize(("name", "given"), [(k, a) for k, many in CALLS.items() for a in many])
def test_an_odd_call_of_the_live_market_is_refused_at_once(name, given):
    live = LiveMarket()
    with pytest.raises(InputError):
        getattr(live, name)(*given)
    assert live._commands.empty()


def test_a_path_may_be_one_of_a_file_that_is_not_there():
    LiveMarket().open_replay(Path("nowhere.csv"))
