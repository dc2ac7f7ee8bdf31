"""What the rules promise beyond their worked examples: monotonicity, bounds, and off means off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim.rules import acquisition, chance, choice, defection, memory, need, retention, satisfaction, word_of_mouth
from tests.alphas import alpha_of
from tests.rules.drawn import EFFECTS, FEELINGS, SETTINGS, SHARES, WORDS

ALPHA = alpha_of("rules/test_sentences.py")


@SETTINGS
@given(SHARES, SHARES, WORDS)
def test_what_happens_at_a_chance_happens_at_every_greater_one(a, b, word):
    low, high = sorted((a, b))
    assert not chance.happens(low, word) or chance.happens(high, word)


@SETTINGS
@given(st.integers(1, 2**31 - 1), WORDS)
def test_one_of_many_is_always_one_of_them(number, word):
    assert 0 <= chance.one_of(number, word) < number


@SETTINGS
@given(st.floats(1e-6, 1.0), WORDS, st.integers(1, 30_000))
def test_waiting_takes_at_least_a_week_and_at_most_the_longest(weekly, word, longest):
    assert 1 <= chance.waiting_weeks(weekly, word, longest) <= longest


def test_waiting_weeks_are_geometric():
    """Exact law: share still waiting after t weeks is (1 - h)^t; DKW bound."""
    n, hazard = 20_000, 0.05
    words = np.random.default_rng(1).integers(0, 2**32, n)
    waits = np.array([chance.waiting_weeks(hazard, int(word), 30_000) for word in words])
    bound = np.sqrt(np.log(2 / ALPHA) / (2 * n))
    weeks = np.arange(1, 200)
    waiting = (waits[:, None] > weeks).mean(axis=0)
    assert np.max(np.abs(waiting - (1 - hazard) ** weeks)) < bound
    wrong = np.max(np.abs(waiting - np.exp(-hazard * (weeks - 1))))  # off by one week
    assert wrong > bound


@SETTINGS
@given(st.floats(0.0, 5.0), st.floats(0.0, 5.0), WORDS)
def test_more_need_never_means_fewer_needs(a, b, word):
    low, high = sorted((a, b))
    assert need.needs_this_week(low, word) <= need.needs_this_week(high, word)


@SETTINGS
@given(st.floats(0.0, 30.0), WORDS)
def test_the_threshold_misses_no_need(rate, word):
    if word >= need.need_threshold(rate):
        assert need.needs_this_week(rate, word) == 0


def test_needs_are_poisson():
    """Ehrenberg (1959). Exact cell probabilities over evenly spread words: every cell within one word's weight."""
    rate, n = 0.7, 50_000
    words = (np.arange(n) * (2**32 // n)).astype(np.int64)
    counts = np.bincount([need.needs_this_week(rate, int(word)) for word in words], minlength=12)[:6] / n
    poisson = np.exp(-rate) * np.cumprod([1, *(rate / np.arange(1, 6))])
    assert np.max(np.abs(counts - poisson)) < 2 / n
    bernoulli = np.array([np.exp(-rate), 1 - np.exp(-rate), 0, 0, 0, 0])
    assert np.max(np.abs(counts - bernoulli)) > 100 / n


@SETTINGS
@given(st.floats(-5, 5), st.floats(-5, 5), WORDS)
def test_the_stronger_arrives_earlier_on_the_same_draw(a, b, word):
    weak, strong = sorted((a, b))
    assert choice.finishing_time(strong, word) <= choice.finishing_time(weak, word)


def test_the_race_is_the_multinomial_logit():
    """Weights 1 and 3: the first wins a quarter of races, but for luck."""
    n = 20_000
    words = np.random.default_rng(2).integers(0, 2**32, (n, 2))
    first = [choice.finishing_time(0.0, int(a)) < choice.finishing_time(np.log(3.0), int(b)) for a, b in words]
    assert abs(np.mean(first) - 0.25) < norm.isf(ALPHA / 2) * np.sqrt(0.25 * 0.75 / n)
    assert abs(np.mean(first) - 0.5) > norm.isf(ALPHA / 2) * np.sqrt(0.25 / n)


@SETTINGS
@given(st.floats(0.1, 20.0), st.floats(-1.0, 1.0), st.floats(0.01, 1.0), st.floats(-1.0, 1.0))
def test_a_higher_price_never_attracts__nor_does_a_lower_expected_one(sensitivity, log_price, rise, expected):
    effect = choice.price_effect(sensitivity, log_price, expected)
    assert choice.price_effect(sensitivity, log_price + rise, expected) < effect
    assert choice.price_effect(sensitivity, log_price, expected - rise) < effect


@SETTINGS
@given(st.floats(0.1, 20.0), st.floats(-1.0, 1.0))
def test_a_price_that_is_expected_neither_attracts_nor_repels(sensitivity, log_price):
    assert choice.price_effect(sensitivity, log_price, log_price) == 0.0


def test_without_loyalty_and_habit_own_customers_feel_only_the_scheme():
    rules = choice.ChoiceRules(loyalty=0.0, habit=0.0)
    assert choice.pull_of_my_supplier(0.8, True, 0.0, rules) == 0.0
    assert choice.pull_of_my_supplier(0.8, True, 0.2, rules) == 0.2


@SETTINGS
@given(SHARES, EFFECTS, EFFECTS, SHARES)
def test_leaving_rises_with_its_effects_and_stays_a_probability(inborn, a, b, kept):
    low, high = sorted((a, b))
    less, more = (defection.leaving_probability(inborn, effect, kept) for effect in (low, high))
    assert 0.0 <= less <= more + 1e-12 <= 1.0 + 1e-12


@SETTINGS
@given(SHARES, EFFECTS, SHARES, SHARES, WORDS)
def test_better_care_never_loses_a_customer_on_the_same_draw(inborn, effect, a, b, word):
    better, worse = sorted((a, b))
    effects = (effect, 0.0, 0.0)
    if defection.decision_to_leave(inborn, effects, better, word) != defection.STAYS:
        assert defection.decision_to_leave(inborn, effects, worse, word) != defection.STAYS


@SETTINGS
@given(SHARES, EFFECTS, EFFECTS, st.floats(0.0, 5.0), SHARES, WORDS)
def test_an_open_complaint_never_makes_staying_likelier(inborn, feeling, other, complaint, kept, word):
    calm = (feeling, other, 0.0)
    angry = (feeling, other + complaint, complaint)
    if defection.decision_to_leave(inborn, calm, kept, word) != defection.STAYS:
        assert defection.decision_to_leave(inborn, angry, kept, word) != defection.STAYS


@SETTINGS
@given(st.floats(0.1, 0.5), st.floats(-5.0, 5.0), st.floats(0.1, 9.0), SHARES)
def test_without_a_complaint_nobody_leaves_because_of_one(inborn, feeling, doubt, between):
    """On draws between the inborn chance and the chance that feelings and the first weeks have made of it."""
    chance_to_leave = defection.leaving_probability(inborn, feeling + doubt, 1.0)
    word = int((inborn + between * (max(chance_to_leave, inborn) - inborn)) * (chance.WORDS - 1))
    assert defection.decision_to_leave(inborn, (feeling, doubt, 0.0), 1.0, word) != defection.COMPLAINT


@SETTINGS
@given(SHARES, EFFECTS, st.floats(0.0, 5.0), SHARES, WORDS)
def test_whoever_would_have_left_anyway_left_because_the_need_was_gone(inborn, feeling, complaint, kept, word):
    reason = defection.decision_to_leave(inborn, (feeling, complaint, complaint), kept, word)
    if chance.happens(inborn * kept, word):
        assert reason in (defection.STAYS, defection.NEED_GONE)
    else:
        assert reason != defection.NEED_GONE


@SETTINGS
@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(-1.0, 0.0), st.integers(0, 98), st.floats(-1.0, 0.0))
def test_each_circumstance_moves_the_coin_its_own_way(complaint, early, binding, lines, friend):
    circumstances = defection.leaving_circumstances(complaint, early, binding, lines, friend)
    assert circumstances >= defection.leaving_circumstances(0.0, early, binding, lines, friend)
    assert circumstances >= defection.leaving_circumstances(complaint, 0.0, binding, lines, friend)
    assert circumstances <= defection.leaving_circumstances(complaint, early, binding, lines, 0.0)
    assert circumstances >= defection.leaving_circumstances(complaint, early, binding, lines + 1, friend)


@SETTINGS
@given(FEELINGS, FEELINGS)
def test_the_more_satisfied_leave_less(a, b):
    low, high = sorted((a, b))
    rules = defection.DefectionRules()
    assert defection.leaving_effect(high, rules) <= defection.leaving_effect(low, rules)


@SETTINGS
@given(st.floats(0.01, 1.0))
def test_shortfall_and_surplus_stand_as_loss_to_gain__anderson_sullivan_1993(x):
    rules = satisfaction.SatisfactionRules(gain=0.4, loss=0.8)
    up = satisfaction.home_of_satisfaction(0.1, 0.0, x, rules) - 0.1
    down = satisfaction.home_of_satisfaction(0.1, 0.0, -x, rules) - 0.1
    assert down / up == pytest.approx(-2.0, rel=1e-12)


@SETTINGS
@given(FEELINGS, st.floats(-5, 5))
def test_satisfaction_moves_towards_its_home_and_stays_on_its_scale(before, home):
    after = satisfaction.satisfaction_after(before, home, satisfaction.SatisfactionRules())
    assert -1.0 <= after <= 1.0
    assert min(before, max(home, -1.0)) - 1e-12 <= after <= max(before, min(home, 1.0)) + 1e-12


def test_without_speed_satisfaction_never_moves():
    rules = satisfaction.SatisfactionRules(speed=0.0, adaptation=0.0)
    assert satisfaction.satisfaction_after(0.37, -1.0, rules) == 0.37
    assert satisfaction.expectation_after(0.37, -1.0, rules) == 0.37


@SETTINGS
@given(FEELINGS, st.booleans())
def test_bad_stories_repel_good_stories_attract_and_customers_count_them_less(story, mine):
    rules = word_of_mouth.TalkRules()
    effect = word_of_mouth.effect_of_story(story, mine, rules)
    assert effect * story >= 0.0
    assert abs(word_of_mouth.effect_of_story(story, True, rules)) <= abs(
        word_of_mouth.effect_of_story(story, False, rules)
    )


@SETTINGS
@given(FEELINGS, FEELINGS)
def test_stronger_feelings_are_told_more(a, b):
    rules = word_of_mouth.TalkRules()
    weak, strong = sorted((a, b), key=abs)
    if weak * strong > 0:
        assert word_of_mouth.telling_probability(weak, rules) <= word_of_mouth.telling_probability(strong, rules) <= 1.0


@SETTINGS
@given(st.floats(0.0, 1.0), st.integers(0, 500))
def test_who_has_more_friends_hears_more(talk, friends):
    one, more = (word_of_mouth.listening_probability(talk, n) for n in (friends, friends + 1))
    assert 0.0 <= one <= more <= 1.0


@SETTINGS
@given(st.floats(0, 1000), st.floats(0, 1000), SHARES, st.floats(0, 1))
def test_money_never_does_harm_and_never_passes_its_ceiling(a, b, ceiling, strength):
    less, more = sorted((a, b))
    low, high = (chance.share_won_over(ceiling, strength, spend) for spend in (less, more))
    assert 0.0 <= low <= high <= ceiling
    assert retention.share_of_departures_let_through(ceiling, strength, 0.0) == 1.0
    assert retention.scheme_bonus(ceiling, strength, 0.0) == 0.0


@SETTINGS
@given(st.floats(0, 100), SHARES)
def test_a_steady_budget_means_a_steady_stock(spend, keep):
    assert acquisition.stock_of_pressure(spend, spend, keep) == pytest.approx(spend)


def test_a_stock_without_money_halves_in_its_half_life__nerlove_arrow_1962():
    stock = 8.0
    for _ in range(3):
        stock = acquisition.stock_of_pressure(stock, 0.0, 0.5)
    assert stock == 1.0


def test_blattberg_deighton_response_passes_through_its_observed_point():
    """A = 5 wins 20 % under a ceiling of 40 %: k = ln 2 / 5 (Blattberg & Deighton 1996, as in Pfeifer 2005)."""
    assert chance.share_won_over(0.40, np.log(2) / 5, 5.0) == pytest.approx(0.20, abs=1e-12)


def test_a_relationship_is_forgotten_after_its_weeks_and_not_before():
    rules = memory.MemoryRules(forgotten_weeks=10)
    assert [memory.relationship_is_forgotten(weeks, rules) for weeks in (0, 9, 10, 11)] == [False, False, True, True]
