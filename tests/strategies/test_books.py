"""Books say what happened, and only what a business can know."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.runs import past_of, run_world
from sim.model.history import Line
from sim.model.market import Market
from sim.state.tally import Item
from sim.strategies.books import Books, Period, Rival
from sim.strategies.fixed import FixedBudget, FixedSplit
from sim.strategies.following import FollowTheLeader
from sim.strategies.registry import STRATEGIES
from tests.small_worlds import CONTRACT, scenario_with
from tests.strategies.some_books import books, followed, lively

LIVED = followed(FixedSplit(), lively(time__planning_weeks=5, businesses__ours__fixed_cost_per_year=4000))


def booked(market: Market, first: int, last: int, slot: int = 0) -> dict[str, float]:
    """What the history says of weeks first..last-1 of the run."""
    lines = market.history[market.opening_tick + first : market.opening_tick + last, slot].sum(axis=0)
    return {
        "weeks": last - first,
        "revenue": lines[Item.REVENUE] / 100,
        "cost_of_goods": lines[Line.COST_OF_GOODS] / 100,
        "acquisition_spend": lines[Line.ACQUISITION_SPEND] / 100,
        "retention_spend": lines[Line.RETENTION_SPEND] / 100,
        "orders": lines[Item.ORDERS],
        "joined": lines[Item.LISTED],
        "left": lines[Item.DELISTED],
        "contacts": lines[Item.CONTACTS],
        "responses": lines[Item.NEW_CONTACTED] + lines[Item.RETURNED_CONTACTED],
        "fixed_cost": lines[Line.FIXED_COST] / 100,
        "commission_income": lines[Line.COMMISSION_INCOME] / 100,
    }


def test_the_weeks_since_the_last_plan_and_the_last_year_are_those_of_the_history() -> None:
    market, plans = LIVED
    assert [seen.week for seen, _ in plans[:3]] == [0, 5, 10]
    for seen, _ in plans:
        assert seen.since_plan._asdict() == pytest.approx(booked(market, seen.week - 5, seen.week))
        assert seen.year._asdict() == pytest.approx(booked(market, seen.week - 52, seen.week))
        assert seen.since_plan._asdict() != pytest.approx(booked(market, seen.week - 4, seen.week + 1))
        assert min(seen.year._replace(commission_income=1.0)) > 0  # nobody is anybody's partner here


def test_the_list_is_what_joined_and_has_not_left() -> None:
    _, plans = LIVED
    for (before, _), (after, _) in zip(plans, plans[1:], strict=False):
        assert after.listed_customers - before.listed_customers == after.since_plan.joined - after.since_plan.left


def test_margin_and_profit_are_made_of_what_was_booked() -> None:
    period = Period(4, 100.0, 60.0, 15.0, 5.0, 2, 1, 0, 3, 1, fixed_cost=6.0)
    assert (period.margin, period.profit) == (40.0, 14.0)


def test_a_young_market_has_short_books() -> None:
    recorded: list[Books] = []

    class Status(FixedSplit):
        def plan(self, seen: Books):
            recorded.append(seen)
            return super().plan(seen)

    market = Market(scenario_with({"time.burn_in_weeks": 16, "time.planning_weeks": 5}), 1)
    first = market.businesses[0]
    first.description = first.description._replace(status_quo=Status())
    market.run()
    assert [seen.week for seen in recorded] == [-16, -15, -10, -5]
    assert [seen.since_plan.weeks for seen in recorded] == [0, 1, 5, 5]
    assert [seen.year.weeks for seen in recorded] == [0, 1, 6, 11]
    assert recorded[0].rivals == (Rival(50.0, 0.0, 0.0), Rival(55.0, 0.0, 0.0))


def test_under_contract_whoever_signs_joins_and_whoever_ends_it_leaves() -> None:
    _, plans = followed(FixedSplit(), lively(**{path.replace(".", "__"): value for path, value in CONTRACT.items()}))
    assert sum(seen.since_plan.left for seen, _ in plans) > 0


def test_rivals_show_their_price_and_the_last_quarter_that_is_over() -> None:
    market, plans = LIVED
    for seen, _ in plans:
        over = seen.week - seen.week % 13
        for slot, rival in enumerate(seen.rivals, start=1):
            quarter = booked(market, over - 13, over, slot)
            told = (
                market.businesses[slot].description.offering.price,
                quarter["revenue"],
                quarter["acquisition_spend"],
            )
            assert (rival.price, 13 * rival.revenue, 13 * rival.advertising) == pytest.approx(told)
    changes = [a.week for (b, _), (a, _) in zip(plans, plans[1:], strict=False) if a.rivals != b.rivals]
    assert changes[:5] == [15, 30, 40, 55, 65]  # the first plan after weeks 13, 26, 39, 52 and 65


def test_a_past_that_was_lived_before_gives_the_same_books() -> None:
    for name in ("customer_equity", "follow_the_leader", "adaptive"):
        world = lively(businesses__ours__strategy={name: {}}, people__count=100)
        again = run_world(world, 5, past=past_of(world, 5))
        assert again.result_hash == run_world(world, 5).result_hash


# -- who watches them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rivals", "winning"),
    [
        ((Rival(50.0, 4_000.0, 400.0), Rival(50.0, 2_000.0, 1_000.0)), 100.0),  # a tenth, as the largest one spends
        ((Rival(50.0, 900.0, 400.0), Rival(50.0, 999.0, 999.0)), 40.0),  # nobody is larger
        ((), 40.0),
    ],
)
def test_the_leader_is_the_largest_of_those_who_are_larger(rivals: tuple[Rival, ...], winning: float) -> None:
    decision = FollowTheLeader().plan(books(rivals=rivals))
    assert decision.spend_per_week == pytest.approx(winning + 40.0)
    assert decision.acquisition_share == pytest.approx(winning / (winning + 40.0))


def test_parity_is_a_factor_of_the_leaders_advertising() -> None:
    leader = (Rival(50.0, 4_000.0, 400.0),)
    spent = [FollowTheLeader(parity, keeping_spend=0.0).plan(books(rivals=leader)).spend_per_week for parity in (1, 2)]
    assert spent == pytest.approx([100.0, 200.0])


def test_in_a_market_the_follower_does_a_quarter_later_what_the_leader_does() -> None:
    """The leader begins to advertise in week 0; another strategy that watches nobody stays as it was."""
    loud = {"fixed_split": {"spend_share": 0.3, "acquisition_share": 1.0}}
    quiet = {"fixed_split": {"spend_share": 0.01, "acquisition_share": 1.0}}
    weak = {"businesses__ours__affinity": 0.02, "businesses__rival__affinity": 1.5}
    world = lively(businesses__rival__status_quo=quiet, businesses__rival__strategy=loud, **weak)
    for plan, follows in ((FollowTheLeader(), True), (FixedBudget(), False)):
        _, plans = followed(plan, world)
        share = {
            seen.week: decision.spend_per_week * decision.acquisition_share / seen.volume.revenue
            for seen, decision in plans
        }
        before, after = share[12], share[28]
        assert (after > 3.0 * before) is follows


def test_every_strategy_has_a_business_in_the_same_market() -> None:
    """Eight of them against each other; rivals may use any."""
    names = list(STRATEGIES)
    for chosen in (names[:8], names[-8:]):
        firms = {f"firm{at}": {"known": 0.5, "strategy": {name: {}}} for at, name in enumerate(chosen)}
        market = Market(lively(businesses=firms, people__count=200), 2).run()
        assert np.all(market.history[market.opening_tick :, :, Item.ORDERS].sum(axis=0) > 0)
