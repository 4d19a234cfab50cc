"""What is known of a trained model: its ``meta.json`` as a value, and back."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from abm_desktop.learning.registry.model_meta import ModelError, check_name, read_meta
from abm_desktop.market.roles import ACTION_NAMES, DEFAULT_ROLE, OBSERVATION_NAMES, find_role
from abm_desktop.model_folders import POLICY_FILE, folder_of, pending_policy, shipped_dirs

__all__ = ["ModelInfo", "read_info", "text_of", "text_of_info"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a trained model. The fields are the keys of ``meta.json``."""

    name: str
    algorithm: str
    scenario: str
    created: str
    """Time of the last checkpoint, ISO 8601, UTC."""
    iterations: int
    env_steps: int
    reward_mean: float | None
    """Mean return of the last episodes of training; None if no episode ended."""
    seed: int
    status: str
    """"unfinished", "finished", "stopped" or "failed"."""
    version: str
    """Version of ABM Desktop that wrote it."""
    checkpoint: str
    """Name of the checkpoint folder beside ``meta.json``."""
    config: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    """What was measured: of the training, and under "evaluation" and "stress_test" of the model."""
    tags: tuple[str, ...] = ()
    """Words of the user's, sorted."""
    parent: str = ""
    """Name of the model whose training this one went on from."""
    role: str = DEFAULT_ROLE
    """What it trades as: directional, maker or executor."""
    observations: tuple[str, ...] = OBSERVATION_NAMES
    """What its policy sees, in order."""
    actions: tuple[str, ...] = ACTION_NAMES
    """What it can do, in order."""
    recorded: tuple[dict[str, Any], ...] = ()
    """Parts of recorded days that it learned from (:mod:`.judging.seen_days`)."""
    git: str = ""
    """Commit of the checkout it was trained with, "-dirty" where files had changed."""

    @property
    def trained_as(self) -> str:
        """Its algorithm, and its role if that is not directional: "PPO", "PPO maker"."""
        return f"{self.algorithm}{find_role(self.role).suffix}"

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        return folder_of(self.name)

    @property
    def bundled(self) -> bool:
        """Whether it ships with the program, and so can be neither changed nor deleted."""
        return self.folder.parent in shipped_dirs()


_FIELDS = frozenset(item.name for item in fields(ModelInfo))


def text_of(values: dict[str, Any]) -> str:
    """Metadata as it stands in the file."""
    return json.dumps(values, indent=1, allow_nan=False)


def text_of_info(info: ModelInfo) -> str:
    """The same of what is known of a model."""
    return text_of(asdict(info))


def read_info(file: Path) -> ModelInfo:
    """The whole model that a metadata file tells of. Raises :class:`.model_meta.ModelError`."""
    folder = file.parent
    try:
        check_name(folder.name)
    except ModelError as error:
        raise ModelError(error.message, path=folder, remedy="rename the folder") from error
    info = replace(_from_values(read_meta(file)), name=folder.name)
    pending = pending_policy(folder, info.checkpoint)
    if pending.is_file():  # its save was interrupted after it had happened
        with contextlib.suppress(OSError):
            pending.replace(folder / POLICY_FILE)
    if not (folder / POLICY_FILE).is_file():
        raise ModelError(
            f"is not a whole model: it has no {POLICY_FILE}",
            path=folder,
            remedy="put it there, or delete the folder",
        )
    return info


def _from_values(values: dict[str, Any]) -> ModelInfo:
    # A newer version of the program may know more of a model than this one.
    known = {key: value for key, value in values.items() if key in _FIELDS}
    for key in ("tags", "observations", "actions", "recorded"):
        if key in known:
            known[key] = tuple(known[key])
    return ModelInfo(**known)
