"""Commands of research with their arguments and options: trainings, judgements, experiments."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from abm_desktop.commands.console import Misused, given_path


def train(
    scenario: Annotated[
        str | None,
        typer.Option(help="Scenario to train in: a file, or a name; default: the recipe's, calm."),
    ] = None,
    recording: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Recorded day to train in, in place of a scenario."),
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="Which of several days or stocks in the recording.")
    ] = None,
    algorithm: Annotated[
        str | None, typer.Option(help="Learning algorithm: PPO (default), DQN or SAC.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(help="Rounds of sampling and learning.", min=1)
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Sampling processes, at most one a core; 0, as by default, samples in the "
            "trainer itself.",
            min=0,
        ),
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Step size of the optimiser.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of markets, weights and exploration.", min=0, max=699_999_999),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="Name in the list of models; default: scenario, algorithm, number."),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="A running Ray cluster to sample on; default: a local one.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="Training settings: a TOML file, or a shipped recipe (ppo, dqn, sac, "
            "remembering-ppo, maker, executor); options go first. Default: remembering-ppo, or the "
            "recipe of the algorithm that is given.",
        ),
    ] = None,
    evaluate_after: Annotated[
        bool | None,
        typer.Option(
            "--evaluate/--no-evaluate",
            help="Judge the finished policy (default), which takes some minutes.",
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting, e.g. --set gamma=0.995; may be repeated."),
    ] = None,
    continued: Annotated[
        str,
        typer.Option(
            "--continue",
            metavar="NAME",
            help="Go on with the training of a model that stopped or was killed, with its own "
            "settings; --iterations may be more.",
        ),
    ] = "",
    seeds: Annotated[
        int | None,
        typer.Option(
            help="Train with so many seeds, from --seed on, and tell what they come to together.",
            min=1,
            max=1000,
        ),
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option(
            help="Trainings side by side, with --seeds; default: as many as cores.", min=1
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--json", parser=given_path, metavar="PATH", help="File for what --seeds comes to."
        ),
    ] = None,
) -> None:
    """Train a trading policy; the model can then trade in the window. Ctrl+C stops and keeps it."""
    from abm_desktop.commands.train import given_options, train_policy

    options = given_options(locals())
    train_policy(config, options, setting or [], continued, seeds, at_once, out)


def population(
    file: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            metavar="FILE",
            help="The population: a TOML file, or the name of a shipped one (docs/populations.md).",
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help="Stem of the models' names; default: the file's.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(help="Rounds of sampling and learning.", min=1)
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of markets, weights and exploration.", min=0, max=699_999_999),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting, e.g. --set markets=16; may be repeated."),
    ] = None,
    continued: Annotated[
        bool,
        typer.Option(
            "--continue",
            help="Go on with the population of that name, which stopped or was killed; "
            "--iterations may be more.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--json", parser=given_path, metavar="PATH", help="File for what it came to."),
    ] = None,
) -> None:
    """Train many traders in the same markets. Ctrl+C stops and keeps their models."""
    from abm_desktop.commands.population import train_population

    values = {"name": name, "iterations": iterations, "seed": seed}
    options = {key: value for key, value in values.items() if value is not None}
    train_population(file, options, setting or [], out, continued)


def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a model, its folder, or a policy file.")],
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="Market of the held-out days; may be given several times. Else those that the "
            "model's training names, or calm."
        ),
    ] = None,
    recording: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAY",
            help="Recorded day to judge it in, in place of a scenario or beside; its held-out days "
            "are parts of it. May be given several times.",
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="Which of several days or stocks in the recording.")
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TIME",
            help="From when on in the recording: a time of day (12:45), or how long after it "
            "begins (3h).",
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when in the recording, likewise.")
    ] = None,
    days: Annotated[int, typer.Option(help="Held-out days, one market each.", min=6)] = 32,
    hours: Annotated[
        float | None,
        typer.Option(
            help="Simulated hours a day; default: 6.5, of a recording or its part a quarter.",
            min=0.05,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Another one gives other days.", min=0, max=1_000_000)
    ] = 0,
    purpose: Annotated[
        str,
        typer.Option(
            "--range",
            help="Range of the days: acceptance, or report for days on which nothing was accepted.",
        ),
    ] = "acceptance",
    out: Annotated[
        Path | None,
        typer.Option("--json", parser=given_path, metavar="PATH", help="File for the results."),
    ] = None,
) -> int:
    """Compare a model with simple rules on days it has not seen; fails if it is not accepted."""
    from abm_desktop.commands.evaluate import evaluate_model

    recorded = recording or []
    if day is not None and len(recorded) != 1:
        raise Misused("--day needs one --recording; of several, name the day after each: FILE/DAY")
    for option, moment in (("--from", begin), ("--until", until)):
        if moment is not None and (len(recorded) != 1 or scenario):
            raise Misused(f"{option} is of a recorded day: give one --recording, and no --scenario")
    return evaluate_model(
        model, scenario or [], recorded, day, days, hours, seed, purpose, out, begin, until
    )


def stress_test(
    model: Annotated[str, typer.Argument(help="Name of a model, its folder, or a policy file.")],
    stress: Annotated[
        list[str] | None,
        typer.Option(
            help="Kind and magnitude, e.g. flash_crash=0.1, or JSON with any key of a stress, also "
            'by name: {"crash": {"type": "flash_crash"}}; may be repeated. Default: every kind.'
        ),
    ] = None,
    scenario: Annotated[str, typer.Option(help="Market in which it happens.")] = "calm",
    runs: Annotated[int, typer.Option(help="Markets, each with and without traders.", min=1)] = 8,
    traders: Annotated[int, typer.Option(help="Traders with this policy.", min=1)] = 1,
    seed: Annotated[
        int, typer.Option(help="Another one gives other markets.", min=0, max=1_000_000)
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--json", parser=given_path, metavar="PATH", help="File for the results."),
    ] = None,
) -> None:
    """Put a model and its market under stress: PnL, drawdown, volatility, recovery."""
    from abm_desktop.commands.evaluate import stress_test_model

    stress_test_model(model, stress or [], scenario, runs, traders, seed, out)


def facts(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="Scenario (file or name), or recorded order flow (docs/recordings.md).",
        ),
    ],
    sessions: Annotated[
        int | None,
        typer.Option(help="Simulated sessions to pool.", show_default="40", min=1),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the first session; default: the scenario's.", min=0),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--json", parser=given_path, metavar="PATH", help="File to write the table to, as JSON."
        ),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(help="Which of several recorded days or stocks, for example 2019-05-03."),
    ] = None,
    nulls: Annotated[
        bool, typer.Option("--nulls", help="Tell which markets without facts each range refuses.")
    ] = False,
) -> int:
    """Compare a market with the stylised facts of real ones; fails if a hard fact does."""
    from abm_desktop.commands.facts import show_facts

    return show_facts(subject, sessions, seed, out, day, nulls)


def compare(
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="Scenario, folder of a run, or recorded order flow.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="The same, to compare with.")],
    levels: Annotated[
        int, typer.Option(help="Levels of a side that are compared.", min=1, max=50)
    ] = 5,
    seed: Annotated[
        int | None, typer.Option(help="Seed of scenarios; default: their own.", min=0)
    ] = None,
    at_most: Annotated[
        float | None,
        typer.Option("--max", help="Fail if the mean distance is more than this.", min=0.0),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--json",
            parser=given_path,
            metavar="PATH",
            help="File to write the numbers to.",
        ),
    ] = None,
) -> int:
    """Compare the order flow of two days: distances of 14 distributions, responses of the price."""
    from abm_desktop.commands.compare import compare_days

    return compare_days(first, second, levels, seed, at_most, out)


def calibrate(
    days: Annotated[
        list[Path],
        typer.Argument(
            parser=given_path,
            metavar="DAY...",
            help="Recorded order flow of one stock, a file a day (docs/recordings.md).",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="Folder for trials, scenario and report; default: calibration-NAME.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the scenario; default: that of the first day.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Scenario that has what is neither read off nor searched.")
    ] = "calm",
    like: Annotated[
        str | None,
        typer.Option(
            help="Scenario with whose values the search begins, such as that of an earlier one."
        ),
    ] = None,
    budget: Annotated[
        float, typer.Option(help="Minutes for all of it, earlier starts included.", min=0.1)
    ] = 20.0,
    trials: Annotated[
        int | None,
        typer.Option(help="End the search after so many candidates, however long it takes.", min=1),
    ] = None,
    posterior: Annotated[
        int,
        typer.Option(
            help="Days to simulate all over the space, beside the budget, to tell what the "
            "recorded day says of each parameter, with a check on days whose parameters are known; "
            "0: none.",
            min=0,
            max=10_000,
        ),
    ] = 0,
    check: Annotated[
        int,
        typer.Option(
            help="Calibrate nothing: make so many days at known parameters of this space, each as "
            "long as --search-time, learn the posterior of each (--posterior, 100 unless given), "
            "and count how often its 90 % intervals hold the true values.",
            min=0,
            max=100,
        ),
    ] = 0,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes; 0: this one alone. Default: one a core.", min=0, max=256),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Another one searches from other draws.", min=0, max=9999)
    ] = 0,
    search_time: Annotated[
        str, typer.Option(help="Simulated time of a session in the search, e.g. 2h.")
    ] = "2h",
    day: Annotated[
        str | None, typer.Option(help="Which of several days or stocks in a file: AAPL.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what is read off and searched, run nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Throw away what is there, or go on from it.")
    ] = False,
) -> int:
    """Make a scenario that is like recorded days. Ctrl+C stops; the same command goes on."""
    from abm_desktop.commands.calibrate import calibrate_days
    from abm_desktop.scenario.durations import parse_duration

    return calibrate_days(
        days,
        day=day,
        name=name,
        base=base,
        like=like,
        out=out,
        budget=budget,
        trials=trials,
        posterior=posterior,
        check=check,
        workers=(os.cpu_count() or 1) if workers is None else workers,
        seed=seed,
        search_seconds=parse_duration(search_time),
        dry_run=dry_run,
        fresh=fresh,
    )


def experiment(
    file: Annotated[
        str, typer.Argument(help="Experiment: a file, or a name such as research_question.")
    ],
    seeds: Annotated[
        int | None, typer.Option(help="Number of markets; default: the file's.", min=1)
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Markets at a time, each in a process of a local Ray cluster; 0: one after the "
            "other in this process. Default: one a core, or all slots at the address.",
            min=0,
        ),
    ] = None,
    address: Annotated[str, typer.Option(help="A running Ray cluster to use.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(parser=given_path, metavar="PATH", help="Folder for the results."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the cells and what they cost, run nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Throw away what is there, or go on from it.")
    ] = False,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Write the report of what is finished.")
    ] = False,
    tables: Annotated[
        Path | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="Write nothing but the study's small tables into this folder: of what is "
            "finished, or, without results, of the runs.csv that lies there.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Run an experiment and write its report. Ctrl+C stops; the same command goes on."""
    from abm_desktop.commands.experiment import run_experiment
    from abm_desktop.commands.study_tables import write_study_tables

    if tables is not None:
        return write_study_tables(file, tables, out=out, as_json=as_json)
    if workers is None:
        workers = 0 if address else os.cpu_count() or 1
    return run_experiment(
        file,
        seeds=seeds,
        workers=workers,
        address=address,
        out=out,
        dry_run=dry_run,
        fresh=fresh,
        report_only=report_only,
        as_json=as_json,
    )


