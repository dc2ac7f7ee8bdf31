"""Closing: what a business's books say of a week, as one line of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.history import ITEMS, Line
from sim.model.pricing import welcome_discounts
from sim.model.programmes import ENTRIES, REFERRAL_REWARDS
from sim.rules.need import CONTRACT
from sim.scenario.schema import MOST_CHANNELS
from sim.state.tally import LOST, Item

if TYPE_CHECKING:
    from sim.model.business import Business


def written_line(business: Business, counted: np.ndarray) -> np.ndarray:
    """The line of a week in which everything has been paid: what was counted, money that flowed, and how stocks stand.

    Parameters
    ----------
    counted : int64 (items,), the tally of the business

    Returns
    -------
    int64 (entries,): its own stocks, brought up to date
    """
    line, spent, goods = business.stocks, business.spent, business.warehouse
    items = counted.tolist()
    won, lost = items[Item.NEW] + items[Item.RETURNED], sum(items[LOST])
    if business.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
        items[Item.LISTED], items[Item.DELISTED], items[Item.DELISTED_MOVED] = won, lost, items[Item.LOST_MOVED]
    acquisition = int(spent[:MOST_CHANNELS].sum() + spent[REFERRAL_REWARDS] + spent[ENTRIES])
    price = business.description.offering.price
    entries = line.tolist()
    entries[:ITEMS] = items
    entries[Line.COST_OF_GOODS] = business.cost_of_goods
    entries[Line.ACQUISITION_SPEND] = acquisition
    entries[Line.RETENTION_SPEND] = int(spent.sum()) - acquisition
    entries[Line.FIXED_COST] = business.fixed_cost
    entries[Line.COMMISSION_INCOME] = business.commissions
    entries[Line.REFERRAL_REWARDS] = int(spent[REFERRAL_REWARDS])
    entries[Line.WELCOME_DISCOUNTS] = welcome_discounts(items[Item.FIRST_LIST_VALUE], business.prices, price)
    entries[Line.WRITTEN_OFF] = goods.written_off
    entries[Line.BOUGHT_LATE] = goods.bought_late
    entries[Line.FORETOLD] = goods.foretold
    entries[Line.CASH] = business.ledger.cash
    entries[Line.STOCK] = business.ledger.stock
    entries[Line.CUSTOMERS] += won - lost
    entries[Line.LISTED_CUSTOMERS] += items[Item.LISTED] - items[Item.DELISTED]
    entries[Line.PEOPLE_AWARE] += items[Item.AWARE]
    entries[Line.COMPLAINTS_OPEN] += items[Item.OPEN_COMPLAINTS]
    entries[Line.SATISFACTION_SUM] += items[Item.SATISFACTION]
    line[:] = entries
    return line
