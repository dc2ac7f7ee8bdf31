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
    REFERRAL_REWARDS = ITEMS + 3  # part of ACQUISITION_SPEND
    COMMISSION_INCOME = ITEMS + 4
    CASH = ITEMS + 5
    CUSTOMERS = ITEMS + 6
    LISTED_CUSTOMERS = ITEMS + 7
    PEOPLE_AWARE = ITEMS + 8
    COMPLAINTS_OPEN = ITEMS + 9
    SATISFACTION_SUM = ITEMS + 10


LENGTH = ITEMS + len(Line)
SPENT, CONTACTED, WON = 0, 1, 2
"""What is remembered of a programme: money in minor units; of a channel also contacts and customers won by it."""


def empty_history(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, entries)."""
    return np.zeros((ticks, businesses, LENGTH), np.int64)


def empty_programmes(ticks: int, businesses: int) -> np.ndarray:
    """int64 zeros, (ticks, businesses, programmes, 3): SPENT, CONTACTED, WON."""
    return np.zeros((ticks, businesses, PROGRAMMES, 3), np.int64)
