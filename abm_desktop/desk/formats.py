"""How numbers and times are written for people. Pure functions."""

from __future__ import annotations

import math
import re

__all__ = [
    "TIME_STEPS",
    "clock",
    "compact",
    "decimals_of",
    "percent",
    "price",
    "scenario_title",
    "shorten",
    "signed",
    "speed",
    "unbroken",
    "whole",
    "with_capital",
]

MISSING = "–"
TIME_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400,
    172_800, 432_000, 864_000, 2_592_000,
)  # fmt: skip
"""Seconds between two labels of an axis of time."""


def unbroken(text: str) -> str:
    """The text with numbers that no line break parts from their % or ×.

    >>> unbroken("in 95 % of runs, 3 × as large").count("\N{NO-BREAK SPACE}")
    2
    """
    return re.sub(r"(?<=\d) (?=[%×])", "\N{NO-BREAK SPACE}", text)


_OWN_TITLES = {"chiarella_iori": "Chiarella and Iori"}
"""Scenarios whose files are called by names of people."""


def scenario_title(stem: str) -> str:
    """Write the name of a scenario's file as people do; stocks and codes have capitals.

    >>> [scenario_title(stem) for stem in ("flash_crash", "aapl_2012", "dr1", "chiarella_iori")]
    ['Flash crash', 'AAPL 2012', 'DR1', 'Chiarella and Iori']
    """
    if stem in _OWN_TITLES:
        return _OWN_TITLES[stem]
    text = with_capital(stem.replace("_", " "))
    return re.sub(
        r"\b(?=[a-z]*\d)[a-z\d]+\b|\b[a-z]+(?= \d{4}\b)",
        lambda found: found[0].upper(),
        text,
        flags=re.IGNORECASE,
    )


def clock(seconds: float, tenths: bool = False) -> str:
    """Write seconds as "m:ss" or "h:mm:ss"; negative times (warm-up) get a minus sign."""
    if not math.isfinite(seconds):
        return MISSING
    scale = 10 if tenths else 1
    units = round(abs(seconds) * scale)
    sign = "-" if seconds < 0 and units else ""
    whole_seconds, fraction = divmod(units, scale)
    minutes, secs = divmod(whole_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"
    return f"{sign}{text}.{fraction}" if tenths else sign + text


def decimals_of(tick_size: float) -> int:
    """Return how many decimals a price needs at this tick size, e.g. 2 for 0.01."""
    if not tick_size > 0:
        return 2
    for digits in range(7):
        if abs(round(tick_size * 10**digits) - tick_size * 10**digits) < 1e-9:
            return digits
    return 6


def price(value: float, tick_size: float = 0.01) -> str:
    """Write a price with the decimals of its tick size."""
    return f"{value:,.{decimals_of(tick_size)}f}" if math.isfinite(value) else MISSING


def whole(value: float) -> str:
    """Write a count with thousands separators."""
    return f"{round(value):,}" if math.isfinite(value) else MISSING


def with_capital(text: str) -> str:
    """Return ``text`` with a capital letter at its beginning; the rest stays as it is.

    >>> with_capital("loading calm-PPO")
    'Loading calm-PPO'
    """
    return text[:1].upper() + text[1:]


def shorten(text: str, length: int) -> str:
    """Return ``text`` cut in the middle to at most ``length`` characters."""
    if len(text) <= length:
        return text
    keep = length - 1
    return f"{text[: keep - keep // 2]}…{text[len(text) - keep // 2 :]}"


def signed(value: float, digits: int = 0) -> str:
    """Write a number with its sign and thousands separators; zero has no sign."""
    if not math.isfinite(value):
        return MISSING
    text = f"{value:+,.{digits}f}"
    return text[1:] if not text.strip("+-0.,") else text.replace("-", "−")


def percent(share: float, digits: int = 0, *, sign: bool = False) -> str:
    """Write a share in percent, its number and its sign never on two lines: 0.05 is "5 %"."""
    if not math.isfinite(share):
        return MISSING
    number = signed(100 * share, digits) if sign else f"{100 * share:,.{digits}f}"
    return f"{number}\N{NO-BREAK SPACE}%".replace("-", "−")


def compact(value: float) -> str:
    """Write a large number in at most five characters: 950, 12.3k, 4.56M."""
    if not math.isfinite(value):
        return MISSING
    size = abs(value)
    for limit, unit, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if size >= limit:
            scaled = value / unit
            digits = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
            return f"{scaled:.{digits}f}{letter}"
    return f"{value:.0f}"


def speed(value: float) -> str:
    """Write a multiple of real time: ×0.5, ×12, ×3,400."""
    if not math.isfinite(value):
        return MISSING
    if value >= 100:
        return f"×{value:,.0f}"
    return f"×{value:.1f}" if value < 10 else f"×{value:.0f}"
