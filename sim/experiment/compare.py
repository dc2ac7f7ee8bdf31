"""Comparison: the same worlds lived under several scenarios, and what differs because of them alone.

The first scenario is the baseline. Worlds are paired: every person has the same luck in each scenario, so what
differs between two lives of one world is the work of the plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from sim.experiment.executor import Progress
from sim.experiment.outcome import BOUNDS, Comparison
from sim.experiment.runs import How, canonical_hash, live_all
from sim.experiment.statistics import (
    Difference,
    band,
    mean_interval,
    paired_difference,
    share_better,
    variance_ratio_interval,
    wilson_interval,
    written,
)
from sim.model.metrics import METRICS
from sim.scenario.schema import Scenario
from sim.strategies.books import Goal, goal_of

GROWTH = {"revenue": "revenue_growth", "profit": "profit_growth", "customers": "customer_growth"}
"""The metric by which a goal of each measure is judged."""
PLACE = {metric: at for at, metric in enumerate(METRICS)}


def compare(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int],
    *,
    loop: str = "compiled",
    followed: int = 0,
    workers: int = 2,
    progress: Progress | None = None,
) -> Comparison:
    """Live every scenario in the world of every seed.

    Parameters
    ----------
    followed : write down orders and departures of so many people

    Raises
    ------
    ValueError
        If scenarios cannot be compared: other weeks, other businesses, another money.
    RunFailed
        If a world cannot be lived to its end.
    """
    check_comparable(scenarios)
    seeds = tuple(int(seed) for seed in seeds)
    return Comparison(
        tuple(scenarios), seeds, live_all(scenarios, seeds, How(loop, followed=followed), workers, progress)
    )


def check_comparable(scenarios: Sequence[Scenario]) -> None:
    """Can these be compared?

    Raises
    ------
    ValueError
        If not, with the reason.
    """
    if not scenarios:
        raise ValueError("there is nothing to compare; name at least one scenario")
    first = scenarios[0]
    for other in scenarios[1:]:
        if other.time.weeks != first.time.weeks:
            raise ValueError(
                f"{first.name} lasts {first.time.weeks} weeks and {other.name} {other.time.weeks}; "
                "compare scenarios of the same length"
            )
        ours, theirs = ([business.name for business in each.businesses] for each in (first, other))
        if ours != theirs:
            raise ValueError(
                f"{first.name} has the businesses {', '.join(ours)} and {other.name} {', '.join(theirs)}; "
                "compare scenarios with the same businesses in the same order"
            )
        if other.currency != first.currency:
            raise ValueError(f"{first.name} and {other.name} count money differently; compare the same currency")


def names_of(scenarios: Sequence[Scenario]) -> list[str]:
    """What to call each scenario in tables: its name, with the next free number after it where two share one."""
    own = {scenario.name for scenario in scenarios}
    names: list[str] = []
    for scenario in scenarios:
        numbered = (name for n in count(2) if (name := f"{scenario.name} ({n})") not in own.union(names))
        names.append(scenario.name if scenario.name not in names else next(numbered))
    return names


def levels(comparison: Comparison) -> pd.DataFrame:
    """What each scenario comes to: scenario, business, metric, mean, low, high, n (95 % t interval over worlds)."""
    rows = []
    for name, wholes in zip(names_of(comparison.scenarios), _wholes(comparison), strict=True):
        over = mean_interval(wholes, bounds=BOUNDS)
        for slot, at, business, metric in _cells(comparison):
            rows.append((name, business, metric, *(column[slot, at] for column in over)))
    return pd.DataFrame(rows, columns=["scenario", "business", "metric", "mean", "low", "high", "n"])


def differences(comparison: Comparison) -> pd.DataFrame:
    """What each scenario changes from the baseline, world by world.

    Columns: scenario, business, metric, baseline, value (both with the _low and _high of a 95 % t interval, over the
    worlds where both are defined), difference, low, high (paired 95 % t interval),
    probability_better (share of worlds that are better in the metric's own direction, a tie counts half; NaN where
    neither direction is better), better_low, better_high (its Wilson 95 % interval), n.
    """
    names, wholes = names_of(comparison.scenarios), _wholes(comparison)
    directions = [metric.better for metric in METRICS.values()]
    rows = []
    for name, candidate in zip(names[1:], wholes[1:], strict=True):
        found = paired_difference(candidate, wholes[0], bounds=BOUNDS)
        for slot, at, business, metric in _cells(comparison):
            better = float(share_better(candidate[:, slot, at], wholes[0][:, slot, at], directions[at]))
            *numbers, n = (column[slot, at] for column in found)
            rows.append((name, business, metric, *numbers, *_with_interval(better, int(n)), n))
    *columns, n = Difference._fields
    columns += ["probability_better", "better_low", "better_high", n]
    return pd.DataFrame(rows, columns=["scenario", "business", "metric", *columns])


def variance_reduction(comparison: Comparison) -> dict[str, tuple[float, float, float]]:
    """How many times fewer worlds the pairing needs: metric -> (var(A) + var(B)) / var(A - B) of the first business.

    With both ends of its 95 % interval. Of the second scenario against the baseline; with more scenarios the smallest
    of their ratios, so that no comparison is worse than stated. Infinite if a difference is the same in every world,
    NaN if nothing varies.
    """
    wholes = _wholes(comparison)[:, :, 0, :]
    if len(wholes) < 2:
        return {}
    ratios = np.stack([variance_ratio_interval(candidate, wholes[0]) for candidate in wholes[1:]])
    worst = np.argmin(np.where(np.isnan(ratios[:, 0]), np.inf, ratios[:, 0]), axis=0)
    found = [ratios[worst[at], :, at].tolist() for at in range(len(METRICS))]
    return {metric: (ratio, low, high) for metric, (ratio, low, high) in zip(METRICS, found, strict=True)}


def growth_of_worlds(comparison: Comparison) -> pd.DataFrame:
    """Growth reached by the first business in each world, beside its goal: scenario, seed, of, growth, low, high.

    Of what the goal is about; of revenue, with NaN goals, where its strategy follows none.
    """
    rows = []
    for name, scenario, runs in zip(names_of(comparison.scenarios), comparison.scenarios, comparison.runs, strict=True):
        of, low, high = _goal(scenario)
        rows += [(name, run.seed, of, run.whole[0, PLACE[GROWTH[of]]], low, high) for run in runs]
    frame = pd.DataFrame(rows, columns=["scenario", "seed", "of", "growth", "low", "high"])
    return frame.astype({"seed": "uint64"})


def goals(comparison: Comparison) -> pd.DataFrame:
    """Whether the first business reaches its goal, one row a scenario.

    Columns: scenario, of, low, high (the goal), growth, growth_low, growth_high (mean and 95 % t interval), reached
    (share of worlds with growth of at least low), passed (share with growth of at least high), each with the _low and
    _high of its Wilson 95 % interval, n (worlds where growth is defined: a year was lived, and there was something to
    grow from), status_quo (does it go on as before week 0? then it is the zero of all others).
    """
    rows = []
    worlds = growth_of_worlds(comparison).groupby("scenario", sort=False)
    for scenario, (name, group) in zip(comparison.scenarios, worlds, strict=True):
        growth = group["growth"].to_numpy()
        of, low, high = group[["of", "low", "high"]].iloc[0]
        mean, mean_low, mean_high, n = (float(number) for number in mean_interval(growth, bounds=GROWTH_BOUNDS))
        there = growth[~np.isnan(growth)]
        shares = [(there >= goal).mean() if n and not np.isnan(goal) else np.nan for goal in (low, high)]
        counted = [number for share in shares for number in _with_interval(float(share), int(n))]
        first = scenario.businesses[0]
        same = first.strategy == first.status_quo
        rows.append((name, of, low, high, mean, mean_low, mean_high, *counted, int(n), same))
    columns = [f"{each}{end}" for each in ("growth", "reached", "passed") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["scenario", "of", "low", "high", *columns, "n", "status_quo"])


def over_time(comparison: Comparison, metric: str, business: int | str = 0) -> pd.DataFrame:
    """A metric week by week: scenario, week, mean, low, high; the band holds 90 % of worlds (5 to 95 %).

    Parameters
    ----------
    metric : any id
    business : slot or name

    Raises
    ------
    ValueError
        If there is no such metric or business.
    """
    if metric not in PLACE:
        raise ValueError(f"there is no metric {metric!r}")
    businesses = [each.name for each in comparison.scenarios[0].businesses]
    if business not in (*businesses, *range(len(businesses))):
        raise ValueError(f"there is no business {business!r}; choose one of {', '.join(businesses)}")
    slot = businesses.index(business) if isinstance(business, str) else business
    frames = []
    for name, runs in zip(names_of(comparison.scenarios), comparison.runs, strict=True):
        values = np.stack([run.weekly[:, slot, PLACE[metric]] for run in runs])
        frames.append(bands_of(name, values))
    return pd.concat(frames, ignore_index=True)


def bands_of(scenario: str, values: np.ndarray) -> pd.DataFrame:
    """Worlds week by week as a frame: scenario, week, mean, low, high; the band holds 90 % of worlds (5 to 95 %).

    Parameters
    ----------
    values : float64 (worlds, weeks)
    """
    low, high = band(values)
    week = np.arange(values.shape[1])
    return pd.DataFrame(
        {"scenario": scenario, "week": week, "mean": mean_interval(values).mean, "low": low, "high": high}
    )


def document_of(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data; what is undefined is null, ``ci95`` is always [low, high]."""
    names, reduction, turning = names_of(comparison.scenarios), variance_reduction(comparison), comparison.break_even
    return {
        "pairs": len(comparison.seeds),
        "baseline": names[0],
        "scenarios": [
            {"name": name, "scenario_hash": scenario.hash, "customers": scenario.market_size}
            for name, scenario in zip(names, comparison.scenarios, strict=True)
        ],
        "weeks": comparison.scenarios[0].time.weeks,
        "currency": comparison.scenarios[0].currency.name,
        "differences": _written(
            differences(comparison),
            ci95="",
            baseline_ci95="baseline_",
            value_ci95="value_",
            probability_better_ci95="better_",
        ),
        "variance_reduction": {metric: written(ratio) for metric, (ratio, _, _) in reduction.items()},
        "variance_reduction_ci95": {
            metric: [written(low), written(high)] for metric, (_, low, high) in reduction.items()
        },
        "goals": _written(goals(comparison), growth_ci95="growth_", reached_ci95="reached_", passed_ci95="passed_"),
        "break_even": None if turning is None else _written(turning, ci95="", amount_ci95="amount_", tried="tried_"),
        "result_hash": canonical_hash(run for runs in comparison.runs for run in runs),
        "results": None,
    }


