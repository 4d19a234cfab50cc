"""The figures of a bench, and their JSON form."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

OURS = "abm_desktop"


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One figure: the median of the repetitions."""

    case: str
    subject: str
    value: float
    unit: str


@dataclass
class Report:
    """The rows of one bench."""

    bench: str
    rows: list[BenchRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be measured, and why."""

    def add(self, case: str, subject: str, values: list[float], unit: str) -> None:
        """Add the median of some repetitions."""
        self.rows.append(BenchRow(case, subject, statistics.median(values), unit))

    def as_json(self) -> str:
        """``{"bench": ..., "rows": [{"case", "subject", "value", "unit"}]}``."""
        return json.dumps({"bench": self.bench, "rows": [asdict(row) for row in self.rows]})


def rate(work: Callable[[], float], repeats: int) -> list[float]:
    """Amount of work per second of wall clock, once per repetition; ``work`` returns the amount."""
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        amount = work()
        rates.append(amount / (time.perf_counter() - start))
    return rates
