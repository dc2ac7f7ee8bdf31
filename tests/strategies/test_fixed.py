"""Plans that do not react: each spends what it says, to the unit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.rules.retention import Levers
from sim.scenario.load import load_scenario
from sim.scenario.problems import InputError
from sim.strategies.books import CAN_ENTER, IS_THERE, Decision, Reached, Region, Volume, misfit_of, split_of
from sim.strategies.fixed import FixedBudget, FixedSplit, PerCustomer, Schedule, Step, divided
from sim.strategies.registry import STRATEGIES
from tests.strategies.some_books import books, followed, lively

SCHEDULED = "schema: 1\nextends: %s\nbusinesses: {ours: {strategy: {schedule: {steps: {%s}}}}}\n"
STEPS = {"later": Step(40, 2_080.0, 0.25), "first": Step(10, 520.0, 1.0), "pause": Step(60, 0.0, 0.0)}


def test_the_fixed_split_spends_its_share_of_revenue() -> None:
    seen = books(volume=Volume(200.0, 0.0, 0.0))
    assert FixedSplit(spend_share=0.10, acquisition_share=0.3).plan(seen) == Decision(20.0, 0.3)


def test_the_fixed_budget_spends_its_money_whatever_the_revenue() -> None:
    budget = FixedBudget(spend_per_year=520.0, acquisition_share=0.3)
    rich, poor = (books(volume=Volume(revenue, 0.0, 0.0)) for revenue in (9e9, 0.0))
    assert budget.plan(poor) == budget.plan(rich) == Decision(10.0, 0.3)


def test_money_per_head_follows_the_heads() -> None:
    plan = PerCustomer(per_customer=5.2, per_prospect=0.52)
    decision = plan.plan(books(listed_customers=100, prospects=3_000))
    assert decision.spend_per_week == pytest.approx(10.0 + 30.0)
    assert decision.acquisition_share == pytest.approx(0.75)
    grown = plan.plan(books(listed_customers=1_100, prospects=2_000))
    assert grown.acquisition_share < 0.2 and grown.spend_per_week > decision.spend_per_week


def test_in_a_market_money_per_head_turns_to_keeping_as_the_list_grows() -> None:
    world = lively(businesses__ours__known=0.05)
    _, plans = followed(PerCustomer(per_customer=20.0, per_prospect=10.0), world)
    by_size = sorted((seen.listed_customers, -decision.acquisition_share) for seen, decision in plans)
    assert by_size[0][0] < by_size[-1][0]
    assert [split for _, split in by_size] == sorted(split for _, split in by_size)
    constant = [decision.acquisition_share for _, decision in followed(FixedSplit(), world)[1]]
    assert len(set(constant)) == 1  # which could not show this


def test_nothing_is_divided_evenly() -> None:
    assert divided(0.0, 0.0) == Decision(0.0, 0.5)
    assert divided(5e-324, 0.0).acquisition_share == 1.0


@pytest.mark.parametrize(
    ("week", "spend_per_year", "split"),
    [(-52, 520.0, 1.0), (0, 520.0, 1.0), (39, 520.0, 1.0), (40, 2_080.0, 0.25), (59, 2_080.0, 0.25), (60, 0.0, 0.0)],
)
def test_a_schedule_does_what_its_step_says(week: int, spend_per_year: float, split: float) -> None:
    assert Schedule(STEPS).plan(books(week=week)) == Decision(spend_per_year / 52.0, split)


def test_in_a_market_a_schedule_changes_with_the_first_plan_of_each_step() -> None:
    written = {name: step._asdict() for name, step in STEPS.items()}
    world = lively(businesses__ours__strategy={"schedule": {"steps": written}}, time__planning_weeks=8)
    strategy = world.businesses[0].strategy
    _, plans = followed(strategy, world)
    splits = {seen.week: decision.acquisition_share for seen, decision in plans}
    assert [week for week in splits if splits[week] == 1.0] == [0, 8, 16, 24, 32]
    assert [week for week in splits if splits[week] == 0.25] == [40, 48, 56]
    assert all(splits[week] == 0.0 for week in splits if week > 60)


def test_a_step_may_say_prices_and_parts_and_the_calendar_when_to_enter_a_market() -> None:
    step = Step(4, 5_200.0, 0.5, price_old=45.0, channels={"wall": 1.0}, levers={"care": 0.75, "referral": 0.25})
    plan = Schedule({"first": Step(), "spring": step}, enters={"north": 8})
    seen = {
        "price": 50.0,
        "channels": (Reached(0.5, 0.0, 0, 0, "paper"), Reached(0.5, 0.0, 0, 0, "wall")),
        "markets": (Region(10, IS_THERE, 0.0, "home"), Region(10, CAN_ENTER, 0.0, "north")),
    }
    assert plan.plan(books(week=3, **seen)) == Decision(6_000.0 / 52.0, 0.5)
    spring = plan.plan(books(week=7, **seen))
    assert (spring.prices, spring.channels, spring.enter) == ((50.0, 45.0), (0.0, 1.0), ())
    parts = dict.fromkeys(Levers._fields, 0.0) | step.levers
    assert dict(zip(Levers._fields, spring.levers or (), strict=True)) == parts
    assert plan.plan(books(week=8, **seen)).enter == (1,)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("steps: {one: {levers: {care: 0.5}}}", "the levers of the step one add to 0.5; they must add to 1"),
        ("steps: {one: {channels: {advertisin: 1}}}", "Did you mean 'advertising'?"),
        ("steps: {one: {levers: {magic: 1}}}", "there is no 'magic' among the levers of 'ours'"),
        ("enters: {north: 4}", "there is no 'north' among the markets of 'ours'"),
        (
            "steps: {one: {price_old: 501}}",
            "schedule.steps.one.price_old (501) is not within 0.1 to 10 times the price of 'ours' (50)",
        ),
        ("steps: {one: {price_new: 4.99}}", "price_new (4.99) is not within 0.1 to 10 times"),
    ],
)
def test_a_calendar_of_what_is_not_there_is_refused_where_it_is_written(written: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        load_scenario("base", [f"businesses.ours.strategy={{schedule: {{{written}}}}}"])


def test_a_channel_that_is_paid_per_customer_gets_no_part_of_a_calendar() -> None:
    with pytest.raises(InputError, match="there is no 'agents' among the channels of 'ours'"):
        load_scenario("complete", ["businesses.ours.strategy={schedule: {steps: {one: {channels: {agents: 1}}}}}"])


def test_the_order_in_which_steps_are_written_does_not_matter() -> None:
    turned = dict(reversed(STEPS.items()))
    for week in range(0, 80, 4):
        assert Schedule(turned).plan(books(week=week)) == Schedule(STEPS).plan(books(week=week))


def test_steps_of_a_file_are_read_and_merged_by_name(tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.yaml", tmp_path / "child.yaml"
    steps = "spring: {spend_per_year: 100}, autumn: {from_week: 26, acquisition_share: 0.9}"
    parent.write_text(SCHEDULED % ("base", steps), encoding="utf-8")
    changes = "autumn: {from_week: 30}, spring: {spend_per_year: 200}"
    child.write_text(SCHEDULED % (parent, changes), encoding="utf-8")
    ours = load_scenario(child).businesses[0].strategy
    assert ours == Schedule({"spring": Step(0, 200.0, 0.5), "autumn": Step(30, 6_000.0, 0.9)})
    assert load_scenario(child).hash != load_scenario(parent).hash


def test_two_steps_of_one_week_are_refused_where_they_are_written() -> None:
    assert misfit_of(Schedule(STEPS)) is None
    steps = "{one: {from_week: 4}, two: {from_week: 4}}"
    with pytest.raises(InputError, match="the steps one and two both begin in week 4"):
        load_scenario("base", [f"businesses.ours.strategy={{schedule: {{steps: {steps}}}}}"])
    with pytest.raises(InputError, match="steps is empty"):
        load_scenario("base", ["businesses.ours.strategy={schedule: {steps: {}}}"])


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("openning: {from_week: 9}", "'openning' is a new step beside 'opening'. Did you mean 'opening'?"),
        ("Opening: {from_week: 9}", "steps 'opening' and 'Opening' differ only in capital letters. Rename one."),
    ],
)
def test_a_slip_is_no_new_step(new: str, said: str, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.yaml", tmp_path / "child.yaml"
    parent.write_text(SCHEDULED % ("base", "opening: {}"), encoding="utf-8")
    child.write_text(SCHEDULED % (parent, "later: {from_week: 9}"), encoding="utf-8")
    assert load_scenario(child).businesses[0].strategy == Schedule({"opening": Step(), "later": Step(9)})
    child.write_text(SCHEDULED % (parent, new), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(said)):
        load_scenario(child)


def test_who_keeps_a_split_says_so() -> None:
    kept = {name: split_of(strategy) for name, strategy in STRATEGIES.items() if split_of(strategy) is not None}
    assert kept == {"fixed_split": 0.5, "fixed_budget": 0.5, "growth_goal": 0.5, "steady": 0.4, "aggressive": 0.8}
