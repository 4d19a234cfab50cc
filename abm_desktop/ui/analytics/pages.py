"""The pages of the Analytics tab. Another page is another line here; its command comes with it.

No widgets: the commands of the program are made from this list before any page is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abm_desktop.ui.analytics.page import AnalyticsPage

__all__ = ["PAGES", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the rail at the left of the tab."""

    name: str
    title: str
    """With the mark of its mnemonic, for the menu."""
    tip: str
    kind: Callable[[], type[AnalyticsPage]]
    """Imports the class of the page, when it is first shown."""
    needs_market: bool = True
    """Whether it shows the market that is open; others are shown if none is, too."""

    @property
    def plain_title(self) -> str:
        """The title without its mark."""
        return self.title.replace("&", "")


def _overview() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.overview_page import OverviewPage

    return OverviewPage


def _traders() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.traders_page import TradersPage

    return TradersPage


def _stress() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.stress_page import StressPage

    return StressPage


def _returns() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.returns_page import ReturnsPage

    return ReturnsPage


def _facts() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.facts_page import FactsPage

    return FactsPage


def _compare() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.compare_page import ComparePage

    return ComparePage


def _twins() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.twins_page import TwinsPage

    return TwinsPage


def _experiments() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.experiments_page import ExperimentsPage

    return ExperimentsPage


def _likeness() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.likeness_page import LikenessPage

    return LikenessPage


def _calibration() -> type[AnalyticsPage]:
    from abm_desktop.ui.analytics.calibration_page import CalibrationPage

    return CalibrationPage


PAGES: tuple[Page, ...] = (
    Page("overview", "&Overview", "Measures as they stream in", _overview),
    Page("traders", "&Traders", "Who earns, holds and trades what", _traders),
    Page("stress", "&Stress", "A report of every stress of this run", _stress),
    Page("returns", "&Returns", "Distribution of returns, memory", _returns),
    Page("facts", "&Facts", "Stylised facts of the session so far", _facts),
    Page("compare", "&Compare", "Runs side by side", _compare),
    Page(
        "experiments",
        "&Experiments",
        "What a treatment does to many matched markets",
        _experiments,
    ),
    Page("twins", "T&wins", "This run over the same without a command, or over its fork", _twins),
    Page(
        "likeness",
        "&Likeness",
        "How alike the order flow of two days is",
        _likeness,
        needs_market=False,
    ),
    Page(
        "calibration",
        "Cali&brate",
        "A market that is like a recorded day",
        _calibration,
        needs_market=False,
    ),
)
