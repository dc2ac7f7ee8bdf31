"""Fixed costs, programmes that are not run, an end, and goods ordered ahead: in small worlds made to show them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model.history import COSTS, SPENT, Line
from sim.model.ledger import Ledger
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.model.views import terms_of, weekly, whole
from sim.model.warehouse import Warehouse
from sim.rules.supply import Supply
from sim.scenario.schema import MOST_CHANNELS, Offering
from sim.state.tally import Item
from tests.small_worlds import LEFT_OUT, lived

CENTS = 100
OURS = "businesses.ours"
FIXED = {"time.weeks": 104, "time.burn_in_weeks": 52, f"{OURS}.fixed_cost_per_year": 1000.01}


def total(market: Market, entry: int, slot: int = 0) -> int:
    """Of the run, from week 0 on."""
    return int(market.history[market.opening_tick :, slot, entry].sum())


def measured(market: Market, name: str, slot: int = 0) -> float:
    return float(whole(market.history, terms_of(market.scenario))[slot, list(METRICS).index(name)])


# -- fixed costs -------------------------------------------------------------------------------------------------------


def test_a_fixed_cost_is_paid_to_the_coin_and_taken_from_profit_and_cash() -> None:
    free, paying = lived(FIXED | {f"{OURS}.fixed_cost_per_year": 0.0}), lived(FIXED)
    assert total(paying, Line.FIXED_COST) == 2 * 100_001
    assert measured(free, "profit") - measured(paying, "profit") == pytest.approx(2 * 1000.01)
    assert total(paying, Item.REVENUE) == total(free, Item.REVENUE)  # its strategy looks at revenue alone
    in_hand = [market.history[-1, 0, Line.CASH] for market in (free, paying)]
    assert in_hand[0] - in_hand[1] == 2 * 100_001


def test_books_tell_of_fixed_costs() -> None:
    from sim.model.sight import books_of

    books = books_of(lived(FIXED).businesses[0])
    assert books.year.fixed_cost == pytest.approx(1000.01)
    assert books.fixed_cost == pytest.approx(1000.01 / 52)
    assert books.year.profit == pytest.approx(
        books.year.margin - books.year.acquisition_spend - books.year.retention_spend - 1000.01
    )


CARE_ALONE = {
    "businesses.*.status_quo": {"fixed_budget": {"spend_per_year": 5200, "acquisition_share": 0.0}},
    "businesses.*.strategy": {"fixed_budget": {"spend_per_year": 5200, "acquisition_share": 0.0}},
    f"{OURS}.levers": {"care": {"budget_share": 1.0}},
}


@pytest.mark.parametrize(("fixed", "spends"), [(0.0, True), (2600.0, True), (5199.0, True), (5200.0, False)])
def test_a_lever_is_run_only_with_more_money_than_it_costs_anyhow(fixed: float, spends: bool) -> None:
    market = lived(CARE_ALONE | {f"{OURS}.levers.care.fixed_cost_per_year": fixed})
    assert (total(market, Line.RETENTION_SPEND) > 0) == spends
    let_through = float(market.offers.let_through[0, 0])
    assert (let_through < 1.0) == spends


def test_the_first_money_of_a_lever_is_its_fixed_cost() -> None:
    """Three quarters of 5,200 with a quarter of it for the lever itself work like half of it."""
    dear = lived(CARE_ALONE | {f"{OURS}.levers.care.fixed_cost_per_year": 2600})
    halved = CARE_ALONE | {
        f"{OURS}.{when}": {"fixed_budget": {"spend_per_year": 2600, "acquisition_share": 0.0}}
        for when in ("status_quo", "strategy")
    }
    half = lived(halved)
    lives = [market.history[:, :, [*range(len(Item))]] for market in (dear, half)]
    assert np.array_equal(*lives)
    assert total(dear, Line.RETENTION_SPEND) == 2 * total(half, Line.RETENTION_SPEND)


def test_money_that_runs_nothing_stays_in_hand() -> None:
    market = lived(CARE_ALONE | {f"{OURS}.levers.care.fixed_cost_per_year": 5200})
    line = market.history[market.opening_tick :, 0]
    kept = line[:, Item.REVENUE] - line[:, COSTS].sum(axis=1)
    assert np.array_equal(np.cumsum(kept) + 10_000 * CENTS, line[:, Line.CASH])


WINNING = {
    "businesses.*.status_quo": {"fixed_budget": {"spend_per_year": 5200, "acquisition_share": 1.0}},
    "businesses.*.strategy": {"fixed_budget": {"spend_per_year": 5200, "acquisition_share": 1.0}},
}


@pytest.mark.parametrize(("least", "buys"), [(0.0, True), (50.0, True), (50.01, False)])
def test_a_media_buy_below_its_minimum_is_not_made(least: float, buys: bool) -> None:
    """Each of two channels gets 50 a week."""
    market = lived(WINNING | {f"{OURS}.channels.mail.minimum": least})
    spent = market.programmes[market.opening_tick :, 0, :2, SPENT].sum(axis=0)
    assert spent[0] > 0
    assert (spent[1] > 0) == buys


def test_a_channel_pays_for_itself_first() -> None:
    plain = lived(WINNING)
    dear = lived(WINNING | {f"{OURS}.channels.*.fixed_cost_per_year": 2000})
    assert total(dear, Line.ACQUISITION_SPEND) == total(plain, Line.ACQUISITION_SPEND)
    assert 0 < total(dear, Item.CONTACTS) < total(plain, Item.CONTACTS)


def test_a_programme_pays_from_a_size_of_base_on() -> None:
    """Care that has a cost of its own loses money for few customers and earns it for many of the same kind; without
    that cost it earns money for both. What works for each customer is the same money, and so is everything else."""
    gains = {(represents, fixed): care_gains(represents, fixed) for represents in (1, 100) for fixed in (0.0, 40_000.0)}
    assert gains[1, 40_000.0] < 0.0 < gains[100, 40_000.0]
    assert gains[1, 0.0] > 0.0 and gains[100, 0.0] > 0.0


def care_gains(represents: int, fixed: float) -> float:
    """What care adds to profit, with so many people for each simulated one: the size of the base, and nothing else."""
    idle = {"fixed_budget": {"spend_per_year": 0.0, "acquisition_share": 0.0}}
    care = {"fixed_budget": {"spend_per_year": 1200.0 * represents + fixed, "acquisition_share": 0.0}}
    world: dict[str, Any] = {
        "people.count": 400,
        "people.represents": represents,
        "time.weeks": 156,
        "businesses": {
            "ours": {
                "known": 1.0,
                "cash": 1e7,
                "levers": {"care": {"budget_share": 1.0, "fixed_cost_per_year": fixed}},
                "status_quo": idle,
                "strategy": idle,
            }
        },
    }
    return measured(lived(world | {f"{OURS}.strategy": care}), "profit") - measured(lived(world), "profit")


# -- an end ------------------------------------------------------------------------------------------------------------

RUIN = {"rules.solvency.past_credit_line": "closes", f"{OURS}.fixed_cost_per_year": 300_000.0, "time.weeks": 60}


def test_a_business_that_owes_more_than_its_bank_lends_is_gone_from_the_next_week_on() -> None:
    market = lived(RUIN)
    lines = market.history[market.opening_tick :, 0]
    week = int(measured(market, "insolvent_week"))
    assert 0 < week < 50
    assert lines[week, Line.CASH] < -20_000 * CENTS <= lines[week - 1, Line.CASH]
    assert lines[week, Item.ORDERS] > 0 and lines[week, Line.CUSTOMERS] > 0
    after = lines[week + 1 :]
    flows = [Item.ORDERS, Item.REVENUE, Item.CONTACTS, Item.GOOD_STORIES, *COSTS]
    assert not after[:, [*flows, Line.CUSTOMERS, Line.LISTED_CUSTOMERS, Line.PEOPLE_AWARE]].any()
    assert after[0, Item.LOST_CLOSED] == lines[week, Line.CUSTOMERS]
    assert (after[:, Line.CASH] == lines[week, Line.CASH]).all()


def test_customers_of_a_business_that_is_gone_buy_elsewhere() -> None:
    gone, going_on = lived(RUIN), lived(RUIN | {"rules.solvency.past_credit_line": "goes_on"})
    week = int(measured(gone, "insolvent_week"))
    assert np.array_equal(gone.history[: gone.opening_tick + week], going_on.history[: gone.opening_tick + week])
    elsewhere = [market.history[gone.opening_tick + week + 1 :, 1:, Item.ORDERS].sum() for market in (gone, going_on)]
    assert elsewhere[0] > elsewhere[1]
    assert total(going_on, Line.FIXED_COST) > total(gone, Line.FIXED_COST)


def test_what_is_measured_of_a_business_that_is_gone_stays_defined() -> None:
    market = lived(RUIN | {"time.weeks": 130, "time.burn_in_weeks": 52})
    assert measured(market, "out_of_business") == 1.0
    assert measured(market, "revenue_growth") == -1.0 == measured(market, "customer_growth")
    assert np.isfinite(measured(market, "profit"))
    assert measured(market, "out_of_business", 1) == 0.0
    assert np.isnan(measured(market, "insolvent_week", 1))


def test_a_longer_credit_line_puts_the_end_off() -> None:
    weeks = [
        measured(lived(RUIN | {f"{OURS}.credit_line": credit}), "insolvent_week") for credit in (0, 20_000, 80_000)
    ]
    assert weeks[0] < weeks[1] < weeks[2]


def test_before_week_0_the_owners_stand_in() -> None:
    """Debts of the years before are theirs, however high."""
    market = lived(RUIN | {"time.burn_in_weeks": 52})
    assert market.history[: market.opening_tick, 0, Line.CASH].min() < -20_000 * CENTS
    assert measured(market, "insolvent_week") > 0


def test_goods_of_a_business_that_is_gone_are_sold_off() -> None:
    supply = {"season_weeks": 8, "lead_weeks": 2, "preorder_share": 3.0}
    market = lived(RUIN | {f"{OURS}.supply": supply})
    lines = market.history[market.opening_tick :, 0]
    week = int(measured(market, "insolvent_week"))
    assert lines[week, Line.STOCK] > 0 == lines[week + 1, Line.STOCK] < lines[week + 1, Line.WRITTEN_OFF]
    assert lines[week + 1, Line.CASH] > lines[week, Line.CASH]


# -- welcome prices ----------------------------------------------------------------------------------------------------


def test_what_first_orders_are_given_is_a_cost_of_winning_and_booked_once() -> None:
    """A fifth off every first order, and nothing off any other."""
    only = {
        f"{OURS}.promotions": {"welcome": {"to": "first_orders", "discount": 0.2, "every_weeks": 1, "for_weeks": 1}}
    }
    market = lived(only)
    given = total(market, Line.WELCOME_DISCOUNTS)
    assert given == pytest.approx(0.2 * total(market, Item.FIRST_LIST_VALUE), abs=market.scenario.time.weeks)
    assert given == pytest.approx(
        total(market, Item.LIST_VALUE) - total(market, Item.REVENUE), abs=total(market, Item.ORDERS)
    )
    won = total(market, Item.NEW) + total(market, Item.RETURNED)
    assert measured(market, "customer_acquisition_cost") == pytest.approx(
        (total(market, Line.ACQUISITION_SPEND) + given) / CENTS / won
    )
    booked = total(market, Item.REVENUE) - sum(total(market, cost) for cost in COSTS)
    assert measured(market, "profit") == pytest.approx(booked / CENTS)


def test_a_sale_for_everybody_is_no_welcome() -> None:
    market = lived({f"{OURS}.promotions": {"sale": {"to": "anybody", "discount": 0.2}}})
    assert total(market, Line.WELCOME_DISCOUNTS) == 0 < total(market, Item.LIST_VALUE) - total(market, Item.REVENUE)


def test_on_top_of_a_sale_a_welcome_is_what_it_adds() -> None:
    both = {
        "sale": {"to": "anybody", "discount": 0.5, "every_weeks": 1, "for_weeks": 1},
        "welcome": {"to": "first_orders", "discount": 0.2, "every_weeks": 1, "for_weeks": 1},
    }
    market = lived({f"{OURS}.promotions": both})
    first = total(market, Item.FIRST_LIST_VALUE)
    assert total(market, Line.WELCOME_DISCOUNTS) == pytest.approx(0.1 * first, abs=market.scenario.time.weeks)


# -- goods -------------------------------------------------------------------------------------------------------------

OFFERING = Offering(price=50.0, unit_cost=27.5)


def warehouse(**supply: Any) -> Warehouse:
    ledger = Ledger()
    ledger.set_cash(100_000)
    return Warehouse(Supply(**{"season_weeks": 13, "preorder_share": 1.0} | supply), OFFERING, ledger)


def test_goods_ordered_ahead_cost_the_early_price_and_the_rest_the_late_one() -> None:
    store = warehouse(early_unit_cost=25.0, late_unit_cost=40.0)
    store.order(5, 10_000)
    store.take_in(13, 1.0)
    assert (store.ledger.stock, store.ledger.cash) == (5_000, 95_000)
    assert store.hand_over(4_000, 4_000, 1.0) == 2_000
    assert store.hand_over(8_000, 8_000, 1.0) == 3_000 + 1_600
    assert (store.ledger.stock, store.bought_late, store.is_empty) == (0, 2_000, False)


def test_a_shop_that_can_buy_nothing_late_is_empty_until_the_next_delivery() -> None:
    store = warehouse(early_unit_cost=25.0)
    store.order(5, 10_000)
    store.take_in(13, 1.0)
    assert not store.is_empty
    assert store.hand_over(12_000, 9_000, 1.0) == 5_000 + 1_500  # a sixth of what was paid is for what was not there
    assert store.is_empty
    store.order(18, 10_000)
    store.take_in(25, 1.0)
    assert store.is_empty
    store.take_in(26, 1.0)
    assert not store.is_empty


def test_what_is_left_goes_for_its_salvage_and_the_loss_is_part_of_the_cost_of_goods() -> None:
    store = warehouse(early_unit_cost=25.0, salvage=10.0)
    store.order(5, 10_000)
    store.take_in(13, 1.0)
    store.hand_over(6_000, 6_000, 1.0)
    store.begin_week()
    store.take_in(26, 1.0)
    assert store.written_off == 2_000 - 800
    assert store.ledger.cash == 100_000 - 5_000 + 800
    assert store.hand_over(0, 0, 1.0) == 1_200
    assert store.ledger.stock == 0


def test_a_season_for_which_nothing_was_ordered_is_bought_as_it_is_ordered() -> None:
    store = warehouse(late_unit_cost=40.0)
    store.take_in(13, 1.0)
    assert store.hand_over(4_000, 4_000, 1.0) == 2_200
    assert store.bought_late == 0 and not store.is_empty


def test_whoever_orders_no_share_of_a_season_buys_all_of_it_late() -> None:
    """As whoever orders next to nothing does; only a season that nobody could foretell is bought at the usual cost."""
    bought = []
    for share in (0.0, 1e-9):
        store = warehouse(preorder_share=share, late_unit_cost=40.0)
        store.order(5, 10_000)
        store.take_in(13, 1.0)
        bought.append((store.hand_over(4_000, 4_000, 1.0), store.bought_late, store.foretold))
    assert bought == [(3_200, 4_000, 10_000)] * 2
    store = warehouse(late_unit_cost=40.0)
    store.order(5, 0)
    store.take_in(13, 1.0)
    assert (store.hand_over(4_000, 4_000, 1.0), store.bought_late) == (2_200, 0)


def test_what_runs_short_within_a_week_earns_nothing_where_nothing_can_be_bought_late() -> None:
    """So a world that sells out earns in that week what the goods in stock bring, and not a coin more."""
    market = lived(AHEAD | {f"{OURS}.supply.late_unit_cost": 0.0})
    lines = market.history[market.opening_tick :, 0]
    sold_out = np.flatnonzero(lines[:, Line.BOUGHT_LATE])
    assert len(sold_out) > 3 and (lines[sold_out, Line.STOCK] == 0).all()
    for week in sold_out:
        line = lines[week]
        left = lines[week - 1, Line.STOCK] if week % 13 else 0
        if left:
            in_stock = line[Item.LIST_VALUE] - line[Line.BOUGHT_LATE]
            earned = line[Item.REVENUE] - line[Line.COST_OF_GOODS]
            assert earned == pytest.approx(in_stock * line[Item.REVENUE] / line[Item.LIST_VALUE] - left, abs=1.0)
    assert lines[sold_out[sold_out < 103] + 1, Line.OUT_OF_STOCK].any()


@pytest.mark.parametrize("lead", [13, 26, 52])
def test_goods_ordered_3_6_or_12_months_ahead_are_those_foretold_then(
    lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half years begin in weeks 0, 26 and so on; what comes for them was foretold so many weeks before."""
    foretold: dict[int, float] = {}
    order = Warehouse.order

    def note(self: Warehouse, week: int, volume: float) -> None:
        foretold[week] = volume
        order(self, week, volume)

    monkeypatch.setattr(Warehouse, "order", note)
    half_years = {"season_weeks": 26, "lead_weeks": lead, "late_unit_cost": 30.0, "preorder_share": 0.65}
    market = lived(AHEAD | {"time.burn_in_weeks": 104, f"{OURS}.supply": half_years})
    assert {(week + lead) % 26 for week in foretold} == {0}
    lines = market.history[market.opening_tick :, 0]
    for begins in range(0, 104, 26):
        assert lines[begins, Line.FORETOLD] == round(foretold[begins - lead])
        here = lines[begins, Line.STOCK] + lines[begins, Line.COST_OF_GOODS] - lines[begins, Line.WRITTEN_OFF]
        assert here == pytest.approx(0.65 * foretold[begins - lead] * 25.0 / 45.0, abs=1.0)  # paid on delivery
    assert len({round(volume) for volume in foretold.values()}) > 3


