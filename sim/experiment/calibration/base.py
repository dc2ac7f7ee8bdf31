"""The base: what a firm looks like from outside at the end of its log, and what only the firm itself can say."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.experiment.calibration.log import Log, date_of
from sim.experiment.firm import BASE_MARGIN, MOST_PEOPLE
from sim.scenario.problems import InputError, Problem
from sim.scenario.schema import YEAR
from sim.strategies.fixed import FixedSplit

TIMES_CUSTOMERS = 5.0
"""People who may buy of a firm, for each who ever has: a guess, and listed as unknown."""
USUAL_SPEND = FixedSplit().spend_share / BASE_MARGIN
"""Marketing money as a share of the margin: A32."""
HALF = FixedSplit().acquisition_share
FEWEST_WEEKS, MOST_WEEKS = YEAR, 10 * YEAR
"""Of the years before week 0."""
LEAST_PACE = 0.1
"""A year that brings less than this part of the usual number of new customers is no guide."""


class Said(NamedTuple):
    """What a firm says of itself beside its records; None where it says nothing."""

    margin: float | None = None
    marketing: float | None = None
    """Money a year."""
    acquisition_share: float | None = None
    people: int | None = None
    """Who may buy such things of it."""
    currency: str = "money"


NOTHING_SAID = Said()


class Base(NamedTuple):
    """The last year of a log, or all of it if it is shorter, per year."""

    customers: int
    """Ever."""
    listed: int
    """Who bought within the year; of subscribers, who are there."""
    won: float
    """New customers a year."""
    orders: float
    revenue: float
    weeks: float
    """How long the log is."""
    is_slow: bool
    """Did the last year bring next to nobody, so that new customers are those of the mean year?"""

    @property
    def order(self) -> float:
        """Mean money of an order."""
        return self.revenue / self.orders


def base_of(log: Log) -> Base:
    """The base at the end of a log."""
    weeks = min(float(YEAR), log.weeks)
    since = log.last_day - round(7 * weeks)
    recent = log.day > since
    if not recent.any():
        what = f"nobody bought in the year before {date_of(log.last_day)}, when the records end"
        raise InputError([Problem(None, what, "Take away the rows after the last purchases, or a firm that has any")])
    won, share = float((log.day[log.firsts] > since).sum()), YEAR / weeks
    listed, revenue = len(np.unique(log.customer[recent])), float(log.amount[recent].sum())
    return paced(
        Base(log.customers, listed, won * share, float(recent.sum()) * share, revenue * share, log.weeks, False)
    )


def paced(base: Base) -> Base:
    """With the mean year's new customers, if the last year had next to none.

    Check
    -----
    >>> paced(Base(2080, 300, 0.0, 900.0, 9e4, 104.0, False)).won
    1040.0
    """
    usual = base.customers * YEAR / max(base.weeks, 1.0)
    return base if base.won >= LEAST_PACE * usual else base._replace(won=usual, is_slow=True)


class Market(NamedTuple):
    """The people around a firm, and how its customers came."""

    people: int
    """Real ones."""
    represents: int
    weeks: int
    """Before week 0."""
    seeded: int
    """Real people who are customers when the world begins."""
    contact: float
    """Chance a week that somebody who never was a customer becomes one."""

    @property
    def simulated(self) -> int:
        """Simulated people."""
        return max(round(self.people / self.represents), 1)


def people_of(base: Base, people: int | None) -> int:
    """How many people there are in the market: what was said, or what is assumed."""
    return people or round(TIMES_CUSTOMERS * base.customers)


def market_of(base: Base, people: int | None, contact: float | None = None) -> Market:
    """A market in which the firm wins as many customers a year as in its log, and has had as many in the end.

    Customers come at a steady chance. Those who came faster than that are there from the beginning; if steady winning
    would bring too many, the years before week 0 are fewer.

    Parameters
    ----------
    contact : chance a week to become a customer, where it is known better than from the last year

    Check
    -----
    >>> market = market_of(Base(2_000, 800, 700.0, 4e3, 2e5, 104.0, False), 10_000)
    >>> market.weeks, market.seeded, round(market.contact * (10_000 - 2_000 + 350) * 52)
    (104, 538, 700)
    """
    people = people_of(base, people)
    never = people - base.customers
    contact = min(base.won / YEAR / (never + base.won / 2.0), 0.5) if contact is None else contact
    weeks = min(max(math.ceil(base.weeks), FEWEST_WEEKS), MOST_WEEKS)
    seeded = people - never / (1.0 - contact) ** weeks
    if seeded < 0.0:
        seeded, weeks = 0.0, max(round(math.log(never / people) / math.log(1.0 - contact)), FEWEST_WEEKS)
        if weeks == FEWEST_WEEKS:
            contact = 1.0 - (never / people) ** (1.0 / weeks)
    return Market(people, math.ceil(people / MOST_PEOPLE), weeks, round(seeded), contact)
