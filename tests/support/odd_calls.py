"""Random calls of the public face, sensible and malformed: what is refused changes nothing."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market.orders_by_hand import ORDER_KINDS
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import action_names, observation_names, role_names
from abm_desktop.market.rules import INTERVENTIONS
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict
from abm_desktop.scenario.stress import STRESS_TYPES

SMALL = Scenario.model_validate(
    {
        "name": "small",
        "market": {
            "warm_up": 1.0,
            "start_price": 5.0,
            "ladder_ticks": 1024,
            "max_orders": 1024,
            "average_daily_volume": 5000.0,
        },
    }
)
"""A market of a megabyte, whose copies and checksums cost little."""

OURS = (InputError, UnavailableError)


class Hostile:
    """Raises whatever is asked of it."""

    def _raise(self, *_: Any) -> Any:
        raise RuntimeError("hostile")

    __index__ = __float__ = __int__ = __len__ = __iter__ = __getitem__ = __repr__ = _raise
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __hash__ = _raise  # type: ignore[assignment]


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 0.5, 1.5, -0.0, -1.5, 1e-300, 1e-12, 1e300, -1e300,
    float("nan"), float("inf"), float("-inf"), 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1,
    2**63 - 1, 2**63, -(2**63), 2**64, 10**30, -(10**400), "", "1", "limit", "nan", "1s", b"1",
    "\udcff", "x" * 10_000, [], [1], (), (1, 2), {}, {"a": 1}, {1}, object(), int, len, 1j,
    np.float32(1.5), np.float64("nan"), np.int8(-1), np.uint64(2**64 - 1), np.bool_(True),
    np.str_("1"), np.array(1), np.array(1.5), np.array([1]), np.array([]), np.zeros((2, 2)),
    np.array(["a"]), np.array([None]), np.timedelta64(1, "s"), np.datetime64("2020-01-01"),
    Hostile(), ..., NotImplemented, range(3), memoryview(b"ab"), bytearray(b"1"),
)  # fmt: skip


def policy_of(role: str, seed: int = 1) -> PolicyNet:
    """A network of a role with random weights."""
    random = np.random.default_rng(seed)
    shape = (len(observation_names(role)), len(action_names(role)))
    return PolicyNet(
        (random.normal(size=shape).astype(np.float32),),
        (np.zeros(shape[1], np.float32),),
        greedy=False,
        role=role,
    )


def state_of(simulator: Simulator) -> int:
    """A checksum of every byte of a market."""
    total = 0
    for array in simulator.arrays:
        total = zlib.crc32(array.view(np.uint8) if array.size else b"", total)
    return total


class Caller:
    """Makes random calls of a :class:`Simulator`; the same ones for the same seed."""

    def __init__(self, seed: int, odd_share: float = 0.3) -> None:
        self.random = np.random.default_rng(seed)
        self.odd_share = odd_share
        self.orders: list[Any] = []
        self.policies = [policy_of(role) for role in role_names()]
        self.snapshots: list[Any] = []
        self.counts: dict[str, list[int]] = {}

    def pick(self, usual: Callable[[], Any], odd: tuple[Any, ...] = ODD) -> Any:
        """A usual value mostly, sometimes an odd one."""
        if self.random.random() < self.odd_share:
            return odd[self.random.integers(len(odd))]
        return usual()

    def any_of(self, *values: Any) -> Any:
        return values[self.random.integers(len(values))]

    def whole(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high + 1))

    def seconds(self, most: float) -> float:
        return float(self.random.uniform(0.0, most))

    # -- one call each: a name and what to call ----------------------------------------------------

    def submit(self, market: Simulator) -> Any:
        mid = market.mid
        price = lambda: round(mid + self.random.normal() * 0.05, 3)  # noqa: E731
        report = market.submit(
            self.pick(lambda: self.any_of(*ORDER_KINDS)),
            self.pick(lambda: self.any_of(1, -1)),
            self.pick(lambda: None if self.random.random() < 0.3 else price()),
            self.pick(lambda: self.whole(1, 50)),
            peak=self.pick(lambda: self.any_of(0, 0, 0, 3)),
            trigger=self.pick(lambda: self.any_of(None, None, price())),
            life=self.pick(lambda: self.any_of(0.0, self.seconds(2.0))),
        )
        if report.order is not None:
            self.orders = [*self.orders[-200:], report.order]
        return report

    def _order(self) -> Any:
        if self.orders and self.random.random() < 0.8:
            return self.any_of(*self.orders)
        return (self.any_of(*ODD), self.any_of(*ODD))

    def cancel(self, market: Simulator) -> Any:
        return market.cancel(self.pick(self._order))

    def modify(self, market: Simulator) -> Any:
        price = round(market.mid + self.random.normal() * 0.05, 3)
        report = market.modify(
            self.pick(self._order), self.pick(lambda: price), self.pick(lambda: self.whole(1, 50))
        )
        if report.order is not None:
            self.orders.append(report.order)
        return report

    def place_order(self, market: Simulator) -> Any:
        return market.place_order(
            self.pick(lambda: self.any_of(1, -1)),
            self.pick(lambda: self.any_of(None, market.mid)),
            self.pick(lambda: self.whole(1, 9)),
        )

    def cancel_orders(self, market: Simulator) -> Any:
        return market.cancel_orders() if self.random.random() < 0.05 else None

    def set_intervention(self, market: Simulator) -> Any:
        name = self.pick(lambda: self.any_of(*INTERVENTIONS))
        keys = INTERVENTIONS.get(name, {"rate": 1.0}) if isinstance(name, str) else {"rate": 1.0}
        key = self.any_of(*keys, "wrong")
        values = {} if self.random.random() < 0.4 else {key: self.pick(lambda: keys.get(key, 1.0))}
        return market.set_intervention(
            name, self.pick(lambda: self.random.random() < 0.3), **values
        )

    def inject(self, market: Simulator) -> Any:
        kind = self.any_of(*STRESS_TYPES)
        fields = STRESS_TYPES[kind].model_fields
        event = stress_from_dict({"type": kind, "duration": self.seconds(2.0) + 0.01})
        if self.random.random() < 0.3:  # copies are not looked at by pydantic
            name = self.any_of(*fields)
            event = event.model_copy(update={name: self.any_of(*ODD)})
        return market.inject(
            self.pick(lambda: event), self.pick(lambda: self.any_of(None, market.now + 0.5))
        )

    def add_policy_traders(self, market: Simulator) -> Any:
        if len(market.agents) > 400:
            return None
        options = {
            "size": lambda: self.any_of(None, 2),
            "max_inventory": lambda: 20,
            "step": lambda: 0.5 + self.seconds(5.0),
            "jitter": lambda: self.seconds(0.9),
            "greedy": lambda: self.any_of(None, True, False),
            "latency": lambda: self.any_of(0.0, 0.01),
        }
        given = {k: self.pick(v) for k, v in options.items() if self.random.random() < 0.6}
        count = self.pick(lambda: self.whole(1, 3))
        return market.add_policy_traders(
            self.pick(lambda: self.any_of(*self.policies)), count, **given
        )

    def hold_auction(self, market: Simulator) -> Any:
        return market.hold_auction(self.pick(lambda: self.seconds(0.2)))

    def run(self, market: Simulator) -> Any:
        return market.run(self.pick(lambda: self.seconds(0.05)))

    def run_until(self, market: Simulator) -> Any:
        return market.run_until(self.pick(lambda: market.now + self.seconds(0.05)))

    def step(self, market: Simulator) -> Any:
        odd = tuple(v for v in ODD if not (isinstance(v, int | np.integer) and 10 < v <= 10**9))
        return market.step(self.pick(lambda: self.whole(1, 5), odd))

    def set_sample_interval(self, market: Simulator) -> Any:
        return market.set_sample_interval(self.pick(lambda: 0.1 + self.seconds(2.0)))

    def book(self, market: Simulator) -> Any:
        return market.book(self.pick(lambda: self.whole(1, 20)))

    def restore(self, market: Simulator) -> Any:
        if not self.snapshots or self.random.random() < 0.02:
            self.snapshots = [*self.snapshots[-3:], market.snapshot()]
        if self.random.random() > 0.1:
            return None
        return market.restore(self.pick(lambda: self.any_of(*self.snapshots)))

    def simulator(self, market: Simulator) -> Any:
        if self.random.random() > 0.05:
            return None
        return Simulator(
            self.pick(lambda: SMALL),
            self.pick(lambda: 3),
            sample_interval=self.pick(lambda: 1.0),
            record_messages=self.pick(lambda: False),
        )

    CALLS = (
        *("submit",) * 6, *("cancel",) * 3, *("modify",) * 3, "place_order", "cancel_orders",
        "set_intervention", "inject", "add_policy_traders", "hold_auction", "run", "run_until",
        "step", "set_sample_interval", "book", "restore", "simulator",
    )  # fmt: skip

    def call(self, market: Simulator) -> str:
        """Make one call; returns why it was refused, or nothing.

        Raises AssertionError if a refusal is not one of ours, has no text, or changed the market.
        """
        name = self.any_of(*self.CALLS)
        count = self.counts.setdefault(name, [0, 0])
        before = state_of(market) if self.random.random() < 0.2 else None
        try:
            getattr(self, name)(market)
        except OURS as refusal:
            assert str(refusal), name
            assert before is None or state_of(market) == before, f"{name} changed the market"
            count[1] += 1
            return f"{name}: {refusal}"
        count[0] += 1
        return ""
