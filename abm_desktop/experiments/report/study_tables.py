"""The small tables that a study keeps: its runs, what changes, and how high everything is.

A change is the mean over trainings of their mean changes in matched markets, with Student's t
interval for other trainings and markets (over markets without several trainings), as everywhere in
reports where the training is the unit; here for every measure that the study fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.kinds import TRAININGS, units_of
from abm_desktop.experiments.statistics.experiment_results import (
    MEASURES,
    OTHERS,
    ROOM_ONLY,
    ComparedMeasure,
    market_means,
)
from abm_desktop.experiments.statistics.matched import holm
from abm_desktop.experiments.statistics.parts import ADDITION, REMOVAL, TOTAL, interval_of
from abm_desktop.inputs import InputError
from abm_desktop.whole_files import write_whole

__all__ = ["RUNS", "read_runs", "study_effects", "study_levels", "study_runs", "write_study"]

RUNS = "runs.csv"
_USUAL: dict[str, object] = {
    "stress": "calm",
    "intervention": "none",
    "variant": "as it is",
    "learning_rate": 0.0,
    "arm": "trained",
    "algorithm": "",
    "policy": "",
    "mode": "frozen",
    "rl_share": 0.25,
    "copy": 0,
    "fork": 0,
}
"""Factors of a run; one that does not differ is not written."""
_LEVELS = {"share": "rl_share"}
_TOLD = ("rl_share_reached", "rl_count", "rl_crowding", "crashes")
_KEPT = ("recovery_50_censored", "stress_halted_seconds", "dose_lots", "rl_dose_lots", *_TOLD)
CROWDING = ComparedMeasure("rl_crowding", "how alike RL traders trade", False)
_CONTROL, _TRAINED = "control", "trained"
_PAIR = ("seed", "fork")
LEVEL, BESIDE = "level", "beside"
ALL = "all algorithms"
"""Trained traders of every algorithm together."""
_DIGITS = 6


def measures_of(runs: pd.DataFrame, design: Design) -> list[ComparedMeasure]:
    """What is compared: what the study fixed, and further usual measures that the runs have."""
    known = {measure.column: measure for measure in (*MEASURES, *OTHERS, CROWDING)}
    names = dict.fromkeys(
        [
            *(design.primary, design.second, *design.also),
            *(sign.measure for sign in design.expected),
            *known,
        ]
    )
    return [
        known.get(name, ComparedMeasure(name, name.replace("_", " "), False))
        for name in names
        if name in runs
    ]


def study_runs(runs: pd.DataFrame, design: Design) -> pd.DataFrame:
    """A row a run: the factors that differ, ``seed``, the measures of the study and its doses."""
    told = [m.column for m in measures_of(runs, design)]
    factors = [
        name
        for name in _USUAL
        if name in runs and (runs[name].nunique() > 1 or runs[name].iloc[0] != _USUAL[name])
    ]
    columns = dict.fromkeys([*factors, "seed", *told, *_KEPT])
    return runs[[name for name in columns if name in runs]]


def read_runs(file: Path) -> pd.DataFrame:
    """The runs that :func:`study_runs` wrote, with all factors. Raises :class:`InputError`."""
    try:
        runs = pd.read_csv(file, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({error})", path=file, remedy="run the study") from error
    for name, usual in _USUAL.items():
        if name not in runs:
            runs[name] = usual
    untouched = runs["arm"] == _CONTROL
    runs.loc[untouched, "rl_share"] = 0.0
    return runs.fillna(dict.fromkeys(("algorithm", "policy"), ""))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two sets of runs of the same markets, and what they are called."""

    part: str
    names: dict[str, object]
    of: pd.DataFrame
    against: pd.DataFrame
    sets: pd.Series | None = None
    """By seed: which trainings, one of each algorithm, have this market; of ``ALL`` only."""


