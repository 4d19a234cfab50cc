"""Colours of the window by meaning."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Colors"]


@dataclass(frozen=True, slots=True)
class Colors:
    """Colours by meaning, each as "#rrggbb"."""

    background: str
    panel: str
    raised: str
    """Buttons, table headers, anything that sits on a panel."""
    border: str
    grid: str
    fill: str
    """What of a bar is full, under text."""
    text: str
    muted: str
    accent: str
    on_accent: str
    """Text upon the accent colour."""
    bid: str
    ask: str
    mid: str
    fundamental: str
    good: str
    warning: str
    danger: str
    series: tuple[str, ...]
    """Eight colours, in the order of ``TRADER_CLASSES``; further classes get shades of them."""
    heat: tuple[str, ...]
    """From no liquidity (the colour of the panel) to much: greens, which no curve is drawn in."""

    def __getitem__(self, name: str) -> str:
        """Return the colour called ``name``; KeyError names it if there is none."""
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None
