"""``abm-desktop compare``: how alike the order flow of two days is, recorded or simulated."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop.commands.console import Failed, Misused, Out, check_target, table
from abm_desktop.inputs import InputError
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.desk.analytics.likeness import Likeness

_SHOWN_LAGS = (1, 10, 100, 200)


def compare_days(
    first: str,
    second: str,
    levels: int,
    seed: int | None,
    at_most: float | None,
    out: Path | None,
) -> int:
    """Print the distances; returns 1 if their mean is more than ``at_most``, else 0."""
    console = Out()
    check_target("--json", out)
    with console.status("Preparing ...") as status:
        from abm_desktop.desk.analytics.likeness import measure_likeness

        def tell(_share: float, what: object) -> None:
            if status is not None:
                status.update(str(what))

        try:
            found = measure_likeness(first, second, levels, seed, tell)
        except InputError as error:
            raise Misused(str(error)) from error
        except FileNotFoundError as error:
            raise Failed(str(error)) from error
    if found.levels < levels:
        console.print(
            f"Note: compared on {found.levels} levels, as one of them tells no more; what happens "
            "deeper is left out of both"
        )
    _print(found, console)
    _print_responses(found, console)
    if out is not None:
        write_whole(out, json.dumps(_facts(found), indent=2) + "\n")
    if at_most is not None and not found.mean <= at_most:
        console.say("[bold red]{}[/]", f"The mean distance {found.mean:.3f} is over {at_most:g}")
        return 1
    return 0


def _number(value: float) -> str:
    return "-" if not math.isfinite(value) else f"{value:.3g}"


def _distance(value: float) -> str:
    return "-" if not math.isfinite(value) else f"{value:.2f}"


def _print(found: Likeness, console: Out) -> None:
    from abm_desktop.metrics.likeness.comparing import total

    console.say("[bold]{}[/] and [bold]{}[/], {} levels", *found.names, found.levels)
    rows: list[tuple[str, ...]] = [
        (
            d.score.title,
            _distance(d.w1),
            _distance(d.own_units),
            _distance(d.split_a),
            _distance(d.split_b),
            _number(d.means[0]),
            _number(d.means[1]),
            d.score.unit,
        )
        for d in found.distances
    ]
    others = (
        [d.own_units for d in found.distances],
        [d.split_a for d in found.distances],
        [d.split_b for d in found.distances],
    )
    means = [_distance(total(values)) for values in others]
    rows.append(("mean", _distance(found.mean), *means, "", "", ""))
    table(
        console,
        "Distance of the distributions (Wasserstein-1, in standard deviations)",
        ("", "A to B", "own units", "A halves", "B halves", "mean of A", "mean of B", ""),
        rows,
    )
    console.print(
        "own units: prices in mean spreads, sizes in mean limit orders, times in mean gaps.\n"
        "halves: a day's odd half hours against its even ones, which is no difference."
    )


def _print_responses(found: Likeness, console: Out) -> None:
    from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS

    places = [LAGS.index(lag) for lag in _SHOWN_LAGS]
    rows = []
    for name, title in EVENT_TYPES.items():
        cells = [title]
        for answer in found.responses:
            response = answer[name]
            cells.append(f"{response.count:,}")
            cells.append(" / ".join(_distance(response.mean[k]) for k in places))
        rows.append(cells)
    lags = " / ".join(str(lag) for lag in _SHOWN_LAGS)
    table(
        console,
        f"Response of the mid, mean spreads, {lags} events at the touch later",
        ("", "events of A", "A", "events of B", "B"),
        rows,
    )


def _facts(found: Likeness) -> dict[str, object]:
    """The numbers for JSON; what is not finite is None."""
    from abm_desktop.metrics.likeness.responses import LAGS

    def plain(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    return {
        "a": found.names[0],
        "b": found.names[1],
        "levels": found.levels,
        "mean_w1": plain(found.mean),
        "scores": {
            d.score.name: {
                "w1": plain(d.w1),
                "own_units": plain(d.own_units),
                "split_half": [plain(d.split_a), plain(d.split_b)],
                "mean": [plain(value) for value in d.means],
                "median": [plain(value) for value in d.medians],
                "unit": d.score.unit,
            }
            for d in found.distances
        },
        "lags": list(LAGS),
        "responses": {
            side: {
                name: {
                    "count": response.count,
                    "mean": [plain(value) for value in response.mean],
                    "error": [plain(value) for value in response.error],
                }
                for name, response in answer.items()
            }
            for side, answer in zip("ab", found.responses, strict=True)
        },
    }
