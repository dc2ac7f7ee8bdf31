"""A business: plans on its books, makes offers, keeps a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.commissions import pay_commissions
from sim.model.history import ITEMS, LENGTH, Line
from sim.model.ledger import Account, Ledger, split
from sim.model.presence import Presence
from sim.model.programmes import PROGRAMMES, Heads, keep_customers, lever_aim, no_classes, reach_prospects
from sim.rules.arithmetic import log
from sim.rules.need import CONTRACT
from sim.rules.position import cost_at_position
from sim.rules.prices import NEW, OLD, is_for, is_on
from sim.rules.retention import Levers
from sim.rules.value import whole
from sim.scenario import schema
from sim.scenario.schema import MOST_CHANNELS
from sim.state.offers import Offers
from sim.state.tally import LOST, Item
from sim.strategies.books import Books, Decision, Period, Rival, Strategy, Volume, possible

if TYPE_CHECKING:
    from sim.model.market import Market

NOTHING_YET = Volume(0.0, 0.0, 0.0)
YEAR, QUARTER = 52, 13
"""Weeks of the last year, and between two publications of everybody's figures."""
REFERRAL_REWARDS, ENTRIES = PROGRAMMES - 2, PROGRAMMES - 1
"""Places of what is paid per success or once, rather than out of the budget; it wins customers, so it is acquisition.
"""
LOYALTY, SURPRISE = (MOST_CHANNELS + Levers._fields.index(name) for name in ("loyalty_scheme", "surprise"))