# ------------------------------------------------------------------------------------------------------------- details

GROWTH_BOUNDS = METRICS["revenue_growth"].bounds


def _with_interval(share: float, n: int) -> tuple[float, float, float]:
    """A share of worlds and its interval."""
    return share, *(wilson_interval(share * n, n) if not np.isnan(share) else (np.nan, np.nan))


def _written(frame: pd.DataFrame, **intervals: str) -> list[dict[str, Any]]:
    """A table's rows as JSON may hold them, with the two ends of each interval side by side.

    Parameters
    ----------
    intervals : name in the document -> what the names of the columns of its low and its high end begin with
    """
    rows = []
    for row in frame.to_dict("records"):
        plain = {str(key): written(value) if isinstance(value, float) else value for key, value in row.items()}
        ends = {name: [plain.pop(f"{start}low"), plain.pop(f"{start}high")] for name, start in intervals.items()}
        rows.append(plain | ends)
    return rows


def _wholes(comparison: Comparison) -> np.ndarray:
    """float64 (scenarios, worlds, businesses, metrics)."""
    return np.stack([np.stack([run.whole for run in runs]) for runs in comparison.runs])


def _cells(comparison: Comparison) -> list[tuple[int, int, str, str]]:
    """Slot, place, business and metric of every cell of a whole."""
    businesses = comparison.scenarios[0].businesses
    return [(slot, at, b.name, metric) for slot, b in enumerate(businesses) for at, metric in enumerate(METRICS)]


def _goal(scenario: Scenario) -> Goal:
    """What the first business wants to grow, and between which rates a year."""
    return goal_of(scenario.businesses[0].strategy) or Goal("revenue", np.nan, np.nan)
