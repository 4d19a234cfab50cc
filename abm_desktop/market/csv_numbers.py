"""Read numbers out of CSV text at memory speed, and say where it is not a number.

The order-flow files of one stock and day hold some ten million numbers; a compiled scanner reads
them exactly (as integers, decimals scaled) in a fraction of a second, where NumPy's own readers
take many times as long and round through floating point.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel

MISSING = np.iinfo(np.int64).min
"""Stands for a field that holds no number, or one that does not fit."""
BLANK = np.iinfo(np.int64).min + 1
"""Stands for an empty field, or one that says nan, NA, null or none."""

_COMMA, _NEWLINE, _RETURN, _POINT = ord(","), ord("\n"), ord("\r"), ord(".")
_PLUS, _MINUS, _ZERO, _NINE, _SPACE, _TAB = ord("+"), ord("-"), ord("0"), ord("9"), ord(" "), 9
_SMALL_E, _LARGE_E = ord("e"), ord("E")
_MAX = np.iinfo(np.int64).max
_MAX_TENTH, _MAX_LAST = _MAX // 10, _MAX % 10
_FAR = 400


@kernel
def _scaled(value, shift, exact, lost, round_up):
    """``value`` * 10**shift, or MISSING if that does not fit, or is not whole where it must be.

    ``lost``: digits other than 0 were left out; ``round_up``: the first of them was 5 or more.
    """
    if value == 0:
        return np.int64(0)
    if exact and lost:
        return np.int64(MISSING)
    if shift >= 0:
        if lost and shift > 0:
            return np.int64(MISSING)
        for _ in range(min(shift, 20)):
            if value > _MAX_TENTH:
                return np.int64(MISSING)
            value *= 10
        if round_up and value < _MAX:
            value += 1
        return value
    last = np.int64(0)
    for _ in range(min(-shift, 20)):
        last = value % 10
        value //= 10
        if exact and last != 0:
            return np.int64(MISSING)
    if last >= 5:
        value += 1
    return value


@kernel
def scan_rows(text, at, out, decimals, place):
    """Read rows of comma-separated numbers from ``text`` uint8 [bytes], starting at byte ``at``.

    ``out`` int64 [rows, columns] is filled from the top. Column k of the text goes to column
    ``place[k]`` of ``out``, to none if that is -1. Column j of ``out`` is scaled by
    10**decimals[j]: rounded if there are decimals, and exact if not. 1e+06 is a number, too. What
    is none, or does not fit, becomes MISSING; an empty field, and one that is not there, BLANK.
    Empty lines are passed over. Returns (rows read, byte after the last of them, columns of the
    shortest row, columns of the longest, counted to its last that is not empty).
    """
    n = text.shape[0]
    columns = out.shape[1]
    row = 0
    shortest = np.int64(1 << 62)
    longest = np.int64(0)
    while row < out.shape[0] and at < n:
        column = np.int64(0)
        filled = np.int64(0)
        empty = True
        ended = False
        for j in range(columns):
            out[row, j] = BLANK
        while not ended:
            negative = signed = False
            bad = False
            word = False
            spaced = False
            digits = False
            in_fraction = in_exponent = False
            value = np.int64(0)
            shift = np.int64(0)
            exponent = np.int64(0)
            exponent_negative = exponent_digits = False
            dropped = lost = round_up = False
            content = False
            while at < n and text[at] != _COMMA and text[at] != _NEWLINE:
                c = text[at]
                at += 1
                if c == _SPACE or c == _TAB or c == _RETURN:
                    spaced = content
                    continue
                empty = False
                content = True
                if spaced:
                    bad = True
                if _ZERO <= c <= _NINE:
                    d = np.int64(c - _ZERO)
                    if in_exponent:
                        exponent_digits = True
                        exponent = min(exponent * 10 + d, np.int64(_FAR))
                        continue
                    digits = True
                    if not dropped and (
                        value < _MAX_TENTH or (value == _MAX_TENTH and d <= _MAX_LAST)
                    ):
                        value = value * 10 + d
                        if in_fraction:
                            shift -= 1
                    else:
                        if not dropped:
                            round_up = bool(d >= 5)
                        dropped = True
                        lost = lost or bool(d != 0)
                        if not in_fraction:
                            shift += 1
                elif c == _POINT and not in_fraction and not in_exponent:
                    in_fraction = True
                elif c == _MINUS and in_exponent and not exponent_digits:
                    exponent_negative = True
                elif c == _PLUS and in_exponent and not exponent_digits:
                    pass
                elif (c == _MINUS or c == _PLUS) and not digits and not in_fraction and not signed:
                    signed = True
                    negative = c == _MINUS
                elif (c == _SMALL_E or c == _LARGE_E) and digits and not in_exponent:
                    in_exponent = True
                elif not digits and not in_fraction and not signed:
                    word = True
                    # nan, NA, null, None
                    small = np.int64(c) | 32
                    if small not in (97, 101, 108, 110, 111, 117):
                        bad = True
                else:
                    bad = True
            target = place[column] if column < place.shape[0] else np.int64(-1)
            if content:
                filled = column + 1
            if target >= 0 and content:
                if bad or word or not digits or (in_exponent and not exponent_digits):
                    out[row, target] = BLANK if word and not bad and not digits else MISSING
                else:
                    scale = decimals[target]
                    if exponent_negative:
                        exponent = -exponent
                    number = _scaled(value, shift + scale + exponent, scale == 0, lost, round_up)
                    out[row, target] = -number if negative and number != MISSING else number
            column += 1
            if at < n and text[at] == _COMMA:
                at += 1
                empty = False
            else:
                at += 1
                ended = True
        if not empty:
            shortest = min(shortest, column)
            longest = max(longest, filled)
            row += 1
    return row, at, shortest, longest
