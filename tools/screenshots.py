"""Render every tab in every theme at two sizes to PNG, from a real market, without a display.

    python tools/screenshots.py out/screenshots
    python tools/screenshots.py out/screenshots --theme dark --size 1280x800
    python tools/screenshots.py out/screenshots --scale 2     # a screen of twice the sharpness
    python tools/screenshots.py out/screenshots --only rl
    python tools/screenshots.py --docs            # the pictures of docs/images

The market is the calm scenario with a liquidity shock, at a fixed seed; a training runs beside it
(--iterations of it are waited for; 0: none). Besides the tabs: what they show before there is
anything, the charts behind them, every page of the RL and the Analytics tab, preferences, the tour,
keys, palette, log, notices, questions and results. The page Experiments runs a small study, or
shows finished results (--results).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import screenshots_analytics as analytics  # noqa: E402
import screenshots_rl as rl  # noqa: E402

TABS = ("start", "market", "analytics", "rl")
START, MARKET, ANALYTICS, RL = range(4)
SIZES = ("1280x800", "1920x1080")
DOCS = CHECKOUT / "docs" / "images"
DOCS_SIZE = (1360, 850)
PARTS = ("empty", "market", "dialogs", "rl", "analytics")
MOST_BYTES = 3 << 20
"""Of the pictures of docs/images together."""


def main() -> int:
    """Parse the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", help="folder for the pictures")
    parser.add_argument("--docs", action="store_true", help="make the pictures of docs/images")
    parser.add_argument("--theme", action="append", help="only this theme (may be repeated)")
    parser.add_argument("--size", action="append", help="only this size, e.g. 1280x800")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of a point of the screen")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part")
    parser.add_argument("--iterations", type=int, default=12, help="of the training; 0: none")
    parser.add_argument("--results", type=Path, help="show these results of an experiment")
    parser.add_argument("--replay", type=Path, help="show this LOBSTER file instead of a scenario")
    parser.add_argument("--notice", action="store_true", help="show the notice of a wrong file")
    arguments = parser.parse_args()
    if arguments.out is None and not arguments.docs:
        parser.error("name the folder for the pictures, or --docs")
    if arguments.scale != 1.0:
        os.environ["QT_SCALE_FACTOR"] = str(arguments.scale)
    with tempfile.TemporaryDirectory(prefix="abm-desktop-shots-") as folder:
        os.environ["ABM_DESKTOP_CONFIG"] = folder
        os.environ["ABM_DESKTOP_DATA"] = folder
        if arguments.results is not None:
            shutil.copytree(arguments.results, Path(folder) / "experiments" / "results")
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
    from abm_desktop.ui.main_window import MainWindow

    parts = arguments.only or PARTS
    window = MainWindow()
    window.resize(*DOCS_SIZE)
    window.show()
    window.load_rl_tab()
    try:
        if "empty" in parts and not arguments.docs:
            await _shoot_empty(window, arguments)
        window.session.start_engine()
        trains = arguments.iterations > 0 and arguments.replay is None
        trains = trains and bool({"rl", "dialogs"} & set(parts))
        if trains:
            rl.start_training(window)
        if arguments.replay is not None:
            await _play_replay(window, arguments.replay)
        else:
            await _play_scenario(window)
        if arguments.notice:
            await _open_wrong_file(window)
        if arguments.docs:
            await _shoot_docs(window, arguments)
            return
        for dress in _dresses(window, arguments):
            if "market" in parts:
                await _save(window, START, dress("start"))
                await _save(window, MARKET, dress("market"))
            if "dialogs" in parts:
                await _save_dialogs(window, dress)
        if trains:
            await rl.wait_for_training(window, _wait, arguments.iterations)
        if "rl" in parts:
            await rl.load_traders(window, _wait)
            for dress in _dresses(window, arguments):
                await rl.save_pages(window, dress, _save_tab)
            for dress in _dresses(window, arguments):
                await rl.save_dialogs(window, dress, _write)
        await rl.stop_training(window, _wait)
        if "analytics" in parts:
            if arguments.replay is None:
                await analytics.play(window, _wait)
            for dress in _dresses(window, arguments):
                await analytics.save_pages(
                    window, _wait, lambda page, dress=dress: dress(f"analytics-{page}")
                )
    finally:
        window.frame_timer.stop()
        await window.shutdown()


def _dresses(window, arguments) -> Iterator[Callable[[str], Path]]:  # noqa: ANN001
    """Dress the window in each theme and size, and yield where a picture's file then is."""
    from PySide6.QtWidgets import QApplication

    from abm_desktop.ui import theme

    for name in arguments.theme or theme.THEMES:
        theme.apply(QApplication.instance(), name)
        window.settings.theme = name
        for size in arguments.size or SIZES:
            window.resize(*(int(part) for part in size.split("x")))
            end = f"{name}-{size}.png"
            yield lambda shown, end=end: arguments.out / f"{shown}-{end}"


async def _shoot_empty(window, arguments) -> None:  # noqa: ANN001
    """Save what stands in the tabs before anything was opened or trained."""
    await asyncio.sleep(0.5)
    for dress in _dresses(window, arguments):
        for k, tab in enumerate(TABS):
            await _save(window, k, dress(f"empty-{tab}"))


