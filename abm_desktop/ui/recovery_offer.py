"""The offer to recover a session whose program did not end properly."""

from __future__ import annotations

import time

from abm_desktop.desk.formats import clock
from abm_desktop.statements import counted
from abm_desktop.ui.autosave import Autosave, Left
from abm_desktop.ui.widgets.offer import Offer

__all__ = ["offer_recovery"]


def offer_recovery(offer: Offer, autosave: Autosave, left: Left) -> None:
    """Ask whether the session that was ``left`` is to be recovered or forgotten."""
    record = left.record
    when = time.strftime("%d %b %H:%M:%S", time.localtime(record.saved))
    text = (
        f"The program did not end properly. “{record.source}”, seed {record.seed}, was "
        f"kept at {clock(record.time)} with {counted(len(record.commands), 'command')} "
        f"({when})."
    )
    recover = "Compute the same market again, up to that moment, bit by bit"
    offer.ask(
        "Recover the session?",
        text,
        (
            ("Recover", recover, lambda: autosave.recover(left)),
            ("Discard", "Forget that session", lambda: autosave.discard(left)),
        ),
    )
