"""A whole market in one ``.npz`` file: written at once, and believed only after a close look."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError, shown
from abm_desktop.market import state
from abm_desktop.market.arrays import SHARED, Markets
from abm_desktop.market.soundness import check_market, opened
from abm_desktop.whole_files import whole_file

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

__all__ = ["SavedMarket", "checksum_of", "read", "write"]

_BESIDE = ("scenario", "seed", "at_open", "pnl_at_open", "checksum")
_MOST_BYTES = 4 << 30
_OTHER = "is not a saved market of this version of the program"


class SavedMarket(NamedTuple):
    """What a file holds beside the scenario it was made from."""

    seed: int
    state: Markets
    at_open: np.ndarray
    """CLASS_ACCOUNT (classes,) as the market opened."""
    pnl_at_open: np.ndarray
    """float64 (classes,), tick-lots."""


def write(
    path: Path | str,
    *,
    scenario: Scenario,
    seed: int,
    state: Markets,
    at_open: np.ndarray,
    pnl_at_open: np.ndarray,
) -> None:
    """Write the file whole or not at all; ``.npz`` is added to a name that ends otherwise.

    Raises:
        InputError: if ``path`` is no path.
        OSError: as writing does.
    """
    target = _named(_path(path))
    values: dict[str, Any] = {
        "scenario": np.array(scenario.model_dump_json()),
        "seed": np.array(seed, np.uint64),
        "at_open": at_open,
        "pnl_at_open": pnl_at_open,
        **{name: array for name, array in state._asdict().items() if name not in SHARED},
    }
    values["checksum"] = np.array(checksum_of(values))
    # Through an open file: to a name, NumPy would add another ending.
    with whole_file(target) as part, part.open("wb") as file:
        np.savez_compressed(file, **values)


def read(path: Path | str, scenario: Scenario) -> SavedMarket:
    """Read a file that :func:`write` wrote.

    Raises:
        InputError: if it is damaged, of another version, of another scenario, or holds a market
            that cannot be; the text begins with the path.
    """
    from abm_desktop.scenario import Scenario

    file = _path(path)
    file = file if file.is_file() else _named(file)
    if not isinstance(scenario, Scenario):
        raise InputError(f"must be a Scenario, not {shown(scenario)}", key="scenario")
    values = load_arrays(file, max_bytes=_MOST_BYTES)
    if {*_BESIDE, *Markets._fields} - SHARED != set(values):
        raise InputError(_OTHER, path=file)
    _check_scenario(file, str(values["scenario"]), scenario)
    if str(values["checksum"]) != checksum_of(values):
        raise InputError(
            "was changed or damaged after it was written", path=file, remedy="save the market again"
        )
    try:
        return looked_at(values, scenario)
    except InputError as error:
        raise InputError(f"{_OTHER}: {error}", path=file, remedy="save the market again") from error


def _named(path: Path) -> Path:
    """The file that is meant: ``.npz`` is added to a name that ends otherwise."""
    if path.is_dir():
        raise InputError("is a folder", path=path, remedy="name a file in it")
    return path if path.suffix == ".npz" else path.with_name(f"{path.name}.npz")


def _path(path: object) -> Path:
    if not isinstance(path, str | Path) or "\0" in str(path) or not str(path):
        raise InputError(f"must be the path of a file, not {shown(path)}", key="path")
    return Path(path)


def checksum_of(values: dict[str, np.ndarray]) -> str:
    """SHA-256 of everything but itself."""
    digest = hashlib.sha256()
    for name in sorted(set(values) - {"checksum"}):
        array = values[name]
        digest.update(f"{name} {_kind(array.dtype)} {array.shape} ".encode())
        # By field: bytes between the fields of a record are nobody's, and copies lose them.
        for part in array.dtype.names or (None,):
            field = np.ascontiguousarray(array if part is None else array[part])
            digest.update(field.data if field.dtype.kind != "U" else field.tobytes())
    return digest.hexdigest()


def _kind(dtype: np.dtype) -> str:
    """A type in words that do not depend on how it was made."""
    parts = dtype.fields.items() if dtype.fields is not None else ()
    return dtype.str + "".join(f" {name} {of[0].str} {of[1]}" for name, of in parts)


def _check_scenario(file: Path, text: str, scenario: Scenario) -> None:
    # Not by the text: a field that has come since with its default is no other market.
    try:
        same = json.loads(text) == json.loads(scenario.model_dump_json())
    except (ValueError, RecursionError):
        raise InputError(_OTHER, path=file) from None
    if not same:
        raise InputError(
            f"was saved from another scenario than {scenario.name!r}",
            path=file,
            remedy="pass the scenario it was made from",
        )


def looked_at(values: dict[str, np.ndarray], scenario: Scenario) -> SavedMarket:
    at_open, pnl, seed = values["at_open"], values["pnl_at_open"], values["seed"]
    if seed.dtype != np.uint64 or seed.shape != () or int(seed) >= 1 << 63:
        raise InputError(f"seed is {shown(seed)}")
    if at_open.dtype != state.CLASS_ACCOUNT or at_open.shape != (state.N_CLASSES,):
        raise InputError("at_open has another shape or type")
    if pnl.dtype != np.float64 or pnl.shape != at_open.shape or not np.isfinite(pnl).all():
        raise InputError("pnl_at_open is none")
    fresh = opened(scenario, int(seed))
    arrays = {name: _writable(values[name]) for name in Markets._fields if name not in SHARED}
    for name, wanted in fresh._asdict().items():
        if name in SHARED:
            arrays[name] = wanted  # it is read again with the scenario
        elif arrays[name].dtype == wanted.dtype:
            # A file does not tell that records are aligned, for which the core was compiled.
            arrays[name] = arrays[name].view(wanted.dtype)
    found = Markets(**arrays)
    check_market(found, fresh)
    return SavedMarket(int(seed), found, at_open.copy(), pnl.copy())


def _writable(array: np.ndarray) -> np.ndarray:
    """The array itself, or a copy that can be written to."""
    return array if array.flags.writeable and array.flags.c_contiguous else array.copy()
