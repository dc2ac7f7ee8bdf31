"""Where nothing can happen nothing does: no budget, no need, no loss, no change by prices that nobody looks at.

And money in another currency buys the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.model.business import Business
from sim.model.history import SPENT, Line
from sim.model.market import Market
from sim.model.programmes import REFERRAL_REWARDS
from sim.rules.memory import STRANGER
from sim.rules.retention import Levers
from sim.state.customers import NOBODY
from sim.state.offers import Offers
from sim.state.tally import LOST, Item
from tests.any_scenario import Data, any_world
from tests.every_mechanism import NO_COMMISSIONS, NO_LOSSES, NO_REWARDS, both_plans, of_everybody
from tests.small_worlds import LEFT_OUT, LIVELY, differing_columns, lived

NO_BUDGET = both_plans(spend_share=0.0) | NO_REWARDS | NO_COMMISSIONS | {"businesses.*.markets": LEFT_OUT}
NO_CUSTOMERS_AT_FIRST = {"businesses.*.customers": 0}
NO_NEEDS = of_everybody(need_per_year=0.0) | NO_CUSTOMERS_AT_FIRST | {"rules.acquisition.offer_makes_occasion": 0.0}
NO_REMINDERS = {f"businesses.*.levers.{name}.makes_occasion": 0.0 for name in ("reminders", "win_back")}
UNKNOWN_TO_ALL = NO_CUSTOMERS_AT_FIRST | {"businesses.*.known": 0.0, "businesses.*.backers": LEFT_OUT}
OF_MONEY = [
    *(
        Item.CONTACTS,
        Item.PROSPECT_CONTACTS,
        Item.NEW_CONTACTED,
        Item.RETURNED_CONTACTED,
        Item.NEW_REFERRED,
        Item.RETURNED_REFERRED,
    ),
    *(Item.REMINDERS, Item.WIN_BACKS, Item.RETURNED_REMINDED, Item.GIFTS),
    *(Item.SALES_AFTER_CONTACT, Item.SALES_AFTER_REMINDER),
    *(Line.ACQUISITION_SPEND, Line.RETENTION_SPEND, Line.REFERRAL_REWARDS),
]
"""What only a budget or a reward makes happen."""
SPENDING = [Line.ACQUISITION_SPEND, Line.RETENTION_SPEND, Line.REFERRAL_REWARDS]
MONEY = [
    *(Item.REVENUE, Item.LIST_VALUE, Item.FIRST_LIST_VALUE, Item.REVENUE_FROM_OLD_CUSTOMERS),
    *(Line.COST_OF_GOODS, *SPENDING, Line.FIXED_COST, Line.COMMISSION_INCOME, Line.WELCOME_DISCOUNTS, Line.CASH),
]


RICH = {"businesses.*.cash": 1e12, "businesses.*.credit_line": 0.0}
BOUGHT_AS_NEEDED = {"businesses.*.supply": LEFT_OUT}
"""Goods ordered ahead are counted in whole coins, so whether they last may turn on a coin."""
BLIND = (
    BOUGHT_AS_NEEDED
    | of_everybody(price_sensitivity=0.0)
    | RICH
    | both_plans(spend_per_year=5200.0, acquisition_share=0.5)
)


def nothing_of(market: Market, entries: Any) -> bool:
    return not market.history[:, :, entries].any()


# -- where nothing can happen ------------------------------------------------------------------------------------------


def without_a_budget_nothing_is_bought(world: Data, seed: int) -> None:
    market = lived(NO_BUDGET, seed, world)
    assert nothing_of(market, OF_MONEY)
    assert not market.programmes.any() and not market.world.customers.push.any()


def without_a_budget_nothing_is_got_for_that_of_others(world: Data, seed: int) -> None:
    first = next(iter(world["businesses"]))
    market = lived({path.replace("*", first): plan for path, plan in NO_BUDGET.items()}, seed, world)
    assert not market.history[:, 0, OF_MONEY].any() and not market.programmes[:, 0].any()


def whom_nobody_knows_and_who_says_nothing_nobody_ever_knows(world: Data, seed: int) -> None:
    market = lived(NO_BUDGET | UNKNOWN_TO_ALL, seed, world)
    assert nothing_of(market, slice(len(Item))) and (market.world.customers.relation == STRANGER).all()


def where_nobody_needs_anything_nothing_is_sold(world: Data, seed: int) -> None:
    market = lived(NO_NEEDS | NO_REMINDERS, seed, world)
    assert nothing_of(market, [Item.ORDERS, Item.REVENUE, Item.LIST_VALUE, Line.CUSTOMERS, Line.RETENTION_SPEND])


def nobody_leaves_who_was_born_to_stay(world: Data, seed: int) -> None:
    market = lived(NO_LOSSES, seed, world)
    assert nothing_of(market, LOST) and nothing_of(market, [Item.RETURNED])
    assert (np.diff(market.history[:, :, Line.CUSTOMERS], axis=0) >= 0).all()


def names_that_are_never_forgotten_are_known_by_ever_more(world: Data, seed: int) -> None:
    kept = {"rules.memory.name_forgotten": 0.0, "rules.population.turnover": 0.0}
    kept |= {"businesses.*.closes_week": LEFT_OUT, "rules.solvency": LEFT_OUT}
    assert (np.diff(lived(kept, seed, world).history[:, :, Line.PEOPLE_AWARE], axis=0) >= 0).all()


def without_listening_nobody_hears_whatever_is_told(world: Data, seed: int) -> None:
    market = lived({"network": {"mixed": {"listening": 0.0}}}, seed, world)
    assert (market.world.customers.heard_about == NOBODY).all() and not market.world.customers.heard.any()
    assert nothing_of(market, [Item.NEW_TOLD, Item.NEW_REFERRED, Item.RETURNED_TOLD, Item.RETURNED_REFERRED])


def where_nobody_looks_at_prices_they_do_not_matter(world: Data, seed: int) -> None:
    """Only for which reason a relationship is forgotten depends on who was cheaper."""
    first = next(iter(world["businesses"]))
    dear, cheap = (lived(BLIND | {f"businesses.{first}.price": price}, seed, world) for price in (80.0, 20.0))
    counted = [item for item in Item if item not in (*MONEY, Item.LOST_TO_PRICE, Item.LOST_TO_RIVAL)]
    assert set(differing_columns(dear, cheap)) <= {"expected_price"}
    assert np.array_equal(dear.history[:, :, counted], cheap.history[:, :, counted])


Check = Callable[[Data, int], None]
Bug = Callable[[pytest.MonkeyPatch], None]


def born_with(**columns: float) -> Bug:
    """People who are not as the scenario says."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        made = Market.__init__

        def make(self: Market, *args: Any, **kwargs: Any) -> None:
            made(self, *args, **kwargs)
            for name, value in columns.items():
                getattr(self.world.customers, name)[:] = value

        patch.setattr(Market, "__init__", make)

    return plant


