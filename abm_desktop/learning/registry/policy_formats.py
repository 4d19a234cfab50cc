"""A policy in the formats of other programs: ONNX, TorchScript, and NumPy's plain arrays.

All take observations float32 (n, inputs), scaled and clipped as the market's ``features`` and the
environments give them, and give logits float32 (n, actions). A directional trader has 13 inputs and
the actions SELL, HOLD and BUY. A recurrent policy takes a ``state`` (n, units) as well, which is 0
at first, and gives the ``next_state``. Role and names of observations and actions are stored in the
file.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.learning.registry.gate_weights import gate_weights
from abm_desktop.market.policy import PolicyNet

_OPSET = 17
_IR_VERSION = 8
"""Of ONNX: what runtimes since 2022 read."""


def write_policy(policy: PolicyNet, file: Path, suffix: str = "") -> None:
    """Write ``policy`` in the format that ``suffix`` names, by default that of ``file``.

    Raises ``ValueError`` for a suffix that is none of :data:`FORMATS`, ``OSError`` if the file
    cannot be written.
    """
    write = FORMATS.get((suffix or file.suffix).lower())
    if write is None:
        known = ", ".join(FORMATS)
        raise ValueError(f"{file} has none of the known suffixes: {known}")
    write(policy, file)


def _write_onnx(policy: PolicyNet, file: Path) -> None:
    """A graph with outputs ``logits`` and ``action``, the index of the largest."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []
    flowing = "observations"
    last = len(policy.weights) - 1
    for k, (weights, biases) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        if policy.state_width and k == last - 1:
            nodes += _onnx_recurrent(weights, biases, flowing, constants)
            flowing = "next_state"
            continue
        constants += [
            numpy_helper.from_array(weights, f"weights_{k}"),
            numpy_helper.from_array(biases, f"biases_{k}"),
        ]
        result = "logits" if k == last else f"sum_{k}"
        nodes.append(helper.make_node("Gemm", [flowing, f"weights_{k}", f"biases_{k}"], [result]))
        flowing = result
        if k != last:
            kind = "Tanh" if policy.activation == "tanh" else "Relu"
            nodes.append(helper.make_node(kind, [flowing], [f"hidden_{k}"]))
            flowing = f"hidden_{k}"
    nodes.append(helper.make_node("ArgMax", ["logits"], ["action"], axis=1, keepdims=0))
    graph = helper.make_graph(
        nodes,
        policy.name or "policy",
        [_tensor("observations", TensorProto.FLOAT, len(policy.observations))]
        + _onnx_states(policy, "state"),
        [
            _tensor("logits", TensorProto.FLOAT, len(policy.actions)),
            _tensor("action", TensorProto.INT64),
        ]
        + _onnx_states(policy, "next_state"),
        constants,
    )
    model = helper.make_model(
        graph,
        producer_name="abm-desktop",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(model, _described(policy))
    onnx.checker.check_model(model, full_check=True)
    file.write_bytes(model.SerializeToString())


def _onnx_states(policy: PolicyNet, name: str) -> list[Any]:
    from onnx import TensorProto

    return [_tensor(name, TensorProto.FLOAT, policy.state_width)] if policy.state_width else []


def _onnx_recurrent(
    weights: np.ndarray, biases: np.ndarray, inputs: str, constants: list[Any]
) -> list[Any]:
    """Nodes from ``inputs`` and "state" to "next_state"; see :func:`.market.network.remember`."""
    from onnx import helper, numpy_helper

    parts = gate_weights(weights, biases)
    for name, array in (
        ("weights_seen", parts.seen),
        ("biases_seen", parts.seen_bias),
        ("weights_state", parts.state),
        ("biases_state", parts.state_bias),
    ):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    node = helper.make_node
    return [
        node("Gemm", [inputs, "weights_seen", "biases_seen"], ["seen"]),
        node("Gemm", ["state", "weights_state", "biases_state"], ["known"]),
        node("Split", ["seen"], ["seen_reset", "seen_update", "seen_new"], axis=1),
        node("Split", ["known"], ["known_reset", "known_update", "known_new"], axis=1),
        node("Add", ["seen_reset", "known_reset"], ["sum_reset"]),
        node("Add", ["seen_update", "known_update"], ["sum_update"]),
        node("Sigmoid", ["sum_reset"], ["reset"]),
        node("Sigmoid", ["sum_update"], ["update"]),
        node("Mul", ["reset", "known_new"], ["kept"]),
        node("Add", ["seen_new", "kept"], ["sum_new"]),
        node("Tanh", ["sum_new"], ["new"]),
        node("Sub", ["state", "new"], ["apart"]),
        node("Mul", ["update", "apart"], ["part"]),
        node("Add", ["new", "part"], ["next_state"]),
    ]


def _tensor(name: str, kind: int, width: int | None = None) -> Any:
    from onnx import helper

    shape = ["n"] if width is None else ["n", width]
    return helper.make_tensor_value_info(name, kind, shape)


def _write_torchscript(policy: PolicyNet, file: Path) -> None:
    """A scripted module, to be read with ``torch.jit.load``; its extra file is ``policy.json``."""
    import torch

    from abm_desktop.learning.registry.torch_policy import torch_policy

    with warnings.catch_warnings():
        # Torch would rather see torch.export, whose files no other runtime reads yet.
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.script(torch_policy(policy).eval())
    module.save(str(file), _extra_files={"policy.json": json.dumps(_described(policy))})


def _described(policy: PolicyNet) -> dict[str, str]:
    return {
        "name": policy.name,
        "role": policy.role,
        "observations": json.dumps(policy.observations),
        "actions": json.dumps(policy.actions),
        "greedy": str(policy.greedy).lower(),
        "network": policy.network,
    } | {name: str(value) for name, value in asdict(policy.sizes).items()}


def _write_arrays(policy: PolicyNet, file: Path) -> None:
    with file.open("wb") as stream:  # a path would get the suffix .npz
        policy.save(stream)


FORMATS: dict[str, Callable[[PolicyNet, Path], None]] = {
    ".npz": _write_arrays,
    ".onnx": _write_onnx,
    ".pt": _write_torchscript,
}
"""Writer by suffix."""
