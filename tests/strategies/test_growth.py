"""Plans that want to grow: the goal reacts the right way, the subsidy ends, the stages change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from sim.experiment.compare import GROWTH
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError
from sim.strategies.books import MEASURES, Books, Goal, Period, Volume, goal_of
from sim.strategies.fixed import FixedSplit
from sim.strategies.growth import GrowthGoal, Staged, SubsidisedGrowth
from sim.strategies.registry import STRATEGIES
from tests.strategies.some_books import ANY_BOOKS, USUAL, books, followed, lively

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)


def in_business(revenue: float = 1000.0, opening: float = 1000.0, **changes: Any) -> Books:
    changes = {"learned": (0.1,)} | changes
    return books(volume=Volume(revenue, 100.0, 100.0), opening=Volume(opening, 100.0, 100.0), **changes)


# -- the growth goal ---------------------------------------------------------------------------------------------------


def test_the_growth_goal_opens_with_its_opening_spend() -> None:
    decision = GrowthGoal(opening_spend=0.12).plan(in_business(week=0, learned=()))
    assert decision.spend_per_week == pytest.approx(120.0)
    assert decision.learned == (0.12,)


def test_on_its_path_the_growth_goal_changes_nothing() -> None:
    goal = GrowthGoal(low=0.1, high=0.1)
    on_path = 1000.0 * 1.1 ** ((52 - 13) / 52 + 0.5)
    assert goal.plan(in_business(revenue=on_path)).learned[0] == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize(("revenue", "moves"), [(500.0, 1), (5000.0, -1)])
def test_the_growth_goal_spends_more_when_behind_and_less_when_ahead(revenue: float, moves: int) -> None:
    spent = GrowthGoal().plan(in_business(revenue=revenue)).learned[0]
    assert (spent - 0.1) * moves > 0.0


@SETTINGS
@given(seen=ANY_BOOKS)
def test_the_growth_goal_never_passes_its_most(seen: Books) -> None:
    goal = GrowthGoal(most_spend=0.25)
    assert goal.plan(seen._replace(learned=(0.4,))).learned[0] <= 0.25


@pytest.mark.parametrize("of", [0, 1, 2])
def test_the_growth_goal_follows_the_measure_it_is_given(of: int) -> None:
    """The other two measures soar; only the chosen one lags, so it spends more."""
    high = {"revenue": 1e6, "profit": 1e6, "customers": 1e6} | {MEASURES[of]: 10.0}
    seen = books(volume=Volume(**high), opening=Volume(1000.0, 100.0, 100.0), learned=(0.1,))
    assert GrowthGoal(of=of).plan(seen).learned[0] > 0.1


def test_steady_aims_at_10_to_20_per_cent_and_aggressive_at_50_to_100() -> None:
    goals = {name: goal_of(strategy) for name, strategy in STRATEGIES.items() if goal_of(strategy)}
    assert goals == {
        "growth_goal": Goal("revenue", 0.10, 0.20),
        "steady": Goal("revenue", 0.10, 0.20),
        "aggressive": Goal("revenue", 0.50, 1.00),
    }


def test_every_measure_of_a_goal_has_a_metric_that_judges_it() -> None:
    assert set(GROWTH) == set(MEASURES)
    assert [goal_of(GrowthGoal(of=of)).of for of in range(3)] == list(MEASURES)  # type: ignore[union-attr]


def test_a_goal_the_wrong_way_round_is_refused_also_as_the_status_quo() -> None:
    for plan in ("strategy", "status_quo"):
        setting = f"businesses.ours.{plan}={{growth_goal: {{low: 0.3}}}}"
        with pytest.raises(InputError, match=r"low must not be above high \(got 0.3 and 0.2\). Exchange them."):
            load_scenario("base", [setting])


def test_whatever_declares_a_goal_needs_a_year_to_grow_from() -> None:
    with pytest.raises(InputError, match="the growth goal of 'ours' has nothing to grow from"):
        load_scenario("steady", ["time.burn_in_weeks=0"])
    assert load_scenario("base", ["time.burn_in_weeks=0", "businesses.ours.strategy={staged: {}}"])


# -- subsidised growth -------------------------------------------------------------------------------------------------

SUBSIDY = SubsidisedGrowth(burn_per_year=5_200.0, until_week=60)


def recent(margin: float, weeks: int = 4) -> Period:
    return USUAL.since_plan._replace(weeks=weeks, revenue=margin + 1_000.0, cost_of_goods=1_000.0)


def test_the_subsidy_comes_on_top_of_what_is_earned_and_pays_for_losses_up_to_itself() -> None:
    for margin, spend in ((800.0, 300.0), (0.0, 100.0), (-200.0, 50.0), (-800.0, 0.0)):
        assert SUBSIDY.plan(books(week=20, since_plan=recent(margin))).spend_per_week == pytest.approx(spend)


def test_after_its_date_a_subsidised_business_lives_on_a_share_of_revenue() -> None:
    before, after = (SUBSIDY.plan(books(week=week)) for week in (59, 60))
    assert before.acquisition_share == 0.9
    assert (after.spend_per_week, after.acquisition_share) == (pytest.approx(0.08 * 1000.0), 0.5)


def test_in_a_market_a_subsidised_business_burns_about_what_it_may_and_stops_at_its_date() -> None:
    world = lively(businesses__ours__cash=1e6, businesses__ours__channels={"advertising": {"ceiling": 0.1}})
    _, plans = followed(SUBSIDY, world)
    lost = {seen.week: seen.since_plan.profit / seen.since_plan.weeks for seen, _ in plans if seen.week > 0}
    during = [loss for week, loss in lost.items() if week <= 60]
    after = [loss for week, loss in lost.items() if week > 60]
    assert -200.0 < sum(during) / len(during) < 0.0 < sum(after) / len(after)
    _, calm = followed(FixedSplit(), world)
    assert all(seen.since_plan.profit > 0.0 for seen, _ in calm if 20 < seen.week <= 60)  # who is not subsidised


# -- stages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "seen", "reached"),
    [
        (Staged(0.10), books(listed_customers=999, prospects=9_001), False),
        (Staged(0.10), books(listed_customers=1_000, prospects=9_000), True),
        (Staged(0.0, base_customers=500), books(listed_customers=499), False),
        (Staged(0.0, base_customers=500), books(listed_customers=500), True),
        (Staged(0.0, base_week=52), books(week=51), False),
        (Staged(0.0, base_week=52), books(week=52), True),
        (Staged(), books(week=5_000, listed_customers=999, prospects=9_001), False),
        (Staged(), books(listed_customers=1_000, prospects=9_000), True),
        (Staged(base_customers=2_000), books(listed_customers=1_999, prospects=0), False),
        (Staged(base_week=52), books(week=51, listed_customers=10_000, prospects=0), False),
        (Staged(0.9, base_customers=9_999, base_week=40), books(week=40), True),
        (Staged(0.10), books(learned=(1.0,), listed_customers=1), True),
        (Staged(0.10), books(learned=(0.0,), listed_customers=1), False),
    ],
)
def test_a_stage_ends_with_the_first_base_that_is_reached(plan: Staged, seen: Books, reached: bool) -> None:
    decision = plan.plan(seen)
    spend, split = (0.08, 0.3) if reached else (0.15, 0.9)
    assert (decision.spend_per_week, decision.acquisition_share) == (pytest.approx(spend * 1000.0), split)
    assert decision.learned == (float(reached),)


class NeverReached(Staged):
    """What a staged plan would be if it did not look at its list."""

    def _is_reached(self, seen: Books) -> bool:
        return False


def test_in_a_market_the_staged_plan_turns_once_at_its_size_and_never_back() -> None:
    size = 270
    world = lively(businesses__ours__known=0.05)

    def turns(plan: Staged) -> list[int]:
        _, plans = followed(plan, world)
        listed = [seen.listed_customers for seen, _ in plans]
        assert min(listed) < size <= max(listed)
        splits = [decision.acquisition_share for _, decision in plans]
        return [at for at in range(1, len(plans)) if splits[at] != splits[at - 1]]

    (turn,) = turns(Staged(0.0, base_customers=size))
    _, plans = followed(Staged(0.0, base_customers=size), world)
    assert plans[turn - 1][0].listed_customers < size <= plans[turn][0].listed_customers
    assert turns(NeverReached(0.0, base_customers=size)) == []
