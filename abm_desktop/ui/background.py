"""Work off the UI thread, with the answer delivered back on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

__all__ = ["Background"]

log = logging.getLogger(__name__)


class Background(QObject):
    """A small pool of threads. ``run`` returns at once; the callbacks come on the UI thread.

    Jobs run one after the other, in the order they were asked for, so that the last file a person
    opens is the one that stays open.
    """

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ui-background")
        self._closed = False
        self._telling = threading.Lock()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Call ``work()`` on another thread, then ``done(result)`` or ``failed(error)`` here.

        After :meth:`close` nothing is called: the widgets that ask are about to go.
        """
        if self._closed:
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda f: self._announce(f, (done, failed)))

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more work."""
        return self._closed

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """Call ``work()`` after what was asked for before; for whoever waits in a coroutine.

        Raises RuntimeError after :meth:`close`.
        """
        return self._pool.submit(work)

    def close(self) -> None:
        """Take no more work, and drop callbacks that have not been delivered yet.

        When it returns no thread touches this object any more, so that it may be destroyed.
        """
        with self._telling:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _announce(self, future: Future[Any], callbacks: object) -> None:
        with self._telling:
            if not self._closed:
                self._finished.emit(future, callbacks)

    def _deliver(self, future: Future[Any], callbacks: tuple[Any, Any]) -> None:
        if self._closed or future.cancelled():
            return
        done, failed = callbacks
        error = future.exception()
        if error is not None:
            log.debug("background work failed", exc_info=error)
            failed(error)
        else:
            done(future.result())
