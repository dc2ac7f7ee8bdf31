"""The tally: what the people of one block of rows did this week, counted in whole numbers.

Each block of rows has lines of its own, so any number of threads may count at once and the sums are the same.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

BLOCK = 2048
"""Rows of a block. Results do not depend on it; the cost of a run does."""
MICRO = 1_000_000
"""Satisfaction is summed in millionths, as whole numbers."""


class Item(IntEnum):
    """What is counted for each business. Changes of a stock are counted as they happen and never recounted."""

    ORDERS = 0
    REVENUE = 1  # minor units of money
    REVENUE_FROM_OPENING_CUSTOMERS = 2  # from those who were customers at week 0
    NEW = 3  # first orders of people who were never customers, or long forgotten
    WON_BACK = 4  # first orders of former customers
    NEW_TOLD = 5  # of NEW, those who heard of the business from a friend
    NEW_CONTACTED = 6  # of NEW, those a channel reached
    LOST_NEED_GONE = 7  # LOST_NEED_GONE + reason - 1, in the order of the reasons of defection
    LOST_DISSATISFIED = 8
    LOST_FORGOTTEN = 9
    LOST_TO_RIVAL = 10
    LOST_TO_PRICE = 11
    CONTACTS = 12
    GOOD_STORIES = 13
    BAD_STORIES = 14
    FAILURES = 15
    AWARE = 16  # change in the number who know the business
    LISTED = 17  # who came onto the list of recent customers
    DELISTED = 18  # who fell off it
    SATISFACTION = 19  # change in the sum over customers, in millionths


def blocks_of(people: int) -> int:
    """How many blocks hold so many rows."""
    return (people + BLOCK - 1) // BLOCK


def empty_tally(people: int, businesses: int) -> np.ndarray:
    """int64 zeros, (blocks, businesses, items)."""
    return np.zeros((blocks_of(people), businesses, len(Item)), np.int64)
