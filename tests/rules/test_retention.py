"""Levers: what money for customers buys, and that more of it never does harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.rules.journey import CLASSES
from sim.rules.retention import REMINDERS, SAVERS, Levers, days_to_resolve, delight_of_gift
from sim.rules.word_of_mouth import telling_for_reward
from tests.rules.drawn import FEELINGS, MONEY, SETTINGS, SHARES

DAYS = some.floats(0.1, 60.0)
STRENGTHS = some.floats(0.0, 5.0)


@SETTINGS
@given(DAYS, DAYS, STRENGTHS, MONEY, MONEY)
def test_more_service_money_never_waits_longer_and_never_beats_the_fastest(a, b, strength, one, other):
    fast, slow = sorted((a, b))
    less, more = sorted((one, other))
    few, many = (days_to_resolve(slow, fast, strength, spend) for spend in (more, less))
    assert fast - 1e-9 <= few <= many + 1e-9 <= slow + 2e-9


@SETTINGS
@given(SHARES, SHARES, SHARES)
def test_the_more_frequent_a_gift_the_smaller_its_delight(delight, a, b):
    rare, frequent = sorted((a, b))
    assert 0.0 <= delight_of_gift(delight, frequent) <= delight_of_gift(delight, rare) <= delight


def test_all_gifts_together_delight_most_if_every_second_order_has_one():
    """Delight per order is p (1 - p) times that of the first gift, greatest at one half."""
    per_order = [p * delight_of_gift(0.2, p) for p in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert per_order == pytest.approx([0.0, 0.0375, 0.05, 0.0375, 0.0])


@SETTINGS
@given(SHARES, FEELINGS, some.floats(0.0, 5.0), some.floats(0.0, 5.0))
def test_a_referral_programme_makes_only_the_satisfied_tell_more(telling, feeling, a, b):
    small, large = sorted((a, b))
    less, more = (telling_for_reward(telling, feeling, gain) for gain in (small, large))
    assert 0.0 <= less <= more <= 1.0 - telling
    assert feeling > 0.0 or more == 0.0


def test_levers_of_one_kind_are_aimed_where_their_names_say():
    levers = Levers()
    aims = {name: CLASSES[getattr(levers, name).aim] for name in (*SAVERS, *REMINDERS)}
    assert aims == {
        "care": "everybody",
        "onboarding": "newcomers",
        "personal_touch": "best",
        "reminders": "dormant",
        "win_back": "former",
    }


def test_by_default_all_keeping_money_is_care():
    assert {name: lever.budget_share for name, lever in Levers()._asdict().items() if lever.budget_share} == {
        "care": 1.0
    }
