"""What the first frame waits for."""

import subprocess
import sys

from abm_desktop import child_python

UNSEARCHED = """
import importlib.metadata

def search(*_, **__):
    raise SystemExit("the metadata of all packages are read")

importlib.metadata.distributions = search
import abm_desktop.ui.app
"""


def test_no_installed_package_is_searched_for_plugins():
    done = subprocess.run(
        [sys.executable, "-P", "-c", UNSEARCHED],
        env=child_python.environment(QT_QPA_PLATFORM="offscreen"), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
