"""Marks beside the compiled code: whether it is that of this installation, and how much is there.

Numba keeps the code of a file by its path. So what one installation has compiled is of no use to
another with the same sources: each has a mark of its own.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from numba.core.caching import UserProvidedCacheLocator

from abm_desktop.market import compiled

__all__ = ["ENVIRONMENTS", "cache_is_warm", "kernels_in_cache", "mark_cache_warm"]

MARKET, ENVIRONMENTS = "warm", "environments"
"""What there is a mark of: a first market, the environments of the control API."""
_PACKAGE = Path(compiled.__file__).resolve().parents[1]


def cache_is_warm(what: str = MARKET) -> bool:
    """True if a process has compiled ``what`` of this installation's sources as they are now."""
    return _mark(what).exists()


def mark_cache_warm(what: str = MARKET) -> None:
    """Remember that ``what`` has been compiled."""
    mark = _mark(what)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def kernels_in_cache() -> int:
    """How many kernels of this installation are in the cache."""
    files = [_PACKAGE / f"{name}.py" for name in compiled.compiled_sources()]
    folders = {UserProvidedCacheLocator.get_suitable_cache_subpath(str(file)) for file in files}
    kept = compiled.compile_cache_dir()
    return sum(1 for folder in folders for _ in (kept / folder).glob("*.nbi"))


def _mark(what: str) -> Path:
    place = hashlib.sha256(str(_PACKAGE).encode()).hexdigest()[:16]
    return compiled.compile_cache_dir() / f"{what}-{place}"
