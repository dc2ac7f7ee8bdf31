"""Pricing: what new and what old customers pay in a week, promotions and price wars taken into account."""

from __future__ import annotations

from typing import NamedTuple

from sim.rules.arithmetic import log
from sim.rules.prices import ANYBODY, NEW, OLD, is_for, is_on
from sim.rules.value import whole
from sim.scenario.schema import Business
from sim.state.offers import Offers


class Prices(NamedTuple):
    """Of the standard order in one week."""

    new: float
    """For people who never ordered here."""
    old: float
    """For those who did."""
    usual: float
    """What new people would pay, were it not for promotions meant for first orders alone."""


def prices_of(business: Business, week: int, factor: float, decided: tuple[float, float] | None) -> Prices:
    """The price of each side.

    Parameters
    ----------
    factor : on all prices
    decided : by the plan of the business, for new people and for old ones; None: the listed price for both
    """
    new, old = (price * factor for price in decided or (business.offering.price, business.offering.price))
    usual = new
    for promotion in business.promotions.values():
        if is_on(week, promotion.every_weeks, promotion.for_weeks):
            rest = 1.0 - promotion.discount
            new *= rest if is_for(NEW, promotion.to) else 1.0
            old *= rest if is_for(OLD, promotion.to) else 1.0
            usual *= rest if promotion.to == ANYBODY else 1.0
    return Prices(new, old, usual)


def show_prices(prices: Prices, price: float, reference: float, offers: Offers, slot: int) -> None:
    """Show what everybody pays.

    Parameters
    ----------
    price, reference : the list price, and the one with which people's order values go
    """
    paid = prices[:2]
    offers.list_ratio[slot] = price / reference
    offers.price[slot] = paid
    offers.price_ratio[slot] = [one / reference for one in paid]
    offers.log_price_ratio[slot] = [log(one / reference) for one in paid]


def welcome_discounts(first_orders: int, prices: Prices, price: float) -> int:
    """What promotions for first orders alone have taken off them.

    Parameters
    ----------
    first_orders : of a week, at list price, in whole coins
    price : the list price

    Check
    -----
    >>> welcome_discounts(10_000, Prices(new=32.0, old=45.0, usual=40.0), 50.0)
    1600
    """
    return whole(first_orders * (prices.usual - prices.new) / price)
