"""The market's Python face: build, run, stress, copy and read one compiled market."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError, real, shown, whole
from abm_desktop.market import arrays, opening, phases, rules, saved_market, standstill, state
from abm_desktop.market.kernel import advance, read_levels
from abm_desktop.market.orders_by_hand import MAX_TIME, OrdersByHand
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_policy_traders
from abm_desktop.market.soundness import check_market, opened
from abm_desktop.market.spread_watch import LONGEST, WIDE_TICKS, SpreadWatch
from abm_desktop.market.tape import Beginning, Mark, Tape
from abm_desktop.paths import models_dir, resource_dir

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress

TRADER_CLASSES = state.TRADER_CLASSES
_NANO = 1_000_000_000
_QUIET = 3600 * _NANO
MAX_SEED = (1 << 63) - 1
MAX_EVENTS = 10**9
"""Events of one :meth:`Simulator.step`."""
SHORTEST_INTERVAL = 0.001
"""Simulated seconds between two samples, at least."""


def find_policy(model: str) -> PolicyNet:
    """Load a policy from a path, or by its name in the model registry.

    Raises:
        FileNotFoundError: if there is neither such a file nor such a model.
        ValueError: if the file is not a policy.
    """
    if not isinstance(model, str | Path) or "\0" in str(model):
        raise InputError(f"must be the name of a model or a path, not {shown(model)}", key="model")
    path = Path(model)
    if path.suffix != ".npz":
        path = models_dir() / model / "policy.npz"
        shipped = resource_dir() / "models" / model / "policy.npz"
        path = shipped if not path.is_file() and shipped.is_file() else path
    if not path.is_file():
        raise FileNotFoundError(
            f"no trained model {model!r}: {path} does not exist. "
            "Train one first (RL tab, or `abm-desktop train`), or name a policy .npz file."
        )
    return PolicyNet.load(path)


def _interval(seconds: object, key: str) -> int:
    """Time between two samples in ns."""
    return round(real(seconds, key, SHORTEST_INTERVAL, MAX_TIME, unit="simulated seconds") * _NANO)


class Simulator(OrdersByHand):
    """One market. Same scenario, seed and commands: the same tape, bit by bit.

    Args:
        scenario: what the market is.
        seed: defaults to the scenario's.
        sample_interval: simulated seconds between two rows of ``tape.samples``; changes nothing in
            the market.
        record_messages: keep every book event on the tape (about 2 million a simulated day).

    Times are simulated seconds since the open, negative during the warm-up; prices are in currency.

    A call that is refused, with :class:`InputError` for arguments that cannot be or with
    :class:`UnavailableError` for what is impossible now, leaves the market bit for bit as it was.

    Raises:
        InputError: for a scenario, seed or interval that is none.
        FileNotFoundError: if a trained model that the scenario names is not there.
    """

    _phases_seen = 0
    """Changes of phase that are on the tape already."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        sample_interval: float = 1.0,
        record_messages: bool = False,
    ) -> None:
        from abm_desktop.scenario import Scenario

        if not isinstance(scenario, Scenario):
            raise InputError(
                f"must be a Scenario, not {shown(scenario)}",
                key="scenario",
                remedy="load one with load_scenario",
            )
        if not isinstance(record_messages, bool):
            raise InputError(
                f"must be True or False, not {shown(record_messages)}", key="record_messages"
            )
        interval = _interval(sample_interval, "sample_interval")
        self._opened: arrays.Markets | None = None
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else whole(seed, "seed", 0, MAX_SEED)
        self.tape = Tape()
        self._spreads = SpreadWatch()
        self._phases_seen = 0
        rows = 2 * scenario.market.max_orders
        self._state = opening.build(
            scenario, trade_rows=rows, message_rows=rows if record_messages else 0
        )
        opening.open_market(self._state, 0, np.uint64(self.seed), interval)
        self._market["record_messages"] = int(record_messages)
        if record_messages:
            self.begin_tape()
        self._tick = scenario.market.tick_size
        self._at_open, self._pnl_at_open = np.zeros_like(self.classes), np.zeros(state.N_CLASSES)
        for group in scenario.rl:
            if group.count == 0:
                continue
            self.add_policy_traders(
                find_policy(group.model),
                group.count,
                size=group.size,
                max_inventory=group.max_inventory,
                step=group.step,
                jitter=group.jitter,
                greedy=group.greedy,
                latency=group.data_latency + group.order_latency,
            )
        for event in scenario.stress:
            self.inject(event, at=event.at)

    # -- running ---------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Run up to the open (time 0), so that the book is in its usual state.

        What :meth:`session_classes` counts begins here. Raises :class:`UnavailableError` if the
        market is past its open.
        """
        if self.now > 0.0:
            raise UnavailableError(
                f"the market is at {self.now:g} s, past its open: it cannot be warmed up again"
            )
        self.run_until(0.0)
        self._at_open, self._pnl_at_open = self.classes, self._pnl()

    def run(self, seconds: float) -> None:
        """Run for some simulated seconds. Raises :class:`InputError` for a number below 0."""
        self.run_until(self.now + real(seconds, "seconds", 0.0, MAX_TIME))

    def run_until(self, time: float) -> None:
        """Run to a time; does nothing if it is not ahead.

        Raises :class:`InputError` for what is no time, or one beyond :data:`MAX_TIME`.
        """
        until = self._clock(time)
        if until > self._market["now"]:
            self._advance(until)

    def step(self, events: int = 1) -> None:
        """Run for some events: one trader acts, one order expires, one stress step is taken.

        Ends before that in a market in which nothing happens for an hour of simulated time. Raises
        :class:`InputError` for anything but a whole number from 1.
        """
        m = self._market
        events = whole(events, "events", 1, MAX_EVENTS)
        while events > 0:
            steps, until = int(m["steps"]), int(m["now"]) + _QUIET
            self._advance(until, events)
            done = int(m["steps"]) - steps
            if done == 0 or m["now"] < until:
                return
            events -= done

    def _advance(self, until: int, events: int = 0) -> None:
        goal = int(self._market["steps"]) + events
        while True:
            left = goal - int(self._market["steps"]) if events else 0
            # What a full tape interrupted goes on, but is no further event.
            status = advance(self._state, 0, until, left or (-1 if events else 0))
            self._drain()
            standstill.check(self._state)
            if status == state.NEED_ACTION:
                raise UnavailableError("an external trader waits for an action: use an environment")
            if status != state.TAPE_FULL:
                return

    def _drain(self) -> None:
        m, s = self._market, self._state
        self.tape.trades_rows.extend(s.trades[0, : m["trades_n"]])
        self.tape.samples_rows.extend(s.samples[0, : m["samples_n"]])
        self._spreads.see(s.samples[0, : m["samples_n"]], s.stresses[0])
        self.tape.class_rows.extend(s.class_samples[0, : m["samples_n"]])
        self.tape.messages_rows.extend(s.messages[0, : m["messages_n"]])
        m["trades_n"] = m["samples_n"] = m["messages_n"] = 0
        n, ring = int(m["phases_n"]), s.phases[0]
        if n != self._phases_seen:
            new = range(max(self._phases_seen, n - len(ring)), n)
            self.tape.phases_lost += max(n - len(ring) - self._phases_seen, 0)
            self.tape.phases_rows.extend(ring[[k % len(ring) for k in new]])
            self._phases_seen = n

    def set_sample_interval(self, seconds: float) -> None:
        """Change the spacing of ``tape.samples`` from now on; changes nothing in the market.

        Raises :class:`InputError` for less than a millisecond.
        """
        m, interval = self._market, _interval(seconds, "seconds")
        m["sample_interval"] = interval
        m["next_sample"] = (int(m["now"]) // interval + 1) * interval

    # -- commands --------------------------------------------------------------------------------

    def inject(self, stress: Stress, at: float | None = None) -> None:
        """Start a stress event now, or at a time ahead.

        Raises:
            UnavailableError: if all stress slots are taken.
            InputError: if it is no stress that a scenario could hold, or ``at`` has passed.
        """
        from abm_desktop.scenario.checked import checked_stress

        stress = checked_stress(stress)
        start = int(self._market["now"]) if at is None else self._clock(at, "at")
        if start < self._market["now"]:
            raise InputError(f"is {at:g} s, but it is {self.now:g} s already", key="at")
        opening.plan_stress(self._state, 0, stress, start)
        label = f"{stress.type.replace('_', ' ')} {stress.strength:g}"
        self.tape.marks.append(Mark(self._seconds(start), label))

    def add_policy_traders(
        self,
        policy: PolicyNet,
        count: int = 1,
        *,
        size: int | None = None,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        greedy: bool | None = None,
        latency: float = 0.0,
    ) -> None:
        """Let ``count`` traders with this policy, and of its role, into the market, from now on.

        Without a ``size`` (lots) they trade the one they were trained for; with size 0 they look
        and decide, and never send an order: an experiment's placebo.

        Raises:
            InputError: for what no ``[[rl]]`` group of a scenario can be, or no policy.
            UnavailableError: if no policy slot is free.
        """
        if not isinstance(policy, PolicyNet):
            raise InputError(f"must be a PolicyNet, not {shown(policy)}", key="policy")
        first = int(self._market["n_agents"])
        self._state = with_policy_traders(
            self._state,
            policy,
            count,
            size=size,
            max_inventory=max_inventory,
            step=step,
            jitter=jitter,
            greedy=policy.greedy if greedy is None else greedy,
            latency=latency,
        )
        opening.join(self._state, 0, np.uint64(self.seed), first)
        self.tape.marks.append(Mark(self.now, f"{count} RL {policy.name}".rstrip()))

    # -- rules and phases ------------------------------------------------------------------------

    def set_intervention(self, name: str, on: bool = True, **values: float) -> None:
        """Switch a rule of the venue, from now on; ``values`` change its parameters.

        Raises:
            InputError: if there is no such rule or parameter, or a scenario file would refuse it.
        """
        rules.set_rule(self._state.rules[0], name, on, values)
        self._market["rules_on"] = rules.any_on(self._state.rules[0])
        if not on and name in ("luld", "velocity_logic", "volatility_auction"):
            opening.lift_bounds(self._state, 0)
        self.tape.marks.append(Mark(self.now, f"{name.replace('_', ' ')} {'on' if on else 'off'}"))

    @property
    def interventions(self) -> tuple[str, ...]:
        """Names of the rules that are on."""
        on = self._state.rules[0]
        return tuple(name for name in rules.INTERVENTIONS if on[f"{name}_on"])

    def hold_auction(self, seconds: float) -> None:
        """Call an auction now: trading stops, and resumes at one price after ``seconds``.

        Raises:
            InputError: for a length that is none.
            UnavailableError: if the market is closed.
        """
        seconds = real(seconds, "seconds", above=0.0, high=MAX_TIME)
        if self._market["phase"] == state.SHUT:
            raise UnavailableError("the market is closed: no auction can be called any more")
        opening.call_auction(self._state, 0, seconds)
        self.tape.marks.append(Mark(self.now, f"auction called for {seconds:g} s"))

    @property
    def phase(self) -> str:
        """continuous, limit, auction, halted or closed."""
        return state.PHASES[int(self._market["phase"])]

    @property
    def phase_changes(self) -> list[tuple[float, str, str]]:
        """The last changes of phase, oldest first: (time, phase, what caused it)."""
        n = int(self._market["phases_n"])
        rows = self._state.phases[0]
        kept = [rows[i % len(rows)] for i in range(max(n - len(rows), 0), n)]
        return [
            (self._seconds(r["time"]), state.PHASES[r["phase"]], phases.REASONS[r["reason"]])
            for r in kept
        ]

    @property
    def fees(self) -> int:
        """Taxes and fees collected so far, in tick-lots; with them, cash sums to 0."""
        return int(self._market["fees"])

    # -- copies ----------------------------------------------------------------------------------

    def snapshot(self) -> arrays.Markets:
        """A copy of the whole state, for :meth:`restore`."""
        return arrays.copy(self._state)

    def restore(self, snapshot: arrays.Markets) -> None:
        """Go back to a snapshot of this market; the tape keeps what was recorded since.

        Raises :class:`InputError` for anything but a snapshot of this market, or a broken one.
        """
        if self._opened is None:
            self._opened = opened(self.scenario, self.seed)
        check_market(snapshot, self._opened)
        self._state = arrays.copy(snapshot)
        self._spreads = SpreadWatch()
        self._phases_seen = int(self._market["phases_n"])

    def fork(self) -> Simulator:
        """An independent market that continues bit-identically, with a copy of the tape."""
        other = object.__new__(Simulator)
        other.scenario, other.seed, other._tick = self.scenario, self.seed, self._tick
        other._state = arrays.copy(self._state)
        other.tape = self.tape.copy()
        other._spreads, other._phases_seen = self._spreads.copy(), self._phases_seen
        other._at_open, other._pnl_at_open = self._at_open, self._pnl_at_open
        other._opened = self._opened
        return other

    def save(self, path: Path | str) -> None:
        """Write the whole state to one ``.npz`` file; the tape is not part of it.

        Raises:
            InputError: if ``path`` is none.
            OSError: if it cannot be written; what stood there is then still there.
        """
        saved_market.write(
            path,
            scenario=self.scenario,
            seed=self.seed,
            state=self._state,
            at_open=self._at_open,
            pnl_at_open=self._pnl_at_open,
        )

    @classmethod
    def load(cls, path: Path | str, scenario: Scenario) -> Simulator:
        """Continue from a file written by :meth:`save`, bit-identically.

        Args:
            path: the file.
            scenario: the one the market was made from.

        Raises:
            InputError: if the file is not a saved market, one of another scenario or version, or
                anything in it cannot be; the text begins with the path.
        """
        found = saved_market.read(path, scenario)
        self = object.__new__(cls)
        self.scenario, self.seed = scenario, found.seed
        self._tick = scenario.market.tick_size
        self.tape = Tape()
        self._spreads = SpreadWatch()
        self._at_open, self._pnl_at_open = found.at_open, found.pnl_at_open
        self._state, self._opened = found.state, None
        self._phases_seen = int(self._market["phases_n"])
        self.begin_tape()
        return self

    # -- reading ---------------------------------------------------------------------------------

    @property
    def _market(self) -> Any:
        return self._state.market[0]

    def _clock(self, time: float, key: str = "time") -> int:
        time = real(time, key, -MAX_TIME, MAX_TIME, unit="simulated seconds since the open")
        return round((time + self.scenario.market.warm_up) * _NANO)

    def _seconds(self, clock: Any) -> float:
        return float(clock) / _NANO - self.scenario.market.warm_up

    @property
    def now(self) -> float:
        """Simulated seconds since the open."""
        return self._seconds(self._market["now"])

    @property
    def records_messages(self) -> bool:
        """Whether book events are kept on the tape."""
        return bool(self._market["record_messages"])

    def begin_tape(self) -> None:
        """Forget the rows so far: the tape begins now, with a note of what its rows follow on.

        Marks stay. Counters and the book before the first row are in ``tape.beginning``.
        """
        self.tape.clear_rows()
        m = self._market
        self.tape.beginning = Beginning(
            int(m["trades"]),
            int(m["volume"]),
            int(m["messages"]),
            int(m["phase"]),
            self.resting_rows() if self.records_messages else np.zeros(0, state.MESSAGE),
        )

    def resting_rows(self) -> np.ndarray:
        """The resting orders as MESSAGE records of adds: bids, then asks, best first, by queue."""
        orders, levels = self._state.orders[0], self._state.levels[0]
        slots: list[int] = []
        for side in (state.BUY, state.SELL):
            prices = np.flatnonzero(levels[side]["count"])
            for price in prices[::-1] if side == state.BUY else prices:
                slot = int(levels[side, price]["head"])
                while slot >= 0:
                    slots.append(slot)
                    slot = int(orders[slot]["next"])
        found = orders[slots]
        rows = np.zeros(len(found), state.MESSAGE)
        rows["time"], rows["kind"] = self._market["now"], state.ADDED
        rows["cause"] = state.FIRST_BOOK
        rows["side"] = 1 - 2 * found["side"]
        for name, source in (("price", "price"), ("size", "size"), ("agent", "agent")):
            rows[name] = found[source]
        rows["order"] = found["seq"]
        return rows

    @property
    def events(self) -> int:
        """Book events so far: orders rested, cancels, expiries and fills."""
        return int(self._market["messages"])

    @property
    def best_bid(self) -> float:
        """Best bid, NaN if there is none."""
        ticks = int(self._market["best_bid"])
        return round(ticks * self._tick, 10) if ticks >= 0 else float("nan")

    @property
    def best_ask(self) -> float:
        """Best ask, NaN if there is none."""
        ticks = int(self._market["best_ask"])
        return (
            round(ticks * self._tick, 10) if ticks < int(self._market["ladder"]) else float("nan")
        )

    @property
    def mid(self) -> float:
        """Mid price; the last one while a side is empty."""
        return round(float(self._market["mid"]) * self._tick, 10)

    @property
    def fundamental(self) -> float:
        """Fundamental value V."""
        return float(self._market["value"]) * self._tick

    @property
    def last_price(self) -> float:
        """Price of the last trade, the start price before the first."""
        return round(int(self._market["last_price"]) * self._tick, 10)

    @property
    def trades(self) -> int:
        """Fills so far."""
        return int(self._market["trades"])

    @property
    def volume(self) -> int:
        """Lots traded so far."""
        return int(self._market["volume"])

    def book(self, depth: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Bids and asks, best first: float64 (k, 3) of price, lots, orders; k <= depth.

        Raises :class:`InputError` for a depth that is no whole number from 1.
        """
        depth = min(whole(depth, "depth", 1), int(self._market["ladder"]))
        sides = []
        for side in (state.BUY, state.SELL):
            out = np.empty((depth, 3), np.int64)
            n = read_levels(self._state, 0, side, out)
            levels = out[:n].astype(np.float64)
            # Without the rounding 100.1 shows as 100.10000000000001.
            levels[:, 0] = np.round(levels[:, 0] * self._tick, 10)
            sides.append(levels)
        return sides[0], sides[1]

    @property
    def classes(self) -> np.ndarray:
        """One CLASS_ACCOUNT record per trader class, a copy."""
        return self._state.classes[0].copy()

    def _pnl(self) -> np.ndarray:
        classes = self._state.classes[0]
        return classes["cash"] + classes["inventory"] * float(self._market["mid"])

    @property
    def pnl_at_open(self) -> np.ndarray:
        """What each class had made before the open, tick-lots marked at mid, float64 (classes,)."""
        return self._pnl_at_open

    def session_classes(self) -> tuple[np.ndarray, np.ndarray]:
        """Accounts by class whose volumes and messages count from the open, and the PnL since then.

        Returns:
            CLASS_ACCOUNT (classes,), inventory and cash being what is held now; and float64
            (classes,) tick-lots marked at mid. They sum to 0, fees aside.
        """
        accounts = self.classes
        for name in ("maker_volume", "taker_volume", "messages"):
            accounts[name] -= self._at_open[name]
        return accounts, self._pnl() - self._pnl_at_open

    @property
    def agents(self) -> np.ndarray:
        """One AGENT record per account, a copy."""
        return self._state.agents[0].copy()

    @property
    def active_stresses(self) -> list[tuple[str, float, float, float]]:
        """(type, magnitude, start, end) of the stress events that act now; times in seconds."""
        return [
            (
                state.STRESS_KINDS[e["kind"]],
                float(e["magnitude"]),
                self._seconds(e["start"]),
                self._seconds(e["end"]),
            )
            for e in self._state.stresses[0]
            if e["on"]
        ]

    @property
    def alarms(self) -> list[str]:
        """What went wrong so far, in words; empty in a healthy market.

        Orders refused or lost, traders blocked, and a spread that stayed wide outside a stress,
        as far as samples tell (:mod:`.spread_watch`).
        """
        m, out = self._market, []
        if m["refused_pool"]:
            most = self._state.orders.shape[1]
            out.append(f"{m['refused_pool']} orders refused: the book is full at {most} orders")
        if m["refused_size"]:
            out.append(f"{m['refused_size']} orders refused: {state.REFUSALS[state.BAD_SIZE]}")
        if m["blocked_traders"]:
            out.append(f"{m['blocked_traders']} traders blocked by the kill switch")
        if m["refused_ladder"]:
            out.append(f"{m['refused_ladder']} orders refused: price off the ladder")
        if m["refused_agenda"]:
            out.append(f"{m['refused_agenda']} events lost: the agenda is full")
        if self._spreads.raised_at is not None:
            out.append(
                f"spread above {WIDE_TICKS} ticks for more than {LONGEST:g} s outside a stress, "
                f"from {self._seconds(self._spreads.raised_at):g} s on: too few limit orders"
            )
        return out
