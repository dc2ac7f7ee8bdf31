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
    LIST_VALUE = 2  # of the same orders at the price without promotions: what was handed over
    FIRST_LIST_VALUE = 3  # of LIST_VALUE, the orders of people who had never ordered here
    REVENUE_FROM_OLD_CUSTOMERS = 4  # from those who had bought here before week 0
    NEW = 5  # first orders of people who were never customers, or long forgotten
    NEW_TOLD = 6  # of NEW, those who heard of the business from a friend who told of it unasked
    NEW_REFERRED = 7  # of NEW, those who heard of it from a friend whom a referral programme made tell
    NEW_CONTACTED = 8  # of NEW, those a channel reached
    NEW_AT_OFFER = 9  # of NEW, those whose first order came of an offer rather than a need
    RETURNED = 10  # first orders of former customers
    RETURNED_TOLD = 11  # of RETURNED, those whom a friend's story won back that was told unasked
    RETURNED_REFERRED = 12  # of RETURNED, those whom a story won back that a referral programme made a friend tell
    RETURNED_CONTACTED = 13  # of RETURNED, those a channel won back
    RETURNED_REMINDED = 14  # of RETURNED, those a reminder won back; the rest came by themselves
    LOST_NEED_GONE = 15  # LOST_NEED_GONE + reason - 1, in the order of the reasons of defection
    LOST_DISSATISFIED = 16
    LOST_COMPLAINT = 17
    LOST_FORGOTTEN = 18
    LOST_TO_RIVAL = 19
    LOST_TO_PRICE = 20
    LOST_MOVED = 21
    LOST_CLOSED = 22
    CONTACTS = 23  # with people who are no customers
    PROSPECT_CONTACTS = 24  # of CONTACTS, those with people who never ordered here
    SALES_AFTER_CONTACT = 25  # first orders of prospects within SALE_WEEKS weeks after one
    REMINDERS = 26  # with customers
    SALES_AFTER_REMINDER = 27  # orders within SALE_WEEKS weeks after one, each reminder once
    WIN_BACKS = 28  # reminders to people who had been customers
    GOOD_STORIES = 29
    BAD_STORIES = 30
    FAILURES = 31
    COMPLAINTS = 32
    RESOLVED = 33  # complaints
    REGRETS = 34  # first orders that were regretted
    FURTHER_LINES = 35  # taken up
    GIFTS = 36
    TRAFFIC = 37  # people for whom it came into question this week, in a race or by a contact
    BUYERS = 38  # of TRAFFIC, those who ordered
    AWARE = 39  # change in the number who know the business
    LISTED = 40  # who came onto the list of recent customers
    DELISTED = 41  # who fell off it
    DELISTED_MOVED = 42  # of DELISTED, those who moved away
    OPEN_COMPLAINTS = 43  # change in their number
    SATISFACTION = 44  # change in the sum over customers, in millionths


LOST = slice(Item.LOST_NEED_GONE, Item.LOST_CLOSED + 1)
"""The items of lost customers, one for each reason but staying."""
if len(range(*LOST.indices(len(Item)))) != len(REASONS) - 1:
    raise TypeError("every reason of defection needs an item of its own in the tally, in the same order")


def blocks_of(people: int) -> int:
    """How many blocks hold so many rows."""
    return (people + BLOCK - 1) // BLOCK


CONTACTED_BY, WON_BY = 0, 1
"""What is counted for each channel: contacts, and customers won, new and returned."""


def empty_channel_tally(people: int, businesses: int, channels: int) -> np.ndarray:
    """int64 zeros, (blocks, businesses, channels, 2)."""
    return np.zeros((blocks_of(people), businesses, channels, 2), np.int64)


def empty_tally(people: int, businesses: int) -> np.ndarray:
    """int64 zeros, (blocks, businesses, items)."""
    return np.zeros((blocks_of(people), businesses, len(Item)), np.int64)