def test_goods_ordered_more_than_a_season_ahead_come_one_season_after_the_other() -> None:
    store = warehouse(early_unit_cost=25.0, lead_weeks=30)
    due = [week for week in range(40) if store.is_time_to_order(week)]
    assert due == [9, 22, 35]
    for week, foretold in zip(due, (10_000, 20_000, 30_000), strict=True):
        store.order(week, foretold)
    found = []
    for week in range(13, 66, 13):
        store.begin_week()
        store.take_in(week, 1.0)
        found.append((week, store.foretold, store.goods.left))
    assert found[:2] == [(13, 0, 0), (26, 0, 0)]
    assert found[2:] == [(39, 10_000, 10_000), (52, 20_000, 20_000), (65, 30_000, 30_000)]


def test_goods_without_a_lead_come_in_the_week_in_which_they_are_ordered() -> None:
    """In the first weeks of the run nothing has been sold that could tell anything."""
    at_once = {f"{OURS}.supply": {"season_weeks": 13, "lead_weeks": 0, "late_unit_cost": 30.0}}
    lines = lived(AHEAD | at_once).history[52:, 0]
    assert (lines[::13, Line.FORETOLD] > 0).all() and (lines[::13, Line.STOCK] > 0).all()


def test_a_week_in_which_goods_are_dearer_costs_more() -> None:
    store = warehouse(early_unit_cost=25.0, late_unit_cost=40.0)
    store.order(5, 10_000)
    store.take_in(13, 1.2)
    assert store.ledger.stock == 6_000
    assert store.hand_over(12_000, 12_000, 1.1) == 6_000 + 1_760


