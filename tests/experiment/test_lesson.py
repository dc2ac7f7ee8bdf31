"""A lesson is the market of `run`, lived twice: the same bits if nobody decides, and what was decided lives again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiment.calendar import a_year
from sim.experiment.lesson import OWN, SIDES, STATUS_QUO, Course, Lesson, Refused, course_of
from sim.experiment.runs import run_world
from sim.experiment.visible import Visible, faces, told_by, who_is_seen
from sim.interface.pages.lab import saved_text
from sim.model.market import Market
from sim.rules.value import whole
from sim.scenario.load import load_scenario, scenario_from
from sim.scenario.schema import Scenario
from sim.state.customers import NOBODY
from sim.state.network import Friends, nobody, small_world
from tests.experiment.little import little
from tests.small_worlds import scenario_with

SEED, WEEKS = 7, 60
NONSENSE = [math.nan, math.inf, -0.01, 1.01, "0.5", True, [0.5], {"value": 0.5}, b"0.5", 10**400]


@pytest.fixture(scope="module")
def course() -> Course:
    return course_of(little("steady"), SEED)


def lived(lesson: Lesson, weeks: int = WEEKS) -> Lesson:
    for _ in range(weeks):
        lesson.step()
    return lesson


def state_of(lesson: Lesson) -> list[Any]:
    return [(side.plan, side.hand.held, side.market.result_hash()) for side in lesson.sides.values()]


# -- the same market ---------------------------------------------------------------------------------------------------


def test_left_alone_it_is_bit_for_bit_what_run_gives(course: Course) -> None:
    lesson, run = lived(Lesson(course)), run_world(course.scenario, SEED)
    side = lesson.sides["A"]
    assert side.market.result_hash() == run.result_hash
    assert np.array_equal(np.stack(list(side.weekly.values()), axis=-1), run.weekly[:, 0], equal_nan=True)
    assert np.array_equal(list(side.whole.values()), run.whole[0], equal_nan=True)
    assert lesson.is_over and lesson.week == WEEKS
    lesson.step()
    assert lesson.week == WEEKS and side.market.result_hash() == run.result_hash


def test_a_lively_world_is_lived_as_run_lives_it() -> None:
    scenario = scenario_with({})
    lesson = lived(Lesson(course_of(scenario, SEED)), scenario.time.weeks)
    assert lesson.sides["A"].market.result_hash() == run_world(scenario, SEED).result_hash


def test_both_sides_are_one_world_until_somebody_decides(course: Course) -> None:
    lesson = Lesson(course)
    lesson.choose("B", OWN)
    lived(lesson, 20)
    assert lesson.sides["A"].market.result_hash() == lesson.sides["B"].market.result_hash()
    lesson.hold("B", "acquisition_share", 0.9)
    lived(lesson, 20)
    a, b = (lesson.sides[side].market for side in SIDES)
    assert a.result_hash() != b.result_hash()
    past = slice(0, a.opening_tick + 20)
    assert np.array_equal(a.history[past], b.history[past]) and not np.array_equal(a.history, b.history)


def test_what_is_set_now_holds_from_the_next_plan_on_and_can_be_given_back(course: Course) -> None:
    lesson = lived(Lesson(course), 5)
    hand = lesson.sides["A"].hand
    own = hand.decided[4]
    lesson.hold("A", "acquisition_share", 0.9)
    assert lesson.next_plan == 8
    assert lesson.sides["A"].standing == own._replace(acquisition_share=0.9)
    lived(lesson, 4)
    assert hand.decided[8].acquisition_share == 0.9
    assert hand.decided[8].learned != own.learned  # the plan below the hand goes on learning
    lesson.hold("A", "acquisition_share", None)
    lived(lesson, 4)
    assert hand.decided[12].acquisition_share == own.acquisition_share == 0.4


def test_money_in_hand_is_what_is_spent(course: Course) -> None:
    lesson = Lesson(course)
    lesson.hold("A", "spend_per_year", 5200.0)
    lesson.hold("A", "acquisition_share", 0.25)
    weekly = lived(lesson, 8).sides["A"].weekly
    assert weekly["acquisition_spend"].tolist() == [25.0] * 8
    assert weekly["retention_spend"].tolist() == [75.0] * 8


def test_prices_in_hand_are_what_customers_pay(course: Course) -> None:
    lesson = Lesson(course)
    listed = course.scenario.businesses[0].offering.price
    lesson.hold("A", "price_old", 0.8 * listed)
    lived(lesson, 1)
    paid = lesson.sides["A"].market.businesses[0].prices
    assert (paid.new, paid.old) == (listed, 0.8 * listed)
    lesson.hold("A", "price_old", None)
    lived(lesson, 4)
    assert lesson.sides["A"].decided["price_old"] == listed


def test_money_for_levers_goes_where_the_hand_says(course: Course) -> None:
    lesson = Lesson(course)
    assert lesson.sides["A"].decided["levers.care"] == 1.0
    lesson.hold("A", "levers.loyalty_scheme", 0.75)
    now = lesson.sides["A"].decided
    assert (now["levers.loyalty_scheme"], now["levers.care"]) == (0.75, 0.25)
    lesson.hold("A", "levers.reminders", 0.5)
    now = lesson.sides["A"].decided
    assert [now[f"levers.{name}"] for name in ("reminders", "loyalty_scheme", "care")] == [0.5, 0.375, 0.125]
    lived(lesson, 1)
    assert lesson.sides["A"].hand.decided[0].levers == lesson.sides["A"].hand.held.levers
    assert lesson.sides["A"].market.result_hash() != lesson.sides["B"].market.result_hash()
    lesson.hold("A", "levers.reminders", None)  # the parts of one whole are left to the plan together
    lived(lesson, 4)
    assert lesson.sides["A"].decided["levers.care"] == 1.0


def test_winning_money_is_divided_among_channels_that_have_a_budget() -> None:
    channels = {"paper": {"budget_share": 0.5}, "wall": {"budget_share": 0.5}, "blog": {"kind": "affiliate"}}
    data = little("steady").resolved
    ours = data["businesses"]["ours"] | {"channels": channels}
    course = course_of(scenario_from(data | {"businesses": data["businesses"] | {"ours": ours}}), SEED)
    assert [name for name in course.decidable if name.startswith("channels.")] == ["channels.paper", "channels.wall"]
    lesson = Lesson(course)
    lesson.hold("A", "channels.wall", 0.9)
    lived(lesson, 1)
    assert lesson.sides["A"].hand.decided[0].channels == pytest.approx((0.1, 0.9, 0.0))


def test_a_single_channel_is_nothing_to_divide(course: Course) -> None:
    assert not [name for name in course.decidable if name.startswith("channels.")]


def test_another_plan_begins_without_what_the_first_has_learned(course: Course) -> None:
    lesson = lived(Lesson(course), 8)
    lesson.choose("A", "customer_equity")
    heard = []
    strategy = lesson.sides["A"].hand.strategy
    plan = strategy.plan
    lesson.sides["A"].hand.strategy = type(
        "Heard", (), {"plan": lambda _, books: (heard.append(books.learned), plan(books))[1]}
    )()
    lived(lesson, 8)
    assert heard[0] == () and len(heard) == 2


def test_beginning_again_forgets_everything(course: Course) -> None:
    lesson = Lesson(course)
    fresh = state_of(lesson)
    lesson.hold("A", "acquisition_share", 0.9)
    lesson.choose("B", "aggressive")
    lived(lesson, 9)
    lesson.reset()
    assert state_of(lesson) == fresh
    assert lived(lesson).sides["A"].market.result_hash() == run_world(course.scenario, SEED).result_hash


# -- what cannot be ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(course: Course, value: Any) -> None:
    lesson = lived(Lesson(course), 3)
    before = state_of(lesson)
    with pytest.raises(Refused):
        lesson.hold("A", "acquisition_share", value)
    if not (isinstance(value, float) and 0.0 <= value <= course.most_spend):
        with pytest.raises(Refused):
            lesson.hold("A", "spend_per_year", value)
    assert state_of(lesson) == before


def test_nobody_decides_on_what_is_not_there(course: Course) -> None:
    lesson = Lesson(course)
    before = state_of(lesson)
    for wish in (
        lambda: lesson.hold("C", "acquisition_share", 0.5),
        lambda: lesson.hold(["A"], "acquisition_share", 0.5),
        lambda: lesson.hold("A", "price", 1.0),
        lambda: lesson.hold("A", {}, 1.0),
        lambda: lesson.hold("A", "spend_per_year", 2.0 * course.most_spend),
        lambda: lesson.hold("A", "price_new", 0.0),
        lambda: lesson.hold("A", "price_old", 1e6),
        lambda: lesson.hold("A", "levers", 0.5),
        lambda: lesson.hold("A", "levers.magic", 0.5),
        lambda: lesson.hold("A", "levers.care", 1.01),
        lambda: lesson.hold("A", "channels.advertising", 0.5),
        lambda: lesson.choose("A", "schedule"),
        lambda: lesson.choose("A", ["own"]),
        lambda: lesson.choose(0, OWN),
        lambda: lesson.saved("C"),
    ):
        with pytest.raises(Refused):
            wish()
    assert state_of(lesson) == before


def test_more_people_than_can_be_watched_are_refused_before_anything_is_lived() -> None:
    with pytest.raises(ValueError, match=r"^people\.count: .* at most 20,000 .* has 20,001; say --customers 20000$"):
        course_of(little(people=20_001), SEED)


def test_every_plan_that_the_scenario_allows_can_be_followed(course: Course) -> None:
    assert {OWN, STATUS_QUO, "aggressive", "adaptive", "customer_equity"} <= set(course.plans)
    assert "steady" not in course.plans  # it is the scenario's own
    for plan in course.plans:
        lesson = Lesson(course)
        lesson.choose("A", plan)
        lived(lesson, 9)


# -- what was decided --------------------------------------------------------------------------------------------------


def again(course: Course, lesson: Lesson, side: str) -> str:
    """What comes out of a saved scenario, lived as long as the lesson."""
    return run_world(scenario_from(lesson.saved(side)), SEED).result_hash


def test_saved_and_run_with_the_same_seed_it_lives_the_lesson_again(course: Course) -> None:
    lesson = lived(Lesson(course), 6)
    lesson.hold("A", "acquisition_share", 0.9)
    lived(lesson, 20)
    lesson.hold("A", "spend_per_year", 3210.0)
    lesson.choose("B", "aggressive")
    lived(lesson, 20)
    lesson.hold("A", "acquisition_share", None)
    lived(lesson, WEEKS - 46)
    for side in SIDES:
        assert "schedule" in lesson.saved(side)["businesses"]["ours"]["strategy"]
        assert again(course, lesson, side) == lesson.sides[side].market.result_hash()


def test_a_plan_that_was_left_alone_is_saved_as_itself(course: Course) -> None:
    lesson = lived(Lesson(course), 10)
    assert lesson.saved("A")["businesses"] == course.scenario.resolved["businesses"]
    lesson.reset()
    lesson.choose("A", "aggressive")
    lived(lesson)
    assert set(lesson.saved("A")["businesses"]["ours"]["strategy"]) == {"aggressive"}
    assert again(course, lesson, "A") == lesson.sides["A"].market.result_hash()


def test_what_is_held_but_not_yet_decided_is_saved_for_the_next_plan(course: Course) -> None:
    lesson = lived(Lesson(course), 5)
    lesson.hold("B", "acquisition_share", 0.1)
    lesson.hold("B", "spend_per_year", 1000.0)
    saved = again(course, lesson, "B")
    assert saved == lived(lesson, WEEKS - 5).sides["B"].market.result_hash()


def test_before_the_first_week_nothing_was_decided_that_could_be_saved(course: Course) -> None:
    lesson = Lesson(course)
    lesson.hold("A", "acquisition_share", 0.9)
    with pytest.raises(Refused):
        lesson.saved("A")
    assert lived(lesson, 1).saved("A")


def of_two_markets(cost: float = 100.0, plan: dict[str, Any] | None = None) -> Scenario:
    """A business with two channels that is at home in one market and may enter the other; weekly plans."""
    data = little("steady", planning_weeks=1).resolved
    channels = {"paper": {"budget_share": 0.5}, "wall": {"budget_share": 0.5}, "blog": {"kind": "affiliate"}}
    ours = data["businesses"]["ours"] | {
        "channels": channels,
        "markets": {"home": {}, "north": {"enters_week": 30_000, "cost": cost, "known": 0.1}},
        "strategy": plan or {"steady": {}},
    }
    homely = {"markets": {"home": {}}}
    return scenario_from(
        data
        | {
            "markets": {"home": {}, "north": {"distance": 0.5}},
            "people": data["people"]
            | {"segments": {"here": {"share": 0.6, "market": "home"}, "there": {"share": 0.4, "market": "north"}}},
            "businesses": {
                name: (ours if name == "ours" else each | homely) for name, each in data["businesses"].items()
            },
        }
    )


MOVES: dict[str, list[tuple[int, str, float | None]]] = {
    "spend_per_year": [(0, "spend_per_year", 3210.7), (9, "spend_per_year", 1234.56), (31, "spend_per_year", None)],
    "acquisition_share": [(3, "acquisition_share", 1.0 / 3.0)],
    "price_new": [(2, "price_new", 41.0), (20, "price_new", None)],
    "price_old": [(2, "price_old", 61.3), (20, "price_new", 33.3)],
    "channels": [(1, "channels.wall", 0.9), (17, "channels.paper", 0.7)],
    "levers": [(4, "levers.loyalty_scheme", 0.3), (11, "levers.reminders", 0.21), (40, "levers.care", None)],
    "markets": [(6, "markets.north", 1.0), (30, "markets.north", None)],
}


@pytest.fixture(scope="module")
def wide() -> Course:
    return course_of(of_two_markets(), SEED)


def moved(course: Course, moves: list[tuple[int, str, float | None]]) -> Lesson:
    """A lesson in whose version A somebody decided, each in its week."""
    lesson = Lesson(course)
    for week in range(WEEKS):
        for when, what, value in moves:
            if when == week:
                lesson.hold("A", what, value)
        lesson.step()
    return lesson


@pytest.mark.parametrize("what", [*MOVES, "everything"])
def test_whatever_was_moved_by_hand_is_saved_and_gives_the_same_numbers_to_the_bit(
    wide: Course, what: str, tmp_path: Path
) -> None:
    moves = [each for some in MOVES.values() for each in some] if what == "everything" else MOVES[what]
    lesson = moved(wide, moves)
    assert lesson.sides["A"].market.result_hash() != moved(wide, []).sides["A"].market.result_hash()
    file = tmp_path / "lesson.yaml"
    file.write_text(saved_text(lesson, "A"), encoding="utf-8")
    again = run_world(load_scenario(file), SEED)
    assert again.result_hash == lesson.sides["A"].market.result_hash()
    assert np.array_equal(
        again.weekly[:, 0], np.stack(list(lesson.sides["A"].weekly.values()), axis=-1), equal_nan=True
    )


def test_all_that_can_be_decided_was_moved(wide: Course) -> None:
    assert {name.partition(".")[0] for name in wide.decidable} == set(MOVES)


def test_a_market_is_entered_from_the_next_plan_on_and_never_left(wide: Course) -> None:
    lesson = lived(Lesson(wide), 5)
    side = lesson.sides["A"]
    assert (side.decided["markets.north"], side.entered) == (0.0, [])
    lesson.hold("A", "markets.north", 1)
    assert (side.decided["markets.north"], side.entered) == (1.0, [])
    lived(lesson, 1)
    assert side.entered == ["markets.north"] and side.market.businesses[0].presence.markets == [True, True]
    for value in (0.0, 1.0):
        with pytest.raises(Refused, match="nobody leaves a market"):
            lesson.hold("A", "markets.north", value)
    lesson.hold("A", "markets.north", None)
    assert lived(lesson, 5).sides["A"].decided["markets.north"] == 1.0


@pytest.mark.parametrize("value", [*NONSENSE, 0.5], ids=repr)
def test_a_market_is_entered_or_not(wide: Course, value: Any) -> None:
    lesson = Lesson(wide)
    with pytest.raises(Refused):
        lesson.hold("A", "markets.north", value)
    with pytest.raises(Refused, match="nobody decides"):  # it is at home there
        lesson.hold("A", "markets.home", 1.0)


def test_a_market_that_could_not_be_paid_is_saved_as_never_asked_for() -> None:
    course = course_of(of_two_markets(cost=1e9), SEED)
    lesson = moved(course, [(4, "markets.north", 1.0), (9, "markets.north", 0.0), (20, "spend_per_year", 100.0)])
    assert lesson.sides["A"].entered == []
    assert "enters" not in lesson.saved("A")["businesses"]["ours"]["strategy"]["schedule"]
    assert again(course, lesson, "A") == lesson.sides["A"].market.result_hash()


def test_somebody_may_keep_a_plan_at_home() -> None:
    course = course_of(of_two_markets(plan={"expand_when_saturated": {"most_per_customer": 0.0}}), SEED)
    left, kept = lived(Lesson(course)), moved(course, [(0, "markets.north", 0.0)])
    assert left.sides["A"].entered and not kept.sides["A"].entered
    moved_later = moved(course, [(WEEKS - 1, "spend_per_year", 100.0)])  # by a plan that entered by itself
    for lesson in (kept, moved_later):
        assert again(course, lesson, "A") == lesson.sides["A"].market.result_hash()


def test_a_calendar_says_only_what_changed(wide: Course) -> None:
    lesson = moved(wide, [(0, "spend_per_year", 5200.0), (0, "acquisition_share", 0.5), (8, "price_old", 45.0)])
    assert lesson.saved("A")["businesses"]["ours"]["strategy"] == {
        "schedule": {
            "steps": {
                "week_0": {"from_week": 0, "spend_per_year": 5200.0, "acquisition_share": 0.5},
                "week_8": {
                    "from_week": 8,
                    "spend_per_year": 5200.0,
                    "acquisition_share": 0.5,
                    "price_new": 50.0,
                    "price_old": 45.0,
                },
            }
        }
    }


@given(st.floats(0.0, 1e9), st.sampled_from([1, 100, 10_000]))
def test_a_year_s_money_comes_back_to_the_week_s_coins(a_week: float, units: int) -> None:
    found = a_year(a_week, units) / 52.0
    assert whole(found * units) == whole(a_week * units)
    assert found == pytest.approx(a_week, rel=3e-16, abs=1e-300)


def test_what_was_unknown_of_the_old_strategy_is_not_saved() -> None:
    scenario = little("steady")
    unknown = {
        "goal": {"path": "businesses.ours.strategy.steady.low", "low": 0.0, "high": 0.2, "source": "a guess"},
        "price": {"path": "businesses.ours.price", "low": 40.0, "high": 60.0, "source": "a guess"},
    }
    course = course_of(scenario_from(scenario.resolved | {"uncertainties": unknown}), SEED)
    lesson = Lesson(course)
    lesson.hold("A", "acquisition_share", 0.9)
    lived(lesson, 1)
    assert set(scenario_from(lesson.saved("A")).uncertainties) == {"price"}


# -- who is seen -------------------------------------------------------------------------------------------------------


def talkative() -> Scenario:
    """Friends in a small world who tell and hear a lot."""
    data = little("steady").resolved
    network = {"small_world": {"degree": 6, "rewired": 0.1, "talk_per_friend": 0.1}}
    return scenario_from(data | {"network": network})


def test_friends_of_friends_are_seen_and_their_friendships_are_real() -> None:
    friends = small_world(1000, 8, 0.1, seed=3)
    seen = who_is_seen(friends, 1000)
    assert len(seen.rows) == len(set(seen.rows.tolist())) == 240
    for one, other in seen.rows[seen.links].tolist():
        assert other in friends.ids[friends.first[one] : friends.first[one + 1]]
    inside = set(seen.rows.tolist())
    mutual = sum(
        each in inside for row in inside for each in friends.ids[friends.first[row] : friends.first[row + 1]].tolist()
    )
    assert 2 * len(seen.links) == mutual


def test_friends_are_drawn_nearer_to_each_other_than_strangers() -> None:
    seen = who_is_seen(small_world(1000, 8, 0.1, seed=3), 1000)
    apart = np.linalg.norm(seen.places[:, None] - seen.places[None], axis=-1)
    near = apart[tuple(seen.links.T)].mean()
    assert near < 0.35 * apart.mean()
    assert (apart + np.eye(len(apart))).min() > 0.002
    assert seen.places.min() == 0.0 and seen.places.max() == 1.0


@pytest.mark.parametrize("friends, people", [(nobody(1), 1), (nobody(3), 3), (small_world(2, 2, 0.0, 1), 2)])
def test_few_people_are_all_seen(friends: Friends, people: int) -> None:
    seen = who_is_seen(friends, people)
    assert sorted(seen.rows.tolist()) == list(range(people)) and np.isfinite(seen.places).all()


def test_a_story_on_the_picture_was_told_and_heard_by_these_two() -> None:
    market = Market(talkative(), SEED)
    everybody = market.scenario.people
    seen = who_is_seen(market.world.friends, everybody, most=everybody)
    heard = shown = 0
    for _ in range(40):
        before = told_by(market, seen)
        market.step()
        found, customers = faces(market, seen, before), market.world.customers
        for story in found.stories:
            assert before.about[story.teller] == customers.heard_about[seen.rows[story.hearer]] == story.business
            assert (customers.heard_story[seen.rows[story.hearer]] >= 0.0) == story.is_good
        heard += np.count_nonzero(customers.heard_about != NOBODY)
        shown += len(found.stories)
        assert found.telling == np.flatnonzero(customers.told_about[seen.rows] != NOBODY).tolist()
        for at, row in enumerate(seen.rows):
            business = found.supplier[at]
            assert (found.satisfaction[at] is None) == (business == NOBODY)
            assert business == NOBODY or customers.last_supplier[row] == business
    assert shown == heard > 100  # where all are seen, every story that is heard is on the picture


def test_the_picture_is_the_same_each_time() -> None:
    one, other = (who_is_seen(small_world(300, 6, 0.2, seed=5), 300) for _ in range(2))
    assert isinstance(one, Visible) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
