"""The whole simulated market: book events per second on one core, and memory."""

from __future__ import annotations

import resource

from abm_desktop.bench.market_peers import market_peers
from abm_desktop.bench.report import OURS, Report, rate
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, find_scenario, load_scenario

_SESSION = 23_400.0


def crowd(traders: int) -> Scenario:
    """The default market's flow spread over ``traders`` agents with wake-ups of their own.

    Makers and institutions stay as many as they are, since each of them trades at its own rate.
    """
    noise, momentum = round(0.80 * traders), round(0.05 * traders)
    fundamental = traders - noise - momentum - 10
    return Scenario.model_validate(
        {
            "name": f"{traders} agents",
            "population": {
                "noise": {"count": noise},
                "fundamental": {"count": fundamental},
                "momentum": {"count": momentum},
            },
        }
    )


def run(*, repeats: int, seconds: float = _SESSION, peers: bool = False) -> Report:
    """Measure the default scenario, and the same flow from 1,100 and from 10,000 agents.

    With ``peers``, other simulators too, in environments of their own.
    """
    report = Report("market")
    cases = {
        "default": load_scenario(find_scenario("calm")),
        "agents-1100": crowd(1_100),
        "agents-10000": crowd(10_000),
    }
    for case, scenario in cases.items():
        simulator = Simulator(scenario, 1)
        simulator.warm_up()

        def session(simulator: Simulator = simulator) -> float:
            before = simulator.events
            simulator.run(seconds)
            simulator.tape.clear_rows()
            return simulator.events - before

        report.add(case, OURS, rate(session, repeats), "events/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.notes.append(f"peak memory of this process: {peak:,.0f} MB (Python and Numba included)")
    if peers:
        market_peers(report, repeats)
    return report
