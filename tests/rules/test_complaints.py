"""Complaints: how long they wait, what a failure takes, and what of earlier complaints is remembered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.rules.complaints import (
    HALF_A_WEEK,
    WEEK,
    ComplaintRules,
    complaints_remembered,
    harm_of_failure,
    resolution_probability,
)
from tests.rules.drawn import COUNTS, SETTINGS, SHARES, WEEKS

DAYS = some.floats(0.1, 100.0)
HARMS = some.floats(0.0, 2.0)
EARLIER = some.floats(0.0, 20.0)


def test_waiting_is_exponential_with_its_mean():
    """Mean of the law, summed over tenths of days: the chance that it is still open is one less the chance resolved."""
    step = 0.1
    still_open = [1.0 - resolution_probability(7.0, day) for day in np.arange(0.0, 300.0, step)]
    assert sum(still_open) * step == pytest.approx(7.0, abs=step)


@SETTINGS
@given(DAYS)
def test_two_half_weeks_are_a_week(mean):
    half, whole = (resolution_probability(mean, days) for days in (HALF_A_WEEK, WEEK))
    assert 1.0 - (1.0 - half) ** 2 == pytest.approx(whole, abs=1e-12)


@SETTINGS
@given(DAYS, DAYS, DAYS)
def test_whoever_resolves_faster_has_resolved_more_on_any_day(a, b, day):
    faster, slower = sorted((a, b))
    assert 0.0 <= resolution_probability(slower, day) <= resolution_probability(faster, day) <= 1.0


@SETTINGS
@given(HARMS, COUNTS, EARLIER, SHARES, SHARES)
def test_prior_orders_soften_and_prior_complaints_sharpen__knox_van_oest_2014(harm, orders, earlier, soft, sharp):
    rules = ComplaintRules(softened_by_orders=soft, sharpened_by_complaints=sharp)
    now = harm_of_failure(harm, orders, earlier, rules)
    assert 0.0 <= harm_of_failure(harm, orders + 1, earlier, rules) <= now
    assert now <= harm_of_failure(harm, orders, earlier + 1.0, rules)


@SETTINGS
@given(HARMS, COUNTS, EARLIER)
def test_off_a_failure_takes_the_same_from_everybody(harm, orders, earlier):
    assert harm_of_failure(harm, orders, earlier, ComplaintRules()) == harm


@SETTINGS
@given(EARLIER, WEEKS, some.integers(0, 500))
def test_earlier_complaints_fade_and_never_grow(complaints, weeks, more):
    rules = ComplaintRules()
    soon, late = (complaints_remembered(complaints, waited, rules) for waited in (weeks, weeks + more))
    assert 0.0 <= late <= soon <= complaints


def test_half_of_a_complaint_is_remembered_after_its_half_life():
    rules = ComplaintRules(complaints_keep=0.5 ** (1 / 26))
    assert complaints_remembered(3.0, 26, rules) == pytest.approx(1.5)


def test_a_resolution_gives_back_less_than_was_taken_wherever_the_truth_may_lie():
    from sim.units import parameters_of

    ((low, high),) = [parameter.sweep for name, parameter, _ in parameters_of(ComplaintRules) if name == "recovery"]
    assert 0.0 < low < high < 1.0
