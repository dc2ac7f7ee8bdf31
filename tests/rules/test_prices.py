"""Promotions have a calendar and an addressee; the expected price follows prices paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.rules.prices import ANYBODY, FIRST_ORDERS, NEW, OLD, OWN_CUSTOMERS, expected_price_after, is_for, is_on
from tests.rules.drawn import SETTINGS, SHARES

LOG_PRICES = some.floats(-3.0, 3.0)
PERIODS = some.integers(1, 60)
ANY_WEEK = some.integers(-500, 500)


@SETTINGS
@given(ANY_WEEK, PERIODS, PERIODS)
def test_a_promotion_lasts_its_weeks_in_every_period_before_and_after_week_0(start, every, lasts):
    weeks = range(start, start + every)
    assert sum(is_on(week, every, lasts) for week in weeks) == min(every, lasts)


@SETTINGS
@given(ANY_WEEK, PERIODS, PERIODS, some.integers(-9, 9))
def test_a_promotion_comes_back_after_its_period_and_begins_at_week_0(week, every, lasts, periods):
    assert is_on(week, every, lasts) == is_on(week + periods * every, every, lasts)
    assert is_on(0, every, lasts)


def test_a_calendar_that_forgot_its_period_would_be_caught():
    assert [is_on(week, 4, 1) for week in range(8)] != [week < 1 for week in range(8)]


@pytest.mark.parametrize(
    ("to", "sides"), [(ANYBODY, (True, True)), (FIRST_ORDERS, (True, False)), (OWN_CUSTOMERS, (False, True))]
)
def test_a_promotion_is_for_whom_it_is_for(to, sides):
    assert (is_for(NEW, to), is_for(OLD, to)) == sides


@SETTINGS
@given(LOG_PRICES, LOG_PRICES, SHARES)
def test_the_expected_price_moves_between_what_was_expected_and_what_was_paid(expected, paid, speed):
    low, high = sorted((expected, paid))
    assert low - 1e-12 <= expected_price_after(expected, paid, speed) <= high + 1e-12


@SETTINGS
@given(LOG_PRICES, LOG_PRICES)
def test_off_the_expected_price_never_moves(expected, paid):
    assert expected_price_after(expected, paid, 0.0) == expected


@SETTINGS
@given(LOG_PRICES, SHARES, some.integers(0, 30))
def test_past_prices_are_smoothed_exponentially__kalyanaram_winer_1995(paid, speed, orders):
    expected = 0.0
    for _ in range(orders):
        expected = expected_price_after(expected, paid, speed)
    assert expected == pytest.approx(paid * (1.0 - (1.0 - speed) ** orders), abs=1e-9)
