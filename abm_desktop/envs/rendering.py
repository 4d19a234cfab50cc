"""What an environment shows of its market: as text, and as a picture for a video of an episode.

Drawn with arrays alone, so that a machine without a screen can do it.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import numpy as np

from abm_desktop.inputs import InputError, shown
from abm_desktop.market.arrays import Markets
from abm_desktop.market.kernel import read_levels
from abm_desktop.market.state import BUY, SELL
from abm_desktop.scenario import Scenario

__all__ = ["RENDER_FPS", "RENDER_MODES", "Rendering", "View", "checked_mode", "view_of"]

RENDER_MODES = ["ansi", "rgb_array"]
RENDER_FPS = 12
"""Decisions a second in a video: a minute of market every second, at the usual step."""

_ROWS = 10
"""Prices shown of each side of the book."""
_BAR = 24
"""Letters of the longest row."""
_PAST = 240
"""Decisions whose prices a picture shows."""
_HEIGHT, _WIDTH, _BOOK = 360, 640, 200
_EDGE, _POSITION = 6, 26
_PAPER, _FRAME = (16, 20, 28), (52, 60, 74)
_BID, _ASK, _LINE = (38, 166, 154), (239, 83, 80), (230, 200, 90)


class View(NamedTuple):
    """A market as a picture shows it; prices in ticks, sizes in lots."""

    seconds: float
    tick: float
    mid: float
    prices: np.ndarray
    """int64 (2 * rows,), highest first: the best asks, then the best bids; -1 if there are less."""
    volumes: np.ndarray
    """int64 (2 * rows,): the lots at each."""
    position: float
    limit: float
    profit: float


def checked_mode(mode: Any) -> str | None:
    """A way to render, or None for none. Raises :class:`InputError`."""
    if mode is not None and mode not in RENDER_MODES:
        known = ", ".join(map(repr, RENDER_MODES))
        raise InputError(f"must be one of {known} or None, not {shown(mode)}", key="render_mode")
    return None if mode is None else str(mode)


def view_of(
    scenario: Scenario, state: Markets, k: int, account: dict[str, float], limit: float
) -> View:
    """What there is to see of market ``k`` and of the trader with this account."""
    prices, volumes = np.full(2 * _ROWS, -1), np.zeros(2 * _ROWS, np.int64)
    for side, first, step in ((BUY, _ROWS, 1), (SELL, _ROWS - 1, -1)):
        found = np.zeros((_ROWS, 3), np.int64)
        for n in range(read_levels(state, k, side, found)):
            prices[first + step * n] = found[n, 0]
            volumes[first + step * n] = found[n, 1]
    return View(
        account["time"],
        scenario.market.tick_size,
        account["mid"] / scenario.market.tick_size,
        prices,
        volumes,
        account["inventory"],
        limit,
        account["profit"],
    )


class Rendering:
    """The pictures of one episode after another; remembers the prices of the running one."""

    def __init__(self, mode: str | None) -> None:
        self.mode = mode
        self._past: deque[float] = deque(maxlen=_PAST)

    def begin(self) -> None:
        """Another episode."""
        self._past.clear()

    def note(self, mid: float) -> None:
        """A price, in ticks, at a decision."""
        self._past.append(mid)

    def draw(self, view: View) -> str | np.ndarray | None:
        """What ``render`` returns: text, uint8 (360, 640, 3), or None without a mode."""
        if self.mode == "ansi":
            return as_text(view)
        return None if self.mode is None else self._picture(view)

    def _picture(self, view: View) -> np.ndarray:
        image = np.empty((_HEIGHT, _WIDTH, 3), np.uint8)
        image[:] = _PAPER
        self._draw_prices(image[_EDGE : -_POSITION - _EDGE, _EDGE : _WIDTH - _BOOK - _EDGE], view)
        _draw_book(image[_EDGE : -_POSITION - _EDGE, _WIDTH - _BOOK : _WIDTH - _EDGE], view)
        _draw_position(image[-_POSITION:-_EDGE, _EDGE:-_EDGE], view)
        return image

    def _draw_prices(self, part: np.ndarray, view: View) -> None:
        """The mids of the episode so far, the newest at the right, on the scale of their range."""
        _draw_frame(part)
        mids = np.array(self._past or [view.mid])
        low, high = float(mids.min()), float(mids.max())
        # As tall as the book beside it at least: small moves shall look small.
        reach = max(high - low, 2.0 * _ROWS)
        height, width = part.shape[0] - 5, part.shape[1] - 5
        rows = np.round((0.5 - (mids - (low + high) / 2) / reach) * height).astype(int) + 2
        columns = np.round(width - np.arange(len(mids))[::-1] * width / (_PAST - 1)).astype(int) + 2
        before = np.concatenate((rows[:1], rows[:-1]))
        for row, last, column in zip(rows, before, columns, strict=True):
            part[min(row, last) : max(row, last) + 2, column : column + 2] = _LINE


def _draw_frame(part: np.ndarray) -> None:
    part[[0, -1]] = _FRAME
    part[:, [0, -1]] = _FRAME


def _draw_book(part: np.ndarray, view: View) -> None:
    """A bar for each of the best prices, as long as its volume."""
    _draw_frame(part)
    most = max(int(view.volumes.max()), 1)
    edges = np.linspace(2, part.shape[0] - 2, len(view.prices) + 1).astype(int)
    for k, volume in enumerate(view.volumes):
        length = round((part.shape[1] - 4) * int(volume) / most)
        part[edges[k] : edges[k + 1] - 2, 2 : 2 + length] = _ASK if k < _ROWS else _BID


def _draw_position(part: np.ndarray, view: View) -> None:
    """A bar from the middle: to the right for a long position, as a share of its limit."""
    _draw_frame(part)
    middle = part.shape[1] // 2
    share = max(-1.0, min(1.0, view.position / max(view.limit, 1.0)))
    end = middle + round(share * (middle - 2))
    part[3:-3, min(middle, end) : max(middle, end)] = _BID if share > 0 else _ASK
    part[1:-1, middle] = _FRAME


def as_text(view: View) -> str:
    """The book around the mid, price, position and profit, in lines."""
    most = max(int(view.volumes.max()), 1)
    minutes, seconds = divmod(round(view.seconds), 60)
    clock = f"{minutes // 60:d}:{minutes % 60:02d}:{seconds:02d}"
    digits = max(0, -int(np.floor(np.log10(view.tick)))) if view.tick < 1 else 0
    lines = [
        f"{clock}  mid {view.mid * view.tick:.{digits + 1}f}"
        f"  position {view.position:+.0f} of {view.limit:.0f} lots  profit {view.profit:+.2f}"
    ]
    for k, (price, volume) in enumerate(zip(view.prices, view.volumes, strict=True)):
        if price >= 0:
            side, bar = "ask" if k < _ROWS else "bid", "#" * round(_BAR * int(volume) / most)
            lines.append(
                f"{side} {price * view.tick:10.{digits}f} {int(volume):8d}  {bar}".rstrip()
            )
    return "\n".join(lines) + "\n"
