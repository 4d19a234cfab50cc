"""Models: which there are, what is known of one, taking one in, giving one out, changing one."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from abm_desktop.archives import open_archive
from abm_desktop.learning.process.history import load_history
from abm_desktop.learning.process.messages import Progress
from abm_desktop.learning.registry import models as registry
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.model_folders import LONGEST_NAME, META_FILE, folder_of, is_name
from abm_desktop.serve.beside import Beside
from abm_desktop.serve.columns import ARROW_ANSWER, table
from abm_desktop.serve.problems import NotThereError, ProblemError
from abm_desktop.serve.tasks import export_model

router = APIRouter(prefix="/models", tags=["models"])

__all__ = ["found_model", "router"]

Tag = Annotated[str, Field(pattern=r"^[^\s,]{1,40}$")]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"application/zip": _BINARY, "application/octet-stream": _BINARY},
    }
}


class ModelEntry(BaseModel):
    """A model in the list."""

    name: str
    algorithm: str
    """PPO, DQN or SAC; "imported" for a policy that came alone."""
    role: str
    """What it trades as: directional, maker, executor, or one of the user's own."""
    scenario: str
    """Of its training."""
    created: str
    """ISO 8601, UTC."""
    iterations: int
    env_steps: int
    """Decisions that it learned from."""
    reward_mean: float | None
    """Mean return of the last episodes of training."""
    seed: int
    status: str
    """unfinished, finished, stopped, failed or imported."""
    tags: list[str]
    parent: str
    """The model whose training this one went on from; "" if none."""
    is_shipped: bool
    """It came with the program, and can be neither changed nor deleted."""
    accepted: dict[str, bool]
    """Verdict of its evaluations, by market; empty before the first."""


class ModelRead(ModelEntry):
    """All that is known of a model."""

    version: str
    """Of the program that trained it."""
    git: str
    """Commit of the checkout that it was trained with; "" if it was none."""
    observations: list[str]
    """What its policy sees, in order; see ``POST /models/{name}/actions``."""
    actions: list[str]
    """What it can do, in order."""
    config: dict[str, Any]
    """Settings of its training."""
    training: dict[str, Any]
    """What its training measured at its end."""
    evaluation: dict[str, Any] | None
    """Its last evaluation; that in other markets under "elsewhere"."""
    stress_test: dict[str, Any] | None
    has_curves: bool
    """Whether ``GET /models/{name}/curves`` has anything."""


class NewName(BaseModel):
    """What a model shall be called."""

    name: str = Field(max_length=LONGEST_NAME)


class Tags(BaseModel):
    """All tags of a model: one word each, of at most 40 characters, without commas."""

    tags: list[Tag] = Field(max_length=100)


def found_model(name: str) -> ModelInfo:
    """The model of a plain name. Raises NotThereError; ModelError for one that is damaged."""
    if not is_name(name) or not folder_of(name).is_dir():
        raise NotThereError("model", name, "list them with GET /api/v1/models")
    return registry.get_model(name)


def _own(name: str) -> ModelInfo:
    info = found_model(name)
    if info.bundled:
        raise ProblemError(
            409, "shipped", f"Model {name!r} ships with the program and stays as it is.",
            key="name", remedy="export it, and upload it under another name",
        )  # fmt: skip
    return info


@router.get("")
async def list_models(
    tag: str | None = None,
    algorithm: str | None = None,
    role: str | None = None,
    scenario: str | None = None,
    status: str | None = None,
    parent: str | None = None,
    accepted: bool | None = None,
    studies: Annotated[bool, Query(description="Also those that ship for the studies.")] = False,
) -> list[ModelEntry]:
    """The user's models, newest first, then those that ship; each filter leaves only its own."""
    found = await asyncio.to_thread(
        registry.list_models,
        studies=studies,
        tag=tag,
        algorithm=algorithm,
        role=role,
        scenario=scenario,
        status=status,
        parent=parent,
        accepted=accepted,
    )
    return [ModelEntry(**_entry(info)) for info in found]


@router.get("/{name}")
async def read_model(name: str) -> ModelRead:
    """All that is known of a model, its evaluation and stress test among it."""
    return await asyncio.to_thread(lambda: _read(found_model(name)))


@router.post("", status_code=201, openapi_extra=_UPLOAD)
async def upload(
    request: Request,
    name: Annotated[
        str, Query(max_length=LONGEST_NAME, description="Default: the name it has.")
    ] = "",
) -> ModelRead:
    """Take a model in: the body is a model's ``.zip`` (as exported), or a policy's ``.npz``.

    Policy, description and curves are taken in, as data within limits, and nothing else: no code,
    and no checkpoint. At most 64 MiB.
    """
    if name and not is_name(name):
        raise _no_name(name)
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise ProblemError(
            415, "wrong_type", "The body must be the file itself, not a form.", key="body",
            remedy="curl --data-binary @model.zip -H 'Content-Type: application/zip'",
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="abm-desktop-upload-") as folder:
        file = Path(folder) / "uploaded.zip"
        with file.open("wb") as stream:
            async for piece in request.stream():
                stream.write(piece)
        return await asyncio.to_thread(_take_in, file, name)


