"""Runs a plan: in this process, or market by market on a Ray cluster; can pause, stop and resume.

A market is one task: it warms up once and gives its runs one by one. The driver, this process,
keeps each as it comes and gives a market that was lost with its worker to another one, less the
runs that had come already. No run depends on which others were made, where, or in what order.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from abm_desktop.experiments.running.cells import Cell, Plan
from abm_desktop.experiments.running.facts import check_facts, checks
from abm_desktop.experiments.running.market_runs import Run, Sizings, learning_arm, run_market
from abm_desktop.experiments.running.pilot import ExperimentError, Sizing, size_population
from abm_desktop.experiments.running.store import Store
from abm_desktop.experiments.statements import MarketFailed, MarketLost, TaskLost
from abm_desktop.learning.statements import ClusterNote, JoiningCluster, StartingCluster

__all__ = ["Control", "ExperimentProgress", "Stopped", "run_plan"]

ATTEMPTS = 5
"""How often a market is tried again after its worker was lost."""
POLL = 0.2
"""Seconds between two looks at the control while nothing comes."""
UNREAD = 8
"""Runs that a worker may be ahead of the driver; a paused driver so pauses the workers."""


class Stopped(Exception):  # noqa: N818  (not an error: it was asked for)
    """The experiment was stopped; what is finished is kept, and a resume goes on from there."""


StateOfRun = Literal["starting", "sizing", "running", "paused", "resumed", "facts"]


@dataclass(frozen=True, slots=True)
class ExperimentProgress:
    """How far an experiment is."""

    state: StateOfRun
    done: int
    """Finished runs, those of earlier starts included; steps of the state otherwise."""
    total: int
    markets: int = 0
    """Markets all of whose runs are finished."""
    seconds_left: float | None = None
    """Expected wall time; None until it can be told."""
    lost_workers: int = 0
    """Workers that died, or were lost with their node; their markets are run again."""
    workers: int = 0
    note: ClusterNote | None = None
    """What is done before the first run, for people."""


class Control:
    """Pauses, resumes and stops a run, from any thread."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stop = threading.Event()

    def pause(self) -> None:
        """Finish the runs under way, then wait."""
        self._going.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._going.set()

    def stop(self) -> None:
        """End soon; what is finished is kept."""
        self._stop.set()
        self._going.set()

    @property
    def paused(self) -> bool:
        """Whether it waits, or is about to."""
        return not self._going.is_set()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> None:
        """Wait for the end of a pause, at most so long."""
        self._going.wait(seconds)


@dataclass
class _Watch:
    """What is done, and how long the rest will take."""

    plan: Plan
    store: Store
    tell: Callable[[ExperimentProgress], None]
    control: Control
    workers: int
    done: int = 0
    left_by_seed: Counter[int] = field(default_factory=Counter)
    came: int = 0
    active: float = 0.0
    """Seconds since the first run came, pauses left out."""
    _since: float = 0.0

    def begin(self, done: set[tuple[str, int, int]], left: Counter[int]) -> None:
        self.left_by_seed = left
        self.done = self.plan.total - sum(left.values())
        self._since = time.monotonic()
        self.report()

    def add(self, run: Run) -> None:
        self.store.add(run)
        self.done += 1
        self.came += 1
        self.left_by_seed[run.seed] -= 1
        if self.came % 64 == 0:
            self.store.write_parts()
        self.report()

    def report(self, state: StateOfRun = "running") -> None:
        now = time.monotonic()
        if state == "running" and self.came > 1:
            self.active += now - self._since
        self._since = now
        left = None
        if self.came > 1:
            left = self.active / (self.came - 1) * (self.plan.total - self.done)
        finished = sum(1 for seed in self.plan.seeds if self.left_by_seed.get(seed, 0) == 0)
        self.tell(
            ExperimentProgress(
                state,
                self.done,
                self.plan.total,
                finished,
                left,
                self.store.faults(),
                self.workers,
            )
        )


