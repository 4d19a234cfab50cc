"""The pages of the Analytics tab. Another page is another line here; its command comes with it.

No widgets: the commands of the program are made from this list before any page is.
"""

from __future__ import annotations

import importlib
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
    place: str
    """``module:class`` of the page, in this package; imported when it is first shown."""

    @property
    def plain_title(self) -> str:
        """The title without its mark."""
        return self.title.replace("&", "")

    def kind(self) -> type[AnalyticsPage]:
        """Import the class of the page."""
        module, _, name = self.place.partition(":")
        found: type[AnalyticsPage] = getattr(
            importlib.import_module(f"abm_desktop.ui.analytics.{module}"), name
        )
        return found


PAGES: tuple[Page, ...] = (
    Page("overview", "&Overview", "Measures as they stream in", "overview_page:OverviewPage"),
    Page("traders", "&Traders", "Who earns, holds and trades what", "traders_page:TradersPage"),
    Page("stress", "&Stress", "A report of every stress of this run", "stress_page:StressPage"),
    Page("returns", "&Returns", "Distribution of returns, memory", "returns_page:ReturnsPage"),
    Page("facts", "&Facts", "Stylised facts of the session so far", "facts_page:FactsPage"),
    Page("compare", "&Compare", "Runs side by side", "compare_page:ComparePage"),
    Page(
        "experiments",
        "&Experiments",
        "What a treatment does to many matched markets",
        "experiments_page:ExperimentsPage",
    ),
)
