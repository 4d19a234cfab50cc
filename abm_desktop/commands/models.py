"""``abm-desktop models``: the list of trained models, and what can be done with one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from abm_desktop.commands.console import Failed, table
from abm_desktop.learning import models as registry

app = typer.Typer(help="List, show, export, import, rename and delete trained models.")

Name = Annotated[str, typer.Argument(help="Name of the model.")]


@app.command("list")
def list_all() -> None:
    """List all models."""
    found = registry.list_models()
    console = Console(highlight=False)
    if not found:
        console.print("No models yet: abm-desktop train")
        return
    rows = [
        (
            model.name,
            model.algorithm,
            model.scenario,
            "" if model.reward_mean is None else f"{model.reward_mean:+.2f}",
            f"{model.env_steps:,}",
            _accepted(model),
            "shipped" if model.bundled else _day(model.created),
            model.status,
        )
        for model in found
    ]
    table(
        console,
        "Models",
        ("name", "algorithm", "scenario", "reward", "decisions", "accepted", "created", "status"),
        rows,
    )


@app.command()
def show(name: Name) -> None:
    """Print everything known of a model, as JSON."""
    import json
    from dataclasses import asdict

    with _told():
        print(json.dumps(asdict(registry.get_model(name)), indent=1))


@app.command()
def export(
    name: Name,
    target: Annotated[Path, typer.Argument(help="File (.npz), or a folder for it.")] = Path(),
) -> None:
    """Copy a model's policy into a file: plain arrays, to be read with NumPy."""
    with _told():
        print(registry.export_model(name, target))


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="A model's folder, or a policy's .npz file.")],
    name: Annotated[str, typer.Option(help="Name to give it; default: its own.")] = "",
) -> None:
    """Take a model in from elsewhere."""
    with _told():
        print(registry.import_model(source, name).name)


@app.command()
def rename(name: Name, new: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
    """Give a model another name."""
    with _told():
        registry.rename_model(name, new)


@app.command()
def delete(name: Name) -> None:
    """Delete a model, its policy and its checkpoint, for good."""
    with _told():
        registry.delete_model(name)


class _told:  # noqa: N801  (reads as a statement)
    """Turns the registry's errors into the program's."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, registry.ModelError):
            raise Failed(str(error)) from error


def _day(created: str) -> str:
    return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M")


def _accepted(model: registry.ModelInfo) -> str:
    evaluation = model.metrics.get("evaluation")
    return "" if not evaluation else "yes" if evaluation["accepted"] else "no"
