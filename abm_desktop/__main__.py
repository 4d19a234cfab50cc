"""``python -m abm_desktop``, and the target of the installed commands."""

from abm_desktop import child_python


def main() -> int:
    """Run the program; returns its exit status."""
    # Before anything else is imported: what lies in the current folder is no part of the program.
    child_python.leave_current_folder()
    from abm_desktop.cli import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
