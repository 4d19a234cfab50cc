"""What a report is made from: finished runs, and which of them are compared with which."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = [
    "FEWEST",
    "MEASURES",
    "ROOM_ONLY",
    "ComparedMeasure",
    "ExpectedSign",
    "ExperimentResults",
    "Level",
    "market_means",
]

ROOM_ONLY = "room only"
"""The placebo in which the displaced traders make room and nobody comes."""

FEWEST = 3
"""Policies of a kind with which the training is the unit of what is told in words and signs."""

Level = float | str
"""A dose, such as a share, or the name of a category, such as an intervention."""


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """How a measure is compared: by ratio of what is positive, else by difference."""

    column: str
    label: str
    ratio: bool


MEASURES = (
    ComparedMeasure("stress_rv_10s", "volatility on a 10-s grid", True),
    ComparedMeasure("stress_vol_300s", "volatility on a 300-s grid", True),
    ComparedMeasure("stress_vol_two_scale", "volatility less noise (two scales)", True),
    ComparedMeasure("stress_vol_around_path", "volatility around the fitted path", True),
    ComparedMeasure("drawdown_pct", "lowest price against that before, %", False),
    ComparedMeasure("rebound_pct", "rebound from the lowest price, %", False),
    ComparedMeasure("overshoot_pct", "lowest price against the value, %", False),
    ComparedMeasure("stress_quoted_spread_bp", "quoted spread under stress", True),
    ComparedMeasure("stress_depth_5", "depth under stress", True),
    ComparedMeasure("stress_impact_30s_bp", "price impact after 30 s, bp", False),
    ComparedMeasure("stress_volume", "volume under stress", True),
    ComparedMeasure("stress_vpin_true", "order imbalance (VPIN, true signs)", False),
    ComparedMeasure("stress_gap_sd_bp", "spread of the price around the value", True),
)
"""What the report compares, if the runs have it."""

OTHERS = (
    ComparedMeasure("remaining_drop_pct", "remaining move of the price, %", False),
    ComparedMeasure("crashes", "number of crashes", False),
    ComparedMeasure(
        "recovery_50_since_shock_s",
        "time from the shock until half of the fall is made up, s",
        False,
    ),
    ComparedMeasure("trade_drawdown_pct", "lowest trade price against that before, %", False),
    ComparedMeasure("trade_rv_60s", "volatility of trade prices under stress", True),
)
"""Measures that are compared only if an experiment asks for them."""


@dataclass(frozen=True, slots=True)
class ExpectedSign:
    """What a paper found, to be held against these runs.

    Attributes:
        paper: e.g. "Leal and Napoletano 2019".
        says: the finding in words.
        measure: column of the measure it is about.
        sign: 1 if it rises, -1 if it falls, 0 if it stays within 5 %.
        level: the treatment level that is looked at.
        against: the level it is compared with, or "room_only" for the runs of the same level in
            which nobody came; None for the control.
        group: the group it is about, as :meth:`ExperimentResults.group_names` tells it; "" for all
            of them one by one.
        kind: the kind of traders, as :meth:`ExperimentResults.kind_names` tells it; None for all.
    """

    paper: str
    says: str
    measure: str
    sign: int
    level: Level
    against: Level | None = None
    group: str = ""
    kind: str | None = None


@dataclass(frozen=True, eq=False)
class ExperimentResults:
    """Finished runs of an experiment.

    Attributes:
        name, question: for the title.
        runs: one row a run: the columns named below and those of
            :func:`abm_desktop.metrics.measures.measure`.
        series: rows of :func:`abm_desktop.metrics.series.shock_series` of some runs, with the
            columns ``level`` and ``group`` of them and one that names the run, ``run``.
        unforked: runs whose traders were there from the open, without matched copies, to be held
            against the controls of the same seeds; columns as in ``runs``.
        facts: the check of stylised facts, one row a cell and fact, as it is to be shown.
        level: column of the treatment: numbers, e.g. the share of volume of RL traders, or names,
            e.g. of interventions.
        control: the level that the others are compared with.
        group: columns within which runs are compared, e.g. the stress.
        pair: columns that tell which runs are the same market.
        policy: column that names the trained policy; the unit of replication.
        calm: value of the first group column without any stress, for amplification under stress
            beyond that in calm.
        primary: column of the measure that was fixed in advance.
        second: column of that which is told beside it, e.g. the same on a longer grid; "" for none.
        selected: runs of trainings that were chosen for what they do, columns as in ``runs``: they
            are shown apart and are in no interval.
        registration: sentences on what was fixed before the first run.
        file_text, version, seeds: what is needed to run it again.
        limits: sentences on what the results do not tell.
        level_name: what the level is, in words.
        file_name: that of the experiment's file.
        measures: what is compared, the primary one among them.
        kinds: columns, if there are such, that tell kinds of treated traders apart; those that
            do not differ are left out of the names. A run is compared with controls of its own
            kind and policy if there are such, else with the controls that have no RL traders.
        placebos: values of the first of ``kinds`` that are placebos, listed apart.
        no_kind: values in ``kinds`` of a run without RL traders.
        hypothesis_level: the level of the hypothesis fixed in advance, that volatility is amplified
            more than in calm; None for a hypothesis about every level.
        hypothesis_groups: its groups, as :meth:`group_names` tells them; none given, all but calm.
        order: levels in the order they are shown in; none given, rising numbers, or names in order
            of appearance.
        realised: column of the share of volume that RL traders really had, as a fraction.
        expected: what papers found.
    """

    name: str
    question: str
    runs: pd.DataFrame
    series: pd.DataFrame | None = None
    unforked: pd.DataFrame | None = None
    facts: pd.DataFrame | None = None
    level: str = "rl_share"
    control: Level = 0.0
    group: tuple[str, ...] = ("stress",)
    pair: tuple[str, ...] = ("seed",)
    policy: str = "policy"
    calm: str = "calm"
    primary: str = "stress_rv_10s"
    second: str = ""
    selected: pd.DataFrame | None = None
    registration: tuple[str, ...] = ()
    file_text: str = ""
    version: str = ""
    seeds: str = ""
    limits: tuple[str, ...] = ()
    level_name: str = "RL share of taker volume"
    file_name: str = "experiment.toml"
    measures: tuple[ComparedMeasure, ...] = field(default=MEASURES)
    kinds: tuple[str, ...] = ("arm", "algorithm", "displaces", "mode")
    placebos: tuple[str, ...] = ("untrained", "rule clones", "zero size", ROOM_ONLY)
    no_kind: tuple[str, ...] = ("", "control", "nan", "None")
    hypothesis_level: Level | None = None
    hypothesis_groups: tuple[str, ...] = ()
    order: tuple[Level, ...] = ()
    realised: str = "rl_share_reached"
    expected: tuple[ExpectedSign, ...] = ()

    def __post_init__(self) -> None:
        needed = [self.level, *self.group, *self.pair, self.primary]
        missing = [name for name in needed if name not in self.runs.columns]
        if missing:
            raise ValueError(
                f"the runs of experiment {self.name!r} have no column {', '.join(missing)}: "
                "give the names of the columns that they have"
            )

    @functools.cached_property
    def numeric(self) -> bool:
        """Whether levels are doses, so that there may be a trend."""
        return bool(pd.to_numeric(self.runs[self.level], errors="coerce").notna().all())

    def count(self) -> int:
        """How many runs there are, those without matched copies and of selected trainings too."""
        return sum(len(table) for table in self.run_tables().values())

    def run_tables(self) -> dict[str, pd.DataFrame]:
        """Every run by the name of its table: ``runs``, and those that are told apart from them."""
        apart = {"selected_runs": self.selected, "unforked_runs": self.unforked}
        return {"runs": self.runs} | {k: runs for k, runs in apart.items() if runs is not None}

    def group_names(self) -> list[str]:
        """The groups in order of appearance, as text."""
        return list(dict.fromkeys(self.grouped["group"]))

    def stressed_groups(self) -> list[str]:
        """The groups with a stress; all of them if there is no calm one."""
        names = self.group_names()
        return [name for name in names if not self.is_calm(name)] or names

    def is_calm(self, group: str) -> bool:
        """Whether a group, by its name, is one without stress."""
        return group.split(", ")[0] == _spaced(self.calm)

    def calm_of(self, group: str) -> str:
        """Name of the group without stress that a stressed one is held against."""
        _, *rest = group.split(", ")
        return ", ".join([_spaced(self.calm), *rest])

    def kind_names(self) -> list[str]:
        """Kinds of traders in order of appearance, without placebos; "" is none, or the only."""
        table = self.grouped
        treated = table[table["level"] != self.control]
        return list(dict.fromkeys(treated.loc[~treated["placebo"], "kind"]))

    def placebo_names(self) -> list[str]:
        """Kinds that are placebos, in order of appearance."""
        table = self.grouped
        return list(dict.fromkeys(table.loc[table["placebo"], "kind"]))

    @functools.cached_property
    def grouped(self) -> pd.DataFrame:
        """The runs with what they are compared by: ``level``, ``group``, ``kind``, ``placebo``.

        ``policy_name`` is filled in. Underscores in names become spaces. Not to be changed.
        """
        kind, placebo = self._kind()
        level = self.runs[self.level]
        added = {
            "level": pd.to_numeric(level).astype(float) if self.numeric else level.astype(str),
            "group": _joined([self.runs[name] for name in self.group]),
            "policy_name": self.runs[self.policy].astype(str)
            if self.policy in self.runs.columns
            else pd.Series("", index=self.runs.index),
            "kind": kind,
            "placebo": placebo,
        }
        kept = self.runs.drop(columns=[name for name in added if name in self.runs.columns])
        return pd.concat([kept, pd.DataFrame(added)], axis=1)

    def _kind(self) -> tuple[pd.Series, pd.Series]:
        compared = {self.level, *self.group, *self.pair}
        columns = [c for c in self.kinds if c in self.runs.columns and c not in compared]
        kind = pd.Series("", index=self.runs.index, dtype=object)
        if not columns:
            return kind, pd.Series(False, index=self.runs.index)
        texts = [_joined([self.runs[c]]) for c in columns]
        absent = texts[0].isin(self.no_kind)
        placebo = texts[0].isin(self.placebos) & ~absent
        trained = ~absent & ~placebo
        told = [text[trained] for text in texts if text[trained].nunique() > 1]
        if told:
            kind[trained] = _joined(told)
        kind[placebo] = texts[0][placebo]
        return kind, placebo

    @functools.cached_property
    def _rows(self) -> dict[tuple[str, Level], np.ndarray]:
        """Numbers of the rows of each group and level."""
        return self.grouped.groupby(["group", "level"], sort=False).indices

    @functools.cached_property
    def _levels(self) -> list[Level]:
        there = list(dict.fromkeys(self.grouped["level"]))
        wanted = [level for level in self.order if level in there and level != self.control]
        rest = [level for level in there if level not in wanted and level != self.control]
        return [self.control, *wanted, *(sorted(rest) if self.numeric else rest)]

    def levels(self) -> list[Level]:
        """Every level, the control first."""
        return list(self._levels)

    def told_level(self) -> Level:
        """The level of words and figures if not all fit: the hypothesis's, or the last."""
        return self._levels[-1] if self.hypothesis_level is None else self.hypothesis_level

    def measure_of(self, column: str) -> ComparedMeasure:
        """The measure of this column; compared by difference if it is not a known one."""
        for measure in (*self.measures, *OTHERS):
            if measure.column == column:
                return measure
        return ComparedMeasure(column, column.replace("_", " "), False)

    def paired(
        self,
        group: str,
        level: Level,
        measure: ComparedMeasure,
        kind: str | None = None,
        against: Level | None = None,
        base: str | None = None,
    ) -> pd.DataFrame:
        """Change against the control of every run that has one.

        Args:
            group, level: of the treated runs.
            measure: what changes; a log ratio, or a difference.
            kind: of the treated traders; None for every kind.
            against: the level compared with; None for the control.
            base: the kind of runs at ``level`` that it is compared with instead of the control.

        Returns columns ``policy_name``, those of ``pair``, ``change``, ``value`` and ``usual``;
        runs without a value, or not positive for a ratio, are left out.
        """
        # Many tables of a report ask for the same.
        asked = (group, level, measure, kind, against, base)
        if asked not in self._compared:
            self._compared[asked] = self._compare(*asked)
        return self._compared[asked].copy(deep=False)

    @functools.cached_property
    def _compared(self) -> dict[tuple[object, ...], pd.DataFrame]:
        """What :meth:`paired` has answered so far, by its arguments."""
        return {}

    def _compare(
        self,
        group: str,
        level: Level,
        measure: ComparedMeasure,
        kind: str | None,
        against: Level | None,
        base: str | None,
    ) -> pd.DataFrame:
        keys = list(self.pair)
        # Only what is needed: to take rows of a table with all measures takes far longer.
        runs = self.grouped[[*keys, "policy_name", "kind", "placebo", measure.column]]
        none = np.zeros(0, np.int64)
        usual_level = self.control if against is None else against
        if base is not None:
            usual_level = level
        control = runs.iloc[self._rows.get((group, usual_level), none)]
        treated = runs.iloc[self._rows.get((group, level), none)]
        treated = treated[~treated["placebo"]] if kind is None else treated[treated["kind"] == kind]
        own = control[control["kind"].isin(treated["kind"])]
        if base is not None:
            control = control[control["kind"] == base]
        else:
            control = own if len(own) else control[~control["placebo"]]
        # Where the control has the same policies, a policy is compared with itself.
        if set(treated["policy_name"]) <= set(control["policy_name"]):
            keys = ["policy_name", *keys]
        # Several copies of one control: their mean, the geometric one if a ratio is to be told.
        compared = control[measure.column].astype(float)
        if measure.ratio:
            compared = np.log(compared.where(compared > 0))
        copies = control.assign(compared=compared).groupby(keys)
        base_value = copies["compared"].mean()
        if measure.ratio:
            base_value = base_value.where(copies["compared"].count() == copies.size())
        usual = pd.DataFrame({"usual": copies[measure.column].mean(), "base": base_value})
        treated = treated.join(usual, on=keys)
        value, usual_value = treated[measure.column].astype(float), treated["usual"].astype(float)
        own_value = np.log(value.where(value > 0)) if measure.ratio else value
        change = own_value - treated["base"]
        out = treated[["policy_name", *self.pair]].assign(
            change=change, value=value, usual=usual_value
        )
        return out[out["change"].notna()]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _word(column: str, value: object) -> str:
    """A value of a factor in words: shares in percent, underscores as spaces."""
    if column == "rl_share" and isinstance(value, float):
        return f"RL share {100 * value:g} %"
    return _spaced(str(value))


def _joined(columns: list[pd.Series]) -> pd.Series:
    """Texts of several columns as one, of every row; underscores become spaces."""
    # Few values in many rows: words are made once for each combination.
    table = pd.concat(columns, axis=1)
    codes, distinct = pd.factorize(pd.MultiIndex.from_frame(table))
    heads = [str(name) for name in table.columns]
    words = [", ".join(map(_word, heads, row)) for row in distinct]
    return pd.Series(np.array(words, dtype=object)[codes], index=table.index)


def market_labels(changes: pd.DataFrame, pair: tuple[str, ...]) -> np.ndarray:
    """One label a row that tells its market, (n,)."""
    return changes.groupby(list(pair), sort=False).ngroup().to_numpy()


def market_means(changes: pd.DataFrame, pair: tuple[str, ...]) -> np.ndarray:
    """Mean change of each market over the policies that met it, (markets,)."""
    return changes.groupby(list(pair), sort=False)["change"].mean().to_numpy()
