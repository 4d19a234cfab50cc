"""The window. Qt is imported here and nowhere else."""

import os

from abm_desktop.ui.qt_binding import leave_sources_unread

# Pydantic would read the metadata of every installed package in search of plugins, which is a tenth
# of the time to the first frame; nobody here asks for any.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
leave_sources_unread()
