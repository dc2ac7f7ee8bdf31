"""What holds in every week of any scenario; and that each of these checks sees the bug it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.model import business as business_module
from sim.model import market as market_module
from sim.model import programmes as programmes_module
from sim.model.business import Business
from sim.model.census import Census
from sim.model.history import CONTACTED, WON, Line
from sim.model.ledger import Account, Ledger, split
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.model.programmes import REFERRAL_REWARDS, SURPRISE
from sim.model.views import terms_of, weekly
from sim.rules.journey import FORMER
from sim.rules.memory import AWARE, CUSTOMER
from sim.scenario.schema import Scenario
from sim.state import customers as ways
from sim.state.diary import DEPARTURE, Diary, this_week
from sim.state.tally import LOST, Item
from tests.any_scenario import Data, any_world
from tests.dealing import dealt
from tests.every_mechanism import ALLY, TWO_MARKETS
from tests.model import every_week as every
from tests.model.every_week import CHECKS, Check, weeks_of
from tests.small_worlds import CONTRACT, lived, scenario_with


def check_every_week(scenario: Scenario, seed: int, checks: list[Check]) -> Market:
    market = Market(scenario, seed, followed=scenario.people)
    for week in weeks_of(market):
        for check in checks:
            check(week)
    return market


def test_every_week_of_any_scenario() -> None:
    """And the check is worth what its scenarios are: together they miss nothing that is counted."""
    seen: set[Item] = set()
    decided: set[str] = set()

    @any_world(300)
    def check(world: Data, seed: int) -> None:
        market = check_every_week(dealt(scenario_with({}, world), seed), seed, CHECKS)
        seen.update(item for item in Item if market.history[:, :, item].any())
        plans = [business.decision for business in market.businesses]
        decided.update(name for name in ("channels", "levers", "prices") for plan in plans if getattr(plan, name))

    check()
    assert seen == set(Item)
    assert decided == {"channels", "levers", "prices"}


@pytest.mark.slow
@any_world(800)
def test_every_week_of_many_scenarios(world: Data, seed: int) -> None:
    check_every_week(dealt(scenario_with({}, world), seed), seed, CHECKS)


def test_metrics_of_any_world_are_those_of_a_plain_recount() -> None:
    """Counted once more from what everybody did, by a loop that knows nothing of histories."""

    @any_world(40)
    def check(world: Data, seed: int) -> None:
        scenario = dealt(scenario_with({}, world), seed)
        market = Market(scenario, seed, followed=scenario.people).run()
        recounted = recount(market)
        values = weekly(market.history, terms_of(scenario))
        shares_are_shares_and_numbers_are_numbers(values)
        for name, (numerator, denominator) in recounted.items():
            expected = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator != 0)
            assert np.allclose(values[:, :, list(METRICS).index(name)], expected, rtol=1e-9, equal_nan=True), name

    check()


OF_EARLIER_WEEKS = {"sales_per_contact", "sales_per_reminder"}
"""A sale follows a contact by some weeks: in a week there may be more of them than contacts."""


def shares_are_shares_and_numbers_are_numbers(values: np.ndarray) -> None:
    """Each metric lies where it can lie; shares of the market add up to it, and are undefined where nobody buys.

    Parameters
    ----------
    values : of every week, (weeks, businesses, metrics)
    """
    for at, metric in enumerate(METRICS.values()):
        low, high = metric.bounds if metric.id not in OF_EARLIER_WEEKS else (0.0, np.inf)
        known = values[:, :, at][~np.isnan(values[:, :, at])]
        assert (np.isfinite(known) & (known >= low) & (known <= high)).all(), metric.id
    revenue, share = (values[:, :, list(METRICS).index(name)] for name in ("revenue", "market_share"))
    is_market = revenue.sum(axis=1) > 0.0
    assert share[is_market].sum(axis=1) == pytest.approx(1.0)
    assert np.isnan(share[~is_market]).all()


WRONGLY_MEASURED: dict[str, tuple[str, Callable[[Any, np.ndarray], np.ndarray]]] = {
    "a market that is too large": ("market_share", lambda v, share: share / 2.0),
    "everybody has the whole market": ("market_share", lambda v, share: np.where(share >= 0.0, 1.0, np.nan)),
    "nothing of nothing is nothing": ("market_share", lambda v, share: np.nan_to_num(share)),
    "a share of more than all": ("new_customers_revenue_share", lambda v, share: share + 1.0),
    "less than no share": ("retention_rate", lambda v, share: share - 1.01),
    "more than satisfied": ("satisfaction", lambda v, mood: mood * 3.0 + 2.0),
    "an infinite price of a customer": ("customer_acquisition_cost", lambda v, cost: v.acquisition_spend / 0.0),
}
"""By what is wrong: a metric, and what is made of it."""


@pytest.mark.parametrize("wrong", [None, *WRONGLY_MEASURED])
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_a_share_that_is_none_is_seen(wrong: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    market = lived({})
    market.history[-1] = 0  # a week in which nobody buys anything
    if wrong is None:
        shares_are_shares_and_numbers_are_numbers(weekly(market.history, terms_of(market.scenario)))
        return
    name, made = WRONGLY_MEASURED[wrong]
    right = METRICS[name].measure
    monkeypatch.setitem(METRICS, name, replace(METRICS[name], measure=lambda v: made(v, right(v))))
    with pytest.raises(AssertionError):
        shares_are_shares_and_numbers_are_numbers(weekly(market.history, terms_of(market.scenario)))


def recount(market: Market) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Some metrics by the week, as numerator and denominator, (weeks, businesses), from the diary of everybody."""
    scenario = market.scenario
    shape = (scenario.time.weeks, len(market.businesses))
    orders, money, new, back, lost, told = (np.zeros(shape) for _ in range(6))
    buyers: dict[tuple[int, int], set[int]] = {}
    for _, person, business, kind, amount, reason, _, _, week in (
        [*event, week] for week, events in enumerate(market.followed_events, -market.opening_tick)
        for event in events.tolist() if week >= 0
    ):  # fmt: skip
        at = week, business
        if kind == DEPARTURE:
            lost[at] += scenario.represents
            continue
        orders[at] += scenario.represents
        money[at] += scenario.represents * amount / scenario.minor_units
        buyers.setdefault(at, set()).add(person)
        new[at] += scenario.represents * (reason in (ways.KNEW, ways.TOLD, ways.REFERRED, ways.CONTACTED))
        told[at] += scenario.represents * (reason == ways.TOLD)
        back[at] += scenario.represents * (reason >= ways.FORMER)
    bought = np.array([[len(buyers.get((week, slot), ())) for slot in range(shape[1])] for week in range(shape[0])])
    one = np.ones(shape)
    return {
        "orders": (orders, one),
        "revenue": (money, one),
        "average_order_value": (money, orders),
        "orders_per_buyer": (orders, bought * float(scenario.represents)),
        "new_customers": (new, one),
        "new_customers_told": (told, one),
        "returned_customers": (back, one),
        "lost_customers": (lost, one),
        "market_share": (money, np.repeat(money.sum(axis=1, keepdims=True), shape[1], axis=1)),
    }


