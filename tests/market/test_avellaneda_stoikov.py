"""The maker of Avellaneda and Stoikov (2008) reproduces the table of the paper."""

from __future__ import annotations

import pytest

from abm_desktop.market.avellaneda_stoikov import reservation_price, simulate, total_spread

# gamma: spread; inventory strategy: profit, its sd, sd of the final inventory; symmetric: the same.
TABLE = {
    0.1: (1.49, (64.9, 6.5, 2.9), (68.0, 13.2, 8.3)),
    0.01: (1.35, (68.5, 8.8, None), (68.6, 13.7, None)),
    0.5: (2.16, (48.6, 5.9, None), (58.3, 11.4, None)),
}


@pytest.mark.parametrize("gamma", TABLE)
def test_the_table_of_the_paper(gamma: float) -> None:
    spread, *strategies = TABLE[gamma]
    for skewed, expected in zip((True, False), strategies, strict=True):
        found = simulate(gamma, skewed=skewed)
        assert found.spread == pytest.approx(spread, rel=0.005)
        figures = (found.profit, found.profit_sd, found.inventory_sd)
        for value, wanted in zip(figures, expected, strict=True):
            if wanted is not None:
                assert value == pytest.approx(wanted, rel=0.022)


def test_the_formulas() -> None:
    assert reservation_price(100.0, 3, 0.5, 0.1, 2.0) == pytest.approx(100.0 - 0.6)
    assert reservation_price(100.0, -3, 0.5, 0.1, 2.0) == pytest.approx(100.6)
    assert total_spread(0.0, 0.1, 2.0, 1.5) == pytest.approx(20.0 * 0.0645385, rel=1e-5)