def reproduce(
    claims: Annotated[
        list[str] | None,
        typer.Argument(help="Numbers or names of claims, or files; default: all that ship."),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Market to try them in, may be repeated; default: those of the files."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Number of markets; default: the files'.", min=2)
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            help="Markets at a time, each in a process of a local Ray cluster; 0: one after the "
            "other in this process.",
            min=0,
        ),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(parser=given_path, metavar="PATH", help="File for the page (Markdown)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be run, run nothing.")
    ] = False,
    report_only: Annotated[
        bool, typer.Option("--report-only", help="Write the page of what is finished.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Try published claims and write their verdicts. Ctrl+C stops; the same command goes on."""
    from abm_desktop.commands.reproduce import reproduce_claims

    return reproduce_claims(
        claims or [],
        markets=scenario or [],
        seeds=seeds,
        workers=workers,
        out=out,
        dry_run=dry_run,
        report_only=report_only,
        as_json=as_json,
    )


def bench(
    what: Annotated[
        str, typer.Argument(help="engine, market, env, training, experiment, serve or ui.")
    ],
    lobster: Annotated[
        list[Path] | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="engine: recorded order flow (LOBSTER) to play too; may be repeated.",
        ),
    ] = None,
    peers: Annotated[
        bool,
        typer.Option("--peers", help="engine, market, training: others beside ours."),
    ] = False,
    repeats: Annotated[int, typer.Option(help="Repetitions; the median counts.", min=1)] = 5,
    messages: Annotated[
        int, typer.Option(help="engine: messages of a synthetic flow.", min=10_000)
    ] = 3_000_000,
    seconds: Annotated[
        float, typer.Option(help="ui, serve: real seconds at full speed, each way.", min=2.0)
    ] = 20.0,
    training: Annotated[
        bool,
        typer.Option("--training/--no-training", help="ui, serve: also beside a PPO training."),
    ] = True,
    minutes: Annotated[
        float, typer.Option(help="ui: real minutes at full speed to watch memory; 0: not.", min=0)
    ] = 0.0,
    trades: Annotated[
        int,
        typer.Option(help="ui: trades of a session to scrub in; 0: not.", min=0),
    ] = 0,
    sessions: Annotated[
        list[int] | None,
        typer.Option(help="experiment: a number of sessions; may be repeated.", min=2),
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option(help="training: only this case, e.g. ppo-market; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Measure speed: medians of repetitions, side by side in one run."""
    from abm_desktop.commands.bench import bench as measure

    return measure(
        what,
        lobster=lobster or [],
        peers=peers,
        repeats=repeats,
        messages=messages,
        as_json=as_json,
        seconds=seconds,
        training=training,
        minutes=minutes,
        trades=trades,
        sessions=sessions,
        cases=case,
    )


COMMANDS: dict[str, Callable[..., Any]] = {
    "train": train,
    "population": population,
    "evaluate": evaluate,
    "stress-test": stress_test,
    "facts": facts,
    "compare": compare,
    "calibrate": calibrate,
    "experiment": experiment,
    "reproduce": reproduce,
    "bench": bench,
}
"""By the names that people type."""
