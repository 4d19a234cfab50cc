"""Change a saved market at random, look at it, and run what is believed: SEED FIRST LAST.

Each change is told on stderr before it is tried, so that whoever started this process knows which
one it died of. Ends with how many changes were refused and how many ran.
"""

from __future__ import annotations

import faulthandler
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.changed_markets import busy_market, busy_scenario, change, values_of

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market import arrays, saved_market, soundness
from abm_desktop.market.simulator import Simulator


def loaded(scenario, found) -> Simulator:
    """The market that ``Simulator.load`` makes of a file that holds these arrays."""
    saved_market.read = lambda *_: found._replace(state=arrays.copy(found.state))
    return Simulator.load("market.npz", scenario)


def use(market: Simulator) -> None:
    """Do what a person might do with a market."""
    market.run(3.0)
    market.submit("limit", 1, 4.9, 3)
    market.submit("immediate", -1, None, 30)
    market.cancel_orders()
    market.book(5)
    assert isinstance(market.alarms, list) and isinstance(market.active_stresses, list)
    assert isinstance(market.phase_changes, list)
    market.session_classes()
    market.run(1.0)


def main(seed: int, first: int, last: int) -> None:
    scenario = busy_scenario()
    with tempfile.TemporaryDirectory() as folder:
        values = values_of(busy_market(scenario), Path(folder) / "market.npz")
    fresh = soundness.opened(scenario, 4)
    saved_market.opened = lambda s, n: fresh if n == 4 else soundness.opened(s, n)
    assert saved_market.looked_at(values, scenario).seed == 4
    refused = clean = 0
    for number in range(first, last):
        random = np.random.default_rng([seed, number])
        changed = dict(values)
        what = [change(changed, random) for _ in range(int(random.choice([1, 1, 1, 2, 3])))]
        print(number, *what, sep="; ", file=sys.stderr, flush=True)
        try:
            found = saved_market.looked_at(changed, scenario)
        except InputError:
            refused += 1
            continue
        try:
            use(loaded(scenario, found))
        except (InputError, UnavailableError) as error:
            print("   ", error, file=sys.stderr)
        clean += 1
    print(refused, clean)


if __name__ == "__main__":
    faulthandler.enable()
    main(*(int(word) for word in sys.argv[1:4]))
