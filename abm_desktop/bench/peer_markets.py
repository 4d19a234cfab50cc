"""Markets of other people's simulators, for `bench market --peers`.

A script for a Python that has the peer but not this program: ``python peer_markets.py NAME AGENTS``
prints ``{"events": ..., "seconds": ...}``. Events are counted as ours are: orders accepted,
cancels, expiries and trades.
"""

import contextlib
import io
import json
import random
import sys
import time
import warnings


def pams(agents: int) -> dict[str, float]:
    """FCN agents and one market maker, with the parameters and the length of PAMS' own example."""
    from pams.logs.base import CancelLog, ExecutionLog, ExpirationLog, Log, Logger, OrderLog
    from pams.runners import SequentialRunner

    counted = (OrderLog, CancelLog, ExpirationLog, ExecutionLog)

    class Count(Logger):
        """Counts what would be logged, and times the session that trades."""

        events = 0

        def write(self, log: Log) -> None:
            if isinstance(log, counted):
                self.events += 1
            else:
                super().write(log)

        def bulk_write(self, logs: list[Log]) -> None:
            for log in logs:
                self.write(log)

        def write_and_direct_process(self, log: Log) -> None:
            pass  # the beginning and the end of a step

        def process_session_begin_log(self, log: Log) -> None:
            self.start, self.before = time.perf_counter(), self.events

        def process_session_end_log(self, log: Log) -> None:
            seconds = time.perf_counter() - self.start
            self.result = {"events": self.events - self.before, "seconds": seconds}

    def session(name: str, steps: int, trades: bool) -> dict[str, object]:
        return {
            "sessionName": name,
            "iterationSteps": steps,
            "withOrderPlacement": True,
            "withOrderExecution": trades,
            "withPrint": False,
        }

    owner = {"markets": ["Market"], "assetVolume": 50, "cashAmount": 10000}
    settings = {
        "simulation": {
            "markets": ["Market"],
            "agents": ["FCNAgents", "Maker"],
            "sessions": [session("filling", 100, False), session("trading", 500, True)],
        },
        "Market": {"class": "Market", "tickSize": 0.00001, "marketPrice": 300.0},
        "FCNAgents": {
            "class": "FCNAgent",
            "numAgents": agents - 1,
            "fundamentalWeight": {"expon": [1.0]},
            "chartWeight": {"expon": [0.0]},
            "noiseWeight": {"expon": [1.0]},
            "noiseScale": 0.001,
            "timeWindowSize": [100, 200],
            "orderMargin": [0.0, 0.1],
            **owner,
        },
        "Maker": {
            "class": "MarketMakerAgent",
            "numAgents": 1,
            "targetMarket": "Market",
            "netInterestSpread": 0.02,
            **owner,
        },
    }
    count = Count()
    SequentialRunner(settings=settings, prng=random.Random(1), logger=count).main()
    return count.result


def bourse(agents: int) -> dict[str, float]:
    """Bourse's own Python agents, which place and cancel at random."""
    from bourse.core import StepEnv
    from bourse.step_sim import run
    from bourse.step_sim.agents import RandomAgent

    env = StepEnv(1, 0, 1, 1_000_000)
    crowd = [RandomAgent(i, 0.5, (10, 100), (10, 50), 1) for i in range(agents)]
    steps = max(200_000 // agents, 10)
    start = time.perf_counter()
    run(env, crowd, steps, 1, show_progress=False)
    seconds = time.perf_counter() - start
    cancelled = 3
    orders = env.get_orders()
    cancels = sum(order[1] == cancelled for order in orders)
    return {"events": len(orders) + cancels + len(env.get_trades()), "seconds": seconds}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()):
        result = {"pams": pams, "bourse": bourse}[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps(result))
