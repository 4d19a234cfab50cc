"""``abm-desktop calibrate DAY --check K``: how often told intervals hold true values."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.commands.console import Failed, Out, table
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.calibration.checking import DayChecked, ParameterChecked
    from abm_desktop.calibration.plan import CalibrationPlan

__all__ = ["RESULT", "check_calibration"]

RESULT = "check.json"


def check_calibration(
    plan: CalibrationPlan,
    folder: Path,
    *,
    count: int,
    draws: int,
    workers: int,
    fresh: bool,
    stopping: Callable[[], bool],
    tell: Callable[[int, int, float], None],
    console: Out,
) -> int:
    """Check, print and write the counts; 130 if it was stopped."""
    from abm_desktop.calibration.checking import check_days, checked_parameters
    from abm_desktop.calibration.store import TrialStore
    from abm_desktop.calibration.workers import Workers

    try:
        store = TrialStore(folder, plan.as_json() | {"checked_with": draws}, fresh=fresh)
        try:
            with Workers(workers) as pool:
                days = check_days(
                    plan, store, pool, count, draws, stopping=stopping, tell=tell
                )  # fmt: skip
            if days is None:
                console.print("Stopped. What is finished is kept; the same command goes on.")
                return 130
            parameters = checked_parameters(plan, days)
            file = folder / RESULT
            write_whole(file, json.dumps(_facts(days, parameters), indent=1) + "\n")
        finally:
            store.close()
    except (InputError, UnavailableError) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or folder}: {error.strerror or error}") from error
    _print(days, parameters, file, console)
    return 0


def _print(
    days: Sequence[DayChecked], parameters: Sequence[ParameterChecked], file: Path, console: Out
) -> None:
    from abm_desktop.calibration.checking import held_together
    from abm_desktop.calibration.posterior import LEVEL

    rows = []
    for each in parameters:
        low, high = each.interval
        rows.append(
            (
                each.key,
                f"{each.unwidened}",
                f"{each.held} of {each.days}",
                f"{100 * low:.0f} to {100 * high:.0f} %",
                f"{each.width:.2f}",
                str(each.unreached) if each.unreached else "",
            )
        )
    table(
        console,
        f"True values in the {100 * LEVEL:.0f} % intervals of {len(days)} days that were made",
        ("", "unwidened", "held", "exact 95 % of the share", "width", "out of reach"),
        rows,
    )
    share, low, high = held_together([day.holds for day in days])
    own, own_low, own_high = held_together([day.holds_unwidened for day in days])
    refuted = sum(each.is_refuted for each in parameters)
    console.print(
        f"Of all {share:.1%} are held ({low:.1%} to {high:.1%}, Student's t over days), and "
        f"{own:.1%} ({own_low:.1%} to {own_high:.1%}) by the posterior's own intervals, before "
        f"they are widened by what other days asked for; the exact interval of {refuted} of "
        f"{len(parameters)} parameters leaves out {100 * LEVEL:.0f} %.\n"
        "Width: of the interval over that without a day. Out of reach: days whose true value is "
        "not within what is searched after reading off.\n"
        f"Numbers: {file}"
    )


def _facts(days: Sequence[DayChecked], parameters: Sequence[ParameterChecked]) -> dict[str, Any]:
    import numpy as np

    from abm_desktop.calibration.checking import held_together
    from abm_desktop.calibration.widening import LEAST_DAYS, widening_of

    share, low, high = held_together([day.holds for day in days])
    own, own_low, own_high = held_together([day.holds_unwidened for day in days])
    asked = [None] * len(parameters)
    if len(days) >= LEAST_DAYS:
        asked = widening_of(np.array([day.misses for day in days])).tolist()
    return {
        "days": len(days),
        "tried": sum(day.tries for day in days),
        "held": share,
        "held_95": [low, high],
        "held_unwidened": own,
        "held_unwidened_95": [own_low, own_high],
        "parameters": {
            each.key: {
                "held": each.held,
                "held_unwidened": each.unwidened,
                "widening_asked_for": asked[k],
                "exact_95": list(each.interval),
                "width": each.width,
                "out_of_reach": each.unreached,
                "days": [
                    [float(day.true[k]), float(day.low[k]), float(day.high[k])] for day in days
                ],
            }
            for k, each in enumerate(parameters)
        },
    }
