"""Render every tab in every theme at two sizes to PNG, from a real market, without a display.

    python tools/screenshots.py out/screenshots
    python tools/screenshots.py out/screenshots --theme dark --size 1280x800
    python tools/screenshots.py --docs            # the pictures of docs/images; trains a model

The market is the calm scenario with a liquidity shock, at a fixed seed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TABS = ("market", "analytics", "rl")
SIZES = ("1280x800", "1920x1080")
DOCS = CHECKOUT / "docs" / "images"
DOCS_SIZE = (1360, 850)
DOCS_NAMES = {"market": "window", "analytics": "analytics", "rl": "rl"}


def main() -> int:
    """Parse the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", help="folder for the pictures")
    parser.add_argument("--docs", action="store_true", help="make the pictures of docs/images")
    parser.add_argument("--theme", action="append", help="only this theme (may be repeated)")
    parser.add_argument("--size", action="append", help="only this size, e.g. 1280x800")
    parser.add_argument("--replay", type=Path, help="show this LOBSTER file instead of a scenario")
    parser.add_argument("--notice", action="store_true", help="show the notice of a wrong file")
    arguments = parser.parse_args()
    if arguments.out is None and not arguments.docs:
        parser.error("name the folder for the pictures, or --docs")
    with tempfile.TemporaryDirectory(prefix="abm-desktop-shots-") as folder:
        os.environ["ABM_DESKTOP_CONFIG"] = folder
        os.environ["ABM_DESKTOP_DATA"] = folder
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    import qasync

    from abm_desktop.ui.app import make_application

    app = make_application()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_shoot(arguments))
    return 0


async def _shoot(arguments: argparse.Namespace) -> None:
    """Build the window, run the market, and save the pictures."""
    from abm_desktop.ui import theme
    from abm_desktop.ui.app import make_application
    from abm_desktop.ui.main_window import MainWindow

    app = make_application()
    window = MainWindow()
    window.resize(*DOCS_SIZE)
    window.show()
    window.session.start_engine()
    window.load_rl_tab()
    try:
        if arguments.docs:
            await _train(window)
        if arguments.replay is not None:
            await _play_replay(window, arguments.replay)
        else:
            await _play_scenario(window)
        if arguments.notice:
            await _open_wrong_file(window)
        if arguments.docs:
            for k, tab in enumerate(TABS):
                await _save(window, k, DOCS / f"{DOCS_NAMES[tab]}.png")
            return
        for name in arguments.theme or theme.THEMES:
            theme.apply(app, name)
            for size in arguments.size or SIZES:
                width, height = (int(part) for part in size.split("x"))
                window.resize(width, height)
                for k, tab in enumerate(TABS):
                    await _save(window, k, arguments.out / f"{tab}-{name}-{size}.png")
    finally:
        window.frame_timer.stop()
        await window.shutdown()


async def _save(window, tab: int, file: Path) -> None:  # noqa: ANN001
    window.tabs.setCurrentIndex(tab)
    for _ in range(12):
        await asyncio.sleep(0.01)
        window.draw()
    file.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(file), quality=0):
        raise SystemExit(f"could not write {file}")
    print(file)


async def _play_scenario(window) -> None:  # noqa: ANN001
    session = window.session
    session.open_bundled("calm")
    await _wait(lambda: window._snapshot is not None, "the market was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.run()
    await _wait(lambda: window._snapshot.time > 170, "the market does not run")
    window.market.stress.inject("liquidity_shock")
    window.market.transport.set_speed(30.0)
    await _wait(lambda: window._snapshot.time > 275, "the market stopped")


async def _play_replay(window, path: Path) -> None:  # noqa: ANN001
    session = window.session
    session.open(path)
    await _wait(lambda: window._snapshot is not None, "the replay was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.run()
    start = window._snapshot.time
    await _wait(lambda: window._snapshot.time > start + 400, "the replay does not run")


async def _train(window, iterations: int = 40) -> None:  # noqa: ANN001
    form = window.rl.form
    form.set_value("iterations", iterations)
    form.start_requested.emit(form.config())
    controller, notice = window.rl.controller, window.rl.notice
    await _wait(
        lambda: len(controller.history) >= iterations or notice.isVisible(),
        "the training did not end",
        400.0,
    )
    if notice.isVisible():
        raise SystemExit(notice.as_text())
    await _wait(lambda: not window.rl.is_training, "the training did not end")
    await asyncio.sleep(1.0)


async def _open_wrong_file(window) -> None:  # noqa: ANN001
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "my_market.toml"
        file.write_text('name = "Mine"\n[market]\ntick_sise = 0.05\nstart_price = -3\n')
        window.session.open(file)
        await _wait(window.notice.isVisible, "no notice was shown")


async def _wait(condition: Callable[[], bool], complaint: str, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        await asyncio.sleep(0.005)
        if time.monotonic() > end:
            raise SystemExit(f"{complaint} within {seconds:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