AHEAD = {
    "time.weeks": 104,
    "time.burn_in_weeks": 52,
    f"{OURS}.supply": {"season_weeks": 13, "lead_weeks": 4, "late_unit_cost": 30.0, "preorder_share": 0.65},
}


def test_a_season_is_foretold_from_the_list_and_partly_in_stock_when_it_begins() -> None:
    market = lived(AHEAD)
    lines = market.history[market.opening_tick :, 0]
    begins = np.arange(0, 104, 13)
    foretold = lines[begins, Line.FORETOLD]
    assert (foretold > 0).all() and lines[:, Line.FORETOLD].sum() == foretold.sum()
    bought = (lines[begins, Line.STOCK] > 0).all()
    assert bought
    volume = np.add.reduceat(lines[:, Item.LIST_VALUE], begins)
    assert np.abs(foretold / volume - 1.0).max() < 0.5
    late = np.add.reduceat(lines[:, Line.BOUGHT_LATE], begins)
    ordered = np.floor(foretold * 0.65 + 0.5)
    assert np.abs(np.maximum(volume - ordered, 0) - late).max() <= 1


def test_ordering_ahead_changes_what_goods_cost_and_nobodys_life() -> None:
    as_needed, ahead = lived(AHEAD | {f"{OURS}.supply": LEFT_OUT}), lived(AHEAD)
    items = [*range(len(Item))]
    assert np.array_equal(as_needed.history[:, :, items], ahead.history[:, :, items])
    assert total(ahead, Line.COST_OF_GOODS) != total(as_needed, Line.COST_OF_GOODS)


