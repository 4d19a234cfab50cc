"""All commands with their arguments and options; what they do is in the modules beside."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import abm_desktop
from abm_desktop.commands.console import Failed, Misused, fail, given_path
from abm_desktop.commands.models import app as models_app
from abm_desktop.commands.remote import app as remote_app
from abm_desktop.plain_words import WRONG_USE
from abm_desktop.window_start import COMMANDS, Serving, open_window

app = typer.Typer(
    name="abm-desktop",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A desktop market laboratory: RL and algorithmic traders in one live limit order book. "
    "Without a command, or with a FILE or a scenario's name instead of one, it opens the window.",
)

app.add_typer(models_app, name="models")
app.add_typer(remote_app, name="remote")

ScenarioArgument = Annotated[
    str, typer.Argument(help="Scenario: a file, or a name such as calm or flash_crash.")
]


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit status (0 done, else of :mod:`abm_desktop.plain_words`)."""
    if arguments and not arguments[0].startswith("-") and arguments[0] not in COMMANDS:
        close = difflib.get_close_matches(arguments[0], COMMANDS, n=1)
        hint = f'did you mean "{close[0]}"?' if close else "see abm-desktop --help"
        return fail(f'"{arguments[0]}" is no command, file or scenario; {hint}', status=WRONG_USE)
    try:
        status = app(list(arguments), standalone_mode=False)
    except Failed as failure:
        return fail(str(failure), failure.status)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        return fail("stopped", status=130)
    except SystemExit as leaving:
        # The argument parser's answer to a closed pipe, which is not its business.
        if isinstance(leaving.__context__, BrokenPipeError):
            raise leaving.__context__ from None
        raise
    except typer.BadParameter as error:
        return fail(error.format_message(), status=WRONG_USE)
    except Exception as error:
        # Whatever the argument parser finds wrong knows how to say so itself. The rest is told by
        # whoever has started the command (cli.main).
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            return fail(f"{error.format_message()} (see abm-desktop --help)", status=WRONG_USE)
        raise
    return status if isinstance(status, int) else 0


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ABM Desktop {abm_desktop.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    pass


@app.command()
def window(
    file: Annotated[
        str,
        typer.Argument(help="Scenario (file or name), or recorded order flow (.zip, .csv)."),
    ] = "",
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Let other programs control the session (the control API)."),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of --serve; default: that of the preferences, a free one unless changed.",
            min=0,
            max=65535,
        ),
    ] = None,
) -> int:
    """Open the window (as without any command)."""
    if port is not None and not serve:
        raise Misused("--port is of no use without --serve; give both")
    return open_window(file, Serving(port) if serve else None)


@app.command()
def run(
    scenario: ScenarioArgument,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the market; default: the scenario's.", min=0)
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(help="Simulated time from the open on, e.g. 10min, 1h; default: the session."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=given_path, metavar="PATH", help="New folder for the tape, as Parquet files."
        ),
    ] = None,
    messages: Annotated[
        bool, typer.Option("--messages", help="Also write every book event (2 million a day).")
    ] = False,
    sample_interval: Annotated[
        str, typer.Option(help="Simulated time between two rows of samples.")
    ] = "1s",
    lobster: Annotated[
        Path | None,
        typer.Option(
            parser=given_path,
            metavar="PATH",
            help="New folder for a LOBSTER message and orderbook file of the run.",
        ),
    ] = None,
    levels: Annotated[
        int, typer.Option(help="Levels of a side in the LOBSTER files.", min=1, max=200)
    ] = 10,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Let an earlier run in that folder go; else it is kept beside, as FOLDER~1.",
        ),
    ] = False,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Another value than the scenario's, e.g. --set population.noise.limit_rate=8; may "
            "be repeated.",
        ),
    ] = None,
    # What `run` always is; people say it all the same.
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a window, as it always is.")
    ] = False,
) -> None:
    """Run a market without a window, write its tape, and print a summary."""
    from abm_desktop.commands.run import run_market

    run_market(
        scenario,
        seed,
        duration,
        out,
        messages,
        sample_interval,
        overwrite,
        lobster,
        levels,
        setting or [],
    )


