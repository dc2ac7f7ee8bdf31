"""Product lines: who takes them up, and what they do to an order."""

from hypothesis import given
from hypothesis import strategies as some

from sim.rules.lines import LineRules, line_probability, order_with_lines
from tests.rules.drawn import MONEY, SETTINGS, SHARES

LINES = some.integers(0, 99)


@SETTINGS
@given(MONEY, LINES, LINES, some.floats(0.0, 2.0))
def test_more_lines_never_lower_an_order(value, lines, more, growth):
    rules = LineRules(order_growth=growth)
    assert value <= order_with_lines(value, lines, rules) <= order_with_lines(value, lines + more, rules)


@SETTINGS
@given(MONEY, LINES)
def test_without_growth_an_order_is_what_it_is_whatever_lines_are_held(value, lines):
    assert order_with_lines(value, lines, LineRules(order_growth=0.0)) == value


@SETTINGS
@given(SHARES, SHARES, SHARES, SHARES)
def test_cross_selling_helps_and_never_beyond_what_a_person_is_inclined_to(propensity, unprompted, a, b):
    less, more = sorted((a, b))
    rules = LineRules(unprompted=unprompted)
    low, high = (line_probability(propensity, lever, rules) for lever in (less, more))
    assert 0.0 <= low <= high + 1e-15 and high <= propensity + 1e-15


@SETTINGS
@given(SHARES, SHARES)
def test_whom_nobody_has_to_ask_cannot_be_sold_to(propensity, lever):
    assert line_probability(propensity, lever, LineRules(unprompted=1.0)) == propensity


@SETTINGS
@given(SHARES, SHARES)
def test_who_wants_no_lines_takes_none(lever, unprompted):
    assert line_probability(0.0, lever, LineRules(unprompted=unprompted)) == 0.0
