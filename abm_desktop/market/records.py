"""How arrays of records are typed."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["Records"]

Records: TypeAlias = Any
"""A structured array, such as a tape's trades: ``rows["price"]`` is a column.

Not np.ndarray, since numpy's stubs know nothing of columns: each use of one was held against every
overload of every operator, which took half of the time of a type check and found nothing.
"""
