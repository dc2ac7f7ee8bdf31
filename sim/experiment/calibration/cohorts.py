"""Cohorts: what a log shows before any model, in tables without names.

Recency, frequency and money by how often people bought; who of each quarter's newcomers bought in later quarters; and
the seasons, where two years show them twice.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.experiment.calibration.holdout import Expected, tracked
from sim.experiment.calibration.log import WEEK, Log, date_of
from sim.scenario.schema import YEAR
from sim.theory.buying import BuyTillYouDie, alive

FREQUENCIES = (1, 2, 3, 5, 10, 20)
"""Where classes of frequency begin."""
FEWEST_PEOPLE = 5
"""Of whom something is told together: of fewer it could be told who they are."""
MONTHS_OF_A_LONG_LOG = 18
TWO_YEARS = 104.0
WIDTH = 5
"""Weeks of the year that are taken together, so that a season is more than a lucky week."""


class Seasons(NamedTuple):
    """Repeat purchases of each week of the year over those that people's own pace would bring."""

    level: np.ndarray
    """float64 (52,), about 1."""
    error: np.ndarray
    """Standard errors, if purchases are Poisson."""

    @property
    def matter(self) -> bool:
        """Do they differ by more than chance? Ten parts of a year do so in about one of 200 firms without seasons."""
        apart = ((self.level - 1.0) / self.error)[WIDTH // 2 :: WIDTH]
        return bool(np.mean(apart**2) > 2.5)


def frequencies(log: Log, model: BuyTillYouDie) -> pd.DataFrame:
    """Customers by how often they bought: how many, weeks since the last time, mean order, chance to be one still.

    A class of fewer than five people is told together with the next.
    """
    buyers = log.buyers()
    bought = buyers.repeats + 1
    begins = _begins(bought)
    frame = pd.DataFrame(
        {
            "class": np.searchsorted(begins, bought, side="right") - 1,
            "recency_weeks": np.asarray(buyers.age) - buyers.seen,
            "orders": bought,
            "money": np.bincount(log.customer, log.amount),
            "alive": alive(model, buyers),
        }
    )
    grouped = frame.groupby("class")
    ends = [*(f"{a}" if b == a + 1 else f"{a} to {b - 1}" for a, b in zip(begins, begins[1:], strict=False))]
    names = np.array([*ends, f"{begins[-1]} and more"])
    return pd.DataFrame(
        {
            "purchases": names[grouped.size().index],
            "customers": grouped.size().to_numpy(),
            "recency_weeks": grouped.recency_weeks.mean().to_numpy(),
            "mean_order": (grouped.money.sum() / grouped.orders.sum()).to_numpy(),
            "alive": grouped.alive.mean().to_numpy(),
        }
    )


def _begins(bought: np.ndarray) -> list[int]:
    """Where classes of frequency begin, so that in each there are enough people; the last has no end.

    Check
    -----
    >>> _begins(np.repeat([1, 2, 3, 7, 30], [50, 3, 9, 4, 2])), _begins(np.array([1, 1, 2]))
    ([1, 2, 5], [1])
    """
    begins: list[int] = [FREQUENCIES[0]]
    for begin in FREQUENCIES[1:]:
        if min(np.sum((bought >= begins[-1]) & (bought < begin)), np.sum(bought >= begin)) >= FEWEST_PEOPLE:
            begins.append(begin)
    return begins


def tellable(people: np.ndarray) -> np.ndarray:
    """Whether so many may be told: nobody, or as many as do not show who they are.

    Check
    -----
    >>> tellable(np.array([0.0, 1.0, 4.9, 5.0])).tolist()
    [True, False, False, True]
    """
    return (people == 0) | (people >= FEWEST_PEOPLE)


def cohorts(log: Log) -> pd.DataFrame:
    """Share of each period's newcomers who bought in each later period: rows cohorts, columns periods since.

    Periods are quarters, or months where the log is short. NaN where a period has not passed yet. Newcomers of a period
    are left out if they were fewer than five.
    """
    first, last = date_of(log.first_day), date_of(log.last_day)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    length = 3 if months >= MONTHS_OF_A_LONG_LOG else 1
    periods = _months(log.day, length)
    origin = int(_months(np.array([log.first_day]), length)[0])
    start = (periods[log.firsts] - origin)[log.customer]
    since = periods - origin - start
    count = int(_months(np.array([log.last_day]), length)[0]) - origin + 1
    seen = np.unique(np.column_stack([start, since, log.customer]), axis=0)
    table = np.zeros((count, count))
    np.add.at(table, (seen[:, 0], seen[:, 1]), 1.0)
    sizes = table[:, 0]
    with np.errstate(invalid="ignore"):
        shares = table / sizes[:, None]
    row, column = np.indices(shares.shape)
    shares[row + column >= count] = np.nan
    names = [_name(origin + at, length) for at in range(count)]
    return pd.DataFrame(shares, index=pd.Index(names, name="first bought")).assign(customers=sizes)[
        sizes >= FEWEST_PEOPLE
    ]


def _months(days: np.ndarray, length: int) -> np.ndarray:
    """The period of a calendar in which each day lies."""
    kinds, which = np.unique(days, return_inverse=True)
    dates = [datetime.date.fromordinal(int(day)) for day in kinds]
    return np.array([(date.year * 12 + date.month - 1) // length for date in dates])[which]


def _name(period: int, length: int) -> str:
    """What a period is called.

    Check
    -----
    >>> _name(2020 * 4 + 1, 3), _name(2020 * 12 + 1, 1)
    ('2020 Q2', '2020-02')
    """
    year, month = divmod(period * length, 12)
    return f"{year} Q{month // 3 + 1}" if length == 3 else f"{year}-{month + 1:02d}"


def seasons(log: Log, expected_of: Expected) -> Seasons | None:
    """The index of each week of the year; None where the log is shorter than two years."""
    if log.weeks < TWO_YEARS:
        return None
    days = np.arange(log.first_day, log.last_day + 1)
    of_year = _week_of_year(days)
    later = np.ones(len(log.day), bool)
    later[log.firsts] = False
    made = np.bincount(_week_of_year(log.day[later]), minlength=YEAR).astype(float)
    starts = (log.day[log.firsts] - log.first_day) / WEEK
    ends = (days - log.first_day + 1) / WEEK
    grid = np.append(np.arange(0.0, ends[-1], 1.0), ends[-1])
    by_day = np.diff(np.interp(np.append(0.0, ends), grid, tracked(expected_of, starts, grid)))
    expected = np.bincount(of_year, by_day, minlength=YEAR)
    smooth = np.ones(WIDTH)
    around = [np.convolve(np.concatenate([each[-2:], each, each[:2]]), smooth, "valid") for each in (made, expected)]
    level = made.sum() / expected.sum()
    index = around[0] / np.maximum(around[1], 1e-12) / level
    return Seasons(index, np.maximum(index, 1e-6) / np.sqrt(np.maximum(around[0], 1.0)))


def _week_of_year(days: np.ndarray) -> np.ndarray:
    """0 to 51; the last days of December belong to the last week."""
    kinds, which = np.unique(days, return_inverse=True)
    weeks = [min((datetime.date.fromordinal(int(day)).timetuple().tm_yday - 1) // 7, YEAR - 1) for day in kinds]
    return np.array(weeks, int)[which]
