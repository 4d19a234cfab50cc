"""``abm-desktop compare``: how alike the order flow of two days is, recorded or simulated."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop.commands.console import Failed, Misused, Out, check_target, table
from abm_desktop.plain_json import read_json_object
from abm_desktop.readers import RecordingError
from abm_desktop.readers.files import split_place
from abm_desktop.scenario import ScenarioError, find_scenario, load_scenario
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.market.order_flow import OrderFlow
    from abm_desktop.metrics.likeness.comparing import Distance
    from abm_desktop.metrics.likeness.responses import Response
    from abm_desktop.metrics.likeness.scores import Day

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
    flows = [_flow(name, levels, seed, console) for name in (first, second)]
    fewest = min(flow.levels for flow in flows)
    if fewest < levels:
        console.print(
            f"Note: compared on {fewest} levels, as one of them tells no more; what happens deeper "
            "is left out of that one only"
        )
    from abm_desktop.metrics.likeness.comparing import compare, total
    from abm_desktop.metrics.likeness.responses import responses
    from abm_desktop.metrics.likeness.scores import day_of

    with console.status("Measuring ..."):
        try:
            days = [day_of(_cut(flow, fewest)) for flow in flows]
        except ValueError as error:
            raise Failed(str(error)) from error
        found = compare(days[0], days[1])
        answers = [responses(flow) for flow in flows]
    mean = total([distance.w1 for distance in found])
    _print(days, found, mean, console)
    _print_responses(days, answers, console)
    if out is not None:
        _write(out, days, found, mean, answers)
    if at_most is not None and not mean <= at_most:
        console.say("[bold red]{}[/]", f"The mean distance {mean:.3f} is over {at_most:g}")
        return 1
    return 0


def _flow(name: str, levels: int, seed: int | None, console: Out) -> OrderFlow:
    path = Path(name).expanduser()
    place, _ = split_place(path)
    if (place / "run.json").is_file():
        try:
            facts = read_json_object(place / "run.json")
            made = int(facts["seed"])
            seconds = float(facts["end"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Failed(f"{place / 'run.json'}: cannot be read ({error})") from error
        return _simulated(str(place / "scenario.toml"), levels, made, seconds, console)
    if place.is_dir() or (place.is_file() and place.suffix.lower() != ".toml"):
        with console.status(f"Reading {path.name} ..."):
            from abm_desktop.market.recorded.reading import read_recording
            from abm_desktop.market.replay import with_levels

            try:
                return with_levels(read_recording(path), levels)
            except RecordingError as error:
                raise Misused(str(error)) from error
    return _simulated(name, levels, seed, None, console)


def _simulated(
    name: str, levels: int, seed: int | None, seconds: float | None, console: Out
) -> OrderFlow:
    try:
        scenario = load_scenario(find_scenario(name))
    except ScenarioError as error:
        raise Misused(str(error)) from error
    with console.status(f"Simulating {scenario.name} (the first run compiles the market) ..."):
        from abm_desktop.market.recorded.tape_flow import flow_of_tape
        from abm_desktop.market.simulator import Simulator

        try:
            simulator = Simulator(scenario, seed, record_messages=True)
            simulator.warm_up()
            simulator.begin_tape()
            simulator.run_until(scenario.market.session if seconds is None else seconds)
            return flow_of_tape(simulator, levels)
        except (FileNotFoundError, ValueError) as error:
            raise Failed(f"{scenario.name}: {error}") from error


def _cut(flow: OrderFlow, levels: int) -> OrderFlow:
    """The flow with the best ``levels`` of its book only; its messages stay."""
    from dataclasses import replace

    if flow.levels == levels:
        return flow
    return replace(
        flow,
        levels=levels,
        book_price=flow.book_price[:, :, :levels],
        book_size=flow.book_size[:, :, :levels],
    )


def _number(value: float) -> str:
    return "-" if not math.isfinite(value) else f"{value:.3g}"


def _distance(value: float) -> str:
    return "-" if not math.isfinite(value) else f"{value:.2f}"


def _print(days: list[Day], found: list[Distance], mean: float, console: Out) -> None:
    from abm_desktop.metrics.likeness.comparing import total

    console.say(
        "[bold]{}[/] and [bold]{}[/], {} levels", days[0].name, days[1].name, days[0].levels
    )
    rows = [
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
        for d in found
    ]
    rows.append(
        (
            "mean",
            _distance(mean),
            _distance(total([d.own_units for d in found])),
            _distance(total([d.split_a for d in found])),
            _distance(total([d.split_b for d in found])),
            "",
            "",
            "",
        )
    )
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


def _print_responses(days: list[Day], answers: list[dict[str, Response]], console: Out) -> None:
    from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS

    places = [LAGS.index(lag) for lag in _SHOWN_LAGS]
    rows = []
    for name, title in EVENT_TYPES.items():
        cells = [title]
        for answer in answers:
            response = answer[name]
            cells.append(" / ".join(_distance(response.mean[k]) for k in places))
        rows.append(
            (
                cells[0],
                f"{answers[0][name].count:,}",
                cells[1],
                f"{answers[1][name].count:,}",
                cells[2],
            )
        )
    lags = " / ".join(str(lag) for lag in _SHOWN_LAGS)
    table(
        console,
        f"Response of the mid, mean spreads, {lags} events at the touch later",
        ("", "events of A", "A", "events of B", "B"),
        rows,
    )


def _write(
    out: Path,
    days: list[Day],
    found: list[Distance],
    mean: float,
    answers: list[dict[str, Response]],
) -> None:
    from abm_desktop.metrics.likeness.responses import LAGS

    def plain(value: float) -> float | None:
        return float(value) if math.isfinite(value) else None

    facts = {
        "a": days[0].name,
        "b": days[1].name,
        "levels": days[0].levels,
        "mean_w1": plain(mean),
        "scores": {
            d.score.name: {
                "w1": plain(d.w1),
                "own_units": plain(d.own_units),
                "split_half": [plain(d.split_a), plain(d.split_b)],
                "mean": [plain(value) for value in d.means],
                "median": [plain(value) for value in d.medians],
                "unit": d.score.unit,
            }
            for d in found
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
            for side, answer in zip("ab", answers, strict=True)
        },
    }
    write_whole(out, json.dumps(facts, indent=2) + "\n")
