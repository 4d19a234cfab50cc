"""The interpreter behind the console, and what it can reach of a market."""

import threading

import numpy as np
import pytest

from abm_desktop.desk.console.interpreter import CUT, MOST_OUTPUT, Interpreter
from abm_desktop.desk.console.market import CLIENT, ConsoleMarket, in_words
from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import PlaceOrder
from abm_desktop.live.refusals import RefusedError
from abm_desktop.market.simulator import Simulator
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import LiquidityShock, load_scenario


class Typed:
    """Types into an interpreter and waits for the answer."""

    def __init__(self, **names):
        self.some = threading.Event()
        self.engine = Interpreter(names, self.some.set)

    def __call__(self, text, *, interrupt_at=None):
        said, kinds = "", []
        self.engine.run(text)
        while "done" not in kinds:
            assert self.some.wait(30)
            self.some.clear()
            for kind, part in self.engine.take():
                kinds.append(kind)
                said += part
            if interrupt_at is not None and interrupt_at in said:
                self.engine.interrupt()
        return said


@pytest.fixture
def typed():
    typed = Typed(x=3)
    yield typed
    typed.engine.close()


def test_values_names_prints_and_faults(typed, capsys):
    assert typed("y = x + 1") == "" and typed("y * 2") == "8\n" and typed("_ + 1") == "9\n"
    assert typed("for k in range(3):\n    print(k)\nk") == "0\n1\n2\n2\n"
    fault = typed("def f():\n    return 1 / 0\n\nf()")
    assert fault.endswith("ZeroDivisionError: division by zero\n")
    assert "return 1 / 0" in fault and "interpreter.py" not in fault
    assert "Return the square root" in typed("import math; help(math.sqrt)")
    assert "SyntaxError" in typed("1 +")
    assert "console goes on" in typed("raise SystemExit")
    assert "nobody to ask" in typed("input()")
    # What other threads print goes where it went before.
    assert typed("import threading; t = threading.Thread(target=print, args=('theirs',)); "
                 "t.start(); t.join()") == ""  # fmt: skip
    assert capsys.readouterr().out == "theirs\n"


def test_output_is_bounded_and_a_loop_is_interrupted(typed):
    said = typed("for k in range(100_000):\n    print('a line', k)\n")
    assert len(said) <= MOST_OUTPUT + len(CUT) and said.endswith(CUT)
    assert typed("'as before'") == "'as before'\n"
    said = typed("print('begun')\nwhile True:\n    pass\n", interrupt_at="begun")
    assert said == "begun\nKeyboardInterrupt\n"
    assert typed("x") == "3\n"


def test_names_are_completed(typed):
    found, some = [], threading.Event()
    assert typed.engine.complete("x.bit_c", lambda each: (found.extend(each), some.set()))
    assert some.wait(30) and found == ["x.bit_count()"]


def test_a_market_is_commanded_as_by_a_client():
    calm = load_scenario(scenario_dir() / "calm.toml")
    market = calm.market.model_copy(update={"session": 300.0, "warm_up": 30.0})
    live = LiveMarket(calm.model_copy(update={"market": market}), 3)
    live.start()
    console = ConsoleMarket(lambda: live)
    try:
        console.reset(4)
        assert console.seed == 4
        outcome = console.run_until(20.0)
        assert outcome.reached and console.now == pytest.approx(20.0, abs=0.2)
        console.inject(LiquidityShock(duration=30.0))
        console.set_intervention("luld", band=0.02)
        console.place_order(1, None, 2)
        joined = console.add_policy_traders("calm-ppo", 2, size=1)
        assert in_words(joined).startswith("<done at 20 s: add_traders")
        assert len(in_words(joined)) < 400 and in_words(3) == "3"
        assert console.commands[-1].command.policy.name == "calm-ppo"
        ticket = console.ask(PlaceOrder(side=-1, size=1))
        assert console.wait(ticket).accepted
        console.run(5.0)
        assert [kind for kind, _, _ in console.active_stresses] == ["liquidity_shock"]
        assert "luld" in console.interventions
        assert {entry.client for entry in console.commands} == {CLIENT}
        console.end_stress("liquidity_shock")
        with pytest.raises(InputError, match="does not act"):
            console.end_stress("flash_crash")
        with pytest.raises(RefusedError):
            console.fork(1e6)
        # Copies: nobody changes the market by writing into them.
        bids, _ = console.book()
        before = console.best_bid
        bids[:] = 0.0
        series = console.series()
        series["mid"][:] = 0.0
        console.step()
        assert console.best_bid != 0.0 and abs(console.best_bid - before) < 1.0
        assert np.isfinite(console.series()["mid"]).any() and console.series()["mid"].max() > 50
        assert len(console.trades_since(0)) == console.trades
        assert not any(isinstance(value, Simulator) for value in vars(console).values())
    finally:
        live.close()
