"""The policies that a scenario names: read from their files, one for each ``[[rl]]`` group."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop.market.policy import PolicyNet
from abm_desktop.model_folders import POLICY_FILE, folder_of, is_name, policy_file

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario


def find_policy(model: str | Path) -> PolicyNet:
    """Load a policy by a model's name, which it then has, or from a path.

    Raises:
        FileNotFoundError: if there is neither such a model nor such a file.
        InputError: if the file is not a policy, or for what is neither a name nor a path.
    """
    file = policy_file(model)
    policy = PolicyNet.load(file)
    if is_name(model) and file == folder_of(str(model)) / POLICY_FILE:
        return dataclasses.replace(policy, name=str(model))
    return policy


def policies_of(scenario: Scenario) -> list[PolicyNet]:
    """The policy of every ``[[rl]]`` group. Raises as :func:`find_policy`."""
    return [find_policy(group.model) for group in scenario.rl]
