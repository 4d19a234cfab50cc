"""The window. Qt is imported here and nowhere else."""

from abm_desktop.ui.qt_binding import leave_sources_unread

leave_sources_unread()
