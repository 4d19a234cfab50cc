"""Between RLlib's module and plain arrays: the policy that was trained is the one that trades."""

from __future__ import annotations

from typing import Any, Literal

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
    layers, activation = actor_layers(module)
    with torch.no_grad():
        # Torch keeps [out, in]; the market reads rows of the input, [in, out].
        weights = tuple(layer.weight.detach().cpu().numpy().T.copy() for layer in layers)
        biases = tuple(layer.bias.detach().cpu().numpy().copy() for layer in layers)
    kept = find_role(role).kept_sizes(sizes)
    policy = PolicyNet(weights, biases, activation, greedy, name, role, kept)
    return even_handed(policy) if both_sides else policy


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
