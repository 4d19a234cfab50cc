"""``abm-desktop replay``: real order flow through the order book."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from abm_desktop.commands.console import Failed, Out, table

if TYPE_CHECKING:
    from abm_desktop.market.replay import Replay, ReplayReport


_SHOWN = 6
"""Most auctions, and messages about halts, that are told one by one."""


def replay_file(path: Path, check: bool, day: str | None = None) -> None:
    """Replay a file and print what happened; with ``check``, fail unless every row agrees.

    ``day`` chooses one of several days in a file or folder.
    """
    console = Out()
    with console.status(f"Reading {path.name} ..."):
        from abm_desktop.market.replay import Replay
        from abm_desktop.readers import RecordingError

        try:
            replay = Replay.open(path, day)
        except RecordingError as error:
            raise Failed(str(error)) from error
        except MemoryError as error:
            raise Failed(f"{path}: there is not enough memory for it") from error
    console.say(
        f"[bold]{{}}[/], {len(replay):,} messages from {_clock(replay.start)} to "
        f"{_clock(replay.end)}, {_depth(replay)}",
        replay.flow.name,
    )
    report, seconds = _run(replay, console)
    _print_summary(replay, report, seconds, console)
    for note in report.notes:
        console.print(f"Note: {note}")
    if check:
        _print_check(report, console)
        if not report.ok:
            raise Failed(f"{report.mismatches:,} of {report.rows:,} rows differ from the file")


def _run(replay: Replay, console: Out) -> tuple[ReplayReport, float]:
    columns = (
        TextColumn("Replaying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with console.status("Preparing the order book (the first run after a change compiles it) ..."):
        replay.advance(1)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(replay))
        started = time.perf_counter()
        report = replay.check(lambda done, _: progress.update(task, completed=done))
    return report, time.perf_counter() - started


def _depth(replay: Replay) -> str:
    return f"{replay.flow.levels} levels" if replay.flow.levels else "every order"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _print_summary(replay: Replay, report: ReplayReport, seconds: float, console: Out) -> None:
    trades = replay.trades()
    shares = int(trades["size"].sum())
    span = max(replay.end - replay.start, 1e-9)
    rows = [
        ("fills", f"{len(trades):,}", f"{len(trades) / span:.2f} a second"),
        ("volume", f"{shares:,} shares", ""),
        *_told(replay),
        ("last quote", f"{replay.best_bid:.4f} / {replay.best_ask:.4f}", ""),
        (
            "executions",
            f"{report.executions:,}",
            f"{report.matched:,} of them by price-time priority",
        ),
        ("earlier orders", f"{report.unknown_ids:,}", "messages about orders not in the file"),
        ("speed", f"{report.rows / max(seconds, 1e-9):,.0f}", "messages a second"),
    ]
    table(console, "Replay", ("", "value", ""), rows)


def _told(replay: Replay) -> list[tuple[str, str, str]]:
    """What the trades leave out, or do not say: hidden orders, auctions, halts."""
    rows = []
    count, shares, untold = replay.hidden()
    if count:
        who = f"; the file does not tell the aggressor of {untold:,}" if untold else ""
        rows.append(("of hidden orders", f"{count:,}", f"{shares:,} shares{who}"))
    auctions = replay.auctions()
    if auctions:
        total = sum(auction.size for auction in auctions)
        text = "; ".join(
            f"{a.name} {_clock(a.time)}, {a.size:,} at {a.price:.4f}" for a in auctions[:_SHOWN]
        )
        more = f"; {len(auctions) - _SHOWN} more" if len(auctions) > _SHOWN else ""
        rows.append(("auctions", f"{total:,} shares", f"not in the volume: {text}{more}"))
    halts = replay.halts()
    if halts:
        text = "; ".join(f"{what} {_clock(at)}" for at, what in halts[:_SHOWN])
        more = f"; {len(halts) - _SHOWN} more" if len(halts) > _SHOWN else ""
        rows.append(("status", f"{len(halts):,}", text + more))
    return rows


def _print_check(report: ReplayReport, console: Out) -> None:
    share = report.matching / report.rows
    exact = "100 %" if report.ok else f"{min(share, 0.99999):.3%}"
    colour = "green" if report.ok else "red"
    if report.levels:
        claim = f"agree with the orderbook file on all {report.levels} levels, price and size"
    else:
        claim = "leave no crossed book in continuous trading"
    console.say(
        f"[bold {colour}]Check[/] {report.matching:,} of {report.rows:,} rows {claim}: {exact}"
    )
    if report.first is not None:
        first = report.first
        console.print(
            f"First difference at row {first.row:,}, {_clock(first.time)} ({first.message}):\n"
            f"  the file has {first.expected}\n  the book has {first.got}",
        )
