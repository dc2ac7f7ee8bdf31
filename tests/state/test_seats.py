"""Customers at the beginning: so many, anybody, with one order of the week before; and books that know of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.history import Line
from sim.model.market import Market
from sim.rules.memory import CUSTOMER
from sim.scenario.load import scenario_from
from sim.scenario.problems import InputError
from tests.small_worlds import scenario_with

OPEN: dict[str, Any] = {"businesses.ours.customers": 40, "businesses.rival.customers": 30, "time.list_weeks": 52}
CONTRACT = OPEN | {"rules.need": {"clock": "contract", "renewal_weeks": 4}}


def at_the_beginning(changes: dict[str, Any], seed: int = 1) -> Market:
    return Market(scenario_with(changes), seed)


def test_so_many_people_are_customers_with_one_order_of_the_week_before() -> None:
    market = at_the_beginning(OPEN)
    people = market.world.customers
    seated = people.relation == CUSTOMER
    assert seated.sum(axis=0).tolist() == [40, 30, 0]
    assert people.orders[seated].tolist() == people.orders_ever[seated].tolist() == [1] * 70
    assert set(people.first_tick[seated]) == set(people.start_tick[seated]) == set(people.last_tick[seated]) == {-1}
    assert (people.orders[~seated] == 0).all()
    assert (seated.sum(axis=1) == 2).any()  # in an open market one may buy from two


TWO_MARKETS: dict[str, Any] = {
    "markets": {"north": {}, "south": {}},
    "people": {
        "count": 100,
        "segments": {"cold": {"share": 0.3, "market": "north"}, "warm": {"share": 0.7, "market": "south"}},
    },
}


@pytest.mark.parametrize(("wanted", "seated"), [(20, 20), (30, None)])
def test_they_live_where_the_business_is_at_home(wanted: int, seated: int | None) -> None:
    shop = {"customers": wanted, "markets": {"north": {}}}
    scenario = scenario_from({"schema": 1, "businesses": {"a": shop, "b": {}}} | TWO_MARKETS)
    people = Market(scenario, seed=1).world.customers
    mine = people.relation[:, 0] == CUSTOMER
    at_home = people.segment == 0
    assert not mine[~at_home].any()
    assert mine.sum() == (min(wanted, at_home.sum()) if seated is None else seated)


def test_they_are_other_people_in_another_world() -> None:
    one, other = (at_the_beginning(OPEN, seed).world.customers.relation == CUSTOMER for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_books_open_with_them_and_stay_in_step_with_the_columns() -> None:
    market = at_the_beginning(OPEN | {"people.represents": 3})
    stocks = market.businesses[0].stocks
    assert (stocks[Line.CUSTOMERS], stocks[Line.LISTED_CUSTOMERS]) == (120, 120)
    assert stocks[Line.SATISFACTION_SUM] == 120 * 300_000
    market.run()
    counted = 3 * (market.world.customers.relation == CUSTOMER).sum(axis=0)
    assert np.array_equal(market.history[-1, :, Line.CUSTOMERS], counted)
    listed = 3 * (market.tick - 1 - market.world.customers.last_tick < 52).sum(axis=0)
    assert np.array_equal(market.history[-1, :, Line.LISTED_CUSTOMERS], listed)


def test_under_contract_nobody_holds_two_and_the_first_renewal_is_a_term_later() -> None:
    market = at_the_beginning(CONTRACT | {"people.leaving": 0.0, "rules.population.turnover": 0.0})
    assert (market.world.customers.relation == CUSTOMER).sum(axis=1).max() == 1
    rows = np.flatnonzero(market.world.customers.relation[:, 0] == CUSTOMER)
    for orders in (1, 1, 1, 2):
        market.step()
        assert (market.world.customers.orders[rows, 0] == orders).all()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"businesses": {"a": {"customers": 101}}}, r"businesses\.a\.customers \(101\) is above people\.count \(100\)"),
        (
            {
                "rules": {"need": {"clock": "contract"}},
                "businesses": {"a": {"customers": 60}, "b": {"customers": 60}},
            },
            "120 customers hold a contract at first, but there are 100 simulated people",
        ),
        (
            TWO_MARKETS | {"businesses": {"a": {"customers": 31, "markets": {"north": {}}}, "b": {}}},
            r"businesses\.a\.customers \(31\) is above all people where it is at home \(30\)",
        ),
    ],
)
def test_more_than_there_are_people_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        scenario_from({"schema": 1, "people": {"count": 100}} | changes)
