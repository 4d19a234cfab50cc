"""What the results of an experiment do not tell, in sentences."""

from __future__ import annotations

from abm_desktop.experiments.report.findings import Findings
from abm_desktop.experiments.report.text import p_text, units
from abm_desktop.experiments.statistics.experiment_results import FEWEST, ExperimentResults

__all__ = ["limits"]

CLEAR = 0.05


def limits(results: ExperimentResults, found: Findings) -> list[str]:
    """What the results do not tell: the given sentences, and those that follow from the numbers."""
    out = list(results.limits)
    effects, unit = found.effects, units(results)
    if len(effects):
        real = effects[~effects["placebo"] & effects["primary"]]
        if not len(found.parts) and results.numeric and "share" in results.level:
            out.append(
                "What making room does by itself was not measured (rl.room_only = false): a change "
                "against the control is removal and addition together."
            )
        markets = int(real["markets"].min())
        counts = real["policies"][real["policies"] > 0]
        trained = len(counts) > 0
        policies = int(counts.min()) if trained else 0
        if not trained:
            pass  # nobody was trained: there are only markets to be told about
        elif policies < FEWEST:
            out.append(
                f"{policies} {unit if policies > 1 else unit.removesuffix('s')} of each kind of "
                "traders: the intervals are over "
                f"markets, for these very {unit}, and tell nothing of what others would do."
            )
        elif policies < 5:
            out.append(
                f"{policies} {unit} of each kind of traders: the intervals are for other "
                f"{unit} too, and as wide as so few make them."
            )
        elif policies < 10:
            out.append(
                f"With {policies} policies per cell a 95 % interval of the bootstrap covers the "
                "truth in 85 to 95 % of experiments, the less the more policies differ; the one "
                f"for other {unit}, by the t distribution, in about 95 %."
            )
        tests = len(real[["kind", "group"]].drop_duplicates())
        least = tests * 2.0 ** (1 - markets)
        if trained and policies < FEWEST and least >= CLEAR:
            out.append(
                f"With {markets} markets no p of the signed-rank tests in the table of effects can "
                f"be below {p_text(min(1.0, least))} after Holm's correction, however large the "
                "change. "
                "What is said to rise or to fall, in two parts, is so by the t test over markets, "
                "which takes the changes to be normal."
            )
        if markets < 64:
            out.append(f"Some comparisons have only {markets} markets; 64 are usual for screening.")
    if len(found.spread):
        wide = found.spread["high"].isna() | (found.spread["ratio"] & (found.spread["high"] > 10))
        if wide.any():
            out.append(
                f"{int(wide.sum())} of {len(found.spread)} intervals for other {unit} have no "
                f"useful upper end (none, or above +1000 %): the {unit} differ too much."
            )
    if found.mixed is not None and found.mixed.note:
        out.append(f"Mixed model: {found.mixed.note}")
    if len(found.shares):
        off = (found.shares["whole_pct"] - found.shares["aimed_pct"]).abs()
        worst = found.shares.loc[off.idxmax()]
        if off.max() > 5:
            who = ", ".join(filter(None, (worst["kind"], worst["group"])))
            out.append(
                f"The realised share missed the aimed one by up to {off.max():.0f} points: "
                f"{worst['whole_pct']:.0f} % for {worst['aimed_pct']:.0f} % ({who})."
            )
    if results.facts is None:
        out.append("The stylised facts were not checked in these cells.")
    out.append("All of this is a simulated market; no real one was traded.")
    return out
