"""Building blocks shared by the tabs: plots, panels, icons, number formats."""
