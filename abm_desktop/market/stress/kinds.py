"""What the parameters of each kind of stress are called; the kernel reads them as p0, p1, ..."""

from __future__ import annotations

PARAMETERS: dict[str, tuple[str, ...]] = {
    "flash_crash": (
        "participation",
        "depth_share",
        "buyer_fade",
        "maker_max_inventory",
        "momentum_max_inventory",
        "recovery",
        "fade",
        "quantity",
        "tightening",
    ),
    "volatility_spike": (),
    "liquidity_shock": ("thinning", "far"),
    "news_jump": (),
    "fat_finger": ("side", "collar"),
    "quote_stuffing": ("capacity", "distance"),
    "spoofing": ("layers", "nearest", "side", "size", "hold", "pause", "reaction"),
    "toxic_flow": ("horizon",),
    "latency_shock": ("base",),
    "deleveraging": (
        "funds",
        "leverage_min",
        "leverage_max",
        "tolerance",
        "participation",
        "max_participation",
        "holdings",
        "depth_share",
    ),
    "stop_loss_cascade": ("nearest", "spread", "orders", "protection", "push", "depth_share"),
}
"""Attributes of the stress event of each kind, in the order p0, p1, ...; times in seconds, shares
and distances in price as fractions, sizes in lots. What is not given is 0."""

SIDES = ("buy", "sell", "both")
"""A side as a parameter is its place here; the first two are BUY and SELL."""
