"""The hold-out: what was known before a day, asked about the time after it.

The customers of that day live on in the calibrated scenario, each from the day of the own first purchase; beside it
stand the formula of the BG/NBD and the forecast that everything stays as it was. Only those who had bought by then
count: no model of buying foretells who comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.calibration.estimates import Estimates, Fitted
from sim.experiment.calibration.log import WEEK, Log
from sim.experiment.calibration.subscriptions import THERE, Subscriptions
from sim.experiment.calibration.world import Plan, cohort_of
from sim.experiment.runs import run_world
from sim.scenario.schema import YEAR
from sim.state.diary import ORDER
from sim.theory.buying import alike, expected_later, expected_repeats
from sim.theory.contracts import survival

SHORTEST, LONGEST = 8.0, float(YEAR)
"""Weeks that are held out, if nobody says how many."""
HELD_OUT = 1.0 / 3.0
LEAST_KNOWN = 13.0
"""Weeks before a split without which nothing is tested."""
WORLDS = 40
FIRST_SEED = 3_000_001
MOST_SIMULATED = 10_000
"""People of one world; more customers are each stood for by one who is like them."""
BAND = (0.025, 0.975)


Expected = Callable[[np.ndarray], np.ndarray]
"""Repeat purchases of a new customer within times, in weeks."""


class Law(NamedTuple):
    """What a model expects of customers."""

    fitted: Fitted
    expected: Expected
    given_history: Callable[[float], float]
    """Purchases of all within a time from now on, from what each has done."""
    within_week: float
    """When in a simulated week a purchase is made."""


def law_of_buying(found: Estimates, known: Log) -> Law:
    """The BG/NBD; a purchase of a week is put in its middle."""
    model = found.buying
    kinds, _ = alike(known.buyers())

    def given_history(weeks: float) -> float:
        return float(np.sum(expected_later(model, kinds, weeks) * kinds.people))

    return Law(found.bg_nbd, lambda times: expected_repeats(model, times), given_history, 0.5)


def law_of_renewals(found: Fitted, known: Subscriptions) -> Law:
    """The shifted-beta-geometric: payments fall on the renewals."""
    a, b = found.values
    length = float(known.renewal_weeks)

    def paid(renewals: np.ndarray) -> np.ndarray:
        most = int(renewals.max(initial=0))
        return np.append(0.0, np.cumsum(survival(np.arange(1.0, most + 1.0), a, b)))[renewals]

    def expected(times: np.ndarray) -> np.ndarray:
        return paid(np.floor(np.asarray(times) / length + 1e-9).astype(int))

    def given_history(weeks: float) -> float:
        start = known.start[known.end == THERE]
        age = (known.last_day - start) / WEEK / length
        made, then = np.floor(age).astype(int), np.floor(age + weeks / length).astype(int)
        return float(np.sum((paid(then) - paid(made)) / survival(made.astype(float), a, b)))

    return Law(found, expected, given_history, 1.0)


class Holdout(NamedTuple):
    """Repeat purchases of those who had bought by the split, week by week from the first day of the log."""

    split: int
    """The last day that was known."""
    customers: int
    weeks: np.ndarray
    """Ends of weeks, counted from the first day; the split is one of them."""
    actual: np.ndarray
    """Cumulative."""
    formula: np.ndarray
    simulated: np.ndarray
    """The mean over worlds, and below the band: of worlds as lucky as any, with estimates as sure as they are."""
    low: np.ndarray
    high: np.ndarray
    later: float
    """Purchases after the split, that is of the hold-out alone, and below what was forecast of them."""
    by_formula: float
    by_simulation: tuple[float, float, float]
    """The mean over worlds, and the ends of the band."""
    by_luck: tuple[float, float]
    """The ends of a narrower band, in which the estimates are taken for the truth."""
    given_history: float
    """By the formula, from what each customer had done by the split."""
    as_last_year: float
    fitted: Fitted
    """The model that foretold it, from what was known at the split."""

    def misses(self) -> dict[str, float]:
        """Each forecast over what came, less one."""
        forecasts = {
            "simulated": self.by_simulation[0],
            "formula": self.by_formula,
            "formula_given_history": self.given_history,
            "last_year": self.as_last_year,
        }
        return {name: value / self.later - 1.0 if self.later else math.nan for name, value in forecasts.items()}

    @property
    def miss_of_total(self) -> float:
        """All repeat purchases up to the end, simulated over those made, less one."""
        return float(self.simulated[-1] / self.actual[-1] - 1.0)


def usual_split(log: Log | Subscriptions) -> int | None:
    """The day before the last third of a log, at most a year; None where too little would be left.

    Check
    -----
    >>> day = np.array([0, 300])
    >>> [usual_split(Log(np.zeros(2, int), day, np.ones(2), 0, last)) for last in (300, 90)]
    [200, None]
    """
    weeks = (log.last_day - log.first_day + 1) / WEEK
    held = min(max(weeks * HELD_OUT, SHORTEST), LONGEST)
    return log.last_day - round(held * WEEK) if weeks - held >= LEAST_KNOWN else None


def held_out(log: Log, known: Log, plan: Plan, others: Sequence[Plan], law: Law) -> Holdout:
    """Forecast what came after a split, and compare.

    Parameters
    ----------
    log : all that is known today
    known : what was known at the split
    plan : the calibrated world, from what was known then
    others : what it might as well be, one for each resample; if there are none, the band shows luck alone
    """
    split, last = known.last_day, log.last_day
    starts = known.day[known.firsts]
    end = (last - known.first_day + 1) / WEEK
    begin = (split - known.first_day + 1) / WEEK
    weeks = np.unique(
        np.append(begin - np.arange(int(begin)), np.append(begin + np.arange(math.ceil(end - begin)), end))
    )
    repeats = _repeats_of(log, split, known.first_day)
    actual = np.searchsorted(repeats, weeks, side="right").astype(float)
    offset = (starts - known.first_day) / WEEK
    formula = tracked(law.expected, offset, weeks)
    worlds = _simulated([plan] * WORLDS, law, offset, weeks)
    unsure = _simulated([others[at % len(others)] for at in range(WORLDS)], law, offset, weeks) if others else worlds
    at = int(np.searchsorted(weeks, begin))
    later, unsure_later = (some[:, -1] - some[:, at] for some in (worlds, unsure))
    return Holdout(
        split=split,
        customers=known.customers,
        weeks=weeks,
        actual=actual,
        formula=formula,
        simulated=worlds.mean(axis=0),
        low=np.quantile(unsure, BAND[0], axis=0),
        high=np.quantile(unsure, BAND[1], axis=0),
        later=float(actual[-1] - actual[at]),
        by_formula=float(formula[-1] - formula[at]),
        by_simulation=(float(later.mean()), *np.quantile(unsure_later, BAND).tolist()),
        by_luck=tuple(np.quantile(later, BAND).tolist()),
        given_history=law.given_history(end - begin),
        as_last_year=as_last_year(repeats, begin, end),
        fitted=law.fitted,
    )


def tracked(expected: Expected, offset: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Repeat purchases of all customers by the end of weeks, as a model expects them.

    Parameters
    ----------
    offset : week of each customer's first purchase
    """
    total = np.zeros(len(weeks))
    for start, people in zip(*np.unique(offset, return_counts=True), strict=True):
        total += people * expected(np.maximum(weeks - start, 0.0))
    return total