@app.command()
def replay(
    file: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            metavar="FILE",
            help="LOBSTER message file with its orderbook file beside it, or a zip, 7z or folder "
            "of both.",
        ),
    ],
    day: Annotated[
        str | None,
        typer.Option(help="Which of several days in FILE, for example 2019-05-03."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare the book with the orderbook file at every row."),
    ] = False,
) -> None:
    """Replay real order flow through the order book."""
    from abm_desktop.commands.replay import replay_file

    replay_file(file, check, day)


@app.command()
def train(
    scenario: Annotated[
        str | None,
        typer.Option(help="Scenario to train in: a file, or a name; default: the recipe's, dr1."),
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
            help="Training settings: a TOML file, or a shipped recipe (ppo, dqn, sac, maker, "
            "executor); options go first. Default: the recipe of the algorithm.",
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
) -> None:
    """Train a trading policy; the model can then trade in the window. Ctrl+C stops and keeps it."""
    from abm_desktop.commands.train import given_options, train_policy

    train_policy(config, given_options(locals()), setting or [])


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a model, its folder, or a policy file.")],
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="Market of the held-out days; may be given several times. Else those that the "
            "model's training names, or calm."
        ),
    ] = None,
    days: Annotated[int, typer.Option(help="Held-out days, one market each.", min=6)] = 32,
    hours: Annotated[float, typer.Option(help="Simulated hours a day.", min=0.05)] = 6.5,
    seed: Annotated[
        int, typer.Option(help="Another one gives other days.", min=0, max=1_000_000)
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--json", parser=given_path, metavar="PATH", help="File for the results."),
    ] = None,
) -> int:
    """Compare a model with simple rules on days it has not seen; fails if it is not accepted."""
    from abm_desktop.commands.evaluate import evaluate_model

    return evaluate_model(model, scenario or [], days, hours, seed, out)


@app.command("stress-test")
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


@app.command()
def facts(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="Scenario (file or name), or recorded order flow (LOBSTER: zip, message file).",
        ),
    ],
    sessions: Annotated[int, typer.Option(help="Simulated sessions to pool.", min=1)] = 40,
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
        str | None, typer.Option(help="Which of several recorded days, for example 2019-05-03.")
    ] = None,
) -> int:
    """Compare a market with the stylised facts of real ones; fails if a hard fact does."""
    from abm_desktop.commands.facts import show_facts

    return show_facts(subject, sessions, seed, out, day)


@app.command()
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Run an experiment and write its report. Ctrl+C stops; the same command goes on."""
    from abm_desktop.commands.experiment import run_experiment

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


@app.command()
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


@app.command()
def serve(
    scenario: Annotated[
        str, typer.Argument(help="Scenario to begin with: a file, or a name; default: none.")
    ] = "",
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the market; default: the scenario's.", min=0, max=2**63 - 1),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; any other than loopback needs TLS.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen at; default: a free one.", min=0, max=65535)
    ] = 0,
    certificate: Annotated[
        Path | None,
        typer.Option(parser=given_path, metavar="PATH", help="PEM file with a certificate."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(parser=given_path, metavar="PATH", help="PEM file with its private key."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Another name that clients call this machine by; may be repeated."),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            help="Page that may ask from a browser, like https://notebook.example; may be repeated."
        ),
    ] = None,
) -> None:
    """Serve the control API: other programs run, stress and read one market, and train in it."""
    from abm_desktop.commands.serve import serve as serve_until_stopped

    serve_until_stopped(scenario, seed, host, port, certificate, key, name or [], origin or [])


@app.command()
def mcp(
    address: Annotated[
        str, typer.Option(help="Server to play; default: the only one of this user that runs.")
    ] = "",
    start: Annotated[
        bool, typer.Option("--start", help="Start a server without a window if none runs.")
    ] = False,
) -> None:
    """Give an assistant the laboratory as tools (Model Context Protocol, on stdin and stdout)."""
    from abm_desktop.commands.mcp import serve_tools

    serve_tools(address, start)


@app.command()
def doctor() -> int:
    """Check what the program needs, and say how to mend what is wrong."""
    from abm_desktop.doctor import examine

    return examine()


@app.command("install-launcher")
def install_launcher(
    remove: Annotated[bool, typer.Option("--remove", help="Take the entry away again.")] = False,
) -> None:
    """Put ABM Desktop into the desktop's menu of programs (Linux)."""
    from abm_desktop.launcher import install, uninstall

    for line in uninstall() if remove else install():
        typer.echo(line)
