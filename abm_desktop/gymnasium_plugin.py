"""Make ``gymnasium.make("abm_desktop/Market-v0")`` work once the package is installed.

Gymnasium dropped its plug-in entry points in version 1.0: an environment is known once its
package has been imported. So that a user need not know which import that is, the wheel holds a
``.pth`` file that imports this module when Python starts. It waits for ``gymnasium.envs`` to be
imported, and then writes two names into the registry. It imports nothing itself, and a program
that does not use Gymnasium pays under a millisecond.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is too slow an import for every start of Python
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

ENVIRONMENT_ID = "abm_desktop/Market-v0"
ENTRY_POINT = "abm_desktop.envs:MarketEnv"
VECTOR_ENTRY_POINT = "abm_desktop.envs:MarketVectorEnv"

_HOOKED_MODULE = "gymnasium.envs"


def register() -> None:
    """Enter the market into Gymnasium's registry, once; imports Gymnasium, not the market."""
    from gymnasium.envs.registration import register as gymnasium_register
    from gymnasium.envs.registration import registry

    if ENVIRONMENT_ID not in registry:
        gymnasium_register(
            ENVIRONMENT_ID, entry_point=ENTRY_POINT, vector_entry_point=VECTOR_ENTRY_POINT
        )


def install() -> None:
    """Register when Gymnasium is imported, or now where that has happened."""
    if _HOOKED_MODULE in sys.modules:
        register()
    elif not any(isinstance(finder, _AfterGymnasium) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterGymnasium())


class _AfterGymnasium:
    """Steps in for the import of ``gymnasium.envs`` once, and then removes itself."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _HOOKED_MODULE:
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _ThenRegister(spec.loader)  # type: ignore[assignment]
                return spec
        return None


class _ThenRegister:
    """Loads like the loader it wraps, then registers the environment."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # What others see on the module is the loader it would have had without us.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        register()
