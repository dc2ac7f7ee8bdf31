"""The journey: eight phases in their order, the first weeks, and classes as books show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.rules.journey import (
    CLASSES,
    NOWHERE,
    PHASES,
    JourneyRules,
    has_been_thought_over,
    has_class,
    in_first_weeks,
    phase,
    remorse_probability,
)
from sim.rules.memory import AWARE, CUSTOMER, LAPSED, STRANGER
from tests.rules.drawn import COUNTS, FEELINGS, SETTINGS, SHARES, WEEKS

RULES = JourneyRules()
LONG = 9999


def stands(orders: int, weeks: int, satisfaction: float = 0.0) -> str:
    return PHASES[phase(CUSTOMER, orders, weeks, satisfaction, RULES)]


# -- phases ------------------------------------------------------------------------------------------------------------


def test_the_phases_have_the_names_and_the_order_of_their_book__coleman_2018():
    assert PHASES[1:] == ("assess", "admit", "affirm", "activate", "acclimate", "accomplish", "adopt", "advocate")


def test_a_first_order_leads_through_the_phases_one_after_the_other():
    way = [stands(1, weeks) for weeks in range(30)]
    assert list(dict.fromkeys(way)) == ["admit", "affirm", "activate", "acclimate", "accomplish"]
    assert [way.count(each) for each in ("admit", "affirm", "activate", "acclimate")] == [1, 2, 4, 8]


def test_five_orders_make_an_adopter_and_satisfaction_an_advocate():
    assert [stands(orders, 3, 0.9) for orders in (4, 5)] == ["activate", "advocate"]
    assert [stands(5, 300, feeling) for feeling in (0.49, 0.5)] == ["adopt", "advocate"]


@pytest.mark.parametrize(("relation", "name"), [(STRANGER, "nowhere"), (LAPSED, "nowhere"), (AWARE, "assess")])
def test_whoever_is_no_customer_is_nowhere_or_looks_around(relation, name):
    assert PHASES[phase(relation, 9, 9, 0.9, RULES)] == name


@SETTINGS
@given(COUNTS, WEEKS, FEELINGS, COUNTS, WEEKS, some.floats(0.0, 2.0))
def test_more_orders_more_weeks_and_more_satisfaction_never_lead_back(orders, weeks, feeling, more, later, better):
    now = phase(CUSTOMER, orders, weeks, feeling, RULES)
    assert now > NOWHERE
    assert now <= phase(CUSTOMER, orders + more, weeks, feeling, RULES)
    assert now <= phase(CUSTOMER, orders, weeks + later, feeling, RULES)
    assert now <= phase(CUSTOMER, orders, weeks, feeling + better, RULES)


# -- the first weeks ---------------------------------------------------------------------------------------------------


@SETTINGS
@given(WEEKS, some.integers(0, 100))
def test_the_first_weeks_end_once(weeks, length):
    rules = JourneyRules(onboarding_weeks=length)
    assert in_first_weeks(weeks, rules) == (weeks <= length)
    assert in_first_weeks(weeks, rules) or not in_first_weeks(weeks + 1, rules)


@SETTINGS
@given(SHARES, SHARES, SHARES)
def test_better_onboarding_never_means_more_regret(remorse, a, b):
    better, worse = sorted((a, b))
    rules = JourneyRules(remorse=remorse)
    assert 0.0 <= remorse_probability(better, rules) <= remorse_probability(worse, rules) <= remorse


@SETTINGS
@given(COUNTS, WEEKS, some.integers(1, 9))
def test_a_first_order_is_thought_over_once_and_to_the_end_of_affirm(orders, weeks, length):
    rules = JourneyRules(affirm_weeks=length)
    due = has_been_thought_over(orders, weeks, rules)
    assert due == (orders == 1 and weeks == length)
    assert not due or PHASES[phase(CUSTOMER, orders, weeks, 0.0, rules)] == "affirm"


def test_nobody_regrets_where_regret_is_off():
    assert remorse_probability(1.0, JourneyRules()) == 0.0


# -- classes -----------------------------------------------------------------------------------------------------------


def classes_of(
    orders: int = 1, first: int = LONG, last: int = 1, complaint: int = LONG, answer: float = 0.0, told: int = LONG
) -> set:
    since = (first, last, complaint, told)
    return {name for aim, name in enumerate(CLASSES) if has_class(aim, orders, since, answer, RULES)}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("newcomers", {"first": 14}, {"first": 15}),
        ("frequent", {"orders": 6, "first": 52}, {"orders": 5, "first": 52}),
        ("frequent", {"orders": 2, "first": 0}, {"orders": 1, "first": 0}),  # as if a quarter had passed
        ("best", {"orders": 5}, {"orders": 4}),
        ("dormant", {"last": 13}, {"last": 12}),
        ("complainers", {"complaint": 52}, {"complaint": 53}),
        ("promoters", {"answer": 0.5}, {"answer": 0.49}),
        ("recommenders", {"told": 52}, {"told": 53}),
    ],
)
def test_a_class_begins_where_its_declaration_says(name, inside, outside):
    assert name in classes_of(**inside)
    assert name not in classes_of(**outside)


@SETTINGS
@given(COUNTS, WEEKS, WEEKS, WEEKS, FEELINGS)
def test_everybody_on_the_list_is_in_the_list_and_nobody_is_former(orders, first, last, complaint, answer):
    found = classes_of(orders, first, last, complaint, answer)
    assert "everybody" in found
    assert "former" not in found


@SETTINGS
@given(COUNTS, WEEKS, WEEKS, FEELINGS, COUNTS, WEEKS)
def test_more_orders_make_nobody_worse_and_a_longer_silence_nobody_less_dormant(orders, first, last, answer, more, on):
    before = classes_of(orders, first, last, LONG, answer)
    assert before <= classes_of(orders + more, first, last, LONG, answer + more)
    assert before <= classes_of(orders, first, last + on, LONG, answer)
