"""What a file of fewer levels would have is what is left of one of more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.feed_maker import itch_bytes, random_feed

from abm_desktop.lobster_files import write_lobster
from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.replay import with_levels
from abm_desktop.market.simulator import Simulator
from abm_desktop.metrics.likeness.levels import within_levels
from abm_desktop.scenario import Scenario

ARRAYS = ("time", "kind", "size", "price", "side", "book_price", "book_size")


@pytest.mark.parametrize("levels", [1, 3])
def test_it_is_the_file_of_fewer_levels(tmp_path: Path, levels: int) -> None:
    simulator = Simulator(Scenario(name="short"), 5, record_messages=True)
    simulator.warm_up()
    simulator.begin_tape()
    simulator.run(20.0)
    flows = []
    for count in (levels, 12):
        write_lobster(simulator, tmp_path / str(count), levels=count)
        flows.append(read_order_flow(tmp_path / str(count)))
    fewer, more = flows
    cut = within_levels(more, levels)
    assert cut.levels == levels and 100 < len(cut) < 0.9 * len(more)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(cut, name), getattr(fewer, name), err_msg=name)


def test_a_feed_of_every_order_loses_what_is_deeper(tmp_path: Path) -> None:
    (tmp_path / "01302020.NASDAQ_ITCH50").write_bytes(itch_bytes(random_feed(3, 600), others=()))
    whole = with_levels(read_recording(tmp_path / "01302020.NASDAQ_ITCH50"), 2)
    cut = within_levels(whole, 2)
    assert 50 < len(cut) < len(whole)
    assert cut.settled is not None and len(cut.settled) == len(cut)
    # The books that are left follow one another as all of them do, repetitions left out.
    books = np.concatenate([whole.book_price, whole.book_size], axis=2).reshape(len(whole), -1)
    left = np.concatenate([cut.book_price, cut.book_size], axis=2).reshape(len(cut), -1)
    assert [tuple(b) for b in once(books)] == [tuple(b) for b in once(left)]


def once(books: np.ndarray) -> np.ndarray:
    return books[np.append(True, (books[1:] != books[:-1]).any(axis=1))]