async def _shoot_docs(window, arguments) -> None:  # noqa: ANN001
    """Save the pictures of docs/images."""

    def place(name: str) -> Path:
        return DOCS / f"{name}.png"

    await _save(window, START, place("start"))
    await _save(window, MARKET, place("window"))
    await _save_dialogs(window, place, ("stress", "preferences"))
    await rl.wait_for_training(window, _wait, arguments.iterations)
    await _save(window, RL, place("rl"))
    await rl.stop_training(window, _wait)
    await analytics.play(window, _wait)
    names = analytics.DOCS_PAGES
    await analytics.save_pages(window, _wait, lambda page: place(names[page]), tuple(names))
    used = sum(file.stat().st_size for file in DOCS.glob("*.png"))
    print(f"{used / 2**20:.2f} MiB in {DOCS}")
    if used > MOST_BYTES:
        raise SystemExit(f"too much for the repository: at most {MOST_BYTES >> 20} MiB")


async def _save(window, tab: int, file: Path) -> None:  # noqa: ANN001
    window.tabs.setCurrentIndex(tab)
    await _save_tab(window, file)


async def _save_tab(window, file: Path) -> None:  # noqa: ANN001
    for _ in range(12):
        await asyncio.sleep(0.01)
        window.draw()
    _write(window, file)


async def _save_dialogs(window, place: Callable[[str], Path], only: tuple[str, ...] = ()) -> None:  # noqa: ANN001
    """Save what stands over or behind the tabs."""
    from abm_desktop.ui.dialogs import about_box, shortcut_sheet
    from abm_desktop.ui.widgets.questions import ask
    from abm_desktop.ui.work import closing_question

    docks = window.market.desk.docks
    if not only or "stress" in only:
        docks["flow"].raise_()
        window.commands["view.candles"].trigger()
        await _save(window, MARKET, place("stress"))
        window.commands["view.candles"].trigger()
    if not only:
        docks["spread"].raise_()
        docks["traders"].raise_()
        await _save(window, MARKET, place("traders"))
        docks["rules"].raise_()
        window.commands["view.notices"].trigger()
        window.offer.ask("Recover the session?", "“calm”, seed 1, was kept at 4:35.",
                         (("Recover", "", int), ("Discard", "", int)))  # fmt: skip
        await _save(window, MARKET, place("notices"))
        window.offer.hide()
        window.commands["view.notices"].trigger()
        window.commands["view.log"].trigger()
        await _open_wrong_file(window)
        await _save(window, MARKET, place("log"))
        window.notice.dismiss()
        window.commands["view.log"].trigger()
        tour = window.show_tour()
        tour.go_to(3)
        await _save(window, MARKET, place("tour"))
        tour.go_to(7)
        await _save_tab(window, place("tour-end"))
        tour.leave()
    docks["depth"].raise_()
    docks["stress"].raise_()
    for kind in ("scenario", "replay"):  # no path of this machine in a picture
        window.settings.set_folder(kind, "")
    dialogs = {"preferences": window.controls.show_preferences}
    if not only:
        dialogs |= {
            "keys": lambda: shortcut_sheet(window),
            "palette": window.controls.show_palette,
            "about": lambda: about_box(window),
            "question": lambda: ask(window, *closing_question(True, None), "Close", int),
        }
    for name, make in dialogs.items():
        dialog = make()
        dialog.show()
        await asyncio.sleep(0.1)
        _write(dialog, place(name))
        dialog.close()


def _write(widget, file: Path) -> None:  # noqa: ANN001
    file.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(file), quality=0):
        raise SystemExit(f"could not write {file}")
    print(file)


async def _play_scenario(window) -> None:  # noqa: ANN001
    from abm_desktop.live.commands import PauseMarket, RunMarket

    session = window.session
    session.open_bundled("calm")
    await _wait(lambda: window.snapshot is not None, "the market was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.live.do(RunMarket())
    await _wait(lambda: window.snapshot.time > 170, "the market does not run")
    window.market.stress.inject("liquidity_shock")
    window.market.transport.set_speed(30.0)
    await _wait(lambda: window.snapshot.time > 275, "the market stopped")
    # Standing still: taking many pictures would leave gaps in its charts.
    session.live.do(PauseMarket())
    await _wait(lambda: window.snapshot.state == "paused", "the market goes on")


async def _play_replay(window, path: Path) -> None:  # noqa: ANN001
    from abm_desktop.live.commands import RunMarket

    session = window.session
    session.open(path)
    await _wait(lambda: window.snapshot is not None, "the replay was not loaded")
    window.market.set_window(1)
    window.market.transport.set_speed(100.0)
    session.live.do(RunMarket())
    start = window.snapshot.time
    await _wait(lambda: window.snapshot.time > start + 400, "the replay does not run")


async def _open_wrong_file(window) -> None:  # noqa: ANN001
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "my_market.toml"
        file.write_text('name = "Mine"\n[market]\ntick_sise = 0.05\nstart_price = -3\n')
        window.session.open(file)
        await _wait(window.notice.isVisible, "no notice was shown")


async def _wait(condition: Callable[[], bool], complaint: str, seconds: float = 600.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        await asyncio.sleep(0.005)
        if time.monotonic() > end:
            raise SystemExit(f"{complaint} within {seconds:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
