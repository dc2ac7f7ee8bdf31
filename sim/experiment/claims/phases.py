"""Phases: which split of the money is best, over the growth one wants, how long customers stay, and how many there are.

Markets differ in two numbers: the inborn chance to leave, and how many know the business when its world begins. In each
of them plans of every spend and split are tried, as advice does, and for each goal the split is found that needs least.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.advise import REVENUE
from sim.experiment.executor import Executor, in_order
from sim.experiment.runs import seeds_from
from sim.experiment.search import LEAST, Search
from sim.experiment.start import year_before
from sim.experiment.statistics import written
from sim.experiment.study.plan import resolved
from sim.experiment.surface import band_of, best_of
from sim.scenario.load import read_template
from sim.scenario.schema import YEAR, Scenario

LEAVING = {26.0: 0.03, 7.0: 0.10, 2.4: 0.25}
"""Weight towards 0 of the chance to leave at an order, and its mean: the range of A28 and its default."""
KNOWN = (0.01, 0.06, 0.20, 0.60)
"""Share of people who know the business when its world begins, three years before week 0."""
GOALS = (0.05, 0.10, 0.15, 0.20, 0.30, 0.50, 0.75, 1.00)
"""Growth of revenue a year."""
CLEARLY = 1.01
"""A spend is above the least that was tried by more than rounding."""
QUICK_WORLDS, WORLDS = 3, 8
YEARS, PEOPLE = 3, 10_000


class Cell(NamedTuple):
    """The best split for a goal in a market."""

    goal: float
    split: float | None
    """Share of the spend that wins customers; none if no plan reaches the goal, or the least that was tried does."""
    spend: float | None
    """Of revenue; none if no plan reaches the goal."""
    band: tuple[float, float] | None
    """Splits that need at most a tenth more."""


class Market(NamedTuple):
    """A market of the diagram: what it was made of, what it turned out to be, and its cells."""

    leaving: float
    known: float
    retention: float
    """Yearly, in the year before week 0."""
    penetration: float
    """Listed customers over all people, at week 0."""
    cells: tuple[Cell, ...]


def phases(
    crew: Executor, seed: int, *, quick: bool, told: Callable[[Market], None] | None = None
) -> tuple[Market, ...]:
    """Every market of the diagram.

    Raises
    ------
    RunFailed
        If a world cannot be lived.
    """
    seeds = seeds_from(seed, QUICK_WORLDS if quick else WORLDS)
    found = []
    for weight, leaving in LEAVING.items():
        for known in KNOWN:
            market = _market(scenario_of(weight, known), leaving, known, seeds, crew)
            if told:
                told(market)
            found.append(market)
    return tuple(found)


def scenario_of(weight: float, known: float) -> Scenario:
    """A market of the diagram; its status quo spends a share of revenue, so that firms of each size do alike."""
    plan = {"fixed_split": {"spend_share": 0.08, "acquisition_share": 0.5}}
    return resolved(
        read_template("base"),
        [
            ("time.weeks", YEAR * YEARS),
            ("people.count", PEOPLE),
            ("people.leaving.beta.b", weight),
            ("businesses.ours.known", known),
            ("businesses.ours.status_quo", plan),
            ("businesses.ours.strategy", plan),
        ],
    )


def document_of(markets: tuple[Market, ...]) -> list[dict[str, Any]]:
    """The diagram as plain data."""
    return [
        {
            **{name: written(value) for name, value in market._asdict().items() if name != "cells"},
            "goals": [cell._asdict() for cell in market.cells],
        }
        for market in markets
    ]


def _market(scenario: Scenario, leaving: float, known: float, seeds: tuple[int, ...], crew: Executor) -> Market:
    before = in_order(crew, seeds, partial(year_before, scenario))
    retention, listed = (
        float(np.nanmean([year[name] for year in before])) for name in ("retention_rate", "listed_customers")
    )
    search = Search(scenario, REVENUE, seeds, crew)
    search.try_table()
    cells = tuple(_cell(search, goal) for goal in GOALS)
    return Market(leaving, known, retention, listed / scenario.people, cells)


def _cell(search: Search, goal: float) -> Cell:
    needs = search.needs(goal)
    best = best_of(needs)
    if not np.isfinite(best.spend_share):
        return Cell(goal, None, None, None)
    if best.spend_share <= LEAST * CLEARLY:  # so little that its split hardly matters
        return Cell(goal, None, best.spend_share, None)
    return Cell(goal, best.split, best.spend_share, band_of(needs))
