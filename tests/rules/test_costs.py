"""Fixed costs are paid to the coin; a programme is run only if there is more money than it costs anyhow."""

from hypothesis import given
from hypothesis import strategies as some

from sim.rules.costs import is_insolvent, is_run, weekly_part
from tests.rules.drawn import SETTINGS

COINS, TICKS = some.integers(0, 10**12), some.integers(0, 30_000)


@SETTINGS
@given(COINS, TICKS)
def test_a_year_of_parts_is_the_yearly_sum_wherever_it_begins(per_year, tick):
    parts = [weekly_part(per_year, tick + week) for week in range(52)]
    assert sum(parts) == per_year
    assert max(parts) - min(parts) <= 1


def test_parts_rounded_each_by_itself_would_be_caught():
    assert sum(round(1001 / 52) for _ in range(52)) != 1001


@SETTINGS
@given(COINS, COINS, COINS, COINS)
def test_more_money_never_stops_a_programme_and_a_higher_cost_never_starts_one(part, more, fixed, least):
    assert is_run(part + more, fixed, least) >= is_run(part, fixed, least)
    assert is_run(part, fixed + more, least) <= is_run(part, fixed, least)
    assert is_run(part, fixed, least + more) <= is_run(part, fixed, least)


@SETTINGS
@given(COINS)
def test_a_programme_without_costs_runs_with_any_money_and_not_without(part):
    assert is_run(part, 0, 0) == (part > 0)


@SETTINGS
@given(some.integers(-(10**12), 10**12), COINS, COINS)
def test_a_longer_credit_line_saves_and_less_cash_ruins(cash, credit, more):
    assert is_insolvent(cash, credit + more) <= is_insolvent(cash, credit)
    assert is_insolvent(cash - more, credit) >= is_insolvent(cash, credit)
    assert not is_insolvent(-credit, credit) and is_insolvent(-credit - 1, credit)