def contacts_for_nothing(patch: pytest.MonkeyPatch) -> None:
    """Channels that reach people whom nobody paid for."""
    offer = Business.offer

    def offer_more(self: Business, offers: Offers) -> None:
        offer(self, offers)
        self.model.reach.contact[:, self.slot] = 0.1

    patch.setattr(Business, "offer", offer_more)


ABSORBING: dict[Check, Bug] = {
    without_a_budget_nothing_is_bought: contacts_for_nothing,
    without_a_budget_nothing_is_got_for_that_of_others: contacts_for_nothing,
    whom_nobody_knows_and_who_says_nothing_nobody_ever_knows: contacts_for_nothing,
    where_nobody_needs_anything_nothing_is_sold: born_with(weekly_need=1.0, need_threshold=2**31),
    nobody_leaves_who_was_born_to_stay: born_with(leaving=0.5),
    names_that_are_never_forgotten_are_known_by_ever_more: born_with(due_tick=5),
    without_listening_nobody_hears_whatever_is_told: born_with(listening=1.0),
    where_nobody_looks_at_prices_they_do_not_matter: born_with(price_sensitivity=1.0),
}
"""What holds where nothing can happen, and a bug that makes it happen."""


def in_worlds(check: Check, examples: int) -> None:
    any_world(examples)(lambda world, seed: check(world, seed))()


@pytest.mark.parametrize("check", ABSORBING, ids=lambda check: check.__name__)
def test_where_nothing_can_happen_nothing_does(check: Check) -> None:
    check(LIVELY, 1)
    in_worlds(check, 20)


@pytest.mark.slow
@pytest.mark.parametrize("check", ABSORBING, ids=lambda check: check.__name__)
def test_in_many_worlds_where_nothing_can_happen_nothing_does(check: Check) -> None:
    in_worlds(check, 300)


