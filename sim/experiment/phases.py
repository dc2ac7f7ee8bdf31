"""Phases: how the best split moves with the goal and with one number of the world, in the worlds of the search.

For each value of the number the whole world is another one, its years before week 0 included; its luck is the same.
Every cell is read off a surface through the plans that were tried, and not tried again: it shows where the answer
turns, while the answer itself is what `advise` settles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.advise import Count, check
from sim.experiment.advised import Effort
from sim.experiment.executor import Executor, Here, Progress
from sim.experiment.plans import Plan
from sim.experiment.search import BESIDE, IDLE, SPENDS, Question, Search, tidy
from sim.experiment.surface import band_of, best_of
from sim.scenario.schema import Scenario


class Cell(NamedTuple):
    """The best plan for one goal at one value."""

    goal: float
    plan: Plan | None
    """None if no plan reaches the goal in enough worlds; one that spends nothing if it is reached without marketing."""
    band: tuple[float, float] | None
    """The splits that need at most a tenth more."""
    worlds: float
    """The share of worlds that reach the goal under the plan that reaches it in most."""


class Row(NamedTuple):
    """All goals at one value."""

    value: str
    customers: float
    """At week 0, in the mean of all worlds."""
    cells: tuple[Cell, ...]


class Phases(NamedTuple):
    """Goals across, values of one number up."""

    name: str
    rows: tuple[Row, ...]
    worlds: int
    runs: int


def phases(
    name: str,
    scenarios: Mapping[str, Scenario],
    goals: Sequence[float],
    search: tuple[Question, Effort, Sequence[int]],
    crew: Executor | None = None,
    progress: Progress | None = None,
) -> Phases:
    """The best split for each goal in each of these scenarios.

    Parameters
    ----------
    name : of the number that differs
    scenarios : by its value
    search : what is asked, how hard to look, and in which worlds

    Raises
    ------
    ValueError
        If one of the scenarios has nothing to grow from.
    RunFailed
        If a world cannot be lived.
    """
    question, effort, seeds = search
    for scenario in scenarios.values():
        check(scenario, goals, question)
    count = Count(progress, runs_of(len(scenarios), len(goals), effort))
    rows = []
    for value, scenario in scenarios.items():
        tried = Search(scenario, question, seeds, crew or Here(), count)
        tried.try_table(effort.splits)
        if effort.closer:
            tried.look_closer(goals)
        customers = float(np.mean([outcome.customers_before for outcome in tried.outcomes[IDLE]]))
        rows.append(Row(value, customers, tuple(cell_of(goal, tried) for goal in goals)))
    count.finish()
    return Phases(name, tuple(rows), len(seeds), count.done)


def runs_of(values: int, goals: int, effort: Effort) -> int:
    """How many runs there will be at most."""
    plans = 1 + len(effort.splits) * len(SPENDS) + len(BESIDE) * goals * effort.closer
    return values * effort.search * plans


def cell_of(goal: float, tried: Search) -> Cell:
    """The best plan for a goal, among those that were tried and between them."""
    if tried.reaches(IDLE, goal):
        return Cell(goal, IDLE, (0.0, 1.0), tried.share(IDLE, goal))
    needs, worlds = tried.needs(goal), tried.most_worlds(goal)
    best = best_of(needs)
    if not np.isfinite(best.spend_share):
        return Cell(goal, None, None, worlds)
    return Cell(goal, Plan(tidy(best.spend_share), best.split), band_of(needs), worlds)


def phases_document(found: Phases | None) -> dict[str, Any] | None:
    """The phases as plain data; None if nothing was varied."""
    if found is None:
        return None
    values = [
        {
            "value": row.value,
            "customers_at_week_0": row.customers,
            "goals": [cell_document(cell) for cell in row.cells],
        }
        for row in found.rows
    ]
    return {"name": found.name, "worlds": found.worlds, "runs": found.runs, "values": values}


def cell_document(cell: Cell) -> dict[str, Any]:
    """The best plan for a goal as plain data."""
    return {
        "annual_growth": cell.goal,
        "reachable": cell.plan is not None,
        "acquisition_share": cell.plan.acquisition_share if cell.plan else None,
        "acquisition_share_band": list(cell.band) if cell.band else None,
        "spend_share_of_revenue": cell.plan.spend_share if cell.plan else None,
        "most_worlds": cell.worlds,
    }
