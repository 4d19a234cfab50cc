"""One table for people and one JSON object for programs, from the same rows."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table

OURS = "abm_desktop"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: the median of the repetitions."""

    case: str
    subject: str
    value: float
    unit: str


@dataclass
class Report:
    """The rows of one bench."""

    bench: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be measured, and why."""

    def add(self, case: str, subject: str, values: list[float], unit: str) -> None:
        """Add the median of some repetitions."""
        self.rows.append(Row(case, subject, statistics.median(values), unit))

    def as_json(self) -> str:
        """``{"bench": ..., "rows": [{"case", "subject", "value", "unit"}]}``."""
        return json.dumps({"bench": self.bench, "rows": [asdict(row) for row in self.rows]})

    def show(self, console: Console) -> None:
        """Print the table; ratios compare ours with the peer of the same case and unit."""
        table = Table(title=f"bench {self.bench}")
        for name, justify in (("case", "left"), ("subject", "left"), ("value", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        table.add_column("unit")
        table.add_column("ours / this", justify="right")
        ours = {(r.case, r.unit): r.value for r in self.rows if r.subject == OURS}
        for row in self.rows:
            mine = ours.get((row.case, row.unit))
            ratio = f"{mine / row.value:,.1f}" if mine and row.subject != OURS else ""
            table.add_row(row.case, row.subject, f"{row.value:,.3g}", row.unit, ratio)
        console.print(table)
        for note in self.notes:
            console.print(f"[dim]{note}[/dim]")


def rate(work: Callable[[], float], repeats: int) -> list[float]:
    """Amount of work per second of wall clock, once per repetition; ``work`` returns the amount."""
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        amount = work()
        rates.append(amount / (time.perf_counter() - start))
    return rates