@router.get(
    "/{name}/export",
    response_class=Response,
    responses={200: {"description": "A file.", "content": {"application/octet-stream": _BINARY}}},
)
async def export(
    name: str, format: Literal["zip", "npz", "onnx", "torchscript"] = "zip"
) -> Response:
    """A model as a file: ``zip`` (all of it, to be uploaded elsewhere), or its policy alone.

    ``npz`` has plain arrays, ``onnx`` and ``torchscript`` take observations float32 (n, inputs) and
    give logits. These two take seconds: a process of their own writes them.
    """
    info = await asyncio.to_thread(found_model, name)
    suffix = ".pt" if format == "torchscript" else f".{format}"
    content = await _exported(info.name, suffix)
    kind = "application/zip" if format == "zip" else "application/octet-stream"
    # A name has neither quotes nor line ends.
    headers = {"Content-Disposition": f'attachment; filename="{info.name}{suffix}"'}
    return Response(content, media_type=kind, headers=headers)


@router.put("/{name}/name")
async def rename(name: str, given: NewName) -> ModelRead:
    """Give a model another name."""
    if not is_name(given.name):
        raise _no_name(given.name)

    def do() -> ModelRead:
        _own(name)
        return _read(registry.rename_model(name, given.name))

    return await asyncio.to_thread(do)


@router.put("/{name}/tags")
async def set_tags(name: str, given: Tags) -> ModelRead:
    """Give a model these tags, and no others."""

    def do() -> ModelRead:
        gone = set(_own(name).tags) - set(given.tags)
        return _read(registry.tag_model(name, given.tags, gone))

    return await asyncio.to_thread(do)


@router.delete("/{name}", status_code=204)
async def delete(name: str) -> None:
    """Delete a model, its policy and its checkpoint, for good."""

    def do() -> None:
        _own(name)
        registry.delete_model(name)

    await asyncio.to_thread(do)


@router.get("/{name}/curves", responses=ARROW_ANSWER, response_class=Response)
async def curves(
    request: Request,
    name: str,
    since: Annotated[int, Query(ge=0, description="Iterations after this one.")] = 0,
) -> Response:
    """The curves of its training, a row an iteration: rewards, losses, shares of actions, speed.

    Times in seconds, profit in currency; a column that an iteration knows nothing of is null there.
    """

    def do() -> Response:
        found_model(name)
        rows = [row for row in load_history(name) if row.iteration > since]
        return table(request, _columns(rows), model=name)

    return await asyncio.to_thread(do)


def _no_name(name: str) -> ProblemError:
    return ProblemError(
        422, "invalid", f"A model cannot be called {name[:80]!r}.", key="name",
        remedy=f"use up to {LONGEST_NAME} letters, digits, '.', '_' and '-'",
    )  # fmt: skip


def _entry(info: ModelInfo) -> dict[str, Any]:
    from abm_desktop.learning.judging.evaluation_columns import everywhere

    evaluations = everywhere(info.metrics.get("evaluation"))
    plain = {
        key: getattr(info, key)
        for key in (
            "name", "algorithm", "role", "scenario", "created", "iterations", "env_steps",
            "reward_mean", "seed", "status", "parent",
        )
    }  # fmt: skip
    return plain | {
        "tags": list(info.tags),
        "is_shipped": info.bundled,
        "accepted": {found["scenario"]: found["accepted"] for found in evaluations},
    }


def _read(info: ModelInfo) -> ModelRead:
    from abm_desktop.learning.process.history import has_history

    judged = ("evaluation", "stress_test")
    return ModelRead(
        **_entry(info),
        version=info.version,
        git=info.git,
        observations=list(info.observations),
        actions=list(info.actions),
        config=info.config,
        training={key: value for key, value in info.metrics.items() if key not in judged},
        evaluation=info.metrics.get("evaluation"),
        stress_test=info.metrics.get("stress_test"),
        has_curves=has_history(info.name),
    )


def _take_in(file: Path, name: str) -> ModelRead:
    with open_archive(file) as archive:
        is_model = any(Path(member).name == META_FILE for member in archive.sizes)
    if not is_model:  # NumPy's files are zip files too
        file = file.rename(file.with_suffix(".npz"))
    return _read(registry.import_model(file, name))


async def _exported(name: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="abm-desktop-export-") as folder:
        file = Path(folder) / f"{name}{suffix}"
        if suffix in (".zip", ".npz"):
            await asyncio.to_thread(registry.export_model, name, file)
        else:
            await Beside(export_model, {"model": name, "file": str(file)}).done()
        return await asyncio.to_thread(file.read_bytes)


_NUMBERS = (
    "episodes", "reward_mean", "episode_length_mean", "steps_per_second", "sample_seconds",
    "learn_seconds", "elapsed_seconds", "pnl_mean", "position_mean", "learning_rate",
)  # fmt: skip


def _columns(rows: list[Progress]) -> dict[str, np.ndarray]:
    """Columns by name; shares of actions are called ``share_BUY``."""
    columns: dict[str, np.ndarray] = {
        key: np.array([getattr(row, key) for row in rows], np.int64)
        for key in ("iteration", "env_steps")
    }
    for key in _NUMBERS:
        columns[key] = np.array([getattr(row, key) for row in rows], np.float64)  # None is NaN
    for name in dict.fromkeys(action for row in rows for action in row.actions):
        columns[f"share_{name}"] = _of_each(
            dict(zip(row.actions, row.action_shares, strict=True)).get(name) for row in rows
        )
    for name in dict.fromkeys(loss for row in rows for loss in row.losses):
        columns.setdefault(name, _of_each(row.losses.get(name) for row in rows))
    return columns


def _of_each(values: Any) -> np.ndarray:
    return np.array(list(values), np.float64)
