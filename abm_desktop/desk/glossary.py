"""One sentence behind every term that the window shows.

Measures explain themselves where their titles stand (``desk.analytics.titles``); here are the words
of tables, columns and panels beside them. Tool tips of columns and the glossary of the manual are
made of both.
"""

from __future__ import annotations

from functools import cache

from abm_desktop.desk.analytics.titles import (
    RETURN_MEASURES,
    STRESS_MEASURES,
    WINDOW_MEASURES,
)

__all__ = ["PLAIN", "glossary", "meaning"]

_TERMS: dict[str, str] = {
    # Markets.
    "Mid": "The middle between the best bid and the best ask.",
    "Tick": "The smallest step of a price.",
    "Lot": "The unit in which sizes of orders are counted.",
    "bp": "Basis point: a hundredth of a percent.",
    "Fundamental value": "What the asset is worth in the model; traders see it with errors, a "
    "recording does not tell it.",
    "Aggressor": "Whose order met one that rested in the book; the other is the maker.",
    "Fill": "A pair of orders that traded: an aggressive order filled in parts counts once for "
    "each.",
    "Book events": "Accepted orders, cancels and fills.",
    "Limit state": "A best quote stands at the edge of the band of limit up, limit down; if it "
    "stays there, trading pauses.",
    "Auction": "Orders are collected and traded at the one price at which most can be.",
    "Halted": "Nothing trades until the halt is over; orders may be cancelled.",
    "Warm-up": "Time that a market runs before it opens, so that its book is filled.",
    "Seed": "The number that all chance comes from: one seed is one market, bit by bit.",
    "Fork": "A run that goes on from a past moment of another, as a market of its own.",
    "Twin": "The same run without one of its commands: what differs is what the command did.",
    "Activity factor": "By how much more or less often traders wake up at this time of the day.",
    "Messages per fill": "Orders, cancels and fills for each fill of the last minute.",
    "Order-book imbalance": "Lots bid less lots asked over their sum, in five levels.",
    "Net flow": "Lots that a type of traders bought less those it sold.",
    "Inventory": "Lots that a trader holds, the start counting as zero.",
    "PnL": "Profit and loss in currency, what is held being valued at the mid.",
    "Made": "Lots filled while resting in the book.",
    "Taken": "Lots filled as the aggressor.",
    "Maker": "Share of all lots that were filled while resting in the book.",
    "Taker": "Share of all lots that were filled as the aggressor.",
    "Maker share": "Share of all lots that a type of traders filled while resting in the book.",
    "Taker share": "Share of all lots that a type of traders filled as the aggressor.",
    "Markets needed": "So many matched markets would find an effect of this size as often as the "
    "power says.",
    "Turnover": "Value traded in currency, as maker and as taker.",
    # Experiments.
    "Cell": "One combination of treatment, dose and stress; every market is run in each.",
    "Matched markets": "Copies of one market at one moment, so that only the treatment differs "
    "between them.",
    "VAF": "Volatility amplification factor: volatility with the treatment over that without, in "
    "matched markets; above one the treatment adds to it.",
    "VAF*": "VAF under the stress over VAF in calm: above one, the amplification is specific to "
    "the stress.",
    "Change": "Mean change against the same market without the treatment.",
    "Policies": "How many trained agents the treatment was made of.",
    "95 % interval": "Values that the data leave possible: 95 of a hundred such intervals hold "
    "the true one.",
    "p": "How often chance alone would give a difference of this size or more.",
    "p (Holm)": "p, raised for the number of questions that were asked at once (Holm 1979).",
    "Power": "How often an effect of this size would be found with so many markets.",
    "Dose": "How much of the treatment: the share of RL traders in the volume of takers.",
    "Training as unit": "Traders of one training are alike, so that intervals for other trainings "
    "count trainings rather than markets.",
    # Stylised facts.
    "Stylised fact": "A regularity that nearly every real market shows, whatever the asset (Cont "
    "2001).",
    "Null": "A market without the structure that a fact looks for, such as shuffled returns: a "
    "test that accepts it proves nothing.",
    "Gate": "A hard fact must hold for a market to be accepted; a soft one is told.",
    "Accepted": "The values that count as realistic: real days are in this range, a null is not.",
    "Verdict": "Whether the value, with its interval, is within what is accepted.",
    "In range": "The value and its interval (bar) over the accepted range (grey).",
    "Source": "The paper that a fact was first told in.",
    "Volatility clustering": "Large moves follow large moves: the sizes of returns are "
    "correlated over a long time.",
    "Leverage effect": "Volatility rises after falls more than after rises of the same size.",
    # Learning.
    "Episode": "One session that an agent plays from beginning to end.",
    "Reward": "What the agent is told that a step was worth; it learns to have much of it.",
    "Return of an episode": "The sum of its rewards.",
    "Entropy": "How much of its actions an agent leaves to chance: 0 is none.",
    "KL divergence": "How far the agent moved away from what it was before the update.",
    "Explained variance": "How well the agent foresees its rewards: 1 is perfectly, 0 not at all.",
    "Baseline": "A simple rule that a trained agent has to beat.",
    "Held-out days": "Sessions that were neither trained on nor used to choose the model.",
    "Checkpoint": "A training as it stands, from which it can go on.",
}  # fmt: skip

PLAIN = frozenset({
    "Measure", "Value", "This run", "Δ", "Δ in %", "Type", "Traders", "Messages", "Share",
    "Markets", "Effect", "Cells", "RL share", "Run", "Runs", "Line", "Key", "Time", "Price", "Size",
    "Name", "Note", "Fact", "Stress", "Lots", "Trader type", "Depth", "Profit and loss",
})  # fmt: skip
"""Titles that explain themselves."""


@cache
def glossary() -> dict[str, str]:
    """Every term with its sentence, in the order of the alphabet.

    >>> glossary()["Returns"]
    'How many returns there are.'
    """
    found: dict[str, str] = {}
    for measure in (*STRESS_MEASURES, *RETURN_MEASURES, *WINDOW_MEASURES):
        found[measure.title] = measure.tip.rstrip(".") + "."
    found |= _TERMS
    return dict(sorted(found.items(), key=lambda entry: entry[0].casefold()))


def meaning(title: str) -> str:
    """The sentence behind a title; "" if there is none. A unit after a comma does not matter.

    >>> meaning("VPIN")[:30]
    'Imbalance of buckets of a usua'
    >>> meaning("Measure")
    ''
    """
    terms = glossary()
    return terms.get(title) or terms.get(title.partition(",")[0].strip()) or ""
