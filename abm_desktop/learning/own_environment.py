"""A vector environment of one's own, named "module:factory": found, called, and looked at.

Naming one runs its module. So it comes from a person, never from a file (see ``config``).
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gymnasium.vector import VectorEnv

from abm_desktop.inputs import InputError, shown

KEYS = ("scenario", "episode_seconds", "seed")
"""What a factory is given by name, beside the number of environments."""


def here() -> str:
    """The current folder, where a person's own environment may lie; "" if it was removed."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def find_factory(name: str, folder: str = "") -> Callable[..., Any]:
    """The factory called ``name``, "module:factory".

    The module is looked for in ``folder`` too, after everywhere else.

    Raises :class:`InputError` if there is none, or it does not take what it will be given.
    """
    module, _, factory_name = name.partition(":")
    if folder and folder not in sys.path:
        # Last: nothing in somebody's folder takes the place of another module.
        sys.path.append(folder)
    try:
        factory = getattr(importlib.import_module(module), factory_name)
    except ImportError as error:
        raise _wrong(f"is {name!r}, but its module cannot be loaded: {error}") from error
    except AttributeError:
        raise _wrong(f"is {name!r}, but {module} has no {factory_name}") from None
    if not callable(factory):
        raise _wrong(f"is {name!r}, which cannot be called")
    try:
        inspect.signature(factory).bind(1, **dict.fromkeys(KEYS))
    except TypeError as error:
        raise _wrong(f"is {name!r}, which does not take these: {error}") from None
    except ValueError:
        pass  # it does not tell what it takes
    return factory


def make_own(
    name: str, num_envs: int, choices: Mapping[str, Any], folder: str = ""
) -> VectorEnv[Any, Any, Any]:
    """Call the factory. Raises :class:`InputError` if it gives no vector environment."""
    env = find_factory(name, folder)(num_envs, **choices)
    if not isinstance(env, VectorEnv):
        raise _wrong(f"is {name!r}, which gives {shown(env)}, no gymnasium.vector.VectorEnv")
    return env


def _wrong(message: str) -> InputError:
    return InputError(
        message,
        key="environment",
        remedy="name module:factory, which is called with num_envs, scenario, episode_seconds "
        "and seed",
    )