@pytest.mark.parametrize("check", ABSORBING, ids=lambda check: check.__name__)
def test_what_happens_nevertheless_would_be_seen(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    ABSORBING[check](monkeypatch)
    with pytest.raises(AssertionError):
        check(LIVELY, 1)


def test_a_budget_buys_all_that_is_missing_without_one() -> None:
    market = lived({})
    assert [entry for entry in OF_MONEY if not market.history[:, :, entry].any()] == []


def test_a_reward_alone_wins_customers_and_is_all_that_is_spent() -> None:
    """Without a budget a reward still makes people tell; it is paid for each success, and the rest is as without."""
    reward = {"businesses.rival.levers.referral.reward": 3.0}
    market = lived(NO_BUDGET | RICH | reward)
    won = market.history[:, :, [Item.NEW_REFERRED, Item.RETURNED_REFERRED]].sum(axis=2)
    assert won.sum(axis=0).tolist() == [0, won.sum(), 0] and won.any()
    assert (market.history[:, :, Line.REFERRAL_REWARDS] == 300 * won).all()
    assert (market.history[:, :, Line.ACQUISITION_SPEND] == 300 * won).all()
    assert (market.programmes[:, :, REFERRAL_REWARDS, SPENT] == 300 * won).all()
    assert market.programmes[..., SPENT].sum() == 300 * won.sum()
    paid = [Item.NEW_REFERRED, Item.RETURNED_REFERRED, Line.ACQUISITION_SPEND, Line.REFERRAL_REWARDS]
    assert nothing_of(market, [entry for entry in OF_MONEY if entry not in paid])


def test_offers_that_make_no_occasion_leave_every_other_draw_in_its_place() -> None:
    """Without push, talk and offers a contact changes what is known and nothing else, so known-to-all hides it."""
    hidden = {
        "businesses.*.known": 1.0,
        "businesses.*.channels.*.reminds_customers": 0.0,
        "rules.population.turnover": 0.0,
        "rules.memory.name_forgotten": 0.0,
        "rules.memory.win_back": 0.0,
        "rules.acquisition": {"push": 0.0, "offer_makes_occasion": 0.0},
        "network": {"mixed": {"listening": 0.0}},
    }
    rich = hidden | RICH | NO_REWARDS
    contacted = lived(rich | both_plans(spend_per_year=9e5, acquisition_share=1.0))
    left_alone = lived(rich | NO_BUDGET)
    assert contacted.history[:, :, Item.CONTACTS].sum() > 100
    assert differing_columns(contacted, left_alone) == ["visit_tick", "contact_tick"]


# -- prices and currency -----------------------------------------------------------------------------------------------


PRICES = ((45.0, 50.0, 55.0), (55.0, 45.0, 50.0), (1.0, 900.0, 50.0))


@pytest.mark.parametrize("sensitivity", [0.0, 2.0])
def test_prices_that_nobody_minds_can_be_exchanged(sensitivity: float) -> None:
    """The same orders of the same people, where money does not follow revenue; whoever minds notices."""
    plan = both_plans(spend_per_year=5_000.0) | RICH | of_everybody(price_sensitivity=sensitivity)
    plan |= {"businesses.*.unit_cost": 0.0, "rules.choice.reference_moves": 0.0}
    worlds = [
        lived(
            plan | {f"businesses.{name}.price": price for name, price in zip(LIVELY["businesses"], prices, strict=True)}
        )
        for prices in PRICES
    ]
    entries = [
        Item.ORDERS,
        Item.NEW,
        Item.RETURNED,
        Item.FAILURES,
        Item.CONTACTS,
        Line.CUSTOMERS,
        Line.SATISFACTION_SUM,
    ]
    alike = [np.array_equal(worlds[0].history[:, :, entries], other.history[:, :, entries]) for other in worlds[1:]]
    assert alike == [sensitivity == 0.0] * 2


def test_orders_without_spread_are_worth_exactly_the_mean_at_todays_price() -> None:
    alike = {"rules.value": {"order_shape": 0, "person_shape": 0}, "people.mean_order_value": 40}
    alike |= {"businesses.ours.lines": 1, "businesses.ours.promotions": {}}
    market = lived(alike | {"rules.choice.reference_price": 50, "businesses.ours.price": 25})
    orders, revenue = (market.history[:, 0, item] for item in (Item.ORDERS, Item.REVENUE))
    assert (revenue == orders * 2000).all() and orders.any()


RESPONSES = {
    f"businesses.*.{place}.strength": 0.3
    for place in (
        "channels.*",
        *(f"levers.{name}" for name in ("care", "onboarding", "personal_touch", "service", "reminders", "win_back")),
        *(f"levers.{name}" for name in ("loyalty_scheme", "referral", "cross_selling")),
    )
} | {"businesses.*.levers.referral.reward_strength": 0.3}
CHANNELS = {"businesses.*.channels": {"a": {"ceiling": 0.2}, "b": {"ceiling": 0.1}, "c": {}, "d": {}}}
EIGHTHS = {
    "businesses.*.channels.*.budget_share": 0.25,
    **{f"businesses.*.levers.{name}.budget_share": 0.0 for name in ("personal_touch", "win_back")},
    **{
        f"businesses.*.levers.{name}.budget_share": 0.125
        for name in (
            "care",
            "onboarding",
            "service",
            "reminders",
            "loyalty_scheme",
            "surprise",
            "referral",
            "cross_selling",
        )
    },
}
"""Parts of a budget that leave nothing to round, not even of a whole coin: nor may revenue pay, which is rounded."""


def priced_in(coin: float, world: Data, seed: int) -> Market:
    """A world whose every amount of money is so many times as large."""
    home = BOUGHT_AS_NEEDED | {"businesses.*.markets": LEFT_OUT}
    amounts = {"people.mean_order_value": 50.0, "rules.choice.reference_price": 50.0, "businesses.*.unit_cost": 20.0}
    amounts |= {"businesses.*.levers.surprise.cost": 4.0, "businesses.*.levers.referral.reward": 3.0}
    amounts |= {f"businesses.*.levers.{name}.fixed_cost_per_year": 52.0 for name in Levers._fields}
    amounts |= {"businesses.*.fixed_cost_per_year": 5200.0}
    first = {path: amount * coin for path, amount in amounts.items()}
    first |= {f"businesses.{name}.price": (44.0 + at) * coin for at, name in enumerate(world["businesses"])}
    answers = {path: strength / coin for path, strength in RESPONSES.items()}
    budget = both_plans(spend_per_year=52 * 32.0 * coin, acquisition_share=0.5)
    return lived(
        CHANNELS | home | of_everybody(mean_order_value=50.0) | first | answers | EIGHTHS | RICH | budget, seed, world
    )


def same_in_another_currency(scale: int, world: Data, seed: int) -> None:
    mine, theirs = priced_in(1.0, world, seed), priced_in(float(scale), world, seed)
    counted = [entry for entry in range(mine.history.shape[2]) if entry not in MONEY]
    assert differing_columns(mine, theirs) == ["mean_order_value"]
    assert np.array_equal(mine.history[:, :, counted], theirs.history[:, :, counted])
    exact = [*SPENDING, Line.FIXED_COST]
    assert np.array_equal(mine.history[:, :, exact] * scale, theirs.history[:, :, exact])
    assert np.array_equal(mine.programmes[..., SPENT] * scale, theirs.programmes[..., SPENT])


@pytest.mark.parametrize("scale", [2, 4, 1024])
def test_money_in_another_currency_buys_the_same(scale: int) -> None:
    """Powers of two are exact: not one decision may turn."""
    same_in_another_currency(scale, LIVELY, 1)
    assert priced_in(1.0, LIVELY, 1).history[:, :, OF_MONEY].any(axis=(0, 1)).all()


def test_money_a_hundred_times_as_large_buys_the_same_but_for_the_last_bit() -> None:
    """A hundredth is no power of two, so a strength is off by one part in 10^16: hardly any draw falls between."""
    mine, theirs = priced_in(1.0, LIVELY, 1), priced_in(100.0, LIVELY, 1)
    counted = [entry for entry in range(mine.history.shape[2]) if entry not in MONEY]
    assert np.array_equal(mine.history[:, :, counted], theirs.history[:, :, counted])
    exact = [*SPENDING, Line.FIXED_COST]
    assert np.array_equal(mine.history[:, :, exact] * 100, theirs.history[:, :, exact])


@any_world(20)
def test_money_in_another_currency_buys_the_same_in_any_world(world: Data, seed: int) -> None:
    same_in_another_currency(1024, world, seed)


def test_a_price_that_was_not_converted_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    minor = Business._minor
    monkeypatch.setattr(Business, "_minor", lambda self, amount: minor(self, amount) if amount != 3072.0 else 300)
    with pytest.raises(AssertionError):
        same_in_another_currency(1024, LIVELY, 1)
