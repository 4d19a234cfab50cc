"""A trader or a stress is a model and a file of its name: all else is made of these."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from support.long_tests import long

from abm_desktop.market import compiled, state
from abm_desktop.market.compiled import kernel
from abm_desktop.market.dispatch import Chain, compiled_file
from abm_desktop.market.groups import groups_of
from abm_desktop.market.sections import SECTIONS
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.busiest import Busiest
from abm_desktop.scenario.population import Population

CHECKOUT = Path(__file__).resolve().parents[2]
TURNS = ("wake", "on_time")


def test_numbers_of_the_traders_are_those_of_their_random_streams():
    """Class and rule of every section: another number would be another tape."""
    assert {name: (s.kind, s.rule) for name, s in SECTIONS.items()} == {
        "noise": (state.NOISE, 0),
        "market_makers": (state.MARKET_MAKER, 0),
        "fundamental": (state.FUNDAMENTAL, 0),
        "momentum": (state.MOMENTUM, 0),
        "institutions": (state.INSTITUTION, 0),
        "once_noise": (state.NOISE, 1),
        "makers_by_volume": (state.MARKET_MAKER, 1),
        "bayesian_value": (state.FUNDAMENTAL, 1),
        "crossover_momentum": (state.MOMENTUM, 1),
        "fcn": (state.FUNDAMENTAL, 2),
    }


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_has_turns_a_start_and_a_cost(name):
    section = SECTIONS[name]
    assert any(hasattr(section.file, turn) for turn in TURNS)
    assert hasattr(section.file, "start") or hasattr(section.file, "activity_rate")
    fields = section.model.model_fields
    traders = section.model(count=2)
    busiest = Busiest(1.0, 0.5, True, 1, 1)
    costs = dict(traders.computing(busiest))
    assert set(costs) <= set(fields) and all(seconds > 0 for seconds in costs.values())
    assert costs or name == "once_noise"


def test_groups_come_in_the_order_of_the_population_and_keep_their_orders():
    groups = groups_of(Scenario(name="mix"), 3)
    assert [group.section for group in groups[:-1]] == [s for _, s in Population()]
    assert [group.handles for group in groups] == [0, 6, 0, 0, 0, 0, 20, 1, 0, 0, 0]
    assert [group.remembers for group in groups].index(True) == 8
    assert (groups[-1].kind, groups[-1].count) == (state.RL, 3)


def test_a_model_without_a_file_is_told_with_what_to_write():
    with pytest.raises(ImportError, match=r"Scenario has no compiled side. Remedy: write "
                       r"abm_desktop/market/traders/dawdlers.py"):  # fmt: skip
        compiled_file("traders", "dawdlers", Scenario)


@kernel
def double(x):
    return 2.0 * x


@kernel
def add(x, rows):
    return x + rows


def test_a_chain_calls_the_function_that_fits_with_what_it_asks_for():
    chain = Chain("pick", "which x rows", {"rows": "rows[1]"})
    chain.branch("which == 3", f"return {chain.call(double)}")
    chain.branch("which == 5", f"return {chain.call(add)}")
    pick = chain.kernel("return -1.0")
    rows = np.array([10.0, 20.0])
    assert [pick(which, 1.5, rows) for which in (3, 5, 4)] == [3.0, 21.5, -1.0]


def test_a_function_that_asks_for_what_is_not_there_is_told_what_is():
    with pytest.raises(ImportError, match=r"add asks for 'rows'\. Remedy: take some of which, x"):
        Chain("pick", "which x").call(add)


def test_code_is_compiled_again_if_the_tables_change(monkeypatch):
    before = compiled.kinds_of_things()
    assert "('fcn', 'fundamental')" in before and "'toxic_flow'" in before
    turned = dict(reversed(compiled.SECTIONS.items()))
    monkeypatch.setattr(compiled, "SECTIONS", turned)
    assert compiled.kinds_of_things() != before
    monkeypatch.undo()
    monkeypatch.setattr(compiled, "STRESS_TYPES", dict(reversed(compiled.STRESS_TYPES.items())))
    assert compiled.kinds_of_things() != before


def test_the_files_of_traders_and_stresses_count_in_the_cache():
    found = compiled.compiled_sources()
    mine = {f"market/traders/{name}" for name in SECTIONS}
    mine |= {f"market/stress/{kind}" for kind in state.STRESS_KINDS}
    tables = {"market/dispatch", "market/sections", "market/turns", "market/stress/events"}
    assert mine | tables <= set(found)


NEW = """
import numpy as np
from abm_desktop import Simulator
from abm_desktop.market.state import TRADER_CLASSES
from abm_desktop.scenario import Scenario, stress_from_dict
assert TRADER_CLASSES[8:] == ("contrarians",)
crowd = {"contrarians": {"count": 20, "rate": 0.5}}
market = Simulator(Scenario.model_validate({"name": "new", "population": crowd}), 7)
market.warm_up()
market.run(300.0)
trades = market.tape.trades
assert (trades["taker_class"] == 8).sum() > 20, "contrarians trade"
assert np.abs(market.tape.class_samples[:, 8, 0]).max() > 0, "and hold what they bought"
before = len(trades)
market.inject(stress_from_dict({"type": "buying_wave", "duration": 30.0}))
market.run(40.0)
taken = market.tape.trades[before:]
bought = taken[taken["taker_class"] == TRADER_CLASSES.index("stress")]
assert len(bought) > 20 and (bought["side"] == 1).all(), "the wave buys"
from abm_desktop.ui.analytics.series import class_title
assert class_title("contrarians") == "Contrarians"
print("added")
"""


def recipe() -> dict[str, str]:
    """The pieces of code of CONTRIBUTING.md by the file that they belong to."""
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n   # (\S+)\n(.*?)```", text, re.S)
    return {file: textwrap.dedent(block) for file, block in blocks}


@long("compiles a market of its own, a minute")
def test_the_recipe_of_the_contributing_guide_adds_a_trader_and_a_stress(tmp_path):
    pieces = recipe()
    shutil.copytree(CHECKOUT / "abm_desktop", tmp_path / "abm_desktop")
    for folder in ("scenarios", "resources"):
        (tmp_path / folder).symlink_to(CHECKOUT / folder)
    room = tmp_path / "abm_desktop"
    for file in ("market/traders/contrarians.py", "market/stress/buying_wave.py"):
        (room / file).write_text(pieces.pop(f"abm_desktop/{file}"), encoding="utf-8")
    for file, old, new in (
        ("scenario/population.py", "class Population(Model):", None),
        ("scenario/stress.py", "AnyStress = (\n", "    | BuyingWave\n)\nStress = "),
    ):
        model, last = re.split(r"\n(?=class Population|AnyStress)", pieces[f"abm_desktop/{file}"])
        text = (room / file).read_text(encoding="utf-8").replace(old, f"{model}\n{old}")
        if new is None:
            line = last.splitlines()[1]
            text = text.replace("\n\n\nSECTIONS:", f"\n{line}\n\n\nSECTIONS:")
        else:
            text = text.replace(")\nStress = ", new)
        (room / file).write_text(text, encoding="utf-8")
    environment = os.environ | {
        "ABM_DESKTOP_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(tmp_path),
        "NUMBA_OPT": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-c", NEW], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "added\n"), done.stderr
