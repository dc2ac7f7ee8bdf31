"""A business: plans on its books, makes offers, keeps a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.events import Conditions
from sim.model.history import ITEMS, LENGTH, Line
from sim.model.ledger import Account, Ledger, split
from sim.model.programmes import (
    LOYALTY,
    PROGRAMMES,
    REFERRAL_REWARDS,
    SURPRISE,
    Heads,
    channels_of,
    keep_customers,
    levers_of,
    no_classes,
    reach_prospects,
    show_idle,
)
from sim.model.sight import books_of, foretold_volume, opening_volume
from sim.model.warehouse import Goods, Warehouse
from sim.rules.arithmetic import log
from sim.rules.costs import CLOSES, is_insolvent, weekly_part
from sim.rules.need import CONTRACT
from sim.rules.prices import NEW, OLD, is_for, is_on
from sim.rules.satisfaction import WORST
from sim.rules.value import whole
from sim.scenario import schema
from sim.scenario.schema import MOST_CHANNELS
from sim.state.offers import Offers
from sim.state.tally import LOST, Item
from sim.strategies.books import Decision, Strategy, Volume, possible

if TYPE_CHECKING:
    from sim.model.market import Market

NOTHING_YET = Volume(0.0, 0.0, 0.0)


class BusinessState(NamedTuple):
    """Everything of a business that its future depends on."""

    balances: tuple[int, ...]
    pressure: tuple[float, ...]
    classes: np.ndarray
    decision: Decision
    volume: Volume
    opening: Volume
    stocks: np.ndarray
    goods: Goods
    closed_in: int | None


class Business(mesa.Agent):
    """One business of the market; ``slot`` is its place in the scenario file."""

    model: Market

    def __init__(self, market: Market, slot: int, description: schema.Business) -> None:
        super().__init__(market)
        self.slot = slot
        self.name = description.name
        self.description = description
        self.conditions = Conditions()
        self.ledger = Ledger()
        self.warehouse = Warehouse(description.supply, description.offering, self.ledger)
        self.ledger.set_cash(self._minor(description.offering.cash))
        self.channels = channels_of(description, market.scenario.minor_units)
        self.levers = levers_of(description, market.scenario.minor_units)
        self.credit_line = self._minor(description.offering.credit_line)
        self.pressure = [0.0] * len(description.channels)
        self.classes = no_classes()
        self.decision = Decision(0.0, 0.0)
        self.volume = NOTHING_YET
        self.opening = NOTHING_YET
        self.paid = [0.0, 0.0]
        self.fund = self.fixed_cost = 0
        self.closed_in: int | None = None
        self.stocks = np.zeros(LENGTH, np.int64)
        self.spent = np.zeros(PROGRAMMES, np.int64)

    def state(self) -> BusinessState:
        """A copy of all that counts later."""
        return BusinessState(
            tuple(self.ledger.balances),
            tuple(self.pressure),
            self.classes.copy(),
            self.decision,
            self.volume,
            self.opening,
            self.stocks.copy(),
            self.warehouse.goods,
            self.closed_in,
        )

    def restore(self, state: BusinessState) -> None:
        """Become what another copy of this business was."""
        self.ledger.balances = list(state.balances)
        self.pressure = list(state.pressure)
        self.classes = state.classes.copy()
        self.decision, self.volume, self.opening = state.decision, state.volume, state.opening
        self.stocks = state.stocks.copy()
        self.warehouse.goods, self.closed_in = state.goods, state.closed_in

    # ------------------------------------------------------------------------------------------------------- plan

    @property
    def strategy(self) -> Strategy:
        """The status quo in the years before week 0, the scenario's own strategy after."""
        return self.description.status_quo if self.model.week < 0 else self.description.strategy

    def open_the_run(self) -> None:
        """Week 0: growth counts from here, cash is what the scenario says, a new strategy has learned nothing."""
        self.opening = opening_volume(self)
        self.ledger.set_cash(self._minor(self.description.offering.cash))
        self.decision = self.decision._replace(learned=())

    def plan(self) -> None:
        """Ask the strategy; the decision stands until the next plan.

        Raises
        ------
        ValueError
            If there is no answer or an impossible one; it names the strategy, the business and the week.
        """
        who = f"in week {self.model.week} the strategy {type(self.strategy).__name__} of {self.name!r}"
        try:
            answer = self.strategy.plan(books_of(self))
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # whatever a user's own code may do
            raise ValueError(f"{who} failed: {type(error).__name__}: {error}") from error
        try:
            self.decision = possible(answer)
        except ValueError as error:
            raise ValueError(f"{who} {error}") from None

    # ------------------------------------------------------------------------------------------------------ offer

    def show_what_stays(self, offers: Offers) -> None:
        """Show the market what no week changes."""
        offers.lines[self.slot] = self.description.offering.lines
        offers.backers_tell[self.slot] = self.description.backers.tells
        show_idle(self.description.levers, offers, self.slot)

    def offer(self, offers: Offers) -> None:
        """Take in goods, pay what is due anyhow, spend this week's money and show the market what it buys."""
        self.spent[:] = 0
        self.fund = self.fixed_cost = 0
        self.warehouse.begin_week()
        if self.closed_in is not None:
            return
        offering, slot, now = self.description.offering, self.slot, self.conditions
        self._take_in_goods()
        if offering.fixed_cost_per_year:
            self.fixed_cost = weekly_part(self._minor(offering.fixed_cost_per_year), self.model.tick)
            self.ledger.pay(Account.FIXED_COST, self.fixed_cost)
        self._show_prices(offers)
        offers.quality[slot] = max(offering.quality - now.quality, WORST)
        offers.failure_rate[slot] = min(offering.failure_rate + now.failure_rate, 1.0)
        spend = min(self._minor(self.decision.spend_per_week), self.can_spend)
        acquisition, retention = split(spend, [self.decision.acquisition_share, 1.0 - self.decision.acquisition_share])
        heads = self.heads()
        self._win_prospects(acquisition, heads, offers)
        self._keep_customers(retention, heads, offers)

    def _take_in_goods(self) -> None:
        """What was ordered for a season comes at its beginning; the next one's is ordered once books tell anything."""
        week, supply = self.model.week, self.description.supply
        if supply.season_weeks:
            self.warehouse.take_in(week, self.conditions.unit_cost)
            if self.warehouse.is_time_to_order(week) and self.model.tick >= supply.season_weeks:
                self.warehouse.order(foretold_volume(self))

    def _show_prices(self, offers: Offers) -> None:
        """What new and what old customers pay this week, promotions taken off."""
        price, reference = self.description.offering.price, self.model.scenario.rules.choice.reference_price
        paid = [price * self.conditions.price, price * self.conditions.price]
        for promotion in self.description.promotions.values():
            if is_on(self.model.week, promotion.every_weeks, promotion.for_weeks):
                for side in (NEW, OLD):
                    if is_for(side, promotion.to):
                        paid[side] *= 1.0 - promotion.discount
        if paid != self.paid:
            offers.list_ratio[self.slot] = price / reference
            offers.price[self.slot] = self.paid = paid
            offers.price_ratio[self.slot] = [one / reference for one in paid]
            offers.log_price_ratio[self.slot] = [log(one / reference) for one in paid]

    def _win_prospects(self, budget: int, heads: Heads, offers: Offers) -> None:
        """Pay the channels and let them reach whom they can; nobody advertises an empty shop."""
        channels = self.channels
        parts = split(budget if heads.prospects and not self.warehouse.is_empty else 0, channels.shares)
        if banned := self.conditions.banned:
            parts = [0 if name in banned else part for name, part in zip(channels.names, parts, strict=True)]
        spent, works = channels.run(parts, self.model.tick)
        self.spent[channels.places] = spent
        self.ledger.pay(Account.ACQUISITION, sum(spent))
        reach_prospects(self._major(works), channels.kinds, self.pressure, heads, offers, self.slot)

    def _keep_customers(self, budget: int, heads: Heads, offers: Offers) -> None:
        """Pay the levers; rewards and gifts are put aside until orders come."""
        levers = self.levers
        if not levers.names:
            return
        parts = split(budget if heads.listed else 0, levers.shares)
        # nobody pays for a class that is empty
        parts = [part if heads.aimed_at(aim) else 0 for part, aim in zip(parts, levers.aims, strict=True)]
        spent, works = levers.run(parts, self.model.tick)
        self.spent[levers.places] = spent
        kinds, later = dict(zip(levers.names, levers.kinds, strict=True)), dict(zip(levers.names, works, strict=True))
        self.fund = later.get("loyalty_scheme", 0)
        self.spent[LOYALTY] -= self.fund
        self.spent[SURPRISE] -= later.get("surprise", 0)
        self.ledger.pay(Account.RETENTION, int(self.spent[MOST_CHANNELS:].sum()))
        if "referral" in kinds and not (self.can_spend and levers.is_on("referral", spent)):
            kinds["referral"] = kinds["referral"]._replace(reward=0.0)  # then no teller can be promised anything
        keep_customers(dict(zip(kinds, self._major(works), strict=True)), kinds, heads, offers, self.slot)

    @property
    def can_spend(self) -> int:
        """Money in hand and what the bank still lends."""
        return max(self.ledger.cash + self.credit_line, 0)

    def heads(self) -> Heads:
        """Whom this business's money can be for."""
        listed = self.listed_customers
        orders = float(self.model.recent_orders[self.slot])
        return Heads(self.model.scenario.market_size - listed, listed, self.classes, orders)

    # ------------------------------------------------------------------------------------------------------ close

    def close_books(self, counted: np.ndarray) -> np.ndarray:
        """Book the week and write its line.

        Parameters
        ----------
        counted : int64 (items,), the tally of this business

        Returns
        -------
        int64 (entries,): the week's line of the history
        """
        line, warehouse = self.stocks, self.warehouse
        revenue = int(counted[Item.REVENUE])
        line[Line.OUT_OF_STOCK] = warehouse.is_empty
        self.ledger.earn(revenue)
        cost = warehouse.hand_over(int(counted[Item.LIST_VALUE]), self.conditions.unit_cost)
        self._pay_for_success(counted)
        line[:ITEMS] = counted
        won = counted[Item.NEW] + counted[Item.RETURNED]
        lost = counted[LOST].sum()
        if self.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
            line[Item.LISTED], line[Item.DELISTED], line[Item.DELISTED_MOVED] = won, lost, counted[Item.LOST_MOVED]
        cost += self._close_if_insolvent()
        self.ledger.check()
        acquisition = int(self.spent[:MOST_CHANNELS].sum() + self.spent[REFERRAL_REWARDS])
        retention = int(self.spent.sum()) - acquisition
        line[Line.COST_OF_GOODS] = cost
        line[Line.ACQUISITION_SPEND] = acquisition
        line[Line.RETENTION_SPEND] = retention
        line[Line.FIXED_COST] = self.fixed_cost
        line[Line.REFERRAL_REWARDS] = self.spent[REFERRAL_REWARDS]
        line[Line.WRITTEN_OFF] = warehouse.written_off
        line[Line.BOUGHT_LATE] = warehouse.bought_late
        line[Line.FORETOLD] = warehouse.foretold
        line[Line.CASH] = self.ledger.cash
        line[Line.STOCK] = self.ledger.stock
        line[Line.CUSTOMERS] += won - lost
        line[Line.LISTED_CUSTOMERS] += line[Item.LISTED] - line[Item.DELISTED]
        line[Line.PEOPLE_AWARE] += counted[Item.AWARE]
        line[Line.COMPLAINTS_OPEN] += counted[Item.OPEN_COMPLAINTS]
        line[Line.SATISFACTION_SUM] += counted[Item.SATISFACTION]
        self._remember(revenue, cost + acquisition + retention + self.fixed_cost)
        return line

    def _pay_for_success(self, counted: np.ndarray) -> None:
        """Rewards for orders, gifts given, and what tellers earned for customers they referred, while money lasts."""
        levers = self.description.levers
        fund = self.fund if counted[Item.ORDERS] else 0
        self.spent[LOYALTY] += fund
        self.ledger.pay(Account.RETENTION, fund)
        if counted[Item.GIFTS]:
            gifts = min(int(counted[Item.GIFTS]) * self._minor(levers.surprise.cost), self.can_spend)
            self.spent[SURPRISE] += gifts
            self.ledger.pay(Account.RETENTION, gifts)
        if counted[Item.NEW_REFERRED]:
            rewards = min(int(counted[Item.NEW_REFERRED]) * self._minor(levers.referral.reward), self.can_spend)
            self.spent[REFERRAL_REWARDS] = rewards
            self.ledger.pay(Account.ACQUISITION, rewards)

    def _close_if_insolvent(self) -> int:
        """Go out of business if more is owed than the bank lends; what was lost on the goods then.

        In the years before week 0 the owners stand in.
        """
        week, past = self.model.week, self.model.scenario.rules.solvency.past_credit_line
        if past != CLOSES or week < 0 or self.closed_in is not None:
            return 0
        if not is_insolvent(self.ledger.cash, self.credit_line):
            return 0
        self.closed_in = week
        self.stocks[Line.CLOSED] = week + 1
        before = self.warehouse.written_off
        self.warehouse.sell_off()
        return self.warehouse.written_off - before

    def _remember(self, revenue: int, costs: int) -> None:
        """Move the recent volume towards this week's."""
        units, weeks = self.model.scenario.minor_units, self.model.weeks_remembered
        before = self.volume
        self.volume = Volume(
            revenue=before.revenue + (revenue / units - before.revenue) / weeks,
            profit=before.profit + ((revenue - costs) / units - before.profit) / weeks,
            customers=float(self.listed_customers),
        )

    @property
    def listed_customers(self) -> int:
        """People on the list: ordered within the list window, or under contract."""
        return int(self.stocks[Line.LISTED_CUSTOMERS])

    def _major(self, amounts: list[int]) -> list[float]:
        return [amount / self.model.scenario.minor_units for amount in amounts]

    def _minor(self, amount: float) -> int:
        return whole(amount * self.model.scenario.minor_units)
