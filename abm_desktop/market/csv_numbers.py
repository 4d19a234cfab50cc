"""Read numbers out of CSV text at memory speed, and say where it is not a number.

The order-flow files of one stock and day hold some ten million numbers; a compiled scanner reads
them exactly (as integers, decimals scaled) in a fraction of a second, where NumPy's own readers
take many times as long and round through floating point.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel

MISSING = np.iinfo(np.int64).min
"""Stands for a field that is empty or holds no number."""

_COMMA, _NEWLINE, _RETURN, _POINT = ord(","), ord("\n"), ord("\r"), ord(".")
_PLUS, _MINUS, _ZERO, _NINE, _SPACE, _TAB = ord("+"), ord("-"), ord("0"), ord("9"), ord(" "), 9


@kernel
def scan_rows(text, at, out, decimals):
    """Read rows of comma-separated numbers from ``text`` uint8 [bytes], starting at byte ``at``.

    ``out`` int64 [rows, columns] is filled from the top; column j is scaled by 10**decimals[j], and
    digits beyond that are cut off. A field that is not a number, or has a fraction where the column
    has no decimals, becomes MISSING. Fields beyond the columns are passed over; empty lines are
    too. Returns (rows read, byte after the last of them, columns of the shortest row).
    """
    n = text.shape[0]
    columns = out.shape[1]
    row = 0
    shortest = columns
    while row < out.shape[0] and at < n:
        column = 0
        empty = True
        ended = False
        while not ended:
            negative = False
            bad = False
            digits = 0
            fraction = 0
            in_fraction = False
            value = np.int64(0)
            scale = decimals[column] if column < columns else np.int64(0)
            while at < n and text[at] != _COMMA and text[at] != _NEWLINE:
                c = text[at]
                at += 1
                if c in (_SPACE, _TAB, _RETURN):
                    continue
                empty = False
                if _ZERO <= c <= _NINE:
                    if not in_fraction:
                        digits += 1
                        if digits > 18:
                            bad = True
                        else:
                            value = value * 10 + (c - _ZERO)
                    elif fraction < scale:
                        value = value * 10 + (c - _ZERO)
                        fraction += 1
                    elif scale == 0 and c != _ZERO:
                        bad = True
                    digits = max(digits, 1)
                elif c == _POINT and not in_fraction:
                    in_fraction = True
                elif c == _MINUS and digits == 0 and not in_fraction:
                    negative = True
                elif c != _PLUS or digits > 0 or in_fraction:
                    bad = True
            while fraction < scale:
                value *= 10
                fraction += 1
            if column < columns:
                if bad or digits == 0:
                    out[row, column] = MISSING
                elif negative:
                    out[row, column] = -value
                else:
                    out[row, column] = value
            column += 1
            if at < n and text[at] == _COMMA:
                at += 1
                empty = False
            else:
                at += 1
                ended = True
        if not empty:
            for j in range(column, columns):
                out[row, j] = MISSING
            shortest = min(shortest, column)
            row += 1
    return row, at, shortest
