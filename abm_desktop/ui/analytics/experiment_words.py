"""What an experiment would run, what it costs and what it can tell, in words and rows of tables."""

from __future__ import annotations

import math

from abm_desktop.desk.analytics.experiment_plan import PlanReport
from abm_desktop.desk.formats import whole
from abm_desktop.statements import counted
from abm_desktop.ui.analytics.report_table import TableCell

__all__ = ["cost_text", "duration", "plan_text", "power_rows", "power_text", "trader_rows"]

WHOLE_CHANGE = 10.0
"""Times; a change that is larger is not told as a number."""


def plan_text(plan: PlanReport) -> str:
    """Cells, markets, runs, stresses, rules and measure, in sentences."""
    stresses = ", ".join(name for name, _ in plan.stresses)
    product = (
        "{cells} in {seeds} markets with {forks} shocks each: {total} runs"
        if plan.forks > 1
        else "{cells} in {seeds} markets: {total} runs"
    )
    text = (product + " of the market “{scenario}”. Stress: {stresses}.").format(
        cells=counted(plan.cells, "cell"),
        seeds=whole(plan.seeds),
        forks=plan.forks,
        total=whole(plan.total),
        scenario=plan.scenario,
        stresses=stresses,
    )
    if plan.rules:
        text += f" Rules: {', '.join(plan.rules)}."
    text += f" Primary measure: {plan.primary}"
    if plan.hypothesis:
        text += f", hypothesis at {plan.hypothesis}"
    return text + "."


def cost_text(plan: PlanReport, seconds: float | None, workers: int, *, timing: bool) -> str:
    """How long the runs that are left take on so many workers, if a run takes ``seconds``."""
    left = plan.total - plan.finished
    parts = []
    if plan.finished:
        parts.append(f"{whole(plan.finished)} of {whole(plan.total)} runs are there already.")
    if left and seconds is not None:
        workers = max(1, workers)
        parts.append(
            f"About {duration(left * seconds / workers)} on {counted(workers, 'idle core')}, "
            f"{round(1000 * seconds)} ms a run."
        )
    elif timing:
        parts.append("Timing some runs …")
    elif left:
        workers = max(1, workers)
        roughly = duration(left * plan.usual_seconds / workers)
        parts.append(
            f"Roughly {roughly} on {counted(workers, 'idle core')}; timing some runs tells it of "
            "this machine."
        )
    return " ".join(parts)


def power_text(plan: PlanReport) -> str:
    """The smallest change that the planned markets tell, in a sentence."""
    effect = plan.power[-1][0]
    least = "no change that matters"
    if effect < WHOLE_CHANGE:
        least = f"a change of {100 * effect:.0f} % or more of the primary measure"
    each = "algorithm" if plan.unit == "trainings" else "kind"
    who = f" and {plan.trainings} {plan.unit} of each {each}" if plan.trainings > 1 else ""
    return (
        f"Under the stress that tells least ({plan.power_stress}) these markets{who} can tell "
        f"{least}, with a power of 80 %."
    )


def power_rows(plan: PlanReport) -> list[list[TableCell]]:
    """Effect, markets needed and power, by the size of the effect."""
    return [_power_row(*row, plan) for row in sorted(plan.power)]


def _power_row(
    effect: float, needed: int | None, power: float, plan: PlanReport
) -> list[TableCell]:
    enough = power >= 0.8
    least = " · the smallest" if (effect, needed, power) == plan.power[-1] else ""
    return [
        TableCell(
            f"{100 * effect:.0f} %{least}",
            "A change of the ratio of this size, told at 5 % with a power of 80 %",
            bold=bool(least),
        ),
        TableCell("+ trainings", "No number of markets tells it: it takes more trainings")
        if needed is None
        else TableCell(whole(needed)),
        TableCell(f"{100 * power:.0f} %", color="good" if enough else "warning"),
    ]


def trader_rows(plan: PlanReport) -> list[list[TableCell]]:
    """Who trades in the cells, at which shares, and in how many cells."""
    return [
        [TableCell(who), TableCell(shares), TableCell(str(n))] for who, shares, n in plan.traders
    ]


def duration(seconds: float) -> str:
    """Write a long time in words of one unit: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
