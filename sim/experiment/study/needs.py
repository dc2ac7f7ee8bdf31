"""Needs: which runs a study wants, given those that are finished.

Of most studies that is known beforehand. A study that adds worlds until an interval is narrow looks at each point whose
runs are all there whether it needs more; what it wants follows from what came out, and from nothing else, so it wants
the same however often it was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.experiment.statistics import mean_interval
from sim.experiment.study.parts import Parts
from sim.experiment.study.plan import Due, Plan, Shard
from sim.model.metrics import METRICS

WHOLE = Shard()


class Needed(NamedTuple):
    """The runs that are wanted now."""

    runs: tuple[Due, ...]
    """All of them, finished or not, as far as they are known."""
    missing: tuple[Due, ...]
    """Those that are not finished; of runs with one name only the first."""


def dues_of(plan: Plan, shard: Shard = WHOLE) -> Iterator[Due]:
    """Every run that a study, or its shard, may want; of one that adds worlds, all that it may add."""
    points, worlds = len(plan.points), len(plan.seeds)
    if plan.replications.until is None:
        places = shard.share(range(points * worlds))
        return (plan.due(place // worlds, plan.seeds[place % worlds]) for place in places)
    return (plan.due(point, seed) for point in shard.share(range(points)) for seed in plan.seeds)


def needed(plan: Plan, parts: Parts, shard: Shard = WHOLE) -> Needed:
    """The runs of a study, or of its shard."""
    if plan.replications.until is None:
        return _sorted_out([*dues_of(plan, shard)], parts)
    points = shard.share(range(len(plan.points)))
    return _sorted_out([due for point in points for due in _until_known(plan, parts, point)], parts)


def _until_known(plan: Plan, parts: Parts, point: int) -> list[Due]:
    """Runs of a point up to the look that is next, or up to the last one that was needed."""
    runs: list[Due] = []
    for look in plan.replications.looks:
        runs += [plan.due(point, seed) for seed in plan.seeds[len(runs) : look]]
        if any(due.key not in parts.finished for due in runs) or _is_known(plan, parts, point, look):
            break
    return runs


def worlds_of(plan: Plan, parts: Parts, point: int) -> list[str]:
    """Keys of the finished runs of a point, in the order of seeds."""
    keys = (plan.due(point, seed).key for seed in plan.seeds)
    return [key for key in keys if key in parts.finished]


def outcomes_at(plan: Plan, parts: Parts, point: int, keys: list[str]) -> np.ndarray:
    """float64 (worlds, outcomes): the metrics that are looked at, of the business that is."""
    slot = plan.points[point].size.businesses.index(plan.business)
    columns = [list(METRICS).index(name) for name in plan.metrics]
    return np.array([parts.outcome(key)[slot, columns] for key in keys]).reshape(-1, len(columns))


def _is_known(plan: Plan, parts: Parts, point: int, worlds: int) -> bool:
    """Is the interval of the first outcome narrow enough after so many worlds?"""
    keys = [plan.due(point, seed).key for seed in plan.seeds[:worlds]]
    found = mean_interval(outcomes_at(plan, parts, point, keys)[:, 0], plan.replications.confidence)
    return bool((found.high - found.low) / 2.0 <= (plan.replications.until or 0.0) * abs(found.mean))


def _sorted_out(runs: Sequence[Due], parts: Parts) -> Needed:
    missing = {due.key: due for due in reversed(runs) if due.key not in parts.finished}
    return Needed(tuple(runs), tuple(reversed(missing.values())))
