"""How this room compiles: two decorators, a cache that sees every edit, and bit intrinsics."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from abm_desktop.inputs import InputError
from abm_desktop.paths import usable_cache_dir, user_cache_dir

_TESTED_NUMBA = "0.68"
if not numba.__version__.startswith(_TESTED_NUMBA + "."):
    # _nrt=False below is a private flag: an untested release must fail loudly, not run slowly.
    raise ImportError(
        f"abm_desktop.market needs numba {_TESTED_NUMBA}.x, found {numba.__version__}. "
        f'Remedy: pip install "numba=={_TESTED_NUMBA}.*"'
    )


if numba.config.DISABLE_JIT:
    raise InputError(
        "is set, and the market runs only as compiled code",
        key="NUMBA_DISABLE_JIT",
        remedy="unset it (unset NUMBA_DISABLE_JIT) and start again",
    )


def _source_hash() -> str:
    """Hash of every source of this room: Numba's own cache does not see an edit in a callee."""
    digest = hashlib.sha256(numba.__version__.encode())
    if numba.config.BOUNDSCHECK:
        digest.update(b"bounds are checked")  # Numba's own cache would mix the two
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def compile_cache_dir() -> Path:
    """The folder that holds the compiled code of exactly this version of the sources."""
    return user_cache_dir() / "numba" / _source_hash()


def cache_is_warm() -> bool:
    """True if a process has compiled these sources on this machine before."""
    return (compile_cache_dir() / "warm").exists()


def mark_cache_warm() -> None:
    """Remember that what a first market needs has been compiled."""
    folder = compile_cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "warm").touch()


def _use_cache() -> None:
    folder = usable_cache_dir() / "numba" / _source_hash()
    folder.mkdir(parents=True, exist_ok=True)
    numba.config.CACHE_DIR = str(folder)
    with contextlib.suppress(FileNotFoundError):  # another process tidies up at this moment
        stale = sorted(
            (p for p in folder.parent.iterdir() if p.is_dir() and p != folder),
            key=lambda p: p.stat().st_mtime,
        )
        for old in stale[:-2]:  # two checkouts side by side keep their caches
            shutil.rmtree(old, ignore_errors=True)


_use_cache()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile without the GIL and without reference counts; array arguments are only borrowed."""
    return njit(cache=True, nogil=True, _nrt=False, error_model="numpy")(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Paste into each caller before type inference: for code on the hot path with one call site."""
    return njit(inline="always", _nrt=False, error_model="numpy")(function)


row = np.uint64
"""Marks an index that is never negative: at each signed one Numba tests for -1, the last row."""


@intrinsic
def count_trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Index of the lowest set bit of a non-zero uint64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


@intrinsic
def count_leading_zeros(typing_context: Any, word: Any) -> Any:
    """Number of zero bits above the highest set bit of a non-zero uint64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


@intrinsic
def prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask the processor to bring one row of a one-dimensional array into its cache."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array_type = signature.args[0]
        struct = context.make_array(array_type)(context, builder, args[0])
        pointer = builder.gep(
            builder.bitcast(struct.data, ir.IntType(8).as_pointer()),
            [builder.mul(args[1], struct.itemsize)],
        )
        i32 = ir.IntType(32)
        function = builder.module.declare_intrinsic(
            "llvm.prefetch.p0",
            fnty=ir.FunctionType(ir.VoidType(), [pointer.type, i32, i32, i32]),
        )
        builder.call(function, [pointer, i32(0), i32(3), i32(1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), codegen


def assembly(function: Any, *arguments: Any) -> str:
    """Machine code of a kernel for these arguments, compiled anew (cached code cannot be shown)."""
    fresh = njit(nogil=True, _nrt=False, error_model="numpy")(function.py_func)
    fresh.compile(tuple(numba.typeof(argument) for argument in arguments))
    return str(fresh.inspect_asm(fresh.signatures[0]))
