"""Every registered strategy keeps the contract; the growth goal reacts the right way."""

import ast
import inspect
import math
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.strategies import books as books_module
from sim.strategies import growth
from sim.strategies.books import Books, Decision, Volume
from sim.strategies.growth import STRATEGIES, FixedBudget, FixedSplit, GrowthGoal

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
MONEY = st.floats(0.0, 1e9)


def books(week=52, revenue=1000.0, opening=1000.0, learned=(0.1,), profit=100.0, customers=100.0) -> Books:
    return Books(
        week=week,
        cash=0.0,
        credit_line=0.0,
        listed_customers=int(customers),
        prospects=900,
        volume=Volume(revenue, profit, customers),
        opening=Volume(opening, 100.0, 100.0),
        classes=(),
        learned=learned,
    )


ANY_BOOKS = st.builds(
    Books,
    week=st.integers(-200, 1000),
    cash=st.floats(-1e9, 1e9),
    credit_line=MONEY,
    listed_customers=st.integers(0, 10**7),
    prospects=st.integers(0, 10**7),
    volume=st.builds(Volume, MONEY, st.floats(-1e9, 1e9), MONEY),
    opening=st.builds(Volume, MONEY, st.floats(-1e9, 1e9), MONEY),
    classes=st.just(()),
    learned=st.one_of(st.just(()), st.tuples(st.floats(0.0, 1.0))),
)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@SETTINGS
@given(seen=ANY_BOOKS)
def test_every_plan_is_possible_and_depends_on_the_books_alone(name, seen):
    strategy = STRATEGIES[name]
    decision = strategy.plan(seen)
    assert decision == strategy.plan(seen)
    assert math.isfinite(decision.spend_per_week)
    assert decision.spend_per_week >= 0.0
    assert 0.0 <= decision.acquisition_share <= 1.0


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_survives_a_business_without_customers_or_revenue(name):
    nothing = Books(0, 0.0, 0.0, 0, 0, Volume(0.0, 0.0, 0.0), Volume(0.0, 0.0, 0.0), (), ())
    decision = STRATEGIES[name].plan(nothing)
    assert decision.spend_per_week == (6_000.0 / 52 if name == "fixed_budget" else 0.0)


def test_a_strategy_that_spends_below_zero_would_be_caught():
    class Spendthrift(FixedSplit):
        def plan(self, books: Books) -> Decision:
            return Decision(-1.0, 0.5)

    with pytest.raises(AssertionError):
        test_every_plan_is_possible_and_depends_on_the_books_alone.hypothesis.inner_test(_with(Spendthrift()), books())


def _with(strategy) -> str:
    STRATEGIES["spendthrift"] = strategy
    return "spendthrift"


@pytest.fixture(autouse=True)
def _registry_as_it_was():
    before = dict(STRATEGIES)
    yield
    STRATEGIES.clear()
    STRATEGIES.update(before)


def test_books_hold_no_column_of_customers():
    for name, kind in get_type_hints(Books).items():
        assert kind in (int, float, Volume, tuple[float, ...], tuple[int, ...]), name
    for module in (books_module, growth):
        imported = [n.module for n in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(n, ast.ImportFrom)]
        assert not [name for name in imported if name and name.startswith(("sim.state", "sim.model"))]


def test_the_fixed_split_spends_its_share_of_revenue():
    assert FixedSplit(spend_share=0.10, acquisition_share=0.3).plan(books(revenue=200.0)) == Decision(20.0, 0.3)


def test_the_fixed_budget_spends_its_money_whatever_the_revenue():
    budget = FixedBudget(spend_per_year=520.0, acquisition_share=0.3)
    assert budget.plan(books(revenue=0.0)) == budget.plan(books(revenue=9e9)) == Decision(10.0, 0.3)


def test_the_growth_goal_opens_with_its_opening_spend():
    decision = GrowthGoal(opening_spend=0.12).plan(books(week=0, learned=()))
    assert decision.spend_per_week == pytest.approx(120.0)
    assert decision.learned == (0.12,)


def test_on_its_path_the_growth_goal_changes_nothing():
    goal = GrowthGoal(low=0.1, high=0.1)
    on_path = 1000.0 * 1.1 ** ((52 - 13) / 52 + 0.5)
    assert goal.plan(books(week=52, revenue=on_path)).learned[0] == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize(("revenue", "moves"), [(500.0, 1), (5000.0, -1)])
def test_the_growth_goal_spends_more_when_behind_and_less_when_ahead(revenue, moves):
    spent = GrowthGoal().plan(books(revenue=revenue)).learned[0]
    assert (spent - 0.1) * moves > 0.0


@SETTINGS
@given(seen=ANY_BOOKS)
def test_the_growth_goal_never_passes_its_most(seen):
    goal = GrowthGoal(most_spend=0.25)
    assert goal.plan(seen).learned[0] <= 0.25


@pytest.mark.parametrize("of", [0, 1, 2])
def test_the_growth_goal_follows_the_measure_it_is_given(of):
    """The other two measures soar; only the chosen one lags, so it spends more."""
    high = {"revenue": 1e6, "profit": 1e6, "customers": 1e6}
    high[books_module.MEASURES[of]] = 10.0
    assert GrowthGoal(of=of).plan(books(**high)).learned[0] > 0.1


def test_steady_aims_at_10_to_20_per_cent_and_aggressive_at_50_to_100():
    steady, aggressive = STRATEGIES["steady"], STRATEGIES["aggressive"]
    assert (steady.low, steady.high) == (0.10, 0.20)
    assert (aggressive.low, aggressive.high) == (0.50, 1.00)
