"""A policy inside JSON: the bytes of its file as text."""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError
from abm_desktop.market.policy import PolicyNet

__all__ = ["policy_of", "text_of"]

_LONGEST = 32 << 20
"""Letters of a policy in a file, and bytes that it unpacks to."""


def text_of(policy: PolicyNet) -> dict[str, str]:
    """Write a policy as plain values."""
    buffer = io.BytesIO()
    policy.save(buffer)
    return {"npz": base64.b64encode(buffer.getvalue()).decode("ascii")}


def policy_of(value: object) -> PolicyNet:
    """Read what :func:`text_of` wrote; a policy itself is returned as it is.

    Raises :class:`InputError` for anything else.
    """
    if isinstance(value, PolicyNet):
        return value
    text = value.get("npz") if isinstance(value, Mapping) else None
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise InputError("must be the arrays of a policy")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError(f"is no policy: {error}") from None
    # A file of a stranger is only read from a file: there its size is known before it is unpacked.
    with tempfile.TemporaryDirectory(prefix="abm-desktop-") as folder:
        file = Path(folder) / "policy.npz"
        file.write_bytes(data)
        try:
            load_arrays(file, max_arrays=64, max_bytes=_LONGEST)
            return PolicyNet.load(file)
        except (ValueError, TypeError) as error:
            reason = error.message if isinstance(error, InputError) else str(error)
            raise InputError(f"is no policy: {reason}") from None
