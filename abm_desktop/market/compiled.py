"""How this room compiles: two decorators, a cache that sees every edit, and bit intrinsics."""

from __future__ import annotations

import contextlib
import hashlib
import linecache
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from abm_desktop.inputs import InputError
from abm_desktop.paths import usable_cache_dir, user_cache_dir
from abm_desktop.scenario.population import SECTIONS, class_of
from abm_desktop.scenario.stress import STRESS_TYPES

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


_KEPT = 11
"""Caches of other sources that stay, some 40 MB each. With few, checkouts that are in use side by
side throw out each other's, and compile all the time."""

_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILED_ROOMS = ("market", "envs", "learning/arrays")
_OWN_IMPORT = re.compile(r"^\s*from abm_desktop\.([\w.]+) import (?:\(([^)]*)\)|(.*))", re.M)


@cache
def source_version() -> str:
    """Hash of every source of this room: two markets of one version and seed are the same."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _compilation_key() -> str:
    """Hash of all that compiled code is made from: Numba's own cache sees no edit in a callee."""
    digest = hashlib.sha256(numba.__version__.encode())
    if numba.config.BOUNDSCHECK:
        digest.update(b"bounds are checked")  # Numba's own cache would mix the two
    for name, source in sorted(compiled_sources().items()):
        digest.update(name.encode())
        digest.update(source.encode())
    digest.update(kinds_of_things().encode())
    return digest.hexdigest()[:16]


def compiled_sources() -> dict[str, str]:
    """Sources of the modules that hold kernels, and of all that those import in their rooms.

    The Python face of the market is not among them: an edit there compiles nothing again.
    """
    texts = {
        path.relative_to(_PACKAGE).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for room in _COMPILED_ROOMS
        for path in (_PACKAGE / room).rglob("*.py")
    }
    waiting = [
        name for name, text in texts.items() if re.search(r"^@(kernel|fused|inlined)\b", text, re.M)
    ]
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name not in texts:
            continue
        found[name] = texts[name]
        for module, several, one in _OWN_IMPORT.findall(texts[name]):
            folder = module.replace(".", "/")
            waiting += [folder, f"{folder}/__init__"]
            waiting += [f"{folder}/{word}" for word in re.findall(r"\w+", several or one)]
    return found


def kinds_of_things() -> str:
    """The tables that kernels are made of: which traders and stresses the models say there are.

    Their order is their number in compiled code; all else of a model is data to it.
    """
    traders = [(name, class_of(name)) for name in SECTIONS]
    return repr((traders, list(STRESS_TYPES)))


def compile_cache_dir() -> Path:
    """The folder that holds the compiled code of exactly this version of the sources."""
    return user_cache_dir() / "numba" / _compilation_key()


def _use_cache() -> None:
    folder = usable_cache_dir() / "numba" / _compilation_key()
    folder.mkdir(parents=True, exist_ok=True)
    numba.config.CACHE_DIR = str(folder)
    with contextlib.suppress(FileNotFoundError):  # another process tidies up at this moment
        stale = sorted(
            (p for p in folder.parent.iterdir() if p.is_dir() and p != folder),
            key=lambda p: p.stat().st_mtime,
        )
        for old in stale[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)


_use_cache()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile without the GIL and without reference counts; array arguments are only borrowed."""
    dispatcher = njit(cache=True, nogil=True, _nrt=False, error_model="numpy")(function)
    return _one_for_all_constants(dispatcher)


def fused(function: Callable[..., Any]) -> Any:
    """Compile like a kernel, but into each kernel that calls it.

    For what is called at each event with many arrays, each of which is seven words to hand over.
    """
    return _one_for_all_constants(
        njit(cache=True, nogil=True, forceinline=True, _nrt=False, error_model="numpy")(function)
    )


def kernel_with_products(function: Callable[..., Any]) -> Any:
    """As :func:`kernel`, for functions with matrix products: ``np.dot`` counts references."""
    return njit(cache=True, nogil=True, error_model="numpy")(function)


def kernel_from_text(name: str, text: str, scope: Mapping[str, Any]) -> Any:
    """Compile the kernel ``name`` from source text that was made (see :mod:`.dispatch`).

    Numba keeps no code of it by itself: kernels in files that call it are kept with it inside. LLVM
    puts it into the one that calls it: handing a dozen arrays on costs more than its branches.
    """
    file = f"<{name} of {__package__}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made = dict(scope)
    exec(compile(text, file, "exec"), made)
    made[name].__module__ = __name__
    dispatcher = njit(nogil=True, forceinline=True, _nrt=False, error_model="numpy")(made[name])
    return _one_for_all_constants(dispatcher)


def _one_for_all_constants(dispatcher: Any) -> Any:
    """Let a call with a constant use the code for any number.

    By itself Numba compiles a kernel once more for each constant that another kernel passes to it:
    ``advance`` three times, small ones up to eighteen. LLVM sees the constants wherever it inlines.
    """
    of_types = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        plain = tuple(types.unliteral(kind) for kind in args)
        return of_types(plain, {name: types.unliteral(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template
    return dispatcher


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
def fetch_add(typing_context: Any, counters: Any, index: Any, amount: Any) -> Any:
    """Add to ``counters[index]``, int64, and return what it was, as if no other thread did so."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        struct = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.gep(struct.data, [args[1]])
        return builder.atomic_rmw("add", place, args[2], "seq_cst")

    return types.int64(counters, types.int64, types.int64), codegen


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
    """Machine code of a kernel for these arguments, compiled afresh (no cached code shows)."""
    fresh = njit(nogil=True, _nrt=False, error_model="numpy")(function.py_func)
    fresh.compile(tuple(numba.typeof(argument) for argument in arguments))
    return str(fresh.inspect_asm(fresh.signatures[0]))
