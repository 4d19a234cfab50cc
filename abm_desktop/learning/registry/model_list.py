"""Models are listed, and read by their names. The folders are the truth, and are read each time."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry.model_info import ModelInfo, read_info
from abm_desktop.learning.registry.model_meta import ModelError, check_name
from abm_desktop.model_folders import META_FILE, POLICY_FILE, folder_of, shipped_dirs

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

__all__ = ["get_model", "list_models", "load_policy", "read_policy"]

log = logging.getLogger("abm_desktop.learning.registry.models")

_told: set[str] = set()
"""Damaged folders that a warning has named, with what is wrong: one warning each."""


def list_models(
    *,
    studies: bool = False,
    algorithm: str | None = None,
    role: str | None = None,
    scenario: str | None = None,
    status: str | None = None,
    parent: str | None = None,
    tag: str | None = None,
    accepted: bool | None = None,
) -> list[ModelInfo]:
    """Every whole model: the user's, newest first, then those that ship with the program.

    With ``studies``, those that ship for the studies as well. Each other argument leaves only the
    models with this value; ``accepted`` is the verdict of the evaluation, which a model may not
    have yet.
    """
    wanted = {
        "algorithm": algorithm, "role": role, "scenario": scenario, "status": status,
        "parent": parent,
    }  # fmt: skip
    _tell_of_parts()
    own = _models_in(paths.models_dir())
    # A model of the user's hides a shipped one whatever is asked for.
    taken = {info.name for info in own}
    shipped = shipped_dirs() if studies else shipped_dirs()[:1]
    found = own + [i for root in shipped for i in _models_in(root) if i.name not in taken]
    return [
        info
        for info in found
        if all(value is None or getattr(info, key) == value for key, value in wanted.items())
        and (tag is None or tag in info.tags)
        and (accepted is None or (info.metrics.get("evaluation") or {}).get("accepted") is accepted)
    ]


def _models_in(root: Path) -> list[ModelInfo]:
    """The whole models of a folder, newest first; of damaged ones a warning tells, once each."""
    found = []
    for file in root.glob(f"*/{META_FILE}"):
        if file.parent.name.startswith("."):  # being made or removed, or a killed program's
            continue
        try:
            found.append(read_info(file))
        except ModelError as error:
            _warn_once(str(error))
    found.sort(key=lambda info: info.name)
    found.sort(key=lambda info: info.created, reverse=True)
    return found


def _tell_of_parts() -> None:
    """Warn of what lies among the user's models and looks like one, but has no description."""
    with contextlib.suppress(OSError):
        for entry in sorted(paths.models_dir().iterdir()):
            if entry.name.startswith(".") or os.path.lexists(entry / META_FILE):
                continue
            if entry.suffix in (".npz", ".zip") and entry.is_file():
                _warn_once(f"{entry} is no folder; take it in: abm-desktop models import {entry}")
            elif (policy := entry / POLICY_FILE).is_file():
                _warn_once(
                    f"{entry} has no {META_FILE}; put it there, or take its policy in alone: "
                    f"abm-desktop models import {policy} --name NEW-NAME"
                )
            elif entry.is_dir() and any(entry.glob("checkpoint-*")):
                _warn_once(f"{entry} has no {META_FILE}; put it there, or delete the folder")


def _warn_once(text: str) -> None:
    if text not in _told:
        _told.add(text)
        log.warning("left out: %s", text)


def get_model(name: str) -> ModelInfo:
    """The model called ``name``. Raises :class:`ModelError`."""
    return read_info(folder_of(check_name(name)) / META_FILE)


def load_policy(name: str) -> PolicyNet:
    """The policy of the model called ``name``, ready to trade. Raises :class:`ModelError`."""
    info = get_model(name)
    try:
        # Marks, the tape and scripts name it as the list of models does, whatever it was called
        # when it was trained.
        return dataclasses.replace(read_policy(info.folder / POLICY_FILE), name=info.name)
    except ModelError as error:
        remedy = f"put a sound {POLICY_FILE} there, or delete the model and train again"
        raise ModelError(f"model {name!r} is damaged: {error}", remedy=remedy) from error


def read_policy(file: Path) -> PolicyNet:
    """The policy in a ``.npz`` file. Raises :class:`ModelError`."""
    # Here, because it loads the compiler, which a list of models does not need.
    from abm_desktop.market.policy import PolicyNet

    try:
        return PolicyNet.load(file)
    except InputError as error:
        raise ModelError(error.message, path=file, remedy=error.remedy) from error
