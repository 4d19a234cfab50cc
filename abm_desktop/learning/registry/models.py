"""The registry of trained models: one folder per model under the user's data folder.

::

    <models_dir>/<name>/
        meta.json             what it is, how it was trained, how well it did; names the checkpoint
        policy.npz            the policy as plain arrays (abm_desktop.market.policy.PolicyNet)
        history.jsonl         the curves of its training
        checkpoint-000100/    what a training can go on from (checkpoints.py)

A few trained models ship with the program, without checkpoints; they can be read but not changed,
and a user's model of the same name goes first. More of the same recipes, from other seeds, ship for
the studies: they are found by name, and listed only if they are asked for. What a name means is
said in one place, :mod:`abm_desktop.model_folders`, and so a scenario can name every model that is
listed.

The name of the folder is the name of the model. Names are held while something makes, moves or
removes a model (:mod:`.model_names`).

This module is the registry's door; the work is done in :mod:`.model_list`, :mod:`.model_changes`,
:mod:`.model_transfer` and :mod:`.model_saving`.
"""

from __future__ import annotations

from abm_desktop.learning.registry.model_changes import (
    delete_model,
    rename_model,
    set_metrics,
    set_status,
    tag_model,
)
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.learning.registry.model_list import (
    get_model,
    list_models,
    load_policy,
    read_policy,
)
from abm_desktop.learning.registry.model_meta import ModelError
from abm_desktop.learning.registry.model_saving import checkpoint_name, reserve, save_model
from abm_desktop.learning.registry.model_transfer import export_model, import_model

__all__ = [
    "ModelError",
    "ModelInfo",
    "checkpoint_name",
    "delete_model",
    "export_model",
    "get_model",
    "import_model",
    "list_models",
    "load_policy",
    "read_policy",
    "rename_model",
    "reserve",
    "save_model",
    "set_metrics",
    "set_status",
    "tag_model",
]
