"""What a training goes on from, as plain arrays and JSON: nothing in a checkpoint is ever run.

::

    <model>/checkpoint-000100/
        state.json    version, counters, random streams
        state.npz     weights, by the names of the parameters, and what the optimisers know of each
        replay.npz    the replay buffer, if it was to be kept

Parameters are found by name, so that RLlib's own learners and the fast ones go on from each other's
checkpoints. Step sizes are no part of it: they are those of the training that goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError, whole
from abm_desktop.learning.registry.models import ModelError
from abm_desktop.learning.rllib_private import count_updates, updates_made
from abm_desktop.plain_json import read_json

__all__ = ["REPLAY_FILE", "check", "restore", "save"]

VERSION = 1
STATE_FILE, ARRAYS_FILE, REPLAY_FILE = "state.json", "state.npz", "replay.npz"

_WEIGHTS, _MOMENTS, _EXTRA = "weights/", "moments/", "extra/"
_KINDS = ("exp_avg", "exp_avg_sq", "step")
"""What Adam keeps of a parameter: means of its gradient and of its square, and the steps done."""
_MOST_STEPS = 1e15
_SLACK = 1 << 20


def check(folder: Path) -> None:
    """Raise :class:`ModelError` for a folder that no training can go on from; loads no torch."""
    for place in (folder, *(folder / name for name in (STATE_FILE, ARRAYS_FILE, REPLAY_FILE))):
        if place.is_symlink():
            raise ModelError("is a link", path=place, remedy="put what it leads to in its place")
    if not (folder / STATE_FILE).is_file():
        if any((folder / name).exists() for name in ("rllib_checkpoint.json", "learner_group")):
            raise ModelError(
                "is a checkpoint in RLlib's own format, of an earlier version of the program; such "
                "files can hold code and are not read any more",
                path=folder,
                remedy="the policy still trades; to go on learning, train a new model",
            )
        raise ModelError("is not a whole checkpoint", path=folder, remedy="train a new model")
    _values(folder)


def save(learner: Any, folder: Path) -> None:
    """Write the state of a learner of one module. Raises OSError."""
    weights = weights_of(learner)
    arrays = {f"{_WEIGHTS}{name}": tensor.numpy() for name, tensor in weights.items()}
    for optimizer, parameter, name in learned_by(learner):
        for kind, value in optimizer.state.get(parameter, {}).items():
            arrays[f"{_MOMENTS}{name}/{kind}"] = value.detach().numpy()
    values: dict[str, Any] = {"format": VERSION, "updates": updates_made(learner)}
    if hasattr(learner, "memory"):
        extra, values["memory"] = learner.memory()
        arrays |= {f"{_EXTRA}{name}": array for name, array in extra.items()}
    np.savez(folder / ARRAYS_FILE, **arrays)
    (folder / STATE_FILE).write_text(json.dumps(values), encoding="utf-8")


def restore(learner: Any, folder: Path) -> None:
    """Take over what :func:`save` wrote, once all of it was found to fit.

    Raises :class:`ModelError` for what is damaged, or of another network.
    """
    check(folder)
    values = _values(folder)
    file = folder / ARRAYS_FILE
    weights = weights_of(learner)
    size = sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
    try:
        arrays = load_arrays(file, max_arrays=16 * len(weights) + 64, max_bytes=4 * size + _SLACK)
        for name, tensor in weights.items():
            _fit(arrays, f"{_WEIGHTS}{name}", tensor)
        moments = _moments(learner, arrays)
        if hasattr(learner, "remember"):
            extra = {k.removeprefix(_EXTRA): v for k, v in arrays.items() if k.startswith(_EXTRA)}
            learner.remember(extra, values.get("memory", {}))
    except InputError as error:
        if error.path is None:
            raise ModelError(f"does not fit: {error}", path=file) from error
        raise ModelError(str(error), remedy="train a new model") from error
    _put(learner, weights, arrays, moments)
    count_updates(learner, values["updates"])


def _values(folder: Path) -> dict[str, Any]:
    file = folder / STATE_FILE
    try:
        values = read_json(file)
        if not isinstance(values, dict) or not isinstance(values.get("memory", {}), dict):
            raise InputError("holds no state of a training")
        whole(values.get("format"), "format", VERSION, VERSION)
        whole(values.get("updates"), "updates", 0, 2**62)
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", path=file) from error
    except InputError as error:
        path = None if error.path else file
        raise ModelError(str(error), path=path, remedy="train a new model") from error
    return values


def _moments(learner: Any, arrays: dict[str, np.ndarray]) -> list[tuple[Any, Any, dict[str, Any]]]:
    """(optimiser, parameter, what it knows of it) of all that the checkpoint tells of."""
    found = []
    for optimizer, parameter, name in learned_by(learner):
        place = f"{_MOMENTS}{name}"
        if not any(f"{place}/{kind}" in arrays for kind in _KINDS):
            continue
        known = {}
        for kind in _KINDS:
            like = parameter.detach()
            like = like.new_zeros(()) if kind == "step" else like
            known[kind] = _fit(arrays, f"{place}/{kind}", like)
        step = float(known["step"])
        if not 0.0 <= step <= _MOST_STEPS or (known["exp_avg_sq"] < 0.0).any():
            raise InputError("is no state of Adam", key=place)
        found.append((optimizer, parameter, known))
    return found


def _fit(arrays: dict[str, np.ndarray], key: str, like: Any) -> np.ndarray:
    """The array of this name, of the shape and kind of the tensor ``like``."""
    if key not in arrays:
        raise InputError("is missing", key=key)
    array, wanted = arrays[key], like.numpy()
    if array.shape != wanted.shape or array.dtype != wanted.dtype:
        raise InputError(
            f"is {array.dtype} {array.shape}, not {wanted.dtype} {wanted.shape}", key=key
        )
    if not np.isfinite(array).all():
        raise InputError("holds numbers that are not finite", key=key)
    return array


def _put(
    learner: Any,
    weights: dict[str, Any],
    arrays: dict[str, np.ndarray],
    moments: list[tuple[Any, Any, dict[str, Any]]],
) -> None:
    import torch

    with torch.no_grad():
        for name, tensor in weights.items():
            # In place: the fast learners see the same memory as arrays.
            tensor.copy_(torch.from_numpy(arrays[f"{_WEIGHTS}{name}"]))
    for optimizer in _optimizers(learner):
        optimizer.state.clear()
    for optimizer, parameter, known in moments:
        optimizer.state[parameter] = {
            kind: torch.from_numpy(np.array(array)) for kind, array in known.items()
        }


def _module(learner: Any) -> Any:
    from ray.rllib.core import DEFAULT_MODULE_ID

    return learner.module[DEFAULT_MODULE_ID].unwrapped()


def weights_of(learner: Any) -> dict[str, Any]:
    """Everything that is learned, target networks and SAC's temperature among it, as tensors."""
    found = {name: tensor.detach() for name, tensor in _module(learner).state_dict().items()}
    return found | {name: tensor.detach() for name, tensor in _temperature(learner).items()}


def _parameters(learner: Any) -> dict[int, str]:
    """Names of the parameters by ``id``."""
    named = dict(_module(learner).named_parameters()) | _temperature(learner)
    return {id(parameter): name for name, parameter in named.items()}


def learned_by(learner: Any) -> Iterator[tuple[Any, Any, str]]:
    """(optimiser, parameter, its name) of all that is learned.

    A parameter without a name is none of the networks': RLlib's SAC, built twice, leaves its
    optimiser with the temperature of the first time.
    """
    names = _parameters(learner)
    for optimizer in _optimizers(learner):
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if id(parameter) in names:
                    yield optimizer, parameter, names[id(parameter)]


def _temperature(learner: Any) -> dict[str, Any]:
    from ray.rllib.core import DEFAULT_MODULE_ID

    known = getattr(learner, "curr_log_alpha", None)
    return {} if known is None else {"log_alpha": known[DEFAULT_MODULE_ID]}


def _optimizers(learner: Any) -> list[Any]:
    from ray.rllib.core import DEFAULT_MODULE_ID

    return [optimizer for _, optimizer in learner.get_optimizers_for_module(DEFAULT_MODULE_ID)]
