"""A desktop market laboratory: RL and algorithmic traders in one limit order book.

The names below are the public face; each is loaded when it is first asked for, so that importing
the package itself costs nothing::

    from abm_desktop import Experiment, MarketEnv, RLTrainer, Simulator, stress_test_agent
"""

TYPE_CHECKING = False  # typing is too slow an import for every start of Python
if TYPE_CHECKING:
    from abm_desktop.envs import MarketEnv
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.learning.judging.stress_test import stress_test_agent
    from abm_desktop.learning.trainer import RLTrainer
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.remote.client import connect

__all__ = ["Experiment", "MarketEnv", "RLTrainer", "Simulator", "connect", "stress_test_agent"]

__version__: str
"""Of the package that is installed, e.g. "0.2.0", else "unknown"; read when first asked for."""

_HOMES = {
    "Experiment": "abm_desktop.experiments.experiment",
    "MarketEnv": "abm_desktop.envs",
    "RLTrainer": "abm_desktop.learning.trainer",
    "Simulator": "abm_desktop.market.simulator",
    "connect": "abm_desktop.remote.client",
    "stress_test_agent": "abm_desktop.learning.judging.stress_test",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib import metadata

        try:
            version = metadata.version("abm-desktop")
        except metadata.PackageNotFoundError:
            version = "unknown"
        globals()["__version__"] = version
        return version
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