class BusinessState(NamedTuple):
    """Everything of a business that its future depends on."""

    balances: tuple[int, ...]
    pressure: tuple[float, ...]
    classes: np.ndarray
    decision: Decision
    volume: Volume
    opening: Volume
    stocks: np.ndarray
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
        self.ledger = Ledger()
        self.ledger.set_cash(self._minor(description.offering.cash))
        self.pressure = [0.0] * len(description.channels)
        self.presence = Presence(description, slot, market.scenario, market.reach)
        self.classes = no_classes()
        self.commissions = 0
        self.decision = Decision(0.0, 0.0)
        self.volume = NOTHING_YET
        self.opening = NOTHING_YET
        self.fund = 0
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
            tuple(self.presence.markets),
            self.presence.closed,
        )

    def restore(self, state: BusinessState) -> None:
        """Become what another copy of this business was."""
        self.ledger.balances = list(state.balances)
        self.pressure = list(state.pressure)
        self.classes = state.classes.copy()
        self.decision, self.volume, self.opening = state.decision, state.volume, state.opening
        self.stocks = state.stocks.copy()
        self.presence.closed = state.closed
        self.presence.settle(list(state.markets))

    # ------------------------------------------------------------------------------------------------------- plan

    @property
    def strategy(self) -> Strategy:
        """The status quo in the years before week 0, the scenario's own strategy after."""
        return self.description.status_quo if self.model.week < 0 else self.description.strategy

    def books(self) -> Books:
        """What this business can see: its money, its list, public facts."""
        market, listed = self.model, self.listed_customers
        return Books(
            week=market.week,
            cash=self.ledger.cash / market.scenario.minor_units,
            credit_line=self.description.offering.credit_line,
            listed_customers=listed,
            prospects=self.presence.people(market.sizes) - listed,
            volume=self.volume,
            opening=self.opening,
            since_plan=self._booked(market.scenario.time.planning_weeks),
            year=self._booked(YEAR),
            rivals=tuple(each.published() for each in market.businesses if each is not self),
            classes=tuple(self.classes.tolist()),
            learned=self.decision.learned,
            markets=self.presence.seen(market.sizes, market.listed_by_market(self.slot)),
        )

    def _booked(self, weeks: int) -> Period:
        """What its own books say of the last weeks; a market that is younger has fewer."""
        lines = self.model.last_weeks(weeks)[:, self.slot]
        booked, units = lines.sum(axis=0).tolist(), self.model.scenario.minor_units
        return Period(
            weeks=len(lines),
            revenue=booked[Item.REVENUE] / units,
            cost_of_goods=booked[Line.COST_OF_GOODS] / units,
            acquisition_spend=booked[Line.ACQUISITION_SPEND] / units,
            retention_spend=booked[Line.RETENTION_SPEND] / units,
            orders=booked[Item.ORDERS],
            joined=booked[Item.LISTED],
            left=booked[Item.DELISTED],
            contacts=booked[Item.CONTACTS],
            responses=booked[Item.NEW_CONTACTED] + booked[Item.RETURNED_CONTACTED],
            commission_income=booked[Line.COMMISSION_INCOME] / units,
        )

    def published(self) -> Rival:
        """What everybody may know of this business: its price, and the figures of its last quarter."""
        end = max(self.model.tick - self.model.week % QUARTER, 0)
        quarter = self.model.history[max(end - QUARTER, 0) : end, self.slot]
        weekly = 1.0 / self.model.scenario.minor_units / max(len(quarter), 1)
        revenue, advertising = quarter[:, [Item.REVENUE, Line.ACQUISITION_SPEND]].sum(axis=0).tolist()
        return Rival(self.description.offering.price, revenue * weekly, advertising * weekly)

    def open_the_run(self) -> None:
        """Week 0: growth counts from here, cash is what the scenario says, a new strategy has learned nothing."""
        year = self.model.last_weeks(YEAR)[:, self.slot, :]
        units = float(self.model.scenario.minor_units)
        revenue = float(year[:, Item.REVENUE].mean()) if len(year) else 0.0
        spent = year[:, [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum()
        costs = (spent - year[:, Line.COMMISSION_INCOME].sum()) / max(len(year), 1)
        self.opening = Volume(revenue / units, (revenue - float(costs)) / units, float(self.listed_customers))
        self.ledger.set_cash(self._minor(self.description.offering.cash))
        self.decision = self.decision._replace(learned=())

    def plan(self) -> None:
        """Ask the strategy; the decision stands until the next plan. Who is not in the market plans nothing.

        Raises
        ------
        ValueError
            If there is no answer or an impossible one; it names the strategy, the business and the week.
        """
        if not self.presence.is_open:
            return
        who = f"in week {self.model.week} the strategy {type(self.strategy).__name__} of {self.name!r}"
        try:
            answer = self.strategy.plan(self.books())
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # whatever a user's own code may do
            raise ValueError(f"{who} failed: {type(error).__name__}: {error}") from error
        try:
            self.decision = possible(answer)
        except ValueError as error:
            raise ValueError(f"{who} {error}") from None
        for place in self.decision.enter:
            if not self.presence.can_enter(place):
                raise ValueError(f"{who} decided to enter market {place}, which is none of those it may enter")

    # ------------------------------------------------------------------------------------------------------ offer

    @property
    def is_selling(self) -> bool:
        """Can anybody buy here this week? Whoever does not sell does not advertise either."""
        return self.presence.is_open

    def offer(self, offers: Offers) -> None:
        """Spend this week's money and show the market what it buys."""
        offering, slot = self.description.offering, self.slot
        self._show_prices(offers)
        offers.open[slot] = self.is_selling
        offers.position[slot] = offering.position
        offers.quality[slot] = offering.quality
        offers.failure_rate[slot] = offering.failure_rate
        offers.lines[slot] = offering.lines
        offers.backers_tell[slot] = self.description.backers.tells
        self.spent[:] = 0
        self._enter_markets()
        spend = min(self._minor(self.decision.spend_per_week), self.can_spend) if self.is_selling else 0
        acquisition, retention = split(spend, [self.decision.acquisition_share, 1.0 - self.decision.acquisition_share])
        self._win_prospects(acquisition)
        self._keep_customers(retention, offers)

    def _show_prices(self, offers: Offers) -> None:
        """What new and what old customers pay this week, promotions taken off."""
        price, reference = self.description.offering.price, self.model.scenario.rules.choice.reference_price
        offers.list_ratio[self.slot] = price / reference
        for side in (NEW, OLD):
            paid = price
            for promotion in self.description.promotions.values():
                if is_on(self.model.week, promotion.every_weeks, promotion.for_weeks) and is_for(side, promotion.to):
                    paid *= 1.0 - promotion.discount
            offers.price[self.slot, side] = paid
            offers.price_ratio[self.slot, side] = paid / reference
            offers.log_price_ratio[self.slot, side] = log(paid / reference)

    def _enter_markets(self) -> None:
        """Be where the plan or the strategy wants to be, as soon as it can be paid for."""
        for name in self.presence.wanted(self.model.week, self.decision.enter) if self.presence.is_open else ():
            cost = self._minor(self.description.markets[name].cost)
            if cost <= self.can_spend:
                self.ledger.pay(Account.ACQUISITION, cost)
                self.spent[ENTRIES] += cost
                self.presence.enter(name, self.model)

    def _win_prospects(self, budget: int) -> None:
        """Pay the channels and let them reach whom they can."""
        channels = list(self.description.channels.values())
        heads, shares = self.heads(), [channel.budget_share for channel in channels]
        parts = split(budget if heads.prospects else 0, shares) if any(shares) else [0] * len(shares)
        self.spent[: len(parts)] = parts
        self.ledger.pay(Account.ACQUISITION, sum(parts))
        if not self.can_spend:  # then nobody can be promised a commission
            channels = [channel._replace(commission=0.0) for channel in channels]
        chances = reach_prospects(self._major(parts), channels, self.pressure, heads)
        self.presence.carry(chances if self.is_selling else [0.0] * len(chances))

    def _keep_customers(self, budget: int, offers: Offers) -> None:
        """Pay the levers; rewards and gifts are put aside until orders come."""
        levers = self.description.levers
        heads = self.heads()
        parts = split(budget if heads.listed else 0, [lever.budget_share for lever in levers])
        # nobody pays for a class that is empty
        parts = [part if heads.aimed_at(lever_aim(lever)) else 0 for part, lever in zip(parts, levers, strict=True)]
        self.spent[MOST_CHANNELS:REFERRAL_REWARDS] = parts
        self.fund = self._take(LOYALTY)
        self._take(SURPRISE)
        self.ledger.pay(Account.RETENTION, int(self.spent[MOST_CHANNELS:].sum()))
        if not self.can_spend:  # then no teller can be promised anything
            levers = levers._replace(referral=levers.referral._replace(reward=0.0))
        money = dict(zip(levers._fields, self._major(parts), strict=True))
        keep_customers(money, levers, heads, offers, self.slot)

    @property
    def can_spend(self) -> int:
        """Money in hand and what the bank still lends."""
        return max(self.ledger.cash + self._minor(self.description.offering.credit_line), 0)

    def _take(self, programme: int) -> int:
        """Money of a programme that is paid later, if at all."""
        amount = int(self.spent[programme])
        self.spent[programme] = 0
        return amount

    def heads(self) -> Heads:
        """Whom this business's money can be for."""
        listed = self.listed_customers
        orders = float(self.model.recent_orders[self.slot])
        return Heads(self.presence.people(self.model.sizes) - listed, listed, self.classes, orders)

    # ------------------------------------------------------------------------------------------------------ close

    def settle(self, counted: np.ndarray, won: np.ndarray) -> None:
        """Take in the week's revenue, pay for what was handed over, and for success.

        Parameters
        ----------
        counted : int64 (items,), the tally of this business
        won : int64 (channels,), customers won by each
        """
        self.ledger.earn(int(counted[Item.REVENUE]))
        self.ledger.pay(Account.COST_OF_GOODS, self._cost_of_goods(counted))
        self._pay_for_success(counted)
        pay_commissions(self, won)

    def close_books(self, counted: np.ndarray) -> np.ndarray:
        """Write the week's line, when everybody has settled.

        Parameters
        ----------
        counted : int64 (items,), the tally of this business

        Returns
        -------
        int64 (entries,): the week's line of the history
        """
        line, cost, revenue = self.stocks, self._cost_of_goods(counted), int(counted[Item.REVENUE])
        self.ledger.check()
        line[:ITEMS] = counted
        won = counted[Item.NEW] + counted[Item.RETURNED]
        lost = counted[LOST].sum()
        if self.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
            line[Item.LISTED], line[Item.DELISTED], line[Item.DELISTED_MOVED] = won, lost, counted[Item.LOST_MOVED]
        acquisition = int(self.spent[:MOST_CHANNELS].sum() + self.spent[[REFERRAL_REWARDS, ENTRIES]].sum())
        retention = int(self.spent.sum()) - acquisition
        line[Line.COST_OF_GOODS] = cost
        line[Line.ACQUISITION_SPEND] = acquisition
        line[Line.RETENTION_SPEND] = retention
        line[Line.REFERRAL_REWARDS] = self.spent[REFERRAL_REWARDS]
        line[Line.COMMISSION_INCOME] = income = self.commissions
        self.commissions = 0
        line[Line.CASH] = self.ledger.cash
        line[Line.CUSTOMERS] += won - lost
        line[Line.LISTED_CUSTOMERS] += line[Item.LISTED] - line[Item.DELISTED]
        line[Line.PEOPLE_AWARE] += counted[Item.AWARE]
        line[Line.COMPLAINTS_OPEN] += counted[Item.OPEN_COMPLAINTS]
        line[Line.SATISFACTION_SUM] += counted[Item.SATISFACTION]
        self._remember(revenue, cost + acquisition + retention - income)
        return line

    def _cost_of_goods(self, counted: np.ndarray) -> int:
        offering = self.description.offering
        unit_cost = cost_at_position(offering.unit_cost, offering.position, offering.cost_of_position)
        return whole(int(counted[Item.LIST_VALUE]) * unit_cost / offering.price)

    def _pay_for_success(self, counted: np.ndarray) -> None:
        """Rewards for orders, gifts given, and what tellers earned for customers they referred, while money lasts."""
        levers = self.description.levers
        self.spent[LOYALTY] = self.fund if counted[Item.ORDERS] else 0
        self.ledger.pay(Account.RETENTION, int(self.spent[LOYALTY]))
        gifts = int(counted[Item.GIFTS]) * self._minor(levers.surprise.cost)
        self.spent[SURPRISE] = min(gifts, self.can_spend)
        self.ledger.pay(Account.RETENTION, int(self.spent[SURPRISE]))
        rewards = int(counted[Item.NEW_REFERRED]) * self._minor(levers.referral.reward)
        self.spent[REFERRAL_REWARDS] = min(rewards, self.can_spend)
        self.ledger.pay(Account.ACQUISITION, int(self.spent[REFERRAL_REWARDS]))

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
