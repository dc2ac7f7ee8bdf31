"""What a run remembers: one line of whole numbers for each week and business."""

from __future__ import annotations

from enum import IntEnum

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
    REFERRAL_REWARDS = ITEMS + 4  # part of ACQUISITION_SPEND
    WRITTEN_OFF = ITEMS + 5  # part of COST_OF_GOODS: lost on what was left at a season's end
    BOUGHT_LATE = ITEMS + 6  # of LIST_VALUE, what was not in stock although its season was ordered ahead
    FORETOLD = ITEMS + 7  # at list price, for a season ordered ahead, in its first week
    OUT_OF_STOCK = ITEMS + 8  # 1 in a week in which there was nothing to sell
    CASH = ITEMS + 9
    STOCK = ITEMS + 10  # money in goods
    CUSTOMERS = ITEMS + 11
    LISTED_CUSTOMERS = ITEMS + 12
    PEOPLE_AWARE = ITEMS + 13
    COMPLAINTS_OPEN = ITEMS + 14
    SATISFACTION_SUM = ITEMS + 15
    CLOSED = ITEMS + 16  # the week in which it went out of business and one more; 0: it has not


COSTS = [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND, Line.FIXED_COST]
"""What is taken from revenue to make profit."""
LENGTH = ITEMS + len(Line)
SPENT, CONTACTED, WON = 0, 1, 2
"""What is remembered of a programme: money in minor units; of a channel also contacts and customers won by it."""


def empty_history(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, entries)."""
    return np.zeros((ticks, businesses, LENGTH), np.int64)


def empty_programmes(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, programmes, 3): SPENT, CONTACTED, WON."""
    return np.zeros((ticks, businesses, PROGRAMMES, 3), np.int64)
