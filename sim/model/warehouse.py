"""The warehouse: goods ordered ahead of a season, handed over as orders come, and sold off when the season is over.

Goods are counted by what they sell for at list price, in whole coins, because an order may be of any size. What was
paid for them stands in the ledger. They are paid on delivery.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.model.ledger import Account, Ledger
from sim.rules.position import cost_at_position
from sim.rules.supply import Supply
from sim.rules.value import whole
from sim.scenario.schema import Offering


class Order(NamedTuple):
    """Goods on their way, at list price."""

    week: int
    """In which they come."""
    volume: int
    foretold: int
    """Volume of the season that they are for, as was thought when they were ordered."""


class Goods(NamedTuple):
    """What a warehouse remembers from week to week, all at list price."""

    ahead: bool = False
    """Was this season foretold, and a part of it ordered? If not, everything is bought as it is ordered."""
    left: int = 0
    coming: tuple[Order, ...] = ()
    """For the next season first; for several where they are ordered more than a season ahead."""


class Warehouse:
    """Where a business keeps its goods; one without seasons never has any."""

    def __init__(self, supply: Supply, offering: Offering, ledger: Ledger) -> None:
        self.supply = supply
        self.offering = offering
        self.ledger = ledger
        self.goods = Goods()
        self.begin_week()

    def begin_week(self) -> None:
        """Nothing has come or gone yet."""
        self.written_off = self.foretold = self.bought_late = 0

    def is_time_to_order(self, week: int) -> bool:
        """Does a season begin so many weeks from now?"""
        season = self.supply.season_weeks
        return season > 0 and (week + self.supply.lead_weeks) % season == 0

    def order(self, week: int, foretold: float) -> None:
        """Order a part of what is foretold for the season that begins when the goods can come."""
        volume = whole(self.supply.preorder_share * foretold)
        order = Order(week + self.supply.lead_weeks, volume, whole(foretold))
        self.goods = self.goods._replace(coming=(*self.goods.coming, order))

    def take_in(self, week: int, dearer: float) -> None:
        """At the beginning of a season sell off what is left of the last one and pay for what was ordered.

        Parameters
        ----------
        dearer : factor on what goods cost this week
        """
        if self.supply.season_weeks and week % self.supply.season_weeks == 0:
            self.sell_off()
            here = next((order for order in self.goods.coming if order.week == week), Order(week, 0, 0))
            self.foretold = here.foretold
            self.ledger.pay(Account.STOCK, self._cost(here.volume, self.supply.early_unit_cost * dearer))
            coming = tuple(order for order in self.goods.coming if order.week > week)
            self.goods = Goods(ahead=here.foretold > 0, left=here.volume, coming=coming)

    def sell_off(self) -> None:
        """Turn what is left into what others pay for it, at most what was paid."""
        left = self.ledger.stock
        salvaged = min(self._cost(self.goods.left, self.supply.salvage), left)  # what is finer fetches more, too
        self.ledger.post(Account.CASH, Account.STOCK, salvaged)
        self.ledger.hand_over(left - salvaged)
        self.written_off += left - salvaged
        self.goods = self.goods._replace(left=0)

    @property
    def is_empty(self) -> bool:
        """Is there nothing to sell, and nothing to be had before the next delivery?"""
        return self.goods.ahead and self.goods.left == 0 and self.supply.late_unit_cost == 0.0

    def hand_over(self, sold: int, revenue: int, dearer: float) -> int:
        """Take this week's orders out of the warehouse, and buy what is not there.

        Where nothing can be bought late, what runs short within a week is bought for what the customers pay: it earns
        nothing, as if it had not been sold.

        Parameters
        ----------
        sold : at list price
        revenue : what the customers pay for it
        dearer : factor on what goods cost this week

        Returns
        -------
        what the goods cost, and what was lost on those of the last season
        """
        goods = self.goods
        taken = min(sold, goods.left)
        paid = self.ledger.stock if taken == goods.left else self.ledger.stock * taken // goods.left
        bought = self._cost(sold - taken, self.offering.unit_cost * dearer)
        if goods.ahead:
            self.bought_late = short = sold - taken
            late = self.supply.late_unit_cost
            bought = self._cost(short, late * dearer) if late else revenue * short // max(sold, 1)
        self.ledger.hand_over(paid)
        self.ledger.pay(Account.COST_OF_GOODS, bought)
        if taken:
            self.goods = goods._replace(left=goods.left - taken)
        return paid + bought + self.written_off

    def _cost(self, at_list_price: int, unit_cost: float) -> int:
        """What goods of this kind cost, the finer the more."""
        offering = self.offering
        each = cost_at_position(unit_cost, offering.position, offering.cost_of_position)
        return whole(at_list_price * each / offering.price)
