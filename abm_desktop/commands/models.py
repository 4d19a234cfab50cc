"""``abm-desktop models``: the list of trained models, and what can be done with one."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abm_desktop.commands.console import Failed, Out, given_path, table
from abm_desktop.inputs import InputError
from abm_desktop.plain_words import printable

if TYPE_CHECKING:
    from abm_desktop.learning.registry.models import ModelInfo

app = typer.Typer(
    help="List, show, tag, compare, export, import, rename and delete trained models."
)

Name = Annotated[str, typer.Argument(help="Name of the model.")]


@app.command("list")
def list_all(
    tag: Annotated[str | None, typer.Option(help="Only models with this tag.")] = None,
    algorithm: Annotated[str | None, typer.Option(help="Only those of PPO, DQN or SAC.")] = None,
    role: Annotated[
        str | None, typer.Option(help="Only those of one role, for example maker.")
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Only those trained in it.")] = None,
    accepted: Annotated[
        bool | None,
        typer.Option("--accepted/--rejected", help="Only those an evaluation found so."),
    ] = None,
    studies: Annotated[
        bool, typer.Option(help="Also those that ship for the studies: other trainings.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is known.")] = False,
) -> None:
    """List all models, or those asked for."""
    from abm_desktop.learning.registry import models as registry

    found = registry.list_models(
        studies=studies,
        tag=tag,
        algorithm=algorithm and algorithm.upper(),
        role=role,
        scenario=scenario,
        accepted=accepted,
    )
    if as_json:
        print(json.dumps([asdict(model) for model in found], indent=1))
        return
    console = Out()
    if not found:
        asked = tag or algorithm or role or scenario or accepted is not None
        console.print("No such model" if asked else "No models yet: abm-desktop train")
        return
    rows = [
        (
            model.name,
            model.trained_as,
            model.scenario,
            short_count(model.env_steps),
            acceptance(model),
            "shipped" if model.bundled else day_of(model.created),
            model.status,
            " ".join(model.tags),
        )
        for model in found
    ]
    heads = ("name", "algorithm", "scenario", "steps", "accepted", "created", "status", "tags")
    # Narrow terminals have no room for an empty column.
    shown = len(heads) if any(model.tags for model in found) else len(heads) - 1
    table(console, "Models", heads[:shown], [row[:shown] for row in rows])


@app.command()
def show(name: Name) -> None:
    """Print everything known of a model, as JSON."""
    from abm_desktop.learning.registry import models as registry

    with _told():
        print(json.dumps(asdict(registry.get_model(name)), indent=1))


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(help="Names of two or more models.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Also what they have in common.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Put models side by side: what they are, what they earn, and how their settings differ."""
    from abm_desktop.learning.judging.model_comparison import compare_models
    from abm_desktop.learning.registry import models as registry

    with _told():
        rows = compare_models([registry.get_model(name) for name in names])
    if not everything and len(names) > 1:
        rows = [row for row in rows if row.differs]
    if as_json:
        print(json.dumps([{"models": names}, *(asdict(row) for row in rows)], indent=1))
        return
    cells = [(row.group, row.label, *(_cell(value) for value in row.values)) for row in rows]
    console = Out()
    table(console, "Models side by side", ("", "", *names), cells)


@app.command()
def choose(
    names: Annotated[list[str], typer.Argument(help="Names of two or more models of one role.")],
    scenario: Annotated[str, typer.Option(help="Market of the days.")] = "calm",
    days: Annotated[int, typer.Option(help="Days, one market each.", min=6, max=10_000)] = 64,
    hours: Annotated[float, typer.Option(help="Simulated hours a day.", min=0.05)] = 2.0,
) -> None:
    """Find the best of several models, on days that are for that only and give no verdict."""
    from abm_desktop.learning.judging.choosing import choose as choose_among
    from abm_desktop.scenario import find_scenario, load_scenario

    with _told():
        ranked = choose_among(names, load_scenario(find_scenario(scenario)), days=days, hours=hours)
    console = Out()
    table(
        console,
        f"{days} days of {hours:g} hours in {scenario}, for choosing only",
        ("model", "mean PnL", "median", "standard error"),
        [
            (
                one.name,
                f"{one.mean:+.2f}",
                f"{one.median:+.2f}",
                f"{one.error:.2f}",
            )
            for one in ranked
        ],
    )
    console.say("Whether it is any good: abm-desktop evaluate {}", ranked[0].name)


@app.command()
def export(
    name: Name,
    target: Annotated[
        Path,
        typer.Argument(help="File: .npz (plain arrays), .onnx, .pt (TorchScript) or .zip (all)."),
    ] = Path(),
    overwrite: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
) -> None:
    """Write a model to a file, for other programs or for another computer."""
    from abm_desktop.learning.registry import models as registry

    with _told():
        print(printable(registry.export_model(name, target, overwrite=overwrite)))


@app.command("import")
def import_(
    source: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            metavar="SOURCE",
            help="A model's folder or .zip file, or a policy's .npz file.",
        ),
    ],
    name: Annotated[str, typer.Option(help="Name to give it; default: its own.")] = "",
) -> None:
    """Take a model in from elsewhere."""
    from abm_desktop.learning.process.history import load_history
    from abm_desktop.learning.registry import models as registry

    with _told():
        taken = registry.import_model(source, name).name
        load_history(taken)  # tells where its curves are damaged
    print(printable(taken))


@app.command()
def tag(
    name: Name,
    tags: Annotated[list[str] | None, typer.Argument(help="Words to put on it.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="Word to take off; may be repeated.")
    ] = None,
) -> None:
    """Put tags on a model, or take them off; prints those it has now."""
    from abm_desktop.learning.registry import models as registry

    with _told():
        print(" ".join(registry.tag_model(name, tags or (), remove or ()).tags))


@app.command()
def rename(name: Name, new: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
    """Give a model another name."""
    from abm_desktop.learning.registry import models as registry

    with _told():
        registry.rename_model(name, new)


@app.command()
def delete(name: Name) -> None:
    """Delete a model, its policy and its checkpoint, for good."""
    from abm_desktop.learning.registry import models as registry

    with _told():
        registry.delete_model(name)


class _told:  # noqa: N801  (reads as a statement)
    """Turns the registry's errors into the program's."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, InputError):
            raise Failed(str(error)) from error


def day_of(created: str) -> str:
    """The day of an ISO time, in this machine's time zone."""
    return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d")


def short_count(number: int) -> str:
    """Three digits and a unit: 1.23M."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:.3g}{name}"
    return str(number)


def acceptance(model: ModelInfo) -> str:
    """Whether the model's evaluations accepted it, by market if they differ."""
    from abm_desktop.learning.judging.evaluation_columns import everywhere

    found = everywhere(model.metrics.get("evaluation"))
    words = ["yes" if evaluation["accepted"] else "no" for evaluation in found]
    if len(set(words)) <= 1:
        return "".join(words[:1])
    return ", ".join(f"{word} in {e['scenario']}" for word, e in zip(words, found, strict=True))


def _cell(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.4g}"
        case list() | tuple():
            return " ".join(str(item) for item in value)
    return str(value)
