"""Closing: what a business's books say of a week, as one line of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.history import ITEMS, Line
from sim.model.pricing import welcome_discounts
from sim.model.programmes import ENTRIES, REFERRAL_REWARDS
from sim.rules.need import CONTRACT
from sim.scenario.schema import MOST_CHANNELS
from sim.state.tally import LOST, Item

if TYPE_CHECKING:
    from sim.model.business import Business


def written_line(business: Business, counted: list[int]) -> list[int]:
    """The line of a week in which everything has been paid: what was counted, money that flowed, and how stocks stand.

    Parameters
    ----------
    counted : by item, the tally of the business

    Returns
    -------
    its own stocks, brought up to date
    """
    line, spent, goods = business.stocks, business.spent, business.warehouse
    items = counted.copy()
    won, lost = items[Item.NEW] + items[Item.RETURNED], sum(items[LOST])
    if business.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
        items[Item.LISTED], items[Item.DELISTED], items[Item.DELISTED_MOVED] = won, lost, items[Item.LOST_MOVED]
    acquisition = sum(spent[:MOST_CHANNELS]) + spent[REFERRAL_REWARDS] + spent[ENTRIES]
    price = business.description.offering.price
    line[:ITEMS] = items
    line[Line.COST_OF_GOODS] = business.cost_of_goods
    line[Line.ACQUISITION_SPEND] = acquisition
    line[Line.RETENTION_SPEND] = sum(spent) - acquisition
    line[Line.FIXED_COST] = business.fixed_cost
    line[Line.COMMISSION_INCOME] = business.commissions
    line[Line.REFERRAL_REWARDS] = spent[REFERRAL_REWARDS]
    line[Line.WELCOME_DISCOUNTS] = welcome_discounts(items[Item.FIRST_LIST_VALUE], business.prices, price)
    line[Line.WRITTEN_OFF] = goods.written_off
    line[Line.BOUGHT_LATE] = goods.bought_late
    line[Line.FORETOLD] = goods.foretold
    line[Line.CASH] = business.ledger.cash
    line[Line.STOCK] = business.ledger.stock
    line[Line.CUSTOMERS] += won - lost
    line[Line.LISTED_CUSTOMERS] += items[Item.LISTED] - items[Item.DELISTED]
    line[Line.PEOPLE_AWARE] += items[Item.AWARE]
    line[Line.COMPLAINTS_OPEN] += items[Item.OPEN_COMPLAINTS]
    line[Line.SATISFACTION_SUM] += items[Item.SATISFACTION]
    return line
