"""Between RLlib's module and plain arrays: the policy that was trained is the one that trades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from ray.rllib.core.rl_module.rl_module import RLModule
from torch import nn

from abm_desktop.market.even_handed import even_handed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE, RoleSizes, find_role

Activation = Literal["tanh", "relu"]
_ACTIVATIONS: dict[type[nn.Module], Activation] = {nn.Tanh: "tanh", nn.ReLU: "relu"}


class UnsupportedNetworkError(TypeError):
    """The module is not the standard multilayer perceptron that a market can run."""


def actor_layers(module: RLModule) -> tuple[list[nn.Linear], Activation]:
    """The linear layers from observation to logits, and the activation between them."""
    base: Any = module.unwrapped()
    if hasattr(base, "pi_encoder"):  # SAC
        return head_layers(base.pi_encoder, base.pi)
    if hasattr(base, "af"):  # DQN: a state's value is the same for every action of it
        return head_layers(base.encoder, base.af)
    if hasattr(base.encoder, "actor_encoder"):
        return head_layers(base.encoder.actor_encoder, base.pi)
    return head_layers(base.encoder.encoder, base.pi)  # shared with the value function


def critic_layers(module: RLModule) -> tuple[list[nn.Linear], Activation]:
    """The linear layers from observation to value, and the activation between them."""
    base: Any = module.unwrapped()
    if not hasattr(base.encoder, "critic_encoder"):
        raise UnsupportedNetworkError("the value function shares its layers with the policy")
    return head_layers(base.encoder.critic_encoder, base.vf)


def policy_from_module(
    module: RLModule,
    name: str = "",
    greedy: bool = True,
    sizes: RoleSizes | None = None,
    role: str = DEFAULT_ROLE,
    both_sides: bool = False,
) -> PolicyNet:
    """Copy the actor's weights out of an RLlib module.

    ``sizes`` are what it is trained for; a role that has none keeps to the usual. With
    ``both_sides`` it is made even-handed (:mod:`abm_desktop.market.even_handed`).

    Raises :class:`UnsupportedNetworkError`, and InputError for layers that the role has not.
    """
    recurrent = isinstance(gru := _gru_of(module), nn.GRU)
    layers, activation = _around(module) if recurrent else actor_layers(module)
    with torch.no_grad():
        # Torch keeps [out, in]; the market reads rows of the input, [in, out].
        weights = [layer.weight.detach().cpu().numpy().T.copy() for layer in layers]
        biases = [layer.bias.detach().cpu().numpy().copy() for layer in layers]
        if recurrent:
            at = len(layers) - 1
            weight, bias = _of_gru(gru)
            weights.insert(at, weight)
            biases.insert(at, bias)
    kept = find_role(role).kept_sizes(sizes)
    network: Literal["perceptron", "gru"] = "gru" if recurrent else "perceptron"
    policy = PolicyNet(tuple(weights), tuple(biases), activation, greedy, name, role, kept, network)
    return even_handed(policy) if both_sides else policy


def _gru_of(module: RLModule) -> nn.Module | None:
    base: Any = module.unwrapped()
    return getattr(getattr(getattr(base, "encoder", None), "actor_encoder", None), "gru", None)


def _around(module: RLModule) -> tuple[list[nn.Linear], Activation]:
    """The layers before and behind a recurrent one, and the activation between those before."""
    base: Any = module.unwrapped()
    before = base.encoder.actor_encoder.tokenizer
    if before is None:
        return [leaf for leaf in base.pi.modules() if isinstance(leaf, nn.Linear)], "tanh"
    return head_layers(before, base.pi)


def _of_gru(gru: nn.Module) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases of torch's recurrent layer, as :class:`PolicyNet` has them.

    Torch keeps two biases for each gate, of which but one pair has to be apart.
    """
    parts = (gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0)
    seen, known, bias, of_state = (part.detach().cpu().numpy() for part in parts)
    units = known.shape[1]
    together = bias[: 2 * units] + of_state[: 2 * units]
    weights = np.concatenate((seen.T, known.T))
    return weights, np.concatenate((together, bias[2 * units :], of_state[2 * units :]))


def keep_blind(module: RLModule, unseen: Sequence[int]) -> None:
    """Let all networks of the module begin without weights for these observations.

    They stay 0 if learning never sees them: then their gradients are 0 too.
    """
    base: Any = module.unwrapped()
    places = list(unseen)
    for name, part in base.named_modules():
        parts = [leaf for leaf, _ in part.named_modules() if leaf.endswith("encoder")]
        if not places or not name.endswith("encoder") or parts:
            continue
        first = next(leaf for leaf in part.modules() if isinstance(leaf, nn.Linear | nn.GRU))
        weight = first.weight if isinstance(first, nn.Linear) else first.weight_ih_l0
        with torch.no_grad():
            weight[:, places] = 0.0


def head_layers(*parts: nn.Module) -> tuple[list[nn.Linear], Activation]:
    """The linear layers of an encoder and a head, in order, and the activation between them."""
    linear: list[nn.Linear] = []
    activations: set[Activation] = set()
    for part in parts:
        for leaf in part.modules():
            if isinstance(leaf, nn.Linear):
                linear.append(leaf)
            elif type(leaf) in _ACTIVATIONS:
                activations.add(_ACTIVATIONS[type(leaf)])
            elif not list(leaf.children()) and not isinstance(leaf, nn.Identity):
                raise UnsupportedNetworkError(f"a layer of type {type(leaf).__name__}")
    if len(activations) != 1 or any(layer.bias is None for layer in linear):
        raise UnsupportedNetworkError(
            "needs biases, and one activation (tanh or relu) between layers"
        )
    return linear, activations.pop()
