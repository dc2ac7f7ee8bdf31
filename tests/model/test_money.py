"""Fixed costs, programmes that are not run, an end, and goods ordered ahead: in small worlds made to show them."""

from __future__ import annotations

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
    that cost it earns money for both. Money per head is the same, and so is everything else."""
    gains = {(represents, fixed): care_gains(represents, fixed) for represents in (1, 100) for fixed in (0.0, 10_000.0)}
    assert gains[1, 10_000.0] < 0.0 < gains[100, 10_000.0]
    assert gains[1, 0.0] > 0.0 and gains[100, 0.0] > 0.0


def care_gains(represents: int, fixed: float) -> float:
    """What care adds to profit, with so many people for each simulated one: the size of the base, and nothing else."""
    heads = {"per_customer": 0.0, "per_prospect": 0.0}
    world: dict[str, Any] = {
        "people.count": 400,
        "people.represents": represents,
        "people.leaving": 0.25,
        "time.weeks": 156,
        "businesses": {
            "ours": {
                "known": 1.0,
                "cash": 1e7,
                "levers": {"care": {"budget_share": 1.0, "fixed_cost_per_year": fixed, "strength": 1.0}},
                "status_quo": {"per_customer": heads},
                "strategy": {"per_customer": heads},
            }
        },
    }
    # a head's part of the cost comes on top, so that what works for each is the same money
    cared = dict(heads, per_customer=4.0 + fixed / (300 * represents))
    idle, caring = lived(world), lived(world | {"businesses.ours.strategy": {"per_customer": cared}})
    return measured(caring, "profit") - measured(idle, "profit")


# -- goods -------------------------------------------------------------------------------------------------------------

OFFERING = Offering(price=50.0, unit_cost=27.5)


def warehouse(**supply: Any) -> Warehouse:
    ledger = Ledger()
    ledger.set_cash(100_000)
    return Warehouse(Supply(**{"season_weeks": 13, "preorder_share": 1.0} | supply), OFFERING, ledger)


def test_goods_ordered_ahead_cost_the_early_price_and_the_rest_the_late_one() -> None:
    store = warehouse(early_unit_cost=25.0, late_unit_cost=40.0)
    store.order(10_000)
    store.take_in(13, 1.0)
    assert (store.ledger.stock, store.ledger.cash) == (5_000, 95_000)
    assert store.hand_over(4_000, 1.0) == 2_000
    assert store.hand_over(8_000, 1.0) == 3_000 + 1_600
    assert (store.ledger.stock, store.bought_late, store.is_empty) == (0, 2_000, False)


def test_a_shop_that_can_buy_nothing_late_is_empty_until_the_next_delivery() -> None:
    store = warehouse(early_unit_cost=25.0)
    store.order(10_000)
    store.take_in(13, 1.0)
    assert not store.is_empty
    assert store.hand_over(12_000, 1.0) == 5_000 + 1_100  # this week's orders are made good at the usual cost
    assert store.is_empty
    store.order(10_000)
    store.take_in(25, 1.0)
    assert store.is_empty
    store.take_in(26, 1.0)
    assert not store.is_empty


def test_what_is_left_goes_for_its_salvage_and_the_loss_is_part_of_the_cost_of_goods() -> None:
    store = warehouse(early_unit_cost=25.0, salvage=10.0)
    store.order(10_000)
    store.take_in(13, 1.0)
    store.hand_over(6_000, 1.0)
    store.begin_week()
    store.take_in(26, 1.0)
    assert store.written_off == 2_000 - 800
    assert store.ledger.cash == 100_000 - 5_000 + 800
    assert store.hand_over(0, 1.0) == 1_200
    assert store.ledger.stock == 0


def test_a_season_for_which_nothing_was_ordered_is_bought_as_it_is_ordered() -> None:
    store = warehouse(late_unit_cost=40.0)
    store.take_in(13, 1.0)
    assert store.hand_over(4_000, 1.0) == 2_200
    assert store.bought_late == 0 and not store.is_empty


def test_a_week_in_which_goods_are_dearer_costs_more() -> None:
    store = warehouse(early_unit_cost=25.0, late_unit_cost=40.0)
    store.order(10_000)
    store.take_in(13, 1.2)
    assert store.ledger.stock == 6_000
    assert store.hand_over(12_000, 1.1) == 6_000 + 1_760


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


def test_weekly_metrics_of_goods_are_those_of_the_history() -> None:
    market = lived(AHEAD)
    names = list(METRICS)
    values = weekly(market.history, terms_of(market.scenario))[:, 0]
    lines = market.history[market.opening_tick :, 0]
    assert values[:, names.index("stock")] == pytest.approx(lines[:, Line.STOCK] / CENTS)
    assert values[:, names.index("written_off")] == pytest.approx(lines[:, Line.WRITTEN_OFF] / CENTS)
    assert lines[:, Line.WRITTEN_OFF].any() or lines[:, Line.BOUGHT_LATE].any()
    assert market.programmes[:, 0, :MOST_CHANNELS, SPENT].sum() == market.history[:, 0, Line.ACQUISITION_SPEND].sum()
