"""Render every tab in every theme at two sizes to PNG, from a real market, without a display.

    python tools/screenshots.py out/screenshots
    python tools/screenshots.py out/screenshots --theme dark --size 1280x800

The market is the calm scenario with a flash crash and a liquidity shock, at a fixed seed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TABS = ("market", "analytics", "rl")
SIZES = ("1280x800", "1920x1080")


def main() -> int:
    """Parse the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--theme", action="append", help="only this theme (may be repeated)")
    parser.add_argument("--size", action="append", help="only this size, e.g. 1280x800")
    parser.add_argument("--replay", type=Path, help="show this LOBSTER file instead of a scenario")
    parser.add_argument("--notice", action="store_true", help="show the notice of a wrong file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="abm-desktop-shots-") as folder:
        os.environ["ABM_DESKTOP_CONFIG"] = folder
        os.environ["ABM_DESKTOP_DATA"] = folder
        return shoot(arguments)


def shoot(arguments: argparse.Namespace) -> int:
    """Build the window, run the market, and save the pictures."""
    from abm_desktop.ui import theme
    from abm_desktop.ui.app import make_application
    from abm_desktop.ui.main_window import MainWindow

    app = make_application()
    window = MainWindow()
    window.show()
    window.session.start_engine()
    window.load_rl_tab()
    try:
        if arguments.replay is not None:
            _play_replay(window, app, arguments.replay)
        else:
            _play_scenario(window, app)
        if arguments.notice:
            _open_wrong_file(window, app)
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name in arguments.theme or theme.THEMES:
            theme.apply(app, name)
            for size in arguments.size or SIZES:
                width, height = (int(part) for part in size.split("x"))
                window.resize(width, height)
                for k, tab in enumerate(TABS):
                    window.tabs.setCurrentIndex(k)
                    for _ in range(12):
                        app.processEvents()
                        window.draw()
                    file = arguments.out / f"{tab}-{name}-{size}.png"
                    if not window.grab().save(str(file)):
                        print(f"could not write {file}", file=sys.stderr)
                        return 1
                    print(file)
    finally:
        window.frame_timer.stop()
        window.session.close()
    return 0


def _play_scenario(window, app) -> None:  # noqa: ANN001
    session = window.session
    session.open_bundled("calm")
    _wait(app, lambda: window._snapshot is not None, "the market was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.run()
    _wait(app, lambda: window._snapshot.time > 170, "the market does not run")
    window.market.stress.inject("liquidity_shock")
    window.market.transport.set_speed(30.0)
    _wait(app, lambda: window._snapshot.time > 280, "the market stopped")


def _play_replay(window, app, path: Path) -> None:  # noqa: ANN001
    session = window.session
    session.open(path)
    _wait(app, lambda: window._snapshot is not None, "the replay was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.run()
    start = window._snapshot.time
    _wait(app, lambda: window._snapshot.time > start + 400, "the replay does not run")


def _open_wrong_file(window, app) -> None:  # noqa: ANN001
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "my_market.toml"
        file.write_text('name = "Mine"\n[market]\ntick_sise = 0.05\nstart_price = -3\n')
        window.session.open(file)
        _wait(app, window.notice.isVisible, "no notice was shown")


def _wait(app, condition: Callable[[], bool], complaint: str, seconds: float = 90.0) -> None:  # noqa: ANN001
    end = time.monotonic() + seconds
    while not condition():
        app.processEvents()
        if time.monotonic() > end:
            raise SystemExit(f"{complaint} within {seconds:.0f} s")
        time.sleep(0.005)


if __name__ == "__main__":
    raise SystemExit(main())