def test_late_goods_that_cost_as_much_as_any_change_nothing_but_what_is_saved_early() -> None:
    plain = lived(AHEAD | {f"{OURS}.supply": LEFT_OUT})
    same = lived(AHEAD | {f"{OURS}.supply.early_unit_cost": 27.5, f"{OURS}.supply.late_unit_cost": 27.5})
    # both round each week's goods to a coin, once or twice
    assert abs(total(same, Line.COST_OF_GOODS) - total(plain, Line.COST_OF_GOODS)) <= 2 * 104 + total(
        same, Line.WRITTEN_OFF
    )


def test_books_tell_of_goods() -> None:
    from sim.model.sight import books_of

    supplies = books_of(lived(AHEAD).businesses[0]).supplies
    assert supplies.in_stock >= 0.0 and supplies.foretold > 0.0
    assert supplies.critical_ratio == pytest.approx((30.0 - 25.0) / (30.0 - 25.0 + 25.0 - 10.0))


def test_the_critical_ratio_counts_what_goods_cost_at_this_position_and_in_this_week() -> None:
    """Of what is finer the early, the late and the left-over unit are dearer; goods that became dearer fetch no more.

    What cannot be bought late costs its price, which neither moves.
    """
    from sim.model.sight import books_of

    fine = {
        f"{OURS}.position": 1.0,
        f"{OURS}.cost_of_position": 0.4,
        "events": {"dear": {"cost_rise": {"unit_cost": 1.2}}},
    }
    up = math.exp(0.2)
    for late, short in ((40.0, 1.2 * up * (40.0 - 25.0)), (0.0, 50.0 - 1.2 * up * 25.0)):
        market = lived(AHEAD | fine | {f"{OURS}.price": 50.0, f"{OURS}.supply.late_unit_cost": late})
        left = up * (1.2 * 25.0 - 10.0)
        assert books_of(market.businesses[0]).supplies.critical_ratio == pytest.approx(short / (short + left))


def test_weekly_metrics_of_goods_are_those_of_the_history() -> None:
    market = lived(AHEAD)
    names = list(METRICS)
    values = weekly(market.history, terms_of(market.scenario))[:, 0]
    lines = market.history[market.opening_tick :, 0]
    assert values[:, names.index("stock")] == pytest.approx(lines[:, Line.STOCK] / CENTS)
    assert values[:, names.index("written_off")] == pytest.approx(lines[:, Line.WRITTEN_OFF] / CENTS)
    assert lines[:, Line.WRITTEN_OFF].any() or lines[:, Line.BOUGHT_LATE].any()
    assert market.programmes[:, 0, :MOST_CHANNELS, SPENT].sum() == market.history[:, 0, Line.ACQUISITION_SPEND].sum()