def study_effects(runs: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Every change that a study tells, one row a comparison and measure.

    ``part`` says which: "level" (the level compared, among the same traders), "removal" (room made
    against untouched), "addition" (traders against room made), "total", or "beside" (traders
    against others in the same room). Then the factors that differ, ``traders`` with the level, and
    what they are compared with: ``against`` with ``against_level``. ``change`` with ``low`` to
    ``high`` (95 %) is a fraction where ``scale`` is "ratio"; ``p_holm`` corrects within a measure,
    levels and all other parts apart. ``median_market`` is that of the markets' means,
    ``even_seeds`` and ``odd_seeds`` the change in either half of the markets, ``least_training``
    and ``most_training`` of single ones; ``unit``, ``markets`` and ``trainings`` say what the
    interval is for, and of how many; a population, and a set of trainings that trade as one, counts
    as one training.

    If several algorithms divide the markets alike, "all algorithms" tells what their traders do on
    average. A set of trainings, one of each, that has its markets to itself is the unit then, since
    trainings that meet the same markets are not independent; ``p_holm`` corrects such rows among
    themselves.
    """
    rows = []
    for found in _comparisons(runs, design):
        for measure in measures_of(runs, design):
            if told := _change(found, measure):
                rows.append({"part": found.part, **found.names, **told})
    table = pd.DataFrame(rows)
    if len(table):
        families = table["p"].groupby(
            [table["measure"], table["part"] == LEVEL, table["traders"] == ALL], sort=False
        )
        table["p_holm"] = families.transform(lambda p: holm(p.to_numpy(float)))
    return table


def study_levels(runs: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Means of the measures by stress, traders and the other factors that differ.

    With the number of ``runs``, and of those ``with_a_crash``.
    """
    keys = ["traders", *_differing(runs)]
    named = runs.assign(traders=_traders(runs))
    wanted = [m.column for m in measures_of(runs, design)] + list(_KEPT)
    numbers = [name for name in dict.fromkeys(wanted) if name in runs]
    groups = named.groupby(keys, sort=False)
    table = groups[numbers].mean()
    if "crashes" in runs:
        table["with_a_crash"] = named.assign(c=named["crashes"] > 0).groupby(keys)["c"].sum()
    return table.assign(runs=groups.size()).reset_index()


def write_study(folder: Path, design: Design, runs: pd.DataFrame | None) -> list[Path]:
    """Write ``runs.csv``, ``effects.csv`` and ``levels.csv``; other files there stay.

    Without ``runs`` those of the ``runs.csv`` that lies there, and only ``effects.csv`` of them: a
    table of levels may tell of measures that it lacks. Raises :class:`InputError` for one that
    cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[pd.DataFrame, str | None]] = {}
    if runs is None:
        runs = read_runs(folder / RUNS)
    else:
        tables[RUNS] = (study_runs(runs, design), "%.6g")
        tables["levels.csv"] = (study_levels(runs, design), "%.6g")
    tables["effects.csv"] = (study_effects(runs, design).round(_DIGITS), None)
    for name, (table, form) in tables.items():
        text = table.to_csv(index=False, float_format=form, lineterminator="\n")
        write_whole(folder / name, text)
    return [folder / name for name in tables]


def _differing(runs: pd.DataFrame) -> list[str]:
    """Factors beside the traders that differ."""
    others = ("stress", "intervention", "variant", "learning_rate", "rl_share")
    shares = runs.loc[runs["arm"] != _CONTROL, "rl_share"]
    return [name for name in others if (shares if name == "rl_share" else runs[name]).nunique() > 1]


def _traders(runs: pd.DataFrame) -> pd.Series:
    """What a run's traders are called: the arm, or of trained ones what sets them apart."""
    trained = runs["arm"] == _TRAINED
    apart = [name for name in ("algorithm", "mode") if runs.loc[trained, name].nunique() > 1]
    names = runs.loc[trained, apart or ["algorithm"]].astype(str).agg(", ".join, axis=1)
    return runs["arm"].astype(str).where(~trained, names.reindex(runs.index))


def _comparisons(runs: pd.DataFrame, design: Design) -> Iterator[_Comparison]:
    level = _LEVELS.get(design.level, design.level)
    others = [name for name in _differing(runs) if name != level]
    runs = runs.assign(traders=_traders(runs))
    if design.level == "share":
        runs.loc[runs["arm"] == _CONTROL, level] = 0.0
    for _, here in runs.groupby(others, sort=False) if others else [((), runs)]:
        context = {name: here[name].iloc[0] for name in others}
        cells = dict(list(here.groupby(["traders", level], sort=False)))
        if design.level == "share":
            yield from _together(here, cells, level, context)
        for (who, at), rows in cells.items():
            names = context | {"traders": who, "level": at}
            if design.level != "share":
                for (other, before), base in cells.items():
                    if other == who and _comes_before(here, level, before, at):
                        than = {"against": who, "against_level": before}
                        yield _Comparison(LEVEL, names | than, rows, base)
            untouched = 0.0 if design.level == "share" else at
            for part, base_name, base_level in (
                (REMOVAL if who == ROOM_ONLY else TOTAL, _CONTROL, untouched),
                (ADDITION, ROOM_ONLY, at),
            ):
                base = cells.get((base_name, base_level))
                if base is not None and who not in (base_name, _CONTROL):
                    than = {"against": base_name, "against_level": base_level}
                    yield _Comparison(part, names | than, rows, base)
            if design.level == "share" and rows["arm"].iloc[0] == _TRAINED:
                for other in _beside(cells, who, at):
                    than = {"against": other, "against_level": at}
                    yield _Comparison(BESIDE, names | than, rows, cells[other, at])


def _together(
    here: pd.DataFrame,
    cells: dict[tuple[str, object], pd.DataFrame],
    level: str,
    context: dict[str, object],
) -> Iterator[_Comparison]:
    """What trained traders of all algorithms do, if these divide the markets alike."""
    trained = here[here["arm"] == _TRAINED]
    if trained["mode"].nunique() != 1:
        return
    for at, rows in trained.groupby(level, sort=False):
        sets = rows.groupby("seed")["policy"].agg(lambda p: "+".join(sorted(set(p))))
        of_policy = rows.assign(among=rows["seed"].map(sets)).groupby("policy")["among"]
        met = rows.groupby("seed")["algorithm"].nunique()
        several = rows["algorithm"].nunique()
        if several < 2 or sets.nunique() < 2 or (of_policy.nunique() > 1).any():
            continue
        if any(units_of([kind]) != TRAININGS for kind in rows["algorithm"].unique()):
            continue  # several that trade together are no algorithm
        if (met != several).any():
            continue
        names = context | {"traders": ALL, "level": at}
        for part, base_name, base_level in (
            (TOTAL, _CONTROL, 0.0),
            (ADDITION, ROOM_ONLY, at),
        ):
            base = cells.get((base_name, base_level))
            if base is not None:
                than = {"against": base_name, "against_level": base_level}
                yield _Comparison(part, names | than, rows, base, sets)


def _beside(cells: dict[tuple[str, object], pd.DataFrame], who: str, at: object) -> list[str]:
    """Whom trained traders are held against in one room: trained ones before, and placebos."""
    there = [name for name, level in cells if level == at and name not in (_CONTROL, ROOM_ONLY)]
    trained = [name for name in there if cells[name, at]["arm"].iloc[0] == _TRAINED]
    before = trained[: trained.index(who)]
    return [*before, *(name for name in there if name not in trained)]


def _comes_before(here: pd.DataFrame, level: str, one: object, other: object) -> bool:
    """Whether a level is compared with another: of names the first, of numbers every lower one."""
    if isinstance(one, str):
        return one == here[level].iloc[0] and one != other
    return bool(one < other)  # type: ignore[operator]


def _change(found: _Comparison, measure: ComparedMeasure) -> dict[str, object]:
    changes = _changes(found.of, found.against, measure)
    told: dict[str, object] = {
        "measure": measure.column,
        "scale": "ratio" if measure.ratio else "difference",
    }
    if not len(changes):
        return {}
    if found.sets is not None:
        changes = changes.assign(policy_name=changes["seed"].map(found.sets))
    spread, unit = interval_of(changes, _PAIR)

    def shown(value: float) -> float:
        with np.errstate(over="ignore"):
            return float(np.expm1(value)) if measure.ratio else float(value)

    halves = [changes[changes["seed"] % 2 == odd] for odd in (0, 1)]
    by_half = [float(half["change"].mean()) for half in halves]
    means = market_means(changes, _PAIR)
    several = unit == "trainings"
    nothing = not changes["change"].any()
    return told | {
        "change": shown(spread.mean),
        "low": shown(spread.mean if nothing else spread.low),
        "high": shown(spread.mean if nothing else spread.high),
        "p": 1.0 if nothing else spread.p,
        "median_market": shown(float(np.median(means))),
        "even_seeds": shown(by_half[0]),
        "odd_seeds": shown(by_half[1]),
        "least_training": shown(spread.least) if several else np.nan,
        "most_training": shown(spread.most) if several else np.nan,
        "unit": _unit(found) if several else unit,
        "markets": len(means),
        "trainings": _trainings(found, spread.policies) if several else 0,
    }


def _unit(found: _Comparison) -> str:
    if found.sets is not None:
        return "sets of trainings"
    trained = found.of.loc[found.of["arm"] == _TRAINED, "algorithm"].astype(str)
    return units_of(trained.unique())


def _trainings(found: _Comparison, units: int) -> int:
    return units if found.sets is None else int(found.of["policy"].nunique())


def _changes(of: pd.DataFrame, against: pd.DataFrame, measure: ComparedMeasure) -> pd.DataFrame:
    """Change of every run: ``policy_name``, ``seed``, ``fork``, ``change``, known ones only.

    A policy is compared with itself if it is on both sides; of several copies of a market it is
    the mean, of the logarithms for a ratio.
    """
    keys = list(_PAIR)
    if set(of["policy"]) <= set(against["policy"]):
        keys = ["policy", *keys]

    def value(runs: pd.DataFrame) -> pd.Series:
        told = runs[measure.column].astype(float)
        return np.log(told.where(told > 0)) if measure.ratio else told

    base = against.assign(base=value(against)).groupby(keys)["base"].mean()
    own = of[["policy", *_PAIR]].assign(own=value(of)).join(base, on=keys)
    changes = own.assign(change=own["own"] - own["base"]).rename(columns={"policy": "policy_name"})
    others = against.groupby(list(_PAIR))["policy"]
    if of["policy"].nunique() == 1 and (others.nunique() == 1).all():
        # One mix against trainings that divide the markets: these are what differs.
        names = others.first().rename("policy_name")
        changes = changes.drop(columns="policy_name").join(names, on=list(_PAIR))
    return changes.loc[changes["change"].notna(), ["policy_name", *_PAIR, "change"]]
