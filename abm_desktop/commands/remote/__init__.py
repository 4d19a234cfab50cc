"""``abm-desktop remote``: a running server or window, played from the shell.

The commands stand in its help in the order in which these are imported.
"""

from abm_desktop.commands.remote import playing  # isort: skip
from abm_desktop.commands.remote import looking  # isort: skip
from abm_desktop.commands.remote import working  # isort: skip
from abm_desktop.commands.remote.sessions import app

__all__ = ["app", "looking", "playing", "working"]
