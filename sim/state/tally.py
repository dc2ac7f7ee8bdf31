"""The tally: what the people of one block of rows did this week, counted in whole numbers.

Each block of rows has lines of its own, so any number of threads may count at once and the sums are the same.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.rules.defection import REASONS

BLOCK = 2048
"""Rows of a block. Results do not depend on it; the cost of a run does."""
MICRO = 1_000_000
"""Satisfaction is summed in millionths, as whole numbers."""


class Item(IntEnum):
    """What is counted for each business. Changes of a stock are counted as they happen and never recounted."""

    ORDERS = 0
    REVENUE = 1  # minor units of money
    REVENUE_FROM_OLD_CUSTOMERS = 2  # from those who had bought here before week 0
    NEW = 3  # first orders of people who were never customers, or long forgotten
    NEW_TOLD = 4  # of NEW, those who heard of the business from a friend
    NEW_CONTACTED = 5  # of NEW, those a channel reached
    RETURNED = 6  # first orders of former customers
    RETURNED_TOLD = 7  # of RETURNED, those a friend's story won back
    RETURNED_CONTACTED = 8  # of RETURNED, those a contact won back; the rest came by themselves
    LOST_NEED_GONE = 9  # LOST_NEED_GONE + reason - 1, in the order of the reasons of defection
    LOST_DISSATISFIED = 10
    LOST_FORGOTTEN = 11
    LOST_TO_RIVAL = 12
    LOST_TO_PRICE = 13
    CONTACTS = 14
    GOOD_STORIES = 15
    BAD_STORIES = 16
    FAILURES = 17
    AWARE = 18  # change in the number who know the business
    LISTED = 19  # who came onto the list of recent customers
    DELISTED = 20  # who fell off it
    SATISFACTION = 21  # change in the sum over customers, in millionths


LOST = slice(Item.LOST_NEED_GONE, Item.LOST_TO_PRICE + 1)
"""The items of lost customers, one for each reason but staying."""
if len(range(*LOST.indices(len(Item)))) != len(REASONS) - 1:
    raise TypeError("every reason of defection needs an item of its own in the tally, in the same order")


def blocks_of(people: int) -> int:
    """How many blocks hold so many rows."""
    return (people + BLOCK - 1) // BLOCK


def empty_tally(people: int, businesses: int) -> np.ndarray:
    """int64 zeros, (blocks, businesses, items)."""
    return np.zeros((blocks_of(people), businesses, len(Item)), np.int64)
