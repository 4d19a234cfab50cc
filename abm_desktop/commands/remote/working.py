"""``abm-desktop remote``: trainings, experiments, comparisons, streams and pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from abm_desktop.commands.console import Out, check_target, given_path
from abm_desktop.commands.console import table as print_rows
from abm_desktop.commands.remote.sessions import (
    Address,
    AsJson,
    Settings,
    app,
    open_session,
    print_json,
    seconds_of,
    shown,
    stress_of,
    values_of,
)


@app.command()
def train(
    recipe: Annotated[str, typer.Option(help="ppo, dqn, sac, maker or executor.")] = "",
    setting: Settings = None,
    stop: Annotated[int, typer.Option(help="Number of a training to stop.", min=0)] = 0,
    listed: Annotated[bool, typer.Option("--list", help="Start none; list them.")] = False,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Start a training in the session, stop one, or list them."""
    with open_session(address) as session:
        if listed:
            found = session.trainings.list()
        elif stop:
            found = [session.trainings.stop(stop)]
        else:
            found = [session.trainings.start(recipe or None, **values_of(setting))]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            str(t.id),
            t.state,
            t.algorithm,
            f"{t.iteration}/{t.iterations}",
            shown(t.reward_mean),
        )
        for t in found
    ]
    print_rows(Out(), "Trainings", ("", "state", "algorithm", "iteration", "reward"), rows)


@app.command()
def experiment(
    name: Annotated[
        str, typer.Argument(help="Experiment; default: list those of the session.")
    ] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Show what it costs, run nothing.")] = False,
    seeds: Annotated[int | None, typer.Option(help="Number of markets.", min=1)] = None,
    workers: Annotated[int | None, typer.Option(help="Markets at a time.", min=0)] = None,
    effects: Annotated[int, typer.Option(help="Number of a run: print its effects.", min=0)] = 0,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """Plan or start an experiment, list those of the session, or print the effects of one."""
    with open_session(address) as session:
        experiments = session.experiments
        if effects:
            print_json(experiments.effects(effects))
            return
        if plan:
            found = experiments.plan(name, seeds)
            if as_json:
                print_json(found)
                return
            Out().print(
                f"{found.title}: {found.question}\n{found.total} runs of {found.seeds} markets and "
                f"{found.cells} cells, {found.finished} are there"
            )
            return
        runs = [experiments.start(name, seeds, workers=workers)] if name else experiments.list()
    if as_json:
        print_json(runs)
        return
    rows = [(str(e.id), e.state, e.title, f"{e.finished or 0}/{e.total or '-'}") for e in runs]
    print_rows(Out(), "Experiments", ("", "state", "title", "runs"), rows)


@app.command()
def compare(
    scenario: Annotated[str, typer.Argument(help="Market, by name.")],
    rule: Annotated[str, typer.Option(help="Rule of the venue, on in one copy only.")] = "",
    setting: Settings = None,
    change: Annotated[
        str, typer.Option(help="In place of a rule: a stress that one copy meets.")
    ] = "",
    shock: Annotated[
        str, typer.Option(help="Stress that both copies meet, like flash_crash=0.05.")
    ] = "",
    at: Annotated[str, typer.Option(help="Simulated time since the open of both.")] = "60s",
    after: Annotated[str, typer.Option(help="Simulated time measured from then on.")] = "15min",
    seeds: Annotated[int, typer.Option(help="Number of markets.", min=2)] = 10,
    address: Address = "",
    as_json: AsJson = False,
) -> None:
    """What a rule or a stress changes, in matched pairs of markets."""
    values = values_of(setting)
    changed: dict[str, Any] = {"rule": rule, "values": values}
    if change:
        changed = {"rule": rule, "change": values | stress_of(change, "--change")}
    with open_session(address) as session:
        job = session.compare(
            scenario,
            **changed,
            shock=stress_of(shock, "--shock") if shock else None,
            at=seconds_of(at, "--at"),
            after=seconds_of(after, "--after"),
            seeds=seeds,
        )
        found = job.wait()
    if as_json:
        print_json(found)
        return
    rows = [
        (
            name,
            *(shown(d[k]) for k in ("with_change", "without_change", "difference")),
            f"{shown(d.low)} to {shown(d.high)}",
            str(d.pairs),
        )
        for name, d in found.differences.items()
    ]
    columns = ("measure", "with", "without", "difference", "95 % interval", "pairs")
    print_rows(Out(), f"{change or rule} in {scenario}", columns, rows)


@app.command()
def stream(
    topics: Annotated[
        list[str],
        typer.Argument(
            help="Of snapshot, book, trades, outcomes, alarms, training, experiment, log."
        ),
    ],
    rate: Annotated[float, typer.Option(help="Most messages of a state a second.")] = 1.0,
    count: Annotated[int, typer.Option(help="Messages to print; 0: until Ctrl+C.", min=0)] = 0,
    address: Address = "",
) -> None:
    """Print what happens, as it happens: one line of JSON a message."""
    with open_session(address) as session, session.stream(*topics, rate=rate) as messages:
        for number, message in enumerate(messages, 1):
            print(json.dumps(message), flush=True)
            if number == count:
                return


@app.command()
def screenshot(
    out: Annotated[
        Path, typer.Option(parser=given_path, metavar="PATH", help="PNG file to write.")
    ],
    panel: Annotated[str, typer.Argument(help="Panel of the window.")] = "window",
    address: Address = "",
) -> None:
    """A picture of the open window, or of a panel of it."""
    check_target("--out", out)
    with open_session(address) as session:
        picture = session.screenshot(panel)
    out.write_bytes(picture)
    Out().print(f"{out}: {len(picture):,} bytes")
