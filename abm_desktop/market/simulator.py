"""The market's Python face: build, run, stress, copy and read one compiled market."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError, shown, whole
from abm_desktop.market import arrays, opening, running, saved_market, state
from abm_desktop.market.building import build
from abm_desktop.market.changing import MarketChanging
from abm_desktop.market.checkpoints import MarketCheckpoint, put, take
from abm_desktop.market.kept_levels import FIRST_WINDOW
from abm_desktop.market.luck import draw_anew
from abm_desktop.market.named_policies import find_policy
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.recorded_day import recorded_scenario, with_its_day
from abm_desktop.market.soundness import check_market, opened
from abm_desktop.market.spread_watch import SpreadWatch
from abm_desktop.market.state_checksum import state_checksum
from abm_desktop.market.tape import Tape

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

TRADER_CLASSES = state.TRADER_CLASSES
MAX_SEED = (1 << 63) - 1


class Simulator(MarketChanging):
    """One market. Same scenario, seed and commands: the same tape, bit by bit.

    Args:
        scenario: what the market is; may be left out if there is a recording.
        seed: defaults to the scenario's.
        recording: a recorded day whose order flow the market replays, and whose prices and session
            it has; of the scenario it has stresses, RL traders and rules. Its time 0 is the whole
            second of the day's first message. See :mod:`.recorded_day`.
        sample_interval: simulated seconds between two rows of ``tape.samples``; changes nothing in
            the market.
        record_messages: keep every book event on the tape (about 2 million a simulated day).
        policies: those of the scenario's ``[[rl]]`` groups, one each, if they are at hand; else
            the models that the groups name are loaded.

    Times are simulated seconds since the open, negative during the warm-up; prices are in currency.

    A call that is refused, with :class:`InputError` for arguments that cannot be or with
    :class:`UnavailableError` for what is impossible now, leaves the market bit for bit as it was.

    Raises:
        InputError: for a scenario, seed or interval that is none, and for a scenario that says what
            no file could (a copy with other values is never looked at before).
        RecordingError: for a recording that cannot be read.
        FileNotFoundError: if a trained model that the scenario names is not there.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        seed: int | None = None,
        *,
        recording: Path | str | None = None,
        sample_interval: float = 1.0,
        record_messages: bool = False,
        policies: Sequence[PolicyNet] | None = None,
    ) -> None:
        from abm_desktop.scenario import Scenario
        from abm_desktop.scenario.reading import checked_copy

        if recording is not None:
            scenario = recorded_scenario(recording, scenario)
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
        interval = running.sample_interval(sample_interval, "sample_interval")
        self._opened: arrays.Markets | None = None
        scenario = with_its_day(checked_copy(scenario))
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else whole(seed, "seed", 0, MAX_SEED)
        self.tape = Tape()
        self._spreads = SpreadWatch()
        self._phases_seen = 0
        rows = 2 * scenario.market.max_orders
        self._state = build(
            scenario,
            window=FIRST_WINDOW,
            trade_rows=rows,
            message_rows=rows if record_messages else 0,
        )
        opening.open_market(self._state, 0, np.uint64(self.seed), interval)
        self._market["record_messages"] = int(record_messages)
        if record_messages:
            self.begin_tape()
        self._tick = scenario.market.tick_size
        self._at_open, self._pnl_at_open = np.zeros_like(self.classes), np.zeros(state.N_CLASSES)
        if not (policies is None or isinstance(policies, list | tuple)):
            raise InputError(f"must be a list of PolicyNet, not {shown(policies)}", key="policies")
        if policies is not None and len(policies) != len(scenario.rl):
            raise InputError(
                f"are {len(policies)} for {len(scenario.rl)} groups of RL traders", key="policies"
            )
        for k, group in enumerate(scenario.rl):
            if group.count == 0:
                continue
            self.add_policy_traders(
                find_policy(group.model) if policies is None else policies[k],
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

    # -- copies ----------------------------------------------------------------------------------

    def snapshot(self) -> arrays.Markets:
        """A copy of the whole state, for :meth:`restore`."""
        return arrays.copy(self._state)

    def restore(self, snapshot: arrays.Markets) -> None:
        """Go back to a snapshot of this market; the tape keeps what was recorded since.

        Raises :class:`InputError` for anything but a snapshot of this market, or a broken one.
        """
        self._check(snapshot)
        self._state = arrays.copy(snapshot)
        self._spreads = SpreadWatch()
        self._phases_seen = int(self._market["phases_n"])

    def _check(self, snapshot: arrays.Markets, *, changed: bool = True) -> None:
        """Raise InputError unless these arrays are this market, as it was opened or ``changed``."""
        if self._opened is None:
            self._opened = opened(self.scenario, self.seed)
        before = [(self._opened.params, self._opened.agents), *(self._changes if changed else ())]
        given = getattr(snapshot, "params", None)
        # A snapshot is that of one of the changes; those with other parameters cannot be the one.
        same = [b for b in before if isinstance(given, np.ndarray) and np.array_equal(given, b[0])]
        for params, agents in (same or before)[:-1]:
            with contextlib.suppress(InputError):
                check_market(snapshot, self._opened._replace(params=params, agents=agents))
                return
        params, agents = (same or before)[-1]
        check_market(snapshot, self._opened._replace(params=params, agents=agents))

    def checkpoint(
        self, first: arrays.Markets, moves: int = 0, before: MarketCheckpoint | None = None
    ) -> MarketCheckpoint:
        """A small copy of the state, for :meth:`go_back`.

        Args:
            first: a :meth:`snapshot` of this market; what is as in it takes no memory.
            moves: commands that were carried out, for whoever keeps count.
            before: an earlier checkpoint; what is as in it is shared.
        """
        return take(
            self.scenario, self.seed, self._state, first, self.now, self.events, moves, before
        )

    def go_back(self, checkpoint: MarketCheckpoint, first: arrays.Markets) -> None:
        """Go to a moment of this run, earlier or later; the tape keeps what is on it.

        Args:
            checkpoint: made by :meth:`checkpoint` of this market or a fork of it.
            first: the state it was compared with.

        Raises:
            InputError: if it is no checkpoint, or one of another scenario or seed.
        """
        if not isinstance(checkpoint, MarketCheckpoint) or not isinstance(first, arrays.Markets):
            raise InputError("must be a checkpoint and its first state", key="checkpoint")
        same = checkpoint.scenario is self.scenario or checkpoint.scenario == self.scenario
        if not same or checkpoint.seed != self.seed:
            whose = f"of {checkpoint.scenario.name!r} with seed {checkpoint.seed}"
            raise InputError(
                f"is {whose}, and this market is another, with seed {self.seed}",
                key="checkpoint",
                remedy="take it of this market, or of a fork of it",
            )
        alike = zip(first, self._state, checkpoint.pages, strict=True)
        if any(
            base.dtype != mine.dtype or (p is not None and p.on_first and base.shape != p.shape)
            for base, mine, p in alike
        ):
            raise InputError("is of another market", key="checkpoint")
        self._state = put(checkpoint, first, self._state)
        self._spreads = SpreadWatch()
        self._phases_seen = int(self._market["phases_n"])

    def fork(self, luck: int = 0) -> Simulator:
        """An independent market that continues bit-identically, with a copy of the tape.

        With another number for ``luck`` its traders draw other random numbers from now on, while
        the fundamental value goes the same way: equal numbers give equal markets, and two of
        different numbers are further draws of what could have come of this state and this news.
        What has been drawn already, such as when each trader acts next, stays.

        >>> from abm_desktop.scenario import find_scenario, load_scenario
        >>> market = Simulator(load_scenario(find_scenario("calm")), seed=7)
        >>> market.run(60.0)
        >>> one, same, other = market.fork(1), market.fork(1), market.fork(2)
        >>> for copy in (one, same, other):
        ...     copy.run(60.0)
        >>> one.checksum() == same.checksum(), one.checksum() == other.checksum()
        (True, False)
        >>> bool((one.tape.samples["value"] == other.tape.samples["value"]).all())
        True
        """
        other = object.__new__(Simulator)
        other.scenario, other.seed, other._tick = self.scenario, self.seed, self._tick
        other._state = arrays.copy(self._state)
        other.tape = self.tape.copy()
        other._spreads, other._phases_seen = self._spreads.copy(), self._phases_seen
        other._at_open, other._pnl_at_open = self._at_open, self._pnl_at_open
        other._opened, other._changes = self._opened, self._changes
        if whole(luck, "luck", 0, MAX_SEED):
            draw_anew(other._state, luck)
        return other

    def checksum(self) -> str:
        """Eight letters that tell the whole state: equal for markets that go on alike.

        A fork has the same, and so has the market saved and loaded, or run again by the same
        commands. What is on the tape, and how often it is sampled, is no part of it. Two that
        differ have the same by chance once in 4e9. It takes half a millisecond.

        >>> from abm_desktop.scenario import find_scenario, load_scenario
        >>> market = Simulator(load_scenario(find_scenario("calm")), seed=7)
        >>> market.run(1.0)
        >>> other = market.fork()
        >>> other.checksum() == market.checksum()
        True
        >>> other.run(1.0)
        >>> other.checksum() == market.checksum()
        False
        """
        return state_checksum(self._state)

    def save(self, path: Path | str) -> None:
        """Write the whole state to one ``.npz`` file; the tape is not part of it.

        Raises:
            InputError: if ``path`` is none.
            UnavailableError: if its traders are not those of its scenario any more.
            OSError: if it cannot be written; what stood there is then still there.
        """
        if self._changes:
            try:
                self._check(self._state, changed=False)
            except InputError:
                raise UnavailableError(
                    "the traders of this market were changed, which a file of it and its scenario "
                    "cannot tell: fork() it, or save it before the change"
                ) from None
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
        scenario = with_its_day(scenario)
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
