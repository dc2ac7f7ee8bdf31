"""Formulas and estimators against each other: what a formula says is what a plain simulation does, and comes back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from sim.theory import allocation, brands, buying, contracts, diffusion
from sim.theory.buying import Buyers, BuyTillYouDie, GammaGamma
from sim.theory.fitting import Fit, maximise
from tests.alphas import alpha_of

MODEL = BuyTillYouDie(0.6, 6.0, 1.2, 4.0)
WEEKS = 60.0
ERRORS = norm.isf(alpha_of("theory/test_estimators.py") / 2)
"""So many standard errors is what is estimated off, at most, but for the false alarms."""


def lived(people: int, at_first: bool, seed: int = 7) -> Buyers:
    """Buyers simulated one by one, as the laws are told: no vectors, no shared code."""
    luck = np.random.default_rng(seed)
    rows = []
    for rate, chance in zip(
        luck.gamma(MODEL.r, 1.0 / MODEL.alpha, people), luck.beta(MODEL.a, MODEL.b, people), strict=True
    ):
        time = last = 0.0
        repeats, gone = 0, at_first and luck.random() < chance
        while not gone:
            time += luck.exponential(1.0 / rate)
            if time > WEEKS:
                break
            repeats, last = repeats + 1, time
            gone = luck.random() < chance
        rows.append((repeats, last))
    repeats_of_all, seen = np.array(rows, float).T
    return Buyers(repeats_of_all, seen, np.full(people, WEEKS))


def recovers(fit: Fit, true: tuple[float, ...]) -> bool:
    """As near as a false alarm allows, on the scale of logarithms, of which the upper end tells the error."""
    logs = np.log([fit.estimates, fit.high, true])
    return bool(np.all(np.abs(logs[2] - logs[0]) < ERRORS / norm.isf(0.025) * (logs[1] - logs[0])))


@pytest.mark.parametrize("at_first", [False, True])
def test_buyers_come_back_as_the_formula_says_and_their_model_is_recovered(at_first: bool) -> None:
    """For the mean the other coin is 30 standard errors away."""
    buyers = lived(20_000, at_first)
    error = buyers.repeats.std() / math.sqrt(len(buyers.repeats))
    assert abs(buyers.repeats.mean() - buying.expected_repeats(MODEL, WEEKS, at_first)) < ERRORS * error
    assert abs(buyers.repeats.mean() - buying.expected_repeats(MODEL, WEEKS, not at_first)) > ERRORS * error
    fit = buying.fit_bg_nbd(buyers, at_first_purchase=at_first)
    assert recovers(fit, MODEL)
    assert fit.log_likelihood > buying.fit_nbd(buyers).log_likelihood + 100


def test_counting_those_who_are_alike_together_changes_no_likelihood() -> None:
    buyers = lived(500, False)
    few, kind = buying.alike(Buyers(buyers.repeats, buyers.seen.round(), buyers.age))
    spread = Buyers(few.repeats[kind], few.seen[kind], few.age[kind])
    assert len(few.repeats) < 500
    assert buying.bg_nbd_log_likelihood(MODEL, few) == pytest.approx(buying.bg_nbd_log_likelihood(MODEL, spread))


def test_a_likelihood_is_a_distribution_of_what_can_happen() -> None:
    """With one possible last purchase, chances of no repeat and of the rest add to one."""
    nobody = Buyers(np.array([0.0]), np.array([0.0]), np.array([WEEKS]))
    never = math.exp(buying.bg_nbd_log_likelihood(MODEL, nobody))
    assert never == pytest.approx((MODEL.alpha / (MODEL.alpha + WEEKS)) ** MODEL.r)
    assert np.exp(buying.mbg_nbd_log_likelihood(MODEL, nobody)) > never


def test_later_purchases_are_expected_as_they_come() -> None:
    """What is expected for all, given what was seen of each, is what comes."""
    luck = np.random.default_rng(3)
    whole = lived(20_000, False)
    half = 30.0
    # thin the whole life to its first half by living it anew with the same law
    model = MODEL
    rate, chance = luck.gamma(model.r, 1.0 / model.alpha, 20_000), luck.beta(model.a, model.b, 20_000)
    repeats, seen, later = np.zeros(20_000), np.zeros(20_000), np.zeros(20_000)
    for at in range(20_000):
        time = 0.0
        while True:
            time += luck.exponential(1.0 / rate[at])
            if time > 2 * half:
                break
            if time <= half:
                repeats[at], seen[at] = repeats[at] + 1, time
            else:
                later[at] += 1
            if luck.random() < chance[at]:
                break
    expected = buying.expected_later(model, Buyers(repeats, seen, np.full(20_000, half)), half)
    error = later.std() / math.sqrt(20_000)
    assert abs(later.mean() - expected.mean()) < ERRORS * error
    assert abs(whole.repeats.mean() - (repeats + later).mean()) < ERRORS * np.sqrt(2.0) * error


def test_order_values_come_back() -> None:
    luck, model = np.random.default_rng(5), GammaGamma(4.0, 5.0, 20.0)
    orders = luck.integers(1, 8, 20_000).astype(float)
    rates = luck.gamma(model.q, 1.0 / model.gamma, 20_000)
    means = luck.gamma(model.p * orders, 1.0 / rates) / orders
    fit = buying.fit_gamma_gamma(orders, means)
    assert recovers(fit, model)
    assert not recovers(fit, model._replace(p=1.5 * model.p))
    again = buying.expected_order(model, orders, means)
    assert again.mean() == pytest.approx(model.mean, rel=0.02)
    assert again.std() < means.std()


def test_contracts_come_back_and_are_worth_the_sum_of_their_payments() -> None:
    a, b = 1.3, 4.2
    fit = contracts.fit(contracts.Subscribers.of_cohort(1e6 * contracts.survival(np.arange(9.0), a, b)))
    assert fit.estimates == pytest.approx((a, b), rel=1e-3)
    times = np.arange(3.0, 4000.0)
    payments = contracts.survival(times, a, b) / contracts.survival(2.0, a, b) / 1.1 ** (times - 3.0)
    assert contracts.discounted_renewals(a, b, 2, 0.1) == pytest.approx(payments.sum(), rel=1e-9)
    assert contracts.value_if_all_were_alike(1e5, 4e5, 5, 0.1) == pytest.approx(1.0, abs=1e-4)


def test_the_best_spends_beat_their_neighbours_and_nothing_is_spent_where_nothing_pays() -> None:
    firm = allocation.Firm(allocation.Curve(0.3, 0.2), allocation.Curve(0.8, 0.05), 80.0, 0.15)
    best = allocation.optimum(firm)
    top = allocation.value_of_prospect(firm, *best)
    near_by = [(best[0] * x, best[1] * y) for x in (0.97, 1.0, 1.03) for y in (0.97, 1.0, 1.03) if (x, y) != (1, 1)]
    assert max(allocation.value_of_prospect(firm, *spends) for spends in near_by) < top
    assert allocation.optimum(firm._replace(margin=0.5)) == (0.0, 0.0)


def test_brands_add_up() -> None:
    category = brands.Category(3.0, 0.9, (0.5, 0.3, 0.7))
    of = brands.measures(category)
    assert (of.penetration * of.rate).sum() == pytest.approx(3.0, rel=1e-6)
    assert brands.not_bought(category, 1.5) == pytest.approx((0.9 / 3.9) ** 0.9, rel=1e-6)
    alone = brands.measures(brands.Category(3.0, 0.9, (1.5,)))
    assert (alone.sole[0], alone.requirements[0]) == pytest.approx((1.0, 1.0))
    assert of.rate[2] > of.rate[0] > of.rate[1]  # double jeopardy
    shares, penetrations = np.array(category.affinities) / 1.5, of.penetration
    assert brands.spread_of_tastes(3.0, 0.9, shares, penetrations) == pytest.approx(1.5, rel=1e-6)
    assert category.in_time(4.0).mean == 12.0


def test_small_steps_of_the_recursion_are_the_closed_form() -> None:
    steps = 1000
    fine = diffusion.recursion(0.03 / steps, 0.38 / steps, 10 * steps)
    assert fine[::steps] == pytest.approx(diffusion.adopted(np.arange(11.0), 0.03, 0.38), abs=2e-4)
    coarse = diffusion.recursion(0.03, 0.38, 10)
    assert np.abs(coarse - fine[::steps]).max() > 0.05  # steps of a year are another curve
    sales = 1000.0 * np.diff(diffusion.adopted(np.arange(15.0), 0.02, 0.5))
    assert diffusion.fit_intervals(sales).coefficients == pytest.approx((0.02, 0.5, 1000.0), rel=1e-4)


def test_a_likelihood_that_is_nowhere_a_number_is_refused_and_a_flat_one_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no start"):
        maximise(lambda given: math.nan, [[1.0]])
    assert np.isnan(maximise(lambda given: 0.0, [[1.0]]).low).all()


@pytest.mark.parametrize(("a", "b"), [(1e-9, 0.5), (1e-5, 1e4), (2e5, 6e5), (0.8, 5e3), (1e5, 0.8)])
def test_repeats_are_numbers_where_nobody_leaves_and_where_all_are_alike(a: float, b: float) -> None:
    """Against people who all leave with the mean chance, or never; a small a over a large b lies between."""
    times = np.array([0.0, 10.0, 100.0])
    found = buying.expected_repeats(BuyTillYouDie(0.5, 5.0, a, b), times)
    chance = a / (a + b)
    alike = (1.0 - (1.0 + chance * times / 5.0) ** -0.5) / chance
    assert found == pytest.approx(alike, rel=0.01)
