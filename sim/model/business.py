"""A business: plans on its books, makes offers, keeps a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.closing import written_line
from sim.model.commissions import pay_commissions
from sim.model.deciding import decide
from sim.model.events import Conditions
from sim.model.history import COSTS, LENGTH, Line
from sim.model.ledger import Account, Ledger, split
from sim.model.presence import Presence
from sim.model.pricing import Prices, prices_of, show_prices
from sim.model.programmes import (
    ENTRIES,
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
from sim.model.sight import foretold_volume, opening_volume
from sim.model.warehouse import Goods, Warehouse
from sim.rules.costs import CLOSES, is_insolvent, weekly_part
from sim.rules.satisfaction import WORST
from sim.rules.value import whole
from sim.scenario import schema
from sim.scenario.schema import MOST_CHANNELS
from sim.state.offers import Offers
from sim.state.tally import Item
from sim.strategies.books import Decision, Strategy, Volume

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
    stocks: tuple[int, ...]
    goods: Goods
    markets: tuple[bool, ...]
    closed: bool


class Business(mesa.Agent):
    """One business of the market; ``slot`` is its place in the scenario file."""

    model: Market

    def __init__(self, market: Market, slot: int, description: schema.Business) -> None:
        super().__init__(market)
        self.slot = slot
        self.name = description.name
        self.description = description
        self.minor_units = market.scenario.minor_units
        self.conditions = Conditions()
        self.ledger = Ledger()
        self.warehouse = Warehouse(description.supply, description.offering, self.ledger)
        self.ledger.set_cash(self._minor(description.offering.cash))
        self.decision = Decision(0.0, 0.0)
        self._divide_money()
        self.credit_line = self._minor(description.offering.credit_line)
        self.presence = Presence(description, slot, market.scenario, market.reach)
        self.pressure = [0.0] * len(description.channels)
        self.classes = no_classes()
        self.volume = NOTHING_YET
        self.opening = NOTHING_YET
        self.prices = Prices(0.0, 0.0, 0.0)
        self.fund = self.fixed_cost = self.cost_of_goods = self.commissions = 0
        self.stocks = [0] * LENGTH
        self.spent = [0] * PROGRAMMES

    def state(self) -> BusinessState:
        """A copy of all that counts later."""
        return BusinessState(
            tuple(self.ledger.balances),
            tuple(self.pressure),
            self.classes.copy(),
            self.decision,
            self.volume,
            self.opening,
            tuple(self.stocks),
            self.warehouse.goods,
            tuple(self.presence.markets),
            self.presence.closed,
        )

    def restore(self, state: BusinessState) -> None:
        """Become what another copy of this business was."""
        self.ledger.balances = list(state.balances)
        self.pressure = list(state.pressure)
        self.classes = state.classes.copy()
        self.decision, self.volume, self.opening = state.decision, state.volume, state.opening
        self.stocks = list(state.stocks)
        self._divide_money()
        self.warehouse.goods = state.goods
        self.presence.closed = state.closed
        self.presence.settle(list(state.markets))

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
        """Ask the strategy; the decision stands until the next plan. Who is not in the market plans nothing."""
        if not self.presence.is_open:
            return
        before, self.decision = self.decision, decide(self)
        if (before.channels, before.levers) != (self.decision.channels, self.decision.levers):
            self._divide_money()
            show_idle(self.description.levers, self.model.offers, self.slot)
            if self.levers.need_classes:
                self.model.census.count_customers(self.model, [self])

    def _divide_money(self) -> None:
        """Among channels and among levers, as the plan says or else the scenario."""
        self.channels = channels_of(self.description, self.minor_units, self.decision.channels)
        self.levers = levers_of(self.description, self.minor_units, self.decision.levers)

    # ------------------------------------------------------------------------------------------------------ offer

    def show_what_stays(self, offers: Offers) -> None:
        """Show the market what no week changes."""
        offers.position[self.slot] = self.description.offering.position
        offers.lines[self.slot] = self.description.offering.lines
        offers.backers_tell[self.slot] = self.description.backers.tells
        show_idle(self.description.levers, offers, self.slot)

    @property
    def is_selling(self) -> bool:
        """Can anybody buy here this week? Whoever does not sell spends nothing on customers either."""
        return self.presence.is_open and not self.warehouse.is_empty

    def offer(self, offers: Offers) -> None:
        """Take in goods, pay what is due anyhow, spend this week's money and show the market what it buys."""
        offering, slot, now = self.description.offering, self.slot, self.conditions
        self.spent = [0] * PROGRAMMES
        self.fixed_cost = 0
        self.warehouse.begin_week()
        if self.presence.is_open:
            self._take_in_goods()
            self._pay_fixed_cost()
            self._enter_markets()
        elif self.presence.closed:
            self.warehouse.sell_off()
        self._show_prices(offers)
        offers.open[slot] = self.is_selling
        offers.quality[slot] = max(offering.quality - now.quality, WORST)
        offers.failure_rate[slot] = min(offering.failure_rate + now.failure_rate, 1.0)
        spend = min(self._minor(self.decision.spend_per_week), self.can_spend) if self.is_selling else 0
        acquisition, retention = split(spend, [self.decision.acquisition_share, 1.0 - self.decision.acquisition_share])
        heads = self.heads()
        self._win_prospects(acquisition, heads)
        self._keep_customers(retention, heads, offers)

    def _pay_fixed_cost(self) -> None:
        """What is due every week, whatever happens."""
        if self.description.offering.fixed_cost_per_year:
            per_year = self._minor(self.description.offering.fixed_cost_per_year)
            self.fixed_cost = weekly_part(per_year, self.model.tick)
            self.ledger.pay(Account.FIXED_COST, self.fixed_cost)

    def _enter_markets(self) -> None:
        """Be where the plan or the strategy wants to be, as soon as it can be paid for."""
        for name in self.presence.wanted(self.model.week, self.decision.enter):
            cost = self._minor(self.description.markets[name].cost)
            if cost <= self.can_spend:
                self.ledger.pay(Account.ACQUISITION, cost)
                self.spent[ENTRIES] += cost
                self.presence.enter(name, self.model)

    def _take_in_goods(self) -> None:
        """What was ordered for a season comes at its beginning; seasons are ordered once books tell anything."""
        week, supply = self.model.week, self.description.supply
        if supply.season_weeks:
            if self.warehouse.is_time_to_order(week) and self.model.tick >= supply.season_weeks:
                self.warehouse.order(week, foretold_volume(self))
            self.warehouse.take_in(week, self.conditions.unit_cost)

    def _show_prices(self, offers: Offers) -> None:
        """What customers pay this week; most weeks the same as last week."""
        prices = prices_of(self.description, self.model.week, self.conditions.price, self.decision.prices)
        if prices != self.prices:
            reference = self.model.scenario.rules.choice.reference_price
            show_prices(prices, self.description.offering.price, reference, offers, self.slot)
            self.prices = prices

    def _win_prospects(self, budget: int, heads: Heads) -> None:
        """Pay the channels and let them reach whom they can, as far as they are allowed."""
        channels, banned = self.channels, self.conditions.banned
        parts = channels.parts(budget if heads.prospects else 0)
        if banned:
            parts = [0 if kind.kind in banned else part for kind, part in zip(channels.kinds, parts, strict=True)]
        spent, works = channels.run(parts, self.model.tick)
        channels.book(spent, self.spent)
        self.ledger.pay(Account.ACQUISITION, sum(spent))
        kinds = channels.kinds
        if not self.can_spend:  # then nobody can be promised a commission
            kinds = [channel._replace(commission=0.0) for channel in kinds]
        chances = reach_prospects(self._major(works), kinds, self.pressure, heads)
        if banned or not self.is_selling:
            may = [self.is_selling and kind.kind not in banned for kind in kinds]
            chances = [chance if allowed else 0.0 for chance, allowed in zip(chances, may, strict=True)]
        self.presence.carry(chances)
        self.presence.let_partners_speak(self.can_spend > 0)

    def _keep_customers(self, budget: int, heads: Heads, offers: Offers) -> None:
        """Pay the levers; rewards and gifts are put aside until orders come."""
        levers = self.levers
        parts = levers.parts(budget if heads.listed else 0)
        # nobody pays for a class that is empty
        parts = [part if heads.aimed_at(aim) else 0 for part, aim in zip(parts, levers.aims, strict=True)]
        spent, works = levers.run(parts, self.model.tick)
        levers.book(spent, self.spent)
        kinds, later = levers.by_name, dict(zip(levers.names, works, strict=True))
        self.fund = later.get("loyalty_scheme", 0)
        self.spent[LOYALTY] -= self.fund
        self.spent[SURPRISE] -= later.get("surprise", 0)
        self.ledger.pay(Account.RETENTION, sum(self.spent[MOST_CHANNELS:REFERRAL_REWARDS]))
        if "referral" in kinds and not (self.can_spend and levers.is_on("referral", spent)):
            # then no teller can be promised anything
            kinds = kinds | {"referral": kinds["referral"]._replace(reward=0.0)}
        keep_customers(self._major(works), kinds, heads, offers, self.slot)

    @property
    def can_spend(self) -> int:
        """Money in hand and what the bank still lends."""
        return max(self.ledger.cash + self.credit_line, 0)

    def heads(self) -> Heads:
        """Whom this business's money can be for."""
        listed = self.listed_customers
        orders = float(self.model.recent_orders[self.slot])
        return Heads(self.presence.people(self.model.sizes) - listed, listed, self.classes, orders)

    # ------------------------------------------------------------------------------------------------------ close

    def settle(self, counted: list[int], won: list[int]) -> None:
        """Take in the week's revenue, pay for what was handed over, and for success.

        Parameters
        ----------
        counted : by item, the tally of this business
        won : customers won by each channel
        """
        self.stocks[Line.OUT_OF_STOCK] = self.warehouse.is_empty
        revenue, sold = counted[Item.REVENUE], counted[Item.LIST_VALUE]
        self.ledger.earn(revenue)
        self.cost_of_goods = self.warehouse.hand_over(sold, revenue, self.conditions.unit_cost)
        self._pay_for_success(counted)
        pay_commissions(self, won)

    def close_books(self, counted: list[int]) -> list[int]:
        """Write the week's line, when everybody has settled.

        Parameters
        ----------
        counted : by item, the tally of this business

        Returns
        -------
        the week's line of the history
        """
        self.ledger.check()
        line = written_line(self, counted)
        if self._is_insolvent():
            line[Line.INSOLVENT] = self.model.week + 1
        self.commissions = 0
        revenue = line[Item.REVENUE]
        self._remember(revenue, revenue + line[Line.COMMISSION_INCOME] - sum([line[cost] for cost in COSTS]))
        return line

    def _pay_for_success(self, counted: list[int]) -> None:
        """Rewards for orders, gifts given, and what tellers earned for customers they referred, while money lasts."""
        levers = self.description.levers
        fund = self.fund if counted[Item.ORDERS] else 0
        self.spent[LOYALTY] += fund
        self.ledger.pay(Account.RETENTION, fund)
        if counted[Item.GIFTS]:
            gifts = min(counted[Item.GIFTS] * self._minor(levers.surprise.cost), self.can_spend)
            self.spent[SURPRISE] += gifts
            self.ledger.pay(Account.RETENTION, gifts)
        referred = counted[Item.NEW_REFERRED] + counted[Item.RETURNED_REFERRED]
        if referred:
            rewards = min(referred * self._minor(levers.referral.reward), self.can_spend)
            self.spent[REFERRAL_REWARDS] = rewards
            self.ledger.pay(Account.ACQUISITION, rewards)

    def _is_insolvent(self) -> bool:
        """Is more owed than the bank lends, where that is the end? Before week 0 the owners stand in."""
        if self.model.scenario.rules.solvency.past_credit_line != CLOSES or not self.presence.is_open:
            return False
        return self.model.week >= 0 and is_insolvent(self.ledger.cash, self.credit_line)

    @property
    def has_failed(self) -> bool:
        """Did it owe more than its bank lends at the close of some week?"""
        return bool(self.stocks[Line.INSOLVENT])

    def _remember(self, revenue: int, profit: int) -> None:
        """Move the recent volume towards this week's."""
        units, weeks = self.minor_units, self.model.weeks_remembered
        before = self.volume
        self.volume = Volume(
            revenue=before.revenue + (revenue / units - before.revenue) / weeks,
            profit=before.profit + (profit / units - before.profit) / weeks,
            customers=float(self.listed_customers),
        )

    @property
    def listed_customers(self) -> int:
        """People on the list: ordered within the list window, or under contract."""
        return self.stocks[Line.LISTED_CUSTOMERS]

    def _major(self, amounts: list[int]) -> list[float]:
        return [amount / self.minor_units for amount in amounts]

    def _minor(self, amount: float) -> int:
        return whole(amount * self.minor_units)
