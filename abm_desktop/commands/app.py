"""The command line: what there is to type, and how it ends. Modules beside do what is asked."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

import abm_desktop
from abm_desktop.commands import research
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
        status = parser()(list(arguments), standalone_mode=False)
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


@functools.cache
def parser() -> Callable[..., Any]:
    """Return the parser of all commands; typer by itself makes one for each call, in 30 ms."""
    return get_command(app)


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
    scenario: Annotated[
        str | None,
        typer.Argument(help="Scenario: a file or a name; may be left out with --recording."),
    ] = None,
    recording: Annotated[
        str | None,
        typer.Option(
            metavar="DAY",
            help="Replay this recorded day; a scenario's stresses, RL traders and rules meet it.",
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="Which of several days or stocks in the recording.")
    ] = None,
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

    if scenario is None and recording is None:
        raise Misused("Missing argument SCENARIO: name one, or a recorded day with --recording")
    run_market(
        scenario,
        recording,
        seed,
        duration,
        out,
        messages,
        sample_interval,
        overwrite,
        lobster,
        levels,
        setting or [],
        day,
    )


@app.command()
def replay(
    file: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            metavar="FILE",
            help="Recorded order flow: LOBSTER's two files (or a zip, 7z or folder of both), "
            "NASDAQ ITCH 5.0, Databento MBO, or CSV with a mapping file.",
        ),
    ],
    day: Annotated[
        str | None,
        typer.Option(help="Which of several days or stocks in FILE: 2019-05-03, or AAPL."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare the book with the file, or look for flaws in it."),
    ] = False,
) -> None:
    """Replay real order flow through the order book."""
    from abm_desktop.commands.replay import replay_file

    replay_file(file, check, day)


for _name, _command in research.COMMANDS.items():
    app.command(_name)(_command)


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
