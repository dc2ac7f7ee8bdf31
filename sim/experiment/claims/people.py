"""What single people did: measures of a business that no sum over everybody shows, from the diary of all its people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sim.experiment.runs import run_world
from sim.scenario.schema import YEAR, Scenario
from sim.state.customers import CONTACTED, KNEW, REFERRED, TOLD
from sim.state.diary import EVENT_COLUMNS, ORDER

Measure = Callable[[pd.DataFrame, int], float]
"""Of the orders of one business (columns week, person, amount, reason) and the weeks of the run."""
REGULAR = 5
"""Orders that make a regular."""
PEOPLE: dict[str, Measure] = {}
"""Measures of single people, by name; their docstrings are the definitions that readers see."""
Task = tuple[Scenario, int, Sequence[tuple[str, str]]]
"""A world, its seed, and which measures of which business."""


def measure(function: Measure) -> Measure:
    """Register a measure under its name."""
    PEOPLE[function.__name__] = function
    return function


@measure
def top_fifth_of_money(orders: pd.DataFrame, weeks: int) -> float:
    """Share of the last year's revenue that its best fifth of buyers paid."""
    return _top_fifth(_last_year(orders, weeks).groupby("person").amount.sum())


@measure
def top_fifth_of_orders(orders: pd.DataFrame, weeks: int) -> float:
    """Share of the last year's orders that its most frequent fifth of buyers placed."""
    return _top_fifth(_last_year(orders, weeks).groupby("person").size())


@measure
def top_fifth_of_everybody(orders: pd.DataFrame, weeks: int) -> float:
    """Share of the revenue of the whole run that the best fifth of all its buyers paid."""
    return _top_fifth(orders.groupby("person").amount.sum())


@measure
def orders_of_old_over_new(orders: pd.DataFrame, weeks: int) -> float:
    """Orders a buyer in the last year: of those who first bought over two years ago, over those of the year before."""
    year = _last_year(orders, weeks)
    old, new = _old_and_new(orders, weeks)
    return _ratio(*(len(mine) / max(mine.person.nunique(), 1) for mine in (_of(year, old), _of(year, new))))


@measure
def basket_of_old_over_new(orders: pd.DataFrame, weeks: int) -> float:
    """An order in the last year: of those who first bought over two years ago, over those of the year before."""
    year = _last_year(orders, weeks)
    old, new = _old_and_new(orders, weeks)
    return _ratio(*(float(mine.amount.mean()) for mine in (_of(year, old), _of(year, new))))


@measure
def basket_of_regulars(orders: pd.DataFrame, weeks: int) -> float:
    """The same people's orders from the fifth on, over their first; of all who began in the run and came so far."""
    begun = _of(orders, _first(orders).index).sort_values("week", kind="stable")
    number = begun.groupby("person").cumcount()
    first, later = begun[number == 0], begun[number >= REGULAR - 1]
    first = _of(first, later.person.unique())
    return _ratio(float(later.groupby("person").amount.mean().mean()), float(first.amount.mean()))


@measure
def orders_in_two_years(orders: pd.DataFrame, weeks: int) -> float:
    """Orders of a new customer in its first two years; of those won over four years before the end."""
    return _orders_between(orders, weeks, 0, 2 * YEAR)


@measure
def orders_in_next_two_years(orders: pd.DataFrame, weeks: int) -> float:
    """Orders of the same customers in the two years after."""
    return _orders_between(orders, weeks, 2 * YEAR, 4 * YEAR)


def _kept(orders: pd.DataFrame, weeks: int, sources: tuple[int, ...] = (KNEW, TOLD, REFERRED, CONTACTED)) -> float:
    first = _first(orders)
    first = first[first.reason.isin(sources) & (first.week <= weeks - 2 * YEAR)]
    since = _since(orders, first)
    return _ratio(since[(since >= YEAR) & (since < 2 * YEAR)].index.nunique(), len(first))


@measure
def kept_new(orders: pd.DataFrame, weeks: int) -> float:
    """Share of new customers who order in the second year after their first order."""
    return _kept(orders, weeks)


@measure
def kept_if_told(orders: pd.DataFrame, weeks: int) -> float:
    """The same, of those who heard of the business from a friend, asked or unasked."""
    return _kept(orders, weeks, (TOLD, REFERRED))


@measure
def kept_if_contacted(orders: pd.DataFrame, weeks: int) -> float:
    """The same, of those whom a channel reached first."""
    return _kept(orders, weeks, (CONTACTED,))


def measured(task: Task) -> list[float]:
    """Live a world with everybody's diary, and take its measures; NaN where one is undefined."""
    scenario, seed, wanted = task
    run = run_world(scenario, seed, followed=scenario.people)
    events = pd.DataFrame(run.events, columns=["week", *EVENT_COLUMNS])
    orders = events[events.kind == ORDER].drop(columns="kind")
    names = [business.name for business in scenario.businesses]
    chosen = {slot: orders[orders.business == slot] for slot in {names.index(business) for business, _ in wanted}}
    weeks = scenario.time.weeks
    return [float(PEOPLE[name](chosen[names.index(business)], weeks)) for business, name in wanted]


# ------------------------------------------------------------------------------------------------------------- details


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _top_fifth(values: pd.Series) -> float:
    """The share of the largest fifth of values.

    Check
    -----
    >>> _top_fifth(pd.Series([6.0, 1.0, 1.0, 1.0, 1.0]))
    0.6
    """
    ordered = np.sort(values.to_numpy(float))[::-1]
    return _ratio(float(ordered[: max(round(len(ordered) / 5), 1)].sum()), float(ordered.sum()))


def _last_year(orders: pd.DataFrame, weeks: int) -> pd.DataFrame:
    return orders[orders.week >= weeks - YEAR]


def _first(orders: pd.DataFrame) -> pd.DataFrame:
    """First orders of new customers, one a person: week and reason by person."""
    new = orders[orders.reason.between(KNEW, CONTACTED)]
    return new.sort_values("week", kind="stable").drop_duplicates("person").set_index("person")[["week", "reason"]]


def _of(orders: pd.DataFrame, people: pd.Index | np.ndarray) -> pd.DataFrame:
    return orders[orders.person.isin(people)]


def _old_and_new(orders: pd.DataFrame, weeks: int) -> tuple[pd.Index, pd.Index]:
    """People who bought first over two years before the end, and those who did in the year after that."""
    first = _first(orders).week
    recent = first[first >= weeks - 2 * YEAR]
    return pd.Index(orders.person.unique()).difference(recent.index), recent[recent < weeks - YEAR].index


def _since(orders: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Weeks since the first order, of each order of these people, by person."""
    mine = _of(orders, first.index)
    weeks = mine.week.to_numpy() - first.week.reindex(mine.person).to_numpy()
    return pd.Series(weeks, index=mine.person.to_numpy())


def _orders_between(orders: pd.DataFrame, weeks: int, begin: int, end: int) -> float:
    first = _first(orders)
    first = first[first.week <= weeks - 4 * YEAR]
    since = _since(orders, first)
    return _ratio(int(((since >= begin) & (since < end)).sum()), len(first))