FOUND: dict[str, dict[str, Any]] = {
    "two complaints in the week in which all are forgotten": {
        "people.need_per_year": 365,
        "rules.complaints.complaints_keep": 0.0,
    },
    "a list and a memory that reach back beyond the first week": {
        "time.list_weeks": 30_000,
        "rules.memory.forgotten_weeks": 30_000,
        "rules.population.turnover": 0.0,
    },
    "contracts": CONTRACT,
}
"""Lively worlds, shrunk from those in which a check once found a defect; and the other clock."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once_is_not_found_again(name: str) -> None:
    check_every_week(scenario_with(FOUND[name]), 1, CHECKS)


# -- each check sees its bug -------------------------------------------------------------------------------------------

Bug = Callable[[pytest.MonkeyPatch], None]


def miscount(item: Item, by: Callable[[int], int]) -> Bug:
    """Businesses that book something other than what was counted."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        whole = Business.close_books

        def close_books(self: Business, counted: list[int]) -> list[int]:
            counted = counted.copy()
            counted[item] = by(int(counted[item]))
            return whole(self, counted)

        patch.setattr(Business, "close_books", close_books)

    return plant


def forget(item: Item) -> Bug:
    return miscount(item, lambda _: 0)


def inflate(item: Item) -> Bug:
    return miscount(item, lambda amount: amount + 10**6)


def spoil(name: str, value: float, place: Any = slice(None)) -> Bug:
    """A loop that writes a column behind everybody's back."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        close = Market.close_books

        def close_books(self: Market) -> None:
            close(self)
            getattr(self.world.customers, name)[place] = value

        patch.setattr(Market, "close_books", close_books)

    return plant


def line_without(item: int) -> Bug:
    """A line that is written down wrongly after everything was booked."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        whole = Business.close_books

        def close_books(self: Business, counted: list[int]) -> list[int]:
            line = whole(self, counted).copy()
            line[item] = 0
            return line

        patch.setattr(Business, "close_books", close_books)

    return plant


