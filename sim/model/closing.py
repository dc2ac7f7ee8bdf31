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
    line, spent, warehouse = business.stocks, business.spent, business.warehouse
    line[:ITEMS] = counted
    won = counted[Item.NEW] + counted[Item.RETURNED]
    lost = counted[LOST].sum()
    if business.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
        line[Item.LISTED], line[Item.DELISTED], line[Item.DELISTED_MOVED] = won, lost, counted[Item.LOST_MOVED]
    acquisition = int(spent[:MOST_CHANNELS].sum() + spent[[REFERRAL_REWARDS, ENTRIES]].sum())
    first_orders, price = int(counted[Item.FIRST_LIST_VALUE]), business.description.offering.price
    line[Line.COST_OF_GOODS] = business.cost_of_goods
    line[Line.ACQUISITION_SPEND] = acquisition
    line[Line.RETENTION_SPEND] = int(spent.sum()) - acquisition
    line[Line.FIXED_COST] = business.fixed_cost
    line[Line.COMMISSION_INCOME] = business.commissions
    line[Line.REFERRAL_REWARDS] = spent[REFERRAL_REWARDS]
    line[Line.WELCOME_DISCOUNTS] = welcome_discounts(first_orders, business.prices, price)
    line[Line.WRITTEN_OFF] = warehouse.written_off
    line[Line.BOUGHT_LATE] = warehouse.bought_late
    line[Line.FORETOLD] = warehouse.foretold
    line[Line.CASH] = business.ledger.cash
    line[Line.STOCK] = business.ledger.stock
    line[Line.CUSTOMERS] += won - lost
    line[Line.LISTED_CUSTOMERS] += line[Item.LISTED] - line[Item.DELISTED]
    line[Line.PEOPLE_AWARE] += counted[Item.AWARE]
    line[Line.COMPLAINTS_OPEN] += counted[Item.OPEN_COMPLAINTS]
    line[Line.SATISFACTION_SUM] += counted[Item.SATISFACTION]
    return line
