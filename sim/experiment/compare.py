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
from sim.experiment.outcome import Comparison
from sim.experiment.runs import How, canonical_hash, live_all
from sim.experiment.statistics import (
    band,
    mean_interval,
    paired_difference,
    share_better,
    variance_ratio,
    wilson_interval,
    written,
)
from sim.model.metrics import METRICS
from sim.scenario.schema import Scenario
from sim.strategies.books import MEASURES
from sim.strategies.growth import GrowthGoal

GROWTH = {"revenue": "revenue_growth", "profit": "profit_growth", "customers": "customer_growth"}
"""The metric by which a goal of each measure is judged."""
PLACE = {metric: at for at, metric in enumerate(METRICS)}


def compare(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int],
    *,
    loop: str = "compiled",
    workers: int = 2,
    progress: Progress | None = None,
) -> Comparison:
    """Live every scenario in the world of every seed.

    Raises
    ------
    ValueError
        If scenarios cannot be compared: other weeks, other businesses, another money.
    RunFailed
        If a world cannot be lived to its end.
    """
    _check_comparable(scenarios)
    seeds = tuple(int(seed) for seed in seeds)
    return Comparison(tuple(scenarios), seeds, live_all(scenarios, seeds, How(loop), workers, progress))


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
        over = mean_interval(wholes)
        for slot, at, business, metric in _cells(comparison):
            rows.append((name, business, metric, *(column[slot, at] for column in over)))
    return pd.DataFrame(rows, columns=["scenario", "business", "metric", "mean", "low", "high", "n"])


def differences(comparison: Comparison) -> pd.DataFrame:
    """What each scenario changes from the baseline, world by world.

    Columns: scenario, business, metric, baseline, value, difference, low, high (paired 95 % t interval),
    probability_better (share of worlds that are better in the metric's own direction, a tie counts half; NaN where
    neither direction is better), n.
    """
    names, wholes = names_of(comparison.scenarios), _wholes(comparison)
    directions = [metric.better for metric in METRICS.values()]
    rows = []
    for name, candidate in zip(names[1:], wholes[1:], strict=True):
        found = paired_difference(candidate, wholes[0])
        for slot, at, business, metric in _cells(comparison):
            better = share_better(candidate[:, slot, at], wholes[0][:, slot, at], directions[at])
            numbers = [column[slot, at] for column in found]
            rows.append((name, business, metric, *numbers[:-1], float(better), numbers[-1]))
    columns = ["baseline", "value", "difference", "low", "high", "probability_better", "n"]
    return pd.DataFrame(rows, columns=["scenario", "business", "metric", *columns])


def variance_reduction(comparison: Comparison) -> dict[str, float]:
    """How many times fewer worlds the pairing needs: metric -> (var(A) + var(B)) / var(A - B) of the first business.

    Of the second scenario against the baseline; with more scenarios the smallest of their ratios, so that no
    comparison is worse than stated. Infinite if a difference is the same in every world, NaN if nothing varies.
    """
    wholes = _wholes(comparison)[:, :, 0, :]
    if len(wholes) < 2:
        return {}
    ratios = np.stack([variance_ratio(candidate, wholes[0]) for candidate in wholes[1:]])
    nowhere = np.isnan(ratios).all(axis=0)
    worst = np.where(nowhere, np.nan, np.min(np.where(np.isnan(ratios), np.inf, ratios), axis=0))
    return {metric: float(ratio) for metric, ratio in zip(METRICS, worst, strict=True)}


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
    (share of worlds with growth of at least low), reached_low, reached_high (Wilson 95 % interval), above (share with
    growth of at least high), n (worlds where growth is defined: there was something to grow from).
    """
    rows = []
    for name, group in growth_of_worlds(comparison).groupby("scenario", sort=False):
        growth = group["growth"].to_numpy()
        of, low, high = group[["of", "low", "high"]].iloc[0]
        mean, mean_low, mean_high, n = (float(number) for number in mean_interval(growth))
        shares: tuple[float, ...] = (np.nan,) * 4
        if n and not np.isnan(low):
            reached, above = int((growth >= low).sum()), int((growth >= high).sum())
            shares = (reached / n, *wilson_interval(reached, int(n)), above / n)
        rows.append((name, of, low, high, mean, mean_low, mean_high, *shares, int(n)))
    columns = ["growth", "growth_low", "growth_high", "reached", "reached_low", "reached_high", "above", "n"]
    return pd.DataFrame(rows, columns=["scenario", "of", "low", "high", *columns])


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
        low, high = band(values)
        week = np.arange(values.shape[1])
        mean = mean_interval(values).mean
        frames.append(pd.DataFrame({"scenario": name, "week": week, "mean": mean, "low": low, "high": high}))
    return pd.concat(frames, ignore_index=True)


def document_of(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data; what is undefined is null, ``ci95`` is always [low, high]."""
    names = names_of(comparison.scenarios)
    return {
        "pairs": len(comparison.seeds),
        "baseline": names[0],
        "scenarios": [
            {"name": name, "scenario_hash": scenario.hash, "customers": scenario.market_size}
            for name, scenario in zip(names, comparison.scenarios, strict=True)
        ],
        "weeks": comparison.scenarios[0].time.weeks,
        "differences": [_written_row(row, {"ci95": ("low", "high")}) for row in _records(differences(comparison))],
        "variance_reduction": {metric: written(ratio) for metric, ratio in variance_reduction(comparison).items()},
        "goals": [
            _written_row(row, {"growth_ci95": ("growth_low", "growth_high"), "reached_ci95": _REACHED})
            for row in _records(goals(comparison))
        ],
        "result_hash": canonical_hash(run for runs in comparison.runs for run in runs),
        "results": None,
    }


# ------------------------------------------------------------------------------------------------------------- details

_REACHED = ("reached_low", "reached_high")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _written_row(row: dict[str, Any], pairs: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """A row of a table as JSON may hold it, with the two ends of each interval side by side."""
    plain = {key: value if isinstance(value, str) else written(value) for key, value in row.items()}
    plain["n"] = int(row["n"])
    ends = {name: [plain.pop(low), plain.pop(high)] for name, (low, high) in pairs.items()}
    return plain | ends


def _wholes(comparison: Comparison) -> np.ndarray:
    """float64 (scenarios, worlds, businesses, metrics)."""
    return np.stack([np.stack([run.whole for run in runs]) for runs in comparison.runs])


def _cells(comparison: Comparison) -> list[tuple[int, int, str, str]]:
    """Slot, place, business and metric of every cell of a whole."""
    businesses = comparison.scenarios[0].businesses
    return [(slot, at, b.name, metric) for slot, b in enumerate(businesses) for at, metric in enumerate(METRICS)]


def _goal(scenario: Scenario) -> tuple[str, float, float]:
    """What the first business wants to grow, and between which rates a year."""
    strategy = scenario.businesses[0].strategy
    if isinstance(strategy, GrowthGoal):
        return MEASURES[strategy.of], strategy.low, strategy.high
    return "revenue", np.nan, np.nan


def _check_comparable(scenarios: Sequence[Scenario]) -> None:
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