def programme_without(place: int | slice, entry: int) -> Bug:
    """A programme whose part of the history is lost."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        close = Market.close_books

        def close_books(self: Market) -> None:
            close(self)
            self.programmes[self.tick][:, place, entry] = 0

        patch.setattr(Market, "close_books", close_books)

    return plant


def a_debit_without_its_credit(patch: pytest.MonkeyPatch) -> None:
    def post(self: Ledger, debit: Account, credit: Account, amount: int) -> None:
        self.balances[debit] += amount

    patch.setattr(Ledger, "post", post)


def revenue_earned_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "earn", lambda self, amount: self.post(Account.CASH, Account.REVENUE, 2 * amount))


def money_that_is_not_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "cash", property(lambda self: self.balances[Account.CASH] + 10**9))


def parts_that_are_each_the_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(business_module, "split", lambda amount, shares: [amount for _ in shares])


def parts_rounded_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(business_module, "split", lambda amount, shares: [part + 1 for part in split(amount, shares)])


def parts_rounded_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(business_module, "split", lambda amount, shares: [max(part - 1, 0) for part in split(amount, shares)])


def unpaid_success(patch: pytest.MonkeyPatch) -> None:
    def pay(self: Business, counted: list[int]) -> None:
        self.spent[SURPRISE] = self.spent[REFERRAL_REWARDS] = 0

    patch.setattr(Business, "_pay_for_success", pay)


def success_paid_on_credit_that_nobody_gave(patch: pytest.MonkeyPatch) -> None:
    pay = Business._pay_for_success

    def pay_all(self: Business, counted: list[int]) -> None:
        limit = Business.can_spend
        patch.setattr(Business, "can_spend", 10**12)
        pay(self, counted)
        patch.setattr(Business, "can_spend", limit)

    patch.setattr(Business, "_pay_for_success", pay_all)


def rewards_for_nobody(patch: pytest.MonkeyPatch) -> None:
    pay = Business._pay_for_success

    def pay_anyway(self: Business, counted: list[int]) -> None:
        if not counted[Item.ORDERS]:
            counted = counted.copy()
            counted[Item.ORDERS] = 1
        pay(self, counted)

    patch.setattr(Business, "_pay_for_success", pay_anyway)


def a_list_one_week_longer(patch: pytest.MonkeyPatch) -> None:
    made = Market.__init__

    def make(self: Market, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        self.world = self.world._replace(list_weeks=self.world.list_weeks + 1)

    patch.setattr(Market, "__init__", make)


def everybody_taken_for_former(patch: pytest.MonkeyPatch) -> None:
    take = Census.take

    def take_all(self: Census, market: Market) -> None:
        take(self, market)
        for business in market.businesses:
            business.classes[FORMER] = market.scenario.market_size

    patch.setattr(Census, "take", take_all)


def a_lost_page(patch: pytest.MonkeyPatch) -> None:
    def short(diary: Diary) -> np.ndarray:
        return this_week(diary)[:-1]

    patch.setattr(market_module, "this_week", short)


def secret_forgetting(patch: pytest.MonkeyPatch) -> None:
    """Names fade although the scenario says never."""
    made = Market.__init__

    def make(self: Market, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        memory = self.world.rules.memory._replace(name_forgotten=0.2)
        self.world = self.world._replace(rules=self.world.rules._replace(memory=memory))
        self.world.customers.due_tick[self.world.customers.relation == AWARE] = 3

    patch.setattr(Market, "__init__", make)


def promotions_taken_off_the_list(patch: pytest.MonkeyPatch) -> None:
    show = Business._show_prices

    def show_prices(self: Business, offers: Any) -> None:
        show(self, offers)
        offers.price_ratio[self.slot] *= 0.9

    patch.setattr(Business, "_show_prices", show_prices)


def a_tariff_that_nobody_pays(patch: pytest.MonkeyPatch) -> None:
    """Value at list prices that is booked at twice what it is."""
    miscount(Item.LIST_VALUE, lambda amount: 2 * amount)(patch)


def programmes_that_always_run(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(programmes_module, "is_run", lambda part, fixed, least: True)


def a_ghost_that_pays_its_rent(patch: pytest.MonkeyPatch) -> None:
    offer = Business.offer

    def pay(self: Business, offers: Any) -> None:
        offer(self, offers)
        if self.presence.closed:
            self.fixed_cost = 100
            self.ledger.pay(Account.FIXED_COST, 100)

    patch.setattr(Business, "offer", pay)


def goods_that_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    """Customers get goods, and the books go on to hold them."""
    patch.setattr(Ledger, "hand_over", lambda self, amount: None)


def a_closing_that_nobody_notices(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("sim.model.presence.orphan", lambda slot, world: None)


def a_closing_that_is_not_booked(patch: pytest.MonkeyPatch) -> None:
    forget(Item.LOST_CLOSED)(patch)


def newcomers_from_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Whoever moves in may be one of another market's people."""
    made = Market.__init__

    def make(self: Market, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        self.world.traits.cumulative_share[1:] = self.world.traits.cumulative_share[0]

    patch.setattr(Market, "__init__", make)


def commissions_on_no_line(patch: pytest.MonkeyPatch) -> None:
    line_without(Line.COMMISSION_INCOME)(patch)


ONE_CELL = (3, 0)
BUGS: list[tuple[Check, Bug]] = [
    (every.everybody_is_in_one_state, spoil("relation", 4, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("satisfaction", 1.5, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("push", np.nan, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("heard", np.inf, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("affinity_for_nothing", -np.inf, 3)),
    (every.numbers_stay_where_they_belong, spoil("leaving", 1.01, 3)),
    (every.numbers_stay_where_they_belong, spoil("complaints", -0.5, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("last_supplier", 3, 3)),
    (every.numbers_stay_where_they_belong, spoil("moves_tick", 0, 3)),
    (every.numbers_stay_where_they_belong, spoil("contact_tick", 999, ONE_CELL)),
    (every.numbers_stay_where_they_belong, spoil("orders_ever", -1, ONE_CELL)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("due_tick", 0)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("lines", 1)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("lines", 3, (slice(None), 0))),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("open_complaint", 0.5)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("source", 1)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("orders", 0)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("orders_ever", 1)),
    (every.what_belongs_to_customers_is_theirs_alone, spoil("start_tick", 0)),
    (every.nobody_knows_a_business_that_is_not_there, a_closing_that_nobody_notices),
    (every.everybody_stays_in_its_market, newcomers_from_anywhere),
    (every.nobody_is_a_former_customer_who_never_ordered, everybody_taken_for_former),
    (every.stocks_equal_recounts, forget(Item.RETURNED)),
    (every.stocks_equal_recounts, forget(Item.LOST_FORGOTTEN)),
    (every.stocks_equal_recounts, forget(Item.LOST_MOVED)),
    (every.stocks_equal_recounts, forget(Item.DELISTED)),
    (every.stocks_equal_recounts, forget(Item.AWARE)),
    (every.stocks_equal_recounts, forget(Item.OPEN_COMPLAINTS)),
    (every.stocks_equal_recounts, forget(Item.SATISFACTION)),
    (every.stocks_equal_recounts, spoil("relation", CUSTOMER)),
    (every.stocks_equal_recounts, spoil("satisfaction", 0.25)),
    (every.stocks_equal_recounts, spoil("open_complaint", 0.0)),
    (every.stocks_equal_recounts, a_list_one_week_longer),
    (every.flows_change_stocks_and_are_never_negative, line_without(Item.LOST_NEED_GONE)),
    (every.flows_change_stocks_and_are_never_negative, line_without(Item.LISTED)),
    (every.flows_change_stocks_and_are_never_negative, line_without(Item.AWARE)),
    (every.flows_change_stocks_and_are_never_negative, line_without(Item.OPEN_COMPLAINTS)),
    (every.flows_change_stocks_and_are_never_negative, line_without(Item.SATISFACTION)),
    (every.flows_change_stocks_and_are_never_negative, inflate(Item.RESOLVED)),
    (every.flows_change_stocks_and_are_never_negative, miscount(Item.REMINDERS, lambda amount: -amount)),
    *((every.parts_are_within_their_whole, inflate(parts[0])) for parts, _ in every.PARTS),
    (every.names_are_known_by_ever_more_where_nobody_forgets_or_moves, secret_forgetting),
    (every.the_diary_adds_up_to_the_tally, a_lost_page),
    (every.the_diary_adds_up_to_the_tally, forget(Item.REVENUE)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.REVENUE_FROM_OLD_CUSTOMERS)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.NEW)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.RETURNED)),
    *((every.the_diary_adds_up_to_the_tally, forget(item)) for item in every.WON_BY.values()),
    (every.the_diary_adds_up_to_the_tally, forget(Item.DELISTED)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.DELISTED_MOVED)),
    *((every.the_diary_adds_up_to_the_tally, forget(item)) for item in list(Item)[LOST] if item != Item.LOST_CLOSED),
    (every.the_diary_adds_up_to_the_tally, a_closing_that_is_not_booked),
    (every.the_diary_adds_up_to_the_tally, spoil("orders_ever", 1, ONE_CELL)),
    (every.the_diary_adds_up_to_the_tally, spoil("last_tick", 0, ONE_CELL)),
    (every.list_value_is_revenue_without_promotions, a_tariff_that_nobody_pays),
    (every.list_value_is_revenue_without_promotions, inflate(Item.LIST_VALUE)),
    (every.list_value_is_revenue_without_promotions, forget(Item.LIST_VALUE)),
    (every.ledgers_balance_and_cash_is_what_came_in_less_what_went_out, a_debit_without_its_credit),
    (every.ledgers_balance_and_cash_is_what_came_in_less_what_went_out, revenue_earned_twice),
    (every.ledgers_balance_and_cash_is_what_came_in_less_what_went_out, money_that_is_not_there),
    (every.commissions_paid_to_partners_are_their_income, commissions_on_no_line),
    (every.nobody_plans_to_spend_more_than_was_decided_or_than_there_is, money_that_is_not_there),
    (every.nobody_plans_to_spend_more_than_was_decided_or_than_there_is, parts_that_are_each_the_whole),
    (every.nobody_plans_to_spend_more_than_was_decided_or_than_there_is, parts_rounded_up),
    (every.what_was_decided_is_spent_where_nothing_is_in_the_way, parts_rounded_down),
    (every.what_was_decided_is_spent_where_nothing_is_in_the_way, parts_rounded_up),
    (every.list_value_is_revenue_without_promotions, promotions_taken_off_the_list),
    (every.programmes_add_up_to_the_books, unpaid_success),
    (every.programmes_add_up_to_the_books, success_paid_on_credit_that_nobody_gave),
    (every.programmes_add_up_to_the_books, line_without(Line.REFERRAL_REWARDS)),
    (every.programmes_add_up_to_the_books, programme_without(REFERRAL_REWARDS, 0)),
    (every.programmes_add_up_to_the_books, programme_without(0, CONTACTED)),
    (every.the_diary_adds_up_to_the_tally, programme_without(slice(None), WON)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.BUYERS)),
    (every.the_diary_adds_up_to_the_tally, forget(Item.NEW_AT_OFFER)),
    (every.programmes_add_up_to_the_books, rewards_for_nobody),
    (every.programmes_that_run_can_be_paid_for, programmes_that_always_run),
    (every.what_is_closed_does_nothing_any_more, a_ghost_that_pays_its_rent),
    (every.goods_come_and_go_whole, goods_that_cost_nothing),
    (every.no_order_no_revenue, forget(Item.ORDERS)),
    (every.no_more_sales_follow_than_there_were_contacts_and_reminders, forget(Item.PROSPECT_CONTACTS)),
    (every.no_more_sales_follow_than_there_were_contacts_and_reminders, forget(Item.REMINDERS)),
]
BANKRUPT = {"rules.solvency.past_credit_line": "closes", "businesses.*.fixed_cost_per_year": 100_000}
SETTINGS = {
    secret_forgetting: {"rules.memory.name_forgotten": 0, "rules.population.turnover": 0},
    a_closing_that_nobody_notices: {"businesses.third.closes_week": 40},
    a_closing_that_is_not_booked: {"businesses.third.closes_week": 40},
    newcomers_from_anywhere: TWO_MARKETS,
    commissions_on_no_line: {"businesses.ours.channels.ally": ALLY},
    everybody_taken_for_former: {"rules.population.turnover": 0},
    success_paid_on_credit_that_nobody_gave: {
        "businesses.rival.cash": 0,
        "businesses.rival.unit_cost": 50,
        "businesses.rival.levers.referral.reward": 1000,
    },
    programmes_that_always_run: {"businesses.*.levers.care.fixed_cost_per_year": 5000},
    a_ghost_that_pays_its_rent: BANKRUPT,
    goods_that_cost_nothing: {"businesses.*.supply": {"season_weeks": 8, "preorder_share": 0.8, "late_unit_cost": 40}},
}
"""Of the world in which a bug shows, if not in the liveliest."""


@pytest.mark.parametrize(("check", "plant"), BUGS)
def test_a_check_sees_the_bug_it_is_there_for(check: Check, plant: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenario_with(SETTINGS.get(plant, {}))
    check_every_week(scenario, 1, [check])
    plant(monkeypatch)
    with pytest.raises((AssertionError, ArithmeticError, KeyError)):
        check_every_week(scenario, 1, [check])


def test_every_check_has_a_bug_to_see() -> None:
    assert {check for check, _ in BUGS} == set(CHECKS)
