"""A business: plans on its books, makes offers, keeps a ledger."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.history import ITEMS, LENGTH, Line
from sim.model.ledger import Account, Ledger, split
from sim.rules.acquisition import WEEKS_A_YEAR, contact_probability, either, stock_of_pressure
from sim.rules.arithmetic import log
from sim.rules.need import CONTRACT
from sim.rules.retention import scheme_bonus, share_of_departures_let_through
from sim.rules.value import whole
from sim.scenario import schema
from sim.state.offers import Offers
from sim.state.tally import LOST, Item
from sim.strategies.books import Books, Decision, Strategy, Volume

if TYPE_CHECKING:
    from sim.model.market import Market

NOTHING_YET = Volume(0.0, 0.0, 0.0)
NO_ORDERS = 1e-9
"""A mean below this is what is left of orders long ago."""


class BusinessState(NamedTuple):
    """Everything of a business that its future depends on."""

    balances: tuple[int, ...]
    pressure: dict[str, float]
    decision: Decision
    volume: Volume
    opening: Volume
    stocks: np.ndarray


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
        self.pressure = dict.fromkeys(description.channels, 0.0)
        self.decision = Decision(0.0, 0.0)
        self.volume = NOTHING_YET
        self.opening = NOTHING_YET
        self.loyalty_fund = 0
        self.stocks = np.zeros(LENGTH, np.int64)
        self._paid = (0, 0)

    def state(self) -> BusinessState:
        """A copy of all that counts later."""
        return BusinessState(
            tuple(self.ledger.balances),
            dict(self.pressure),
            self.decision,
            self.volume,
            self.opening,
            self.stocks.copy(),
        )

    def restore(self, state: BusinessState) -> None:
        """Become what another copy of this business was."""
        self.ledger.balances = list(state.balances)
        self.pressure = dict(state.pressure)
        self.decision, self.volume, self.opening = state.decision, state.volume, state.opening
        self.stocks = state.stocks.copy()

    # ------------------------------------------------------------------------------------------------------- plan

    @property
    def strategy(self) -> Strategy:
        """The status quo in the years before week 0, the scenario's own strategy after."""
        return self.description.status_quo if self.model.week < 0 else self.description.strategy

    def books(self) -> Books:
        """What this business can see: its money, its list, public facts."""
        listed = self.listed_customers
        return Books(
            week=self.model.week,
            cash=self.ledger.cash / self.model.scenario.minor_units,
            credit_line=self.description.offering.credit_line,
            listed_customers=listed,
            prospects=self.model.scenario.market_size - listed,
            volume=self.volume,
            opening=self.opening,
            learned=self.decision.learned,
        )

    def open_the_run(self) -> None:
        """Week 0: growth counts from here, cash is what the scenario says, a new strategy has learned nothing."""
        year = self.model.last_weeks(52)[:, self.slot, :]
        units = float(self.model.scenario.minor_units)
        revenue = float(year[:, Item.REVENUE].mean()) if len(year) else 0.0
        costs = year[:, [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum() / max(len(year), 1)
        self.opening = Volume(revenue / units, (revenue - float(costs)) / units, float(self.listed_customers))
        self.ledger.set_cash(self._minor(self.description.offering.cash))
        self.decision = self.decision._replace(learned=())

    def plan(self) -> None:
        """Ask the strategy; the decision stands until the next plan.

        Raises
        ------
        ValueError
            If the answer is impossible; it names the business, its strategy and the week.
        """
        decision = self.strategy.plan(self.books())
        possible = math.isfinite(decision.spend_per_week) and decision.spend_per_week >= 0.0
        if not possible or not 0.0 <= decision.acquisition_share <= 1.0:
            name = type(self.strategy).__name__
            raise ValueError(f"in week {self.model.week} the strategy {name} of {self.name!r} decided on {decision}")
        self.decision = decision

    # ------------------------------------------------------------------------------------------------------ offer

    def offer(self, offers: Offers) -> None:
        """Spend this week's money and show the market what it buys."""
        offering, slot = self.description.offering, self.slot
        ratio = offering.price / self.model.scenario.rules.choice.reference_price
        offers.price[slot] = offering.price
        offers.price_ratio[slot] = ratio
        offers.log_price_ratio[slot] = log(ratio)
        offers.quality[slot] = offering.quality
        offers.failure_rate[slot] = offering.failure_rate
        can_spend = max(self.ledger.cash + self._minor(offering.credit_line), 0)
        spend = min(self._minor(self.decision.spend_per_week), can_spend)
        acquisition, retention = split(spend, [self.decision.acquisition_share, 1.0 - self.decision.acquisition_share])
        offers.contact[slot] = self._reach_prospects(acquisition)
        self._keep_customers(retention, offers)

    def _reach_prospects(self, budget: int) -> float:
        """Pay the channels; the chance that a given prospect is contacted this week."""
        prospects = self.model.scenario.market_size - self.listed_customers
        channels = self.description.channels
        parts = split(budget if prospects else 0, [channel.budget_share for channel in channels.values()])
        reached = 0.0
        for (name, channel), part in zip(channels.items(), parts, strict=True):
            self.pressure[name] = stock_of_pressure(
                self.pressure[name], self._per_head_year(part, prospects), channel.keep
            )
            reached = either(reached, contact_probability(self.pressure[name], channel.ceiling, channel.strength))
        self.ledger.pay(Account.ACQUISITION, sum(parts))
        self._paid = (sum(parts), 0)
        return reached

    def _keep_customers(self, budget: int, offers: Offers) -> None:
        """Care for everybody on the list, and put aside the rewards for this week's orders."""
        levers, listed = self.description.levers, self.listed_customers
        care, self.loyalty_fund = split(budget if listed else 0, [lever.budget_share for lever in levers])
        offers.kept_share[self.slot] = share_of_departures_let_through(
            levers.care.ceiling, levers.care.strength, self._per_head_year(care, listed)
        )
        orders = self.model.recent_orders[self.slot]
        reward = self.loyalty_fund / self.model.scenario.minor_units / orders if orders > NO_ORDERS else 0.0
        offers.scheme_bonus[self.slot] = scheme_bonus(
            levers.loyalty_scheme.ceiling, levers.loyalty_scheme.strength, reward
        )
        self.ledger.pay(Account.RETENTION, care)
        self._paid = (self._paid[0], care)

    def _per_head_year(self, amount: int, heads: int) -> float:
        """Minor units a week as money per head and year."""
        return amount / self.model.scenario.minor_units * WEEKS_A_YEAR / heads if heads else 0.0

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
        offering = self.description.offering
        revenue = int(counted[Item.REVENUE])
        cost = whole(revenue * offering.unit_cost / offering.price)
        rewards = self.loyalty_fund if counted[Item.ORDERS] else 0
        self.ledger.earn(revenue)
        self.ledger.pay(Account.COST_OF_GOODS, cost)
        self.ledger.pay(Account.RETENTION, rewards)
        self.ledger.check()
        acquisition, care = self._paid
        line = self.stocks
        line[:ITEMS] = counted
        won = counted[Item.NEW] + counted[Item.RETURNED]
        lost = counted[LOST].sum()
        if self.model.scenario.rules.need.clock == CONTRACT:  # the list is whoever holds a contract
            line[Item.LISTED], line[Item.DELISTED] = won, lost
        line[Line.COST_OF_GOODS] = cost
        line[Line.ACQUISITION_SPEND] = acquisition
        line[Line.RETENTION_SPEND] = care + rewards
        line[Line.CASH] = self.ledger.cash
        line[Line.CUSTOMERS] += won - lost
        line[Line.LISTED_CUSTOMERS] += line[Item.LISTED] - line[Item.DELISTED]
        line[Line.PEOPLE_AWARE] += counted[Item.AWARE]
        line[Line.SATISFACTION_SUM] += counted[Item.SATISFACTION]
        self._remember(revenue, cost + acquisition + care + rewards)
        return line

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

    def _minor(self, amount: float) -> int:
        return whole(amount * self.model.scenario.minor_units)
