"""Kernels made of a table: one branch for each kind of trader or stress, and none written by hand.

A trader or a stress is a model in :mod:`abm_desktop.scenario` and a file of the same name here in
the market. What the kernel calls is made of both when the program starts: source text of one
``if`` after the other, compiled like any other kernel. A function takes what it needs and nothing
else, by the names of its parameters::

    chain = Chain("step", "m s levels")
    chain.branch("s.kind == 0", f"return {chain.call(flash_crash.step)}")
    step = chain.kernel("return np.int64(0)")

Text, because functions in a tuple, as first-class values or nested in each other compile longer or
run slower, and because it reads as what one would write.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from abm_desktop.market.compiled import kernel_from_text


def compiled_file(room: str, name: str, model: type) -> ModuleType:
    """The file of kernels that belongs to a model, ``abm_desktop/market/ROOM/NAME.py``.

    By its name, so that nothing but the model and the file says that there is such a kind.

    Raises:
        ImportError: if there is no such file; the message says what to write.
    """
    file = f"abm_desktop.market.{room}.{name}"
    try:
        return import_module(file)
    except ModuleNotFoundError as error:
        if error.name != file:
            raise
        path = file.replace(".", "/")
        raise ImportError(
            f"{model.__name__} has no compiled side. Remedy: write {path}.py (CONTRIBUTING.md says "
            f"what it holds), or take {name} out of abm_desktop/scenario",
            name=file,
        ) from None


class Chain:
    """A kernel in the making: its parameters, and branch after branch.

    Args:
        name: of the kernel.
        offers: its parameters, which are what the functions of the table may ask for.
        expressions: what a function gets for some of these names in place of the parameter itself.
        scope: other names that the lines of a branch use.
    """

    def __init__(
        self,
        name: str,
        offers: str,
        expressions: Mapping[str, str] | None = None,
        scope: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = name
        self._offers = tuple(offers.split())
        self._expressions = dict(expressions or {})
        self._scope: dict[str, Any] = {"np": np, **(scope or {})}
        self._lines: list[str] = []

    def call(self, function: Any) -> str:
        """The call of a function of the table, with what its parameters ask for.

        Raises:
            ImportError: if it asks for something that this kernel does not have.
        """
        asked = list(inspect.signature(function.py_func).parameters)
        home = function.py_func.__module__
        for name in asked:
            if name not in self._offers:
                raise ImportError(
                    f"{home}: {function.py_func.__name__} asks for {name!r}. Remedy: take some of "
                    f"{', '.join(self._offers)}",
                    name=home,
                )
        alias = f"{home.rpartition('.')[2]}_{function.py_func.__name__}"
        self._scope[alias] = function
        return f"{alias}({', '.join(self._expressions.get(name, name) for name in asked)})"

    def branch(self, condition: str, *lines: str) -> None:
        """Add what happens if a condition holds, and none of those before it."""
        word = "elif" if self._lines else "if"
        self._lines += [f"    {word} {condition}:", *(f"        {line}" for line in lines)]

    def kernel(self, *after: str) -> Callable[..., Any]:
        """Compile it; ``after`` are the lines behind the branches."""
        head = f"def {self._name}({', '.join(self._offers)}):"
        lines = [head, *self._lines, *(f"    {line}" for line in after or ("pass",))]
        return kernel_from_text(self._name, "\n".join(lines) + "\n", self._scope)
