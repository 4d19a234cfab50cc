"""Moved to :mod:`abm_desktop.live.types`."""

from abm_desktop.live.types import *  # noqa: F403