def as_last_year(repeats: np.ndarray, begin: float, end: float) -> float:
    """The forecast of whoever has no model: as many as in the same weeks a year before, or in as many just before.

    Parameters
    ----------
    repeats : weeks of repeat purchases, sorted

    Check
    -----
    >>> as_last_year(np.array([1.0, 2.0, 3.0, 9.0]), 4.0, 6.0)
    1.0
    """
    length = end - begin
    back = float(YEAR) if begin >= YEAR and length <= YEAR else length
    between = np.searchsorted(repeats, [begin - back, end - back], side="right")
    return float(between[1] - between[0])


def _repeats_of(log: Log, split: int, first_day: int) -> np.ndarray:
    """Weeks of all repeat purchases of those who had bought by the split, sorted."""
    starts = log.day[log.firsts]
    repeat = np.ones(len(log.day), bool)
    repeat[log.firsts] = False
    repeat &= (starts <= split)[log.customer]
    return np.sort((log.day[repeat] - first_day + 1) / WEEK)


def _simulated(plans: Sequence[Plan], law: Law, offset: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Cumulative repeat purchases by the end of weeks in the world of each plan, float64 (worlds, weeks).

    Whoever stands for several customers has the start of a customer drawn evenly from all.
    """
    people = min(len(offset), MOST_SIMULATED)
    start = np.sort(offset)[np.linspace(0, len(offset) - 1, people).round().astype(int)]
    length = math.ceil(weeks[-1]) + 1
    found = []
    for seed, plan in enumerate(plans, FIRST_SEED):
        events: Any = run_world(cohort_of(plan, people, length), seed, followed=people).events
        orders = events[events[:, 3] == ORDER]
        when = np.sort(start[orders[:, 1]] + orders[:, 0] + law.within_week)
        found.append(np.searchsorted(when, weeks, side="right") * (len(offset) / people))
    return np.array(found, float)
