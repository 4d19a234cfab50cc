"""A training's model is written: a name to hold, then one state after another, each whole.

A new model's folder appears whole. A newer state is written beside the older one and takes its
place with one rename, that of ``meta.json``: whenever a save is interrupted, the model is as it was
before or as it is after, and a policy that has not come to its place by then is put there by
whoever looks next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop import paths
from abm_desktop.learning.registry import model_names
from abm_desktop.learning.registry.model_info import ModelInfo, read_info, text_of_info
from abm_desktop.learning.registry.model_meta import ModelError, check_name
from abm_desktop.learning.registry.model_names import is_taken
from abm_desktop.model_folders import META_FILE, POLICY_FILE, folder_of, pending_policy
from abm_desktop.whole_files import Claim, clear_parts, turn, whole_file, whole_folder, write_whole

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

__all__ = ["checkpoint_name", "reserve", "save_model"]


def reserve(name: str, stem: str) -> Claim:
    """Hold the name of a model that is to be trained, until the claim is released.

    That is ``name``, or without one the first of ``stem-1``, ``stem-2``, ... that nothing has and
    nothing holds. Of several callers at once, in any processes, each gets another name.

    Raises :class:`ModelError` if ``name`` cannot be one, or is taken.
    """
    return model_names.reserve(name, stem, folder_of)


def save_model(
    info: ModelInfo, policy: PolicyNet, write_checkpoint: Callable[[Path], None]
) -> Path:
    """Write a model, or a newer state of it; returns its folder.

    ``write_checkpoint`` is called with a folder to fill, unless the checkpoint that ``info`` names
    is there already. What was there before stays whole until the new state is.
    """
    folder = paths.models_dir() / check_name(info.name)
    if not is_taken(folder) and not os.path.ismount(folder):
        clear_parts(folder)
        with whole_folder(folder) as part:
            (part / info.checkpoint).mkdir()
            write_checkpoint(part / info.checkpoint)
            policy.save(part / POLICY_FILE)
            write_whole(part / META_FILE, text_of_info(info))
        return folder
    with contextlib.suppress(ModelError):
        read_info(
            folder / META_FILE
        )  # brings a save to its end that was interrupted after it happened
    for left in folder.glob(".*.part"):  # of one that was interrupted before
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    for left in folder.glob(".*.policy.npz"):
        left.unlink()
    target = folder / info.checkpoint
    made = not target.exists()
    pending = pending_policy(folder, info.checkpoint)
    try:
        if made:
            with whole_folder(target) as part:
                write_checkpoint(part)
        with whole_file(pending) as part, part.open("wb") as stream:
            policy.save(stream)
        # A minute: a training is not to fail because somebody's tagging was stopped with Ctrl+Z.
        with turn(paths.models_dir(), info.name, seconds=60.0):
            with contextlib.suppress(ModelError):  # tags put on it while it trains
                info = replace(info, tags=read_info(folder / META_FILE).tags or info.tags)
            write_whole(folder / META_FILE, text_of_info(info))
    except BaseException:
        pending.unlink(missing_ok=True)
        if made:
            shutil.rmtree(target, ignore_errors=True)
        raise
    with contextlib.suppress(FileNotFoundError):  # whoever has read it since has done that already
        pending.replace(folder / POLICY_FILE)
    for old in folder.glob("checkpoint-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def checkpoint_name(iteration: int) -> str:
    """Folder name of the checkpoint after ``iteration``."""
    return f"checkpoint-{iteration:06d}"
