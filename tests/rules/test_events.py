"""Events begin and end when they say."""

from hypothesis import given
from hypothesis import strategies as some

from sim.rules.events import EVENTS, is_under_way
from sim.units import LONGEST
from tests.rules.drawn import SETTINGS

WEEKS, LASTS = some.integers(-500, 500), some.integers(1, 200)


@SETTINGS
@given(WEEKS, LASTS)
def test_an_event_is_under_way_for_as_many_weeks_as_it_lasts_from_its_week_on(begins, lasts):
    under_way = [week for week in range(-600, 800) if is_under_way(week, begins, lasts)]
    assert under_way == list(range(begins, begins + lasts))


def test_what_is_for_good_outlasts_every_run():
    assert is_under_way(LONGEST - 1, 0, LONGEST)


def test_every_event_says_when_it_begins_and_how_long_it_lasts():
    assert all(kind._fields[:2] == ("week", "for_weeks") for kind in EVENTS.values())
