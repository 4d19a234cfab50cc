"""Where trained models lie, and what a name means: the one place that turns names into files.

A model is a folder with a policy in it. The user's own lie under the data folder; a few ship with
the program, and more of the same recipes ship for the studies. A user's model hides a shipped one
of its name. The registry (:mod:`abm_desktop.learning.registry`) reads, lists and changes models; a
market only has to load the policy that a scenario names, and finds it here.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from abm_desktop import paths
from abm_desktop.inputs import InputError, shown
from abm_desktop.plain_json import read_json

__all__ = [
    "LONGEST_NAME", "META_FILE", "NO_LETTERS", "POLICY_FILE", "bundled_dir", "folder_of",
    "is_name", "pending_policy", "policy_file", "put_in_place", "shipped_dirs", "study_dir",
]  # fmt: skip

META_FILE, POLICY_FILE = "meta.json", "policy.npz"
LONGEST_NAME = 100
NO_LETTERS = re.compile(r"[^A-Za-z0-9._-]+")
"""What no name of a model may have."""


def bundled_dir() -> Path:
    """Models that ship with the program."""
    return paths.resource_dir() / "models"


def study_dir() -> Path:
    """Models that ship for the studies: other trainings of the shipped ones."""
    return bundled_dir().parent / "study_models"


def shipped_dirs() -> tuple[Path, Path]:
    """Folders of models that nobody changes."""
    return bundled_dir(), study_dir()


def is_name(name: object) -> bool:
    """Whether a model may be called so."""
    # Some longer than we make them: a number comes behind them.
    fit = isinstance(name, str) and 0 < len(name) <= LONGEST_NAME + 10
    return fit and not NO_LETTERS.search(str(name)) and str(name)[0] not in ".-"


def folder_of(name: str) -> Path:
    """Folder of a model: the user's, else a shipped one, else where the user's would be."""
    own = paths.models_dir() / name
    if own.is_dir():
        return own
    return next((d / name for d in shipped_dirs() if (d / name).is_dir()), own)


def policy_file(model: str | Path) -> Path:
    """The policy of a model that is named, or of a model's folder, or a ``.npz`` file itself.

    A name goes first: what ``abm-desktop models list --studies`` shows is found whatever lies in
    the current folder.

    Raises:
        InputError: for what is neither a name nor a path.
        FileNotFoundError: if there is no such model, folder or file.
    """
    if not isinstance(model, str | Path) or not str(model) or "\0" in str(model):
        raise InputError(f"must be the name of a model or a path, not {shown(model)}", key="model")
    path = Path(model)
    tried = [path / POLICY_FILE if path.is_dir() else path]
    if is_name(model):
        folder = folder_of(str(model))
        put_in_place(folder)
        # A path that is there is meant if no model is called so.
        tried = [folder / POLICY_FILE, *(file for file in tried if file.is_file())]
    found = next((file for file in tried if file.is_file()), None)
    if found is None:
        raise FileNotFoundError(
            f"no trained model {str(model)!r}: {tried[0]} does not exist. Train one first (RL tab, "
            "or `abm-desktop train`), or name a policy .npz file (`abm-desktop models list` shows "
            "the names)."
        )
    return found


def pending_policy(folder: Path, checkpoint: str) -> Path:
    """Where the policy of a checkpoint waits for the metadata that tells of it."""
    return folder / f".{checkpoint}.policy.npz"


def put_in_place(folder: Path) -> None:
    """Bring a save to its end that was interrupted after it had happened.

    A model's newer policy waits beside the older one until ``meta.json`` tells of its checkpoint.
    """
    with contextlib.suppress(OSError, InputError):
        if not any(folder.glob(".*.policy.npz")):
            return
        values = read_json(folder / META_FILE)
        checkpoint = values.get("checkpoint") if isinstance(values, dict) else None
        if isinstance(checkpoint, str) and is_name(checkpoint):
            pending_policy(folder, checkpoint).replace(folder / POLICY_FILE)
