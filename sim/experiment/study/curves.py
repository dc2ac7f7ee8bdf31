"""Curves of a study: how each metric that was kept develops at each point, as ranges over worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from sim.experiment.statistics import band, mean_interval, paired_difference
from sim.experiment.store import StoreDamaged
from sim.experiment.study.needs import worlds_of
from sim.experiment.study.parts import WEEKLY, Parts
from sim.experiment.study.place import asked_in, is_sealed, problems_of
from sim.experiment.study.plan import Plan
from sim.model.metrics import METRICS
from sim.scenario.schema import YEAR


def read_study(folder: Path) -> tuple[Plan, Parts]:
    """A finished study and its runs.

    Raises
    ------
    StoreDamaged
        If the folder is not as it was written.
    ValueError
        If the study is not finished.
    """
    if problems := problems_of(folder):
        raise StoreDamaged("\n".join(problems))
    if not is_sealed(folder):
        raise ValueError(f"the study in {folder} is not finished; `sweep` goes on with it")
    plan = asked_in(folder)
    parts = Parts(folder, plan.kept)
    parts.look()
    return plan, parts


def lived_weeks(plan: Plan, parts: Parts, every: int) -> list[np.ndarray]:
    """Of each point, float64 (worlds, metrics that are kept, spans): means over so many weeks, in the order of seeds.

    Of the business that the study looks at.

    Parameters
    ----------
    every : weeks of a span; a rest that is shorter is left out
    """
    values = dict(_kept_weeks(plan, parts, every))
    return [np.stack([values[key] for key in worlds_of(plan, parts, point)]) for point in range(len(plan.points))]


def curves(plan: Plan, lived: Sequence[np.ndarray], every: int) -> pd.DataFrame:
    """How each metric goes on at each point: point, metric, week, mean, low, high.

    A row says how a metric was on average over the weeks that end with ``week``; the band holds 90 % of worlds (5 to
    95 %), and the mean is that of worlds.

    Parameters
    ----------
    lived : as ``lived_weeks`` answers
    every : weeks of a span
    """
    pieces = []
    for point, worlds in enumerate(lived):
        low, high = band(worlds)
        mean = mean_interval(worlds).mean
        metric, week = (axis.ravel() for axis in np.indices(mean.shape))
        pieces.append(
            pd.DataFrame(
                {
                    "point": point,
                    "metric": [plan.kept[at] for at in metric],
                    "week": (week + 1) * every,
                    "mean": mean.ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def looked_back(plan: Plan, lived: Sequence[np.ndarray], every: int) -> list[np.ndarray]:
    """Of each point, float64 (worlds, metrics that are kept): what a version of the business is judged by.

    What flows is added up over all weeks, so that money which was spent early on meets what it brought later; what
    stands, such as customers or cash, is the mean of the last year, or of all weeks if there are fewer.

    Parameters
    ----------
    lived : as ``lived_weeks`` answers
    every : weeks of a span
    """
    flows = np.array([METRICS[name].kind == "flow" for name in plan.kept])
    last = year_of(lived[0].shape[-1], every)
    return [np.where(flows, every * worlds.sum(-1), worlds[:, :, -last:].mean(-1)) for worlds in lived]


def year_of(spans: int, every: int) -> int:
    """How many spans the last year has, at most all.

    Check
    -----
    >>> year_of(39, 4), year_of(6, 4), year_of(40, 12)
    (13, 6, 4)
    """
    return min(max(YEAR // every, 1), spans)


def apart(settled: Sequence[np.ndarray], couples: Sequence[tuple[int, int]]) -> np.ndarray:
    """By how much the first of two points is above the second: float64 (couples, metrics, 3), mean, low and high.

    Worlds are paired by their seed, so that two points share their luck; the interval is that of the mean difference
    over the worlds in which both were lived, and NaN where there is only one.

    Parameters
    ----------
    settled : as ``looked_back`` answers
    """
    ends = np.full((max(map(len, settled)), len(settled), settled[0].shape[1]), np.nan)
    for point, worlds in enumerate(settled):
        ends[: len(worlds), point] = worlds
    one, other = (list(points) for points in zip(*couples, strict=True)) if couples else ([], [])
    found = paired_difference(ends[:, one], ends[:, other])
    return np.stack([found.difference, found.low, found.high], axis=-1)


def _kept_weeks(plan: Plan, parts: Parts, every: int) -> Iterator[tuple[str, np.ndarray]]:
    """Of every run: float64 (metrics that are kept, spans of so many weeks)."""
    for name in parts.names:
        table = pq.read_table(parts.folder / name / WEEKLY).to_pandas()
        table = table[table["business"] == plan.business]
        table["span"] = table["week"] // every
        full = table.groupby("span")["week"].transform("nunique") == every
        means = table[full].pivot_table("value", ["run", "metric"], "span", "mean", dropna=False, observed=True)
        for run, group in means.groupby("run", observed=True):
            yield str(run), group.droplevel("run").reindex(list(plan.kept)).to_numpy(float)
