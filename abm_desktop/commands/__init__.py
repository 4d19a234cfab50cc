"""The commands of ``abm-desktop`` besides the window, one module each."""

from abm_desktop.commands.app import run_command

__all__ = ["run_command"]