def run_plan(
    plan: Plan,
    store: Store,
    *,
    workers: int = 0,
    address: str | None = None,
    control: Control | None = None,
    tell: Callable[[ExperimentProgress], None] | None = None,
) -> None:
    """Make every run of the plan that the store does not have, and keep it there.

    Args:
        plan: what to run.
        store: where finished runs are, and go.
        workers: processes of a local Ray cluster, or how many markets at a time run on a joined
            one (0: as many as it has slots). Without an address, 0 runs here, in this process.
        address: a Ray cluster to join.
        control: pauses and stops it.
        tell: hears of progress, at most some hundred times a second.

    Raises:
        Stopped: once ``control`` asked for it.
        ExperimentError: if it cannot go on; what is finished is kept.
        ClusterError: where Ray does not start, or nobody answers at the address.
    """
    control = control or Control()
    tell = tell or (lambda progress: None)
    if any(cell.mode == "learning" for cell in plan.cells):
        learning_arm()
    pool: _Here | _OnRay = _OnRay(workers, address, tell) if workers or address else _Here()
    try:
        watch = _Watch(plan, store, tell, control, pool.slots)
        sizings = _sizings(plan, pool, watch)
        done = store.done()
        left = _left(plan, done)
        watch.begin(done, Counter({seed: len(wanted) for seed, wanted in left.items()}))
        pool.run(plan, left, sizings, watch)
        _facts(plan, pool, watch, sizings)
    finally:
        pool.close()


def _left(plan: Plan, done: set[tuple[str, int, int]]) -> dict[int, list[tuple[int, Cell]]]:
    """What is still to be run, by market."""
    left = {}
    for seed in plan.seeds:
        wanted = [
            (fork, cell)
            for fork in range(plan.design.forks)
            for cell in plan.cells_in(seed)
            if (cell.key, seed, fork) not in done
        ]
        if wanted:
            left[seed] = wanted
    return left


def _sizings(plan: Plan, pool: _Here | _OnRay, watch: _Watch) -> Sizings:
    """How many RL traders each population needs, from pilot markets."""
    known = watch.store.about("sizings")
    if known is not None:
        return sizings_from(known)
    by_population: dict[tuple[str, str, str], list[float]] = {}
    wanted = plan.sized()
    tried = {name: plan.pilot_population(name) for name in dict.fromkeys(k[0] for k in wanted)}
    populations = {population.name: population for population in tried.values()}
    for name, displaces, stress, share in wanted:
        shares = by_population.setdefault((tried[name].name, displaces, stress), [])
        if share not in shares:
            shares.append(share)
    tasks = [
        (plan, populations[name], tuple(displaces.split("+")), tuple(shares), stress)
        for (name, displaces, stress), shares in by_population.items()
    ]
    sizes_of: dict[tuple[str, str, str], dict[float, Sizing]] = {}
    total = len(tasks)
    for number, (key, sizes) in enumerate(
        zip(by_population, pool.map(size_population, tasks, watch), strict=True), start=1
    ):
        watch.tell(ExperimentProgress("sizing", number, total, workers=pool.slots))
        sizes_of[key] = sizes
    found = {key: sizes_of[tried[key[0]].name, key[1], key[2]][key[3]] for key in wanted}
    rows = [
        {"policy": name, "displaces": displaces, "stress": stress, "rl_share": share}
        | size.as_json()
        for (name, displaces, stress, share), size in found.items()
    ]
    watch.store.note("sizings", json.dumps(rows))
    return found


def sizings_from(text: str) -> dict[tuple[str, str, str, float], Sizing]:
    """The sizings as a store keeps them."""
    keys = ("policy", "displaces", "stress", "rl_share")
    return {tuple(row.pop(key) for key in keys): Sizing(**row) for row in json.loads(text)}


def _facts(plan: Plan, pool: _Here | _OnRay, watch: _Watch, sizings: Sizings) -> None:
    if not plan.design.facts:
        return
    known = watch.store.facts()
    left = {key: cells for key, cells in checks(plan).items() if key not in known}
    tasks = [(plan, cells, sizings) for cells in left.values()]
    for number, (key, rows) in enumerate(
        zip(left, pool.map(check_facts, tasks, watch), strict=True), start=1
    ):
        watch.store.add_facts(key, rows)
        watch.tell(ExperimentProgress("facts", number, len(left), workers=pool.slots))


class _Here:
    """Everything in this process, one after the other."""

    slots = 1

    def map(
        self, task: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], watch: _Watch
    ) -> Iterator[Any]:
        for given in arguments:
            _stop_if_asked(watch.control)
            yield task(*given)

    def run(
        self,
        plan: Plan,
        left: dict[int, list[tuple[int, Cell]]],
        sizings: Sizings,
        watch: _Watch,
    ) -> None:
        for seed, wanted in left.items():
            _wait_while_paused(watch)
            for run in run_market(plan, seed, wanted, sizings):
                watch.add(run)
                _wait_while_paused(watch)

    def close(self) -> None:
        """Nothing to leave."""


