"""What everybody can see of the businesses this week: prices, contacts, what is done for customers.

What differs from one segment of people to the next, and between two businesses, stands in ``Reach``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.acquisition import PARTNER
from sim.rules.retention import REMINDERS, SAVERS, Levers
from sim.scenario.schema import MOST_CHANNELS, Scenario


class Offers(NamedTuple):
    """One entry per business; written before the week, only read while it passes."""

    # float64 (businesses, 2): for people who never ordered here, and for those who did
    price: np.ndarray  # money
    price_ratio: np.ndarray  # to the reference price
    log_price_ratio: np.ndarray

    # float64 (businesses,)
    list_ratio: np.ndarray  # the price without promotions, to the reference price
    open: np.ndarray  # 1, or 0 while nobody can buy here
    position: np.ndarray  # from the low end, 0, to the high end, 1
    passes_on: np.ndarray  # 1 if an order here may bring a word about another business, else 0
    scheme_bonus: np.ndarray  # log odds that loyalty rewards add for own customers
    gift: np.ndarray  # chance of an unexpected gift with an order
    delight: np.ndarray  # what that gift adds to satisfaction
    referral: np.ndarray  # what a referral programme adds to telling, times telling
    cross_selling: np.ndarray  # share of customers who are made to look at further lines
    lines: np.ndarray  # product lines on offer
    days_to_resolve: np.ndarray  # days that a complaint waits on average, of those at whom service is aimed
    days_without_service: np.ndarray  # the same, of all others
    quality: np.ndarray
    failure_rate: np.ndarray
    backers_tell: np.ndarray  # chance a week that a contented backer tells

    # float64 (businesses, levers of one kind)
    let_through: np.ndarray  # what each kind of care lets through of the chance of leaving
    reminder: np.ndarray  # chance that a customer of the class is reminded
    reminder_tempts: np.ndarray  # chance that a reminder makes an occasion

    # float64 (businesses, levers)
    aim: np.ndarray  # the class of customers that each is for


WIDE = {
    **dict.fromkeys(("price", "price_ratio", "log_price_ratio"), 2),
    "let_through": len(SAVERS),
    **dict.fromkeys(("reminder", "reminder_tempts"), len(REMINDERS)),
    "aim": len(Levers._fields),
}
"""Fields of several numbers, and how many."""


class Reach(NamedTuple):
    """How far businesses reach: to people of each segment, and through each other."""

    # float64 (segments, businesses, channels): adjacent parts of the chance of a contact, each ending where the next
    # begins, so that the last is the chance of a contact by whatever channel
    contact: np.ndarray

    # float64 (segments, businesses)
    media: np.ndarray  # chance that a given customer is reached by what is meant for prospects
    present: np.ndarray  # 1 where these people can come to know the business, else 0
    distance: np.ndarray  # log odds that they take from it for not being at home in their market

    # float64 (businesses, businesses): of the partner, and of the business about which it passes a word
    word: np.ndarray  # chance that an order at the partner brings one
    word_channel: np.ndarray  # the channel that the partner is


ANY_CHANNEL = MOST_CHANNELS - 1
"""Where in ``Reach.contact`` the chance of a contact by whatever channel stands."""


def no_reach(scenario: Scenario) -> Reach:
    """Businesses that are nowhere yet, with the alliances that the scenario makes."""
    segments, businesses = len(scenario.segments), len(scenario.businesses)
    names = [business.name for business in scenario.businesses]
    reach = Reach(
        contact=np.zeros((segments, businesses, MOST_CHANNELS)),
        media=np.zeros((segments, businesses)),
        present=np.zeros((segments, businesses)),
        distance=np.zeros((segments, businesses)),
        word=np.zeros((businesses, businesses)),
        word_channel=np.zeros((businesses, businesses)),
    )
    for slot, business in enumerate(scenario.businesses):
        for at, channel in enumerate(business.channels.values()):
            if channel.kind == PARTNER:
                partner = names.index(channel.of)
                reach.word[partner, slot], reach.word_channel[partner, slot] = channel.chance, at
    return reach


def no_offers(businesses: int) -> tuple[Offers, np.recarray]:
    """Zeros, to be written by the businesses, and the same place in memory as records, one a business, for people."""
    fields = [(name, np.float64, (WIDE[name],)) if name in WIDE else (name, np.float64) for name in Offers._fields]
    records = np.zeros(businesses, np.dtype(fields, align=True)).view(np.recarray)
    return Offers(*(records[name] for name in Offers._fields)), records
