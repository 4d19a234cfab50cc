"""Which names of models are in use now: trained, taken in, renamed or deleted, by any process.

A name is held by a lock of the operating system among those of the models' folder
(:mod:`abm_desktop.whole_files`), from the moment it is chosen. Whoever holds it is the only one who
makes, moves or removes what is called so; a process that is killed holds nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable

from abm_desktop import paths, whole_files
from abm_desktop.whole_files import Claim

__all__ = ["claim", "claim_numbered", "is_trained", "trained_now"]


def claim(name: str) -> Claim:
    """Hold the name of a model until the claim is released, or forgotten, or the process ends.

    Raises :class:`~abm_desktop.whole_files.TakenError` while anything else holds it; OSError.
    """
    return whole_files.claim(paths.models_dir(), name)


def claim_numbered(stem: str, taken: Callable[[str], bool]) -> Claim:
    """Hold the first of ``stem-1``, ``stem-2``, ... that is neither held nor ``taken``."""
    return whole_files.claim_numbered(paths.models_dir(), stem, taken)


def is_trained(name: str) -> bool:
    """Whether anything holds the name of the model ``name``: nearly always a training."""
    return whole_files.is_claimed(paths.models_dir(), name)


def trained_now() -> list[str]:
    """Names of all models that are in use, sorted."""
    return whole_files.claimed(paths.models_dir())
