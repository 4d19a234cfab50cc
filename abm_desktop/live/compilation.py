"""Whether the compiled market is at hand, and the command that compiles it in another process."""

from __future__ import annotations

from abm_desktop import child_python


def cold_start_command() -> list[str] | None:
    """The command to run first, or None if the cache is warm."""
    from abm_desktop.market.compiled import cache_is_warm

    return None if cache_is_warm() else child_python.command("abm_desktop.market.warm_cache")
