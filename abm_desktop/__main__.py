"""``python -m abm_desktop``, and the target of the installed commands."""

from __future__ import annotations

from abm_desktop.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
