"""The market: the order of a week, the counting of weeks, the years before week 0, and what growth means."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.model import loops
from sim.model.business import Business
from sim.model.census import Census
from sim.model.customer import Customer
from sim.model.history import Line
from sim.model.market import Market
from sim.model.metrics import METRICS
from sim.model.views import terms_of, whole
from sim.rules.memory import CUSTOMER
from sim.state.customers import NOBODY
from sim.state.diary import DEPARTURE, ORDER
from sim.state.tally import Item
from sim.strategies.books import Books, Decision
from tests.small_worlds import CONTRACT, LEFT_OUT, differing_columns, lived, scenario_with


class Recorder:
    """A strategy that writes down what it was shown."""

    def __init__(self, spend: float = 0.0) -> None:
        self.shown: list[Books] = []
        self.spend = spend

    def plan(self, books: Books) -> Decision:
        self.shown.append(books)
        return Decision(self.spend, 0.5, (float(books.week),))


def with_recorders(changes: dict[str, Any]) -> tuple[Market, Recorder, Recorder]:
    """A market whose first business records what it sees before and after week 0."""
    market = Market(scenario_with(changes), seed=1)
    before, after = Recorder(spend=50.0), Recorder(spend=90.0)
    first = market.businesses[0]
    first.description = first.description._replace(status_quo=before, strategy=after)
    return market.run(), before, after


# -- weeks -------------------------------------------------------------------------------------------------------------


def test_weeks_count_from_the_beginning_of_the_run() -> None:
    market = Market(scenario_with({}), seed=1)
    assert (market.week, market.tick, market.opening_tick, market.last_tick) == (-16, 0, 16, 66)
    market.step()
    assert (market.week, market.tick, market.steps) == (-15, 1, 1)
    assert (market.run().week, market.tick, market.steps) == (50, 66, 66)
    assert market.run().tick == 66
    assert [len(market.last_weeks(weeks)) for weeks in (0, 5, 66, 99)] == [0, 5, 66, 66]


def test_a_world_may_begin_at_week_0() -> None:
    market = lived({"time.burn_in_weeks": 0, "time.weeks": 3})
    assert (market.week, market.tick) == (3, 3)


def test_before_week_0_the_status_quo_plans_and_then_the_strategy() -> None:
    _, before, after = with_recorders({})
    assert [books.week for books in before.shown] == [-16, -12, -8, -4]
    assert [books.week for books in after.shown] == list(range(0, 50, 4))


@pytest.mark.parametrize("planning_weeks", [1, 3, 5])
def test_there_is_a_plan_at_week_0_and_in_the_first_week_of_all(planning_weeks: int) -> None:
    _, before, after = with_recorders({"time.planning_weeks": planning_weeks})
    weeks = [books.week for books in before.shown + after.shown]
    assert weeks == [week for week in range(-16, 50) if week % planning_weeks == 0 or week == -16]
    assert after.shown[0].week == 0


def test_what_a_strategy_learned_comes_back_and_is_forgotten_at_week_0() -> None:
    _, before, after = with_recorders({})
    assert [books.learned for books in before.shown] == [(), (-16.0,), (-12.0,), (-8.0,)]
    assert [books.learned for books in after.shown[:4]] == [(), (0.0,), (4.0,), (8.0,)]


def test_a_decision_stands_until_the_next_plan() -> None:
    market, _, _ = with_recorders({"businesses.ours.cash": 1e6, "businesses.ours.levers": LEFT_OUT})
    spent = market.history[:, 0, [Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum(axis=1)
    assert spent.max() == 9000
    assert (spent[:16] <= 5000).all() and (spent[16:] <= 9000).all() and (spent[16:] > 5000).any()


def test_books_show_a_businesss_own_money_its_list_and_the_size_of_the_market() -> None:
    market, _, after = with_recorders({"time.burn_in_weeks": 60})
    opening, books = market.opening_tick, after.shown[0]
    year = market.history[opening - 52 : opening, 0]
    cost = year[:, [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum()
    assert books.opening.revenue == pytest.approx(year[:, Item.REVENUE].sum() / 52 / 100)
    assert books.opening.profit == pytest.approx((year[:, Item.REVENUE].sum() - cost) / 52 / 100)
    assert books.opening.customers == books.listed_customers == year[-1, Line.LISTED_CUSTOMERS]
    assert books.prospects == market.scenario.people - books.listed_customers
    assert (books.cash, books.credit_line) == (10_000.0, 20_000.0)
    assert after.shown[1].cash == market.history[opening + 3, 0, Line.CASH] / 100


def test_under_contract_the_list_is_the_live_contracts() -> None:
    market = lived(CONTRACT)
    for business in market.businesses:
        assert business.listed_customers == (market.world.customers.relation[:, business.slot] == CUSTOMER).sum()


# -- the order of a week -----------------------------------------------------------------------------------------------


def test_a_week_has_its_phases_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    def noted(owner: type, name: str, what: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def note(self: Any, *args: Any) -> Any:
            happened.append(what)
            return real(self, *args)

        monkeypatch.setattr(owner, name, note)

    noted(Census, "take", "census")
    noted(Business, "plan", "plan")
    noted(Business, "offer", "offer")
    noted(Customer, "step", "listen")
    noted(Customer, "advance", "decide")
    noted(Business, "close_books", "close")
    Market(scenario_with({"people.count": 4}), seed=1, loop="mesa").step()
    assert happened == ["census"] + ["plan"] * 3 + ["offer"] * 3 + ["listen"] * 4 + ["decide"] * 4 + ["close"] * 3


@pytest.mark.parametrize(
    "network", [{"mixed": {"listening": 0.5}}, {"random": {"degree": 5.0, "talk_per_friend": 0.2}}]
)
def test_what_is_heard_is_what_a_friend_told_the_week_before(network: dict[str, Any]) -> None:
    market = Market(scenario_with({"network": network, "rules.talk.told_always": 0.5}), seed=1)
    stories_heard = 0
    for _ in range(40):
        table = market.world.customers
        told = list(zip(table.told_about.tolist(), table.told_story.tolist(), strict=True))
        market.step()
        for customer in market.customers.select(table.heard_about != NOBODY):
            candidates = (
                customer.friends() if "random" in network else market.customers.select(lambda c, me=customer: c != me)
            )
            assert (customer.heard_about, customer.heard_story) in {told[friend.row] for friend in candidates}
            stories_heard += 1
    assert stories_heard > 100


def test_the_tally_is_empty_between_weeks(lively_market: Market) -> None:
    assert not lively_market.world.tally.any()


def test_loops_are_known_by_name() -> None:
    assert list(loops.LOOPS) == ["compiled", "mesa", "shuffled"]
    with pytest.raises(KeyError, match="quick"):
        Market(scenario_with({}), seed=1, loop="quick")


# -- results -----------------------------------------------------------------------------------------------------------


def test_a_result_is_known_by_every_bit_of_it(lively_market: Market) -> None:
    before = lively_market.result_hash()
    lively_market.history[3, 1, 2] += 1
    changed = lively_market.result_hash()
    lively_market.history[3, 1, 2] -= 1
    assert lively_market.result_hash() == before != changed
    for name, column in lively_market.world.customers.columns().items():
        bits = column.view(f"u{column.itemsize}").flat
        bits[-1] ^= 1
        assert lively_market.result_hash() != before, name
        bits[-1] ^= 1
    assert lively_market.result_hash() == before


def test_following_people_changes_nothing_and_shows_everything_they_did() -> None:
    alone, some, everybody = (lived({}, followed=followed) for followed in (0, 20, 10_000))
    assert alone.result_hash() == some.result_hash() == everybody.result_hash()
    assert alone.followed_events == []
    few, all_events = (np.concatenate(market.followed_events) for market in (some, everybody))
    assert np.array_equal(few, all_events[all_events[:, 1] < 20])
    assert set(all_events[:, 1].tolist()) <= set(range(113)) and len(few) > 0
    assert set(all_events[:, 3].tolist()) == {ORDER, DEPARTURE}
    weeks, people = all_events[:, 0], all_events[:, 1]
    assert (np.diff(weeks) >= 0).all()
    assert all((np.diff(people[weeks == week]) >= 0).all() for week in range(-16, 50))


# -- growth ------------------------------------------------------------------------------------------------------------


def test_growth_is_the_last_52_weeks_over_the_52_before_week_0_per_year() -> None:
    scenario = scenario_with({"time": {"burn_in_weeks": 60, "weeks": 110}})
    market = Market(scenario, seed=1, followed=scenario.people)
    while market.week < 0:
        market.step()
    opening_customers = (market.world.customers.relation == CUSTOMER).sum(axis=0)
    market.run()
    events = np.concatenate(market.followed_events)
    orders = events[events[:, 3] == ORDER]
    years = 110 / 52

    def revenue(first: int, last: int) -> np.ndarray:
        inside = orders[(orders[:, 0] >= first) & (orders[:, 0] < last)]
        return np.bincount(inside[:, 2], weights=inside[:, 4], minlength=3)

    def profit(first: int, last: int) -> np.ndarray:
        lines = market.history[market.opening_tick + first : market.opening_tick + last].sum(axis=0)
        return revenue(first, last) - lines[:, [Line.COST_OF_GOODS, Line.ACQUISITION_SPEND, Line.RETENTION_SPEND]].sum(
            axis=1
        )

    measured = dict(zip(METRICS, whole(market.history, terms_of(market.scenario)).T, strict=True))
    customers = (market.world.customers.relation == CUSTOMER).sum(axis=0)
    assert measured["revenue_growth"] == pytest.approx((revenue(58, 110) / revenue(-52, 0)) ** (1 / years) - 1)
    assert measured["profit_growth"] == pytest.approx((profit(58, 110) / profit(-52, 0)) ** (1 / years) - 1)
    assert measured["customer_growth"] == pytest.approx((customers / opening_customers) ** (1 / years) - 1)
    assert measured["revenue"] == pytest.approx(revenue(0, 110) / 100)
    assert (profit(-52, 0) > 0).all() and (profit(58, 110) > 0).all()
    assert len(set(measured["revenue_growth"].tolist())) == 3


def test_revenue_is_traffic_times_conversion_times_orders_per_buyer_times_their_value() -> None:
    """Of every business, exactly; and nobody orders of whom nobody thought."""
    for clock in ({}, {"rules.need": {"clock": "contract", "renewal_weeks": 4}}):
        market = lived(clock)
        measured = dict(zip(METRICS, whole(market.history, terms_of(market.scenario)).T, strict=True))
        product = measured["traffic"] * measured["conversion"]
        product = product * measured["orders_per_buyer"] * measured["average_order_value"]
        assert product == pytest.approx(measured["revenue"]) and (measured["revenue"] > 0).all()
        assert (measured["conversion"] < 1.0).all() and (measured["orders_per_buyer"] >= 1.0).all()
        weeks = market.history[market.opening_tick :]
        assert (weeks[:, :, Item.TRAFFIC] <= market.scenario.people).all()
        assert (weeks[:, :, Item.TRAFFIC] >= weeks[:, :, Item.BUYERS]).all()


def test_people_who_represent_many_are_a_sample_of_a_larger_market() -> None:
    """Each person stands for eight, and all money is eight times as much: eight times the same history, to the coin."""
    budget = {"fixed_budget": {"spend_per_year": 5200.0, "acquisition_share": 0.5}}
    small: dict[str, Any] = {f"businesses.{name}.strategy": budget for name in ("ours", "rival", "third")}
    small |= {f"businesses.{name}.status_quo": budget for name in ("ours", "rival", "third")}
    small |= {f"businesses.{name}.unit_cost": 0.0 for name in ("ours", "rival", "third")}  # else cents are rounded
    small |= {"businesses.ours.promotions.welcome.discount": 0.0}  # for the same reason
    small |= {"businesses.third.cash": 10_000.0, "businesses.third.credit_line": 20_000.0}
    large = {path: {"fixed_budget": {"spend_per_year": 41_600.0}} for path in small if path.endswith(("_quo", "gy"))}
    large |= {f"businesses.{name}.cash": 80_000.0 for name in ("ours", "rival", "third")}
    large |= {f"businesses.{name}.credit_line": 160_000.0 for name in ("ours", "rival", "third")}
    one, many = lived(small), lived(small | large | {"people.represents": 8})
    np.testing.assert_array_equal(8 * one.history, many.history)
    assert differing_columns(one, many) == []
