"""What everybody can see of the businesses this week: prices, contacts, what is done for customers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.retention import REMINDERS, SAVERS
from sim.scenario.schema import MOST_CHANNELS


class Offers(NamedTuple):
    """One entry per business; written before the week, only read while it passes."""

    # float64 (businesses, 2): for people who never ordered here, and for those who did
    price: np.ndarray  # money
    price_ratio: np.ndarray  # to the reference price
    log_price_ratio: np.ndarray

    # float64 (businesses,)
    list_ratio: np.ndarray  # the price without promotions, to the reference price
    contact: np.ndarray  # chance that a given prospect is contacted this week, by whatever channel
    media: np.ndarray  # chance that a given customer is reached by what is meant for prospects
    scheme_bonus: np.ndarray  # log odds that loyalty rewards add for own customers
    gift: np.ndarray  # chance of an unexpected gift with an order
    delight: np.ndarray  # what that gift adds to satisfaction
    referral: np.ndarray  # what a referral programme adds to telling, times telling
    cross_selling: np.ndarray  # share of customers who are made to look at further lines
    lines: np.ndarray  # product lines on offer
    days_to_resolve: np.ndarray  # days that a complaint waits on average
    quality: np.ndarray
    failure_rate: np.ndarray
    backers_tell: np.ndarray  # chance a week that a contented backer tells

    # float64 (businesses, channels): adjacent parts of the chance of a contact, each ending where the next begins
    reached: np.ndarray

    # float64 (businesses, levers of one kind)
    let_through: np.ndarray  # what each kind of care lets through of the chance of leaving
    care_aim: np.ndarray  # the class it is aimed at
    reminder: np.ndarray  # chance that a customer of the class is reminded
    reminder_aim: np.ndarray
    reminder_tempts: np.ndarray  # chance that a reminder makes an occasion


WIDE = {
    **dict.fromkeys(("price", "price_ratio", "log_price_ratio"), 2),
    "reached": MOST_CHANNELS,
    **dict.fromkeys(("let_through", "care_aim"), len(SAVERS)),
    **dict.fromkeys(("reminder", "reminder_aim", "reminder_tempts"), len(REMINDERS)),
}
"""Fields of several numbers, and how many."""


def no_offers(businesses: int) -> tuple[Offers, np.recarray]:
    """Zeros, to be written by the businesses, and the same place in memory as records, one a business, for people."""
    fields = [(name, np.float64, (WIDE[name],)) if name in WIDE else (name, np.float64) for name in Offers._fields]
    records = np.zeros(businesses, np.dtype(fields, align=True)).view(np.recarray)
    return Offers(*(records[name] for name in Offers._fields)), records