class _OnRay:
    """A Ray cluster, started here or joined."""

    def __init__(
        self, workers: int, address: str | None, tell: Callable[[ExperimentProgress], None]
    ) -> None:
        from abm_desktop import cluster

        note = JoiningCluster(address) if address else StartingCluster()
        tell(ExperimentProgress("starting", 0, 0, note=note))
        self._cluster = cluster.start(workers or None, address)
        self._wanted = workers

    @property
    def slots(self) -> int:
        """Markets that run at a time; a joined cluster may grow or lose nodes."""
        if self._wanted:
            return self._wanted
        import ray

        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    def close(self) -> None:
        self._cluster.leave()

    def map(
        self, task: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], watch: _Watch
    ) -> Iterator[Any]:
        """Results in order; Ray itself repeats what is lost with a worker."""
        import ray

        remote = ray.remote(num_cpus=1, max_retries=ATTEMPTS)(task)
        refs = [remote.remote(*given) for given in arguments]
        for ref in refs:
            while not ray.wait([ref], timeout=POLL)[0]:
                _stop_if_asked(watch.control)
            try:
                yield ray.get(ref)
            except ray.exceptions.RayTaskError as error:
                raise _told(error) from error
            except ray.exceptions.RayError as error:
                raise ExperimentError(TaskLost(ATTEMPTS + 1, str(error))) from error

    def run(
        self,
        plan: Plan,
        left: dict[int, list[tuple[int, Cell]]],
        sizings: Sizings,
        watch: _Watch,
    ) -> None:
        import ray

        remote = ray.remote(
            num_cpus=1,
            max_retries=0,
            num_returns="streaming",
            _generator_backpressure_num_objects=UNREAD,
        )(run_market)
        shared, sizes = ray.put(plan), ray.put(dict(sizings))
        queue = deque((seed, 0) for seed in left)
        running: dict[Any, tuple[int, int]] = {}
        try:
            while queue or running:
                _wait_while_paused(watch)
                # One more than there is room for, so that nobody waits for the driver.
                while queue and len(running) < self.slots + 1:
                    seed, attempt = queue.popleft()
                    running[remote.remote(shared, seed, left[seed], sizes)] = (seed, attempt)
                ready, _ = ray.wait(list(running), num_returns=1, timeout=POLL)
                for stream in ready:
                    seed, attempt = running[stream]
                    try:
                        run = ray.get(next(stream))
                    except StopIteration:
                        del running[stream]
                        if left[seed]:
                            queue.append(self._again(seed, attempt, "", watch))
                    except ray.exceptions.RayTaskError as error:
                        raise _told(error) from error
                    except ray.exceptions.RayError as error:
                        del running[stream]
                        queue.append(self._again(seed, attempt, _first_line(error), watch))
                    else:
                        watch.add(run)
                        left[seed] = [
                            (fork, cell)
                            for fork, cell in left[seed]
                            if (cell.key, fork) != (run.cell, run.fork)
                        ]
        finally:
            for stream in running:
                ray.cancel(stream, force=True)

    def _again(self, seed: int, attempt: int, why: str, watch: _Watch) -> tuple[int, int]:
        watch.store.add_fault(seed, why or "ended early")
        if attempt + 1 >= ATTEMPTS:
            raise ExperimentError(MarketLost(seed, ATTEMPTS, why))
        return seed, attempt + 1


def _wait_while_paused(watch: _Watch) -> None:
    waited = False
    while watch.control.paused:
        if not waited:
            watch.report("paused")
        waited = True
        watch.control.wait(1.0)
    if waited:
        watch.report("resumed")
    _stop_if_asked(watch.control)


def _stop_if_asked(control: Control) -> None:
    if control.stopping:
        raise Stopped


def _told(error: Any) -> ExperimentError:
    """What went wrong inside a task, in one sentence; its trace is the cause."""
    cause = error.cause
    if isinstance(cause, ExperimentError):
        return ExperimentError(cause.fault)
    return ExperimentError(MarketFailed(type(cause).__name__, str(cause)))


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
