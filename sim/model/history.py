"""What a run remembers: one line of whole numbers for each week and business."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.model.programmes import PROGRAMMES
from sim.state.tally import Item

ITEMS = len(Item)


class Line(IntEnum):
    """Entries of a line beyond the tally's items: money that flowed, and what stood at the week's close."""

    COST_OF_GOODS = ITEMS
    ACQUISITION_SPEND = ITEMS + 1
    RETENTION_SPEND = ITEMS + 2
    FIXED_COST = ITEMS + 3
    COMMISSION_INCOME = ITEMS + 4  # from other businesses, beside revenue
    REFERRAL_REWARDS = ITEMS + 5  # part of ACQUISITION_SPEND
    WELCOME_DISCOUNTS = ITEMS + 6  # of first orders: what promotions for them took off; never booked
    WRITTEN_OFF = ITEMS + 7  # part of COST_OF_GOODS: lost on what was left at a season's end
    BOUGHT_LATE = ITEMS + 8  # of LIST_VALUE, what was not in stock although its season was ordered ahead
    FORETOLD = ITEMS + 9  # at list price, for a season ordered ahead, in its first week
    OUT_OF_STOCK = ITEMS + 10  # 1 in a week in which there was nothing to sell
    CASH = ITEMS + 11
    STOCK = ITEMS + 12  # money in goods
    CUSTOMERS = ITEMS + 13
    LISTED_CUSTOMERS = ITEMS + 14
    PEOPLE_AWARE = ITEMS + 15
    COMPLAINTS_OPEN = ITEMS + 16
    SATISFACTION_SUM = ITEMS + 17
    INSOLVENT = ITEMS + 18  # the week in which it was and one more; 0: it has not been


COSTS = [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND, Line.FIXED_COST]
"""What is taken from revenue to make profit."""
LENGTH = ITEMS + len(Line)
SPENT, CONTACTED, WON = 0, 1, 2
"""What is remembered of a programme: money in minor units; of a channel also contacts and customers won by it."""


class Sums:
    """What a run remembers, added up over some of its weeks; what several businesses ask for is added up once."""

    def __init__(self, remembered: np.ndarray) -> None:
        self.remembered = remembered
        self._known: dict[tuple[int, int], list[Any]] = {}

    def of(self, first: int, last: int) -> list[Any]:
        """The weeks from ``first`` to before ``last`` together: one entry for each business."""
        if (first, last) not in self._known:
            self._known[first, last] = self.remembered[first:last].sum(axis=0).tolist()
        return self._known[first, last]

    def forget(self) -> None:
        """A week is over: the next one asks for other weeks."""
        self._known.clear()


def empty_history(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, entries)."""
    return np.zeros((ticks, businesses, LENGTH), np.int64)


def empty_programmes(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, programmes, 3): SPENT, CONTACTED, WON."""
    return np.zeros((ticks, businesses, PROGRAMMES, 3), np.int64)
